package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
)

// fixed applies the fix of the only finding of a check, and gives nothing where none is offered.
func fixed(t *testing.T, check, text string) string {
	t.Helper()
	found := named(lintText("rule.yml", text, All()), check)
	if len(found) != 1 {
		t.Errorf("%d findings of %s in\n%s", len(found), check, text)
		return ""
	}
	if found[0].Fix == nil {
		return ""
	}
	if found[0].Fix.Safe {
		t.Errorf("%s: the fix changes the meaning and is called safe", check)
	}
	after := applyFix(text, found[0].Fix)
	if left := named(lintText("rule.yml", after, All()), check); len(left) > 0 {
		t.Errorf("%s: still there after its fix:\n%s", check, after)
	}
	return after
}

func TestFixesOfTheCatalogueThatNeedAChoice(t *testing.T) {
	related := func(lines string) string { return exampleRule("related:\n"+lines, plainSelection) }
	user := func(lines string) string {
		return onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n"+lines)
	}
	for name, c := range map[string]struct{ check, before, after string }{
		"a modifier goes to the items": {"modifier-on-identifier",
			example("    selection|endswith:\n        Image: '/lsof'\n        ParentImage:\n            - '/bash'\n            - '/zsh'\n    condition: 1 of selection*\n"),
			example("    selection:\n        Image|endswith: '/lsof'\n        ParentImage|endswith:\n            - '/bash'\n            - '/zsh'\n    condition: 1 of selection*\n")},
		"a quoted item keeps its quotes": {"modifier-on-identifier",
			example("    'selection|contains|all':\n        - 'CommandLine': ['-i', '-n']\n    condition: selection\n"),
			example("    selection:\n        - 'CommandLine|contains|all': ['-i', '-n']\n    condition: selection\n")},
		"an item has a modifier of its own": {"modifier-on-identifier",
			example("    selection|endswith:\n        Image|contains: '/lsof'\n    condition: 1 of selection*\n"), ""},
		"a number takes no endswith": {"modifier-on-identifier",
			example("    selection|endswith:\n        ProcessId: 4\n    condition: 1 of selection*\n"), ""},
		"no modifier at all": {"modifier-on-identifier",
			example("    selection|lsof:\n        Image: '/lsof'\n    condition: 1 of selection*\n"), ""},
		"the name is taken": {"modifier-on-identifier",
			example("    selection|endswith:\n        Image: '/lsof'\n    selection:\n        ParentImage: '/bash'\n    condition: 1 of selection*\n"), ""},
		"another name, also in the condition": {"unaddressable-identifier",
			example("    selection.lsof:\n        Image|endswith: '/lsof'\n    condition: selection.lsof\n"),
			example("    selection_lsof:\n        Image|endswith: '/lsof'\n    condition: selection_lsof\n")},
		"a pattern that would catch more": {"unaddressable-identifier",
			example("    sel.lsof:\n        Image|endswith: '/lsof'\n    sel_ss:\n        Image|endswith: '/ss'\n    condition: 1 of sel_*\n"), ""},
		"a misspelt key of related": {"malformed-related",
			related("    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      typ: similar\n      type: similar\n"), ""},
		"the other spelling of an account": {"localised-account",
			user("        User|contains: 'AUTORI'\n"), user("        User|contains: ['AUTORI', 'AUTHORI']\n")},
		"in a list": {"localised-account",
			user("        User|contains:\n            - 'AUTHORI'\n            - 'root'\n"), user("        User|contains:\n            - 'AUTHORI'\n            - 'AUTORI'\n            - 'root'\n")},
		"the whole name of one language": {"localised-account",
			user("        User|startswith: 'NT AUTHORITY'\n"), ""},
		"a narrower pattern": {"pattern-catches-sibling",
			example("    selection:\n        Image|endswith: '/lsof'\n    selection_net:\n        CommandLine|contains: ' -i'\n    selection_all:\n        CommandLine|contains: ' -n'\n    condition: selection and 1 of selection*\n"),
			example("    selection:\n        Image|endswith: '/lsof'\n    selection_net:\n        CommandLine|contains: ' -i'\n    selection_all:\n        CommandLine|contains: ' -n'\n    condition: selection and 1 of selection_*\n")},
		"no prefix leaves it out": {"pattern-catches-sibling",
			example("    selection_a:\n        Image|endswith: '/lsof'\n    selection_b:\n        CommandLine|contains: ' -i'\n    condition: selection_a and 1 of selection_*\n"), ""},
	} {
		if got := fixed(t, c.check, c.before); got != c.after {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.after)
		}
	}
}

func TestAMisspeltKeyOfRelatedIsWrittenRight(t *testing.T) {
	text := exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      typ: similar\n", plainSelection)
	for _, f := range named(lintText("rule.yml", text, All()), "malformed-related") {
		if f.Fix != nil {
			if after := applyFix(text, f.Fix); !strings.Contains(after, "      type: similar\n") || f.Fix.Safe {
				t.Error(after)
			}
			return
		}
	}
	t.Error("no fix")
}

func TestAnUnresolvedCorrelationGetsTheNearestName(t *testing.T) {
	for entry, want := range map[string]string{
		"open_file_by_shell":   "open_files_by_shell",
		"'open_file_by_shell'": "'open_files_by_shell'",
		"something_else":       "",
	} {
		text := exampleRule("name: open_files_by_shell\n", plainSelection) + "---\n" + correlation(strings.Replace(manyEvents, "open_files_by_shell", entry, 1))
		_, findings := ofCheck(t, lint.Find(All(), "unresolved-correlation-rule"), lint.Facts{Complete: true}, text)
		if len(findings) != 1 || (findings[0].Fix != nil) != (want != "") {
			t.Errorf("%s: %v", entry, findings)
			continue
		}
		if want != "" && findings[0].Fix.Edits[0].New != want {
			t.Errorf("%s: %+v", entry, findings[0].Fix)
		}
	}
}

// `['*', 'x']` once became `exists: true` in two steps: the list lost its other value as superfluous, and what was left asked for presence.
func TestAStarInAListIsNotTurnedIntoPresenceInTwoSteps(t *testing.T) {
	text := selectWith("CommandLine:\n    - '*'\n    - 'lsof -i'")
	for _, f := range lintText("rule.yml", text, All()) {
		if f.Check.Name == "subsumed-value" {
			t.Errorf("%s", f.Message)
		}
	}
}
