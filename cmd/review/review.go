package review

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/tuning/replay"
)

// Review is everything there is to say about a change.
type Review struct {
	Since  string // the revision as the user named it
	Commit string // its full name

	Lint     *lint.Result // what the change brought in, and what it brought in and silenced
	Changes  *revision.Comparison
	Tests    []*replay.Result
	Problems []error // of files of tests
	Hints    []Hint
	Notes    []string // what a reader has to know about how the review was made; backticks mark code

	Options   report.Options // where paths of findings start; Root is that of the repository
	Threshold lint.Severity  // of findings that fail the review, zero for none
}

// Hint is a false positive that a changed rule documents and that could be a filter.
type Hint struct {
	Path     string // from the root of the repository
	Rule     string // title
	ID       string
	Scenario string
	Name     string // of the identifier
	Block    string // the identifier as YAML, indented as in the rule
	Grade    string // A or B (spec: what makes a proposal trustworthy)
}

// worst first, then by place.
func (r *Review) findings() []*lint.Finding {
	var out []*lint.Finding
	for i := range r.Lint.Findings {
		out = append(out, &r.Lint.Findings[i])
	}
	slices.SortStableFunc(out, func(a, b *lint.Finding) int { return int(b.Severity) - int(a.Severity) })
	return out
}

// Path is where a file is, from the root of the repository, with slashes.
func (r *Review) Path(path string) string {
	absolute := path
	if !filepath.IsAbs(path) {
		absolute = filepath.Join(r.Options.Dir, path)
	}
	if relative, err := filepath.Rel(r.Options.Root, absolute); err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
		path = relative
	}
	return filepath.ToSlash(path)
}

// lost counts the documents that detect less for certain, and those of which it could not be decided.
func (r *Review) lost() (lost, unsure int) {
	count := func(yes, perhaps bool) {
		switch {
		case yes:
			lost++
		case perhaps:
			unsure++
		}
	}
	for i := range r.Changes.Rules {
		count(r.Changes.Rules[i].Loses())
	}
	for i := range r.Changes.Filters {
		count(r.Changes.Filters[i].Loses())
	}
	for i := range r.Changes.Correlations {
		count(r.Changes.Correlations[i].Loses())
	}
	return lost, unsure
}

// Lost reports a detection that was lost for certain.
func (r *Review) Lost() bool { lost, _ := r.lost(); return lost > 0 }

// Undecided reports a loss that could be neither shown nor ruled out.
func (r *Review) Undecided() bool { _, unsure := r.lost(); return unsure > 0 }

// changed is how many documents differ.
func (r *Review) changed() int {
	return len(r.Changes.Rules) + len(r.Changes.Filters) + len(r.Changes.Correlations) + len(r.Changes.Skipped)
}

// Status sums tests up.
func (r *Review) Status() (passed, failed, broken int) {
	for _, t := range r.Tests {
		switch t.Status {
		case replay.Passed:
			passed++
		case replay.Failed:
			failed++
		default:
			broken++
		}
	}
	return passed, failed, broken + len(r.Problems)
}

// Headline is the review in one line: what a reviewer wants to know first.
func (r *Review) Headline() string {
	var parts []string
	if n := len(r.Lint.Findings); n == 0 {
		parts = append(parts, "no new finding")
	} else {
		count := r.Lint.Count()
		var kinds []string
		for _, s := range []lint.Severity{lint.Error, lint.Warning, lint.Info} {
			if count[s] == 0 {
				continue
			}
			name := map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Info: "remark"}[s]
			kinds = append(kinds, report.Plural(count[s], name))
		}
		parts = append(parts, strings.Join(kinds, ", ")+" new")
	}
	lost, unsure := r.lost()
	switch {
	case lost > 0:
		parts = append(parts, "detections lost in "+report.Plural(lost, "document"))
	case unsure > 0:
		parts = append(parts, "losses not decided in "+report.Plural(unsure, "document"))
	case r.changed() == 0:
		parts = append(parts, "no rule changed")
	default:
		parts = append(parts, "no detection lost")
	}
	passed, failed, broken := r.Status()
	switch total := passed + failed + broken; {
	case total == 0:
	case failed+broken == 0:
		parts = append(parts, report.Plural(total, "test")+" passed")
	default:
		parts = append(parts, fmt.Sprintf("%d of %s failed", failed+broken, report.Plural(total, "test")))
	}
	if n := len(r.Lint.Suppressed); n > 0 {
		parts = append(parts, fmt.Sprintf("%d silenced", n))
	}
	return strings.Join(parts, " · ")
}
