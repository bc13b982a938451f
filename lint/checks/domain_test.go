package checks

import (
	"strings"
	"testing"
)

// besideAnother is a rule on Windows that can match without the selection.
func besideAnother(selection string) string {
	return strings.Replace(onWindows("category: process_creation", selection), "    condition: selection\n",
		"    other:\n        CommandLine|contains: ' /disconnect '\n    condition: 1 of them\n", 1)
}

func TestValuesOutsideTheirDomainComeWithTheLikeliestRepair(t *testing.T) {
	for name, c := range map[string]struct{ selection, message, help, fixed string }{
		"a blank in front": {
			"Image|startswith: ' C:\\Tools\\'", "`Image` never begins with ` C:\\Tools\\`, assuming Sysmon full paths", "remove the outer blank", "Image|startswith: 'C:\\Tools\\'",
		},
		"slashes": {
			"Image: 'C:/Tools/x.exe'", "`Image` is never `C:/Tools/x.exe`, assuming Sysmon full paths", "write backslashes", "Image: 'C:\\Tools\\x.exe'",
		},
		"a separator before a bare name": {
			"OriginalFileName: '\\x.exe'", "`OriginalFileName` is never `\\x.exe`, assuming bare file names", "remove the separator at its start", "OriginalFileName: 'x.exe'",
		},
		"a directory before a bare name": {
			"OriginalFileName|endswith: 'C:\\Tools\\x.exe'", "`OriginalFileName` never ends in `C:\\Tools\\x.exe`, assuming bare file names",
			"write the name without its directory", "OriginalFileName|endswith: 'x.exe'",
		},
		"a directory where a file is": {
			"Image|endswith: '\\Tools\\'", "`Image` never ends in `\\Tools\\`, assuming Sysmon full paths",
			"it ends in a separator: use `startswith` or `contains` for a directory", "",
		},
		"a bare name": {
			"Image: 'x.exe'", "`Image` is never `x.exe`, assuming Sysmon full paths", "begin with the drive, or match the end: endswith '\\…'", "",
		},
		"a regular expression": {
			"Image|re: '^/usr/bin/x$'", "`Image` never matches `^/usr/bin/x$`, assuming Sysmon full paths", "begin with the drive, or match the end: endswith '\\…'", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := besideAnother("        " + c.selection + "\n")
			found := named(lintText("rule.yml", text, All()), domainCheck.Name)
			if len(found) != 1 {
				t.Fatalf("%d findings: %q", len(found), show(found))
			}
			if found[0].Message != c.message || found[0].Help != c.help {
				t.Errorf("got  %s | %s\nwant %s | %s", found[0].Message, found[0].Help, c.message, c.help)
			}
			if (found[0].Fix != nil) != (c.fixed != "") {
				t.Fatalf("fix: %+v", found[0].Fix)
			}
			if found[0].Fix == nil {
				return
			}
			if fixed := applyFix(text, found[0].Fix); !strings.Contains(fixed, c.fixed+"\n") || found[0].Fix.Safe {
				t.Errorf("want %s in\n%s", c.fixed, fixed)
			} else if again := named(lintText("rule.yml", fixed, All()), domainCheck.Name); len(again) > 0 {
				t.Errorf("still there: %q", show(again))
			}
		})
	}
}

func TestValuesOfOneItemAreOneFinding(t *testing.T) {
	text := besideAnother("        Image:\n            - 'x.exe'\n            - 'C:\\x.exe'\n            - 'y.exe'\n")
	found := named(lintText("rule.yml", text, All()), domainCheck.Name)
	if len(found) != 1 || len(found[0].Related) != 1 || found[0].File.Text(found[0].Related[0].Span) != "'y.exe'" {
		t.Errorf("got %q", show(found))
	}
}

func TestWhatIsNoFaultOfTheDomainIsNotReported(t *testing.T) {
	for _, selection := range []string{
		"Image: ''", "Image: '-'", "Image: null", "ParentImage: System", "Image|exists: false", "Image|expand: '%tools%'", "Image|contains|all:\n            - 'x'\n            - '.exe'",
		"Image|startswith: 'C'", "Image|contains: ''", "Image|windash|contains: '-x'", "Signed: false", "Initiated: 'true'", "DestinationPort: 443", "TargetObject|startswith: HKLM",
		"DestinationIp|cidr: 10.0.0.0/8", "DestinationIp|cidr: fe80::/10", "GrantedAccess: '0x1410'", "PipeName: '\\lsass'", "EventID: 1",
		"Hashes|contains: 'MD5=5D41402ABC4B2A76B9719D911017C592'", "Hashes|contains: '5D41402ABC4B2A76B9719D911017C592'",
	} {
		if found := named(lintText("rule.yml", besideAnother("        "+selection+"\n"), All()), domainCheck.Name); len(found) > 0 {
			t.Errorf("%s: %q", selection, show(found))
		}
	}
}

func TestAValueThatKillsTheRuleIsReportedAsThat(t *testing.T) {
	found := lintText("rule.yml", onWindows("category: process_creation", "        Image: 'x.exe'\n"), All())
	if len(named(found, domainCheck.Name)) != 0 || len(named(found, "rule-never-matches-in-domain")) != 1 {
		t.Errorf("%q", show(found))
	}
}
