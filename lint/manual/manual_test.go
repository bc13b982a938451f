package manual_test

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/manual"
)

func ours() *manual.Manual {
	return &manual.Manual{All: checks.All(), Reporters: checks.Reporters(), Measured: map[string]string{"SIG0901": "1 finding in 1 rule"}}
}

func named(t *testing.T, m *manual.Manual, name string) *lint.Check {
	t.Helper()
	c := lint.Find(m.All, name)
	if c == nil {
		t.Fatalf("no check is named %s", name)
	}
	return c
}

// What a page says about checks of each sort, and what it leaves out.
func TestPages(t *testing.T) {
	m := ours()
	for _, c := range []struct {
		check  string
		wants  []string
		absent []string
	}{
		{"matches-everything", []string{"# SIG0901: matches-everything\n", "| warning | breadth |", "17 |         CommandLine|contains: '*'\n", "^", "\n-        CommandLine|contains: '*'\n+        CommandLine|contains: 'lsof -i'\n",
			"## Measured\n\n1 finding in 1 rule", "# sigtune:ignore SIG0901 -- why"}, []string{"## Options", "## Other tools", "base revision", "--- old"}},
		{"detection-lost", []string{"| revision |", "At the base revision:", "What changed since:", "\n-            - '/ss'\n"}, []string{"## Measured"}},
		{"duplicate-id", []string{"| tree |", "- pysigma `identifier_uniqueness`"}, nil},
		{"modified-not-updated", []string{"| safe |", "`sigtune lint --fix` repairs it"}, []string{"--unsafe-fixes"}},
		{"line-endings", []string{"␍\n"}, []string{"\r"}},
		{"weak-branch", []string{"## Options", "under `options: weak-branch:`", "| number |"}, nil},
		{"unreadable-file", []string{"It cannot be silenced"}, []string{"## Example", "sigtune:ignore"}},
	} {
		page := m.Page(named(t, m, c.check))
		for _, want := range c.wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q in\n%s", c.check, want, page)
			}
		}
		for _, absent := range c.absent {
			if strings.Contains(page, absent) {
				t.Errorf("%s: %q is said", c.check, absent)
			}
		}
	}
}

// A check that looks at the path says where its examples stand.
func TestThePathOfAnExample(t *testing.T) {
	m := ours()
	for _, c := range m.All {
		if c.Doc.Path != "" {
			if page := m.Page(c); !strings.Contains(page, "## Example (`"+c.Doc.Path+"`)") || m.Entry(c).Path != c.Doc.Path {
				t.Errorf("%s does not name %s", c.Code, c.Doc.Path)
			}
			return
		}
	}
	t.Error("no check has a path")
}

func TestEntryOfACheckWithOptions(t *testing.T) {
	m := ours()
	e := m.Entry(named(t, m, "weak-branch"))
	if len(e.Options) == 0 || e.Options[0].Type != "number" || e.Options[0].Meaning == "" {
		t.Errorf("%+v", e.Options)
	}
}

func TestTheIndexLinksEveryPage(t *testing.T) {
	m := ours()
	index := m.Index("pages/")
	for _, c := range m.All {
		if strings.Count(index, "(pages/"+manual.FileName(c)+")") != 1 {
			t.Errorf("%s is not linked once", c.Code)
		}
	}
	for digits, family := range lint.Families {
		if !strings.Contains(index, "\n## "+digits+": "+family+"\n") {
			t.Errorf("no heading for %s", family)
		}
	}
}
