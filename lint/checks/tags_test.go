package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

func TestTags(t *testing.T) {
	for name, c := range map[string]struct {
		tags []string
		want []string
	}{
		"capitals are marked, not the whole tag": {
			[]string{"attack.discovery", "attack.T1049"}, []string{"SIG0402 warning T"},
		},
		"an unknown sub-technique of a live technique is a warning": {
			[]string{"attack.execution", "attack.t1059.099"}, []string{"SIG0404 warning t1059.099"},
		},
		"an id above the bundled ones is an info": {
			[]string{"attack.discovery", "attack.t1049", "attack.t1999"}, []string{"SIG0404 info t1999"},
		},
		"an own namespace is an info, a misspelt one a warning": {
			[]string{"attack.discovery", "attack.t1049", "acme.team", "attck.t1057"},
			[]string{"SIG0403 info acme", "SIG0403 warning attck"},
		},
		"an artifact of D3FEND may have capitals": {
			[]string{"attack.discovery", "attack.t1049", "d3fend.d3f-WindowsNtOpenFile"}, nil,
		},
		"a tactic with an underscore": {
			[]string{"attack.command_and_control", "attack.t1071"}, []string{"SIG0407 warning command_and_control"},
		},
		"a group and a software": {
			[]string{"attack.discovery", "attack.t1049", "attack.g0007", "attack.s0002"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "04", tagged(c.tags...), c.want...) })
	}
}

func TestQuotedTagsAreMarkedInside(t *testing.T) {
	expect(t, "04", tagged("attack.discovery", "'attack.t1049'", "'attack.t10499'"), "SIG0401 error t10499")
}

func TestARuleWithoutTagsLacksATechniqueAndAFilterDoesNot(t *testing.T) {
	expect(t, "04", changed("tags:\n    - attack.discovery\n    - attack.t1049\n", ""), "SIG0413 info title")
	expect(t, "04", filter(plainFilter))
}

// Fixes edit bytes: comments, quotes and line ends of other lines stay as they are.
func TestFixesOfTagsKeepTheRestOfTheList(t *testing.T) {
	for name, c := range map[string]struct{ check, text, want string }{
		"replace": {
			"legacy-attack-tactic",
			tagged("attack.command_and_control # outbound", "attack.t1071"), tagged("attack.command-and-control # outbound", "attack.t1071"),
		},
		"remove": {
			"duplicate-tag",
			tagged("attack.discovery", "attack.t1049", "attack.discovery"), clean,
		},
		"add": {
			"technique-without-tactic",
			tagged("attack.t1049", "detection.dfir"), tagged("attack.t1049", "attack.discovery", "detection.dfir"),
		},
		"remove from a list in brackets": {
			"duplicate-tag",
			inBrackets("attack.discovery", "attack.t1049", "attack.discovery"), inBrackets("attack.discovery", "attack.t1049"),
		},
		"add to a list in brackets": {
			"technique-without-tactic",
			inBrackets("attack.t1049", "detection.dfir"), inBrackets("attack.t1049", "attack.discovery", "detection.dfir"),
		},
		"keep Windows line ends": {
			"duplicate-tag",
			strings.ReplaceAll(tagged("attack.discovery", "attack.t1049", "attack.discovery"), "\n", "\r\n"), strings.ReplaceAll(clean, "\n", "\r\n"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := named(lintText("rule.yml", c.text, All()), c.check)
			if len(found) != 1 || found[0].Fix == nil {
				t.Fatalf("want one finding with a fix: %q", show(found))
			}
			if got := applyFix(c.text, found[0].Fix); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// inBrackets is the clean rule with its tags on one line.
func inBrackets(tags ...string) string {
	return changed("tags:\n    - attack.discovery\n    - attack.t1049\n", "tags: ["+strings.Join(tags, ", ")+"]\n")
}

func TestAnEntryThatSharesItsLineIsNotRemoved(t *testing.T) {
	for _, text := range []string{
		tagged("attack.discovery", "attack.t1049", "attack.discovery # once more"),
		"tags:\n    - attack.discovery\n",
	} {
		f := source.Parse("rule.yml", []byte(text), source.Limits{})
		list := f.Documents[0].Root.Find("tags")
		if edits := removeEntry(f, list, len(list.Items)-1); edits != nil {
			t.Errorf("%v would lose more than the entry in\n%s", edits, text)
		}
	}
}

func TestTheFolderAsksForItsTag(t *testing.T) {
	for path, want := range map[string]int{
		"rules-threat-hunting/linux/rule.yml":               1,
		"/home/rules-dfir/sigma/rules-threat-hunting/r.yml": 1,
		"rules-threat-hunting-old/rule.yml":                 0,
		"rules/linux/rules-dfir.yml":                        0,
	} {
		if found := named(lintText(path, clean, tagChecks), "detection-tag-folder"); len(found) != want {
			t.Errorf("%s: %q", path, show(found))
		}
	}
}
