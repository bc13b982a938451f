package evidence

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// sampleSize is how much of an input the recognition of its form sees: the head of a query result with its column list fits.
const sampleSize = 64 << 10

// maxWrappings bounds gzip inside gzip; a log shipped compressed and compressed again for transport has two.
const maxWrappings = 2

var gzipMagic, utf8Mark = []byte("\x1f\x8b"), []byte("\xef\xbb\xbf")

// text is an input with its outer layers taken off.
type text struct {
	*bufio.Reader
	gzip, utf16 bool
}

// unwrap takes off compression, UTF-16 and a byte order mark.
func unwrap(r io.Reader) (*text, error) {
	t := &text{Reader: bufio.NewReaderSize(r, sampleSize)}
	for layers := 0; ; layers++ {
		head, err := t.Peek(len(gzipMagic))
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if !bytes.Equal(head, gzipMagic) {
			break
		}
		if layers == maxWrappings {
			return nil, fmt.Errorf("it is compressed with gzip more than %d times; unpack it first", maxWrappings)
		}
		inner, err := gzip.NewReader(t.Reader)
		if err != nil {
			return nil, fmt.Errorf("damaged gzip: %w", err)
		}
		t.gzip = true
		t.Reader = bufio.NewReaderSize(inner, sampleSize)
	}
	head, err := t.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if order, found := utf16Order(head); found {
		t.utf16 = true
		t.Reader = bufio.NewReaderSize(&utf16Reader{from: t.Reader, big: order}, sampleSize)
		head, _ = t.Peek(len(utf8Mark))
	}
	if bytes.HasPrefix(head, utf8Mark) {
		_, err = t.Discard(len(utf8Mark))
		return t, err
	}
	return t, nil
}

// utf16Order sees UTF-16 by its mark, or by two ASCII characters at the start.
func utf16Order(head []byte) (big, found bool) {
	if len(head) >= 2 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) {
		return head[0] == 0xfe, true
	}
	if len(head) < 4 {
		return false, false
	}
	text := func(b byte) bool { return b == '\t' || b == '\n' || b == '\r' || b >= ' ' && b < 0x7f }
	switch {
	case text(head[0]) && head[1] == 0 && text(head[2]) && head[3] == 0:
		return false, true
	case head[0] == 0 && text(head[1]) && head[2] == 0 && text(head[3]):
		return true, true
	}
	return false, false
}

// utf16Reader turns UTF-16 into UTF-8. A lone surrogate becomes U+FFFD, a lone last byte is dropped.
type utf16Reader struct {
	from    *bufio.Reader
	big     bool
	pending []byte
	high    rune // a first surrogate that waits for its second, or 0
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	var in [4096]byte
	for len(u.pending) == 0 {
		n, err := io.ReadFull(u.from, in[:])
		for i := 0; i+1 < n; i += 2 {
			u.unit(in[i], in[i+1])
		}
		if err != nil {
			if u.high != 0 {
				u.pending, u.high = utf8.AppendRune(u.pending, utf8.RuneError), 0
			}
			if len(u.pending) > 0 {
				break
			}
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			return 0, err
		}
	}
	n := copy(p, u.pending)
	u.pending = append(u.pending[:0], u.pending[n:]...)
	return n, nil
}

func (u *utf16Reader) unit(first, second byte) {
	if u.big {
		first, second = second, first
	}
	r := rune(first) | rune(second)<<8
	if u.high != 0 {
		if joined := utf16.DecodeRune(u.high, r); joined != utf8.RuneError {
			u.pending, u.high = utf8.AppendRune(u.pending, joined), 0
			return
		}
		u.pending, u.high = utf8.AppendRune(u.pending, utf8.RuneError), 0
	}
	if utf16.IsSurrogate(r) {
		if u.high = r; r >= 0xdc00 {
			u.pending, u.high = utf8.AppendRune(u.pending, utf8.RuneError), 0
		}
		return
	}
	u.pending = utf8.AppendRune(u.pending, r)
}

// tooLong is the problem of a record over the limit.
func tooLong(what string, limit int) error {
	return fmt.Errorf("the %s is longer than %d bytes; write one event a %s", what, limit, what)
}

// notUTF8 names the first byte that is no UTF-8, or is nil.
func notUTF8(data []byte) error {
	if utf8.Valid(data) {
		return nil
	}
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return fmt.Errorf("byte %d of the record, 0x%02x, is no UTF-8; export the events as UTF-8 or UTF-16", at+1, data[at])
}

// lines reads lines in memory bounded by limit.
type lines struct {
	from   *bufio.Reader
	limit  int
	number int // of the line last read, 1-based
	line   []byte
}

var errLong = errors.New("long line")

// next is the next line without its break, valid until the following call; errLong is a line over the limit, which is skipped.
func (l *lines) next() ([]byte, error) {
	l.line = l.line[:0]
	l.number++
	long, any := false, false
	for {
		part, err := l.from.ReadSlice('\n')
		any = any || len(part) > 0
		if long = long || len(l.line)+len(part) > l.limit; !long {
			l.line = append(l.line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil, errors.Is(err, io.EOF) && any:
			if long {
				return nil, errLong
			}
			return bytes.TrimSuffix(l.line, []byte("\n")), nil
		}
		return nil, err
	}
}
