package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// Summary is one line: how many findings in how much.
func Summary(result *lint.Result, palette Palette) string {
	count := result.Count()
	scope := fmt.Sprintf("%s in %s", Plural(result.Documents, "document"), Plural(result.Files, "file"))
	if result.Tests > 0 {
		scope += fmt.Sprintf(" · %s left to sigtune test", Plural(result.Tests, "test file"))
	}
	if n := len(result.Suppressed); n > 0 {
		scope += fmt.Sprintf(" · %d suppressed", n)
	}
	if len(result.Findings) == 0 {
		return palette.Good("No findings") + " · " + scope
	}
	var parts []string
	for _, s := range []lint.Severity{lint.Error, lint.Warning, lint.Info} {
		if count[s] > 0 {
			name := s.String()
			if s != lint.Info {
				parts = append(parts, Plural(count[s], name))
			} else {
				parts = append(parts, fmt.Sprintf("%d info", count[s]))
			}
		}
	}
	return strings.Join(parts, ", ") + " · " + scope
}

// nextSteps says what can be done about the findings: what fixes itself, and where to read about the worst one.
func nextSteps(result *lint.Result) string {
	if len(result.Findings) == 0 {
		return ""
	}
	safe, unsafe := 0, 0
	worst := &result.Findings[0]
	for i := range result.Findings {
		f := &result.Findings[i]
		if f.Severity > worst.Severity {
			worst = f
		}
		switch {
		case f.Fix == nil:
		case f.Fix.Safe:
			safe++
		default:
			unsafe++
		}
	}
	var parts []string
	switch {
	case safe > 0 && unsafe > 0:
		parts = append(parts, fmt.Sprintf("%d fixable with --fix, %d more with --unsafe-fixes", safe, unsafe))
	case safe > 0:
		parts = append(parts, fmt.Sprintf("%d fixable with --fix", safe))
	case unsafe > 0:
		parts = append(parts, fmt.Sprintf("%d fixable with --fix --unsafe-fixes", unsafe))
	}
	return strings.Join(append(parts, "more: sigtune explain "+worst.Check.Code), " · ")
}

// Plural is a number with its noun, in the plural unless it is one.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Statistics prints how often each check fired with each severity, the most frequent first.
func Statistics(w io.Writer, result *lint.Result) error {
	type row struct {
		check    *lint.Check
		severity lint.Severity
	}
	count := map[row]int{}
	for _, f := range result.Findings {
		count[row{f.Check, f.Severity}]++
	}
	rows := slices.SortedFunc(maps.Keys(count), func(a, b row) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.check.Code, b.check.Code), cmp.Compare(b.severity, a.severity))
	})
	for _, r := range rows {
		if _, err := fmt.Fprintf(w, "%6d  %-7s  %s  %s\n", count[r], r.severity, r.check.Code, r.check.Name); err != nil {
			return err
		}
	}
	return nil
}
