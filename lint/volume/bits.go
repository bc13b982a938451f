package volume

import (
	"math"
	"regexp/syntax"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/commonness"
)

// Estimate is how many bits a branch asks for by what is known without events: about 2^-Bits of the events of its log source match.
type Estimate struct {
	Bits  float64
	Item  *rules.Item // the one that carries most of them; nil for a branch without items
	Value *rules.Test // its weakest value, the one that decides how much it matches
}

// OfBranch estimates a conjunction of items of a rule.
func OfBranch(l rules.Logsource, items []*rules.Item) Estimate {
	out := Estimate{}
	most := -1.0
	for _, i := range items {
		bits := ItemBits(l, i)
		out.Bits += bits
		if bits > most && len(i.Tests) > 0 {
			most, out.Item = bits, i
		}
	}
	if out.Item != nil {
		least := math.Inf(1)
		for _, t := range out.Item.Tests {
			if bits := testBits(l, out.Item, t); bits < least {
				least, out.Value = bits, t
			}
		}
	}
	return out
}

// ItemBits estimates an item: alternatives add their shares, values under `all` their bits.
func ItemBits(l rules.Logsource, i *rules.Item) float64 {
	if i.Negated {
		return bitsOfInequality
	}
	share, sum := 0.0, 0.0
	for _, t := range i.Tests {
		bits := testBits(l, i, t)
		share += math.Exp2(-bits)
		sum += bits
	}
	if i.All {
		return sum
	}
	return max(-math.Log2(share), 0)
}

// Bits of tests that do not look at a text. They are orders of magnitude: half of the events for a question with two answers, one in 64
// for a number of which nothing is known, fewer than one in a thousand for the value of another field.
const (
	bitsOfInequality = 0.1
	bitsOfPresence   = 0.5
	bitsOfNull       = 2
	bitsOfBoolean    = 1
	bitsOfComparison = 2
	bitsOfTime       = 3
	bitsOfReference  = 6
	bitsOfNumber     = 6
	bitsOfEventID    = 8 // a channel has some hundred, of which few are common; those have a row
	mostBits         = 60
	// bitsOfPlace are those that a text gains by standing at a known end of a field instead of anywhere in it: fields have some 60
	// characters, events as a whole some 1,000, the places at which a keyword may stand.
	bitsOfPlace        = 6
	bitsOfKeywordPlace = 10
)

