package tuning

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/safety"
)

// Choice is a proposal that is to be applied, with its outcome.
type Choice struct {
	Outcome  *Outcome
	Proposal *Proposal
}

// finish fills in what concerns all scenarios together.
func (t *tuner) finish() error {
	r := t.result
	r.tuner, r.As = t, t.in.As
	if r.As == "" {
		r.As = Inline
	}
	r.Placeholders = t.unfilled()
	r.QueryBefore = t.query(t.rule)
	t.filterDocuments()
	var chosen []Choice
	for k := range r.Outcomes {
		o := &r.Outcomes[k]
		for i := range o.Proposals {
			if o.Proposals[i].Recommended {
				chosen = append(chosen, Choice{o, &o.Proposals[i]})
			}
		}
	}
	r.apply(chosen)
	return nil
}

// Choose makes these proposals the tuned rule instead of the recommended ones. Each is written as it was judged; what of it the others
// hide already is left out, and a note of its outcome says so.
func (r *Result) Choose(chosen []Choice) { r.apply(chosen) }

// apply writes proposals into the rule, one after the other, so that names and the condition fit together.
func (r *Result) apply(chosen []Choice) {
	t := r.tuner
	r.RuleAfter, r.QueryAfter, r.After, r.FilterDocument = "", "", nil, ""
	text, some := t.text, false
	now := t.formula
	var documents []string
	for _, c := range chosen {
		p := c.Proposal
		note := func(format string, args ...any) {
			c.Outcome.Notes = distinct(append(c.Outcome.Notes, fmt.Sprintf(format, args...)))
		}
		if len(p.Fill) > 0 {
			note("`%s` is not added: %s has to be filled in first", p.Name, strings.Join(p.Fill, ", "))
			continue
		}
		if some && t.hidesNothing(now, p) {
			note("`%s` is not added: the filters of the other scenarios hide all of it", p.Name)
			continue
		}
		after, err := edited{text: p.RuleAfter}, error(nil)
		if some {
			if after, _, err = t.write(text, p.Name, p.Conditions, c.Outcome); err != nil {
				note("not combined with the other filters: %s", err)
				continue
			}
			if after.into != "" && after.into != p.Into {
				note("its values are added to `%s`", after.into)
			}
		}
		rule, err := t.parse(after.text)
		if err != nil {
			note("not combined with the other filters: %s", err)
			continue
		}
		text, some, now = after.text, true, logic.FromRule(rule)
		if p.FilterDocument != "" {
			documents = append(documents, p.FilterDocument)
		}
	}
	if !some {
		return
	}
	r.RuleAfter, r.After = text, t.lint(text)
	if rule, err := t.parse(text); err == nil {
		r.QueryAfter = t.query(rule)
	}
	if len(documents) > 0 {
		r.FilterDocument = strings.Join(documents, "---\n")
	}
}

// hidesNothing proves that a rule finds nothing that the filter would hide.
func (t *tuner) hidesNothing(rule *logic.Formula, p *Proposal) bool {
	d, err := detection(p.Block)
	return err == nil && t.prover.Satisfiable(logic.And(rule, logic.FromDetection(d))).Verdict == logic.No
}

// query is a rule as a query, or empty where it cannot be written.
func (t *tuner) query(rule *rules.Rule) string {
	if queries, _, err := kql.Translate(rule, t.queryOptions); err == nil && len(queries) > 0 {
		return queries[0].Text
	}
	return ""
}

// hiddenQuery is the query for what the rule finds now and a filter would hide, or empty where it cannot be written.
func (t *tuner) hiddenQuery(block string) string {
	d, err := detection(block)
	if err != nil {
		return ""
	}
	var found []*rules.Expr
	for _, c := range t.rule.Detection.Conditions {
		found = append(found, c.Root)
	}
	p, err := kql.PreviewFilter(t.rule, d, found, nil, t.queryOptions)
	if err != nil || len(p.Suppressed) == 0 {
		return ""
	}
	return p.Suppressed[0].Text
}

