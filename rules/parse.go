package rules

import (
	"fmt"
	"sort"

	"github.com/sigtune/sigtune/rules/source"
)

// Kinds of problems about whole documents, by the names of their checks.
const (
	KindNotMapping      = "document-not-mapping"
	KindUnknownDocument = "unknown-document-kind"
	KindMixedDocument   = "mixed-document-kind"
	KindLegacyAction    = "legacy-action"
)

// Parse turns the documents of a file into Sigma documents. A document that is no map gives none; its problem is
// among those returned, next to the ones each Document carries itself.
func Parse(f *source.File) ([]Document, []Problem) {
	p := fileParser{file: f}
	for _, d := range f.Documents {
		if d.Root != nil {
			p.document(d)
		}
	}
	return p.documents, p.problems
}

type fileParser struct {
	file      *source.File
	documents []Document
	problems  []Problem
	template  *source.Node // of `action: global`
	previous  *source.Node // the last document, for `action: repeat`
}

func (p *fileParser) report(problem Problem) { p.problems = append(p.problems, problem) }

func (p *fileParser) document(d *source.Document) {
	root := d.Root
	if root.Kind != source.Map {
		shape := "a list"
		if root.Kind == source.Scalar {
			shape = "a single value"
		}
		p.report(Problem{
			Kind: KindNotMapping, Span: p.file.FirstLine(root.Span),
			Message: "the document is " + shape + ", not a rule",
			Help:    "a rule is a map: `title: …`, `logsource: …`, `detection: …`",
		})
		return
	}
	if action := root.Find("action"); action != nil {
		if root = p.action(root, action); root == nil {
			return
		}
	}
	document := parseDocument(p.file, d.Index, root, p.template)
	p.previous = document.Base().Root
	p.documents = append(p.documents, document)
}

// action applies the collection actions of old rule files (spec/sigma-semantics.md section 1.1). It returns the document to
// read, or nil when there is none.
func (p *fileParser) action(root, action *source.Node) *source.Node {
	p.report(Problem{
		Kind: KindLegacyAction, Span: action.Span,
		Message: fmt.Sprintf("`action: %s` is not in the Sigma specification 2", source.Shorten(action.Value)),
		Help:    "write each rule out in full",
	})
	own := without(root, "action")
	switch action.Value {
	case "global":
		p.template = own
		return nil
	case "reset":
		p.template = nil
		return nil
	case "repeat":
		if p.previous != nil {
			return merge(p.previous, own)
		}
	}
	return own
}

// without is a copy of a map that lacks one key.
func without(n *source.Node, key string) *source.Node {
	out := *n
	out.Entries = nil
	for _, e := range n.Entries {
		if e.Key.Value != key {
			out.Entries = append(out.Entries, e)
		}
	}
	return &out
}

// merge lays over on base: maps recursively, everything else replaced. Every node keeps its own span.
func merge(base, over *source.Node) *source.Node {
	if base.Kind != source.Map || over.Kind != source.Map {
		return over
	}
	out := *over
	out.Entries = append([]source.Entry(nil), base.Entries...)
	for _, e := range over.Entries {
		if before := out.Entry(e.Key.Value); before != nil {
			*before = source.Entry{Key: e.Key, Value: merge(before.Value, e.Value)}
			continue
		}
		out.Entries = append(out.Entries, e)
	}
	return &out
}

// documentKinds in the order in which pySigma decides.
var documentKinds = []string{"correlation", "filter", "detection"}

func parseDocument(f *source.File, index int, root, template *source.Node) Document {
	head := Head{File: f, Index: index, Root: root}
	var kinds []*source.Entry
	for _, kind := range documentKinds {
		if e := root.Entry(kind); e != nil {
			kinds = append(kinds, e)
		}
	}
	isRule := len(kinds) == 0 || kinds[0].Key.Value == "detection"
	if template != nil && isRule {
		head.Root = merge(root, template) // the template wins
		if len(kinds) == 0 {
			if e := head.Root.Entry("detection"); e != nil {
				kinds = append(kinds, e)
			}
		}
	}
	if len(kinds) > 1 {
		second := kinds[1]
		head.report(Problem{
			Kind: KindMixedDocument, Span: second.Key.Span,
			Message: fmt.Sprintf("the document has both `%s` and `%s`", kinds[0].Key.Value, second.Key.Value),
			Help:    "make two documents of it, separated by `---`",
			Related: []source.Related{{Span: kinds[0].Key.Span, Message: "the other one"}},
		})
	}
	head.metadata()
	var document Document
	switch {
	case len(kinds) == 0:
		document = parseUnknown(head)
	case kinds[0].Key.Value == "correlation":
		document = parseCorrelation(head)
	case kinds[0].Key.Value == "filter":
		document = parseFilter(head)
	default:
		document = parseRule(head)
	}
	problems := document.Base().Problems
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Span.Start < problems[j].Span.Start })
	return document
}

