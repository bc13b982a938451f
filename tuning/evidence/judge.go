package evidence

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/sigtune/sigtune/rules/match"
)

// Judged is one event with the rules of a set that match it.
type Judged struct {
	Source Place
	Number int   // 1-based, among the records of all inputs; broken ones count
	Rules  []int // numbers in the set, ascending
}

// Judge puts the events of a stream to a set of rules, on so many goroutines, and gives them out in their order. An event whose names are those of the
// taxonomy is not decoded but for the fields that the rules ask for. It is read once, instead of Records; counters and problems are the same.
func (s *Stream) Judge(set *match.Set, workers int) iter.Seq[Judged] {
	return func(yield func(Judged) bool) {
		j := &judging{set: set, seen: map[string]bool{}}
		s.judging = j
		a := &ahead{begin: func() worker { return newJudge(s.options, j) }, sample: j.keep}
		for i := range s.ahead(a, workers) {
			s.Read++
			if !yield(Judged{i.place, s.Read + s.Broken, i.rules}) {
				return
			}
		}
	}
}

// judging is what the goroutines of one Judge share.
type judging struct {
	set    *match.Set
	lock   sync.Mutex
	seen   map[string]bool // fields of rules that any event had
	sample []any           // of the first events: their text, or their fields
}

// sampled is how many events at the start of a stream are kept for Unknown.
const sampled = 64

// judge puts events to a set of rules. It belongs to one goroutine.
type judge struct {
	judging *judging
	naming  *naming
	reader  *match.Reader
	hashed  bool // rules may see hashes that are made from others
}

func newJudge(o Options, j *judging) *judge {
	set := j.set
	w := &judge{judging: j, naming: newNaming(o)}
	reads := match.ReaderOptions{Stop: w.naming.renames()}
	w.hashed = set.Keywords() || slices.ContainsFunc(set.Fields(), func(f string) bool { return slices.Contains(hashNames, f) })
	if w.hashed {
		reads.Fields = hashNames
	}
	w.reader = set.Reader(reads)
	return w
}

// work finds the rules that match a JSON object or, when there is no text, decoded fields.
func (w *judge) work(i *item, text string) {
	if text == "" || !w.reader.Scan(text) || !w.addHashes() {
		var record *Record
		if text == "" {
			record, i.problem = w.naming.record(i.fields)
		} else {
			record, i.problem = w.naming.decoded([]byte(text))
		}
		if i.problem != nil {
			return
		}
		w.reader.Take(record.Event)
	}
	if hits := w.reader.Hits(); len(hits) > 0 {
		i.rules = slices.Clone(hits)
	}
}

// end notes which fields the events had.
func (w *judge) end() {
	j := w.judging
	j.lock.Lock()
	defer j.lock.Unlock()
	for _, f := range j.set.Fields() {
		if w.reader.Seen(f) {
			j.seen[f] = true
		}
	}
}

// addHashes does what naming does to an event without other names. It is false when a hash is no text.
func (w *judge) addHashes() bool {
	if !w.hashed {
		return true
	}
	for _, name := range hashNames {
		if _, text := w.reader.Text(name); !text && w.reader.Has(name) {
			return false
		}
	}
	w.naming.hashes(w.reader.Text, w.reader.Has, w.reader.Add)
	return true
}

// wrapped are keys of objects around events, and of events that carry another inside: see opened, windowsFields and rawEvent.
var wrapped = []string{"Event", "_raw", "EventData", "_source", "result", "event"}

// renames tells the top-level keys of events whose names may have to be brought to those of the taxonomy. An event with none of them keeps its names,
// hashes aside.
func (n *naming) renames() func(key string) bool {
	var names []string // `*` at the end stands for any rest
	for _, s := range nameSchemas() {
		names = append(names, s.seen...)
	}
	if n.user != nil {
		for _, p := range n.user.pairs {
			names = append(names, p.theirs)
		}
	}
	return func(key string) bool {
		return slices.Contains(wrapped, key) || slices.ContainsFunc(names, func(name string) bool {
			start, open := strings.CutSuffix(name, "*")
			return key == name || strings.HasPrefix(start, key+".") || open && strings.HasPrefix(key, start)
		})
	}
}

// keep remembers an event of the sample.
func (j *judging) keep(raw []byte, fields map[string]any) {
	switch {
	case len(j.sample) == sampled:
	case fields != nil:
		j.sample = append(j.sample, fieldNames(fields))
	default:
		j.sample = append(j.sample, rawObject(slices.Clone(raw)))
	}
}
