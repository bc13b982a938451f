package report

import (
	"cmp"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// What a SARIF log says about its form.
const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://json.schemastore.org/sarif-2.1.0.json"
)

// sarifRoot is the name of the directory that paths are relative to. GitHub takes it for the root of the repository.
const sarifRoot = "%SRCROOT%"

// sarifFingerprint names our fingerprints; the number grows when they are computed in another way. We do not give GitHub's own
// primaryLocationLineHash: its upload adds it, and complains about another value.
const sarifFingerprint = "sigtune/v1"

// sarifLineBreaks are what ends a line for our line numbers; without saying so it would be \r\n and \n alone.
var sarifLineBreaks = []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"}

// sarifLevels are the levels of results and of rules.
var sarifLevels = map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Info: "note"}

// writeSARIF prints one run. Rules are those that fired, by code. Results are the findings that are shown, then the silenced ones.
func writeSARIF(w io.Writer, result *lint.Result, o Options) error {
	rules, index := sarifRules(result)
	prints := fingerprints(result, o)
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{"sigtune", o.Version, homepage, rules}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: true}},
		Bases:       map[string]sarifBase{sarifRoot: {sarifMessage{"The directory that the paths of rules are relative to."}}},
		Automation:  sarifAutomation{strings.TrimSuffix(cmp.Or(o.Category, "sigtune"), "/") + "/"},
		ColumnKind:  "utf16CodeUnits", LineBreaks: sarifLineBreaks, Results: []sarifResult{},
	}
	invocation := &run.Invocations[0]
	for _, list := range [][]lint.Finding{result.Findings, result.Suppressed} {
		for i := range list {
			f := &list[i]
			if name := f.Check.Name; name == source.KindInternalFailed || name == source.KindUnreadable {
				invocation.ExecutionSuccessful = false
			}
			if f.File.Path == "" { // about the run: readers refuse results without a place
				invocation.Notifications = append(invocation.Notifications, sarifNotification{
					sarifReference{f.Check.Code, index[f.Check]}, sarifLevels[f.Severity], sarifText(f),
				})
				continue
			}
			r := o.sarifResult(f)
			r.RuleIndex, r.Fingerprints = index[f.Check], map[string]string{sarifFingerprint: prints[f]}
			run.Results = append(run.Results, r)
		}
	}
	return encode(w, sarifLog{sarifSchema, sarifVersion, []sarifRun{run}})
}

func (o Options) sarifResult(f *lint.Finding) sarifResult {
	r := sarifResult{
		RuleID: f.Check.Code, Level: sarifLevels[f.Severity], Message: sarifText(f),
		Locations: []sarifLocation{{Physical: o.sarifPlace(f.File, f.Span)}}, Suppressions: []sarifSuppression{},
	}
	if f.Place.Path != "" {
		r.Locations[0].Logical = []sarifLogical{{f.Place.Path}}
	}
	for i, related := range f.Related {
		r.Related = append(r.Related, sarifLocation{
			ID: i + 1, Physical: o.sarifPlace(related.File, related.Span), Message: &sarifMessage{sarifPlain(source.Visible(related.Message))},
		})
	}
	if f.Subject.ID != "" || f.Subject.Title != "" {
		r.Properties = &sarifProperties{RuleID: f.Subject.ID, RuleTitle: f.Subject.Title}
	}
	if sound(f.Fix) && len(f.Fix.Edits) > 0 {
		if fix := o.sarifFix(f); f.Fix.Safe {
			r.Fixes = []sarifFix{fix}
		} else {
			r.Properties = cmp.Or(r.Properties, &sarifProperties{})
			r.Properties.UnsafeFix = &fix
		}
	}
	if f.Suppressed != nil {
		r.Suppressions = append(r.Suppressions, o.sarifSuppression(f))
	}
	return r
}

func (o Options) sarifPlace(f *source.File, s source.Span) *sarifPhysical {
	return &sarifPhysical{o.sarifArtifact(f), newSARIFRegion(f, s)}
}

func (o Options) sarifArtifact(f *source.File) sarifArtifact {
	reference, below := uri(o.relative(f.Path))
	if !below {
		return sarifArtifact{URI: reference}
	}
	return sarifArtifact{reference, sarifRoot}
}

func newSARIFRegion(f *source.File, s source.Span) sarifRegion {
	start, end := at(f, s.Start), at(f, s.End)
	return sarifRegion{start.Line, start.UTF16 + 1, end.Line, end.UTF16 + 1, s.Start, s.Len()}
}

