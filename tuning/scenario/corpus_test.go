package scenario

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"unicode"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// goldSentence is one labelled sentence of the corpus.
type goldSentence struct {
	ID       string `json:"id"`
	Doc      string `json:"doc"`
	RuleType string `json:"rule_type"`
	Scenario string `json:"scenario"`
	Filter   string `json:"filter_text"`
	Gold     struct {
		Groups        [][]goldCondition `json:"groups"`
		AltGroups     [][]goldCondition `json:"alt_groups"`
		Unexpressible []string          `json:"unexpressible"`
	} `json:"gold"`
}

type goldCondition struct {
	Field    string   `json:"field"`
	Modifier string   `json:"modifier"`
	Values   []string `json:"values"`
	Negate   bool     `json:"negate"`
}

// fieldsOf grounds a role the plain way, for measuring: the fields that a process or network log source has for it.
func fieldsOf(c Condition, kind Kind) []string {
	if kind == KindOther && c.Role != RoleProcess && c.Role != RoleUser {
		return nil // image_load: the process and its user
	}
	if kind == KindNetwork {
		switch c.Role {
		case RoleSourceIP:
			return []string{"SourceIp"}
		case RoleDestinationIP:
			return []string{"DestinationIp"}
		case RoleDestinationHost:
			return []string{"DestinationHostname"}
		}
		return nil
	}
	switch c.Role {
	case RoleProcess:
		return []string{"Image"}
	case RoleParent:
		return []string{"ParentImage"}
	case RoleParentCommandLine:
		return []string{"ParentCommandLine"}
	case RoleCommandLine, RoleScript, RoleURL, RoleDirectory:
		return []string{"CommandLine"}
	case RoleUser:
		return []string{"User"}
	case RoleUnstated:
		return []string{"Image", "CommandLine"}
	case RoleFile:
		if c.Field == "" { // prose about files under a process rule; a file.* field stays inexpressible
			return []string{"CommandLine"}
		}
	}
	return nil
}

