package checks

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// The claim: for every finding on live and legacy rules, on the examples and on a mutation corpus, the marked text is what the message quotes.

func TestMarkedTextIsWhatTheMessageQuotes(t *testing.T) {
	corpus := corpustest.Open(t)
	marks := marks{t: t, checks: map[string]int{}, wrong: map[string]int{}}
	live := corpus.LiveRules(t)
	marks.add(publishedFindings(t, corpus))
	marks.add(lintAll(t, corpus.LegacyRules(t), lint.Recommended))
	for k, m := range textMutations {
		var mutated []corpustest.File
		for i := k; i < len(live); i += mutatedEvery {
			if text := m.apply(string(live[i].Data), rand.New(rand.NewPCG(uint64(i), 1))); text != "" {
				mutated = append(mutated, corpustest.File{Path: live[i].Path, Data: []byte(text)})
			}
		}
		begin := time.Now()
		marks.add(lintAll(t, mutated, lint.Strict))
		if took := time.Since(begin); took > time.Second {
			t.Logf("%s: %v for %d rules", m.name, took, len(mutated))
		}
	}
	marks.summary()
}

func TestMarkedTextIsWhatTheMessageQuotesInExamples(t *testing.T) {
	marks := marks{t: t, checks: map[string]int{}, wrong: map[string]int{}}
	for _, c := range All() {
		for _, text := range []string{c.Doc.Bad, c.Doc.Good} {
			if text != "" {
				path := c.Doc.Path
				if path == "" {
					path = "proc_creation_lnx_example.yml"
				}
				marks.add(lintAll(t, []corpustest.File{{Path: path, Data: []byte(text)}}, lint.Strict))
			}
		}
	}
	for _, s := range seeds {
		marks.add(lintAll(t, []corpustest.File{{Path: "proc_creation_win_openfiles.yml", Data: []byte(s.seeded(t))}}, lint.Strict))
	}
	marks.summary()
}

// marks judges the marks of findings.
type marks struct {
	t      *testing.T
	checks map[string]int // findings by code
	wrong  map[string]int
}

// shownWrong is how many wrong marks of one check are printed.
const shownWrong = 4

func (m *marks) add(findings []lint.Finding) {
	for i := range findings {
		f := &findings[i]
		m.checks[f.Check.Code]++
		if fault := faultOfMark(f); fault != "" {
			if m.wrong[f.Check.Code]++; m.wrong[f.Check.Code] <= shownWrong {
				pos := f.File.Pos(f.Span.Start)
				m.t.Errorf("%s %s: %s\n  message: %s\n  marked:  %q\n  in %s:%d:%d", f.Check.Code, f.Check.Name, fault, f.Message, f.File.Text(f.Span), filepath.Base(f.File.Path), pos.Line, pos.Column)
			}
		}
	}
}

func (m *marks) summary() {
	total, wrong := 0, 0
	for code, n := range m.checks {
		total, wrong = total+n, wrong+m.wrong[code]
	}
	m.t.Logf("%d findings of %d checks, %d marks wrong", total, len(m.checks), wrong)
}

var messageQuote = regexp.MustCompile("`([^`]*)`")

// faultOfMark says what is wrong with the place of a finding, nothing when it is right.
func faultOfMark(f *lint.Finding) string {
	data, s := f.File.Data, f.Span
	switch {
	case s.Start < 0 || s.End < s.Start || s.End > len(data):
		return fmt.Sprintf("the span %v lies outside the file of %d bytes", s, len(data))
	case s.Len() == 0 && !marksNothing[f.Check.Name]:
		return "nothing is marked"
	case source.Visible(f.Message+f.Help) != f.Message+f.Help:
		return "the message holds a character that is not printed raw"
	case s.Start < len(data) && !utf8.RuneStart(data[s.Start]) || s.End < len(data) && !utf8.RuneStart(data[s.End]):
		if utf8.Valid(data) {
			return "the span cuts a character"
		}
	}
	if strings.Contains(f.File.Text(s), "`") {
		return "" // where such a quote ends cannot be told
	}
	e := elsewhere[f.Check.Name]
	if e.nowhere {
		return ""
	}
	for _, q := range messageQuote.FindAllStringSubmatch(f.Message, -1) {
		if marksQuote(f, q[1]) {
			return ""
		}
		// A message may begin with where it is: the attribute, the identifier, the field, the modifier. What it says of it comes next.
		if !onTheWay(f, q[1]) && e.why == "" {
			return "the message quotes what is not marked"
		}
	}
	if e.why != "" {
		return "no quote of the message is marked"
	}
	return "" // it names the keys that the mark stands below, and nothing else
}

