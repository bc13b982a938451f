package checks

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
)

// Evidence says roughly how much text an event must share with a test. It is a heuristic with a fixed definition (family 09 of the
// check catalogue), not a probability; the thresholds were measured on published rules.
const (
	evidencePerForeign = 4.0 // a non-ASCII character is rarer than an ASCII one
	evidencePerAnchor  = 2.0
	evidenceKeyword    = -1.0 // a keyword is searched everywhere
	evidenceEventID    = 6.0
	evidenceNumber     = 4.0
	evidenceReference  = 6.0 // expand, fieldref: the other side is a value, not a constant
	evidencePresence   = 1.0 // null, booleans, exists, neq
	evidenceClass      = 0.5 // a character class in a regular expression
	prefixPerEvidence4 = 4.0 // bits of an IPv4 network per point
	prefixPerEvidence6 = 16.0
)

// evidence is the weakest a branch can be met by.
func (b branch) evidence() (sum float64, weakest test) {
	least := -1.0
	for _, t := range b.positive {
		e := itemEvidence(t.item)
		sum += e
		if least < 0 || e < least {
			least, weakest = e, t
		}
	}
	return sum, weakest
}

// itemEvidence: values under `all` add up, alternatives take the minimum.
func itemEvidence(i *rules.Item) float64 {
	if i.Negated {
		return evidencePresence
	}
	total, first := 0.0, true
	for _, t := range i.Tests {
		e := testEvidence(i, t)
		switch {
		case i.All:
			total += e
		case first || e < total:
			total = e
		}
		first = false
	}
	return total
}

// weakestValue is the index of the test with the least evidence.
func weakestValue(i *rules.Item) int {
	best, at := 0.0, 0
	for k, t := range i.Tests {
		if e := testEvidence(i, t); k == 0 || e < best {
			best, at = e, k
		}
	}
	return at
}

// eventIDFields hold the number of a log event: a value picks one kind of event.
var eventIDFields = map[string]bool{"eventid": true, "eventcode": true, "event_id": true, "event.code": true}

func testEvidence(i *rules.Item, t *rules.Test) float64 {
	switch t.Kind {
	case rules.TextTest:
		least := -1.0
		for _, p := range t.Patterns {
			if e := patternEvidence(p, i.Keyword()); least < 0 || e < least {
				least = e
			}
		}
		return max(least, 0)
	case rules.NumberTest:
		if eventIDFields[strings.ToLower(i.Field)] {
			return evidenceEventID
		}
		return evidenceNumber
	case rules.RegexTest:
		return regexEvidence(t.Regex)
	case rules.CIDRTest:
		if t.Network.Addr().Is4() {
			return float64(t.Network.Bits()) / prefixPerEvidence4
		}
		return float64(t.Network.Bits()) / prefixPerEvidence6
	case rules.FieldRefTest, rules.InvalidTest: // a broken test has a finding of its own, and nobody knows what it will ask for
		return evidenceReference
	}
	return evidencePresence
}

func patternEvidence(p rules.Pattern, keyword bool) float64 {
	if p.HasPlaceholder() {
		return evidenceReference
	}
	text := strings.Trim(p.LiteralText(), " ")
	e := 0.0
	for _, r := range text {
		if r < utf8.RuneSelf {
			e++
		} else {
			e += evidencePerForeign
		}
	}
	if keyword {
		return max(e+evidenceKeyword, 0)
	}
	if len(p) == 0 {
		return evidencePresence // the empty text
	}
	if !p.StartsOpen() {
		e += evidencePerAnchor
	}
	if !p.EndsOpen() {
		e += evidencePerAnchor
	}
	return e
}

// regexEvidence is how many characters every match must contain, classes counting half.
func regexEvidence(r *rules.Regex) float64 {
	tree, err := syntax.Parse(r.Source, syntax.Perl)
	if err != nil {
		return evidenceReference
	}
	return treeEvidence(tree)
}

func treeEvidence(re *syntax.Regexp) float64 {
	switch re.Op {
	case syntax.OpLiteral:
		return float64(len(re.Rune))
	case syntax.OpCharClass:
		return evidenceClass
	case syntax.OpCapture, syntax.OpPlus:
		return treeEvidence(re.Sub[0])
	case syntax.OpRepeat:
		return float64(re.Min) * treeEvidence(re.Sub[0])
	case syntax.OpConcat:
		sum := 0.0
		for _, sub := range re.Sub {
			sum += treeEvidence(sub)
		}
		return sum
	case syntax.OpAlternate:
		least := -1.0
		for _, sub := range re.Sub {
			if e := treeEvidence(sub); least < 0 || e < least {
				least = e
			}
		}
		return max(least, 0)
	}
	return 0
}

// acceptsEverything reports a proof that an item holds for every event that has the field, whatever its text.
func acceptsEverything(i *rules.Item) bool {
	if i.Negated || len(i.Tests) == 0 {
		return false
	}
	for _, t := range i.Tests {
		if testAcceptsEverything(t) != i.All {
			return !i.All
		}
	}
	return i.All
}

func testAcceptsEverything(t *rules.Test) bool {
	switch t.Kind {
	case rules.TextTest:
		for _, p := range t.Patterns {
			if onlyWildcards(p) {
				return true
			}
		}
	case rules.RegexTest:
		return regexAcceptsEverything(t.Regex)
	case rules.CIDRTest:
		return false // even /0 refuses what is no address
	}
	return false
}

// onlyWildcards reports a pattern of nothing but `*`.
func onlyWildcards(p rules.Pattern) bool {
	for _, t := range p {
		if t.Kind != rules.AnyRun {
			return false
		}
	}
	return len(p) > 0
}

// regexAcceptsEverything: without assertions an expression that matches the empty text is found in every text.
func regexAcceptsEverything(r *rules.Regex) bool {
	tree, err := syntax.Parse(r.Source, syntax.Perl)
	return err == nil && r.Program != nil && !hasAssertion(tree) && r.Program.MatchString("")
}

func hasAssertion(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range re.Sub {
		if hasAssertion(sub) {
			return true
		}
	}
	return false
}

// presenceOnly reports an item that tests whether a field is there, not what it holds.
func presenceOnly(i *rules.Item) bool {
	if i.Negated {
		return true
	}
	for _, t := range i.Tests {
		switch t.Kind {
		case rules.NullTest, rules.ExistsTest:
		case rules.TextTest:
			for _, p := range t.Patterns {
				if len(p) > 0 && !onlyWildcards(p) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
