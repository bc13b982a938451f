package evidence

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// dialect is how a CSV file is written.
type dialect struct {
	delimiter byte
	marked    bool // the first line is Excel's `sep=`
}

func (d dialect) String() string {
	names := map[byte]string{',': "comma", ';': "semicolon", '\t': "tab", '|': "bar"}
	return "CSV, " + names[d.delimiter]
}

// dialectOf sees a CSV file by its header: at least two names, and no more cells below than there are names.
func dialectOf(sample []byte, whole bool) (dialect, bool) {
	line, rest, more := bytes.Cut(sample, []byte("\n"))
	if !more && !whole {
		return dialect{}, false
	}
	if mark := bytes.TrimSpace(line); len(mark) == len("sep=,") && bytes.HasPrefix(mark, []byte("sep=")) && strings.IndexByte(",;\t|", mark[4]) >= 0 {
		return dialect{mark[4], true}, true
	}
	best, most, sure := dialect{}, 1, false
	for _, delimiter := range []byte{',', ';', '\t', '|'} {
		names, err := cells(line, delimiter)
		if err != nil || len(names) < 2 || !header(names) {
			continue
		}
		second, _, _ := bytes.Cut(rest, []byte("\n"))
		row, err := cells(second, delimiter)
		if err == nil && len(row) > len(names) {
			continue
		}
		fits := len(row) == len(names)
		if fits == sure && len(names) > most || fits && !sure {
			best, most, sure = dialect{delimiter: delimiter}, len(names), fits
		}
	}
	return best, most > 1
}

// header reports whether cells can be names: none twice, and no control characters, braces or long texts.
func header(names []string) bool {
	seen := map[string]bool{}
	const longestName = 128 // flattened cloud audit fields have some 80 characters
	for i, n := range names {
		if n == "" && i < len(names)-1 || seen[n] || len(n) > longestName || strings.ContainsAny(n, "\x00\x01\x02\x03\n\"{}<>") {
			return false
		}
		seen[n] = true
	}
	return true
}

// cells splits one record.
func cells(record []byte, delimiter byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(record))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = rune(delimiter), -1, true
	out, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	for i := range out {
		out[i] = strings.TrimSuffix(out[i], "\r")
	}
	return out, err
}

func (d dialect) read(t *text, limit int, emit emit) error {
	in := csvRecords{lines: lines{from: t.Reader, limit: limit}, delimiter: d.delimiter}
	if d.marked {
		if _, err := in.lines.next(); err != nil {
			return err
		}
	}
	head, _, err := in.next()
	if err != nil {
		return endOf(err, 1, emit)
	}
	names, err := cells(head, d.delimiter)
	if err != nil {
		return err
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	for {
		record, line, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLong):
			if !emit(nil, line, fmt.Errorf("the record is longer than %d bytes; is a quote open?", limit)) {
				return nil
			}
			continue
		case err != nil:
			return endOf(err, line, emit)
		}
		if len(bytes.TrimSpace(record)) == 0 {
			continue
		}
		fields, err := csvEvent(names, record, d.delimiter)
		if err != nil {
			fields = nil
		}
		if !emit(fields, line, err) {
			return nil
		}
	}
}

// csvEvent is a record under the names of the header. An empty cell is an absent field: CSV has no other way to say so.
func csvEvent(names []string, record []byte, delimiter byte) (map[string]any, error) {
	if err := notUTF8(record); err != nil {
		return nil, err
	}
	values, err := cells(record, delimiter)
	if err != nil {
		return nil, fmt.Errorf("the record is no CSV: %w", err)
	}
	if len(values) > len(names) {
		return nil, fmt.Errorf("the record has %d cells, the header %d names", len(values), len(names))
	}
	fields := make(map[string]any, len(values))
	for i, v := range values {
		if v != "" && names[i] != "" {
			fields[names[i]] = v
		}
	}
	return fields, nil
}

// csvRecords joins lines while a quote is open.
type csvRecords struct {
	lines     lines
	delimiter byte
	held      []byte
}

// next is the next record and the line of its first byte. A record over the limit gives errLong; reading goes on behind the next line break.
func (c *csvRecords) next() ([]byte, int, error) {
	c.held = c.held[:0]
	first, open := 0, false
	for {
		line, err := c.lines.next()
		if first == 0 {
			first = c.lines.number
		}
		switch {
		case errors.Is(err, io.EOF) && len(c.held) > 0:
			return nil, first, errors.Join(io.ErrUnexpectedEOF, errors.New("a quote is not closed"))
		case err != nil:
			return nil, first, err
		case len(c.held)+len(line) > c.lines.limit:
			return nil, first, errLong
		}
		if len(c.held) > 0 {
			c.held = append(c.held, '\n')
		}
		c.held = append(c.held, line...)
		if open = quoteOpen(line, open, c.delimiter); !open {
			return c.held, first, nil
		}
	}
}

// quoteOpen reports whether a quote is open behind a line. A quote opens at the beginning of a cell only.
func quoteOpen(line []byte, open bool, delimiter byte) bool {
	start := !open
	for _, b := range line {
		switch {
		case open && b == '"':
			open = false // a doubled quote opens again with its second half
			start = true
		case b == '"' && start:
			open = true
		default:
			start = !open && b == delimiter
		}
	}
	return open
}
