package tuning

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// Form is how exclusions are written.
type Form string

// The forms.
const (
	Inline      Form = "inline"       // a `filter_…` block in the rule, and the condition that excludes it
	SigmaFilter Form = "sigma-filter" // a Sigma filter document of its own, the rule left as it is
)

// Forms are all of them, as users name them.
func Forms() []Form { return []Form{Inline, SigmaFilter} }

// filterDocuments writes every proposal as a document of its own, and the recommended ones together.
func (t *tuner) filterDocuments() {
	if t.in.As != SigmaFilter {
		return
	}
	for k := range t.result.Outcomes {
		o := &t.result.Outcomes[k]
		for i := range o.Proposals {
			document, err := t.filterDocument(o, &o.Proposals[i])
			if err != nil {
				o.Notes = append(o.Notes, fmt.Sprintf("no filter document for `%s`: %s", o.Proposals[i].Name, err))
			}
			o.Proposals[i].FilterDocument = document
		}
		o.Notes = distinct(o.Notes)
	}
}

// filterDocument writes a proposal as a filter document. A filter's condition is joined to the rule's by `and` as it stands
// (spec/sigma-semantics.md section 11), so it is `not selection`. The document is read back, and what it does to the rule is proven to be
// what the block in the rule does.
func (t *tuner) filterDocument(o *Outcome, p *Proposal) (string, error) {
	reference := t.rule.ID.Value
	if reference == "" {
		reference = t.rule.Name.Value
	}
	if reference == "" {
		return "", errors.New("the rule has neither an id nor a name by which a filter could refer to it; give it an id")
	}
	text := t.filterText(o, p, reference)
	if err := t.checkFilter(text, p); err != nil {
		return "", err
	}
	return text, nil
}

// selection is the name of the identifier in a filter document: the only one that the specification and its schema know.
const selection = "selection"

func (t *tuner) filterText(o *Outcome, p *Proposal, reference string) string {
	var b strings.Builder
	line := func(level int, format string, args ...any) {
		fmt.Fprintf(&b, strings.Repeat(indent, level)+format+"\n", args...)
	}
	line(0, "title: %s", source.Quote(t.filterTitle(p.Name)))
	line(0, "id: %s", filterID(reference, p))
	line(0, "description: %s", source.Quote(filterDescription(o)))
	line(0, "date: %s", t.today)
	line(0, "logsource:")
	for _, part := range []struct {
		key   string
		value rules.Text
	}{{"category", t.rule.Logsource.Category}, {"product", t.rule.Logsource.Product}, {"service", t.rule.Logsource.Service}} {
		if part.value.Value != "" {
			line(1, "%s: %s", part.key, plainOrQuoted(part.value.Value))
		}
	}
	line(0, "filter:")
	line(1, "rules:")
	line(2, "- %s", plainOrQuoted(reference))
	for _, l := range strings.SplitAfter(block(selection, p.Conditions), "\n") {
		if l != "" {
			b.WriteString(indent + l)
		}
	}
	line(1, "condition: not %s", selection)
	return b.String()
}

// longestTitle is SigmaHQ's limit for titles, in characters.
const longestTitle = 110

func (t *tuner) filterTitle(name string) string {
	what := strings.TrimPrefix(strings.TrimPrefix(name, mainPrefix), optionalPrefix)
	for _, w := range []string{what, "an Exclusion"} {
		if title := capital(strings.ReplaceAll(w, "_", " ")) + " - " + oneLine(t.rule.Title.Value); len([]rune(title)) <= longestTitle {
			return title
		}
	}
	return "Exclusion of " + capital(strings.ReplaceAll(what, "_", " "))
}

func filterDescription(o *Outcome) string {
	if entry := falsePositive(o); entry != "" {
		return "Excludes a known false positive: " + entry
	}
	return "Excludes a known false positive of the rule"
}

// filterID is made from what the filter does, so that the same exclusion keeps its id from run to run. It has the form of a random one
// (version 4), as Sigma asks for.
func filterID(reference string, p *Proposal) string {
	sum := sha256.Sum256([]byte(reference + "\n" + block(selection, p.Conditions)))
	sum[6] = sum[6]&0x0f | 0x40 // version 4
	sum[8] = sum[8]&0x3f | 0x80 // the variant of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// plainOrQuoted leaves identifiers and log source words without quotes, as rules have them.
func plainOrQuoted(s string) string {
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != '_' && r != '-' && (r < '0' || r > '9') {
			return source.Quote(s)
		}
	}
	if strings.Trim(s, "0123456789_") == "" || s[0] == '-' {
		return source.Quote(s)
	}
	f := source.Parse("", []byte(s+"\n"), source.Limits{})
	if len(f.Problems) == 0 && len(f.Documents) == 1 && f.Documents[0].Root.IsString() {
		return s
	}
	return source.Quote(s)
}

// checkFilter reads a filter document back and proves that the rule with it is the rule with the block.
func (t *tuner) checkFilter(text string, p *Proposal) error {
	file := source.Parse("filter.yml", []byte(text), source.Limits{})
	documents, _ := rules.Parse(file)
	if len(file.Problems) > 0 {
		return fmt.Errorf("the document does not parse: %s", file.Problems[0].Message)
	}
	if len(documents) != 1 {
		return errors.New("the document is no filter")
	}
	f, ok := documents[0].(*rules.Filter)
	if !ok {
		return errors.New("the document is no filter")
	}
	for _, problem := range f.Problems {
		return fmt.Errorf("the document has no certain meaning: %s", problem.Message)
	}
	if err := match.Applies(f, t.rule); err != nil {
		return err
	}
	if len(p.Fill) > 0 {
		return nil // the same block with a placeholder: nothing can be evaluated before it is filled in
	}
	after, err := t.parse(p.RuleAfter)
	if err != nil {
		return err
	}
	with := logic.And(t.formula, logic.FromDetections(&f.Detection))
	if a := t.prover.Equivalent(logic.FromRule(after), with); a.Verdict != logic.Yes {
		return errors.New("it could not be proven to do what the block in the rule does")
	}
	return nil
}