// Revise judges a proposal with other values for one of its conditions, as the analyst would have them. Texts are Sigma values: `*` and
// `?` are wildcards. A condition that waited for the site is filled in by this. The error says why the result cannot be proposed.
func (r *Result) Revise(c Choice, group, condition int, values []string) (Proposal, error) {
	groups := copyGroups(c.Proposal.Conditions)
	if group < 0 || group >= len(groups) || condition < 0 || condition >= len(groups[group]) {
		return Proposal{}, errors.New("there is no such condition")
	}
	if values = distinct(values); len(values) == 0 {
		return Proposal{}, errors.New("a condition needs a value")
	}
	changed := &groups[group][condition]
	changed.Values = values
	if m := placeholderName.FindStringSubmatch(strings.Join(c.Proposal.Conditions[group][condition].Values, " ")); changed.Placeholder && m != nil {
		changed.Site = m[1]
	}
	changed.Placeholder = false
	p, err := r.tuner.proposal(c.Outcome, variant{title: "as you edited it", groups: groups})
	switch {
	case err != nil:
		return p, err
	case p.Safety.Grade == safety.D && len(p.Safety.Swallowed) > 0:
		return p, fmt.Errorf("refused: it would switch off %s", swallowedWords(p.Safety.Swallowed))
	case p.Safety.Grade == safety.D:
		return p, fmt.Errorf("refused: %s", strings.Join(p.Safety.Reasons, "; "))
	}
	if r.As == SigmaFilter {
		p.FilterDocument, err = r.tuner.filterDocument(c.Outcome, &p)
	}
	return p, err
}

// ConditionText is a condition as a rule would write it.
func ConditionText(c Condition) string { return conditionText(c) }

func copyGroups(groups [][]Condition) [][]Condition {
	var out [][]Condition
	for _, g := range groups {
		out = append(out, append([]Condition(nil), g...))
	}
	return out
}

// documented reports that the rule names a false positive already, whatever its case, blanks and final mark.
func documented(rule *rules.Rule, entry string) bool {
	tidy := func(s string) string { return strings.ToLower(strings.TrimRight(oneLine(s), ".!")) }
	for _, fp := range rule.FalsePositives {
		if tidy(fp.Value) == tidy(entry) {
			return true
		}
	}
	return false
}

// joined looks for a filter of the rule that differs from the new one in the values of one test only, and adds them there: one more value
// instead of one more filter. It is taken where the rule then is proven to be the rule with both filters. Nothing is returned where there
// is none.
func (t *tuner) joined(rule *rules.Rule, name string, groups [][]Condition) (into string, edits []source.Edit) {
	if len(groups) != 1 || hasPlaceholder(groups[0]) {
		return "", nil
	}
	d, err := detection(block(name, groups))
	if err != nil {
		return "", nil
	}
	wanted := logic.And(logic.FromRule(rule), logic.Not(logic.FromDetection(d)))
	for _, old := range rule.Detection.Named {
		if rule.Detection.Polarity(old) != rules.Negative || !takes(old, name) {
			continue
		}
		item, values := difference(old.Block, d.Block)
		if item == nil {
			continue
		}
		edits := addValues(rule.File, item, values)
		if edits == nil {
			continue
		}
		data, err := edit.Apply([]byte(rule.File.Text(source.Span{End: len(rule.File.Data)})), edits)
		if err != nil {
			continue
		}
		after, err := t.parse(string(data))
		if err != nil || len(after.Problems) > len(rule.Problems) {
			continue
		}
		if t.prover.Equivalent(logic.FromRule(after), wanted).Verdict == logic.Yes {
			return old.Name, edits
		}
	}
	return "", nil
}

// takes reports that a filter may take values of a new one without its name becoming untrue: it has the new one's name, or it is of the same
// family and is not named after one of its values.
func takes(old *rules.Detection, name string) bool {
	base := strings.TrimRight(strings.TrimRight(name, "0123456789"), "_")
	if old.Name == name || old.Name == base {
		return true
	}
	for _, family := range []string{mainPrefix, optionalPrefix} {
		if strings.HasPrefix(old.Name, family) != strings.HasPrefix(name, family) {
			return false
		}
	}
	own := strings.TrimPrefix(strings.TrimPrefix(old.Name, mainPrefix), optionalPrefix)
	specific := false
	old.Block.Each(func(i *rules.Item) {
		for _, v := range i.Values {
			word := identifier(v.Text)
			specific = specific || word != "" && strings.Contains(strings.ToLower(own), word)
		}
	})
	return !specific
}

