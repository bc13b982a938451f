package recover

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "write the golden files")

var leadingBlanks = regexp.MustCompile(`(?m)^[ \t]+`)

// What a page does to a rule.
var damages = []struct {
	name string
	do   func(text string) string
}{
	{"all indentation lost", func(text string) string { return leadingBlanks.ReplaceAllString(text, "") }},
	{"lost, CRLF, trailing blanks", func(text string) string {
		text = leadingBlanks.ReplaceAllString(text, "")
		return strings.ReplaceAll(text, "\n", "  \r\n")
	}},
	{"indented with non-breaking spaces", func(text string) string {
		return leadingBlanks.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("\u00a0", len(s)/2) })
	}},
	{"every third line lost", func(text string) string {
		lines := strings.SplitAfter(text, "\n")
		for i := range lines {
			if i%3 == 0 {
				lines[i] = strings.TrimLeft(lines[i], " ")
			}
		}
		return strings.Join(lines, "")
	}},
	{"every line followed by an empty one", func(text string) string {
		text = leadingBlanks.ReplaceAllString(text, "")
		return strings.ReplaceAll(text, "\n", "\n\n")
	}},
}

// meaning is the tree of a text, blanks around the lines of text blocks left out: nothing can bring them back.
func meaning(text string) string {
	f := source.Parse("", []byte(text), source.Limits{})
	var b strings.Builder
	for _, d := range f.Documents {
		if d.Broken {
			return "broken"
		}
		if d.Root != nil {
			squeeze(d.Root)
			dump(&b, d.Root)
		}
	}
	return b.String()
}

func squeeze(n *source.Node) {
	if n.Kind == source.Scalar && strings.Contains(n.Value, "\n") {
		var lines []string
		for _, l := range strings.Split(n.Value, "\n") {
			if l = strings.TrimSpace(l); l != "" {
				lines = append(lines, l)
			}
		}
		n.Value = strings.Join(lines, "\n")
	}
	for _, e := range n.Entries {
		squeeze(e.Value)
	}
	for _, item := range n.Items {
		squeeze(item)
	}
}

// tally counts what became of a set of rules.
type tally struct {
	total, exact, bytesEqual, flagged, wrong, offered, refused, silent int
	remarks                                                            []string
}

func (n *tally) add(path, damaged, original string) {
	got := Rule(damaged)
	want := meaning(original)
	n.total++
	remark := func(format string, args ...any) {
		n.remarks = append(n.remarks, path+": "+fmt.Sprintf(format, args...))
	}
	switch {
	case got.Err != nil:
		n.refused++
		remark("refused: %v", got.Err)
	case meaning(got.Text) == want:
		n.exact++
		if strings.ReplaceAll(got.Text, "  \r\n", "\n") == original {
			n.bytesEqual++
		}
		if got.Ambiguous() {
			n.flagged++
			remark("right, and flagged: %s", got.Readings[1].Note.Message)
		}
	case got.Ambiguous():
		n.wrong++
		remark("wrong, but flagged: %s", got.Readings[1].Note.Message)
		for _, r := range got.Readings {
			if meaning(r.Text) == want {
				n.offered++
				break
			}
		}
	default:
		n.silent++
		remark("silently wrong")
	}
}

func (n *tally) report(t *testing.T, name string) string {
	sort.Strings(n.remarks)
	for _, r := range n.remarks {
		t.Logf("%s: %s", name, r)
	}
	if n.silent > 0 {
		t.Errorf("%s: %d rules are silently wrong", name, n.silent)
	}
	return fmt.Sprintf("%s\n    rules %d, exact %d (%.2f %%), of them byte for byte %d and with a second reading %d\n"+
		"    wrong but flagged %d (right reading offered: %d), silently wrong %d, refused %d\n",
		name, n.total, n.exact, 100*float64(n.exact)/float64(max(n.total, 1)), n.bytesEqual, n.flagged,
		n.wrong, n.offered, n.silent, n.refused)
}

// sampled damages are tried on every tenth rule, to keep the run short.
const sample = 10

