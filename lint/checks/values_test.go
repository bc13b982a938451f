package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
)

// codes are the findings of the checks that are looked for, as `code severity marked text`.
func told(t *testing.T, text string, checks ...[]*lint.Check) []string {
	t.Helper()
	var out []string
	for _, f := range lintText("proc_creation_lnx_example.yml", text, All()) {
		if slices.ContainsFunc(checks, func(list []*lint.Check) bool { return slices.Contains(list, f.Check) }) {
			checkMessages(t, []lint.Finding{f})
			out = append(out, f.Check.Code+" "+f.Severity.String()+" "+f.File.Text(f.Span))
		}
	}
	return out
}

func TestValuesOfItems(t *testing.T) {
	for name, c := range map[string]struct {
		lines string
		want  string // empty: quiet
	}{
		"an escaped star behind a drive in any field": {`CommandLine|contains: 'C:\Tools\*'`, `SIG0643 warning \*`},
		"an escaped question mark":                    {`ParentImage|endswith: '\tool\?.exe'`, `SIG0643 warning \?`},
		"a doubled backslash before it is on purpose": {`ParentImage|startswith: 'C:\Tools\\\*'`, ""},
		"separator and wildcard":                      {`ParentImage: 'C:\Tools\\*\agent.exe'`, ""},
		"a literal star in a command line":            {`CommandLine|contains: 'Get-Item \*'`, ""},
		"two backslashes before a host":               {`CommandLine|startswith: '\\fileserver\tools\'`, `SIG0644 warning '\\fileserver\tools\'`},
		"two backslashes inside are found anywhere":   {`CommandLine|contains: '\\fileserver\tools\'`, ""},
		"a device begins with one backslash":          {`ParentImage|startswith: '\\Device\Mup\'`, ""},
		"a doubled backslash inside":                  {`CommandLine|contains: 'Tools\\agent'`, `SIG0645 info \\`},
		"a file name without separator":               {`ParentImage|endswith: 'agent.exe'`, `SIG0646 warning 'agent.exe'`},
		"a program without extension":                 {`ParentImage|endswith: 'agent'`, `SIG0646 info 'agent'`},
		"the end of a name":                           {`ParentImage|endswith: '_agent.exe'`, ""},
		"a long name hardly ends another":             {`ParentImage|endswith: 'averyveryverylongname.exe'`, ""},
		"a name in a command line":                    {`CommandLine|endswith: 'agent.exe'`, ""},
		"a blank behind an account":                   {`User: 'backup '`, `SIG0647 warning 'backup '`},
		"a blank on the open side is found":           {`User|startswith: 'backup '`, ""},
		"a blank in a command line":                   {`CommandLine|endswith: ' /v '`, ""},
		"an extension that was cut":                   {`CommandLine|endswith: 'agent.ex'`, `SIG0648 info 'agent.ex'`},
		"the middle of a text may be anything":        {`CommandLine|contains: 'agent.ex'`, ""},
		"windash with all":                            {"CommandLine|windash|contains|all:\n    - ' -a'\n    - ' -b'", "SIG0609 info windash"},
		"windash and a hyphen within a word":          {`CommandLine|windash|contains: 'open-files'`, "SIG0610 info windash"},
		"a quoted number":                             {`LogonId: '999'`, "SIG0635 info '999'"},
		"a quoted number under a modifier is a text":  {`CommandLine|contains: '999'`, ""},
		"a tab in double quotes":                      {`CommandLine|contains: "a\tb"`, `SIG0636 warning \t`},
		"an en dash before a flag":                    {`CommandLine|contains: ' –a'`, "SIG0637 warning –"},
		"an en dash alone is meant":                   {`CommandLine|contains: '–'`, ""},
		"dashes under windash":                        {`CommandLine|windash|contains: ' –a'`, ""},
		"a list of one":                               {"CommandLine|contains:\n    - ' /v '", "SIG0653 info ' /v '"},
		"base64 of a whole field":                     {`CommandLine|base64: 'openfiles'`, "SIG0608 warning base64"},
		"utf-16 alone":                                {`CommandLine|wide|contains: 'openfiles'`, "SIG0611 warning wide"},
		"utf-16 below base64":                         {`CommandLine|wide|base64offset|contains: 'openfiles'`, ""},
		"a word of pySigma":                           {`CommandLine|re|ignorecase: 'open +files'`, "SIG0612 warning ignorecase"},
		"a word that pySigma lacks":                   {`CommandLine|utf16le|base64offset|contains: 'openfiles'`, "SIG0612 info utf16le"},
		"a field compared with itself":                {`User|fieldref: User`, "SIG0617 warning User"},
		"a field compared with none":                  {`User|fieldref: Usr`, "SIG0617 warning Usr"},
		"a placeholder of the specification":          {`User: '%Servers%'`, "SIG0619 info '%Servers%'"},
		"an environment variable":                     {`CommandLine|contains: '%TEMP%'`, ""},
		"umlauts under base64offset":                  {`CommandLine|base64offset|contains: 'größe'`, "SIG0656 warning 'größe'"},
		"an escape that is none":                      {`CommandLine|re: 'open\ files\j'`, `SIG0672 warning \j`},
		"classes, anchors and controls are escapes":   {`CommandLine|re|i: '\bopen\s+\d{2}\x41\t\w+[\w\]]$'`, ""},
		"a large count":                               {`CommandLine|re|i: 'a.{1000}b'`, "SIG0675 info 'a.{1000}b'"},
		"a dot before an extension":                   {`CommandLine|re|i: 'open[a-z]+ cmd.exe '`, "SIG0676 info ."},
		"an escaped dot":                              {`CommandLine|re|i: 'open[a-z]+ cmd\.exe '`, ""},
		"a dot in a class, and one with a quantifier": {`CommandLine|re|i: '[a.exe]+ x.?exe y.*exe'`, ""},
		"a dot before a longer word":                  {`CommandLine|re|i: 'open[a-z]+ a.execute'`, ""},
		"an expression that is a text":                {`CommandLine|re|i: 'open files'`, "SIG0677 info 'open files'"},
		"a useless start":                             {`CommandLine|re|i: '.*open[a-z]+'`, "SIG0678 info .*"},
		"an expression that looks at letter case":     {`CommandLine|re: 'open[a-z]+'`, "SIG0680 info 'open[a-z]+'"},
		"a flag inside the expression":                {`CommandLine|re: '(?i)open[a-z]+'`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := told(t, selectOnWindows(c.lines), pathChecks, textChecks, windashChecks, modifierChecks, regexChecks)
			if strings.Join(got, "; ") != c.want {
				t.Errorf("%s: %q, want %q", c.lines, got, c.want)
			}
		})
	}
}

