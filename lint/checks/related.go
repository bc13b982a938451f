package checks

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// removeRelated is the fix that takes an entry of `related` away.
func removeRelated(head *rules.Head, entry *source.Node) *source.Fix {
	list := head.Root.Find("related")
	edits := removeEntry(head.File, list, slices.Index(list.Items, entry))
	if edits == nil {
		return nil
	}
	return &source.Fix{Title: "remove the entry", Safe: true, Edits: edits}
}

func checkRelatedSelf(p *lint.Pass) {
	head := p.Document.Base()
	for _, r := range head.Related {
		if r.ID.Value != "" && strings.EqualFold(r.ID.Value, head.ID.Value) {
			p.Report(lint.Finding{
				Span:    r.ID.Node.Span,
				Message: "the rule is related to itself: `" + source.Shorten(r.ID.Value) + "` is its own id",
				Help:    "write the id of the other rule, or remove the entry",
				Fix:     removeRelated(head, r.Node),
				Related: []lint.Related{{Span: head.ID.Node.Span, Message: "its id"}},
			})
		}
	}
}

func checkRelatedTwice(p *lint.Pass) {
	head := p.Document.Base()
	first := map[string]rules.Related{}
	for _, r := range head.Related {
		id := strings.ToLower(r.ID.Value)
		before, again := first[id]
		if !again || id == "" {
			first[id] = r
			continue
		}
		f := lint.Finding{
			Span:    r.ID.Node.Span,
			Message: "`" + source.Shorten(r.ID.Value) + "` stands among the related rules already",
			Help:    "keep the entry with the right type",
			Related: []lint.Related{{Span: before.ID.Node.Span, Message: "the first one"}},
		}
		if strings.EqualFold(before.Type.Value, r.Type.Value) { // else a person has to choose
			f.Fix = removeRelated(head, r.Node)
		}
		p.Report(f)
	}
}

// linkedRules bounds the entries that one fix adds: a rule inside more rules than this wants a look, not links.
const linkedRules = 5

// linkTo is the fix that names other rules under `related`, nil where they have no id or the list is not written in lines.
func linkTo(rule *rules.Rule, others []*rules.Rule, as string) *source.Fix {
	if len(others) > linkedRules {
		return nil
	}
	for _, o := range others {
		if o.ID.Value == "" {
			return nil
		}
	}
	edits, err := edit.AppendListEntry(rule, "related", others[0].ID.Value)
	if err != nil || len(edits) != 1 {
		return nil
	}
	lines := edits[0].New
	before, after, ok := strings.Cut(lines, others[0].ID.Value)
	if !ok || !strings.HasSuffix(strings.TrimRight(before, " "), "-") {
		return nil // a list in brackets, or an id that has to be quoted
	}
	dash := before[strings.LastIndexByte(before, '\n')+1:]
	blanks := strings.Repeat(" ", len(dash))
	end := "\n"
	if strings.Contains(lines, "\r\n") {
		end = "\r\n"
	}
	for i, o := range others {
		if i > 0 {
			before += end + dash
		}
		before += "id: " + o.ID.Value + end + blanks + "type: " + as
	}
	edits[0].New = before + after
	return &source.Fix{Title: "link the rules under `related`", Edits: edits}
}
