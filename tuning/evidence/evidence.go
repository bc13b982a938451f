package evidence

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Options say how events are read. The zero value is usable.
type Options struct {
	Map       *Map         // the user's names, asked before the tables of this package; nil is none
	Logsource taxonomy.Key // of the rule that the events are for; unset, it is told from each event where that is possible
	Limits    Limits
	Stdin     io.Reader      // what the path `-` reads; nil is an empty stream
	Detected  func(Detected) // told when the form of an input is known, before its first record; may be nil
}

// Limits bound what one input can cost. A zero stands for the default.
type Limits struct {
	Record int // bytes of one record; 4 MiB
	Shown  int // broken records kept in Stream.First; 3
}

const (
	// defaultRecord is far above what logs hold: a Windows event fits 64 KiB, one with a whole script in it has some 100 KB, and cloud
	// audit records end at 1 MB.
	defaultRecord = 4 << 20
	defaultShown  = 3
)

// Place is where a record stands.
type Place struct {
	Path   string
	Line   int // 1-based, of its first byte; 0 in EVTX, which has no lines
	Number int // 1-based, among the records of its file; broken ones count
}

// String is `path:line`, or `path: record n` where there are no lines.
func (p Place) String() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return fmt.Sprintf("%s: record %d", p.Path, p.Number)
}

// Problem is a record that could not be read.
type Problem struct {
	Place
	Err error
}

func (p *Problem) Error() string { return p.Place.String() + ": " + p.Err.Error() }
func (p *Problem) Unwrap() error { return p.Err }

// Detected is the form of one input.
type Detected struct {
	Path   string
	Format string // for people, such as "JSON lines" or "EVTX, gzip"
}

// Stream is a sequence of records. It is read once, by one goroutine; the counters are final when Records has ended.
type Stream struct {
	Formats []Detected // of the inputs so far
	Read    int        // records given out
	Broken  int        // records that could not be read
	First   []*Problem // the first Limits.Shown of them
	options Options
	inputs  []namedInput
	err     error
	judging *judging // of Judge
}

type namedInput struct {
	name  string
	open  func() (io.ReadCloser, error)
	again bool // it can be opened a second time
}

// Open prepares to read files one after the other; `-` is Options.Stdin. It fails when a path is no readable file, with the path in the error.
func Open(paths []string, o Options) (*Stream, error) {
	s := &Stream{options: o.withDefaults()}
	for _, path := range paths {
		if path == "-" {
			s.inputs = append(s.inputs, namedInput{name: path, open: func() (io.ReadCloser, error) { return io.NopCloser(s.options.Stdin), nil }})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("is a directory; name one file")}
		}
		s.inputs = append(s.inputs, namedInput{path, func() (io.ReadCloser, error) { return os.Open(path) }, info.Mode().IsRegular()})
	}
	return s, nil
}

// Read prepares to read one stream. The name is used in places.
func Read(name string, r io.Reader, o Options) *Stream {
	return &Stream{
		options: o.withDefaults(),
		inputs:  []namedInput{{name: name, open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}},
	}
}

// Again is a stream of the same inputs from their beginning, for what has to be looked at twice. It is nil when one of them cannot be read a second
// time: standard input, a pipe, what Read was given. Options.Detected is not told again.
func (s *Stream) Again() *Stream {
	if !s.Repeats() {
		return nil
	}
	out := &Stream{options: s.options, inputs: s.inputs}
	out.options.Detected = nil
	return out
}

// Repeats reports whether Again gives a stream.
func (s *Stream) Repeats() bool {
	return !slices.ContainsFunc(s.inputs, func(in namedInput) bool { return !in.again })
}

func (o Options) withDefaults() Options {
	if o.Limits.Record <= 0 {
		o.Limits.Record = defaultRecord
	}
	if o.Limits.Shown <= 0 {
		o.Limits.Shown = defaultShown
	}
	if o.Stdin == nil {
		o.Stdin = eof{}
	}
	return o
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// Records are the records in their order. A record belongs to the caller.
func (s *Stream) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		naming := newNaming(s.options)
		for _, in := range s.inputs {
			stopped, err := s.readInput(in, naming, yield)
			if err != nil && s.err == nil {
				s.err = inputError(in, err)
			}
			if stopped {
				return
			}
		}
	}
}

// inputError is an error that ended the reading of an input.
func inputError(in namedInput, err error) error { return fmt.Errorf("%s: %w", in.name, err) }

// Err is the error that ended the reading of an input before its end, or nil.
func (s *Stream) Err() error { return s.err }

// readInput reads one input to its end. stopped says that the caller wants no more.
func (s *Stream) readInput(in namedInput, naming *naming, yield func(*Record) bool) (stopped bool, err error) {
	file, err := in.open()
	if err != nil {
		return false, err
	}
	defer file.Close()
	text, form, err := recognise(file)
	if err != nil {
		return false, err
	}
	s.detected(Detected{in.name, form.String()})
	number := 0
	err = form.read(text, s.options.Limits.Record, func(object any, line int, problem error) bool {
		number++
		at := Place{in.name, line, number}
		if problem == nil {
			var record *Record
			if record, problem = naming.recordOf(object); problem == nil {
				record.Source, record.stream = at, s
				s.Read++
				stopped = !yield(record)
				return !stopped
			}
		}
		s.broken(&Problem{at, problem})
		return true
	})
	return stopped, err
}

// broken counts a record that could not be read.
func (s *Stream) broken(p *Problem) {
	s.Broken++
	if len(s.First) < s.options.Limits.Shown {
		s.First = append(s.First, p)
	}
}

// detected tells the form of an input.
func (s *Stream) detected(d Detected) {
	s.Formats = append(s.Formats, d)
	if s.options.Detected != nil {
		s.options.Detected(d)
	}
}

// emit takes what a reader found: an event and the line of its first byte, or why there is none. The event is a map[string]any, or rawObject. It
// returns false to end the reading.
type emit func(object any, line int, problem error) bool

// rawObject is the text of what should be a JSON object, not decoded yet. It is valid until emit returns.
type rawObject []byte

// recordOf makes a record of what a reader emits.
func (n *naming) recordOf(object any) (*Record, error) {
	if raw, ok := object.(rawObject); ok {
		return n.recordOfText(string(raw))
	}
	fields, _ := object.(map[string]any)
	return n.record(fields)
}

// decoded makes a record of the text of an object in the way that takes every text.
func (n *naming) decoded(raw []byte) (*Record, error) {
	fields, err := parseObject(raw)
	if err != nil {
		return nil, err
	}
	return n.record(opened(fields))
}