// Every published rule that lost its indentation is put back, or the result says that the text leaves a choice. A wrong rule without
// such a note is the failure that counts.
func TestPublishedRulesComeBack(t *testing.T) {
	corpus := corpustest.Open(t)
	live, legacy := corpus.LiveRules(t), corpus.LegacyRules(t)
	var report strings.Builder
	report.WriteString("Figures of TestPublishedRulesComeBack; write them anew with -update.\n")
	for k, damage := range damages {
		var n, old tally
		for i, rule := range live {
			if k == 0 || i%sample == 0 {
				n.add(rule.Path, damage.do(string(rule.Data)), string(rule.Data))
			}
		}
		report.WriteString(n.report(t, "live: "+damage.name))
		if k == 0 {
			for _, rule := range legacy {
				old.add(rule.Path, damage.do(string(rule.Data)), string(rule.Data))
			}
			report.WriteString(old.report(t, "legacy: "+damage.name))
		}
	}
	// Without a condition that names the identifiers only their form tells them from fields.
	var n tally
	for i, rule := range live {
		text := conditionLine.ReplaceAllString(string(rule.Data), "    condition: 1 of them")
		if i%unnamedSample == 0 && judge(text).faults == 0 {
			n.add(rule.Path, flat(text), text)
		}
	}
	report.WriteString(n.report(t, "live: all indentation lost, condition `1 of them`"))
	golden(t, "figures.golden", report.String())
}

var conditionLine = regexp.MustCompile(`(?m)^    condition: .*$`)

// unnamedSample is the share of rules that are also tried with a condition that names nothing.
const unnamedSample = 4

// The rules in hunt documents, whose pages lost the indentation, have the detection of the published rule of the same id.
func TestHuntDocumentsComeBack(t *testing.T) {
	corpus := corpustest.Open(t)
	published := map[string]string{}
	for _, rule := range corpus.LiveRules(t) {
		if id := firstLine(string(rule.Data), "id: "); id != "" {
			published[id] = string(rule.Data)
		}
	}
	seed, err := os.ReadFile(filepath.Join(corpus.Dir, "seed", "hunt-document.txt"))
	if err != nil {
		t.Fatal(err)
	}
	documents := corpus.Archive(t, "hunt/documents.tar.gz", func(path string) bool { return strings.HasSuffix(path, ".txt") })
	documents = append(documents, corpustest.File{Path: "seed", Data: seed})
	compared := 0
	for _, d := range documents {
		text := rulePart(string(d.Data))
		if text == "" {
			continue // scenarios only
		}
		got := Rule(text)
		if got.Err != nil || got.Ambiguous() {
			t.Errorf("%s: %v, ambiguous %v", d.Path, got.Err, got.Ambiguous())
			continue
		}
		want, ok := published[firstLine(text, "id: ")]
		if !ok {
			t.Errorf("%s: no published rule of that id", d.Path)
			continue
		}
		compared++
		if a, b := detection(got.Text), detection(want); a != b {
			t.Errorf("%s: detection\n got %s\nwant %s", d.Path, a, b)
		}
	}
	if compared == 0 {
		t.Error("no document holds a rule")
	}
	t.Logf("%d of %d documents hold a rule; all are put back", compared, len(documents))
}

func firstLine(text, prefix string) string {
	for _, l := range strings.Split(text, "\n") {
		if rest, ok := strings.CutPrefix(l, prefix); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// rulePart is the lines from the title to the query or the first scenario.
func rulePart(text string) string {
	var kept []string
	for _, l := range strings.Split(text, "\n") {
		switch {
		case len(kept) == 0 && !strings.HasPrefix(l, "title: "):
		case strings.HasPrefix(l, "im") && !strings.Contains(l, ":"), strings.HasPrefix(l, "Scenario"):
			return strings.Join(kept, "\n") + "\n"
		default:
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// detection is the meaning of logsource and detection.
func detection(text string) string {
	f := source.Parse("", []byte(text), source.Limits{})
	var b strings.Builder
	for _, d := range f.Documents {
		for _, key := range []string{"logsource", "detection"} {
			if n := d.Root.Find(key); n != nil {
				dump(&b, n)
			}
		}
	}
	return b.String()
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s changed; got\n%s\nwant\n%s", name, got, want)
	}
}