// marksQuote reports whether a quote stands in the marked text, as written or decoded, or is the marked text with its key or the rest of its line.
func marksQuote(f *lint.Finding, quote string) bool {
	quote = strings.TrimSuffix(quote, ": null") // a missing value is marked at its item
	marked := f.File.Text(f.Span)
	for _, form := range formsOf(marked) {
		if holds(plain(form), plain(quote)) {
			return true
		}
	}
	around := f.File.Text(source.Span{Start: f.File.LineSpan(f.File.LineAt(f.Span.Start)).Start, End: f.File.LineSpan(f.File.LineAt(f.Span.End)).End})
	if f.Check.Family() == "04" && strings.Contains(strings.ToLower(around), strings.ToLower(quote)) {
		return true // tags are named in lower case, as they are to be written
	}
	whole := lastKey(f) + ": " + marked
	for _, form := range append(formsOf(around), source.Visible(whole)) {
		if holds(plain(form), plain(quote)) && (strings.Contains(quote, "…") || strings.Contains(plain(quote), plain(source.Visible(marked)))) {
			return true
		}
	}
	// A value over several lines is marked on its first.
	return f.Span.End == f.File.LineSpan(f.File.LineAt(f.Span.Start)).End && strings.HasPrefix(plain(quote), plain(source.Visible(marked)))
}

// onTheWay reports whether a quote is one of the keys above the marked place, or the field of one.
func onTheWay(f *lint.Finding, quote string) bool {
	for _, key := range strings.Split(f.Place.Path, "/") {
		key = unescaped.Replace(key)
		if quote == source.Shorten(key) || slices.Contains(strings.Split(key, "|"), quote) {
			return true
		}
	}
	line := f.File.LineText(f.File.LineAt(f.Span.Start)) // templates of several documents have no path
	return strings.HasPrefix(strings.TrimSpace(line), quote+":")
}

func lastKey(f *lint.Finding) string {
	return unescaped.Replace(f.Place.Path[strings.LastIndex(f.Place.Path, "/")+1:])
}

// unescaped undoes the escapes of a path.
var unescaped = strings.NewReplacer("~1", "/", "~0", "~")

