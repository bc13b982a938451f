package scenario

import "testing"

func FuzzDocument(f *testing.F) {
	for _, seed := range []string{page, "\uFEFFScenario: “A” runs.\r\nFilter/Exclusion: Exclude a.exe", "title: x\ndetection:\n- ", "```\nimX\n|", "Scenario:Filter/Exclusion:", "- - > # 1. "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkSpans(t, text[:min(len(text), maxInput)], Read(text))
	})
}

func FuzzExtract(f *testing.F) {
	for _, seed := range []string{
		`Exclude “a.exe” or 'b' (e.g., c, (d)) where x != "y" and not z in (1.2.3.4/8) like "%q%".`,
		"((((((((((a == b) and c) or d", `C:\Program Files (x86)\A B\c.exe for Windows\x`, "*/5 * * * * e.g. etc. <x> %y%",
		"user: root AND OR NOT plus , ; such as: (a: \"b\")", "ParentImage: C:\\x y\\z.exe -a\nCommandLine: \"x", "[09:12] ab: *x* -> y<z> (w) / v + u; no a or empty b, the command line equals c -d e", "dollar Program Files a.b = c in d",
	} {
		f.Add(seed)
	}
	kinds := []Kind{KindProcess, KindFile, KindRegistry, KindNetwork, KindOther}
	f.Fuzz(func(t *testing.T, text string) {
		kind := kinds[len(text)%len(kinds)]
		checkExtraction(t, text, Extract(Scenario{Exclusion: Section{Text: text}}, kind))
		checkExtraction(t, text, Extract(Scenario{Text: Section{Text: text}, Cut: true}, kind))
		for _, m := range Mentions(Scenario{Text: Section{Text: text}}, Fields{}) {
			if s := m.Value.Span; s.Start < 0 || s.End < s.Start || s.End > len(text) {
				t.Errorf("%q stands at %v of %d bytes", m.Value.Text, s, len(text))
			}
		}
	})
}

func BenchmarkReadAndExtract(b *testing.B) {
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range Read(page).Scenarios {
			Extract(s, KindProcess)
		}
	}
}
