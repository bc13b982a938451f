package lint

import (
	"fmt"

	"github.com/sigtune/sigtune/rules"
)

// Pass gives a check one document and takes its findings.
type Pass struct {
	Document rules.Document
	Rule     *rules.Rule    // the document when it is a rule, else nil
	Facts    *Facts         // what the run knows besides the rule
	Shared   map[string]any // results that several checks of one document use; keyed by the package that computes them
	check    *Check
	findings *[]Finding
	entry    *Entry // of the document, for checks that gather
}

func newPass(d rules.Document, facts *Facts, findings *[]Finding) *Pass {
	rule, _ := d.(*rules.Rule)
	return &Pass{Document: d, Rule: rule, Facts: facts, Shared: map[string]any{}, findings: findings}
}

// Keep puts something by for the checks of the whole tree. It should hold nothing of the document.
func (p *Pass) Keep(name string, value any) {
	if p.entry.kept == nil {
		p.entry.kept = map[string]any{}
	}
	p.entry.kept[name] = value
}

// Detections are the identifiers and conditions of a rule or a filter document, nil for others.
func (p *Pass) Detections() *rules.Detections {
	switch d := p.Document.(type) {
	case *rules.Rule:
		return &d.Detection
	case *rules.Filter:
		return &d.Detection
	}
	return nil
}

// Logsource is that of a rule or a filter document, zero for others.
func (p *Pass) Logsource() rules.Logsource {
	switch d := p.Document.(type) {
	case *rules.Rule:
		return d.Logsource
	case *rules.Filter:
		return d.Logsource
	}
	return rules.Logsource{}
}

// Report adds a finding. Check, file and document are filled in; a zero severity becomes that of the check.
func (p *Pass) Report(f Finding) {
	f.Check, f.Subject, f.File = p.check, subjectOf(p.Document), p.Document.Base().File
	if f.Severity == 0 {
		f.Severity = p.check.Severity
	}
	for i := range f.Related {
		if f.Related[i].File == nil {
			f.Related[i].File = f.File
		}
	}
	*p.findings = append(*p.findings, f)
}

// Int is an option of the check that is a number.
func (p *Pass) Int(name string) int { return option[int](p.Facts, p.check, name) }

// Strings is an option of the check that is a list.
func (p *Pass) Strings(name string) []string { return option[[]string](p.Facts, p.check, name) }

// Strings is an option of a check that is a list, for reporters.
func (f *Facts) Strings(c *Check, name string) []string { return option[[]string](f, c, name) }

// Text is an option of a check that is a text, for reporters.
func (f *Facts) Text(c *Check, name string) string { return option[string](f, c, name) }

// option is what the configuration says about an option, or its default.
func option[T any](facts *Facts, c *Check, name string) T {
	if facts != nil {
		if value, ok := facts.Options[c.Name][name].(T); ok {
			return value
		}
	}
	for _, o := range c.Options {
		if value, ok := o.Default.(T); ok && o.Name == name {
			return value
		}
	}
	panic(fmt.Sprintf("%s has no option %s of this type", c.Name, name)) // a slip in the declaration, which its examples find
}

// TreePass gives a check everything that a run saw, sorted by path and place.
type TreePass struct {
	Entries  []*Entry // of all documents, those of the context too
	Facts    *Facts
	Shared   map[string]any // as in Pass, for the checks of the whole tree
	check    *Check
	findings *[]Finding
}

// Int is an option of the check that is a number.
func (p *TreePass) Int(name string) int { return option[int](p.Facts, p.check, name) }

// Report adds a finding about one of the documents.
func (p *TreePass) Report(d rules.Document, f Finding) {
	(&Pass{Document: d, check: p.check, findings: p.findings}).Report(f)
}

// ReportEntry adds a finding about a document that the index has.
func (p *TreePass) ReportEntry(e *Entry, f Finding) {
	f.Check, f.File, f.Subject = p.check, e.File(), e.subject()
	if f.Severity == 0 {
		f.Severity = p.check.Severity
	}
	for i := range f.Related {
		if f.Related[i].File == nil {
			f.Related[i].File = f.File
		}
	}
	*p.findings = append(*p.findings, f)
}
