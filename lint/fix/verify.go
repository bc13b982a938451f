package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// state is a file with all that is compared before and after a fix.
type state struct {
	file      *source.File
	documents []rules.Document
	problems  map[string]int // of reading, by kind
	findings  []lint.Finding // of run
	guard     []lint.Finding // of Options.Verify
}

// read parses a file into documents.
func read(f *source.File) *state {
	documents, problems := rules.Parse(f)
	s := &state{file: f, documents: documents, problems: map[string]int{}}
	for _, d := range documents {
		problems = append(problems, d.Base().Problems...)
	}
	for _, p := range append(problems, f.Problems...) {
		s.problems[p.Kind]++
	}
	return s
}

// look reads and lints a file.
func (s *session) look(f *source.File) *state {
	out := read(f)
	out.findings = s.run(f)
	out.guard = out.findings
	if s.options.Verify != nil {
		out.guard = s.options.Verify(f)
	}
	return out
}

// verify says why the result of fixes is not acceptable, or nothing.
func verify(before, after *state, list []candidate) string {
	opened := opened(before, after, list)
	for _, reason := range []string{
		worseToRead(before, after, opened),
		unequal(before, after, list),
		stillThere(before, after, list),
		newFindings(before, after, list, opened),
		lostComment(before, after, list),
		mixedLineEnds(before, after),
	} {
		if reason != "" {
			return reason
		}
	}
	return ""
}

// unequal says what safe fixes change in the meaning of the documents beyond what is excepted for their checks.
func unequal(before, after *state, list []candidate) string {
	var allowed []exception
	for _, c := range list {
		if !c.finding.Fix.Safe {
			return "" // whoever applies it accepts the change
		}
		if e, ok := exceptions[c.finding.Check.Name]; ok {
			allowed = append(allowed, e)
		}
	}
	return compare(before, after, allowed)
}

// opening is what fixes made readable that was not.
type opening uint8

const (
	nothing   opening = iota
	detection         // a part of a detection that had no meaning, or a name that nothing was known of
	document          // a whole document
)

// opened finds out whether a fix made something readable: checks now see what was hidden from them, which is no reason against the fix.
func opened(before, after *state, list []candidate) opening {
	if broken(before) > broken(after) || known(before) < known(after) {
		return document
	}
	if unread(before) > unread(after) || slices.ContainsFunc(list, func(c candidate) bool { return givesMeaning[c.finding.Check.Name] }) {
		return detection
	}
	return nothing
}

// givesMeaning are the checks whose fixes turn an unknown name into a known one. What is known of log sources and fields then applies to values
// that the fix does not touch.
var givesMeaning = map[string]bool{
	"attribute-not-lowercase": true, "unknown-document-kind": true,
	"unknown-logsource-key": true, "logsource-not-lowercase": true, "malformed-logsource-value": true, "misspelt-logsource": true,
	"field-case": true, "misspelt-field": true, "field-name-whitespace": true,
	// A filter that begins to apply to a rule can now be seen to do too little or too much there.
	"inverted-filter": true, "unresolved-filter-rule": true, "filter-logsource-mismatch": true,
}

func broken(s *state) (n int) {
	for _, d := range s.file.Documents {
		if d.Broken {
			n++
		}
	}
	return n
}

func known(s *state) (n int) {
	for _, d := range s.documents {
		if _, ok := d.(*rules.Unknown); !ok {
			n++
		}
	}
	return n
}

// worseToRead names a problem of reading that was not there before.
func worseToRead(before, after *state, opened opening) string {
	if broken(after) > broken(before) {
		return "the result is not well-formed YAML"
	}
	kinds := make([]string, 0, len(after.problems))
	for kind := range after.problems {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		if after.problems[kind] > before.problems[kind] && (opened == nothing || kind == source.KindSyntax) {
			return "the result has a new problem: " + kind
		}
	}
	return ""
}