// sarifFix lists the edits of a fix in the order of the file.
func (o Options) sarifFix(f *lint.Finding) sarifFix {
	change := sarifChange{Artifact: o.sarifArtifact(f.File)}
	for _, e := range f.Fix.Edits {
		change.Replacements = append(change.Replacements, sarifReplacement{newSARIFRegion(f.File, e.Span), sarifContent{e.New}})
	}
	slices.SortStableFunc(change.Replacements, func(a, b sarifReplacement) int { return cmp.Compare(a.Deleted.ByteOffset, b.Deleted.ByteOffset) })
	return sarifFix{sarifMessage{sarifPlain(source.Visible(f.Fix.Title))}, []sarifChange{change}}
}

func (o Options) sarifSuppression(f *lint.Finding) sarifSuppression {
	s := f.Suppressed
	out := sarifSuppression{Kind: "external", Justification: source.Visible(s.Reason)}
	if s.By == lint.ByDirective {
		out.Kind = "inSource"
		if s.Span != (source.Span{}) {
			out.Location = &sarifLocation{Physical: o.sarifPlace(f.File, s.Span)}
		}
	}
	out.Properties = &sarifSilence{s.By.String(), day(s.Until)}
	return out
}

// sarifLink is what readers take for a link in a message.
var sarifLink = regexp.MustCompile(`\[[^\]]*\]\(`)

// sarifPlain is a text as a SARIF message, where `[a](b)` would be a link: its brackets are escaped.
func sarifPlain(s string) string {
	s = visible(s)
	if !sarifLink.MatchString(s) {
		return s
	}
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
}

func sarifText(f *lint.Finding) sarifMessage { return sarifMessage{sarifPlain(paragraph(f))} }

// sarifRules are the checks that fired, by code, and where each is in the list.
func sarifRules(result *lint.Result) ([]sarifRule, map[*lint.Check]int) {
	fired := map[*lint.Check]bool{}
	for _, list := range [][]lint.Finding{result.Findings, result.Suppressed} {
		for _, f := range list {
			fired[f.Check] = true
		}
	}
	checks := slices.SortedFunc(maps.Keys(fired), func(a, b *lint.Check) int { return cmp.Compare(a.Code, b.Code) })
	rules, index := []sarifRule{}, map[*lint.Check]int{}
	for i, c := range checks {
		rules, index[c] = append(rules, newSARIFRule(c)), i
	}
	return rules, index
}

// sarifStanding is how code hosts rank a rule. An error is proved or follows from a complete table; what rests on an assumption is
// never an error (severity policy of the check catalogue).
var sarifStanding = map[lint.Severity]struct{ precision, problem string }{
	lint.Error:   {"very-high", "error"},
	lint.Warning: {"high", "warning"},
	lint.Info:    {"medium", "recommendation"},
}

func newSARIFRule(c *lint.Check) sarifRule {
	standing := sarifStanding[c.Severity]
	return sarifRule{
		ID: c.Code, Name: c.Name,
		Short:         sarifMessage{cmp.Or(c.Doc.Title, c.Name)},
		Full:          sarifMessage{cmp.Or(c.Doc.What, c.Doc.Title, c.Name)},
		Help:          sarifHelp{helpText(c), helpMarkdown(c)},
		URI:           Page(c),
		Configuration: sarifConfiguration{sarifLevels[c.Severity]},
		Properties: sarifRuleProperties{
			Tags: []string{"sigma", lint.Families[c.Family()]}, Precision: standing.precision, Problem: standing.problem,
		},
	}
}

// helpParts are what there is to say about a check besides what it looks for.
func helpParts(c *lint.Check) (parts [][2]string) {
	for _, part := range [][2]string{
		{"Why it matters", c.Doc.Why}, {"What it assumes", c.Doc.Assumes}, {"How to fix it", c.Doc.Fix},
		{"Read on", strings.Join(c.Doc.References, "\n")},
	} {
		if part[1] != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// helpText is the documentation of a check as plain text.
func helpText(c *lint.Check) string {
	var b strings.Builder
	b.WriteString(cmp.Or(c.Doc.What, c.Doc.Title, c.Name) + "\n")
	for _, part := range helpParts(c) {
		b.WriteString("\n" + part[0] + ": " + part[1] + "\n")
	}
	return b.String()
}

// helpMarkdown is the documentation of a check with its examples.
func helpMarkdown(c *lint.Check) string {
	var b strings.Builder
	b.WriteString(cmp.Or(c.Doc.What, c.Doc.Title, c.Name) + "\n")
	for _, part := range helpParts(c) {
		b.WriteString("\n### " + part[0] + "\n\n" + strings.ReplaceAll(part[1], "\n", "\n\n") + "\n")
	}
	for _, example := range [][2]string{{"Bad", c.Doc.Bad}, {"Good", c.Doc.Good}} {
		if example[1] != "" {
			b.WriteString("\n### " + example[0] + "\n\n```yaml\n" + strings.TrimSuffix(example[1], "\n") + "\n```\n")
		}
	}
	return b.String()
}
