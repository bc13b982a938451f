package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

// A removal takes the part and its mention, and nothing else. What is left has no such finding, and a second round changes nothing.
func TestRemovalsOfWhatNeverMatters(t *testing.T) {
	const (
		netstat = "    filter_main_netstat:\n        Image: '/usr/bin/netstat'\n"
		monit   = "    filter_main_monit:\n        ParentImage: '/usr/bin/monit'\n"
		null    = "    filter_main_null:\n        Image: null\n"
	)
	for name, c := range map[string]struct{ check, before, after string }{
		"an exclusion goes with its term": {
			"exclusion-never-applies",
			selectLsof + netstat + "    condition: selection and not filter_main_netstat\n",
			selectLsof + "    condition: selection\n",
		},
		"the last exclusion of a pattern takes the pattern along": {
			"exclusion-never-applies",
			selectLsof + netstat + "    condition: selection and not 1 of filter_main_*\n",
			selectLsof + "    condition: selection\n",
		},
		"one of several of a pattern goes alone": {
			"exclusion-never-applies",
			selectLsof + netstat + monit + "    condition: selection and not 1 of filter_main_*\n",
			selectLsof + monit + "    condition: selection and not 1 of filter_main_*\n",
		},
		"a term in the middle": {
			"exclusion-never-applies",
			selectLsof + netstat + monit + "    condition: selection and not filter_main_netstat and not filter_main_monit\n",
			selectLsof + monit + "    condition: selection and not filter_main_monit\n",
		},
		"a term in front": {
			"exclusion-never-applies",
			selectLsof + netstat + monit + "    condition: not filter_main_netstat and selection and not filter_main_monit\n",
			selectLsof + monit + "    condition: selection and not filter_main_monit\n",
		},
		"one of two in parentheses": {
			"exclusion-never-applies",
			selectLsof + netstat + monit + "    condition: selection and not (filter_main_netstat or filter_main_monit)\n",
			selectLsof + monit + "    condition: selection and not filter_main_monit\n",
		},
		"parentheses that hold words apart stay": {
			"exclusion-never-applies",
			selectLsof + netstat + monit + "    condition: selection and not(filter_main_netstat or filter_main_monit)\n",
			selectLsof + monit + "    condition: selection and not(filter_main_monit)\n",
		},
		"the term of a quoted condition": {
			"exclusion-never-applies",
			selectLsof + netstat + "    condition: 'selection and not filter_main_netstat'\n",
			selectLsof + "    condition: 'selection'\n",
		},
		"all conditions of a list": {
			"exclusion-never-applies",
			selectLsof + netstat + "    condition:\n        - selection and not filter_main_netstat\n        - selection and not 1 of filter_main_*\n",
			selectLsof + "    condition:\n        - selection\n        - selection\n",
		},
		"a guard against absent values": {
			"null-guard",
			selectLsof + null + monit + "    condition: selection and not 1 of filter_main_*\n",
			selectLsof + monit + "    condition: selection and not 1 of filter_main_*\n",
		},
		"a comment in what goes is nothing to delete": {
			"exclusion-never-applies",
			selectLsof + "    filter_main_netstat:\n        # until the agent is updated\n        Image: '/usr/bin/netstat'\n    condition: selection and not filter_main_netstat\n", "",
		},
		"an exclusion in braces is left to the author": {
			"exclusion-never-applies",
			"    selection: {Image|endswith: '/lsof'}\n    filter_main_netstat: {Image: '/usr/bin/netstat'}\n    condition: selection and not filter_main_netstat\n",
			"    selection: {Image|endswith: '/lsof'}\n    condition: selection\n",
		},
		"an entry of a list of maps": {
			"dead-alternative",
			"    selection:\n        - CommandLine|contains: 'lsof'\n        - CommandLine|contains: 'lsof -i'\n          Image|endswith: '/lsof'\n        - Image|endswith: '/ss'\n    condition: selection\n",
			"    selection:\n        - CommandLine|contains: 'lsof'\n        - Image|endswith: '/ss'\n    condition: selection\n",
		},
		"a branch of the condition": {
			"dead-alternative",
			selectLsof + "    selection_net:\n        CommandLine|contains: ' -i'\n" + monit + "    condition: selection or (selection and selection_net) or (selection_net and filter_main_monit)\n",
			selectLsof + "    selection_net:\n        CommandLine|contains: ' -i'\n" + monit + "    condition: selection or (selection_net and filter_main_monit)\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := example(c.before)
			find := func(text string) (found int, fix *source.Fix) {
				for _, f := range run(t, logicChecks, text) {
					if f.Check.Name == c.check {
						found++
						if fix == nil {
							fix = f.Fix
						}
					}
				}
				return found, fix
			}
			found, fix := find(before)
			switch {
			case found == 0:
				t.Fatal("no finding")
			case fix == nil && c.after == "":
				return
			case fix == nil || c.after == "":
				t.Fatalf("fix: %+v", fix)
			case fix.Safe:
				t.Error("a removal is not safe: somebody meant something by it")
			}
			after := applyFix(before, sorted(fix))
			if after != example(c.after) {
				t.Errorf("%s\nwant\n%s", detectionOf(after), c.after)
			}
			if found, fix := find(after); found > 0 {
				t.Errorf("still there: %+v", fix)
			}
		})
	}
}

// Two exclusions that lie in each other are each superfluous, and never both.
func TestRemovalsThatCountOnEachOtherClaimTheSamePlace(t *testing.T) {
	text := example(selectLsof + "    filter_main_ss:\n        Image: '/usr/bin/ss'\n    filter_main_netstat:\n        Image: '/usr/bin/netstat'\n    condition: selection and not 1 of filter_main_*\n")
	var fixes []*source.Fix
	for _, f := range run(t, logicChecks, text) {
		if f.Check.Name == "exclusion-never-applies" {
			fixes = append(fixes, f.Fix)
		}
	}
	if len(fixes) != 2 || fixes[0] == nil || fixes[1] == nil {
		t.Fatalf("%+v", fixes)
	}
	for _, a := range fixes[0].Edits {
		for _, b := range fixes[1].Edits {
			if a.Span == b.Span && a.New == b.New {
				return
			}
		}
	}
	t.Error("both could be applied at once, and the pattern would stand for nothing")
}

// sorted puts the edits of a fix in their order.
func sorted(fix *source.Fix) *source.Fix {
	out := *fix
	out.Edits = append([]source.Edit(nil), fix.Edits...)
	for i := range out.Edits {
		for j := i; j > 0 && out.Edits[j].Span.Start < out.Edits[j-1].Span.Start; j-- {
			out.Edits[j], out.Edits[j-1] = out.Edits[j-1], out.Edits[j]
		}
	}
	return &out
}

func detectionOf(text string) string {
	_, rest, _ := strings.Cut(text, "detection:\n")
	detection, _, _ := strings.Cut(rest, "falsepositives:\n")
	return detection
}
