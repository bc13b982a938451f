package revision

import (
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Correlation is a correlation that differs, or one that counts rules that do. Its Verdict takes the rules it names as given, and is
// Narrowed or Widened only when the threshold alone moved; any other change is Unknown, with the Reason.
type Correlation struct {
	Pair
	Was, Is    *rules.Correlation // nil where the correlation is not
	Verdict    Verdict
	Reason     string      // with Unknown
	Attributes []Attribute // below `correlation` that differ
	Metadata   []Attribute
	Moved      bool
	Rules      []Reference // documents it names that changed what they match
}

// Reference is a document that a correlation names and that changed.
type Reference struct {
	Name    string // as the correlation writes it
	Pair    Pair
	Verdict Verdict
}

// Loses reports that alerts were lost for certain, and whether that could not be decided.
func (c *Correlation) Loses() (yes, unsure bool) {
	return c.Verdict == Removed || c.Verdict == Narrowed || c.Verdict == Both, c.Verdict == Unknown
}

// Gains is Loses for alerts that only come now.
func (c *Correlation) Gains() (yes, unsure bool) {
	return c.Verdict == Added || c.Verdict == Widened || c.Verdict == Both, c.Verdict == Unknown
}

// correlations compares the correlations among the pairs. Those that name a changed document are there even when they are the same.
func correlations(pairs []Pair, options func(*rules.Rule) logic.Options, changed []Rule) []Correlation {
	var all []Correlation
	for _, p := range pairs {
		if kindOf(p) != kindCorrelation {
			continue
		}
		c := Correlation{Pair: p, Moved: !p.Added() && !p.Removed() && moved(p)}
		c.Was, _ = p.Old.Document.(*rules.Correlation)
		c.Is, _ = p.New.Document.(*rules.Correlation)
		c.compare()
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil
	}
	known := map[string]Reference{}
	add := func(p Pair, v Verdict) {
		if v == Equivalent {
			return
		}
		for _, version := range []Version{p.Old, p.New} {
			if version.Document == nil {
				continue
			}
			for _, name := range []string{strings.ToLower(version.head().ID.Value), version.head().Name.Value} {
				if name != "" {
					known[name] = Reference{Pair: p, Verdict: v}
				}
			}
		}
	}
	for i := range changed {
		add(changed[i].Pair, changed[i].Verdict)
	}
	for _, p := range pairs { // outside the paths that were named
		if r := newRule(p); p.Context && kindOf(p) == kindRule && p.Old.Document != p.New.Document {
			r.compare(options)
			add(p, r.Verdict)
		}
	}
	for i := range all {
		add(all[i].Pair, all[i].Verdict)
	}
	var out []Correlation
	for _, c := range all {
		c.refer(known)
		if len(c.Rules) > 0 || !c.Context && c.differs() {
			out = append(out, c)
		}
	}
	return out
}

func (c *Correlation) differs() bool {
	return c.Verdict != Equivalent || len(c.Attributes) > 0 || len(c.Metadata) > 0 || c.Moved
}

// refer finds the changed documents among those the correlation names.
func (c *Correlation) refer(known map[string]Reference) {
	if c.Is == nil {
		return
	}
	for _, t := range c.Is.Rules {
		r, ok := known[t.Value]
		if !ok {
			r, ok = known[strings.ToLower(t.Value)]
		}
		if ok {
			r.Name = t.Value
			c.Rules = append(c.Rules, r)
		}
	}
}

// compare compares the attributes below `correlation`, each in the way that it has meaning.
func (c *Correlation) compare() {
	switch {
	case c.Was == nil:
		c.Verdict = Added
		return
	case c.Is == nil:
		c.Verdict = Removed
		return
	}
	c.Metadata = Metadata(c.Was, c.Is)
	c.Verdict = Equivalent
	var unsure []string
	for _, name := range attributeNames(c.Was.Node, c.Is.Node) {
		old, new := c.Was.Node.Find(name), c.Is.Node.Find(name)
		if same(old, new) {
			continue
		}
		a, _ := compared(name, old, new)
		a.Name = name
		c.Attributes = append(c.Attributes, a)
		switch {
		case name == "condition":
			c.Verdict = threshold(c.Was, c.Is)
			if c.Verdict == Unknown {
				unsure = append(unsure, name)
			}
		case !c.means(name, old, new):
		default:
			unsure = append(unsure, name)
		}
	}
	// Two changes may cancel out or add up: a longer time span with a higher threshold, say.
	if len(unsure) > 0 {
		c.Verdict = Unknown
		c.Reason = "`" + strings.Join(unsure, "`, `") + "` changed; what that does to the alerts is not compared"
	}
}

func attributeNames(a, b *source.Node) []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range []*source.Node{b, a} {
		if n == nil {
			continue
		}
		for _, e := range n.Entries {
			if !seen[e.Key.Value] {
				seen[e.Key.Value] = true
				out = append(out, e.Key.Value)
			}
		}
	}
	return out
}

