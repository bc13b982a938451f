package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// shape is what may stand somewhere in the file. One declaration serves the reader, its messages, the JSON Schema and the reference.
type shape struct {
	meaning string
	kind    kind
	words   []string // of a word
	keys    []key    // of a map with fixed keys
	of      *shape   // entries of a list, values of a map with free keys
	names   *shape   // keys of a map with free keys
	min     int      // of a number
	max     int      // of a number; 0 is no limit
	need    []string // keys that a map with fixed keys must have
	pattern *regexp.Regexp
}

type key struct {
	name  string
	shape shape
}

type kind uint8

const (
	aText kind = iota
	aWord
	aBool
	aNumber
	aDate
	aCheck     // code or name of a check
	aSelection // code, name, family or ALL
	aList
	aMap  // fixed keys
	aDict // free keys

)

var kindNames = map[kind]string{
	aText: "text", aWord: "a word", aBool: "true or false", aNumber: "a whole number", aDate: "a date like 2026-12-31", aCheck: "the code or name of a check",
	aSelection: "a code, a name, a family or ALL", aList: "a list", aMap: "a mapping", aDict: "a mapping",
}

// reader walks a file along a shape and reports what does not fit.
type reader struct {
	all      []*lint.Check
	file     *source.File
	named    bool // the user named the file, so it may name others
	problems []source.Problem
}

func (r *reader) report(n *source.Node, message, help string) {
	span := n.Span
	r.problems = append(r.problems, source.Problem{Span: r.file.FirstLine(span), Message: message, Help: help})
}

// check reports whether a node fits a shape; path names it in messages.
func (r *reader) check(n *source.Node, s *shape, path string) bool {
	switch s.kind {
	case aMap:
		if n.Kind != source.Map {
			return r.wrong(n, s, path)
		}
		return r.checkMap(n, s, path)
	case aDict:
		if n.Kind != source.Map {
			return r.wrong(n, s, path)
		}
		good := true
		for _, e := range n.Entries {
			if s.names != nil {
				good = r.check(e.Key, s.names, path) && good
			}
			good = r.check(e.Value, s.of, path+"."+e.Key.Value) && good
		}
		return good
	case aList:
		if n.Kind != source.List {
			return r.wrong(n, s, path)
		}
		return r.checkItems(n, s, path)
	}
	if n.Kind != source.Scalar || n.IsNull() {
		return r.wrong(n, s, path)
	}
	return r.checkScalar(n, s, path)
}

func (r *reader) checkItems(n *source.Node, s *shape, path string) bool {
	good := true
	for _, item := range n.Items {
		good = r.check(item, s.of, path) && good
	}
	return good
}

func (r *reader) checkMap(n *source.Node, s *shape, path string) bool {
	good := true
	var names []string
	for _, k := range s.keys {
		names = append(names, k.name)
	}
	for _, e := range n.Entries {
		i := slices.Index(names, e.Key.Value)
		if i < 0 {
			help := "known keys are " + strings.Join(names, ", ")
			if near := nearest.Of(e.Key.Value, names, nearest.Suggestions); len(near) > 0 {
				help = "did you mean " + quoted(near) + "?"
			}
			r.report(e.Key, fmt.Sprintf("%s has no key `%s`", orTop(path), source.Shorten(e.Key.Value)), help)
			good = false
			continue
		}
		good = r.check(e.Value, &s.keys[i].shape, join(path, e.Key.Value)) && good
	}
	for _, name := range s.need {
		if n.Find(name) == nil {
			r.report(n, fmt.Sprintf("%s lacks `%s`", orTop(path), name), "write it")
			good = false
		}
	}
	return good
}

func (r *reader) checkScalar(n *source.Node, s *shape, path string) bool {
	switch s.kind {
	case aBool:
		if n.Tag != source.TagBool {
			return r.wrong(n, s, path)
		}
	case aNumber:
		v, err := strconv.Atoi(n.Value)
		if n.Tag != source.TagInt || err != nil {
			return r.wrong(n, s, path)
		}
		if v < s.min || s.max > 0 && v > s.max {
			limit := fmt.Sprintf("at least %d", s.min)
			if s.max > 0 {
				limit = fmt.Sprintf("%d to %d", s.min, s.max)
			}
			r.report(n, fmt.Sprintf("`%s` is %d; it may be %s", path, v, limit), "write a number in the range")
			return false
		}
	case aDate:
		if _, err := time.Parse(time.DateOnly, n.Value); err != nil {
			return r.wrong(n, s, path)
		}
	case aWord:
		if !slices.Contains(s.words, n.Value) {
			r.report(n, fmt.Sprintf("`%s` is `%s`; it may be %s", path, source.Shorten(n.Value), strings.Join(s.words, ", ")), suggest(n.Value, s.words, "write one of them"))
			return false
		}
	case aCheck:
		if lint.Find(r.all, n.Value) == nil {
			r.report(n, fmt.Sprintf("no check has the code or name `%s`", source.Shorten(n.Value)), suggest(n.Value, checkNames(r.all), "`sigtune checks` lists them"))
			return false
		}
	case aSelection:
		if _, err := (lint.Selection{Select: []string{n.Value}}).Apply(r.all); err != nil {
			r.report(n, fmt.Sprintf("`%s` is no check, family or ALL", source.Shorten(n.Value)), suggest(n.Value, checkNames(r.all), "`sigtune checks` lists them"))
			return false
		}
	case aText:
		if strings.TrimSpace(n.Value) == "" {
			return r.wrong(n, s, path)
		}
		if s.pattern != nil && !s.pattern.MatchString(n.Value) {
			r.report(n, fmt.Sprintf("`%s` is `%s`, which is not of its form", path, source.Shorten(n.Value)), "write "+s.meaning)
			return false
		}
	}
	return true
}

func (r *reader) wrong(n *source.Node, s *shape, path string) bool {
	r.report(n, fmt.Sprintf("%s is %s; it has to be %s", orTop(path), whatIs(n), kindNames[s.kind]), "")
	return false
}

func whatIs(n *source.Node) string {
	switch {
	case n.Kind == source.Map:
		return "a mapping"
	case n.Kind == source.List:
		return "a list"
	case n.IsNull():
		return "empty"
	}
	return "`" + source.Shorten(n.Value) + "`"
}

func orTop(path string) string {
	if path == "" {
		return "the configuration"
	}
	return "`" + path + "`"
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func suggest(word string, known []string, otherwise string) string {
	near := slices.DeleteFunc(nearest.Of(word, known, nearest.Suggestions), func(n string) bool {
		return code.MatchString(n) && nearest.Distance(strings.ToUpper(word), n) > 1 // two digits off is another check, not a slip
	})
	if len(near) > 0 {
		return "did you mean " + quoted(near) + "?"
	}
	return otherwise
}

var code = regexp.MustCompile(`^SIG\d{4}$`)

func checkNames(all []*lint.Check) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.Name, c.Code)
	}
	return names
}

func quoted(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, "`"+n+"`")
	}
	return strings.Join(out, " or ")
}
