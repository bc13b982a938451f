package sql

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/sigtune/sigtune/rules"
)

// portable writes a regular expression in the part of the language on which engines agree, so that it finds what RE2 finds: classes as
// ranges (`\w` is ASCII here and Unicode elsewhere), letters in any case as sets, ends of the text instead of `$`. An
// engine with the syntax of RE2 gets the expression as it is.
func portable(r *rules.Regex, re2 bool) (string, error) {
	if r == nil || r.Program == nil {
		return "", errors.New("RE2 cannot evaluate it")
	}
	if re2 {
		return r.Program.String(), nil
	}
	tree, err := syntax.Parse(r.Program.String(), syntax.Perl)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = writeRegex(&b, tree)
	return b.String(), err
}

const wordSet = `[0-9A-Za-z_]`

// positions are the tests that take no character.
var positions = map[syntax.Op]string{
	syntax.OpEmptyMatch:     `(?:)`,
	syntax.OpNoMatch:        `(?!)`,
	syntax.OpBeginText:      `\A`,
	syntax.OpEndText:        `\z`,
	syntax.OpBeginLine:      `(?:\A|(?<=\n))`,
	syntax.OpEndLine:        `(?:\z|(?=\n))`,
	syntax.OpAnyChar:        `(?:[^\n]|\n)`,
	syntax.OpAnyCharNotNL:   `[^\n]`,
	syntax.OpWordBoundary:   `(?:(?<=` + wordSet + `)(?!` + wordSet + `)|(?<!` + wordSet + `)(?=` + wordSet + `))`,
	syntax.OpNoWordBoundary: `(?:(?<=` + wordSet + `)(?=` + wordSet + `)|(?<!` + wordSet + `)(?!` + wordSet + `))`,
}

func writeRegex(b *strings.Builder, re *syntax.Regexp) error {
	if text, ok := positions[re.Op]; ok {
		b.WriteString(text)
		return nil
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 && unicode.SimpleFold(r) != r {
				writeOrbit(b, r)
				continue
			}
			writeRune(b, r)
		}
		return nil
	case syntax.OpCharClass:
		b.WriteByte('[')
		for i := 0; i < len(re.Rune); i += 2 {
			writeRune(b, re.Rune[i])
			if re.Rune[i+1] > re.Rune[i] {
				b.WriteByte('-')
				writeRune(b, re.Rune[i+1])
			}
		}
		b.WriteByte(']')
		return nil
	case syntax.OpCapture:
		if re.Sub[0].Op == syntax.OpAlternate {
			return writeRegex(b, re.Sub[0]) // which is a group
		}
		return writeGroup(b, re.Sub[0], "")
	case syntax.OpStar:
		return writeGroup(b, re.Sub[0], "*")
	case syntax.OpPlus:
		return writeGroup(b, re.Sub[0], "+")
	case syntax.OpQuest:
		return writeGroup(b, re.Sub[0], "?")
	case syntax.OpRepeat:
		count := fmt.Sprintf("{%d,%d}", re.Min, re.Max)
		switch re.Max {
		case -1:
			count = fmt.Sprintf("{%d,}", re.Min)
		case re.Min:
			count = fmt.Sprintf("{%d}", re.Min)
		}
		return writeGroup(b, re.Sub[0], count)
	case syntax.OpConcat:
		for _, s := range re.Sub {
			if err := writeRegex(b, s); err != nil {
				return err
			}
		}
		return nil
	case syntax.OpAlternate:
		b.WriteString("(?:")
		for i, s := range re.Sub {
			if i > 0 {
				b.WriteByte('|')
			}
			if err := writeRegex(b, s); err != nil {
				return err
			}
		}
		b.WriteByte(')')
		return nil
	}
	return fmt.Errorf("it has %s", re.Op)
}

// writeGroup writes what a count applies to. Reluctant and greedy find the same texts.
func writeGroup(b *strings.Builder, re *syntax.Regexp, count string) error {
	b.WriteString("(?:")
	err := writeRegex(b, re)
	b.WriteString(")" + count)
	return err
}

// writeOrbit writes a letter in any case.
func writeOrbit(b *strings.Builder, r rune) {
	b.WriteByte('[')
	writeRune(b, r)
	for q := unicode.SimpleFold(r); q != r; q = unicode.SimpleFold(q) {
		writeRune(b, q)
	}
	b.WriteByte(']')
}

// writeRune writes one character, spelled as a code point when it is invisible, and with a backslash when it is ASCII and no letter or
// digit: engines agree on that inside and outside of sets.
func writeRune(b *strings.Builder, r rune) {
	switch {
	case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == ' ' || r == '_':
		b.WriteRune(r)
	case r < unicode.MaxASCII && unicode.IsGraphic(r):
		b.WriteByte('\\')
		b.WriteRune(r)
	case unicode.IsPrint(r):
		b.WriteRune(r)
	default:
		fmt.Fprintf(b, `\x{%X}`, r)
	}
}
