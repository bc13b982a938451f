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
	opened := opened(before, after)
	for _, reason := range []string{
		worseToRead(before, after, opened),
		unequal(before, after, list),
		stillThere(before, after, list),
		newFindings(before, after, opened),
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
	detection         // a part of a detection that had no meaning
	document          // a whole document
)

// opened finds out whether a fix made something readable: checks now see what was hidden from them, which is no reason against the fix.
func opened(before, after *state) opening {
	if broken(before) > broken(after) || known(before) < known(after) {
		return document
	}
	if unread(before) > unread(after) {
		return detection
	}
	return nothing
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
		if count(after.findings, check, 0) > count(before.findings, check, 0)-applied[check] {
			return "the finding would still be there"
		}
	}
	return ""
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
func newFindings(before, after *state, opened opening) string {
	for i := range after.guard {
		f := &after.guard[i]
		if f.Severity < lint.Warning {
			continue
		}
		family := f.Check.Family()
		if opened == document && family > "00" || opened == detection && family > "02" {
			continue
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