func TestScalars(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"a zero-width blank between letters":       {"CommandLine|contains: 'open\u200bfiles'", "SIG0107 warning \u200b"},
		"a no-break space in a plain value":        {"CommandLine|contains: open\u00a0files", "SIG0107 warning \u00a0"},
		"a right-to-left mark alone":               {"CommandLine|contains: '\u202e'", ""},
		"an escape is visible":                     {`CommandLine|contains: "open\u200bfiles"`, ""},
		"a tag":                                    {"CommandLine|contains: !!str 42", "SIG0109 warning 42"},
		"nothing after the colon":                  {"ParentCommandLine:", "SIG0112 info ParentCommandLine"},
		"a tilde is null":                          {"ParentCommandLine: ~", ""},
		"a folded value":                           {"ParentImage|contains: 'a\n      b'", "SIG0113 warning 'a"},
		"a comment in the middle":                  {"CommandLine|contains: open #files", "SIG0114 warning #files"},
		"a comment with a blank":                   {"CommandLine|contains: open # files", ""},
		"a number sign in quotes":                  {"CommandLine|contains: 'open #files'", ""},
		"a path in double quotes":                  {`ParentImage|startswith: "C:\temp"`, `SIG0115 warning \t`},
		"escaped backslashes in double quotes":     {`ParentImage|startswith: "C:\\temp"`, ""},
		"a tab in a command":                       {`CommandLine|contains: "a\tb"`, ""},
		"an alias of an anchor, in profile strict": {"CommandLine|contains: &v ' /v '\nParentCommandLine|contains: *v", "SIG0108 info &v; SIG0108 info *v"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(t, selectOnWindows(c.lines), scalarChecks); strings.Join(got, "; ") != c.want {
				t.Errorf("%s: %q, want %q", c.lines, got, c.want)
			}
		})
	}
}

func TestOperandsAndNames(t *testing.T) {
	for condition, want := range map[string]string{
		"all of them":                                  "SIG0713 info filter_main_monit; SIG0710 info all of them",
		"selection and 1 of selection*":                "SIG0716 warning 1 of selection*",
		"selection and all of selection*":              "",
		"selection or 1 of selection_*":                "",
		"selection and not not filter_main_monit":      "SIG0713 info filter_main_monit; SIG0719 warning not not filter_main_monit",
		"selection and not (not filter_main_monit)":    "SIG0713 info filter_main_monit; SIG0719 warning not (not filter_main_monit)",
		"selection and selection_net and (selection)":  "SIG0720 warning (selection); SIG0721 info (selection)",
		"(selection and selection_net)":                "SIG0721 info (selection and selection_net)",
		"(selection or selection_net) and not 1 of f*": "SIG0711 info 1 of f*",
		"not selection and not selection_net":          "SIG0714 info selection; SIG0714 info selection_net",
		"selection and filter_main_monit":              "SIG0713 info filter_main_monit",
		"selection and not 1 of filter_main-*":         "",
	} {
		got := told(t, example(selectTwo+"    condition: "+condition+"\n"), operandChecks, namingChecks)
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", condition, got, want)
		}
	}
	if got := told(t, example("    a-x:\n        Image|endswith: '/lsof'\n    A-X:\n        Image|endswith: '/ss'\n    condition: a-x or A-X or 1 of a-*\n"), operandChecks, namingChecks); strings.Join(got, "; ") !=
		"SIG0718 warning A-X; SIG0711 info 1 of a-*; SIG0722 warning a-*" {
		t.Errorf("%q", got)
	}
}

// Every safe fix of these families leaves a document that lints without the finding and without a new one.
func TestSafeFixesOfValuesAndConditions(t *testing.T) {
	for _, family := range [][]*lint.Check{itemChecks, conditionChecks, yamlChecks} {
		for _, c := range family {
			before := lintText("proc_creation_lnx_example.yml", c.Doc.Bad, All())
			found := named(before, c.Name)
			if len(found) == 0 || found[0].Fix == nil {
				continue
			}
			fixed := applyFix(c.Doc.Bad, found[0].Fix)
			after := lintText("proc_creation_lnx_example.yml", fixed, All())
			if len(named(after, c.Name)) >= len(found) {
				t.Errorf("%s: still there after %q:\n%s", c.Name, found[0].Fix.Title, fixed)
			}
			for _, f := range after {
				if f.Severity > lint.Info && len(named(before, f.Check.Name)) == 0 {
					t.Errorf("%s: %q brings %q", c.Name, found[0].Fix.Title, show([]lint.Finding{f}))
				}
			}
		}
	}
}
