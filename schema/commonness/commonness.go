package commonness

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Kind is what a row is about.
type Kind string

// The kinds of rows.
const (
	Program   Kind = "program"   // the file name of a program, without its directory: cmd.exe
	Extension Kind = "extension" // of a file, with its dot: .tmp
	Event     Kind = "event"     // channel and id of a Windows event: security/4624
	Value     Kind = "value"     // field and value: protocol/tcp
)

// Row is one everyday value.
type Row struct {
	Kind Kind
	Name string // in lower case, as Kind says
	// Bits is minus the binary logarithm of the estimated share of events that hold the value, among those of the log source that have the
	// field: 0 is every event, 10 one in a thousand.
	Bits float64
	Why  string // the reason, a part of a sentence
}

// Version is the day of the last change of the table.
const Version = "2026-11-23"

//go:embed commonness.txt
var text string

var table = sync.OnceValue(func() map[Kind]map[string]Row {
	rows, err := parse(text)
	if err != nil {
		panic(err) // the table is embedded and tested
	}
	out := map[Kind]map[string]Row{}
	for _, r := range rows {
		if out[r.Kind] == nil {
			out[r.Kind] = map[string]Row{}
		}
		out[r.Kind][r.Name] = r
	}
	return out
})

// Of is the row of a value, in whatever case, false when the table has none.
func Of(k Kind, name string) (Row, bool) {
	r, ok := table()[k][strings.ToLower(name)]
	return r, ok
}

// OfEvent is the row of an event id of a Windows channel. The channel may be a service of Sigma (`security`) or the name of the
// channel (`Microsoft-Windows-Sysmon/Operational`).
func OfEvent(channel, id string) (Row, bool) { return Of(Event, Service(channel)+"/"+id) }

// Service is the service of Sigma for the name of a channel or a provider, in lower case; the name itself where it is not known.
func Service(channel string) string {
	channel = strings.ToLower(channel)
	if service, ok := channels[channel]; ok {
		return service
	}
	return channel
}

// Rows are all rows, sorted by kind and name.
func Rows() []Row {
	rows, _ := parse(text) // the table is embedded and tested
	return rows
}

// channels are the names of channels and providers by the service of Sigma.
var channels = map[string]string{
	"microsoft-windows-sysmon/operational":     "sysmon",
	"microsoft-windows-sysmon":                 "sysmon",
	"microsoft-windows-powershell/operational": "powershell",
	"powershellcore/operational":               "powershell",
	"microsoft-windows-powershell":             "powershell",
	"microsoft-windows-security-auditing":      "security",
	"service control manager":                  "system",
}

// parse reads the table: kind, name, bits and reason, separated by tabs; `#` begins a comment.
func parse(text string) ([]Row, error) {
	var out []Row
	for n, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			return nil, fmt.Errorf("commonness.txt:%d: %d columns, want 4", n+1, len(f))
		}
		bits, err := strconv.ParseFloat(f[2], 64)
		if err != nil || bits < 0 {
			return nil, fmt.Errorf("commonness.txt:%d: `%s` is no number of bits", n+1, f[2])
		}
		out = append(out, Row{Kind(f[0]), f[1], bits, f[3]})
	}
	return out, nil
}
