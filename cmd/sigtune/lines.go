package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds one line of an event file. Windows events with a whole script in them have some 100 KB.
const maxLine = 4 << 20

var errLongLine = fmt.Errorf("the line is longer than %d bytes; write one event a line", maxLine)

// lineReader gives the lines of a stream in memory bounded by maxLine.
type lineReader struct {
	buffered *bufio.Reader
	line     []byte
	started  bool
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{buffered: bufio.NewReaderSize(r, 64<<10)}
}

// next is the next line without its break, valid until the following call. A line that is too long gives errLongLine and is
// skipped; the end of the stream gives io.EOF. A byte order mark is left out.
func (l *lineReader) next() ([]byte, error) {
	l.line = l.line[:0]
	long, any := false, false
	for {
		part, err := l.buffered.ReadSlice('\n')
		any = any || len(part) > 0
		if long = long || len(l.line)+len(part) > maxLine; !long {
			l.line = append(l.line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && any, err == nil:
			return l.finish(long)
		}
		return nil, err
	}
}

func (l *lineReader) finish(long bool) ([]byte, error) {
	line := bytes.TrimSuffix(l.line, []byte("\n"))
	if !l.started {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	l.started = true
	if long {
		return nil, errLongLine
	}
	return line, nil
}

// isUTF16 sees the mark that Windows tools write first.
func isUTF16(line []byte) bool {
	return bytes.HasPrefix(line, []byte("\xff\xfe")) || bytes.HasPrefix(line, []byte("\xfe\xff"))
}
