package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

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

// TestDebugGold is replaced by the golden summary.
func TestDebugGold(t *testing.T) {
	c := corpustest.Open(t)
	exact, alt, miss := 0, 0, 0
	c.Lines(t, "hunt/gold.jsonl", func(line json.RawMessage) {
		var g goldSentence
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatal(err)
		}
		kind := kindOfGold(g)
		x := Extract(Scenario{Text: Section{Text: g.Scenario}, Exclusion: Section{Text: g.Filter}}, kind)
		want := goldKey(mergeGold(g.Gold.Groups))
		got := groundings(x.Groups, kind)
		state := "MISS"
		if got[want] {
			state = "exact"
			exact++
		} else {
			for _, a := range x.Ambiguities {
				if groundings(a.Groups, kind)[want] {
					state = "alt"
				}
			}
			if len(g.Gold.AltGroups) > 0 && got[goldKey(mergeGold(g.Gold.AltGroups))] {
				state = "alt"
			}
			if state == "alt" {
				alt++
			} else {
				miss++
			}
		}
		if only := os.Getenv("GOLD"); state == "MISS" || only == "all" || only != "" && strings.HasPrefix(g.ID, only) {
			fmt.Printf("%s %s\n  S: %s\n  F: %s\n  want %s\n  U: %q\n", state, g.ID, g.Scenario, g.Filter, want, g.Gold.Unexpressible)
			fmt.Print(describe(x))
		}
	})
	fmt.Println("exact", exact, "alt", alt, "miss", miss)
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