func parseUnknown(head Head) Document {
	u := &Unknown{Head: head}
	p := Problem{
		Kind: KindUnknownDocument, Span: u.Anchor(),
		Message: "the document has neither `detection`, `correlation` nor `filter`",
		Help:    "a rule needs a `detection` with at least one selection and a `condition`",
	}
	if head.Attribute("title") != nil || head.Attribute("logsource") != nil {
		p.Message = "the rule has no `detection`"
	}
	if e, meant := u.disguised(); e != nil {
		p.Span = e.Key.Span
		p.Message = fmt.Sprintf("`%s` is not read; the document has no `%s`", source.Shorten(e.Key.Value), meant)
		p.Help = "write `" + meant + "`"
		if !e.Merged && e.Key.Alias == nil && e.Key.Anchor == "" {
			p.Fix = &source.Fix{Title: "write `" + meant + "`", Edits: []source.Edit{{Span: e.Key.Span, New: meant}}}
		}
	}
	u.report(p)
	return u
}

// disguised finds what looks like the detection, correlation or filter of the document under another name: a map with a
// condition. meant is the name that it should have.
func (u *Unknown) disguised() (entry *source.Entry, meant string) {
	for i := range u.Root.Entries {
		e := &u.Root.Entries[i]
		has := func(key string) bool { return e.Value.Entry(key) != nil }
		switch {
		case e.Value.Kind != source.Map || !has("condition"):
			continue
		case has("rules") && (has("timespan") || has("type")):
			return e, "correlation"
		case has("rules"):
			return e, "filter"
		}
		return e, "detection"
	}
	return nil, ""
}

func parseRule(head Head) Document {
	r := &Rule{Head: head}
	r.Logsource = parseLogsource(r.Root)
	e := r.Attribute("detection")
	r.Detection = parseDetections(&r.Head, e.Key, e.Value, reservedInDetection)
	return r
}

// Keys that are no search identifier.
var (
	reservedInDetection = map[string]bool{"condition": true, "timeframe": true}
	reservedInFilter    = map[string]bool{"condition": true, "rules": true}
)

func parseFilter(head Head) Document {
	f := &Filter{Head: head}
	f.Logsource = parseLogsource(f.Root)
	e := f.Attribute("filter")
	f.Node = e.Value
	rules := e.Value.Find("rules")
	f.Rules = textList(rules)
	if rules != nil && rules.IsString() {
		if equalFold(rules.Value, "any") {
			f.Any = true
		} else {
			f.Rules = []Text{{Node: rules, Value: rules.Value}}
		}
	}
	f.Detection = parseDetections(&f.Head, e.Key, e.Value, reservedInFilter)
	return f
}

func parseCorrelation(head Head) Document {
	c := &Correlation{Head: head}
	n := c.Attribute("correlation").Value
	c.Node = n
	c.Type, c.Timespan = text(n, "type"), text(n, "timespan")
	c.Rules, c.GroupBy = textOrList(n.Find("rules")), textOrList(n.Find("group-by"))
	c.Condition, c.Aliases, c.Generate = n.Entry("condition"), n.Entry("aliases"), n.Entry("generate")
	return c
}

func parseLogsource(root *source.Node) Logsource {
	e := root.Entry("logsource")
	if e == nil {
		return Logsource{}
	}
	return Logsource{
		Key: e.Key, Node: e.Value,
		Category: text(e.Value, "category"), Product: text(e.Value, "product"),
		Service: text(e.Value, "service"), Definition: text(e.Value, "definition"),
	}
}

// metadata reads the attributes that all kinds share.
func (h *Head) metadata() {
	for _, a := range []struct {
		key string
		to  *Text
	}{
		{"title", &h.Title}, {"id", &h.ID}, {"name", &h.Name}, {"status", &h.Status}, {"level", &h.Level},
		{"description", &h.Description}, {"author", &h.Author}, {"date", &h.Date}, {"modified", &h.Modified},
		{"license", &h.License}, {"taxonomy", &h.Taxonomy},
	} {
		*a.to = text(h.Root, a.key)
	}
	h.References = textList(h.Root.Find("references"))
	h.Tags = textList(h.Root.Find("tags"))
	h.FalsePositives = textList(h.Root.Find("falsepositives"))
	h.Fields = textList(h.Root.Find("fields"))
	if related := h.Root.Find("related"); related != nil {
		for _, item := range related.Items {
			h.Related = append(h.Related, Related{Node: item, ID: text(item, "id"), Type: text(item, "type")})
		}
	}
}

// text is a scalar attribute. A list or map there is absent for the model.
func text(n *source.Node, key string) Text {
	e := n.Entry(key)
	if e == nil || e.Value.Kind != source.Scalar {
		return Text{}
	}
	return Text{Key: e.Key, Node: e.Value, Value: e.Value.Value}
}

func textList(n *source.Node) []Text {
	if n == nil || n.Kind != source.List {
		return nil
	}
	var out []Text
	for _, item := range n.Items {
		if item.Kind == source.Scalar {
			out = append(out, Text{Node: item, Value: item.Value})
		}
	}
	return out
}

func textOrList(n *source.Node) []Text {
	if n != nil && n.Kind == source.Scalar && !n.IsNull() {
		return []Text{{Node: n, Value: n.Value}}
	}
	return textList(n)
}
