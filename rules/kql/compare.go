package kql

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Answer is the result of a comparison.
type Answer uint8

// The answers. Unknown is the zero value: nothing is claimed.
const (
	Unknown Answer = iota
	Yes
	No
)

// String is the answer in lower case.
func (a Answer) String() string { return [...]string{"unknown", "yes", "no"}[a] }

// Comparison says whether a query asks for what a rule's translation asks for.
type Comparison struct {
	Equivalent Answer
	Exact      bool   // equal byte for byte after squeezing white space
	Statement  string // one sentence: on what the answer rests
	Difference string // Equivalent is not Yes: the first difference in words; empty when the query could not be read

	// The first place where the two texts part: byte range in the query, and what stands there in both, shortened. Zero when
	// there is no translation.
	Span       source.Span
	Query      string
	Translated string

	// No: values of columns for which the two differ, empty columns left out; SelectedBy is "query" or "rule". Nil when the
	// two read different tables.
	Witness    map[string]string
	SelectedBy string

	Translation Query  // the rule in parity mode, of the dialect whose table the query reads
	Notes       []Note // where that translation itself is not what the rule says
}

// Compare compares a query, as a page shows it, with the translation of a rule: first with the parity mode's, then with the default
// mode's. Yes and No keep the contract of the package; whatever cannot be read or decided is Unknown, with the reason.
func Compare(r *rules.Rule, query string) Comparison {
	dialect := dialectOf(query)
	c := compare(r, query, Options{Dialect: dialect, Parity: true})
	if c.Equivalent == Yes {
		return c
	}
	if d := compare(r, query, Options{Dialect: dialect}); d.Equivalent == Yes {
		d.Exact, d.Translation = false, c.Translation
		d.Statement = "the query is the rule's with the reference's defects mended; " + d.Statement
		return d
	}
	return c
}

// dialectOf is the dialect that has the table which a query begins with; ASIM when none has.
func dialectOf(query string) Dialect {
	words := strings.FieldsFunc(query, func(r rune) bool { return !(r < utf8.RuneSelf && (isLetter(byte(r)) || r >= '0' && r <= '9')) })
	if len(words) > 0 && embedded[XDR]().named(words[0]) != nil {
		return XDR
	}
	return ASIM
}

func compare(r *rules.Rule, query string, o Options) Comparison {
	var c Comparison
	queries, notes, err := Translate(r, o)
	var failed *Error
	switch {
	case errors.As(err, &failed):
		c.Statement = "the rule has no query to compare with: " + failed.Causes[0].Message
		return c
	case len(queries) != 1:
		c.Statement = fmt.Sprintf("the rule makes %d queries, and one is compared", len(queries))
		return c
	}
	c.Translation, c.Notes = queries[0], notes
	if squeeze(query) == squeeze(c.Translation.Text) {
		c.Equivalent, c.Exact = Yes, true
		c.Statement = "the query is the rule's translation, character by character"
		return c
	}
	c.firstDifference(query)
	page, err := readQuery(query)
	if err != nil {
		c.unreadable("the query", err)
		return c
	}
	own, err := readQuery(c.Translation.Text)
	if err != nil {
		c.unreadable("the rule's translation", err)
		return c
	}
	c.decide(page, own, tableOf(o, c.Translation.Table))
	return c
}

func tableOf(o Options, name string) *table {
	if o.Tables != nil {
		return o.Tables.named(name)
	}
	return embedded[o.Dialect]().named(name)
}

func (c *Comparison) unreadable(what string, err error) {
	c.Statement = what + " cannot be compared: " + err.Error()
	var u *unreadable
	if errors.As(err, &u) && what == "the query" {
		c.Span = source.Span{Start: u.at, End: u.end}
	}
}

// decide compares two queries that could be read.
func (c *Comparison) decide(page, own *statement, t *table) {
	if page.table.text != own.table.text {
		c.Difference = fmt.Sprintf("the query reads `%s`, the rule's translation `%s`", page.table.text, own.table.text)
		c.Span = source.Span{Start: page.table.at, End: page.table.end}
		c.Statement = "two names may stand for the same events"
		if !strings.HasPrefix(page.table.text, "_") && (embedded[ASIM]().named(page.table.text) != nil || embedded[XDR]().named(page.table.text) != nil) {
			c.Equivalent, c.Statement = No, "the tables hold different events"
		}
		return
	}
	a, b := normalise(page.where, false), normalise(own.where, false)
	if a.key == b.key {
		c.Equivalent, c.Statement = Yes, "the query is the rule's translation in another order or spelling"
		return
	}
	c.Difference = inWords(a, b)
	d := decider{table: t}
	extra, within := d.search(a, b)
	if extra != nil {
		c.witnessed(extra, "query")
		return
	}
	missing, covers := d.search(b, a)
	switch {
	case missing != nil:
		c.witnessed(missing, "rule")
	case within && covers && d.twoValued(a) && d.twoValued(b):
		c.Equivalent, c.Difference = Yes, ""
		c.Statement = "the query is joined differently from the rule's translation and holds for the same events"
	default:
		c.Statement = "the two are written differently, and no event was found on which they differ"
	}
}

