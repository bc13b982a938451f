package edit

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// order is how SigmaHQ orders attributes; a new one goes where it belongs among them.
var order = []string{
	"title", "id", "name", "related", "taxonomy", "status", "description", "license", "references", "author", "date",
	"modified", "tags", "scope", "logsource", "detection", "correlation", "filter", "fields", "falsepositives", "level",
}

// place finds where a new attribute goes: behind the last attribute that comes before it in the usual order.
func place(h *rules.Head, key string) (line, col int) {
	var after *source.Entry
	for _, k := range order {
		if k == key {
			break
		}
		if e := h.Attribute(k); e != nil && !e.Merged && (after == nil || e.Key.Span.Start > after.Key.Span.Start) {
			after = e
		}
	}
	f := h.File
	col = column(f, h.Root.Entries[0].Key.Span.Start)
	if after == nil {
		after = &h.Root.Entries[len(h.Root.Entries)-1]
	}
	line = lastLine(f, source.Span{Start: after.Key.Span.Start, End: max(after.Key.Span.End, after.Value.Span.End)})
	return belongsAbove(f, line, col), col
}

// SetModified sets `modified` to a date (YYYY-MM-DD, handed in so that runs can be repeated), or inserts it behind `date`. A date that is
// not later than the present one changes nothing.
func SetModified(document rules.Document, date string) ([]source.Edit, error) {
	h := document.Base()
	if err := writable(h); err != nil {
		return nil, err
	}
	if !isDate(date) {
		return nil, fmt.Errorf("`%s` is no date; write YYYY-MM-DD", source.Shorten(date))
	}
	e := h.Attribute("modified")
	switch {
	case e == nil:
		line, col := place(h, "modified")
		return []source.Edit{insertBehind(h.File, line, blanks(col)+"modified: "+date)}, nil
	case e.Merged || e.Value.Alias != nil || e.Value.Kind != source.Scalar || !e.Value.Mapped():
		return nil, fmt.Errorf("`modified` is no plain date; write it out first")
	case e.Value.Missing():
		at := e.Value.Span.Start
		return []source.Edit{{Span: source.Span{Start: at, End: at}, New: " " + date}}, nil
	case isDate(strings.ReplaceAll(e.Value.Value, "/", "-")) && strings.ReplaceAll(e.Value.Value, "/", "-") >= date:
		return nil, nil
	}
	return []source.Edit{{Span: e.Value.Range(0, len(e.Value.Value)), New: date}}, nil
}

func isDate(s string) bool {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return false
	}
	return strings.Trim(s[:4]+s[5:7]+s[8:], "0123456789") == ""
}

// AppendListEntry adds a text to a list attribute such as `falsepositives`. An absent attribute is made in its usual place; a list that
// holds the text already (whatever the case) gives no edit. The text is quoted only when YAML needs it.
func AppendListEntry(document rules.Document, key, text string) ([]source.Edit, error) {
	h := document.Base()
	if err := writable(h); err != nil {
		return nil, err
	}
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return nil, fmt.Errorf("an empty text cannot be added to `%s`", key)
	}
	f := h.File
	e := h.Attribute(key)
	switch {
	case e == nil:
		line, col := place(h, key)
		return []source.Edit{insertBehind(f, line, blanks(col)+key+":\n"+blanks(col+listIndent(h))+"- "+scalar(text))}, nil
	case e.Merged || e.Value.Alias != nil:
		return nil, fmt.Errorf("`%s` is an alias; write it out first", key)
	case e.Value.IsNull() && e.Value.Span.Len() == 0:
		col := column(f, e.Key.Span.Start)
		return []source.Edit{insertBehind(f, f.LineAt(e.Key.Span.End), blanks(col+listIndent(h))+"- "+scalar(text))}, nil
	case e.Value.Kind != source.List:
		return nil, fmt.Errorf("`%s` is no list; make it one first", key)
	}
	for _, item := range e.Value.Items {
		if item.Kind == source.Scalar && strings.EqualFold(item.Value, text) {
			return nil, nil
		}
	}
	n := len(e.Value.Items)
	switch {
	case e.Value.Flow && n == 0:
		return []source.Edit{{Span: e.Value.Span, New: "[" + source.Quote(text) + "]"}}, nil
	case e.Value.Flow:
		at := e.Value.Items[n-1].Span.End
		return []source.Edit{{Span: source.Span{Start: at, End: at}, New: ", " + source.Quote(text)}}, nil
	}
	last := e.Value.Items[n-1]
	col := column(f, e.Value.Span.Start)
	gap := dashGap(f, e.Value.Span.Start)
	line := belongsAbove(f, lastLine(f, last.Span), column(f, e.Key.Span.Start))
	return []source.Edit{insertBehind(f, line, blanks(col)+"-"+gap+scalar(text))}, nil
}

