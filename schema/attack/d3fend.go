package attack

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"github.com/sigtune/sigtune/rules/nearest"
)

// D3FENDVersion is the D3FEND version of the bundled table.
const D3FENDVersion = "0.16.0"

//go:embed data/d3fend.tsv
var bundledD3FEND string

// BundledD3FEND returns the D3FEND table that is part of the program, parsed on the first call.
var BundledD3FEND = sync.OnceValue(func() *D3FEND {
	d, err := ParseD3FEND("data/d3fend.tsv", bundledD3FEND)
	if err != nil {
		return NewD3FEND(Header{Version: D3FENDVersion}, nil)
	}
	return d
})

// Countermeasure is one row of the D3FEND table: a tactic (`Harden`), technique (`D3-MFA`) or artifact
// (`d3f-AccessToken`).
type Countermeasure struct{ ID, Name string }

// D3FEND is one version of MITRE D3FEND. It is read-only and may be used from many goroutines.
type D3FEND struct {
	Header
	rows []Countermeasure
	byID map[string]int32 // lower-case id → row
}

// NewD3FEND indexes rows.
func NewD3FEND(h Header, rows []Countermeasure) *D3FEND {
	d := &D3FEND{Header: h, rows: append([]Countermeasure(nil), rows...), byID: make(map[string]int32, len(rows))}
	sort.Slice(d.rows, func(i, j int) bool { return d.rows[i].ID < d.rows[j].ID })
	for i, row := range d.rows {
		d.byID[strings.ToLower(row.ID)] = int32(i)
	}
	return d
}

// Lookup returns the row with this id, in either case.
func (d *D3FEND) Lookup(id string) (Countermeasure, bool) {
	if i, ok := d.byID[strings.ToLower(id)]; ok {
		return d.rows[i], true
	}
	return Countermeasure{}, false
}

// nearest returns the ids near an unknown one, in the spelling that a tag has: lower case but for artifacts.
func (d *D3FEND) nearest(id string) []string {
	ids := make([]string, len(d.rows))
	for i, row := range d.rows {
		ids[i] = strings.ToLower(row.ID)
	}
	return nearest.Of(strings.ToLower(id), ids, nearest.Suggestions)
}

// ParseD3FEND reads the text form of a D3FEND table: `# key: value` lines, then id, tab, name.
func ParseD3FEND(file, text string) (*D3FEND, error) {
	var h Header
	rows := make([]Countermeasure, 0, strings.Count(text, "\n")+1)
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
		id, name, ok := strings.Cut(line, "\t")
		if !ok || id == "" || name == "" {
			return nil, fmt.Errorf("%s:%d: a row is an id, a tab and a name: %q", file, n, line)
		}
		rows = append(rows, Countermeasure{id, name})
	}
	if h.Version == "" {
		return nil, fmt.Errorf("%s:1: no `# version:` line; a table must say which D3FEND version it holds", file)
	}
	return NewD3FEND(h, rows), nil
}

// Write writes the text form of the table.
func (d *D3FEND) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "# D3FEND table of sigtune. Written by schema/attack/generate: rebuild it, do not edit it.")
	fmt.Fprintf(out, "# version: %s\n", d.Version)
	for _, s := range d.Sources {
		fmt.Fprintf(out, "# source: %s\n", s)
	}
	for _, s := range d.Notice {
		fmt.Fprintf(out, "# notice: %s\n", s)
	}
	fmt.Fprintln(out, "# columns: id, name")
	for _, row := range d.rows {
		if strings.ContainsAny(row.ID+row.Name, "\t\r\n") {
			return fmt.Errorf("%s: the name holds a tab or line break: %q", row.ID, row.Name)
		}
		fmt.Fprintf(out, "%s\t%s\n", row.ID, row.Name)
	}
	return out.Flush()
}
