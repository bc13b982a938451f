package schema

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Problem is one thing in which a document breaks the rules of its kind. Its Kind is the name of a check.
type Problem rules.Problem

// Validate gives the problems of a document in the order of their places. custom names attributes of the user's own that are
// neither reported as custom nor as misspelt, next to CustomAttributes.
func Validate(doc rules.Document, custom ...string) []Problem {
	d := newDocument(doc)
	found, err := d.violations()
	if err != nil {
		return []Problem{d.failed(err)}
	}
	var out []Problem
	said := map[string]bool{}
	for i := range found {
		v := &found[i]
		if said[v.path] {
			continue
		}
		p := v.explain()
		if p == nil || d.known(v, p) {
			continue
		}
		said[v.path] = true
		out = append(out, *p)
	}
	out = append(out, d.spelling(custom)...)
	if c, ok := doc.(*rules.Correlation); ok {
		out = append(out, d.correlation(c)...)
	}
	for i := range out {
		d.finish(&out[i])
	}
	sort.SliceStable(out, func(i, j int) bool { return before(&out[i], &out[j]) })
	return out
}

func before(a, b *Problem) bool {
	switch {
	case a.Span.Start != b.Span.Start:
		return a.Span.Start < b.Span.Start
	case a.Kind != b.Kind:
		return a.Kind < b.Kind
	}
	return a.Message < b.Message
}

// document is what all explanations know of the document at hand.
type document struct {
	*rules.Head
	kind    kind
	unknown bool          // none of detection, correlation, filter: then nothing is called missing
	said    []source.Span // where the parser has reported something
}

func newDocument(doc rules.Document) *document {
	d := &document{Head: doc.Base(), kind: ruleKind}
	switch doc.(type) {
	case *rules.Correlation:
		d.kind = correlationKind
	case *rules.Filter:
		d.kind = filterKind
	case *rules.Unknown:
		d.unknown = true
	}
	return d
}

// noun names the document in messages.
func (d *document) noun() string { return string(d.kind) }

// failed is for a schema that does not compile, which a test rules out.
func (d *document) failed(err error) Problem {
	return Problem{
		Kind: source.KindInternalFailed, Span: d.Anchor(),
		Message: fmt.Sprintf("the schema of a %s failed: %v", d.noun(), err),
		Help:    "this is a bug in sigtune; please report it with the rule",
	}
}

// known reports that the parser has already said something about the place, which happens in detections only.
func (d *document) known(v *violation, p *Problem) bool {
	if first, _, _ := strings.Cut(v.path, pathSeparator); first != "detection" && first != "filter" {
		return false
	}
	if d.said == nil {
		d.said = union(d.Problems)
	}
	return overlaps(d.said, p.Span) || v.key != nil && overlaps(d.said, v.key.Span)
}

func overlaps(spans []source.Span, s source.Span) bool {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].End > s.Start })
	return i < len(spans) && spans[i].Start < s.End
}

// union is the places of problems as disjoint spans in order: a broken rule may have a problem in each of its values.
func union(problems []rules.Problem) []source.Span {
	out := make([]source.Span, 0, len(problems))
	for i := range problems { // in order of their start
		s := problems[i].Span
		if last := len(out) - 1; last >= 0 && s.Start <= out[last].End {
			out[last].End = max(out[last].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// finish takes away repairs that would edit another document of the file, where a template of `action: global` stands.
func (d *document) finish(p *Problem) {
	if p.Fix == nil || d.Index >= len(d.File.Documents) {
		return
	}
	own := d.File.Documents[d.Index].Span
	for _, e := range p.Fix.Edits {
		if e.Span.Start < own.Start || e.Span.Start > own.End {
			p.Fix = nil
			return
		}
	}
}
