package volume_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

func parsed(t testing.TB, logsource, detection string) volume.Rule {
	t.Helper()
	text := "title: t\nlogsource:\n" + logsource + "detection:\n" + detection
	documents, _ := rules.Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
	r := documents[0].(*rules.Rule)
	return volume.Rule{Rule: r, Branches: checks.Branches(r)}
}

const onProcesses = "  category: process_creation\n  product: windows\n"

func events(lines ...string) string { return strings.Join(lines, "\n") }

func read(t testing.TB, text string, jobs int, list ...volume.Rule) *volume.Baseline {
	t.Helper()
	b, err := volume.Read(strings.NewReader(text), "events", list, jobs)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCountsOfBranchesAndValues(t *testing.T) {
	r := parsed(t, onProcesses, "  a:\n    Image|endswith: ['\\a.exe', '\\b.exe']\n    User: 'u'\n  b:\n    CommandLine|contains: 'x'\n  not_this:\n    User: 'v'\n  condition: (a or b) and not not_this\n")
	b := read(t, events(
		`{"Image": "C:\\b.exe", "User": "u"}`, // fires: counting of tests begins behind it
		`{"Image": "C:\\a.exe", "User": "u"}`,
		`{"Image": "C:\\b.exe", "User": "u", "CommandLine": "x"}`,
		`{"Image": "C:\\b.exe", "User": "v", "CommandLine": "x"}`, // excluded
		`{"Image": "C:\\c.exe"}`,
	), 0, r)
	c, ok := b.Of(r.Rule)
	if !ok || b.Events != 5 || c.Events != 5 || c.Fired != 3 || len(c.Branches) != 2 {
		t.Fatalf("%+v", c)
	}
	if c.Branches[0].Fired != 3 || c.Branches[1].Fired != 1 {
		t.Errorf("branches fired %d and %d times", c.Branches[0].Fired, c.Branches[1].Fired)
	}
	image, user, line := c.Branches[0].Items[0], c.Branches[0].Items[1], c.Branches[1].Items[0]
	if image.Events != 4 || image.Held != 3 || !reflect.DeepEqual(image.Tests, []int{1, 2}) || user.Held != 2 || line.Held != 2 {
		t.Errorf("%+v %+v %+v", image, user, line)
	}
	if bits, ok := c.Branches[0].Bits(); !ok || math.Abs(bits-(-math.Log2(3.0/4)+1)) > 1e-9 {
		t.Errorf("%f bits", bits)
	}
}

func TestEventsOfOtherLogsDoNotCount(t *testing.T) {
	for _, c := range []struct {
		name, logsource, event string
		want                   int
	}{
		{"an event that says nothing", onProcesses, `{"a": "x"}`, 1},
		{"sysmon's new process", onProcesses, `{"a": "x", "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1}`, 1},
		{"the audited new process", onProcesses, `{"a": "x", "Channel": "security", "EventID": "4688"}`, 1},
		{"a log-on", onProcesses, `{"a": "x", "Channel": "Security", "EventID": 4624}`, 0},
		{"another event of sysmon", onProcesses, `{"a": "x", "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 3}`, 0},
		{"a channel", "  product: windows\n  service: security\n", `{"a": "x", "Channel": "Security", "EventID": 4624}`, 1},
		{"another channel", "  product: windows\n  service: security\n", `{"a": "x", "Channel": "System", "EventID": 7036}`, 0},
		{"a Windows event for Linux", "  category: process_creation\n  product: linux\n", `{"a": "x", "Channel": "Security", "EventID": 1}`, 0},
		{"a log source that nobody knows", "  product: acme\n", `{"a": "x", "EventID": 1}`, 1},
	} {
		r := parsed(t, c.logsource, "  s:\n    a: x\n  condition: s\n")
		counts, _ := read(t, c.event, 1, r).Of(r.Rule)
		if counts.Fired != c.want || counts.Events != c.want {
			t.Errorf("%s: %d of %d, want %d", c.name, counts.Fired, counts.Events, c.want)
		}
	}
}

func TestStreams(t *testing.T) {
	r := parsed(t, onProcesses, "  s:\n    a: x\n  condition: s\n")
	const two = "{\"a\": \"x\"}\n\n{\"a\": \"y\"}\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte(two))
	w.Close()
	for name, c := range map[string]struct {
		text        string
		events, bad int
		lines       string
	}{
		"lines":             {two, 2, 0, ""},
		"gzip":              {zipped.String(), 2, 0, ""},
		"no last break":     {`{"a": "x"}`, 1, 0, ""},
		"a mark":            {"\xef\xbb\xbf" + two, 2, 0, ""},
		"carriage returns":  {"{\"a\": \"x\"}\r\n{\"a\": \"y\"}\r\n", 2, 0, ""},
		"no events":         {"", 0, 0, ""},
		"what is no object": {"[]\n{\"a\": \"x\"}\nx\n", 1, 2, "1 3"},
		"too long":          {"{\"a\": \"" + strings.Repeat("x", 5<<20) + "\"}\n{\"a\": \"x\"}\n", 1, 1, "1"},
	} {
		b := read(t, c.text, 1, r)
		var lines []string
		for _, bad := range b.Bad {
			lines = append(lines, fmt.Sprint(bad.Line))
		}
		if b.Events != c.events || b.Broken != c.bad || strings.Join(lines, " ") != c.lines {
			t.Errorf("%s: %d events, %d bad, lines %v", name, b.Events, b.Broken, lines)
		}
	}
	for _, text := range []string{"\xff\xfe{\x00", "\x1f\x8bnothing"} {
		if _, err := volume.Read(strings.NewReader(text), "events", nil, 1); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

func TestTheResultDoesNotDependOnJobs(t *testing.T) {
	var list []volume.Rule
	for k := range 7 {
		r := parsed(t, onProcesses, fmt.Sprintf("  s:\n    a|contains: '%d'\n  condition: s\n", k))
		r.Index = k
		list = append(list, r)
	}
	var text strings.Builder
	for k := range 2000 {
		fmt.Fprintf(&text, "{\"a\": \"%d\"}\n", k)
	}
	one, many := read(t, text.String(), 1, list...), read(t, text.String(), 5, list...)
	if !reflect.DeepEqual(one, many) {
		t.Error("the counts differ")
	}
	if c, _ := one.Of(list[3].Rule); c.Events != 2000 || c.Fired != 542 { // 2,000 minus the 1,458 without a 3
		t.Errorf("%+v", c)
	}
}

func TestWhatChangedIsNotTold(t *testing.T) {
	r := parsed(t, onProcesses, "  s:\n    a: x\n  condition: s\n")
	b := read(t, `{"a": "x"}`, 1, r)
	if _, ok := b.Of(parsed(t, onProcesses, "  s:\n    a: y\n  condition: s\n").Rule); ok {
		t.Error("counts of another text are told")
	}
	var none *volume.Baseline
	if _, ok := none.Of(r.Rule); ok {
		t.Error("counts without events")
	}
}

func TestEstimates(t *testing.T) {
	bits := func(item string) float64 {
		r := parsed(t, onProcesses, "  s:\n    "+item+"\n  condition: s\n")
		return volume.OfBranch(r.Logsource, r.Branches[0]).Bits
	}
	// Each asks for less than the next one.
	order := []string{
		`CommandLine|contains: 'a'`,
		`Image|endswith: '\svchost.exe'`,
		`Image|endswith: '\cmd.exe'`,
		`Image|endswith: '\whoami.exe'`,
		`Image|endswith: '\lsofview.exe'`,
		`Image|endswith: '\lsofviewer.exe'`,
		`Image: 'C:\Users\Public\lsofviewer.exe'`,
	}
	for k := range order[1:] {
		if a, b := bits(order[k]), bits(order[k+1]); a >= b {
			t.Errorf("%s has %.1f bits, %s %.1f", order[k], a, order[k+1], b)
		}
	}
	if one, two := bits(`CommandLine|contains: 'netstat'`), bits(`CommandLine|contains: ['netstat', 'netstat -n']`); two > one || one-two > 1 {
		t.Errorf("an alternative makes %.1f bits %.1f", one, two)
	}
	if one, two := bits(`CommandLine|contains: 'netstat'`), bits(`CommandLine|contains|all: ['netstat', ' -n']`); two < one {
		t.Errorf("one more demand makes %.1f bits %.1f", one, two)
	}
}

// FuzzRead: whatever the stream, the reader ends, and never counts more events than lines.
func FuzzRead(f *testing.F) {
	f.Add("{\"a\": \"x\"}\n")
	f.Add("\x1f\x8b\x08")
	r := parsed(f, onProcesses, "  s:\n    a: x\n  condition: s\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := volume.Read(strings.NewReader(text), "events", []volume.Rule{r}, 1)
		if err == nil && !strings.HasPrefix(text, "\x1f\x8b") && b.Events+b.Broken > strings.Count(text, "\n")+1 {
			t.Errorf("%d events, %d bad lines", b.Events, b.Broken)
		}
	})
}
