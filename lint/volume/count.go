package volume

import (
	"crypto/sha256"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// Rule is a rule to count, with its branches: each is a conjunction of items that all have to hold.
type Rule struct {
	*rules.Rule
	Branches [][]*rules.Item
}

// Baseline is what was counted in a stream of events.
type Baseline struct {
	Name   string // of the stream, as the user wrote it
	Events int    // all of them
	Bad    []Bad  // lines that are no events, the first few
	Broken int    // how many there were
	rules  map[key]*Counts
}

// Bad is a line that is no event.
type Bad struct {
	Line int
	Err  error
}

// key names a document of a file with its content: what was counted of an older text is not told of a newer one.
type key struct {
	path    string
	index   int
	content [sha256.Size]byte
}

func keyOf(r *rules.Rule) key { return key{r.File.Path, r.Index, sha256.Sum256(r.File.Data)} }

// Counts are those of one rule.
type Counts struct {
	Events   int      // that its log source could have
	Fired    int      // on how many of them the rule fires
	Branches []Branch // as they were given
}

// Branch counts one branch.
type Branch struct {
	Fired int    // events on which the rule fires and the branch holds
	Items []Item // its items in their order; several branches may share one
}

// Item counts one item since the rule first fired.
type Item struct {
	Item   *rules.Item
	Events int   // seen since then
	Held   int   // on how many of them the item holds
	Tests  []int // on how many each of its tests holds alone; nil when the item has one
}

// Of is what was counted of a rule, false when it was not among those that were counted, or could not be evaluated.
func (b *Baseline) Of(r *rules.Rule) (*Counts, bool) {
	if b == nil || r.File == nil {
		return nil, false
	}
	c, ok := b.rules[keyOf(r)]
	return c, ok
}

// Bits is how many bits the items of a branch ask for, by their shares in the events: a sum, as if fields were independent. It is false
// where an item was not counted, which is so when the rule did not fire or only at the very end.
func (b *Branch) Bits() (float64, bool) {
	sum := 0.0
	for _, i := range b.Items {
		if i.Held == 0 {
			return 0, false
		}
		sum += i.Bits()
	}
	return sum, len(b.Items) > 0
}

// Bits is minus the binary logarithm of the share of the events on which the item holds.
func (i *Item) Bits() float64 { return -math.Log2(float64(i.Held) / float64(i.Events)) }

// mostBranches bounds the branches that are counted of one rule. A rule with more is counted as a whole.
const mostBranches = 256

// counter counts one rule. It is used by one goroutine.
type counter struct {
	counts   *Counts
	matcher  *match.Matcher
	branches []*match.Matcher
	items    []*itemCounter // each item once
	started  bool
}

type itemCounter struct {
	item    *rules.Item
	matcher *match.Matcher
	tests   []*match.Matcher
	events  int
	held    int
	single  []int
}

// newCounter is nil for a rule that has no certain meaning.
func newCounter(r Rule) *counter {
	matcher, err := match.Compile(r.Rule)
	if err != nil {
		return nil
	}
	c := &counter{counts: &Counts{}, matcher: matcher}
	if len(r.Branches) > mostBranches {
		return c
	}
	seen := map[*rules.Item]bool{}
	for _, items := range r.Branches {
		m, err := conjunction(items)
		if err != nil {
			return c.whole()
		}
		c.branches = append(c.branches, m)
		b := Branch{}
		for _, i := range items {
			b.Items = append(b.Items, Item{Item: i})
			if seen[i] {
				continue
			}
			seen[i] = true
			ic := &itemCounter{item: i}
			if ic.matcher, err = conjunction([]*rules.Item{i}); err != nil {
				return c.whole()
			}
			if len(i.Tests) > 1 {
				for _, t := range i.Tests {
					alone := *i
					alone.Tests = []*rules.Test{t}
					m, err := conjunction([]*rules.Item{&alone})
					if err != nil {
						return c.whole()
					}
					ic.tests = append(ic.tests, m)
				}
				ic.single = make([]int, len(i.Tests))
			}
			c.items = append(c.items, ic)
		}
		c.counts.Branches = append(c.counts.Branches, b)
	}
	return c
}

// whole counts the rule and none of its parts.
func (c *counter) whole() *counter {
	c.branches, c.items, c.counts.Branches = nil, nil, nil
	return c
}

// conjunction matches events on which all items hold.
func conjunction(items []*rules.Item) (*match.Matcher, error) {
	return match.CompileDetection(&rules.Detection{Name: "branch", Block: &rules.Block{Shape: rules.MapShape, Items: items}})
}

func (c *counter) see(e *match.Event) {
	c.counts.Events++
	if c.started {
		for _, i := range c.items {
			i.see(e)
		}
	}
	if !c.matcher.Match(e) {
		return
	}
	c.started = true
	c.counts.Fired++
	for k, m := range c.branches {
		if m.Match(e) {
			c.counts.Branches[k].Fired++
		}
	}
}

func (i *itemCounter) see(e *match.Event) {
	i.events++
	if i.matcher.Match(e) {
		i.held++
	}
	for k, m := range i.tests {
		if m.Match(e) {
			i.single[k]++
		}
	}
}

// finish puts the counts of items into the branches that share them.
func (c *counter) finish() *Counts {
	of := map[*rules.Item]*itemCounter{}
	for _, i := range c.items {
		of[i.item] = i
	}
	for k := range c.counts.Branches {
		items := c.counts.Branches[k].Items
		for n := range items {
			i := of[items[n].Item]
			items[n].Events, items[n].Held, items[n].Tests = i.events, i.held, i.single
		}
	}
	return c.counts
}

// batchSize is how many events are handed to the goroutines at a time.
const batchSize = 512

// Counter counts rules in events that are given one after the other. Rules are divided among goroutines, never events, so that the
// result does not depend on how many there are.
type Counter struct {
	total    int
	rules    []Rule
	counters []*counter
	sources  []int // of each counter: which of the log sources below
	logs     []logs
	batch    []seen
	jobs     int
}

// seen is an event and the log sources that it may come from.
type seen struct {
	event *match.Event
	of    []bool
}

// NewCounter prepares to count rules, with so many goroutines; zero means one per processor.
func NewCounter(list []Rule, jobs int) *Counter {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	out := &Counter{jobs: jobs}
	at := map[string]int{}
	for _, r := range list {
		c := newCounter(r)
		if c == nil {
			continue
		}
		name := r.Logsource.String()
		k, ok := at[name]
		if !ok {
			k = len(out.logs)
			at[name] = k
			out.logs = append(out.logs, logsOf(r.Logsource))
		}
		out.rules, out.counters, out.sources = append(out.rules, r), append(out.counters, c), append(out.sources, k)
	}
	return out
}

// Add counts an event.
func (c *Counter) Add(e *match.Event) {
	c.total++
	s := seen{event: e, of: make([]bool, len(c.logs))}
	origin := originOf(e)
	for k := range c.logs {
		s.of[k] = c.logs[k].mayHold(origin)
	}
	if c.batch = append(c.batch, s); len(c.batch) == batchSize {
		c.flush()
	}
}

func (c *Counter) flush() {
	var workers sync.WaitGroup
	for worker := range c.jobs {
		workers.Go(func() {
			for k := worker; k < len(c.counters); k += c.jobs {
				for _, s := range c.batch {
					if s.of[c.sources[k]] {
						c.counters[k].see(s.event)
					}
				}
			}
		})
	}
	workers.Wait()
	c.batch = slices.Delete(c.batch, 0, len(c.batch))
}

// Baseline is what was counted up to now.
func (c *Counter) Baseline(name string) *Baseline {
	c.flush()
	out := &Baseline{Name: name, Events: c.total, rules: map[key]*Counts{}}
	for k, counter := range c.counters {
		out.rules[keyOf(c.rules[k].Rule)] = counter.finish()
	}
	return out
}
