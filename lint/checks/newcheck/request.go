package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// request is what the command line asks for.
type request struct{ code, name, sees, file string }

// The forms that the contract of checks asks for (all_test.go of the checks).
var (
	codeForm = regexp.MustCompile(`^SIG\d{4}$`)
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

// accept says why a request is refused, with what to write instead.
func (k *known) accept(r request) error {
	if !codeForm.MatchString(r.code) {
		if digits := strings.Trim(r.code, "SIGsig-_ "); len(digits) > 0 && len(digits) <= 4 && strings.Trim(digits, "0123456789") == "" {
			return fmt.Errorf("`%s` is no code; write SIG%s", r.code, strings.Repeat("0", 4-len(digits))+digits)
		}
		return fmt.Errorf("`%s` is no code; write SIG and four digits, the first two those of a family:\n%s", r.code, families())
	}
	family := r.code[3:5]
	if lint.Families[family] == "" {
		return fmt.Errorf("there is no family %s; the families are\n%s", family, families())
	}
	if strings.HasSuffix(r.code, "00") {
		return fmt.Errorf("the codes of a family begin with %s01", r.code[:5])
	}
	if !nameForm.MatchString(r.name) {
		if kebab := kebab(r.name); nameForm.MatchString(kebab) {
			return fmt.Errorf("`%s` is no name of a check; write `%s`", r.name, kebab)
		}
		return fmt.Errorf("`%s` is no name of a check; write words of lower-case letters and digits with hyphens between them", r.name)
	}
	if name, taken := k.codes[r.code]; taken {
		by := ""
		if name != "" {
			by = " by `" + name + "`"
		}
		return fmt.Errorf("%s is taken%s; the next free code is %s", r.code, by, k.nextFree(r.code))
	}
	if code, taken := k.names[r.name]; taken {
		return fmt.Errorf("the name `%s` is that of %s, or was; names are accepted for ever, so choose another", r.name, code)
	}
	if r.sees != "" && !slices.Contains(kindNames(), r.sees) {
		return fmt.Errorf("`%s` is nothing that a check looks at; write one of %s", r.sees, strings.Join(kindNames(), ", "))
	}
	return nil
}

// nextFree is the next code of the family that nothing uses: above, or else the first one.
func (k *known) nextFree(code string) string {
	family, number := code[:5], int(code[5]-'0')*10+int(code[6]-'0')
	for step := 1; step < 100; step++ {
		next := fmt.Sprintf("%s%02d", family, (number+step)%100)
		if _, taken := k.codes[next]; !taken && !strings.HasSuffix(next, "00") {
			return next
		}
	}
	return "none: the family is full"
}

func families() string {
	var b strings.Builder
	for _, digits := range slices.Sorted(maps.Keys(lint.Families)) {
		fmt.Fprintf(&b, "  %s  %s\n", digits, lint.Families[digits])
	}
	return strings.TrimRight(b.String(), "\n")
}

// wordEdge is where a new word begins in a name that is written in another way.
var (
	wordEdge = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	noWord   = regexp.MustCompile(`[^a-z0-9]+`)
)

// kebab is a name in lower case with hyphens between its words.
func kebab(name string) string {
	return strings.Trim(noWord.ReplaceAllString(strings.ToLower(wordEdge.ReplaceAllString(name, "$1-$2")), "-"), "-")
}

// camel is a name as a word of Go.
func camel(name string, exported bool) string {
	var b strings.Builder
	for i, word := range strings.Split(name, "-") {
		if i > 0 || exported {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	return b.String()
}

// target is where a check goes: a list, and the check of it that stands before, or -1.
func (k *known) target(r request) (l list, before int, err error) {
	number, _ := strconv.Atoi(r.code[3:])
	best, found := -1, false
	var files []string
	for _, candidate := range k.lists {
		at, nearest := -1, -1
		ofFamily := false
		for i, c := range candidate.checks {
			if c.code[3:5] != r.code[3:5] {
				continue
			}
			ofFamily = true
			if n, _ := strconv.Atoi(c.code[3:]); n < number && n > nearest {
				at, nearest = i, n
			}
		}
		if !ofFamily {
			continue
		}
		if !slices.Contains(files, candidate.file.name) {
			files = append(files, candidate.file.name)
		}
		if r.file != "" && candidate.file.name != r.file {
			continue
		}
		if !found || nearest > best {
			l, before, best, found = candidate, at, nearest, true
		}
	}
	if !found {
		return l, 0, fmt.Errorf("`%s` holds no list of checks of family %s; those are in %s", r.file, r.code[3:5], strings.Join(files, ", "))
	}
	return l, before, nil
}