// difference is the one item of a filter in which another has values that it lacks; every other item is the same. It is nil where they
// differ in more.
func difference(old, new *rules.Block) (at *rules.Item, values []string) {
	if old.Shape != rules.MapShape || new.Shape != rules.MapShape || len(old.Items) != len(new.Items) {
		return nil, nil
	}
	byKey := map[string]*rules.Item{}
	for _, i := range old.Items {
		byKey[i.KeyText()] = i
	}
	for _, n := range new.Items {
		o := byKey[n.KeyText()]
		if o == nil {
			return nil, nil
		}
		missing, extra := lacking(o, n), lacking(n, o)
		switch {
		case len(missing) == 0 && len(extra) == 0:
		case at != nil || len(missing) == 0 || n.All || n.Negated:
			return nil, nil
		default:
			at, values = o, missing
		}
	}
	return at, values
}

// lacking are the values of b that a does not have.
func lacking(a, b *rules.Item) []string {
	has := map[string]bool{}
	for _, v := range a.Values {
		has[strings.ToLower(v.Text)] = true
	}
	var out []string
	for _, v := range b.Values {
		if !has[strings.ToLower(v.Text)] {
			out = append(out, v.Text)
		}
	}
	return out
}

// addValues writes further values into an item, or gives nil where that is not plain lines of text. What it writes is read back by the
// caller.
func addValues(f *source.File, item *rules.Item, values []string) []source.Edit {
	n := item.Node
	if item.Key == nil || n.Alias != nil || n.Anchor != "" || n.Explicit || !item.Key.Mapped() {
		return nil
	}
	eol := "\n"
	if strings.HasSuffix(f.LineText(f.LineAt(item.Key.Span.Start)), "\r") || strings.Contains(string(f.Data), "\r\n") {
		eol = "\r\n"
	}
	line := f.LineSpan(f.LineAt(item.Key.Span.Start)).Start
	lead := string(f.Data[line:item.Key.Span.Start])
	switch {
	case n.Kind == source.List && n.Flow && len(n.Items) > 0:
		at := n.Items[len(n.Items)-1].Span.End
		var b strings.Builder
		for _, v := range values {
			b.WriteString(", " + source.Quote(v))
		}
		return []source.Edit{{Span: source.Span{Start: at, End: at}, New: b.String()}}
	case n.Kind == source.List && len(n.Items) > 0:
		last := n.Items[len(n.Items)-1]
		first := f.LineSpan(f.LineAt(n.Items[0].Span.Start)).Start
		dash := string(f.Data[first:n.Items[0].Span.Start])
		if last.Kind != source.Scalar || strings.TrimLeft(dash, " ") == "" || strings.Trim(dash, " -") != "" {
			return nil
		}
		return []source.Edit{below(f, last.Span.End, dash, values, eol)}
	case n.Kind == source.Scalar && n.Mapped() && f.LineAt(n.Span.Start) == f.LineAt(item.Key.Span.Start) && f.LineAt(n.Span.End) == f.LineAt(n.Span.Start):
		if strings.Trim(lead, " ") != "" {
			return nil // the first key behind a dash
		}
		dash := lead + indent + "- "
		colon := item.Key.Span.End
		for colon < n.Span.Start && f.Data[colon] != ':' {
			colon++
		}
		return []source.Edit{
			{Span: source.Span{Start: colon + 1, End: n.Span.Start}, New: eol + dash},
			below(f, n.Span.End, dash, values, eol),
		}
	}
	return nil
}

// below adds list entries behind the line that holds an offset.
func below(f *source.File, offset int, dash string, values []string, eol string) source.Edit {
	at := f.LineSpan(f.LineAt(max(offset-1, 0))).End
	var b strings.Builder
	for _, v := range values {
		b.WriteString(eol + dash + source.Quote(v))
	}
	return source.Edit{Span: source.Span{Start: at, End: at}, New: b.String()}
}

func sortedNames(set map[string]bool) []string {
	var out []string
	for name := range set {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}
