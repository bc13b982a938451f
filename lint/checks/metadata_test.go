package checks

import "testing"

func TestMetadata(t *testing.T) {
	const relatedID = "5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"the clean rule is clean": {clean, nil},
		"letter case of a status is a warning": {
			changed("status: test", "status: Test"), []string{"SIG0305 warning Test"},
		},
		"a misspelt key is not also missing": {
			changed("references:\n", "reference:\n"), nil,
		},
		"level with swapped letters is not also missing": {
			changed("level: low", "leevl: low"), nil,
		},
		"an empty level is said once": {
			changed("level: low", "level:"), nil, // empty-attribute
		},
		"no references is an info": {
			changed("references:\n    - https://example.org/notes/open-files\n", ""), []string{"SIG0312 info title"},
		},
		"tomorrow is not the future, for somebody it has begun": {
			changed("date: 2026-01-10", "date: 2026-08-07"), nil,
		},
		"the day after tomorrow is": {
			changed("date: 2026-01-10", "date: 2026-08-08"), []string{"SIG0316 warning 2026-08-08"},
		},
		"a date in quotes is a date": {
			changed("date: 2026-01-10", "date: '2026-01-10'"), nil,
		},
		"a slash at the end does not make another reference": {
			changed("    - https://example.org/notes/open-files\n", "    - https://example.org/notes/open-files\n    - https://example.org/notes/open-files/\n"),
			[]string{"SIG0324 warning https://example.org/notes/open-files/"},
		},
		"internal research is the accepted way to have no link": {
			changed("https://example.org/notes/open-files", "Internal research"), nil,
		},
		"a link with a blank is no link": {
			changed("https://example.org/notes/open-files", "https://example.org/open files"), []string{"SIG0327 info https://example.org/open files"},
		},
		"a time-based id is an info for strict authors": {
			changed("6f1f7c3e-3f0b-4a52", "6f1f7c3e-3f0b-1a52"), []string{"SIG0304 info 6f1f7c3e-3f0b-1a52-9c0b-0d6a6d8a2f11"},
		},
		"the same related id with two types": {
			exampleRule("related:\n    - id: "+relatedID+"\n      type: similar\n    - id: "+relatedID+"\n      type: derived\n", plainSelection),
			[]string{"SIG0326 warning " + relatedID},
		},
		"words that only begin like a placeholder are words": {
			changed("    - Administrators\n", "    - Todos lists of XXXL users\n"), nil,
		},
		"filters need neither level nor status": {filter(plainFilter), nil},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "03", c.text, c.want...) })
	}
}

func TestReferencesMatterMoreAtHighLevels(t *testing.T) {
	text := changed("references:\n    - https://example.org/notes/open-files\n", "")
	text = text[:len(text)-len("level: low\n")] + "level: high\n"
	expect(t, "03", text, "SIG0312 warning title")
}

func TestAFreshIDIsTheSameInEveryRunAndPassesTheChecks(t *testing.T) {
	text := changed("id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n", "")
	first := named(lintText("a.yml", text, All()), "missing-id")
	second := named(lintText("a.yml", text, All()), "missing-id")
	other := named(lintText("b.yml", text, All()), "missing-id")
	if len(first) != 1 || first[0].Fix == nil || first[0].Fix.Safe {
		t.Fatalf("want one finding with an unsafe fix: %q", show(first))
	}
	if first[0].Fix.Edits[0].New != second[0].Fix.Edits[0].New {
		t.Error("two runs give two ids")
	}
	if first[0].Fix.Edits[0].New == other[0].Fix.Edits[0].New {
		t.Error("two files get one id")
	}
	expect(t, "03", applyFix(text, first[0].Fix))
}