// dashGap is the blanks between a dash and its entry.
func dashGap(f *source.File, dash int) string {
	end := dash + 1
	for end < len(f.Data) && f.Data[end] == ' ' {
		end++
	}
	if end == dash+1 {
		return " "
	}
	return string(f.Data[dash+1 : end])
}

// RemoveEntry removes a text from a list attribute; the last one takes the attribute with it. The lines go as a whole.
func RemoveEntry(document rules.Document, key, text string) ([]source.Edit, error) {
	h := document.Base()
	if err := writable(h); err != nil {
		return nil, err
	}
	e := h.Attribute(key)
	if e == nil || e.Merged || e.Value.Alias != nil || e.Value.Kind != source.List {
		return nil, fmt.Errorf("the rule has no list `%s` of its own", key)
	}
	for i, item := range e.Value.Items {
		if item.Kind != source.Scalar || item.Value != text {
			continue
		}
		if len(e.Value.Items) == 1 {
			return []source.Edit{removeLines(h.File, source.Span{Start: e.Key.Span.Start, End: e.Value.Span.End})}, nil
		}
		if e.Value.Flow {
			if i == 0 {
				return []source.Edit{{Span: source.Span{Start: item.Span.Start, End: e.Value.Items[1].Span.Start}}}, nil
			}
			return []source.Edit{{Span: source.Span{Start: e.Value.Items[i-1].Span.End, End: item.Span.End}}}, nil
		}
		return []source.Edit{removeLines(h.File, item.Span)}, nil
	}
	return nil, fmt.Errorf("`%s` has no entry `%s`", key, source.Shorten(text))
}

// removeLines takes out the lines of a span. When they are the last of a file without final newline, the break before them goes.
func removeLines(f *source.File, s source.Span) source.Edit {
	from, to := f.LineAt(s.Start), lastLine(f, s)
	start := f.LineSpan(from).Start
	if to < f.Lines() {
		return source.Edit{Span: source.Span{Start: start, End: f.LineSpan(to + 1).Start}}
	}
	if from > 1 {
		start = f.LineSpan(from - 1).End
	}
	return source.Edit{Span: source.Span{Start: start, End: len(f.Data)}}
}

// scalar writes a text as a list entry: plain where every YAML reader takes it for that text, else quoted.
func scalar(text string) string {
	f := source.Parse("", []byte("- "+text+"\n"), source.Limits{})
	if len(f.Problems) == 0 && len(f.Documents) == 1 {
		root := f.Documents[0].Root
		if root != nil && root.Kind == source.List && len(root.Items) == 1 {
			item := root.Items[0]
			if item.Kind == source.Scalar && item.Tag == source.TagString && !item.Explicit && item.Value == text &&
				item.Style == source.Plain && len(f.Comments()) == 0 && !typed11(text) {
				return text
			}
		}
	}
	return source.Quote(text)
}

// typed11 reports plain text that YAML 1.1, which pySigma reads, takes for something else.
func typed11(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off", "y", "n", "=", "<<":
		return true
	}
	return strings.Trim(text, "0123456789:._eE+-") == ""
}
