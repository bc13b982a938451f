package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Selection chooses checks: those of a profile, more by name, some less.
type Selection struct {
	Profile Profile  // zero means Recommended
	Select  []string // codes, names, families (`09` or `breadth`) or ALL, on top of the profile
	Ignore  []string // the same words, taken away again
}

// Apply gives the chosen checks in the order of their codes. An unknown word is an error that names what was probably meant.
func (s Selection) Apply(all []*Check) ([]*Check, error) {
	profile := s.Profile
	if profile == 0 {
		profile = Recommended
	}
	chosen := map[*Check]bool{}
	for _, c := range all {
		chosen[c] = c.Profiles&profile != 0
	}
	for _, change := range []struct {
		words []string
		to    bool
	}{{s.Select, true}, {s.Ignore, false}} {
		for _, word := range change.words {
			matched := matching(all, word)
			if len(matched) == 0 {
				return nil, fmt.Errorf("`%s` is no check, family or ALL; `sigtune checks` lists them", word)
			}
			for _, c := range matched {
				chosen[c] = change.to || c.Family() == engineFamily
			}
		}
	}
	var out []*Check
	for _, c := range all {
		if chosen[c] {
			out = append(out, c)
		}
	}
	Sort(out)
	return out, nil
}

// engineFamily cannot be switched off: an internal error or an unreadable file must never look like a clean run.
const engineFamily = "00"

// Find gives the check with this code or name, or nil. Codes are accepted without SIG and in any case.
func Find(all []*Check, word string) *Check {
	for _, c := range all {
		if strings.EqualFold(c.Code, word) || strings.EqualFold(c.Code[3:], word) || strings.EqualFold(c.Name, word) ||
			slices.ContainsFunc(c.Aliases, func(alias string) bool { return strings.EqualFold(alias, word) }) {
			return c
		}
	}
	return nil
}

func matching(all []*Check, word string) []*Check {
	if c := Find(all, word); c != nil {
		return []*Check{c}
	}
	var out []*Check
	for _, c := range all {
		family := c.Family()
		if word == "ALL" || word == family || strings.EqualFold(word, "SIG"+family) || strings.EqualFold(word, Families[family]) {
			out = append(out, c)
		}
	}
	return out
}

// FamilyCodes are the two digits of every family, in order.
func FamilyCodes() []string { return slices.Sorted(maps.Keys(Families)) }
