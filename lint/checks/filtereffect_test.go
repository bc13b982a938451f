package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

func TestWhatFiltersDoToRules(t *testing.T) {
	const target = "6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11"
	rule := func(detection string) string { return example(detection) }
	excluding := func(tests string) string {
		return filter(strings.Replace(plainFilter, "        ParentImage: '/opt/backup/bash'\n", tests, 1))
	}
	plain := rule("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/ss'\n    condition: selection\n")
	branched := rule("    selection_file:\n        Image|endswith: '/lsof'\n    selection_net:\n        CommandLine|contains: ' -i '\n    condition: 1 of selection_*\n")
	guarded := rule("    selection:\n        Image|endswith: '/lsof'\n    filter_main_root:\n        User: 'root'\n    condition: selection and not filter_main_root\n")
	second := func(tests string) string { return "---\n" + secondFilter.Replace(excluding(tests)) }
	third := func(tests string) string {
		return "---\n" + strings.NewReplacer("2b8f6f0c", "4d8f6f0c", "title: Log Rotation", "title: Third").Replace(excluding(tests))
	}
	anyRule := func(text string) string { return strings.Replace(text, "rules:\n        - "+target, "rules: any", 1) }
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"an exclusion that does its work":          {plain + "---\n" + excluding("        User: 'backup'\n"), nil},
		"of something the rule never matches":      {plain + "---\n" + excluding("        Image|endswith: '/netstat'\n"), []string{"SIG1211 " + target}},
		"of what the rule excludes itself":         {guarded + "---\n" + excluding("        User: 'root'\n        ParentImage: '/bin/sh'\n"), []string{"SIG1211 " + target}},
		"of everything the rule matches":           {plain + "---\n" + excluding("        Image|contains: 's'\n"), []string{"SIG1212 " + target}},
		"of one listed value":                      {plain + "---\n" + excluding("        Image|endswith: '/bin/ss'\n"), nil},
		"of all that one listed value matches":     {plain + "---\n" + excluding("        Image|endswith: '/ss'\n"), []string{"SIG1213 " + target}},
		"of one branch":                            {branched + "---\n" + excluding("        CommandLine|contains: '-i'\n"), []string{"SIG1213 " + target}},
		"a rule that never matches is not its":     {rule("    selection:\n        Image: '/a'\n    other:\n        Image: '/b'\n    condition: selection and other\n") + "---\n" + excluding("        User: 'x'\n"), nil},
		"narrower than another":                    {plain + "---\n" + excluding("        User: 'backup'\n") + second("        User: 'backup'\n        ParentImage: '/bin/sh'\n"), []string{"SIG1216 " + target}},
		"of two that are the same, the later":      {plain + "---\n" + excluding("        User: 'backup'\n") + second("        User: 'BACKUP'\n"), []string{"SIG1216 " + target}},
		"wider than another":                       {plain + "---\n" + excluding("        User: 'backup'\n        ParentImage: '/bin/sh'\n") + second("        User: 'backup'\n"), []string{"SIG1216 " + target}},
		"beside another":                           {plain + "---\n" + excluding("        User: 'backup'\n") + second("        User: 'monitor'\n"), nil},
		"what two others take together":            {plain + "---\n" + excluding("        User: 'a'\n") + second("        User: 'b'\n") + third("        User:\n            - 'a'\n            - 'b'\n"), []string{"SIG1216 " + target, "SIG1216 " + target}},
		"for another log source it is not applied": {plain + "---\n" + strings.Replace(excluding("        Image|contains: 's'\n"), "product: linux", "product: macos", 1), []string{"SIG1208 macos"}},
		"one that keeps is only that":              {plain + "---\n" + strings.Replace(excluding("        Image|contains: 's'\n"), "not selection", "selection", 1), []string{"SIG1204 selection"}},
		"any rule, of which one loses something":   {plain + "---\n" + anyRule(excluding("        User: 'backup'\n")), []string{"SIG1202 any"}},
		"any rule, of which none does":             {plain + "---\n" + anyRule(excluding("        Image|endswith: '/netstat'\n")), []string{"SIG1202 any", "SIG1211 any"}},
		"any rule of a product":                    {plain + "---\n" + strings.Replace(anyRule(excluding("        User: 'backup'\n")), "    category: process_creation\n", "", 1), []string{"SIG1214 rules", "SIG1202 any"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range lintText("filters.yml", c.text, All()) {
				if f.Check.Family() == "12" {
					checkMessages(t, []lint.Finding{f})
					got = append(got, f.Check.Code+" "+f.File.Text(f.Span))
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestAnExclusionThatTwoOthersCoverTogether(t *testing.T) {
	text := example(selectLsof + "    condition: selection\n")
	for i, tests := range []string{"        User|startswith: 'a'\n        ParentImage: '/x'\n", "        User|startswith: 'a'\n        ParentImage|neq: '/x'\n", "        User: 'ab'\n"} {
		text += "---\n" + strings.NewReplacer("2b8f6f0c", fmt.Sprintf("%08d", i), "        ParentImage: '/opt/backup/bash'\n", tests).Replace(filter(plainFilter))
	}
	found := named(lintText("filters.yml", text, All()), "filter-without-effect")
	if len(found) != 1 || !strings.Contains(found[0].Message, "2 other filters") || len(found[0].Related) != 2 {
		t.Errorf("%q", show(found))
	}
}

func TestAWideFilterIsCountedByLevel(t *testing.T) {
	text := filter(strings.Replace(plainFilter, "rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "rules: any", 1))
	for i := range 26 {
		level := []string{"level: low", "level: high"}[i%2]
		text += "---\n" + strings.NewReplacer("6f1f7c3e", fmt.Sprintf("%08d", i), "level: low", level).Replace(clean)
	}
	wide := func(options map[string]map[string]any) []lint.Finding {
		engine := lint.Engine{Checks: All(), Facts: lint.Facts{Today: testDay, Options: options}}
		return named(engine.Files(source.Parse("filters.yml", []byte(text), source.Limits{})).Findings, "wide-filter")
	}
	found := wide(nil)
	if len(found) != 1 || found[0].Message != "the filter applies to 26 rules (13 high, 13 low)" {
		t.Errorf("%q", show(found))
	}
	if found := wide(map[string]map[string]any{"wide-filter": {"rules": 26}}); len(found) != 0 {
		t.Errorf("with room for 26: %q", show(found))
	}
}

func TestAnInvertedFilterShowsWhatTheRuleComesTo(t *testing.T) {
	found := named(lintText("filters.yml", clean+"---\n"+filter(strings.Replace(plainFilter, "not selection", "selection", 1)), All()), "inverted-filter")
	if len(found) != 1 || len(found[0].Related) != 1 || found[0].Related[0].Message != "in effect `(selection) and (selection)`, the second part as the filter has it" {
		t.Errorf("%+v", found)
	}
}