func (c *Comparison) witnessed(event map[string]string, by string) {
	c.Equivalent, c.Witness, c.SelectedBy = No, event, by
	var values []string
	for column, value := range event {
		values = append(values, fmt.Sprintf("%s = `%s`", column, source.Shorten(value)))
	}
	sort.Strings(values)
	with := "empty columns"
	if len(values) > 0 {
		with = strings.Join(values, ", ")
	}
	only := "query"
	if by == "rule" {
		only = "rule's translation"
	}
	c.Statement = fmt.Sprintf("an event with %s is found by the %s only", with, only)
}

// inWords is the first difference between two normal forms: in the order of the query, a test that only one has, then its negation,
// then how the tests are joined.
func inWords(page, own *form) string {
	onlyPage, onlyOwn := missingFrom(page, own), missingFrom(own, page)
	switch {
	case len(onlyPage) > 0 && len(onlyOwn) > 0:
		for _, a := range onlyPage {
			for _, b := range onlyOwn {
				if a.atom.column == b.atom.column {
					return fmt.Sprintf("the query tests `%s` where the rule tests `%s`", shown(a), shown(b))
				}
			}
		}
		return fmt.Sprintf("the query tests `%s`, the rule does not; the rule tests `%s`, the query does not", shown(onlyPage[0]), shown(onlyOwn[0]))
	case len(onlyPage) > 0:
		return fmt.Sprintf("the query tests `%s`, the rule does not", shown(onlyPage[0]))
	case len(onlyOwn) > 0:
		a := onlyOwn[0].atom
		if hasColumn(page, a.column) && a.kind != noLiteral {
			return fmt.Sprintf("the value `%s` of `%s %s` is missing in the query", source.Shorten(a.value), a.column, a.operator)
		}
		return fmt.Sprintf("the rule tests `%s`, the query does not", shown(onlyOwn[0]))
	}
	pageSigns, ownSigns := signs(page), signs(own)
	for _, leaf := range inOrder(page) {
		key := leaf.atom.id
		switch {
		case pageSigns[key] == ownSigns[key]:
		case leaf.negated && ownSigns[key]&positiveSign != 0 && pageSigns[key]&positiveSign == 0:
			return fmt.Sprintf("`%s` is negated in the query, not in the rule", shown(leaf))
		case !leaf.negated && ownSigns[key]&negativeSign != 0 && pageSigns[key]&negativeSign == 0:
			return fmt.Sprintf("`%s` is negated in the rule, not in the query", shown(leaf))
		}
	}
	return "the query has the rule's tests, joined differently by and, or and not"
}

func shown(f *form) string { return source.Shorten(f.atom.String()) }

// missingFrom are the leaves of a form whose tests the other form does not have, in the order of their text.
func missingFrom(f, other *form) []*form {
	known := signs(other)
	var out []*form
	for _, leaf := range inOrder(f) {
		if known[leaf.atom.id] == 0 {
			out = append(out, leaf)
		}
	}
	return out
}

const (
	positiveSign = 1
	negativeSign = 2
)

// signs are the tests of a form, and whether they stand negated, plain or both.
func signs(f *form) map[string]int {
	out := map[string]int{}
	f.each(func(leaf *form) {
		if leaf.negated {
			out[leaf.atom.id] |= negativeSign
		} else {
			out[leaf.atom.id] |= positiveSign
		}
	})
	return out
}

func inOrder(f *form) []*form {
	var out []*form
	f.each(func(leaf *form) { out = append(out, leaf) })
	sort.SliceStable(out, func(i, j int) bool { return out[i].atom.at < out[j].atom.at })
	return out
}

func hasColumn(f *form, column string) bool {
	found := false
	f.each(func(leaf *form) { found = found || leaf.atom.column == column })
	return found
}

// firstDifference finds where the two texts part, token by token; a text that has no tokens is compared as a whole.
func (c *Comparison) firstDifference(query string) {
	page, err := lex(query)
	own, ownErr := lex(c.Translation.Text)
	if err != nil || ownErr != nil {
		return
	}
	for i := range page {
		p, o := page[i], own[min(i, len(own)-1)]
		if p.kind == o.kind && p.text == o.text && p.kind != endToken {
			continue
		}
		c.Span = source.Span{Start: p.at, End: p.end}
		c.Query = source.Shorten(squeeze(query[p.at:]))
		c.Translated = source.Shorten(squeeze(c.Translation.Text[o.at:]))
		return
	}
}
