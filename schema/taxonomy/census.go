package taxonomy

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/nearest"
)

// Census counts which log sources rules have and which fields they use there.
type Census struct {
	rules  map[Key]int
	fields map[Key]map[string]int
}

// Add counts one rule. A field that it uses several times counts once.
func (c *Census) Add(k Key, fields []string) {
	k = Key{strings.ToLower(k.Product), strings.ToLower(k.Category), strings.ToLower(k.Service)}
	if k == (Key{}) {
		return
	}
	if c.rules == nil {
		c.rules, c.fields = map[Key]int{}, map[Key]map[string]int{}
	}
	if c.rules[k]++; c.fields[k] == nil {
		c.fields[k] = map[string]int{}
	}
	seen := map[string]bool{}
	for _, name := range fields {
		if name != "" && !seen[name] {
			seen[name] = true
			c.fields[k][name]++
		}
	}
}

// Lesson is what a census taught.
type Lesson struct {
	*Learned
	// Slips are names that look like a slip of another one, those of log sources first.
	Slips []Slip
	// Bundled is how many log sources of the rules are in the bundled table with a complete list, and need no learning.
	Bundled int
}

// Slip is a name that looks like a slip of another one.
type Slip struct {
	Key   Key    // the log source in doubt, or that of the field
	Field string // empty when the log source itself is in doubt
	Like  string // the field or log source that it looks like
	Rules int    // that use it
	// LikeRules use what it looks like; zero when that is known from the bundled table.
	LikeRules int
	// Left says that it was not learned.
	Left bool
}

// sizeable is how many times as many rules have to use a name before another one counts as a slip of it.
const sizeable = 2

// Learn says what a census teaches. Names that look like slips of names in a complete bundled list are left out, however many rules have them,
// and so are log sources that look like slips of others and have fewer rules than the minimum.
func (c *Census) Learn(minimum int) Lesson {
	lesson := Lesson{Learned: &Learned{Minimum: minimum}}
	var keys []Key
	for k := range c.rules {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	var fields []Slip
	for _, k := range keys {
		if slip, ok := c.slipOfLogsource(k, keys); ok {
			slip.Left = c.rules[k] < minimum
			lesson.Slips = append(lesson.Slips, slip)
			if slip.Left {
				continue
			}
		}
		learned := LearnedLogsource{Key: k, Rules: c.rules[k]}
		base, match := Default().Lookup(k.Product, k.Category, k.Service)
		if base != nil && base.Complete && match.Authoritative() {
			learned.Overrules = c.beyond(base, k, &fields)
			if match == Exact && len(learned.Overrules) == 0 {
				lesson.Bundled++
				continue
			}
		} else {
			learned.Fields = c.fields[k]
			c.slipsOfFields(k, &fields)
		}
		lesson.Logsources = append(lesson.Logsources, learned)
	}
	lesson.Slips = append(lesson.Slips, fields...)
	return lesson
}

// beyond are the fields that a complete bundled list lacks, without those that look like slips of its names.
func (c *Census) beyond(base *Logsource, k Key, slips *[]Slip) map[string]int {
	out := map[string]int{}
	for _, name := range Names(c.fields[k]) {
		switch why := base.Explain(name); why.Finding {
		case Known:
		case Casing, Misspelt:
			*slips = append(*slips, Slip{Key: k, Field: name, Like: why.Names[0], Rules: c.fields[k][name], LikeRules: c.fields[k][why.Names[0]], Left: true})
		default:
			out[name] = c.fields[k][name]
		}
	}
	return out
}

// slipsOfFields compares the names of a log source with each other.
func (c *Census) slipsOfFields(k Key, slips *[]Slip) {
	names := Names(c.fields[k])
	slices.SortStableFunc(names, func(a, b string) int { return c.fields[k][b] - c.fields[k][a] }) // commonest first
	base, _ := Default().Lookup(k.Product, k.Category, k.Service)
	for _, name := range Names(c.fields[k]) {
		if base != nil {
			if f, ok := base.Field(name); ok && f.Why&(Specified|Schema|Observed|Header) != 0 {
				continue // it exists, however rare it is
			}
		}
		for _, other := range names {
			if other != name && c.fields[k][other] >= sizeable*c.fields[k][name] && alike(name, other) {
				*slips = append(*slips, Slip{Key: k, Field: name, Like: other, Rules: c.fields[k][name], LikeRules: c.fields[k][other]})
				break
			}
		}
	}
}

// alike reports names that differ in letter case, separators or at most two letters. A digit more or another digit makes another name.
func alike(a, b string) bool {
	if squashed(a) == squashed(b) {
		return true
	}
	if min(utf8.RuneCountInString(a), utf8.RuneCountInString(b)) < shortestGuess || digits(a) != digits(b) {
		return false
	}
	return len(nearest.Of(a, []string{b}, 1)) > 0
}

func squashed(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-. ", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

func digits(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
}

// slipOfLogsource compares a log source with the bundled ones, then with the others of the rules.
func (c *Census) slipOfLogsource(k Key, all []Key) (Slip, bool) {
	for _, p := range Default().CheckLogsource(k.Product, k.Category, k.Service) {
		slip := Slip{Key: k, Rules: c.rules[k]}
		switch p.Doubt {
		case PartMisspelt:
			slip.Like = string(p.Part) + " " + p.Suggestions[0]
			return slip, true
		case PartSwapped:
			slip.Like = string(p.Belongs) + " " + p.Value
			return slip, true
		}
	}
	if _, known := Default().Get(k); known {
		return Slip{}, false
	}
	for _, other := range all {
		if other != k && c.rules[other] >= sizeable*c.rules[k] && alikeParts(k, other) {
			return Slip{Key: k, Like: other.String(), Rules: c.rules[k], LikeRules: c.rules[other]}, true
		}
	}
	return Slip{}, false
}

// alikeParts reports log sources that differ in one part, and there by a slip.
func alikeParts(a, b Key) bool {
	differ := 0
	for _, part := range []Part{Product, Category, Service} {
		x, y := a.part(part), b.part(part)
		if x == y {
			continue
		}
		if x == "" || y == "" || !alike(x, y) {
			return false
		}
		differ++
	}
	return differ == 1
}
