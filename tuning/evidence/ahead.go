package evidence

import (
	"io"
	"iter"
	"strings"
	"sync"
)

// Ahead are the records of a stream in their order, as Records gives them, made on so many goroutines besides the one that reads and that of the caller.
// It is read once, instead of Records; counters and problems are the same.
func (s *Stream) Ahead(workers int) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		a := &ahead{begin: func() worker { return &recorder{newNaming(s.options)} }}
		for i := range s.ahead(a, workers) {
			s.Read++
			i.record.stream = s
			if !yield(i.record) {
				return
			}
		}
	}
}

// recorder is the worker of Ahead.
type recorder struct{ naming *naming }

func (r *recorder) work(i *item, text string) {
	if text == "" {
		i.record, i.problem = r.naming.record(i.fields)
	} else {
		i.record, i.problem = r.naming.recordOfText(text)
	}
	if i.record != nil {
		i.record.Source = i.place
	}
}

func (r *recorder) end() {}

// ahead is what the goroutines of one reading share.
type ahead struct {
	begin   func() worker                           // for each goroutine
	sample  func(raw []byte, fields map[string]any) // told of every event that is read; may be nil
	batches chan *batch
}

// worker makes something of events. It belongs to one goroutine.
type worker interface {
	work(i *item, text string) // text is that of a raw object, or empty
	end()
}

// batch is a run of records of one input.
type batch struct {
	text     strings.Builder // of the raw objects
	items    []item
	done     chan struct{} // closed when the worker is done
	panicked any           // what a goroutine panicked with
}

// item is a record on its way: what was read, then what came of it.
type item struct {
	place    Place
	from, to int            // of a raw object in the text of its batch
	fields   map[string]any // of another
	problem  error
	form     string // of an input that begins here
	ended    bool   // problem ended the input
	rules    []int
	record   *Record
}

// Batches are handed on when the input has no more to give at once, which is after 64 KiB of a file and after every event of a slow pipe, and at these
// limits.
const (
	batchItems = 512
	batchBytes = 1 << 20
)

// ahead reads the inputs and gives out what the workers made of each event, in the order of the input. Problems are counted and kept here. A panic
// of a goroutine becomes one of the caller, where somebody catches it.
func (s *Stream) ahead(a *ahead, workers int) iter.Seq[*item] {
	return func(yield func(*item) bool) {
		workers = max(workers, 1)
		a.batches = make(chan *batch, workers)
		ordered := make(chan *batch, 2*workers) // bounds what is read ahead
		stop := make(chan struct{})
		var running sync.WaitGroup
		for range workers {
			running.Go(a.run)
		}
		running.Go(func() {
			r := &reading{stream: s, ordered: ordered, ahead: a, stop: stop}
			defer close(ordered)
			defer close(a.batches)
			defer r.catch()
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
			if b.panicked != nil {
				panic(b.panicked)
			}
			for k := range b.items {
				switch i := &b.items[k]; {
				case i.form != "":
					s.detected(Detected{i.place.Path, i.form})
				case i.ended:
					if s.err == nil {
						s.err = i.problem
					}
				case i.problem != nil:
					s.broken(&Problem{i.place, i.problem})
				case !yield(i):
					return
				}
			}
		}
	}
}

// run is one worker.
func (a *ahead) run() {
	var w worker
	for b := range a.batches {
		func() {
			defer close(b.done)
			defer func() { b.panicked = recover() }()
			if w == nil {
				w = a.begin()
			}
			text := b.text.String()
			b.text.Reset()
			for k := range b.items {
				i := &b.items[k]
				if i.problem == nil && i.form == "" {
					w.work(i, text[i.from:i.to])
					i.fields = nil
				}
			}
		}()
	}
	if w != nil {
		w.end()
	}
}

// reading turns inputs into batches. It runs in a goroutine of its own.
type reading struct {
	stream  *Stream
	ahead   *ahead
	ordered chan<- *batch
	stop    <-chan struct{}
	batch   *batch
	length  int // of the text of the batch before, which tells what the next one needs
	stopped bool
}

// catch hands a panic of the reading to the caller.
func (r *reading) catch() {
	p := recover()
	if p == nil {
		return
	}
	b := &batch{done: make(chan struct{}), panicked: p}
	close(b.done)
	select {
	case r.ordered <- b:
	case <-r.stop:
	}
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

// flush hands the batch to the workers and, in its order, to the caller.
func (r *reading) flush() {
	if r.batch == nil || r.stopped {
		return
	}
	b := r.batch
	r.batch, r.length = nil, b.text.Len()
	select {
	case r.ordered <- b:
		r.ahead.batches <- b
	case <-r.stop:
		r.stopped = true
	}
}

func (r *reading) add(i item, raw []byte) bool {
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

// input reads one input. It is false when the caller wants no more.
func (r *reading) input(in namedInput) bool {
	fail := func(err error) {
		r.add(item{place: Place{Path: in.name}, problem: inputError(in, err), ended: true}, nil)
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
	r.add(item{place: Place{Path: in.name}, form: form.String()}, nil)
	number := 0
	err = form.read(text, r.stream.options.Limits.Record, func(object any, line int, problem error) bool {
		number++
		i := item{place: Place{in.name, line, number}, problem: problem}
		raw, _ := object.(rawObject)
		i.fields, _ = object.(map[string]any)
		if problem == nil && r.ahead.sample != nil {
			r.ahead.sample(raw, i.fields)
		}
		return r.add(i, raw)
	})
	if err != nil {
		fail(err)
	}
	r.flush()
	return !r.stopped
}
