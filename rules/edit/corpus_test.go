package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

const addedBlock = `filter_main_sigtune_test:
    Image|endswith:
        - '\a.exe'
        - '\b.exe'
    User: 'x'
`

// On every published rule: insert a block, extend the condition, add an entry, set the date. The result has no new problem, every
// line of the original that is not named stays, and the model differs by exactly what was asked for.
func TestEditsChangeExactlyWhatWasAskedFor(t *testing.T) {
	corpus := corpustest.Open(t)
	edited, refused := 0, 0
	for k, file := range append(corpus.LiveRules(t), corpus.LegacyRules(t)...) {
		text := string(file.Data)
		if k%3 == 1 { // the same must hold with other line ends and without a final one
			text = strings.TrimSuffix(strings.ReplaceAll(text, "\n", "\r\n"), "\r\n")
		}
		if strings.Contains(text, "action:") {
			continue
		}
		before := parse(t, text)
		if before.Detection.Evaluable() != nil {
			continue // nobody extends a condition that means nothing
		}
		var edits []source.Edit
		var failed error
		for _, more := range []func() ([]source.Edit, error){
			func() ([]source.Edit, error) { return InsertDetection(before, "", addedBlock) },
			func() ([]source.Edit, error) { return Exclude(before, "filter_main_sigtune_test") },
			func() ([]source.Edit, error) {
				return AppendListEntry(before, "falsepositives", "Written by a test: #1")
			},
			func() ([]source.Edit, error) { return SetModified(before, "2999-12-31") },
		} {
			e, err := more()
			if err != nil {
				failed = err
			}
			edits = append(edits, e...)
		}
		if failed != nil {
			refused++
			t.Errorf("%s: refused: %v", file.Path, failed)
			continue
		}
		out, err := Apply([]byte(text), edits)
		if err != nil {
			t.Errorf("%s: %v", file.Path, err)
			continue
		}
		edited++
		after := parse(t, string(out))
		for _, difference := range compare(before, after) {
			t.Errorf("%s: %s", file.Path, difference)
		}
		if strings.Contains(text, "\r\n") && strings.Count(string(out), "\n") != strings.Count(string(out), "\r\n") {
			t.Errorf("%s: line ends are mixed now", file.Path)
		}
		if strings.HasSuffix(text, "\n") != strings.HasSuffix(string(out), "\n") {
			t.Errorf("%s: the final line end changed", file.Path)
		}
		comments(t, file.Path, before.File, after.File)
	}
	t.Logf("%d rules edited, %d refused", edited, refused)
}

// comments checks that all comments are still there, in order.
func comments(t *testing.T, path string, before, after *source.File) {
	t.Helper()
	list := func(f *source.File) (out []string) {
		for _, c := range f.Comments() {
			out = append(out, f.Text(c.Span))
		}
		return out
	}
	if a, b := list(before), list(after); strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("%s: comments changed: %q, now %q", path, a, b)
	}
}

// compare lists what differs between two rules beside the intended changes.
func compare(before, after *rules.Rule) (differences []string) {
	add := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	if a, b := len(before.File.Problems)+len(before.Problems), len(after.File.Problems)+len(after.Problems); b > a {
		add("new problems: %v %v", after.File.Problems, after.Problems)
	}
	for _, e := range before.Root.Entries {
		key := e.Key.Value
		if key == "modified" || key == "falsepositives" || key == "detection" {
			continue
		}
		now := after.Root.Entry(key)
		if now == nil || now.Value.Text() != e.Value.Text() && trimmed(now.Value) != trimmed(e.Value) {
			add("`%s` changed", key)
		}
	}
	if after.Modified.Value != "2999-12-31" {
		add("modified is %q", after.Modified.Value)
	}
	entries := len(before.FalsePositives)
	if len(after.FalsePositives) != entries+1 || after.FalsePositives[entries].Value != "Written by a test: #1" {
		add("falsepositives are %v", after.FalsePositives)
	}
	for i, e := range after.FalsePositives {
		if i < entries && e.Node.Text() != before.FalsePositives[i].Node.Text() {
			add("entry %d changed", i)
		}
	}
	if len(after.Detection.Named) != len(before.Detection.Named)+1 {
		add("%d identifiers", len(after.Detection.Named))
		return differences
	}
	for _, n := range before.Detection.Named {
		now := after.Detection.Find(n.Name)
		if now == nil || trimmed(now.Node) != trimmed(n.Node) {
			add("`%s` changed", n.Name)
		}
	}
	block := after.Detection.Find("filter_main_sigtune_test")
	if block == nil || len(block.Block.Items) != 2 || len(block.Block.Items[0].Values) != 2 || block.Block.Items[1].Values[0].Text != "x" {
		add("the block is not as given")
	}
	if len(before.Detection.Conditions) != len(after.Detection.Conditions) {
		add("%d conditions", len(after.Detection.Conditions))
		return differences
	}
	for i, c := range before.Detection.Conditions {
		if difference := sameButExcluded(before, after, c, after.Detection.Conditions[i]); difference != "" {
			add("condition `%s`, now `%s`: %s", c.Text, after.Detection.Conditions[i].Text, difference)
		}
	}
	return differences
}

func trimmed(n *source.Node) string { return strings.TrimRight(n.Text(), "\r\n ") }

// maxTried is up to how many identifiers every combination of truth values is tried.
const maxTried = 10

// sameButExcluded compares two conditions by truth table: the new one holds exactly when the old one does and the added identifier
// does not.
func sameButExcluded(before, after *rules.Rule, old, now *rules.Condition) string {
	var names []string
	for _, n := range before.Detection.Named {
		names = append(names, n.Name)
	}
	if len(names) > maxTried {
		names = names[:maxTried] // the others stay false
	}
	for bits := range 1 << (len(names) + 1) {
		truth := map[string]bool{}
		for i, n := range names {
			truth[n] = bits>>i&1 == 1
		}
		excluded := bits>>len(names)&1 == 1
		truth["filter_main_sigtune_test"] = excluded
		want := holdsWith(old.Root, truth) && !excluded
		if got := holdsWith(now.Root, truth); got != want {
			return fmt.Sprintf("with %v it is %v", truth, got)
		}
	}
	return ""
}

func holdsWith(e *rules.Expr, truth map[string]bool) bool {
	switch e.Op {
	case rules.And:
		for _, a := range e.Args {
			if !holdsWith(a, truth) {
				return false
			}
		}
		return true
	case rules.Or:
		for _, a := range e.Args {
			if holdsWith(a, truth) {
				return true
			}
		}
		return false
	case rules.Not:
		return !holdsWith(e.Args[0], truth)
	}
	for _, s := range e.Selected {
		if truth[s.Name] != e.All {
			return !e.All
		}
	}
	return e.All
}
