package recover

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// verdict is what the parser says about a reading.
type verdict struct {
	wellFormed bool
	intact     bool   // every document is a Sigma document with its parts in place
	lacking    string // what keeps it from being intact
	faults     int
	problems   []source.Problem
	meaning    string // the tree of nodes, to tell readings apart
}

// structural problems may come from a line at the wrong place. All others are the author's own: every reading has them.
var structural = map[string]bool{
	source.KindDuplicateKey:        true,
	source.KindLimit:               true,
	rules.KindNotMapping:           true,
	rules.KindUnknownDocument:      true,
	rules.KindMixedDocument:        true,
	rules.KindNoIdentifier:         true,
	rules.KindEmptyIdentifier:      true,
	rules.KindInvalidValue:         true,
	rules.KindModifierOnIdentifier: true,
	rules.KindUnaddressable:        true,
	rules.KindMixedList:            true,
	rules.KindNullInList:           true,
	rules.KindStringModifier:       true, // a field without a value
	rules.KindConditionSyntax:      true,
	rules.KindUnknownIdentifier:    true,
	rules.KindUnmatchedPattern:     true,
}

func judge(text string) verdict {
	if !source.WellFormed([]byte(text)) {
		return verdict{lacking: "it is not well-formed YAML", faults: 1}
	}
	f := source.Parse("", []byte(text), source.Limits{})
	v := verdict{wellFormed: true, intact: true}
	for _, d := range f.Documents {
		v.wellFormed = v.wellFormed && !d.Broken
	}
	if len(f.Documents) == 0 || !v.wellFormed {
		return verdict{lacking: "it is not well-formed YAML", problems: f.Problems, faults: len(f.Problems)}
	}
	documents, problems := rules.Parse(f)
	v.problems = append(append(v.problems, f.Problems...), problems...)
	for _, d := range documents {
		v.problems = append(v.problems, d.Base().Problems...)
	}
	for _, p := range v.problems {
		if structural[p.Kind] {
			v.faults++
		}
	}
	for _, d := range f.Documents {
		if d.Root == nil {
			continue
		}
		if lacking := lacks(d.Root); lacking != "" {
			v.intact, v.lacking = false, lacking
		}
		var b strings.Builder
		dump(&b, d.Root)
		v.meaning += b.String()
	}
	v.countUnused(documents)
	return v
}

// countUnused adds a fault for every identifier that no condition names: it may be a field.
func (v *verdict) countUnused(documents []rules.Document) {
	for _, d := range documents {
		r, ok := d.(*rules.Rule)
		if !ok || len(r.Detection.Conditions) == 0 {
			continue
		}
		for _, n := range r.Detection.Named {
			if r.Detection.Polarity(n) == rules.Unused {
				v.faults++
			}
		}
	}
}

// sections are the maps that make a document a rule, a correlation or a filter.
var sections = []string{"detection", "correlation", "filter"}

// lacks says what a document lacks, "" when its parts are in place. Flattened rules are often well-formed YAML: everything is a
// top-level key, and `detection` is empty.
func lacks(n *source.Node) string {
	if n.Kind != source.Map {
		return "it is no map"
	}
	section := ""
	for _, s := range sections {
		if e := n.Entry(s); e != nil {
			if e.Value.Kind != source.Map || len(e.Value.Entries) == 0 {
				return "`" + s + "` is empty"
			}
			section = s
			break
		}
	}
	if section == "" {
		return "there is no `detection`, `correlation` or `filter`"
	}
	if e := n.Entry("logsource"); e != nil && (e.Value.Kind != source.Map || len(e.Value.Entries) == 0) {
		return "`logsource` is empty"
	}
	if section != "correlation" && n.Find(section).Entry("condition") == nil {
		return fmt.Sprintf("`%s` has no `condition`", section)
	}
	for _, e := range n.Entries {
		if strings.Contains(e.Key.Value, "|") {
			return fmt.Sprintf("the field `%s` stands beside the attributes", source.Shorten(e.Key.Value))
		}
	}
	return ""
}

// dump writes a node without its places. Blanks at the start of lines in text do not count: they are what was lost.
func dump(b *strings.Builder, n *source.Node) {
	switch n.Kind {
	case source.Map:
		b.WriteByte('{')
		for _, e := range n.Entries {
			b.WriteString(strconv.Quote(e.Key.Value))
			b.WriteByte(':')
			dump(b, e.Value)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	case source.List:
		b.WriteByte('[')
		for _, item := range n.Items {
			dump(b, item)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	default:
		b.WriteString(n.Tag)
		b.WriteString(strconv.Quote(n.Value))
	}
}
