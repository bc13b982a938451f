package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// exclusionChecks are family 10: what an exclusion hides besides what it was written for, and the small changes of an attack that escape
// a selection.
var exclusionChecks = slices.Concat(exclusionReachChecks, exclusionPathChecks, exclusionKindChecks, evasionChecks, evasionSelectionChecks)

// exclusion is one way in which a rule stays silent: an identifier that occurs only negated, or one entry of its list of maps. Its items
// hold together.
type exclusion struct {
	detection *rules.Detection
	block     *rules.Block
	items     []*excluded
}

// excluded is an item of an exclusion with what is known of its field.
type excluded struct {
	*rules.Item
	role   taxonomy.Role
	typ    taxonomy.Type
	places []placed // by test
	shared bool     // it limits what is hidden to programs that the rule looks for
}

// exclusions is what the checks of the family share about one document.
type exclusions struct {
	source   sourced
	platform *taxonomy.Platform // nil where nothing is known
	filter   bool               // a filter document: the rules that it applies to are not here
	list     []exclusion
	document *lint.Pass
	prover   *logic.Prover
	rule     *logic.Formula // nil for a filter document
	matcher  *match.Matcher // the document as it is; nil where it cannot be evaluated
	traps    map[*rules.Block]*trap
}

// exclusionsKey is where the checks of one document share its exclusions.
const exclusionsKey = "exclusions"

// exclusionsOf collects the exclusions of a document. There are none where a part of it has no certain meaning, where its fields are of
// another taxonomy, and where nothing is tested positively, which no-positive-test reports.
func exclusionsOf(p *lint.Pass) *exclusions {
	if x, ok := p.Shared[exclusionsKey].(*exclusions); ok {
		return x
	}
	x := &exclusions{document: p, filter: p.Rule == nil, traps: map[*rules.Block]*trap{}}
	p.Shared[exclusionsKey] = x
	d := p.Detections()
	if d == nil || p.Rule != nil && repeatsKey(p.Rule) {
		return x
	}
	var negative []*rules.Detection
	positive := false
	for _, named := range d.Named {
		switch d.Polarity(named) {
		case rules.Negative:
			negative = append(negative, named)
		case rules.Positive, rules.Both:
			positive = true
		}
	}
	if len(negative) == 0 || !positive && !x.filter || d.Evaluable() != nil {
		return x
	}
	s, ok := sourceOf(p.Document)
	if !ok {
		return x
	}
	x.source = s
	x.platform, _ = taxonomy.PlatformOf(s.Product.Value)
	for _, named := range negative {
		x.collect(named, named.Block)
	}
	return x
}

// mostExclusions bounds the exclusions of a document that are looked at: each is evaluated in the whole rule. Published rules have up to 60.
const mostExclusions = 256

// collect adds the alternatives of a block.
func (x *exclusions) collect(d *rules.Detection, b *rules.Block) {
	for _, a := range b.Alternatives {
		x.collect(d, a)
	}
	if len(b.Items) == 0 || len(x.list) == mostExclusions {
		return
	}
	e := exclusion{detection: d, block: b}
	for _, i := range b.Items {
		known := &excluded{Item: i}
		if x.source.table != nil && !i.Keyword() {
			f, _ := x.source.table.Field(i.Field)
			known.role, known.typ = f.Role, f.Type
		}
		known.shared = x.sharedWithSelection(known)
		for _, t := range i.Tests {
			known.places = append(known.places, x.place(known, t))
		}
		e.items = append(e.items, known)
	}
	x.list = append(x.list, e)
}

// report adds a finding. What is worth knowing of an old rule is a warning about a filter document: nobody is used to it yet.
func (x *exclusions) report(p *lint.Pass, f lint.Finding) {
	if f.Severity == 0 && x.filter {
		f.Severity = lint.Warning
	}
	p.Report(f)
}

// sharedWithSelection reports a condition on the program that the rule looks for anyway: an attacker who uses that program meets it without effort,
// and nobody else does. Such a condition is neither a safeguard nor a weakness of the exclusion.
func (x *exclusions) sharedWithSelection(i *excluded) bool {
	if x.filter || i.Negated || i.role != taxonomy.RoleImage && i.role != taxonomy.RoleTargetImage && i.role != taxonomy.RoleLoadedImage && i.role != taxonomy.RoleParentImage {
		return false
	}
	looked := map[string]bool{}
	d := x.document.Detections()
	for _, named := range d.Named {
		if d.Polarity(named)&rules.Positive != 0 {
			named.Block.Each(func(s *rules.Item) {
				if s.Field == i.Field && !s.Negated {
					for _, t := range s.Tests {
						looked[fileNameOf(t)] = true
					}
				}
			})
		}
	}
	for _, t := range i.Tests {
		if name := fileNameOf(t); name == "" || !looked[name] {
			return false
		}
	}
	return len(i.Tests) > 0
}

// fileNameOf is the name at the end of a path, in lower case, empty where the value does not say it.
func fileNameOf(t *rules.Test) string {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
		return ""
	}
	p := t.Patterns[0]
	if len(p) == 0 || p[len(p)-1].Kind != rules.Literal {
		return ""
	}
	last := p[len(p)-1].Text
	return strings.ToLower(last[strings.LastIndexAny(last, `\/`)+1:])
}

// all reports that every item of an exclusion is as asked.
func (e exclusion) all(is func(i *excluded) bool) bool {
	for _, i := range e.items {
		if !is(i) {
			return false
		}
	}
	return true
}

// span is the place of an exclusion as a whole.
func (e exclusion) span() source.Span {
	first, last := e.items[0].Span(), e.items[len(e.items)-1].Span()
	return source.Span{Start: first.Start, End: max(first.End, last.End)}
}

// words are the keys of an exclusion.
func (e exclusion) words() string {
	var keys []string
	for _, i := range e.items {
		if i.Keyword() {
			keys = append(keys, "keywords")
			continue
		}
		keys = append(keys, "`"+shorter(i.KeyText())+"`")
	}
	if len(keys) > shownKeys {
		return fmt.Sprintf("%s and %d more", strings.Join(keys[:shownKeys], ", "), len(keys)-shownKeys)
	}
	return enumerate(keys)
}

// shownKeys is how many keys a message has room for.
const shownKeys = 2

// valueSpan is the place of a value, or that of its item.
func valueSpan(i *rules.Item, t *rules.Test) source.Span {
	if t.Value == nil || t.Value.Node.Missing() {
		return i.Span()
	}
	return t.Value.Node.Span
}