func testBits(l rules.Logsource, i *rules.Item, t *rules.Test) float64 {
	switch t.Kind {
	case rules.TextTest:
		share := 0.0
		for _, p := range t.Patterns {
			share += math.Exp2(-patternBits(l, i, p))
		}
		return max(-math.Log2(share), 0)
	case rules.NumberTest:
		return numberBits(l, i, t.Number.Text)
	case rules.RegexTest:
		tree, err := syntax.Parse(t.Regex.Source, syntax.Perl)
		if err != nil {
			return bitsOfReference
		}
		return within(treeBits(tree) - place(i))
	case rules.CIDRTest:
		return within(float64(t.Network.Bits()) / 2) // half of what the prefix says: hosts talk to their neighbours
	case rules.FieldRefTest:
		return bitsOfReference
	case rules.BoolTest:
		if row, ok := commonness.Of(commonness.Value, i.Field+"/"+boolean(t.Bool)); ok {
			return row.Bits
		}
		return bitsOfBoolean
	case rules.NullTest:
		return bitsOfNull
	case rules.CompareTest:
		return bitsOfComparison
	case rules.TimeTest:
		return bitsOfTime
	}
	return bitsOfPresence
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func within(bits float64) float64 { return min(max(bits, 0), mostBits) }

func place(i *rules.Item) float64 {
	if i.Keyword() {
		return bitsOfKeywordPlace
	}
	return bitsOfPlace
}

func numberBits(l rules.Logsource, i *rules.Item, number string) float64 {
	switch field := strings.ToLower(i.Field); {
	case field == "eventid" || field == "eventcode":
		if row, ok := commonness.OfEvent(l.Service.Value, number); ok {
			return row.Bits
		}
		return bitsOfEventID
	default:
		if row, ok := commonness.Of(commonness.Value, field+"/"+number); ok {
			return row.Bits
		}
	}
	if i.Keyword() {
		return 1
	}
	return bitsOfNumber
}

// patternBits looks a whole value up in the table of everyday ones, and counts its characters where the table has none.
func patternBits(l rules.Logsource, i *rules.Item, p rules.Pattern) float64 {
	if p.HasPlaceholder() {
		return bitsOfReference
	}
	start, end := p.StartsOpen(), p.EndsOpen()
	text := p.LiteralText()
	bits := characterBits(text)
	if i.Keyword() {
		return within(bits - bitsOfKeywordPlace)
	}
	if start && end {
		return within(bits - bitsOfPlace)
	}
	if !end {
		if row, ok := everyday(i.Field, text, start); ok {
			return row.Bits
		}
	}
	if len(p) == 0 {
		return bitsOfNull
	}
	if !start && digits(text) {
		return numberBits(l, i, text)
	}
	return within(bits)
}

// digits reports a text of digits alone.
func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// everyday is the row of a value that a field ends in, or is.
func everyday(field, text string, open bool) (commonness.Row, bool) {
	if !open {
		if row, ok := commonness.Of(commonness.Value, field+"/"+text); ok {
			return row, true
		}
	}
	name := text[strings.LastIndexAny(text, `\/`)+1:]
	if len(text)-len(name) > 1 {
		return commonness.Row{}, false // a directory says more
	}
	if row, ok := commonness.Of(commonness.Program, name); ok {
		return row, true
	}
	if !open || name != text {
		return commonness.Row{}, false
	}
	return commonness.Of(commonness.Extension, name)
}

// characters are bits of single characters, in lower case: minus the binary logarithm of their share among the 563,000 characters of the
// different paths, command lines and registry keys in the events of OTRF Security-Datasets and of Atomic Red Team tests. Counts only.
var characters = spread(map[float64]string{
	4:  `e tsaorc`,
	5:  `inlmd\p`,
	6:  `./u"w-hfgbx0`,
	7:  `y1v:2k`,
	8:  `3_$456'8=`,
	9:  `;()7q9&{z}j%`,
	10: `,|>[]`,
	11: `*#+`,
	12: `@`,
})

func spread(by map[float64]string) map[rune]float64 {
	out := map[rune]float64{}
	for bits, text := range by {
		for _, r := range text {
			out[r] = bits
		}
	}
	return out
}

const (
	bitsOfOther = 12 // a character that the table does not have
	// redundancy is what a character is worth when the one before it is known: the entropy of a character in those texts falls from
	// 5.1 bits to 4.1 by one neighbour, and further by words that repeat.
	redundancy = 0.7
)

func characterBits(s string) float64 {
	sum := 0.0
	for _, r := range strings.ToLower(strings.TrimSpace(s)) {
		bits, ok := characters[r]
		if !ok {
			bits = bitsOfOther
		}
		sum += bits
	}
	return sum * redundancy
}

// treeBits are the bits of what every match of a regular expression contains.
func treeBits(re *syntax.Regexp) float64 {
	switch re.Op {
	case syntax.OpLiteral:
		return characterBits(string(re.Rune))
	case syntax.OpCharClass:
		return 2 // a quarter of the characters
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpEndLine, syntax.OpEndText:
		return bitsOfPlace
	case syntax.OpCapture, syntax.OpPlus:
		return treeBits(re.Sub[0])
	case syntax.OpRepeat:
		return float64(re.Min) * treeBits(re.Sub[0])
	case syntax.OpConcat:
		sum := 0.0
		for _, sub := range re.Sub {
			sum += treeBits(sub)
		}
		return sum
	case syntax.OpAlternate:
		least := math.Inf(1)
		for _, sub := range re.Sub {
			least = min(least, treeBits(sub))
		}
		return least
	}
	return 0
}
