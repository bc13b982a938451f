package domain

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// language is a compiled expression.
type language struct{ regex *rules.Regex }

// compile makes the expression one for the whole value that ignores the case of ASCII letters. The name stands for it in
// explanations, where the expression would say nothing to most people.
func compile(expression, name string) (*language, error) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, err
	}
	foldASCII(tree)
	program, err := regexp.Compile(`\A(?:` + tree.String() + `)\z`)
	if err != nil {
		return nil, err
	}
	return &language{&rules.Regex{Source: name, Program: program}}, nil
}

// foldASCII rewrites an expression so that ASCII letters match in both cases and nothing else folds.
func foldASCII(re *syntax.Regexp) {
	re.Flags &^= syntax.FoldCase
	switch re.Op {
	case syntax.OpLiteral:
		if len(re.Rune) > 1 {
			letters := make([]*syntax.Regexp, len(re.Rune))
			for i, r := range re.Rune {
				letters[i] = &syntax.Regexp{Op: syntax.OpLiteral, Flags: re.Flags, Rune: []rune{r}}
				foldASCII(letters[i])
			}
			*re = syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: letters}
			return
		}
		if r := re.Rune[0]; otherCase(r) != r {
			low, high := min(r, otherCase(r)), max(r, otherCase(r))
			*re = syntax.Regexp{Op: syntax.OpCharClass, Flags: re.Flags, Rune: []rune{low, low, high, high}}
		}
		return
	case syntax.OpCharClass:
		class := re.Rune
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for _, letters := range [2][2]rune{{'a', 'z'}, {'A', 'Z'}} {
				low, high := max(re.Rune[i], letters[0]), min(re.Rune[i+1], letters[1])
				if low <= high {
					class = append(class, otherCase(low), otherCase(high))
				}
			}
		}
		re.Rune = class
	}
	for _, sub := range re.Sub {
		foldASCII(sub)
	}
}

// otherCase is the ASCII letter in its other case, and any other rune itself.
func otherCase(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= 'A' && r <= 'Z':
		return r - 'A' + 'a'
	}
	return r
}

// alternatives is an expression for any of the texts.
func alternatives(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = regexp.QuoteMeta(t)
	}
	return "(?:" + strings.Join(quoted, "|") + ")"
}