// stillThere names a check that finds as much as before.
func stillThere(before, after *state, list []candidate) string {
	applied := map[*lint.Check]int{}
	for _, c := range list {
		if !c.tree {
			applied[c.finding.Check]++
		}
	}
	for _, c := range list {
		check := c.finding.Check
		was, is := count(before.findings, check, 0), count(after.findings, check, 0)
		// Checks that show one place a value at a time find the next one: then the finding must be gone from its place.
		if is > was-applied[check] && (is > was || standsAt(after, check, moved(c.finding.Span, list))) {
			return "the finding would still be there"
		}
	}
	return ""
}

// standsAt reports a finding of a check that shares bytes with a span.
func standsAt(s *state, check *lint.Check, at source.Span) bool {
	return slices.ContainsFunc(s.findings, func(f lint.Finding) bool {
		return f.Check == check && f.Span.Start < at.End && at.Start < f.Span.End
	})
}

// moved is where a span stands behind the edits of candidates, with what they write in it.
func moved(s source.Span, list []candidate) source.Span {
	out := s
	for _, c := range list {
		for _, e := range c.finding.Fix.Edits {
			by := len(e.New) - e.Span.Len()
			if e.Span.End <= s.Start && e.Span.Start < s.Start {
				out.Start += by
			}
			if e.Span.Start < s.End || e.Span.End <= s.Start {
				out.End += by
			}
		}
	}
	return out
}

func count(findings []lint.Finding, check *lint.Check, atLeast lint.Severity) (n int) {
	for i := range findings {
		if findings[i].Check == check && findings[i].Severity >= atLeast {
			n++
		}
	}
	return n
}

// newFindings names an error or a warning that was not there before. Where the fix made something readable, only families that say
// whether a document loads count.
func newFindings(before, after *state, list []candidate, opened opening) string {
	for i := range after.guard {
		f := &after.guard[i]
		if f.Severity < lint.Warning {
			continue
		}
		family := f.Check.Family()
		if opened == document && family > "00" || opened == detection && family > "02" {
			continue
		}
		if slices.ContainsFunc(list, func(c candidate) bool { return slices.Contains(f.Check.YieldsTo, c.finding.Check.Name) }) {
			continue // it was there, and the finding that is gone stood for it
		}
		if count(after.guard, f.Check, f.Severity) > count(before.guard, f.Check, f.Severity) {
			if n := slices.IndexFunc(after.guard, func(g lint.Finding) bool {
				return g.Check == f.Check && g.Severity >= f.Severity && !has(before.guard, &g)
			}); n >= 0 {
				f = &after.guard[n]
			}
			return fmt.Sprintf("it would bring %s (%s): %s", f.Check.Code, f.Check.Name, f.Message)
		}
	}
	return ""
}

func has(findings []lint.Finding, f *lint.Finding) bool {
	return slices.ContainsFunc(findings, func(g lint.Finding) bool { return g.Check == f.Check && g.Message == f.Message })
}

// lostComment names a comment that the edits would take along.
func lostComment(before, after *state, list []candidate) string {
	for _, c := range list {
		if exceptions[c.finding.Check.Name].comments {
			return ""
		}
	}
	there := map[string]int{}
	for _, text := range comments(after.file) {
		there[text]++
	}
	for _, text := range comments(before.file) {
		if there[text]--; there[text] < 0 {
			return "it would lose the comment `" + source.Shorten(text) + "`"
		}
	}
	return ""
}

// comments are the texts of the comments, without their blanks: fixes may tidy those.
func comments(f *source.File) []string {
	var out []string
	for _, c := range f.Comments() {
		out = append(out, strings.Join(strings.Fields(f.Text(c.Span)), ""))
	}
	return out
}

// mixedLineEnds reports that all lines ended alike and would not any more.
func mixedLineEnds(before, after *state) string {
	if !mixed(before.file) && mixed(after.file) {
		return "it would mix line ends"
	}
	return ""
}

func mixed(f *source.File) bool {
	text := string(f.Data)
	crlf := strings.Count(text, "\r\n")
	return crlf > 0 && strings.Count(text, "\n") > crlf
}
