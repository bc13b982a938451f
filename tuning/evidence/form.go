package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// form is one form of input: how it is called, and how it is read. read gives every record to emit and returns an error of the operating
// system, or nil at the end of the input and when emit wants no more.
type form struct {
	name  string
	extra string // gzip, UTF-16
	read  func(t *text, limit int, emit emit) error
}

func (f form) String() string { return f.name + f.extra }

// recognise takes the layers off an input and tells its form by content.
func recognise(r io.Reader) (*text, form, error) {
	t, err := unwrap(r)
	if err != nil {
		return nil, form{}, err
	}
	sample, err := t.sample()
	if err != nil && !errors.Is(err, io.EOF) && len(sample) == 0 {
		return nil, form{}, err
	}
	f := formOf(sample, err != nil)
	if t.utf16 {
		f.extra += ", UTF-16"
	}
	if t.gzip {
		f.extra += ", gzip"
	}
	return t, f, nil
}

// sample is the beginning of an input. It waits for no more than it needs: JSON lines may come from a pipe that goes on for days.
func (t *text) sample() ([]byte, error) {
	if _, err := t.Peek(1); err != nil {
		return nil, err
	}
	ready, _ := t.Peek(t.Buffered())
	if line, _, whole := bytes.Cut(ready, []byte("\n")); whole && bytes.HasPrefix(line, []byte("{")) && json.Valid(line) {
		if _, wrapped := envelopeOf(line); !wrapped {
			return ready, nil
		}
	}
	return t.Peek(sampleSize)
}

// formOf tells a form by the beginning of an input; whole says that this is all of it. What nothing else fits is read as JSON lines, whose
// problems say for each line what was expected.
func formOf(sample []byte, whole bool) form {
	if bytes.HasPrefix(sample, []byte(evtxMagic)) {
		return form{name: "EVTX", read: readEVTX}
	}
	start := bytes.TrimLeft(sample, " \t\r\n")
	if len(start) == 0 {
		return form{name: "no events", read: readJSONLines}
	}
	switch start[0] {
	case '<':
		return form{name: "Windows event XML", read: readXML}
	case '[':
		return form{name: "JSON array", read: readJSONDocument(envelope{})}
	case '{':
		return jsonForm(start, whole)
	}
	if c, ok := dialectOf(sample, whole); ok {
		return form{name: c.String(), read: c.read}
	}
	return form{name: "JSON lines", read: readJSONLines}
}
