package mine

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/tuning"
)

// whySpare says why a form that holds for all events is in no filter.
func (m *miner) whySpare(f form, c *clause) string {
	said := conditionsText(f.conditions)
	switch {
	case f.volatile != "":
		return fmt.Sprintf("%s (%s)", f.volatile, said)
	case f.listed && f.once > 0:
		return fmt.Sprintf("%d of its %d values were seen once only: the next event is likely to bring another one", f.once, f.alike)
	}
	return fmt.Sprintf("it holds for these events (%s), but a field like this changes easily, and %s too few to rely on it", said, plural(c.n, "occurrence")+" "+areIs(c.n))
}

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// whyNot says it of every field that no filter uses. Where several kinds of events have reasons, those of the largest count.
func (m *miner) whyNot(rows []int, found []*clause) []tuning.FieldNote {
	used := map[string]bool{}
	why := map[string]string{}
	for _, c := range found {
		for _, f := range c.forms {
			used[f.field.name] = true
		}
		for name, reason := range c.why {
			if _, known := why[name]; !known {
				why[name] = reason
			}
		}
	}
	if len(rows) > 0 {
		for name, c := range m.table.byName {
			if _, known := why[name]; c < 0 && !known {
				why[name] = m.fields.of(name).silent
			}
		}
	}
	var out []tuning.FieldNote
	for _, name := range sortedKeys(why) {
		if !used[name] && why[name] != "" {
			out = append(out, tuning.FieldNote{Field: name, Why: why[name]})
		}
	}
	return out
}

// nameCheck finds out whether events that do not fire lack the fields that the rule looks at.
type nameCheck struct {
	wanted []string
	had    map[string]int // how many of the events had a wanted field
	other  map[string]int // the other names
	looked int
}

// mostLooked is at how many silent events are looked for names: the first ones tell.
const mostLooked = 1000

func newNameCheck(rule *rules.Rule) nameCheck {
	n := nameCheck{had: map[string]int{}, other: map[string]int{}}
	set := map[string]bool{}
	for _, d := range rule.Detection.Named {
		if rule.Detection.Polarity(d)&rules.Positive == 0 {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Field != "" {
				set[i.Field] = true
			}
		})
	}
	n.wanted = sortedKeys(set)
	return n
}

func (n *nameCheck) see(fields map[string]any) {
	if n.looked == mostLooked {
		return
	}
	n.looked++
	for name := range fields {
		n.other[name]++
	}
	for _, w := range n.wanted {
		if _, ok := fields[w]; ok {
			n.had[w]++
		}
	}
}

// notes say what is odd: events that do not fire, and the likeliest cause.
func (n *nameCheck) notes(given tuning.LabelledEvents) []string {
	var out []string
	if given.Given == 0 {
		return []string{"no false positives were read: the files hold no events"}
	}
	if given.Excluded > 0 {
		out = append(out, fmt.Sprintf("%s hidden by the filters that the rule has already", areWords(given.Excluded, "false positive is", "false positives are")))
	}
	silent := given.Silent - given.Excluded
	if silent == 0 {
		return out
	}
	out = append(out, fmt.Sprintf("the rule does not fire on %d of %s", silent, plural(given.Given, "given false positive")))
	for _, w := range n.wanted {
		if n.had[w] > 0 || n.looked == 0 {
			continue
		}
		text := fmt.Sprintf("the rule looks at `%s`, which none of the events that do not fire has", w)
		if like := n.like(w); like != "" {
			text += fmt.Sprintf("; they have `%s`: if that is the same, pass --map with a file that says `%s: %s`", like, like, w)
		}
		out = append(out, text)
	}
	return out
}

func areWords(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// like is the name among those of the events that is most like a wanted one: the same letters, or one inside the other.
func (n *nameCheck) like(wanted string) string {
	tidy := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, strings.ToLower(s))
	}
	w := tidy(wanted)
	names := sortedKeys(n.other)
	best, bestScore := "", 0.0
	for _, name := range names {
		o := tidy(name)
		if o == "" {
			continue
		}
		score := similarity(w, o)
		if score > bestScore {
			best, bestScore = name, score
		}
	}
	const alike = .5 // of the pairs of letters; below it names have little to do with each other
	if bestScore < alike {
		return ""
	}
	return best
}

// similarity is the share of pairs of neighbouring letters that two names have in common (Dice's coefficient).
func similarity(a, b string) float64 {
	pairs := func(s string) []string {
		var out []string
		for i := 0; i+1 < len(s); i++ {
			out = append(out, s[i:i+2])
		}
		sort.Strings(out)
		return out
	}
	x, y := pairs(a), pairs(b)
	if len(x)+len(y) == 0 {
		return 0
	}
	same := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			same, i, j = same+1, i+1, j+1
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(same) / float64(len(x)+len(y))
}
