package kql

import (
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// What an analyst sees of a proposed filter: what is selected, what would be hidden, what is left.
func TestPreviewOfAFilter(t *testing.T) {
	r := processRule(t, `selection:
  Image|endswith: '/netcat'
filter_main_known:
  User: root
filter_main_backup:
  ParentImage|endswith: '/backup'
  CommandLine|contains: ' --list '`, "selection and not filter_main_known")
	found := r.Detection.Conditions[0].Root
	filter := r.Detection.Find("filter_main_backup")
	after := And(found, Not(Detected(filter)))
	p, err := PreviewFilter(r, filter, []*rules.Expr{found}, []*rules.Expr{after}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const (
		head     = "imProcessCreate\n| where "
		netcat   = `TargetProcessName endswith "/netcat"`
		notKnown = `(not(TargetUsername =~ "root"))`
		backup   = `((ParentProcessName endswith "/backup" or ActingProcessName endswith "/backup") and TargetProcessCommandLine contains " --list ")`
	)
	for _, c := range []struct {
		name string
		got  []Query
		want string
	}{
		{"selection", p.Selection, head + netcat},
		{"suppressed", p.Suppressed, head + "(" + netcat + " and " + notKnown + ") and " + backup},
		{"rule", p.Rule, head + "(" + netcat + " and " + notKnown + ") and (not(" + backup + "))"},
	} {
		if len(c.got) != 1 || c.got[0].Text != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.name, c.got, c.want)
		}
	}
	if len(p.Notes) != 0 {
		t.Errorf("notes %v", p.Notes)
	}
}

func TestSelectionLeavesOutWhatIsExcluded(t *testing.T) {
	const detection = "a: {Image: a}\nb: {User: b}\nf: {CommandLine: f}"
	for _, c := range []struct{ condition, want string }{
		{"a", `TargetProcessName =~ "a"`},
		{"a and not f", `TargetProcessName =~ "a"`},
		{"a and b and not f", `TargetProcessName =~ "a" and TargetUsername =~ "b"`},
		{"(a and not f) and b", `TargetProcessName =~ "a" and TargetUsername =~ "b"`},
		{"a or b", `TargetProcessName =~ "a" or TargetUsername =~ "b"`},
		{"(a and not f) or b", `(TargetProcessName =~ "a" and (not(TargetProcessCommandLine =~ "f"))) or TargetUsername =~ "b"`},
		{"not f", ""},
	} {
		r := processRule(t, detection, c.condition)
		part := Selection(r.Detection.Conditions[0].Root)
		if part == nil {
			if c.want != "" {
				t.Errorf("%s has no selection", c.condition)
			}
			continue
		}
		q, _, err := Expression(r, part, Options{})
		if err != nil || q.Text != "imProcessCreate\n| where "+c.want {
			t.Errorf("%s: %q, %v; want %s", c.condition, q.Text, err, c.want)
		}
	}
}

func TestExpressionsJoin(t *testing.T) {
	r := processRule(t, "a: {Image: a}\nb: {User: b}", "a")
	a, b := Detected(r.Detection.Find("a")), Detected(r.Detection.Find("b"))
	q, _, err := Expression(r, Or(And(a, b), Not(And(a))), Options{})
	if want := "imProcessCreate\n| where (TargetProcessName =~ \"a\" and TargetUsername =~ \"b\") or (not(TargetProcessName =~ \"a\"))"; err != nil || q.Text != want {
		t.Errorf("%q, %v", q.Text, err)
	}
	if And() != nil || Or() != nil {
		t.Error("nothing joined is something")
	}
}
