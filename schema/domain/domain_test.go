package domain

import (
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

func on(product string) taxonomy.Key {
	return taxonomy.Key{Product: product, Category: "process_creation"}
}

func TestEveryRowSaysWhatItAssumesAndWhereItComesFrom(t *testing.T) {
	names := map[string]bool{}
	for _, d := range rows {
		if d.Name == "" || names[d.Name] {
			t.Errorf("the name %q is missing or used twice", d.Name)
		}
		names[d.Name] = true
		if d.Fields == "" || d.Expression == "" || d.Hint == "" {
			t.Errorf("%s: a part is missing", d.Name)
		}
		if !strings.HasSuffix(d.Source, ".") || strings.HasSuffix(d.Assuming, ".") || d.Assuming == "" {
			t.Errorf("%s: Source is a sentence, Assuming the end of one: %q, %q", d.Name, d.Source, d.Assuming)
		}
		for _, lost := range rows {
			for field := range strings.FieldsSeq(d.Fields) {
				if lost.Name != d.Name && strings.Contains(" "+lost.Fields+" ", " "+field+" ") && lost.In[0] == d.In[0] {
					t.Errorf("%s and %s both speak of %s", d.Name, lost.Name, field)
				}
			}
		}
	}
}

func TestLanguagesKnowOnlyASCIILetters(t *testing.T) {
	for _, d := range Default().rows {
		tree, err := syntax.Parse(d.language().regex.Program.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		var walk func(re *syntax.Regexp)
		walk = func(re *syntax.Regexp) {
			// The letters k and s alone have a third case beyond ASCII.
			if re.Flags&syntax.FoldCase != 0 && strings.ContainsAny(string(re.Rune), "kKsS") {
				t.Errorf("%s folds %q beyond ASCII", d.Name, string(re.Rune))
			}
			for _, sub := range re.Sub {
				walk(sub)
			}
		}
		walk(tree)
	}
	if d := Default().Of(on("windows"), "TargetObject"); d.Contains("H\u212aLM\\x") || d.Contains("h\u212alm\\x") || !d.Contains(`hKlM\x`) {
		t.Error("the Kelvin sign is no k")
	}
}

func TestValuesInAndOutsideTheirDomain(t *testing.T) {
	for _, c := range []struct {
		product, field, in, out string // one value a line
	}{
		{
			"windows", "Image",
			"C:\\Windows\\explorer.exe\nc:\\x\n\\\\host\\share\\a b.exe\n\\Device\\HarddiskVolume2\\x.exe\n\\??\\C:\\x.exe\n\\SystemRoot\\System32\\smss.exe\nSystem\nregistry\nMemCompression\n" +
				"vmmemWSL\n<unknown process>\n&lt;unknown process&gt;\n-\n\nC:\\Users\\müller\\ſ.exe",
			"cmd.exe\n\\cmd.exe\n:\\Program Files\\x.exe\n C:\\x.exe\nC:/x.exe\nC:\\Tools\\\n\\Tools\\x.exe\n/usr/bin/x\n%SystemRoot%\\x.exe",
		},
		{"windows", "TargetFilename", "C:\\x.txt:Zone.Identifier\n\\\\.\\pipe\\x", "\\Logging\\x.log\nx.txt"},
		{"windows", "OriginalFileName", "Cmd.Exe\n-\n\nA name (c) 2020", "\\cmd.exe\nC:\\cmd.exe\nbin/x"},
		{"windows", "TargetObject", "HKLM\\SOFTWARE\\x\nHKU\\S-1-5-21\\x\nHKCR\\*\\shell\n\\REGISTRY\\A\\{1}\\x\nHKEY_USERS\\x", "SOFTWARE\\x\n\\SOFTWARE\\x\nHKLMX\\x\nRegistry\\x"},
		{"windows", "Initiated", "true\nFalse\n\n-", "1\nyes"},
		{"windows", "GrantedAccess", "0x1410\n0X1FFFFF", "1410\n0x14g0\n5136"},
		{"windows", "Hashes", "MD5=5D41,IMPHASH=00\nSHA256=ab", "5D41\nMD5=xyz"},
		{"windows", "EventID", "1\n4688", "process\n0x1"},
		{"windows", "PipeName", "\\lsass\n<Anonymous Pipe>", "lsass"},
		{"windows", "DestinationIp", "10.0.0.1\nfe80::1%12\n::ffff:10.0.0.1\n-", "localhost\n10.0.0.1:80"},
		{"linux", "Image", "/usr/bin/who\n/\n-\n\n/run/credentials/systemd\\x2dnetworkd/x", "who\n\\who\n/usr/bin/\n/a\\b"},
		{"macos", "ParentImage", "/sbin/launchd", "launchd"},
		{"linux", "DestinationPort", "443\n-", "https"},
	} {
		d := Default().Of(on(c.product), c.field)
		if d == nil {
			t.Errorf("%s/%s has no domain", c.product, c.field)
			continue
		}
		for _, v := range strings.Split(c.in, "\n") {
			if !d.Contains(v) {
				t.Errorf("%s: %q should be in %s", c.field, v, d.Name)
			}
		}
		for _, v := range strings.Split(c.out, "\n") {
			if d.Contains(v) {
				t.Errorf("%s: %q should be outside %s", c.field, v, d.Name)
			}
		}
	}
}

func TestNothingIsSaidOfOtherFieldsAndLogSources(t *testing.T) {
	for _, c := range []struct{ product, field string }{
		{"windows", "CommandLine"}, {"windows", "image"}, {"aws", "Image"}, {"", "SourceIp"}, {"linux", "TargetObject"}, {"windows", ""},
	} {
		if d := Default().Of(on(c.product), c.field); d != nil {
			t.Errorf("%s/%s has the domain %s", c.product, c.field, d.Name)
		}
	}
	if d := Default().Of(taxonomy.Key{Product: "Windows", Service: "security"}, "NewProcessName"); d == nil {
		t.Error("the case of a product does not matter")
	}
}

func TestOwnRowsWinAndCanFreeAField(t *testing.T) {
	own, err := Default().With(
		Domain{Name: "edr", In: windows, Fields: "Image", Assuming: "bare names", Expression: `[^\\]+`},
		Domain{Name: "free", In: []taxonomy.Key{{Product: "windows", Category: "process_creation"}}, Fields: "ParentImage"},
	)
	if err != nil {
		t.Fatal(err)
	}
	if d := own.Of(on("windows"), "Image"); d == nil || !d.Contains("cmd.exe") || d.Contains(`C:\cmd.exe`) {
		t.Error("the own row does not win")
	}
	if own.Of(on("windows"), "ParentImage") != nil {
		t.Error("the field is not free")
	}
	if own.Of(taxonomy.Key{Product: "windows", Category: "image_load"}, "ParentImage") == nil {
		t.Error("the field is free in other categories too")
	}
	if Default().Of(on("windows"), "ParentImage") == nil {
		t.Error("the bundled table changed")
	}
}

func TestFaultyRowsAreNamed(t *testing.T) {
	for want, d := range map[string]Domain{
		`field domain "x" names no fields`:                {Name: "x", Expression: "a", Assuming: "a"},
		`field domain "x" does not say what it assumes`:   {Name: "x", Expression: "a", Fields: "A"},
		"field domain \"x\": error parsing regexp: missi": {Name: "x", Expression: "a(", Fields: "A", Assuming: "a"},
	} {
		if _, err := Default().With(d); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A selection that is possible as such and not on a sensor with full paths is told with its assumption.
func TestProofsNameTheAssumption(t *testing.T) {
	rule := parse(t, "logsource:\n  product: windows\n  category: process_creation\ndetection:\n  s:\n    Image: cmd.exe\n  condition: s\n")
	f := logic.FromRule(rule)
	if logic.Satisfiable(f).Verdict != logic.Yes {
		t.Fatal("without domains an event matches")
	}
	fields := Default().For(rule)
	a := logic.NewProver(logic.Options{Domain: fields.Formula}).Satisfiable(f)
	if a.Verdict != logic.No {
		t.Fatalf("got %v %s", a.Verdict, a.Reason)
	}
	if got := fields.Assumptions(a); len(got) != 1 || got[0] != "`Image` holds Sysmon full paths" {
		t.Errorf("assumptions: %q", got)
	}
	if want := "`Image` cannot be `cmd.exe` and match `Sysmon full paths` at once"; a.Explain() != want {
		t.Errorf("explained as %q", a.Explain())
	}
}

func TestAbsentFieldsAreInEveryDomain(t *testing.T) {
	rule := parse(t, "logsource:\n  product: windows\ndetection:\n  s:\n    Image: null\n    EventID|exists: false\n  condition: s\n")
	if a := logic.NewProver(logic.Options{Domain: Default().For(rule).Formula}).Satisfiable(logic.FromRule(rule)); a.Verdict != logic.Yes {
		t.Errorf("got %v %s", a.Verdict, a.Explain())
	}
}

func TestARuleWithATaxonomyOfItsOwnHasNoDomains(t *testing.T) {
	rule := parse(t, "taxonomy: acme\nlogsource:\n  product: windows\ndetection:\n  s:\n    Image: cmd.exe\n  condition: s\n")
	if Default().For(rule).Of("Image") != nil {
		t.Error("its Image may be anything")
	}
}

func parse(t testing.TB, text string) *rules.Rule {
	t.Helper()
	documents, _ := rules.Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
	return documents[0].(*rules.Rule)
}
