package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

// A rule that lies in another one is linked to it, in the form in which its list is written already.
func TestTheLinkBetweenRulesIsWrittenAsTheListIs(t *testing.T) {
	const (
		otherID = "7a1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11"
		narrow  = "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n    condition: selection\n"
		third   = "11111111-3f0b-4a52-9c0b-0d6a6d8a2f11"
	)
	wide := "---\n" + otherExample.Replace(example(selectLsof+"    condition: selection\n"))
	higher := strings.Replace(example(narrow), "level: low", "level: high", 1)
	for name, c := range map[string]struct{ check, before, old, new string }{
		"a list of its own, where it usually stands": {
			"subsumed-by-equal-rule", example(narrow), "2f11\nstatus: test\n", "2f11\nrelated:\n    - id: " + otherID + "\n      type: similar\nstatus: test\n",
		},
		"derived from the wider rule of lower level": {
			"undeclared-narrower-rule", higher, "2f11\nstatus: test\n", "2f11\nrelated:\n    - id: " + otherID + "\n      type: derived\nstatus: test\n",
		},
		"behind the entries that are there": {
			"subsumed-by-equal-rule", strings.Replace(example(narrow), "status: test\n", "related:\n  -   id: "+third+"\n      type: obsolete\nstatus: test\n", 1),
			"type: obsolete\n", "type: obsolete\n  -   id: " + otherID + "\n      type: similar\n",
		},
		"with the line ends of the file": {
			"subsumed-by-equal-rule", strings.ReplaceAll(example(narrow), "\n", "\r\n"), "2f11\r\nstatus: test\r\n", "2f11\r\nrelated:\r\n    - id: " + otherID + "\r\n      type: similar\r\nstatus: test\r\n",
		},
		"a list in brackets is left to the author": {
			"subsumed-by-equal-rule", strings.Replace(example(narrow), "status: test\n", "related: [{id: "+third+", type: obsolete}]\nstatus: test\n", 1), "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := c.before + wide
			var fix *source.Fix
			found := false
			for _, f := range run(t, logicChecks, text) {
				if f.Check.Name == c.check {
					found, fix = true, f.Fix
				}
			}
			switch {
			case !found:
				t.Fatal("no finding")
			case fix == nil && c.old == "":
				return
			case fix == nil || c.old == "" || fix.Safe:
				t.Fatalf("fix: %+v", fix)
			}
			after := applyFix(text, fix)
			if want := strings.Replace(text, c.old, c.new, 1); after != want {
				t.Errorf("%q\nwant\n%q", after, want)
			}
			for _, f := range run(t, All(), after) {
				if f.Check.Name == c.check || f.Check.Family() == "02" {
					t.Errorf("%s: %s", f.Check.Name, f.Message)
				}
			}
		})
	}
}

// What one field may hold several of is not compared as if it held one.
func TestRulesAreComparedForAsManyValuesAsTheirFieldsMayHold(t *testing.T) {
	text := func(field string) string {
		rule := func(id, level, detection string) string {
			return "title: Rule " + id + "\nid: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f" + id + "\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n" + detection + "level: " + level + "\n"
		}
		return rule("11", "low", "    s:\n        "+field+": a\n    condition: s\n") + "---\n" +
			rule("12", "high", "    s:\n        eventSource|exists: true\n    t:\n        "+field+": a\n    f:\n        "+field+": b\n    condition: t and not f or s and t\n")
	}
	for field, want := range map[string]string{
		"eventName":                "all events of this rule are matched by `Rule 12`, whose level is higher, assuming one value per event",
		"requestParameters.action": "",
	} {
		got := ""
		for _, f := range run(t, logicChecks, text(field)) {
			if f.Check.Name == "subsumed-by-higher-rule" {
				got += f.Message
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}
