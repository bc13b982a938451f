package edit

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// InsertDetection inserts an identifier block behind the identifier afterName, or behind the last one when afterName is "". The
// block is YAML text as it would stand at column 0 (`name:` and what belongs to it, any consistent indentation); it takes the
// indentation, the list style and the line ends of the rule.
func InsertDetection(rule *rules.Rule, afterName, block string) ([]source.Edit, error) {
	if err := writable(&rule.Head); err != nil {
		return nil, err
	}
	name, err := blockName(block)
	if err != nil {
		return nil, err
	}
	d := &rule.Detection
	if d.Find(name) != nil {
		return nil, fmt.Errorf("the rule has an identifier `%s` already; choose another name (UniqueName)", name)
	}
	after, err := anchor(d, afterName)
	if err != nil {
		return nil, err
	}
	style := styleOf(rule)
	lines := style.indent(block)
	f := rule.File
	last := lastLine(f, source.Span{Start: after.Key.Span.Start, End: max(after.Key.Span.End, after.Value.Span.End)})
	last = belongsAbove(f, last, style.col)
	if style.gap {
		lines = "\n" + lines
	}
	return []source.Edit{insertBehind(f, last, lines)}, nil
}

// blockName is the one identifier that a block defines.
func blockName(block string) (string, error) {
	f := source.Parse("", []byte(block), source.Limits{})
	if len(f.Documents) != 1 || f.Documents[0].Root == nil || f.Documents[0].Root.Kind != source.Map || len(f.Documents[0].Root.Entries) != 1 {
		reason := "it must be one key with what belongs to it"
		if len(f.Problems) > 0 {
			reason = f.Problems[0].Message
		}
		return "", fmt.Errorf("the block `%s` is no identifier: %s", source.Shorten(block), reason)
	}
	return f.Documents[0].Root.Entries[0].Key.Value, nil
}

// anchor is the entry of the detection behind which a new one goes.
func anchor(d *rules.Detections, name string) (*source.Entry, error) {
	if d.Node == nil || d.Node.Kind != source.Map || d.Node.Flow || d.Node.Alias != nil {
		return nil, fmt.Errorf("the detection is not written in lines; write it out first")
	}
	if name != "" {
		e := d.Node.Entry(name)
		if e == nil || e.Merged {
			return nil, fmt.Errorf("the detection has no identifier `%s` to insert behind", name)
		}
		return e, nil
	}
	for i := len(d.Named) - 1; i >= 0; i-- {
		if e := d.Node.Entry(d.Named[i].Name); e != nil && !e.Merged {
			return e, nil
		}
	}
	return nil, fmt.Errorf("the detection has no identifier to insert behind")
}

// style is how an author indents the detection.
type style struct {
	col      int  // of identifiers
	step     int  // of fields below them
	flatList bool // values stand at the column of their field
	gap      bool // identifiers are separated by empty lines
}

func styleOf(rule *rules.Rule) style {
	f, d := rule.File, rule.Detection
	s := style{col: -1}
	var before *source.Entry
	for i := range d.Node.Entries {
		e := &d.Node.Entries[i]
		if e.Merged {
			continue
		}
		if s.col < 0 {
			s.col = column(f, e.Key.Span.Start)
		}
		if e.Value.Kind == source.Map && !e.Value.Flow && e.Value.Alias == nil && len(e.Value.Entries) > 0 && s.step == 0 {
			s.step = column(f, e.Value.Span.Start) - s.col
		}
		if before != nil {
			above := f.LineAt(e.Key.Span.Start) - 1
			s.gap = strings.TrimSpace(f.LineText(above)) == ""
		}
		before = e
	}
	if s.step <= 0 {
		if s.step = s.col - column(f, d.Key.Span.Start); s.step <= 0 {
			s.step = defaultIndent
		}
	}
	for _, n := range d.Named {
		n.Block.Each(func(i *rules.Item) {
			if i.Key != nil && i.Node.Kind == source.List && !i.Node.Flow && i.Node.Alias == nil {
				s.flatList = column(f, i.Node.Span.Start) == column(f, i.Key.Span.Start)
			}
		})
	}
	return s
}

