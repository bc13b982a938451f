package lint

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// Directive is a comment that silences findings:
//
//	# sigtune:ignore CODE[,CODE] [until=YYYY-MM-DD] -- reason
//	# sigtune:ignore-file CODE[,CODE] [until=YYYY-MM-DD] -- reason
//
// At the end of a line it means that line; on a line of its own, the next line that is neither blank nor a comment. A finding is on the
// line where its mark begins: that of a whole block is on the first line of the block, and a comment there says nothing about what
// stands inside. A text over several lines counts as one line, as no comment fits into it. `ignore-file` means the YAML document in which
// it stands, wherever it stands there; comments above the first `---` belong to the first document. The comments of rsigma and
// sigmalint are read as well, with the reach that they have there. It is plain data and can be stored as JSON.
type Directive struct {
	Span    source.Span // of the comment, from its `#` to the end of the line
	Removal source.Span // what goes when the comment goes: with its blanks, or with its line when it is alone there
	Scope   Scope
	Reach   source.Span     // findings that begin in it are silenced
	Peer    string          // the tool whose comment it is; empty when it is ours
	Words   []DirectiveWord // empty means every check
	Until   time.Time       // the last day; zero for ever
	Dated   source.Span     // of `until=…`
	Reason  string          // as written, perhaps empty
	Subject Subject         // the document in which it stands
	Problem *Malformed      // why it is no directive after all
}

// Scope is how far a directive reaches. The narrowest silences first.
type Scope uint8

// The scopes.
const (
	LineScope Scope = iota
	DocumentScope
	FileScope
)

// DirectiveWord is one code or name of a directive.
type DirectiveWord struct {
	Text    string
	Span    source.Span
	Codes   []string // empty when it names no check; several for an id of a peer
	Message string   // why it names no check
	Help    string
	Nearest string // what was probably meant, perhaps empty
}

// Malformed says what is wrong with a comment that was meant as a directive.
type Malformed struct {
	Span    source.Span
	Message string
	Help    string
}

// markers are what every directive contains: a file without any of them is not looked at.
var markers = [][]byte{[]byte("sigtune"), []byte("Sigtune"), []byte("SIGTUNE"), []byte("rsigma-disable"), []byte("sigmalint")}

// Directives reads the comments of a parsed file. Comments in a document that is no YAML are not read: the one finding about it
// cannot be silenced. all is the whole catalogue, not only the chosen checks.
func Directives(f *source.File, documents []rules.Document, all []*Check) []Directive {
	marked := false
	for _, m := range markers {
		marked = marked || bytes.Contains(f.Data, m)
	}
	if !marked {
		return nil
	}
	r := directiveReader{file: f, documents: documents, all: all, alone: map[int]bool{}}
	comments := f.Comments()
	for _, c := range comments {
		if c.Alone {
			r.alone[f.LineAt(c.Span.Start)] = true
		}
	}
	var out []Directive
	for _, c := range comments {
		if d, ok := r.read(c); ok {
			out = append(out, d)
		}
	}
	return out
}

type directiveReader struct {
	file      *source.File
	documents []rules.Document
	all       []*Check
	alone     map[int]bool // lines with nothing but a comment
}

