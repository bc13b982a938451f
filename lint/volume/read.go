package volume

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/sigtune/sigtune/rules/match"
)

const (
	// longestLine bounds one event. Windows events with a whole script in them have some 100 KB.
	longestLine = 4 << 20
	// namedLines is how many bad lines are kept: a file that holds no events has one a line.
	namedLines = 10
)

// Read counts rules in a stream of events: one JSON object a line, field names as in the rules, gzip or not. The name is that of the
// stream. Lines that are no events are left out and told in the result; an error is one of reading.
func Read(r io.Reader, name string, list []Rule, jobs int) (*Baseline, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte("\x1f\x8b")) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("it is not a gzip file: %w", err)
		}
		defer unzipped.Close()
		in = bufio.NewReaderSize(unzipped, 64<<10)
	}
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(len(mark))
	} else if bytes.HasPrefix(mark, []byte("\xff\xfe")) || bytes.HasPrefix(mark, []byte("\xfe\xff")) {
		return nil, errors.New("the file is UTF-16, not UTF-8; save it as UTF-8")
	}
	counter := NewCounter(list, jobs)
	var bad []Bad
	broken := 0
	complain := func(line int, err error) {
		if broken++; broken <= namedLines {
			bad = append(bad, Bad{line, err})
		}
	}
	var line []byte
	for number := 1; ; number++ {
		var err error
		var long bool
		line, long, err = readLine(in, line[:0])
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		switch text := bytes.TrimSpace(line); {
		case long:
			complain(number, fmt.Errorf("the line is longer than %d bytes; write one event a line", longestLine))
		case len(text) > 0:
			if event, wrong := match.ParseEvent(text); wrong != nil {
				complain(number, wrong)
			} else {
				counter.Add(event)
			}
		}
		if err != nil {
			break
		}
	}
	out := counter.Baseline(name)
	out.Bad, out.Broken = bad, broken
	return out, nil
}

// readLine reads a line into a buffer. What is longer than longestLine is read and dropped. The error is io.EOF with the last line.
func readLine(in *bufio.Reader, line []byte) (text []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(line)+len(part) > longestLine; !long {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}