// plain is a text without quotation marks and blanks: a message may show a value without its quotes, and on one line.
func plain(s string) string {
	s = strings.ReplaceAll(s, `\x0a`, "")
	return strings.Map(func(r rune) rune {
		if r == '\'' || r == '"' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// formsOf gives the forms of a marked text that a message may quote: as written, decoded, and with hidden characters made visible.
func formsOf(text string) []string {
	out := []string{text}
	file := source.Parse("", []byte(strings.TrimSpace(text)), source.Limits{})
	for _, d := range file.Documents {
		if d.Root != nil {
			d.Root.Walk(func(_ string, n *source.Node) bool {
				out = append(out, n.Value)
				return true
			})
		}
	}
	for _, form := range slices.Clone(out) {
		out = append(out, source.Visible(form))
	}
	return out
}

// holds reports whether a text contains a quote, which may have been shortened in the middle.
func holds(text, quote string) bool {
	before, after, cut := strings.Cut(quote, "…")
	at := strings.Index(text, before)
	return at >= 0 && (!cut || strings.Contains(text[at+len(before):], after))
}

// marksNothing are checks about what is missing: an empty place is what they are about.
var marksNothing = map[string]bool{"empty-document": true, "missing-final-newline": true, "comma-spacing": true}

// exception says why the first quote of a check's messages is not what is marked.
type exception struct {
	why string
	// nowhere: no quote of the message stands at the mark. Otherwise a later one does.
	nowhere bool
}

const (
	markAbsent  = "what is missing has no place: the mark is where it belongs"
	markAnother = "it names another rule, or what it proves about this one; the mark is the rule's own part of it"
	markTable   = "it begins with the log source that was looked up"
	markWhole   = "it begins with the value that the marked character or entry is part of"
	markPath    = "the name of a file stands nowhere in it"
	markPartner = "it begins with the other part of a clash"
)

// elsewhere are the checks whose messages do not begin with what is marked, by name.
var elsewhere = map[string]exception{
	"missing-title": {markAbsent, true}, "missing-logsource": {markAbsent, true}, "missing-condition": {markAbsent, true}, "unknown-document-kind": {markAbsent, true},
	"missing-id": {markAbsent, true}, "missing-level": {markAbsent, true}, "missing-status": {markAbsent, true}, "missing-description": {markAbsent, true},
	"missing-author": {markAbsent, true}, "missing-date": {markAbsent, true}, "missing-references": {markAbsent, true}, "missing-falsepositives": {markAbsent, true},
	"detection-tag-folder": {markAbsent, true},

	"unknown-field": {markTable, false}, "misspelt-field": {markTable, false}, "field-of-other-logsource": {markTable, false}, "unknown-group-by-field": {markTable, false},
	"filename-length": {markPath, true}, "filename-pattern": {markPath, true}, "filename-prefix": {markPath, true}, "correlation-filename": {markPath, true},
	"file-extension": {markPath, true}, "duplicate-filename": {markPath, true},
	"unknown-logsource": {"a log source is one thing in two or three lines: its key is marked", true},

	"multi-line-value": {"a text block is marked at its indicator", true},
	"malformed-tag":    {markWhole, true}, "control-character": {markWhole, true}, "malformed-related": {markWhole, true},
	"mixed-document-kind": {markPartner, false}, "identifier-case-clash": {markPartner, false}, "too-few-correlated-rules": {markPartner, false},
	"exclusion-swallows-branch": {markPartner, false}, "exclusion-swallows-value": {markPartner, false}, "malformed-suppression": {"it begins with what is missing", false},
	"identifier-in-both-polarities": {"it names an identifier that the marked pattern means", true},

	"rule-never-matches": {markAnother, true}, "rule-never-matches-in-domain": {markAnother, true}, "rule-always-matches": {markAnother, true}, "dead-alternative": {markAnother, true},
	"duplicate-rule": {markAnother, true}, "subsumed-by-higher-rule": {markAnother, true}, "subsumed-by-equal-rule": {markAnother, true}, "undeclared-narrower-rule": {markAnother, true},
	"one-sided-similar": {markAnother, true}, "obsolete-still-live": {markAnother, true}, "filter-without-effect": {markAnother, true}, "filter-swallows-target": {markAnother, true}, "filter-swallows-branch": {markAnother, true},
	"wide-filter": {markAnother, true}, "overlapping-filters": {markAnother, true},
	"generate-not-boolean": {"it names the key, then what is allowed", true},
	"yaml-syntax":          {"some mistakes show where the keys around the mark belong", true},
}

// mutatedEvery is the distance of the published rules that are mutated: one in so many, for time.
const mutatedEvery = 90

// textMutation spoils the text of a rule. It gives an empty text where it finds nothing to spoil.
type textMutation struct {
	name  string
	apply func(text string, random *rand.Rand) string
}

// replaceOne replaces one match of an expression, chosen at random, by the template.
func replaceOne(expression, template string) func(string, *rand.Rand) string {
	re := regexp.MustCompile("(?m)" + expression)
	return func(text string, random *rand.Rand) string {
		all := re.FindAllStringSubmatchIndex(text, -1)
		if len(all) == 0 {
			return ""
		}
		at := all[random.IntN(len(all))]
		return text[:at[0]] + string(re.ExpandString(nil, template, text, at)) + text[at[1]:]
	}
}

// someLine changes one line, chosen at random.
func someLine(change func(line string) string) func(string, *rand.Rand) string {
	return func(text string, random *rand.Rand) string {
		lines := strings.SplitAfter(text, "\n")
		i := random.IntN(len(lines))
		lines[i] = change(lines[i])
		return strings.Join(lines, "")
	}
}

var textMutations = []textMutation{
	{"a line lost", someLine(func(string) string { return "" })},
	{"a line twice", someLine(func(l string) string { return l + l })},
	{"a line indented", someLine(func(l string) string { return "  " + l })},
	{"a tab", someLine(func(l string) string { return "\t" + l })},
	{"a line in capitals", someLine(strings.ToUpper)},
	{"a line cut", someLine(func(l string) string { return l[:len(l)/2] + "\n" })},
	{"a modifier misspelt", replaceOne(`\|(contains|endswith|startswith)`, "|${1}s")},
	{"another modifier", replaceOne(`\|(contains|endswith|startswith)`, "|re")},
	{"a modifier for addresses", replaceOne(`\|(contains|endswith|startswith)`, "|cidr")},
	{"a modifier for numbers", replaceOne(`\|(contains|endswith|startswith)`, "|gte")},
	{"a modifier for encoding", replaceOne(`\|(contains|endswith|startswith)`, "|base64offset|$1|windash")},
	{"no modifier", replaceOne(`\|(contains|endswith|startswith)(\|all)?:`, ":")},
	{"all", replaceOne(`\|(contains|endswith|startswith):`, "|$1|all:")},
	{"a value with stars", replaceOne(`: '([^'\n]+)'$`, ": '*$1**'")},
	{"a value with blanks", replaceOne(`- '([^'\n]+)'$`, "- ' $1 '")},
	{"an empty value", replaceOne(`- '([^'\n]+)'$`, "- ''")},
	{"no value", replaceOne(`: '([^'\n]+)'$`, ":")},
	{"a value twice", replaceOne(`^( *- '[^'\n]+')$`, "$1\n$1")},
	{"a value in capitals", func(text string, random *rand.Rand) string {
		return replaceOne(`^( *- ')([^'\n]+)'$`, "$1$2'\n${1}X$2'")(text, random)
	}},
	{"a value in double quotes", replaceOne(`'([^'\n"]+)'$`, `"$1"`)},
	{"a value with wide and hidden characters", replaceOne(`'([^'\n]+)'$`, "'日本\u200b語 “$1” \u202e'")},
	{"a plain value", replaceOne(`'([^'\n]+)'$`, "$1")},
	{"a number", replaceOne(`'([^'\n]+)'$`, "0123")},
	{"a long value", replaceOne(`'([^'\n]+)'$`, "'$1"+strings.Repeat(" and again", 12)+"'")},
	{"a text block", replaceOne(`^( +)([^\s:]+): '([^'\n]+)'$`, "$1$2: |\n$1    $3\n$1    more")},
	{"a field misspelt", replaceOne(`^( +)([A-Z][A-Za-z]+)(\||:)`, "$1${2}x$3")},
	{"a field in lower case", replaceOne(`^( +)C(ommandLine|urrentDirectory)`, "${1}c$2")},
	{"an identifier renamed", replaceOne(`^    (selection|filter)[a-z_]*:$`, "    other:")},
	{"an identifier that is empty", replaceOne(`^    (selection[a-z_]*):\n(?:     .*\n)+`, "    $1:\n")},
	{"or", replaceOne(`^(    condition: .*) and `, "$1 or ")},
	{"no not", replaceOne(`^(    condition: .*) not `, "$1 ")},
	{"not not", replaceOne(`^(    condition: .*) not `, "$1 not not ")},
	{"a condition of all", replaceOne(`^    condition: .*$`, "    condition: all of them")},
	{"a condition on nothing", replaceOne(`^    condition: .*$`, "    condition: selectoin and 1 of filtr_* | count() > 5")},
	{"a folded condition", replaceOne(`^    condition: (\S+) (.*)$`, "    condition: >-\n        $1\n        $2 and not nothing")},
	{"a category misspelt", replaceOne(`^    category: (\S+)$`, "    category: ${1}s")},
	{"a product misspelt", replaceOne(`^    product: (\S+)$`, "    product: ${1}x")},
	{"no log source", replaceOne(`^logsource:\n(?:  .*\n)+`, "logsource: {}\n")},
	{"a tag misspelt", replaceOne(`attack\.t(\d+)`, "attack.T$1.9")},
	{"no tactic", replaceOne(`^    - attack\.[a-z-]+\n`, "")},
	{"a date with slashes", replaceOne(`^(date|modified): (\d+)-(\d+)-(\d+)$`, "$1: $2/$3/$4")},
	{"a date that is none", replaceOne(`^(date|modified): (\d+)-(\d+)-(\d+)$`, "$1: $2-13-$4")},
	{"an attribute misspelt", replaceOne(`^(status|level|author|title|description):`, "${1}x:")},
	{"an attribute without value", replaceOne(`^(status|level|author|title|description|id):.*$`, "$1:")},
	{"an attribute as list", replaceOne(`^(status|level|author|title|id): (.*)$`, "$1: [$2]")},
	{"a list as text", replaceOne(`^(tags|references|falsepositives):\n    - (.*)$`, "$1: $2")},
	{"a status", replaceOne(`^(status|level): .*$`, "$1: very")},
	{"another id", replaceOne(`^id: (.{8})-(.*)$`, "id: $1$2")},
	{"lines of Windows", func(text string, _ *rand.Rand) string { return strings.ReplaceAll(text, "\n", "\r\n") }},
	{"a mark of byte order", func(text string, _ *rand.Rand) string { return "\ufeff" + text }},
	{"a directive", someLine(func(l string) string {
		return strings.TrimSuffix(l, "\n") + " # sigtune:ignore SIG9999,no-such-check until=2020-01-01\n"
	})},
	{"a correlation behind", func(text string, _ *rand.Rand) string {
		return text + "---\ntitle: Many\ncorrelation:\n    type: event_cuont\n    rules: [gone]\n    group-by: User\n    timespan: 5 m\n    condition:\n        gte: '1'\n        ltt: 3\n"
	}},
	{"a filter behind", func(text string, _ *rand.Rand) string {
		return text + "---\ntitle: Not Ours\nlogsource:\n    product: windwos\nfilter:\n    rules: gone\n    selection:\n        User|contains: ''\n    condition: selection\n"
	}},
}
