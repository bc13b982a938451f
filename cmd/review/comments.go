package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/cmd/review/forge"
	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/fix"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/source"
)

// maxComments is how many findings become comments of their own: a reviewer who gets more reads none. The summary lists the others.
const maxComments = 30

// Draft is the review as comments: the summary, and what belongs to single lines that the change wrote. A finding on other lines is in the
// summary alone. Of many, those with a suggestion come first, then by severity; remarks without a suggestion get no comment.
func (r *Review) Draft(written func(path string, line int, text string) bool) (forge.Draft, error) {
	var summary strings.Builder
	if err := Markdown(&summary, r); err != nil {
		return forge.Draft{}, err
	}
	out := forge.Draft{Summary: summary.String()}
	seen := map[string]int{}
	taken := map[string]map[int]bool{} // lines that a suggestion replaces: whoever applies it makes any other for them wrong
	for _, f := range r.findings() {
		c, ok := r.comment(f, written, taken)
		if !ok {
			continue
		}
		if c.Suggests {
			if taken[c.Path] == nil {
				taken[c.Path] = map[int]bool{}
			}
			for n := c.From; n <= c.To; n++ {
				taken[c.Path][n] = true
			}
		}
		seen[c.Fingerprint]++
		if n := seen[c.Fingerprint]; n > 1 {
			c.Fingerprint = fmt.Sprintf("%s-%d", c.Fingerprint, n)
		}
		out.Comments = append(out.Comments, c)
	}
	slices.SortStableFunc(out.Comments, func(a, b forge.Comment) int {
		return rank(a) - rank(b)
	})
	if len(out.Comments) > maxComments {
		out.Comments = out.Comments[:maxComments]
	}
	return out, nil
}

func rank(c forge.Comment) int {
	if c.Suggests {
		return 0
	}
	return 1
}

// comment is a finding as a comment on its lines, if every one of them was written by the change. The worst finding of a line makes its
// suggestion.
func (r *Review) comment(f *lint.Finding, written func(path string, line int, text string) bool, taken map[string]map[int]bool) (forge.Comment, bool) {
	c := forge.Comment{Path: r.Path(f.File.Path), Fingerprint: r.fingerprint(f)}
	lines := strings.SplitAfter(string(f.File.Data), "\n")
	all := func(from, to int) bool {
		for n := from; n <= to; n++ {
			if n < 1 || n > len(lines) || !written(c.Path, n, strings.TrimSuffix(lines[n-1], "\n")) {
				return false
			}
		}
		return from <= to
	}
	body := fmt.Sprintf("%s: %s", signs[f.Severity], prose(source.Visible(f.Message)))
	if f.Help != "" {
		body += "\n\n" + prose(source.Visible(f.Help))
	}
	body += fmt.Sprintf("\n\n<sub>[%s %s](%s)</sub>", f.Check.Code, f.Check.Name, report.Page(f.Check))
	c.Body = body
	free := func(from, to int) bool {
		for n := from; n <= to; n++ {
			if taken[c.Path][n] {
				return false
			}
		}
		return true
	}
	if from, to, text, ok := Suggestion(f); ok && all(from, to) && free(from, to) {
		c.From, c.To, c.Suggests, c.Suggestion = from, to, true, text
		return c, true
	}
	c.To = f.File.LineAt(f.Span.Start)
	c.From = c.To
	return c, f.Severity >= lint.Warning && all(c.From, c.To)
}

// fingerprint tells findings apart across pushes: by check, rule and place in words, not by line.
func (r *Review) fingerprint(f *lint.Finding) string {
	of := f.Subject.ID
	if of == "" {
		of = fmt.Sprintf("%s#%d", r.Path(f.File.Path), f.Subject.Document)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Check.Code, of, f.Place.Path, f.Place.Value}, "\x00")))
	return hex.EncodeToString(sum[:12]) // 96 bits: comments of one pull request
}

// Suggestion is what a safe fix makes of the lines from..to (1-based, both included); no line at all removes them. The fix is applied alone and
// verified. Lines that a forge could not replace exactly, because they end in a carriage return or differ in nothing but the end of the file, give
// none.
func Suggestion(f *lint.Finding) (from, to int, lines []string, ok bool) {
	if f.Fix == nil || !f.Fix.Safe || f.File == nil {
		return 0, 0, nil, false
	}
	before := f.File.Data
	if bytes.ContainsRune(before, '\r') || len(before) == 0 {
		return 0, 0, nil, false
	}
	file := source.Parse(f.File.Path, before, source.Limits{})
	outcome := fix.Apply(file, func(now *source.File) []lint.Finding {
		if bytes.Equal(now.Data, before) {
			return []lint.Finding{*f}
		}
		return nil
	}, fix.Options{})
	if len(outcome.Applied) != 1 {
		return 0, 0, nil, false
	}
	old, new := linesOf(before), linesOf(outcome.Data())
	if slices.Equal(old, new) {
		return 0, 0, nil, false
	}
	start := 0
	for start < len(old) && start < len(new) && old[start] == new[start] {
		start++
	}
	end := 0
	for end < len(old)-start && end < len(new)-start && old[len(old)-1-end] == new[len(new)-1-end] {
		end++
	}
	if start == len(old)-end { // lines are only added: they go with the line above
		if start == 0 {
			return 0, 0, nil, false
		}
		start--
	}
	return start + 1, len(old) - end, new[start : len(new)-end], true
}

// linesOf are the lines of a text without their ends.
func linesOf(data []byte) []string {
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}