// read looks for a directive in a comment, also behind a second `#`.
func (r *directiveReader) read(c source.Comment) (Directive, bool) {
	text := r.file.Text(c.Span)
	for at := 0; at < len(text); at++ {
		if text[at] != '#' || at > 0 && !blank(text[at-1]) {
			continue
		}
		d := Directive{Span: source.Span{Start: c.Span.Start + at, End: c.Span.End}}
		body := strings.TrimLeft(text[at:], "#")
		body = strings.TrimLeft(body, " \t")
		if !r.parse(&d, body, c.Span.End-len(body)) {
			continue
		}
		r.place(&d, c.Alone, c.Alone && at == 0)
		return d, true
	}
	return Directive{}, false
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

const (
	ownMarker     = "sigtune"
	directiveHelp = "write `# sigtune:ignore CODE -- reason`, or `sigtune:ignore-file` for the whole document"
)

// meant are the words that after `sigtune` show that a directive was meant.
var meant = map[string]bool{"ignore": true, "ignore-file": true, "ignore-line": true, "ignore-next-line": true, "disable": true, "disable-next-line": true, "noqa": true}

// parse reads the text of a comment that begins at an offset of the file. False means that it is an ordinary comment.
func (r *directiveReader) parse(d *Directive, body string, at int) bool {
	if rest, ok := strings.CutPrefix(body, "rsigma-disable-next-line"); ok && ended(rest, ":") {
		d.Peer = Rsigma
		r.peerWords(d, strings.TrimPrefix(rest, ":"), at+len(body))
		return true
	}
	if rest, ok := strings.CutPrefix(body, "rsigma-disable"); ok && ended(rest, ":") {
		d.Peer, d.Scope = Rsigma, FileScope
		r.peerWords(d, strings.TrimPrefix(rest, ":"), at+len(body))
		return true
	}
	if rest, ok := strings.CutPrefix(body, "sigmalint:"); ok {
		rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), "disable")
		if rest, ok2 := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "="); ok && ok2 && strings.TrimSpace(rest) != "" {
			d.Peer, d.Scope = Sigmalint, FileScope
			r.peerWords(d, rest, at+len(body))
			return true
		}
		return false
	}
	if len(body) < len(ownMarker) || !strings.EqualFold(body[:len(ownMarker)], ownMarker) {
		return false
	}
	after := body[len(ownMarker):]
	verb, isColon := strings.CutPrefix(after, ":")
	word := verb
	if i := strings.IndexFunc(verb, func(c rune) bool { return c != '-' && (c < 'a' || c > 'z') }); i >= 0 {
		word = verb[:i]
	}
	rest := verb[len(word):]
	switch {
	case isColon && strings.HasPrefix(body, ownMarker) && word == "ignore" && ended(rest, ""):
	case isColon && strings.HasPrefix(body, ownMarker) && word == "ignore-file" && ended(rest, ""):
		d.Scope = DocumentScope
	case isColon || meant[strings.ToLower(firstWord(strings.TrimLeft(after, " -_")))]:
		end := len(body)
		if i := strings.Index(body, " --"); i >= 0 {
			end = len(strings.TrimRight(body[:i], " \t"))
		}
		d.Problem = &Malformed{source.Span{Start: at, End: at + end}, fmt.Sprintf("`%s` is no directive", source.Shorten(body[:end])), directiveHelp}
		return true
	default:
		return false
	}
	r.arguments(d, rest, at+len(body)-len(rest))
	return true
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t:=,"); i >= 0 {
		return s[:i]
	}
	return s
}

// ended reports that a word ends before rest, or at one of the given characters.
func ended(rest, marks string) bool {
	return rest == "" || blank(rest[0]) || strings.IndexByte(marks, rest[0]) >= 0
}

const (
	listHelp   = "write codes with commas between them, then `--` and the reason"
	dateLayout = time.DateOnly
)

// arguments reads codes, options and the reason.
func (r *directiveReader) arguments(d *Directive, rest string, at int) {
	malformed := func(from, to int, message, help string) {
		if d.Problem == nil {
			d.Problem = &Malformed{source.Span{Start: at + from, End: at + to}, message, help}
		}
	}
	list := rest
	for i := 0; i+2 <= len(rest); i++ {
		if rest[i:i+2] == "--" && (i == 0 || blank(rest[i-1])) {
			list, d.Reason = rest[:i], strings.TrimSpace(rest[i+2:])
			break
		}
	}
	commas, options := 1, false // a comma is due between two codes; the first needs none
	for i := 0; i < len(list); {
		if blank(list[i]) {
			i++
			continue
		}
		if list[i] == ',' {
			commas++
			if commas > 1 || options || len(d.Words) == 0 {
				malformed(i, i+1, "a code is missing beside a comma", listHelp)
			}
			i++
			continue
		}
		end := i
		for end < len(list) && !blank(list[end]) && list[end] != ',' {
			end++
		}
		word := list[i:end]
		switch key, value, isOption := strings.Cut(word, "="); {
		case isOption && key == "until":
			day, err := time.Parse(dateLayout, value)
			if err != nil {
				malformed(i, end, fmt.Sprintf("`%s` is no date", source.Shorten(value)), "write the last day as until=YYYY-MM-DD")
			}
			d.Until, d.Dated, options = day, source.Span{Start: at + i, End: at + end}, true
		case isOption:
			malformed(i, end, fmt.Sprintf("`%s` is no option of a directive", source.Shorten(key)), "the only option is until=YYYY-MM-DD")
		case strings.Trim(word, "-–—:") == "":
			malformed(i, end, "a reason begins with two hyphens", "write `--` before it")
		case options:
			malformed(i, end, fmt.Sprintf("`%s` stands behind an option", source.Shorten(word)), "write codes first, then until=YYYY-MM-DD, then `--` and the reason")
		case commas == 0:
			malformed(i, end, fmt.Sprintf("a comma, or `--`, is missing before `%s`", source.Shorten(word)), listHelp)
		default:
			d.Words = append(d.Words, r.word(word, source.Span{Start: at + i, End: at + end}))
			commas = 0
		}
		i = end
	}
	if commas > 0 && len(d.Words) > 0 {
		malformed(0, len(list), "a code is missing behind the last comma", listHelp)
	}
}

// word finds the check that a code or name means.
func (r *directiveReader) word(text string, span source.Span) DirectiveWord {
	w := DirectiveWord{Text: text, Span: span}
	if c := Find(r.all, text); c != nil {
		w.Codes = []string{c.Code}
		return w
	}
	w.Message, w.Help, w.Nearest = unknownCheck(r.all, text)
	return w
}

