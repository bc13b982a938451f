package attack

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"
)

// The text form of the table. Header lines are `# key: value`; a row has the columns below, separated by tabs,
// empty columns at its end left out. The order is by kind and id, so that two versions can be compared in review.
var columns = [...]string{
	"id", "name", "domains", "state", "successor", "tactics", "earlier tactics", "platforms", "also known as", "since",
}

const (
	colID = iota
	colName
	colDomains   // letters e, m, i
	colState     // empty, revoked, deprecated
	colSuccessor // id; with a leading ~ when derived
	colTactics   // of a technique: short names; of a tactic: its own
	colEarlier
	colPlatforms
	colAlso
	colSince // +version added, -version removed
)

const (
	listSeparator = "," // tactics, platforms
	nameSeparator = ";" // names may hold commas
	derivedMark   = "~"
)

// ParseTable reads the text form of a table. The file name is used in errors only.
func ParseTable(file, text string) (*Table, error) {
	var h Header
	lines := strings.Count(text, "\n") + 1
	p := rowParser{lists: make(map[string][]string, 128)}
	objects := make([]Object, 0, lines)
	for n := 1; text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			continue
		}
		if line[0] == '#' {
			h.read(line)
			continue
		}
		o, err := p.row(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		objects = append(objects, o)
	}
	if h.Version == "" {
		return nil, fmt.Errorf("%s:1: no `# version:` line; a table must say which ATT&CK version it holds", file)
	}
	return NewTable(h, objects), nil
}

func (h *Header) read(line string) {
	key, value, _ := strings.Cut(strings.TrimPrefix(line, "# "), ": ")
	switch key {
	case "version":
		h.Version = value
	case "previous":
		h.Previous = value
	case "source":
		h.Sources = append(h.Sources, value)
	case "notice":
		h.Notice = append(h.Notice, value)
	}
}

// rowParser shares the lists that many rows have in common.
type rowParser struct{ lists map[string][]string }

func (p *rowParser) row(line string) (Object, error) {
	var col [len(columns)]string
	rest, more := line, true
	for i := range col {
		if !more {
			break
		}
		col[i], rest, more = strings.Cut(rest, "\t")
	}
	if more {
		return Object{}, fmt.Errorf("more than %d columns: %q", len(columns), line)
	}
	o := Object{ID: col[colID], Name: col[colName]}
	id, ok := parseID(o.ID)
	if !ok || leading(o.ID, isUpper) != leading(o.ID, isLetter) || o.Name == "" {
		return o, fmt.Errorf("a row begins with an ATT&CK id in capitals and a name: %q", line)
	}
	o.Kind = id.kind
	for _, letter := range []byte(col[colDomains]) {
		found := false
		for _, row := range domains {
			if letter == row.letter {
				o.Domains |= row.domain
				found = true
			}
		}
		if !found {
			return o, fmt.Errorf("%s: domain %q is none of e, m, i", o.ID, letter)
		}
	}
	switch col[colState] {
	case "":
	case Revoked.String():
		o.Status = Revoked
	case Deprecated.String():
		o.Status = Deprecated
	default:
		return o, fmt.Errorf("%s: state %q is neither empty nor revoked nor deprecated", o.ID, col[colState])
	}
	o.Successor, o.Derived = strings.CutPrefix(col[colSuccessor], derivedMark)
	if o.Kind == Tactic {
		o.Shortname = col[colTactics]
	} else {
		o.Tactics = p.list(col[colTactics], listSeparator)
	}
	o.LegacyTactics = p.list(col[colEarlier], listSeparator)
	o.Platforms = p.list(col[colPlatforms], listSeparator)
	o.AlsoKnownAs = p.list(col[colAlso], nameSeparator)
	for since := col[colSince]; since != ""; {
		var one string
		one, since, _ = strings.Cut(since, listSeparator)
		switch {
		case strings.HasPrefix(one, "+"):
			o.Added = one[1:]
		case strings.HasPrefix(one, "-"):
			o.Removed = one[1:]
		default:
			return o, fmt.Errorf("%s: %q is neither +version nor -version", o.ID, one)
		}
	}
	return o, nil
}

func (p *rowParser) list(text, separator string) []string {
	if text == "" {
		return nil
	}
	l, ok := p.lists[text]
	if !ok {
		l = strings.Split(text, separator)
		p.lists[text] = l
	}
	return l
}

// Write writes the text form of the table. It fails on a name that the form cannot hold.
func (t *Table) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "# ATT&CK table of sigtune. Written by schema/attack/generate: rebuild it, do not edit it.")
	fmt.Fprintf(out, "# version: %s\n", t.Version)
	if t.Previous != "" {
		fmt.Fprintf(out, "# previous: %s\n", t.Previous)
	}
	for _, s := range t.Sources {
		fmt.Fprintf(out, "# source: %s\n", s)
	}
	for _, s := range t.Notice {
		fmt.Fprintf(out, "# notice: %s\n", s)
	}
	fmt.Fprintf(out, "# columns: %s\n", strings.Join(columns[:], ", "))
	fmt.Fprintln(out, "# domains: e enterprise, m mobile, i ics. A successor with ~ is derived, not stated by MITRE.")
	for i := range t.objects {
		line, err := formatRow(&t.objects[i])
		if err != nil {
			return err
		}
		fmt.Fprintln(out, line)
	}
	return out.Flush()
}

func formatRow(o *Object) (string, error) {
	var col [len(columns)]string
	col[colID], col[colName], col[colState] = o.ID, o.Name, o.Status.String()
	for _, row := range domains {
		if o.Domains&row.domain != 0 {
			col[colDomains] += string(row.letter)
		}
	}
	col[colSuccessor] = o.Successor
	if o.Derived {
		col[colSuccessor] = derivedMark + o.Successor
	}
	var since []string
	if o.Added != "" {
		since = append(since, "+"+o.Added)
	}
	if o.Removed != "" {
		since = append(since, "-"+o.Removed)
	}
	col[colSince] = strings.Join(since, listSeparator)
	col[colTactics] = o.Shortname
	for _, l := range []struct {
		column    int
		items     []string
		separator string
		sorted    bool
	}{
		{colTactics, o.Tactics, listSeparator, true},
		{colEarlier, o.LegacyTactics, listSeparator, true},
		{colPlatforms, o.Platforms, listSeparator, true},
		{colAlso, o.AlsoKnownAs, nameSeparator, false},
	} {
		if len(l.items) == 0 {
			continue
		}
		items := append([]string(nil), l.items...)
		if l.sorted {
			sort.Strings(items)
		}
		for _, item := range items {
			if strings.Contains(item, l.separator) {
				return "", fmt.Errorf("%s: %q holds %q, which separates %s", o.ID, item, l.separator, columns[l.column])
			}
		}
		col[l.column] = strings.Join(items, l.separator)
	}
	for i, text := range col {
		if strings.ContainsAny(text, "\t\r\n") {
			return "", fmt.Errorf("%s: %s holds a tab or line break: %q", o.ID, columns[i], text)
		}
	}
	return strings.TrimRight(strings.Join(col[:], "\t"), "\t"), nil
}
