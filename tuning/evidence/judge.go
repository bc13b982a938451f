package evidence

import (
	"io"
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
		j := &judging{set: set, batches: make(chan *batch, workers), seen: map[string]bool{}}
		s.judging = j
		ordered := make(chan *batch, 2*workers) // bounds what is read ahead
		stop := make(chan struct{})
		var running sync.WaitGroup
		for range max(workers, 1) {
			running.Go(func() { s.judgeBatches(j) })
		}
		running.Go(func() {
			defer close(ordered)
			defer close(j.batches)
			r := &reading{stream: s, ordered: ordered, judging: j, stop: stop}
			for _, in := range s.inputs {
				if !r.input(in) {
					return
				}
			}
		})
		defer running.Wait()
		defer close(stop)
		for b := range ordered {
			<-b.done
			for i := range b.items {
				if !s.give(&b.items[i], yield) {
					return
				}
			}
		}
	}
}

// give counts what was read, and gives an event out. It is false when the caller wants no more.
func (s *Stream) give(i *judgedItem, yield func(Judged) bool) bool {
	switch {
	case i.form != "":
		s.detected(Detected{i.place.Path, i.form})
	case i.ended:
		if s.err == nil {
			s.err = i.problem
		}
	case i.problem != nil:
		s.broken(&Problem{i.place, i.problem})
	default:
		s.Read++
		return yield(Judged{i.place, s.Read + s.Broken, i.rules})
	}
	return true
}

// judging is what the goroutines of one Judge share.
type judging struct {
	set     *match.Set
	batches chan *batch
	lock    sync.Mutex
	seen    map[string]bool // fields of rules that any event had
	sample  []any           // of the first events: their text, or their fields
}

// batch is a run of records of one input.
type batch struct {
	text  strings.Builder // of the raw objects
	items []judgedItem
	done  chan struct{} // closed when it is judged
}

// judgedItem is a record on its way: what was read, then what came of it.
type judgedItem struct {
	place    Place
	from, to int            // of a raw object in the text of its batch
	fields   map[string]any // of another
	problem  error
	form     string // of an input that begins here
	ended    bool   // problem ended the input
	rules    []int
}

// Batches are handed on when the input has no more to give at once, which is after 64 KiB of a file and after every event of a slow pipe, and at these
// limits.
const (
	batchItems = 512
	batchBytes = 1 << 20
)

// sampled is how many events at the start of a stream are kept for Unknown.
const sampled = 64

// reading turns inputs into batches. It runs in a goroutine of its own.
type reading struct {
	stream  *Stream
	judging *judging
	ordered chan<- *batch
	stop    <-chan struct{}
	batch   *batch
	length  int // of the text of the batch before, which tells what the next one needs
	stopped bool
}

// flushing hands the batch on before the input may have to be waited for.
type flushing struct {
	io.Reader
	to *reading
}

func (f flushing) Read(p []byte) (int, error) {
	f.to.flush()
	return f.Reader.Read(p)
}

// flush hands the batch to the workers and, in its order, to the caller of Judge.
func (r *reading) flush() {
	if r.batch == nil || r.stopped {
		return
	}
	b := r.batch
	r.batch, r.length = nil, b.text.Len()
	select {
	case r.ordered <- b:
		r.judging.batches <- b
	case <-r.stop:
		r.stopped = true
	}
}

func (r *reading) add(i judgedItem, raw []byte) bool {
	if r.batch == nil {
		r.batch = &batch{done: make(chan struct{})}
		r.batch.text.Grow(min(r.length, batchBytes))
	}
	b := r.batch
	i.from = b.text.Len()
	b.text.Write(raw)
	i.to = b.text.Len()
	b.items = append(b.items, i)
	if len(b.items) >= batchItems || i.to >= batchBytes {
		r.flush()
	}
	return !r.stopped
}

// input reads one input. It is false when the caller of Judge wants no more.
func (r *reading) input(in namedInput) bool {
	fail := func(err error) {
		r.add(judgedItem{place: Place{Path: in.name}, problem: inputError(in, err), ended: true}, nil)
	}
	file, err := in.open()
	if err != nil {
		fail(err)
		r.flush()
		return !r.stopped
	}
	defer file.Close()
	text, form, err := recognise(flushing{file, r})
	if err != nil {
		fail(err)
		r.flush()
		return !r.stopped
	}
	r.add(judgedItem{place: Place{Path: in.name}, form: form.String()}, nil)
	number := 0
	err = form.read(text, r.stream.options.Limits.Record, func(object any, line int, problem error) bool {
		number++
		i := judgedItem{place: Place{in.name, line, number}, problem: problem}
		raw, _ := object.(rawObject)
		i.fields, _ = object.(map[string]any)
		if j := r.judging; problem == nil && len(j.sample) < sampled {
			j.keep(raw, i.fields)
		}
		return r.add(i, raw)
	})
	if err != nil {
		fail(err)
	}
	r.flush()
	return !r.stopped
}

// judgeBatches is one worker.
func (s *Stream) judgeBatches(j *judging) {
	w := newJudge(s.options, j.set)
	for b := range j.batches {
		text := b.text.String()
		b.text.Reset()
		for k := range b.items {
			i := &b.items[k]
			if i.problem == nil && i.form == "" {
				i.rules, i.problem = w.judge(text[i.from:i.to], i.fields)
				i.fields = nil
			}
		}
		close(b.done)
	}
	j.lock.Lock()
	defer j.lock.Unlock()
	for _, f := range j.set.Fields() {
		if w.reader.Seen(f) {
			j.seen[f] = true
		}
	}
}

// judge puts events to a set of rules. It belongs to one goroutine.
type judge struct {
	naming *naming
	reader *match.Reader
	hashed bool // rules may see hashes that are made from others
}

func newJudge(o Options, set *match.Set) *judge {
	w := &judge{naming: newNaming(o)}
	reads := match.ReaderOptions{Stop: w.naming.renames()}
	w.hashed = set.Keywords() || slices.ContainsFunc(set.Fields(), func(f string) bool { return slices.Contains(hashNames, f) })
	if w.hashed {
		reads.Fields = hashNames
	}
	w.reader = set.Reader(reads)
	return w
}

// judge is the rules that match a JSON object or, when there is no text, decoded fields.
func (w *judge) judge(text string, fields map[string]any) ([]int, error) {
	if text == "" || !w.reader.Scan(text) || !w.addHashes() {
		object := any(fields)
		if text != "" {
			object = rawObject(text)
		}
		record, err := w.naming.recordOf(object)
		if err != nil {
			return nil, err
		}
		w.reader.Take(record.Event)
	}
	if hits := w.reader.Hits(); len(hits) > 0 {
		return slices.Clone(hits), nil
	}
	return nil, nil
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
	if fields != nil {
		j.sample = append(j.sample, fieldNames(fields))
		return
	}
	j.sample = append(j.sample, rawObject(slices.Clone(raw)))
}