// unknownCheck says that a word names no check, and what was probably meant.
func unknownCheck(all []*Check, word string) (message, help, near string) {
	message = fmt.Sprintf("`%s` is no check", source.Shorten(word))
	if len(matching(all, word)) > 0 {
		return fmt.Sprintf("`%s` is more than one check", source.Shorten(word)), "name the single check that is meant by its code or name", ""
	}
	for _, p := range FindPeers("", word) {
		return message, fmt.Sprintf("`%s` of %s is %s here", source.Shorten(word), p.Tool, strings.Join(p.Codes, ", ")), strings.Join(p.Codes, ",")
	}
	var names []string
	for _, c := range all { // not codes: every code is an edit or two away from dozens of others
		names = append(names, c.Name)
	}
	if near := nearest.Of(word, names, nearest.Suggestions); len(near) > 0 {
		return message, "did you mean `" + strings.Join(near, "`, `") + "`?", near[0]
	}
	return message, "`sigtune checks` lists them", ""
}

// peerWords reads the ids of another tool. Ids that mean nothing here are that tool's own affair.
func (r *directiveReader) peerWords(d *Directive, list string, end int) {
	if before, reason, ok := strings.Cut(list, "--"); ok {
		d.Reason, end, list = strings.TrimSpace(reason), end-len(list)+len(before), before
	}
	at := end - len(list)
	for _, part := range strings.Split(list, ",") {
		if word := firstWord(strings.TrimSpace(part)); word != "" {
			start := at + strings.Index(part, word)
			w := DirectiveWord{Text: word, Span: source.Span{Start: start, End: start + len(word)}}
			for _, p := range FindPeers(d.Peer, word) {
				w.Codes = append(w.Codes, p.Codes...)
			}
			d.Words = append(d.Words, w)
		}
		at += len(part) + 1
	}
}

// place fills in reach, removal and document. above: the comment has a line to itself; whole: and nothing else is in the comment.
func (r *directiveReader) place(d *Directive, above, whole bool) {
	n := r.file.LineAt(d.Span.Start)
	line := r.file.LineSpan(n)
	territory := r.territory(d.Span.Start)
	d.Removal = d.Span
	if whole {
		d.Removal = line
		if n < r.file.Lines() {
			d.Removal.End = r.file.LineSpan(n + 1).Start
		}
	} else {
		before := r.file.Text(source.Span{Start: line.Start, End: d.Span.Start})
		d.Removal.Start = line.Start + len(strings.TrimRight(before, " \t"))
	}
	for _, document := range r.documents {
		if root := document.Base().Root; root.Span.Start >= territory.Start && root.Span.Start < territory.End {
			d.Subject = subjectOf(document)
			break
		}
	}
	switch d.Scope {
	case FileScope:
		d.Reach = source.Span{Start: 0, End: len(r.file.Data) + 1}
		return
	case DocumentScope:
		d.Reach = territory
		return
	}
	if above {
		for n++; n <= r.file.Lines(); n++ {
			if line = r.file.LineSpan(n); line.Start >= territory.End {
				d.Reach = source.Span{Start: d.Span.Start, End: d.Span.Start}
				return
			}
			if !r.alone[n] && strings.TrimSpace(r.file.Text(line)) != "" {
				break
			}
		}
	}
	d.Reach = r.logicalLine(line)
}

// logicalLine is a line with the whole of the scalars that begin or end on it. Its end counts: a missing value stands there.
func (r *directiveReader) logicalLine(line source.Span) source.Span {
	reach := source.Span{Start: line.Start, End: line.End + 1}
	widen := func(n *source.Node) {
		last := max(n.Span.Start, n.Span.End-1)
		begins := n.Span.Start >= line.Start && n.Span.Start <= line.End
		ends := last >= line.Start && last <= line.End
		if begins || ends {
			reach.Start, reach.End = min(reach.Start, n.Span.Start), max(reach.End, n.Span.End)
		}
	}
	for _, d := range r.file.Documents {
		d.Root.Each(func(n *source.Node) bool {
			if n.Kind == source.Scalar && n.Alias == nil {
				widen(n)
			}
			return n.Alias == nil
		})
	}
	return reach
}

// territory is the part of the file that belongs to the document at an offset: from its `---` to the next one.
func (r *directiveReader) territory(offset int) source.Span {
	out := source.Span{Start: 0, End: len(r.file.Data) + 1}
	content := false // something other than comments stands before this line
	for n := 1; n <= r.file.Lines(); n++ {
		line := r.file.LineSpan(n)
		text := r.file.Text(line)
		if text == "---" || strings.HasPrefix(text, "--- ") || strings.HasPrefix(text, "---\t") {
			if line.Start > offset && content {
				out.End = line.Start
				return out
			}
			if content {
				out.Start = line.Start
			}
			content = true
		} else if !r.alone[n] && strings.TrimSpace(text) != "" && text[0] != '%' {
			content = true
		}
	}
	return out
}