// level is one indentation level of a block being rewritten.
type level struct {
	before, after int
	dash          bool
}

// indent rewrites a block in the rule's style. A block whose meaning would change is only moved to the right.
func (s style) indent(block string) string {
	block = strings.ReplaceAll(strings.Trim(block, "\r\n"), "\r\n", "\n")
	var out []string
	var open []level
	for _, line := range strings.Split(block, "\n") {
		text := strings.TrimLeft(line, " ")
		if text == "" {
			out = append(out, "")
			continue
		}
		width := len(line) - len(text)
		dash := strings.HasPrefix(text, "- ") || text == "-"
		for len(open) > 0 {
			top := open[len(open)-1]
			if top.before < width || dash && top.before == width && !top.dash {
				break
			}
			open = open[:len(open)-1]
		}
		column := s.col
		if len(open) > 0 {
			parent := open[len(open)-1]
			column = parent.after + s.step
			if dash && s.flatList {
				column = parent.after
			}
		}
		out = append(out, blanks(column)+text)
		open = append(open, level{width, column, dash})
		for rest := text; dash; { // the key behind the dash is a level of its own
			inner := strings.TrimLeft(rest[1:], " ")
			by := len(rest) - len(inner)
			width, column = width+by, column+by
			if dash = strings.HasPrefix(inner, "- "); dash || strings.HasSuffix(inner, ":") || strings.Contains(inner, ": ") {
				open = append(open, level{width, column, dash})
			}
			rest = inner
		}
	}
	rewritten := strings.Join(out, "\n")
	if sameMeaning(block, rewritten) {
		return rewritten
	}
	var moved []string
	for _, line := range strings.Split(block, "\n") {
		if line != "" {
			line = blanks(s.col) + line
		}
		moved = append(moved, line)
	}
	return strings.Join(moved, "\n")
}

// sameMeaning compares the trees of two texts.
func sameMeaning(a, b string) bool {
	x, y := source.Parse("", []byte(a), source.Limits{}), source.Parse("", []byte(b), source.Limits{})
	if len(x.Documents) != 1 || len(y.Documents) != 1 || x.Documents[0].Root == nil || y.Documents[0].Root == nil {
		return false
	}
	return equalNodes(x.Documents[0].Root, y.Documents[0].Root)
}

func equalNodes(a, b *source.Node) bool {
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || len(a.Entries) != len(b.Entries) || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Entries {
		if a.Entries[i].Key.Value != b.Entries[i].Key.Value || !equalNodes(a.Entries[i].Value, b.Entries[i].Value) {
			return false
		}
	}
	for i := range a.Items {
		if !equalNodes(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return true
}

// reserved words cannot be the names of identifiers: the first two are other keys, the rest are words of conditions.
var reserved = map[string]bool{
	"condition": true, "timeframe": true,
	"and": true, "or": true, "not": true, "of": true, "all": true, "any": true, "them": true, "1": true,
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// UniqueName is a name for a new identifier: base, with what a condition cannot name replaced by `_`, and `_2`, `_3`, … behind it when
// the rule has that name already (in any case, so that nobody confuses the two).
func UniqueName(rule *rules.Rule, base string) string {
	base = strings.Trim(notInName.ReplaceAllString(base, "_"), "-")
	if strings.Trim(base, "_") == "" {
		base = "filter_main_1"
	}
	taken := func(name string) bool {
		if reserved[strings.ToLower(name)] {
			return true
		}
		for _, n := range rule.Detection.Named {
			if strings.EqualFold(n.Name, name) {
				return true
			}
		}
		return false
	}
	name := base
	for i := 2; taken(name); i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	return name
}