// plainValue takes off what grounding adds: anchors, and the root name of uid 0.
func plainValue(v string) string {
	if i := strings.LastIndex(v, `\*\`); i >= 0 {
		v = v[i+2:]
	}
	return strings.ToLower(strings.TrimLeft(v, `\/*`))
}

func goldKey(groups [][]goldCondition) string {
	var out []string
	for _, g := range groups {
		var cs []string
		for _, c := range g {
			var vs []string
			for _, v := range c.Values {
				vs = append(vs, plainValue(v))
			}
			sort.Strings(vs)
			cs = append(cs, fmt.Sprintf("%s %v %s", c.Field, c.Negate, strings.Join(vs, ",")))
		}
		sort.Strings(cs)
		out = append(out, strings.Join(cs, " & "))
	}
	sort.Strings(out)
	return strings.Join(out, " | ")
}

// groundings are the readings of a group list in fields: a bare tool under the command line is an image as well.
// Conditions that no field can say are left out, as in the labels.
func groundings(groups [][]Condition, kind Kind) map[string]bool {
	keys := map[string]bool{}
	var walk func(i int, acc [][]goldCondition)
	options := func(c Condition) []string {
		if len(c.Values) == 0 {
			return nil
		}
		display := true
		for _, v := range c.Values {
			display = display && v.Product != "" && strings.Contains(v.Text, " ")
		}
		if display {
			return nil
		}
		f := fieldsOf(c, kind)
		if c.Role == RoleCommandLine && c.Values[0].BareTool {
			f = append([]string{"Image"}, f...)
		}
		return f
	}
	walk = func(i int, acc [][]goldCondition) {
		if i == len(groups) || len(keys) > 256 {
			seen := map[string]bool{}
			var unique [][]goldCondition
			for _, g := range acc {
				if k := goldKey([][]goldCondition{g}); len(g) > 0 && !seen[k] {
					seen[k] = true
					unique = append(unique, g)
				}
			}
			keys[goldKey(mergeGold(unique))] = true
			keys[goldKey(unique)] = true
			return
		}
		variants := [][]goldCondition{nil}
		for _, c := range groups[i] {
			fields := options(c)
			if len(fields) == 0 {
				continue
			}
			var next [][]goldCondition
			for _, v := range variants {
				for _, f := range fields {
					gc := goldCondition{Field: f, Negate: c.Negated}
					for _, value := range c.Values {
						text := value.Text
						if c.Role == RoleUser && strings.EqualFold(c.Field, "uid") && text == "0" {
							text = "root"
						}
						gc.Values = append(gc.Values, text)
					}
					next = append(next, append(append([]goldCondition{}, v...), gc))
				}
			}
			variants = next
		}
		for _, v := range variants {
			walk(i+1, append(acc[:len(acc):len(acc)], v))
		}
	}
	walk(0, nil)
	return keys
}

// mergeGold joins single-condition groups on one field, as both sides may write them either way.
func mergeGold(groups [][]goldCondition) [][]goldCondition {
	var out [][]goldCondition
	for _, g := range groups {
		merged := false
		for i := range out {
			if len(g) == 1 && len(out[i]) == 1 && out[i][0].Field == g[0].Field && out[i][0].Negate == g[0].Negate {
				out[i] = []goldCondition{{Field: g[0].Field, Negate: g[0].Negate, Values: append(append([]string{}, out[i][0].Values...), g[0].Values...)}}
				merged = true
			}
		}
		if !merged {
			out = append(out, g)
		}
	}
	return out
}

// kindOfGold: the documents about traffic are network, the others process events.
func kindOfGold(g goldSentence) Kind {
	switch {
	case strings.HasPrefix(g.Doc, "network-footprint"), strings.HasPrefix(g.Doc, "threatfox-unknown"):
		return KindNetwork
	case strings.HasPrefix(g.Doc, "remote-dll-load"):
		return KindOther
	}
	return KindProcess
}

var update = flag.Bool("update", false, "rewrite golden files")

// outcome of one labelled sentence.
type outcome int

const (
	missed  outcome = iota // no condition of the label was found
	partly                 // some conditions of the label were found
	stated                 // the labelled groups are the other reading that the extraction reports
	exactly                // the labelled groups are the extraction
)

func judge(g goldSentence, x Extraction, kind Kind) outcome {
	want := goldKey(mergeGold(g.Gold.Groups))
	got := groundings(x.Groups, kind)
	if got[want] {
		return exactly
	}
	for _, a := range x.Ambiguities {
		if groundings(a.Groups, kind)[want] {
			return stated
		}
	}
	if len(g.Gold.AltGroups) > 0 && got[goldKey(mergeGold(g.Gold.AltGroups))] {
		return stated
	}
	for _, group := range g.Gold.Groups {
		for _, c := range group {
			single := goldKey([][]goldCondition{{c}})
			for _, ours := range x.Groups {
				for _, o := range ours {
					if groundings([][]Condition{{o}}, kind)[single] {
						return partly
					}
				}
			}
		}
	}
	return missed
}

// recognised says whether a labelled inexpressible phrase is reported: by an open condition, one whose role has no
// field, advice, or a note. Half of its longer words must be in the report.
func recognised(phrase, filter string, x Extraction, kind Kind) bool {
	var reports []string
	for _, group := range x.Groups {
		for _, c := range group {
			if c.Open || len(fieldsOf(c, kind)) == 0 || c.Role == RoleURL || c.Values[0].Product != "" {
				reports = append(reports, c.Phrase)
			}
		}
	}
	for _, a := range x.Advice {
		reports = append(reports, a.Text)
	}
	for _, n := range x.Notes {
		if n.Span.End <= len(filter) && n.Span.Start < n.Span.End {
			reports = append(reports, filter[n.Span.Start:n.Span.End])
		}
	}
	all := strings.ToLower(strings.Join(reports, " "))
	words, found := 0, 0
	for _, word := range strings.FieldsFunc(strings.ToLower(phrase), func(r rune) bool { return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		const long = 4
		if len(word) >= long {
			words++
			if strings.Contains(all, word) {
				found++
			}
		}
	}
	return found*2 >= words && len(reports) > 0
}

// TestGold measures the labelled sentences and compares the figures with testdata/gold.txt.
func TestGold(t *testing.T) {
	c := corpustest.Open(t)
	var count [4]int
	phrases, seen := 0, 0
	var b strings.Builder
	c.Lines(t, "hunt/gold.jsonl", func(line json.RawMessage) {
		var g goldSentence
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatal(err)
		}
		kind := kindOfGold(g)
		x := Extract(Scenario{Text: Section{Text: g.Scenario}, Exclusion: Section{Text: g.Filter}}, kind)
		o := judge(g, x, kind)
		count[o]++
		if o != exactly {
			fmt.Fprintf(&b, "%s %s\n", [...]string{"missed", "partly", "stated", "exactly"}[o], g.ID)
		}
		for _, phrase := range g.Gold.Unexpressible {
			phrases++
			if recognised(phrase, g.Filter, x, kind) {
				seen++
			} else {
				fmt.Fprintf(&b, "unreported phrase in %s\n", g.ID)
			}
		}
		if testing.Verbose() && o != exactly {
			t.Logf("%s\n%s\nwant %s\n%s", g.ID, g.Filter, goldKey(mergeGold(g.Gold.Groups)), describe(x))
		}
	})
	summary := fmt.Sprintf("sentences %d: exactly %d, as the stated other reading %d, partly %d, missed %d\ninexpressible phrases %d: reported %d\n%s",
		count[0]+count[1]+count[2]+count[3], count[exactly], count[stated], count[partly], count[missed], phrases, seen, b.String())
	golden(t, "gold.txt", summary)
}

// TestHuntDocuments reads the corpus documents and compares them with the labelled pairs.
func TestHuntDocuments(t *testing.T) {
	c := corpustest.Open(t)
	pairs := map[string][][2]string{}
	c.Lines(t, "hunt/gold.jsonl", func(line json.RawMessage) {
		var g goldSentence
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatal(err)
		}
		pairs[g.Doc] = append(pairs[g.Doc], [2]string{g.Scenario, g.Filter})
	})
	docs, rules, queries, matched, all := 0, 0, 0, 0, 0
	for _, f := range c.Archive(t, "hunt/documents.tar.gz", func(path string) bool { return strings.HasSuffix(path, ".txt") }) {
		docs++
		text := string(f.Data)
		doc := Read(text)
		if strings.Contains(text, "\nlogsource:") != !doc.Rule.Empty() {
			t.Errorf("%s: rule section %q", f.Path, doc.Rule.Text)
		}
		if !doc.Rule.Empty() {
			rules++
			if !strings.HasPrefix(doc.Rule.Text, "title:") || !strings.Contains(doc.Rule.Text, "level:") || strings.Contains(doc.Rule.Text, "| where") {
				t.Errorf("%s: the rule section is not the rule: %q", f.Path, doc.Rule.Text)
			}
		}
		if strings.Contains(text, "| where") {
			queries++
			if doc.Query.Language != KQL || !strings.HasPrefix(doc.Query.Text, "im") {
				t.Errorf("%s: query %q in %q", f.Path, doc.Query.Text, doc.Query.Language)
			}
		}
		name := strings.TrimSuffix(f.Path[strings.LastIndexByte(f.Path, '/')+1:], ".txt")
		for i, want := range pairs[name] {
			all++
			if i < len(doc.Scenarios) && doc.Scenarios[i].Text.Text == want[0] && doc.Scenarios[i].Exclusion.Text == want[1] && !doc.Scenarios[i].Cut {
				matched++
			} else {
				t.Errorf("%s: scenario %d differs", f.Path, i+1)
			}
		}
	}
	golden(t, "documents.txt", fmt.Sprintf("documents %d, rules %d, queries %d, scenario pairs %d of %d\n", docs, rules, queries, matched, all))
}

// textCase is a public tuning case with a text.
type textCase struct {
	Text      string            `json:"text"`
	Expect    string            `json:"expect"`
	Logsource map[string]string `json:"logsource"`
	Reference struct {
		Alternatives [][][2]any `json:"alternatives"`
	} `json:"reference"`
}

// TestPublicTexts measures how often a value of the human's filter, or its program, is among the values read from
// the text, and how many values are read from texts for which no filter is right. The layer above decides what
// becomes of them; these are upper bounds of what it can find and of what it must refuse.
func TestPublicTexts(t *testing.T) {
	c := corpustest.Open(t)
	texts, named, negatives, plain := 0, 0, 0, 0
	for _, f := range c.Archive(t, "tuning/public.tar.gz", func(path string) bool {
		name := path[strings.LastIndexByte(path, '/')+1:]
		return strings.HasPrefix(name, "t2f") || strings.HasPrefix(name, "neg")
	}) {
		var tc textCase
		if err := json.Unmarshal(f.Data, &tc); err != nil {
			t.Fatal(err)
		}
		kind := KindOther
		switch tc.Logsource["category"] {
		case "process_creation":
			kind = KindProcess
		case "file_event":
			kind = KindFile
		case "registry_set":
			kind = KindRegistry
		case "network_connection":
			kind = KindNetwork
		}
		var values []Value
		for _, s := range Read(tc.Text).Scenarios {
			for _, group := range Extract(s, kind).Groups {
				for _, cond := range group {
					values = append(values, cond.Values...)
				}
			}
		}
		if strings.Contains(f.Path, "neg") {
			negatives++
			for _, v := range values {
				if v.Shape == ShapeWord && !v.BareTool && v.Product == "" {
					plain++
					t.Logf("%s: %q", tc.Text, v.Text)
				}
			}
			continue
		}
		texts++
		if namesFilter(values, tc.Reference.Alternatives) {
			named++
		}
	}
	golden(t, "texts.txt", fmt.Sprintf("texts %d: a value of the human's filter is named in %d\ntexts without a right filter %d: %d plain words taken for values\n",
		texts, named, negatives, plain))
}

func namesFilter(values []Value, alternatives [][][2]any) bool {
	for _, alternative := range alternatives {
		for _, unit := range alternative {
			want := strings.ToLower(fmt.Sprint(unit[1]))
			for _, v := range values {
				got := plainValue(v.Text)
				if len(got) > 1 && (strings.Contains(want, got) || strings.Contains(got, strings.Trim(want, `*\/`)) && len(want) > 4) {
					return true
				}
				for _, p := range LookupProduct(v.Text, "") {
					for _, file := range append(append(append([]string{}, p.Names...), p.Parents...), p.Directory...) {
						if strings.Contains(want, strings.ToLower(strings.ReplaceAll(file, "*", ""))) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// golden compares with a file in testdata, or writes it with -update.
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
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", path, got, want)
	}
}

// describe prints an extraction, one line per condition.
func describe(x Extraction) string {
	var b strings.Builder
	if x.Activity.Tool.Text != "" || len(x.Activity.Actors) > 0 {
		fmt.Fprintf(&b, "  tool %q", x.Activity.Tool.Text)
		for _, a := range x.Activity.Actors {
			fmt.Fprintf(&b, " actor %q %s/%s", a.Name, a.Kind, a.Role)
		}
		b.WriteString("\n")
	}
	for i, g := range x.Groups {
		for _, c := range g {
			fmt.Fprintf(&b, "  %d %s\n", i+1, describeCondition(c))
		}
	}
	for _, a := range x.Ambiguities {
		fmt.Fprintf(&b, "  or %s:", a.Code)
		for i, g := range a.Groups {
			if i > 0 {
				b.WriteString(" OR")
			}
			for _, c := range g {
				fmt.Fprintf(&b, " [%s]", describeCondition(c))
			}
		}
		b.WriteString("\n")
	}
	for _, a := range x.Advice {
		fmt.Fprintf(&b, "  advice %q\n", a.Text)
	}
	return b.String()
}

func describeCondition(c Condition) string {
	var values []string
	for _, v := range c.Values {
		mark := ""
		if v.BareTool {
			mark += " tool"
		}
		if v.Product != "" {
			mark += " product=" + v.Product
		}
		values = append(values, v.Text+mark)
	}
	s := fmt.Sprintf("%s %s %q", c.Role, c.Operator, values)
	if c.Negated {
		s = "not " + s
	}
	if c.All {
		s += " all"
	}
	if c.Open {
		s += " open"
	}
	if c.Class != "" {
		s += "(" + string(c.Class) + ")"
	}
	if c.Maybe != "" {
		s += " maybe " + string(c.Maybe)
	}
	if len(c.Suggested) > 0 {
		s += fmt.Sprintf(" suggested %d", len(c.Suggested))
	}
	return s + " <" + c.Phrase + ">"
}

// TestSeed reads the page the project started from: its five scenarios are the first promise.
func TestSeed(t *testing.T) {
	c := corpustest.Open(t)
	data, err := os.ReadFile(filepath.Join(c.Dir, "seed", "hunt-document.txt"))
	if err != nil {
		t.Fatal(err)
	}
	doc := Read(string(data))
	if doc.Query.Language != KQL || doc.Rule.Empty() || doc.Hypothesis.Empty() || doc.Cut {
		t.Fatalf("rule %q, query %q, hypothesis %q, cut %v", doc.Rule.Text, doc.Query.Text, doc.Hypothesis.Text, doc.Cut)
	}
	want := []struct{ groups, activity string }{
		{"command_line contains [nmap] & group is [sudo] | command_line contains [nmap] & group is [] ~privilege", "nmap: System administrators (user)"},
		{"command_line contains [netstat] & parent is [monit; systemd] ~tool", "netstat: Scheduled job (parent)"},
		{"command_line contains [tcpdump] & other is [] ~environment | command_line contains [tcpdump] & working_directory startswith [] ~directory", "tcpdump: Developers (user)"},
		{"command_line contains [ss] & parent is [] ~service", "ss: rsyslog (parent), auditd (parent), logging or monitoring daemon (parent)"},
		{"command_line contains [lsof] & group is [] ~group | command_line contains [lsof] & other is [] ~approval", "lsof: IT team (user)"},
	}
	if len(doc.Scenarios) != len(want) {
		t.Fatalf("%d scenarios", len(doc.Scenarios))
	}
	for i, s := range doc.Scenarios {
		x := Extract(s, KindProcess)
		if got := brief(x.Groups); got != want[i].groups {
			t.Errorf("scenario %d\n got %s\nwant %s", i+1, got, want[i].groups)
		}
		var actors []string
		for _, a := range x.Activity.Actors {
			actors = append(actors, fmt.Sprintf("%s (%s)", a.Name, a.Role))
		}
		if got := x.Activity.Tool.Text + ": " + strings.Join(actors, ", "); got != want[i].activity {
			t.Errorf("scenario %d\n got %s\nwant %s", i+1, got, want[i].activity)
		}
		if v := x.Groups[0][0].Values[0]; !v.BareTool {
			t.Errorf("scenario %d: %q is not marked as a tool", i+1, v.Text)
		}
		checkExtraction(t, string(data), x)
	}
}
