package tuning

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/tuning/safety"
)

const adminsList = "Exclude processes where the command line includes lsof and the user is part of the admin group."

func tuneWith(t *testing.T, rule, environment string, scenarios ...string) (*Result, error) {
	t.Helper()
	e, err := ReadEnvironment("site.yml", []byte(environment))
	if err != nil {
		return nil, err
	}
	return Tune(Input{Path: "rule.yml", Text: rule, Scenarios: scenarios, Today: testDay, Environment: e})
}

func TestPlaceholdersAreListedWithWhatTheyMean(t *testing.T) {
	r := tune(t, listing, adminsList)
	if len(r.Placeholders) != 1 {
		t.Fatalf("%v", r.Placeholders)
	}
	p := r.Placeholders[0]
	if p.Name != "admin_users" || p.Meaning != "accounts of your administrators" || p.Field != "User" || p.Example == "" || strings.Join(p.Scenarios, " ") != "1" {
		t.Errorf("%+v", p)
	}
	if r.RuleAfter != "" {
		t.Errorf("a rule with a placeholder is recommended:\n%s", r.RuleAfter)
	}
	template := EnvironmentTemplate(r)
	if !strings.Contains(template, "\nadmin_users: []\n") {
		t.Errorf("template\n%s", template)
	}
	again, err := tuneWith(t, listing, template, adminsList)
	if err != nil || again.Outcomes[0].Verdict != NeedsEnvironment {
		t.Errorf("a template that nobody filled in changes the verdict, or is an error: %v", err)
	}
}

func TestFilledPlaceholdersBecomeAFilter(t *testing.T) {
	r, err := tuneWith(t, listing, "admin_users: ['adm-*', 'o''neil', 'adm-*']\n", adminsList)
	if err != nil {
		t.Fatal(err)
	}
	o := r.Outcomes[0]
	if o.Verdict != Filter || len(r.Placeholders) > 0 {
		t.Fatalf("verdict %s, placeholders %v", o.Verdict, r.Placeholders)
	}
	want := "filter_optional_admin_users:\n    Image|endswith: '/lsof'\n    User:\n        - 'adm-\\*'\n        - 'o''neil'\n"
	if got := o.Proposals[0].Block; got != want {
		t.Errorf("block\n%s", got)
	}
	if strings.Contains(r.RuleAfter, "%") || !strings.Contains(r.RuleAfter, `'adm-\*'`) {
		t.Errorf("the tuned rule\n%s", r.RuleAfter)
	}
	tuner := &tuner{in: Input{Path: "rule.yml"}}
	rule, err := tuner.parse(r.RuleAfter)
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.Compile(rule)
	if err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]bool{"adm-*": false, "o'neil": false, "adm-jane": true} {
		if got := m.Match(match.NewEvent(map[string]any{"Image": "/usr/bin/lsof", "User": user})); got != want {
			t.Errorf("lsof by %s: match %v, want %v", user, got, want)
		}
	}
}

func TestAnEnvironmentWithAMistakeIsRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"percent signs", "'%admin_users%': ['x']\n", "write `admin_users`"},
		{"one value", "admin_users: root\n", "write `admin_users: ['root']`"},
		{"a map", "admin_users: {a: b}\n", "holds a map; write a list of texts"},
		{"a number", "admin_users: [1001]\n", "write '1001'"},
		{"a list in a list", "admin_users: [['x']]\n", "is no text"},
		{"null", "admin_users: ['x', null]\n", "is missing"},
		{"nothing in quotes", "admin_users: ['']\n", "is empty"},
		{"a blank at the end", "admin_users: ['x ']\n", "write 'x'"},
		{"two lines", "admin_users: [\"x\\ny\"]\n", "more than one line"},
		{"a name twice", "admin_users: ['x']\nadmin_users: ['y']\n", "occurs twice"},
		{"a list", "- x\n", "site.yml:1:1: no map of names to values"},
		{"two documents", "admin_users: ['x']\n---\nadmin_users: ['x']\n", "a second document"},
		{"no YAML", "admin_users: ['x'\n", "site.yml:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tuneWith(t, listing, c.text, adminsList)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "site.yml:") {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestValuesThatTheFieldNeverHoldsAreRefused(t *testing.T) {
	const text = "Exclude processes where the command line includes lsof and the parent is an approved monitoring tool."
	_, err := tuneWith(t, listing, "monitoring_parents: ['agent']\n", text)
	if err == nil || !strings.Contains(err.Error(), "`agent` is no whole path") {
		t.Errorf("error %v", err)
	}
	r, err := tuneWith(t, listing, "monitoring_parents: ['/opt/acme/bin/agent']\n", text)
	if err != nil || r.Outcomes[0].Verdict != Filter {
		t.Fatalf("error %v", err)
	}
}

// Sysmon writes the domain in front: a bare name would match nothing.
func TestAWindowsAccountNeedsItsDomain(t *testing.T) {
	windows := strings.NewReplacer("product: linux", "product: windows", "'/netstat'", `'\netstat.exe'`, "'/lsof' # open files too", `'\handle.exe'`, "'/sbin/init'", `'C:\Windows\System32\services.exe'`).Replace(listing)
	const text = "Exclude processes where the command line includes handle.exe and the user is part of the admin group."
	_, err := tuneWith(t, windows, "admin_users: ['anna']\n", text)
	if err == nil || !strings.Contains(err.Error(), `site.yml:1:15: `+"`anna` has no domain") || !strings.Contains(err.Error(), `'ACME\jmiller-adm'`) {
		t.Errorf("error %v", err)
	}
	r, err := tuneWith(t, windows, `admin_users: ['ACME\anna']`, text)
	if err != nil || !strings.Contains(r.Outcomes[0].Proposals[0].Block, `User: 'ACME\anna'`) {
		t.Errorf("error %v", err)
	}
}

// What the site fills in is judged as if the author had written it: here two conditions that take an effort.
func TestFilledFiltersAreJudged(t *testing.T) {
	r, err := tuneWith(t, listing, "admin_users: ['backup']\n", adminsList)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Outcomes[0].Proposals[0]
	if p.Safety.Grade != safety.B || p.Safety.Hidden["User"] != "backup" {
		t.Errorf("grade %s, hidden %v", p.Safety.Grade, p.Safety.Hidden)
	}
}

// The file of a site serves many rules: a name that nobody asks for is said, and is no error.
func TestUnusedNamesOfAnEnvironmentAreNoted(t *testing.T) {
	for text, want := range map[string]string{
		"admin_user: ['x']\n":  "site.yml:1:1: no scenario asks for `admin_user`; did you mean `admin_users`?",
		"jump_hosts: ['x']\n":  "site.yml:1:1: no scenario asks for `jump_hosts`; asked for are `admin_users`",
		"admin_users: ['x']\n": "",
	} {
		e, err := ReadEnvironment("site.yml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		results, err := TuneAll(Input{Path: "rule.yml", Text: listing, Scenarios: []string{adminsList}, Today: testDay, Environment: e})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(e.Unused(results), "\n"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func FuzzReadEnvironment(f *testing.F) {
	f.Add("admin_users: ['x']\n")
	f.Add("a: &a [x]\nb: *a\n")
	f.Add("? [a]\n: b\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ReadEnvironment("site.yml", []byte(text))
		if err == nil && e == nil {
			t.Error("neither values nor an error")
		}
	})
}
