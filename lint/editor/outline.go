package editor

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Outline is what the lines of one document say by their indentation, whether they parse or not: somebody is typing one of them.
type Outline struct {
	Path                       []string    // keys around the cursor, the outermost first; without the one that is being typed
	Key                        bool        // a key is being typed, else a value
	Item                       bool        // the value is an entry of a list, or the key the first of a map in one
	Word                       source.Span // what was typed of it so far, with what stands behind the cursor of the same word
	Text                       string      // up to the cursor
	Colon                      bool        // one stands behind the word already
	Product, Category, Service string
	Taxonomy                   string
	Identifiers                []string        // in source order
	Keys                       map[string]bool // top-level keys of the document
	Siblings                   map[string]bool // keys beside the one that is being typed
	Tags                       map[string]bool
}

// line is a line of YAML taken apart without reading it as YAML.
type line struct {
	start, end int    // in the file, without the break
	indent     int    // of the key or value, dashes counted as blanks
	dashes     []int  // columns of the dashes before it
	key        string // without quotes; empty when there is none
	colon      int    // column behind the colon, 0 when there is no key
	value      string
	blank      bool // empty, or a comment
}

// OutlineAt reads the lines around an offset.
func OutlineAt(data []byte, offset int) Outline {
	lines, current := split(data, offset)
	o := Outline{Keys: map[string]bool{}, Siblings: map[string]bool{}, Tags: map[string]bool{}}
	o.facts(lines)
	if current < 0 {
		return o
	}
	l := lines[current]
	text := string(data[l.start:offset])
	if l.blank || len(text) < l.indent { // nothing stands before the cursor
		l = line{start: l.start, end: l.end, indent: len(text), blank: true}
		lines = slices.Clone(lines)
		lines[current] = l
	}
	o.place(l, text, data, offset)
	o.parents(lines, current)
	return o
}

// split takes the document around an offset apart and says which line holds the offset.
func split(data []byte, offset int) (lines []line, current int) {
	current = -1
	for at := 0; at <= len(data); {
		end, next := at, len(data)+1
		for end < len(data) && data[end] != '\n' && data[end] != '\r' {
			end++
		}
		if end < len(data) {
			next = end + 1
			if data[end] == '\r' && next < len(data) && data[next] == '\n' {
				next++
			}
		}
		text := string(data[at:end])
		if text == "---" || strings.HasPrefix(text, "--- ") {
			if current >= 0 {
				return lines, current
			}
			lines = nil
		} else {
			if at <= offset && offset <= end {
				current = len(lines)
			}
			lines = append(lines, take(text, at, end))
		}
		at = next
	}
	return lines, current
}

func take(text string, start, end int) line {
	l := line{start: start, end: end}
	for l.indent < len(text) && (text[l.indent] == ' ' || text[l.indent] == '-' && (l.indent+1 == len(text) || text[l.indent+1] == ' ')) {
		if text[l.indent] == '-' {
			l.dashes = append(l.dashes, l.indent)
		}
		l.indent++
	}
	rest := text[l.indent:]
	if strings.TrimSpace(rest) == "" && l.dashes == nil || strings.HasPrefix(rest, "#") {
		l.blank = true
		return l
	}
	if i := colonOf(rest); i >= 0 {
		l.key, l.colon, l.value = unquoted(rest[:i]), l.indent+i+1, strings.TrimSpace(rest[i+1:])
	} else {
		l.value = strings.TrimSpace(rest)
	}
	return l
}

// colonOf is the place of the colon behind a key, or -1.
func colonOf(text string) int {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case i == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == ':' && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t'):
			return i
		case c == '#' && i > 0 && text[i-1] == ' ':
			return -1
		}
	}
	return -1
}

func unquoted(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s
}

// facts collects what the document says about itself.
func (o *Outline) facts(lines []line) {
	top, depth := "", -1
	for _, l := range lines {
		if l.blank {
			continue
		}
		if l.indent == 0 && l.dashes == nil {
			top, depth = l.key, -1
			if l.key != "" {
				o.Keys[l.key] = true
			}
			if l.key == "taxonomy" {
				o.Taxonomy = unquoted(l.value)
			}
			continue
		}
		switch top {
		case "logsource":
			for key, to := range map[string]*string{"product": &o.Product, "category": &o.Category, "service": &o.Service} {
				if l.key == key {
					*to = unquoted(l.value)
				}
			}
		case "tags":
			if l.dashes != nil {
				o.Tags[unquoted(l.value)] = true
			}
		case "detection", "filter":
			if depth < 0 && l.dashes == nil {
				depth = l.indent
			}
			if l.indent == depth && l.dashes == nil && l.key != "" && l.key != "condition" && l.key != "timeframe" && (top == "detection" || l.key != "rules") {
				o.Identifiers = append(o.Identifiers, l.key)
			}
		}
	}
}

// place says what is being typed on the line of the cursor.
func (o *Outline) place(l line, text string, data []byte, offset int) {
	column := offset - l.start
	begin := min(l.indent, column)
	if l.colon == 0 || column < l.colon { // a key, or an entry of a list that may become one
		o.Key = true
		o.Word = source.Span{Start: l.start + begin, End: offset}
		for end := offset; end < l.end && !strings.ContainsRune(": |", rune(data[end])); end++ {
			o.Word.End = end + 1
		}
	} else {
		begin = l.colon
		for begin < column && text[begin] == ' ' {
			begin++
		}
		o.Word = source.Span{Start: l.start + begin, End: offset}
		for end := offset; end < l.end && data[end] != ' ' && data[end] != '#'; end++ {
			o.Word.End = end + 1
		}
	}
	o.Text = text[begin:]
	o.Colon = o.Word.End < l.end && data[o.Word.End] == ':'
}

// holder is something that holds others: a key, or an entry of a list.
type holder struct {
	column, id int
	key        string // empty for an entry of a list
}

// parents finds the keys around the cursor: those above it that are less indented. A list may stand at the column of its key.
func (o *Outline) parents(lines []line, current int) {
	var stack []holder
	id, around := 0, 0
	pop := func(column int, isKey bool) {
		for n := len(stack); n > 0; n = len(stack) {
			top := stack[n-1]
			if top.column < column || top.column == column && !isKey && top.key != "" {
				return
			}
			stack = stack[:n-1]
		}
	}
	within := func() int {
		if len(stack) == 0 {
			return 0
		}
		return stack[len(stack)-1].id
	}
	under := map[int][]string{} // keys by what holds them
	for i, l := range lines {
		if l.blank && i != current {
			continue
		}
		for _, dash := range l.dashes {
			pop(dash, false)
			id++
			stack = append(stack, holder{column: dash, id: id})
		}
		if l.key == "" && i != current {
			continue // the text goes on
		}
		pop(l.indent, true)
		if i == current {
			around = within()
			for _, h := range stack {
				if h.key != "" {
					o.Path = append(o.Path, h.key)
				}
			}
			o.Item = len(stack) > 0 && stack[len(stack)-1].key == ""
		}
		if l.key != "" {
			if i != current {
				under[within()] = append(under[within()], l.key)
			} else if !o.Key {
				o.Path, o.Item = append(o.Path, l.key), false
			}
			id++
			stack = append(stack, holder{l.indent, id, l.key})
		}
	}
	for _, key := range under[around] {
		o.Siblings[key] = true
	}
}