// means reports that a change of an attribute can change the alerts: not when only the order of a set differs, or the unit of a time.
func (c *Correlation) means(name string, old, new *source.Node) bool {
	switch name {
	case "rules", "group-by":
		if name == "rules" && strings.HasSuffix(c.Is.Type.Value, "_ordered") {
			return true
		}
		return !equalSets(old, new)
	case "timespan":
		a, okA := seconds(c.Was.Timespan.Value)
		b, okB := seconds(c.Is.Timespan.Value)
		return !okA || !okB || a != b
	}
	return true
}

func equalSets(old, new *source.Node) bool {
	set := func(n *source.Node) (string, bool) {
		if n != nil && n.Kind == source.Scalar {
			return n.Value, true
		}
		list, ok := entries(n)
		list = append([]string(nil), list...)
		sort.Strings(list)
		var out []string
		for i, s := range list {
			if i == 0 || s != list[i-1] {
				out = append(out, s)
			}
		}
		return strings.Join(out, "\x00"), ok && n != nil
	}
	a, okA := set(old)
	b, okB := set(new)
	return okA && okB && a == b
}

// units of time spans that have one length; a month and a year have several.
var units = map[byte]int{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}

func seconds(span string) (int, bool) {
	if span == "" {
		return 0, false
	}
	n, err := strconv.Atoi(span[:len(span)-1])
	unit := units[span[len(span)-1]]
	if err != nil || n < 0 || unit == 0 || n > math.MaxInt32 {
		return 0, false
	}
	return n * unit, true
}

// threshold compares two conditions of a correlation that counts: with nothing else changed, fewer counts that alert are fewer alerts.
func threshold(was, is *rules.Correlation) Verdict {
	if was.Type.Value != is.Type.Value {
		return Unknown
	}
	a, okA := countsOf(was)
	b, okB := countsOf(is)
	if !okA || !okB || !same(was.Condition.Value.Find("field"), is.Condition.Value.Find("field")) {
		return Unknown
	}
	lost, gained := logic.No, logic.No
	if b.low > a.low || b.high < a.high {
		lost = logic.Yes
	}
	if b.low < a.low || b.high > a.high {
		gained = logic.Yes
	}
	return verdictOf(lost, gained)
}

// counts are the whole numbers that alert, both ends included.
type counts struct{ low, high int }

// countsOf reads the threshold of correlations that count whole things. Nothing can be counted less than once: it is an event that starts
// the counting.
func countsOf(c *rules.Correlation) (counts, bool) {
	out := counts{1, math.MaxInt32}
	if c.Type.Value != "event_count" && c.Type.Value != "value_count" || c.Condition == nil || c.Condition.Value.Kind != source.Map {
		return out, false
	}
	if c.Type.Value == "value_count" {
		out.low = 0
	}
	found := false
	for _, e := range c.Condition.Value.Entries {
		if e.Key.Value == "field" {
			continue
		}
		n, err := strconv.Atoi(e.Value.Value)
		if err != nil || n < 0 || n >= math.MaxInt32 {
			return out, false
		}
		found = true
		switch e.Key.Value {
		case "gte":
			out.low = max(out.low, n)
		case "gt":
			out.low = max(out.low, n+1)
		case "lte":
			out.high = min(out.high, n)
		case "lt":
			out.high = min(out.high, n-1)
		case "eq":
			out.low, out.high = max(out.low, n), min(out.high, n)
		default:
			return out, false
		}
	}
	return out, found && out.low <= out.high
}
