package match

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// guard is what every match of a regular expression contains: of each group at least one text, folded. Looking for them costs a hundredth of what the
// expression costs, and nearly all events lack one.
type guard [][]string

// mostAlternatives bounds the texts of one group, mostGroups the groups: behind them the expression itself is as fast.
const (
	mostAlternatives = 64
	mostGroups       = 8
)

func guardOf(program *regexp.Regexp) guard {
	re, err := syntax.Parse(program.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	g := contained(re)
	return g[:min(len(g), mostGroups)]
}

// allows is false when the folded text cannot match.
func (g guard) allows(text string) bool {
	for _, group := range g {
		if !containsAny(text, group) {
			return false
		}
	}
	return true
}

func containsAny(text string, group []string) bool {
	for _, s := range group {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

func contained(re *syntax.Regexp) guard {
	switch re.Op {
	case syntax.OpLiteral:
		if text := fold(string(re.Rune)); !strings.ContainsRune(text, utf8.RuneError) { // an expression finds it in a broken byte too
			return guard{{text}}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return contained(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return contained(re.Sub[0])
		}
	case syntax.OpConcat:
		var out guard
		for _, sub := range re.Sub {
			out = append(out, contained(sub)...)
		}
		return out
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			group := longest(contained(sub))
			if group == nil || len(out)+len(group) > mostAlternatives {
				return nil
			}
			out = append(out, group...)
		}
		return guard{out}
	}
	return nil
}

// longest is the group whose shortest text is the longest, or nil.
func longest(g guard) []string {
	var out []string
	most := 0
	for _, group := range g {
		shortest := len(group[0])
		for _, s := range group {
			shortest = min(shortest, len(s))
		}
		if shortest > most {
			most, out = shortest, group
		}
	}
	return out
}
