package editor

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// reasons are why a field is known, in the order of their weight.
var reasons = []struct {
	reason taxonomy.Reason
	words  string
}{
	{taxonomy.Specified, "the specification lists it"}, {taxonomy.Schema, "the schema of the log has it"}, {taxonomy.Observed, "seen in real events"},
	{taxonomy.Used, "published rules use it"}, {taxonomy.Joined, "joined to the event from the acting process"}, {taxonomy.Sensor, "added by sensors"},
	{taxonomy.Header, "in the header of every event"}, {taxonomy.User, "your own rules have it"},
}

// types are what a value is.
var types = map[taxonomy.Type]string{
	taxonomy.Path: "a path", taxonomy.Image: "the path of a program or library", taxonomy.CommandLine: "a command line", taxonomy.Script: "a text of many lines",
	taxonomy.Int: "a whole number", taxonomy.Bool: "true or false", taxonomy.Mask: "a hexadecimal access mask", taxonomy.IP: "an IP address", taxonomy.Port: "a port",
	taxonomy.Host: "a host or domain name", taxonomy.URL: "a URL or a part of one", taxonomy.Hash: "a hash", taxonomy.Hashes: "hashes as ALGORITHM=HEX",
	taxonomy.Account: "an account", taxonomy.SID: "a SID", taxonomy.Registry: "a registry key or value", taxonomy.Pipe: "a pipe", taxonomy.GUID: "a GUID",
	taxonomy.DateTime: "a time",
}

// known is the log source of a document in the taxonomy, or nil; documents with names of their own have none.
func (w World) known(d rules.Document) (*taxonomy.Logsource, taxonomy.Match) {
	if t := d.Base().Taxonomy.Value; t != "" && t != "sigma" {
		return nil, taxonomy.NotFound
	}
	l := logsource(d)
	return w.lookup(l.Product.Value, l.Category.Value, l.Service.Value)
}

func (w World) lookup(product, category, service string) (*taxonomy.Logsource, taxonomy.Match) {
	if product == "" && category == "" && service == "" {
		return nil, taxonomy.NotFound
	}
	table := w.Taxonomy
	if table == nil {
		table = taxonomy.Default()
	}
	return table.Lookup(product, category, service)
}

// fieldNote says what is known of a field, and where it is known instead.
func (w World) fieldNote(d rules.Document, name string) string {
	head := fmt.Sprintf("**%s**", source.Visible(name))
	l, _ := w.known(d)
	if l == nil {
		return head + ": nothing is known of the fields of this log source"
	}
	field, ok := l.Field(name)
	if !ok {
		return head + ": " + unknownField(l, name)
	}
	var b strings.Builder
	b.WriteString(head)
	if t := types[field.Type]; t != "" {
		b.WriteString(": " + t)
	}
	var why []string
	for _, r := range reasons {
		if field.Why&r.reason != 0 {
			why = append(why, r.words)
		}
	}
	fmt.Fprintf(&b, "\n\nknown for `%s`", l.Key)
	if len(why) > 0 {
		b.WriteString(": " + strings.Join(why, "; "))
	}
	if field.Count > 0 {
		fmt.Fprintf(&b, " (%s)", rulesWords(field.Count))
	}
	if values := l.Implied(name); len(values) > 0 && len(values) <= maxNamed {
		fmt.Fprintf(&b, "\n\nthe log source fixes it to `%s`", strings.Join(values, "`, `"))
	}
	if domain := w.Domains.For(d).Of(name); domain != nil {
		fmt.Fprintf(&b, "\n\nassumed: %s", domain.Assuming)
	}
	if why := field.Role.Why(); why != "" {
		fmt.Fprintf(&b, "\n\nwho chooses it: %s", why)
	}
	return b.String()
}

// maxNamed is how many values or names a note lists.
const maxNamed = 8

func rulesWords(n int) string {
	if n == 1 {
		return "1 published rule"
	}
	return fmt.Sprintf("%d published rules", n)
}

func unknownField(l *taxonomy.Logsource, name string) string {
	switch e := l.Explain(name); e.Finding {
	case taxonomy.Casing, taxonomy.Misspelt:
		return fmt.Sprintf("not known for `%s`; it has `%s`", l.Key, strings.Join(e.Names, "`, `"))
	case taxonomy.Elsewhere:
		var keys []string
		for _, k := range e.Logsources {
			keys = append(keys, "`"+k.String()+"`")
		}
		return fmt.Sprintf("not known for `%s`, but for %s", l.Key, strings.Join(keys, ", "))
	}
	return fmt.Sprintf("not known for `%s`", l.Key)
}

// logsourcePart explains the keys and values of `logsource`.
func (w World) logsourcePart(f File, d rules.Document, offset int) (Note, bool) {
	l := logsource(d)
	if l.Node == nil {
		return Note{}, false
	}
	for _, e := range l.Node.Entries {
		if v, ok := find(logsourceKeys, e.Key.Value); ok && touches(e.Key.Span, offset) {
			return Note{e.Key.Span, fmt.Sprintf("**%s**: %s", v.name, v.meaning)}, true
		}
	}
	for _, part := range []rules.Text{l.Product, l.Category, l.Service} {
		if part.Present() && part.Node != nil && touches(part.Span(), offset) {
			if text := w.logsourceNote(d); text != "" {
				return Note{part.Span(), text}, true
			}
		}
	}
	return Note{}, false
}

func (w World) logsourceNote(d rules.Document) string {
	l, match := w.known(d)
	if l == nil {
		return "no such log source is known"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**", l.Key)
	if match != taxonomy.Exact {
		b.WriteString(": the nearest log source that is known")
	}
	if l.Rules > 0 {
		fmt.Fprintf(&b, "\n\n%s", rulesWords(l.Rules))
	}
	if len(l.Channels) > 0 {
		fmt.Fprintf(&b, "\n\nWindows channels: %s", strings.Join(l.Channels, ", "))
	}
	if len(l.EventIDs) > 0 {
		fmt.Fprintf(&b, "\n\nevent ids: %s", strings.Trim(strings.ReplaceAll(fmt.Sprint(l.EventIDs), " ", ", "), "[]"))
	}
	if fields := l.Fields(); len(fields) > 0 {
		complete := "and perhaps others"
		if l.Complete {
			complete = "which are all"
		}
		fmt.Fprintf(&b, "\n\n%d fields, %s: `%s`", len(fields), complete, strings.Join(fields[:min(len(fields), maxNamed)], "`, `"))
		if len(fields) > maxNamed {
			b.WriteString(", …")
		}
	}
	return b.String()
}
