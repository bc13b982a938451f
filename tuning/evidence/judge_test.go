package evidence

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

func matcherOf(t testing.TB, detection string) *match.Matcher {
	t.Helper()
	text := "title: t\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  " + strings.ReplaceAll(detection, "\n", "\n  ") + "\n"
	documents, _ := rules.Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
	m, err := match.Compile(documents[0].(*rules.Rule))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

func judgeSet(t testing.TB, keywords bool) ([]*match.Matcher, *match.Set) {
	list := []string{
		"s:\n  Image|endswith: cmd.exe\ncondition: s", "s:\n  CommandLine|contains: whoami\ncondition: s", "s:\n  md5: 0a0b\ncondition: s", "s:\n  Hashes|contains: MD5=0A0B\ncondition: s",
		"s:\n  EventID: 1\n  Channel|contains: Sysmon\ncondition: s", "s:\n  a.b: x\ncondition: s", "s:\n  ParentImage|exists: false\ncondition: s", "s:\n  User: 'CORP\\ann'\ncondition: s",
	}
	if keywords {
		list = append(list, "k:\n  - '0a0b'\n  - needle\ncondition: k", "k:\n  '|re': '^0a0b$'\ncondition: k")
	}
	var matchers []*match.Matcher
	for _, r := range list {
		matchers = append(matchers, matcherOf(t, r))
	}
	return matchers, match.NewSet(matchers)
}

// told is everything that reading tells: verdicts, counters, problems, forms.
func told(s *Stream, verdicts []string) string {
	out := strings.Join(verdicts, "\n") + fmt.Sprintf("\n%d read, %d broken, %v, %v", s.Read, s.Broken, s.Formats, s.Err())
	for _, p := range s.First {
		out += "\n! " + p.Error()
	}
	return out
}

func oneByOne(name, in string, matchers []*match.Matcher, o Options) string {
	s := Read(name, strings.NewReader(in), o)
	var verdicts []string
	for r := range s.Records() {
		hits := []int{}
		for i, m := range matchers {
			if m.Match(r.Event) {
				hits = append(hits, i)
			}
		}
		verdicts = append(verdicts, fmt.Sprint(r.Source, s.Read+s.Broken, hits))
	}
	return told(s, verdicts)
}

func judgedAtOnce(name, in string, set *match.Set, o Options, workers int) string {
	s := Read(name, strings.NewReader(in), o)
	var verdicts []string
	for j := range s.Judge(set, workers) {
		verdicts = append(verdicts, fmt.Sprint(j.Source, j.Number, append([]int{}, j.Rules...)))
	}
	return told(s, verdicts)
}

var judgeInputs = []string{
	``, `{}`, `{"Image": "C:\\cmd.exe", "CommandLine": "WHOAMI /all", "Hashes": "SHA1=1,MD5=0A0B,IMPHASH=2", "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational"}`,
	`{"md5": "0a0b"}`, `{"MD5": "0a0b", "x": 1}`, `{"Hashes": ["MD5=0A0B"], "md5": "0a0b"}`, `{"Hashes": {"a": 1}, "md5": "0a0b"}`, `{"Hashes": 5}`, `{"Hashes": []}`,
	`{"process": {"executable": "C:\\cmd.exe", "command_line": "whoami"}, "event": {"category": ["process"], "type": ["start"]}, "user": {"name": "ann", "domain": "CORP"}}`,
	`{"process.executable": "C:\\cmd.exe", "event.category": "process"}`, `{"winlog": {"event_id": 1, "event_data": {"Image": "cmd.exe"}}}`,
	`{"InitiatingProcessFileName": "x", "ActionType": "ProcessCreated", "FolderPath": "C:\\cmd.exe"}`, `{"NewProcessName": "C:\\cmd.exe", "EventID": 4688}`,
	`{"EventCode": "1", "Image": "cmd.exe"}`, `{"_index": "i", "_source": {"Image": "cmd.exe"}}`, `{"preview": false, "result": {"Image": "cmd.exe"}}`,
	`{"Event": {"System": {"EventID": 1, "Channel": "Sysmon"}, "EventData": {"Image": "cmd.exe"}}}`, `{"_raw": "<Event><System><EventID>1</EventID></System><EventData><Data Name=\"Image\">cmd.exe</Data></EventData></Event>"}`,
	`{"exe": "C:\\cmd.exe"}`, `{"own": {"exe": "cmd.exe"}}`, `{"a": {"b": "X"}}`, `{"a.b": "x"}`, `{"a": [{"b": "y"}, {"b": "x"}]}`, `{"Image": "a", "Image": "cmd.exe"}`,
	`{"x": "a NEEDLE"}`, `{"message": "needle", "x": 1}`, `{"message": "none", "x": "needle"}`, `{"\u0049mage": "cmd\u002eexe"}`, `{"Image": null}`, `{"Image": "cmd.exe"`, `[1]`, `x`, "{\"Image\": \"\xff\"}",
	`{"a":` + strings.Repeat(`[`, 120) + strings.Repeat(`]`, 120) + `}`, `{"a":` + strings.Repeat(`{"b":`, 140) + `1` + strings.Repeat(`}`, 141), " \t", `{"Image": "cmd.exe"} {}`,
}

// Judging many rules at once with an index, on several goroutines and without decoding, is reading every record and asking every rule.
func TestJudgeAgreesWithRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	names, err := ReadMap(source.Parse("m.yml", []byte("exe: Image\nown.exe: Image\n"), source.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	windows := taxonomy.Key{Category: "process_creation", Product: "windows"}
	xml := "<Events>" + windowsEvent + windowsEvent + "<Event><a></b></Event></Events>"
	csv := "Image,CommandLine,Hashes\ncmd.exe,\"who\nami\",MD5=0A0B\nx,whoami,\n1,2,3,4\n"
	for _, keywords := range []bool{false, true} {
		matchers, set := judgeSet(t, keywords)
		for _, o := range []Options{{}, {Map: names}, {Logsource: windows}, {Logsource: windows, Map: names, Limits: Limits{Record: 150}}} {
			inputs := []string{strings.Join(judgeInputs, "\n"), "[" + strings.Join(judgeInputs[1:20], ",") + "]", xml, csv, zipped(csv), zipped(xml)[:80], string(evtxFile(plainRecord(chunkHeader+recordHeader, "cmd.exe")))}
			for range 30 {
				var lines []string
				for range random.IntN(40) {
					lines = append(lines, judgeInputs[random.IntN(len(judgeInputs))])
				}
				inputs = append(inputs, strings.Join(lines, "\n"))
			}
			for _, in := range inputs {
				want := oneByOne("f", in, matchers, o)
				for _, workers := range []int{1, 3} {
					if got := judgedAtOnce("f", in, set, o, workers); got != want {
						t.Fatalf("keywords %v, options %+v: input\n%.3000s\ngot\n%s\nwant\n%s", keywords, o, in, got, want)
					}
				}
			}
		}
	}
}

// More than a batch, in order, and all of it.
func TestJudgeKeepsTheOrder(t *testing.T) {
	_, set := judgeSet(t, false)
	var in strings.Builder
	const events = 20_000
	for i := range events {
		fmt.Fprintf(&in, "{\"EventID\": %d, \"Image\": \"cmd.exe\"}\n", i)
	}
	s, n := Read("f", strings.NewReader(in.String()), Options{}), 0
	for j := range s.Judge(set, 4) {
		if n++; j.Number != n || j.Source.Line != n || !slices.Contains(j.Rules, 0) {
			t.Fatalf("event %d: %+v", n, j)
		}
	}
	if n != events || s.Read != events {
		t.Errorf("%d and %d of %d events", n, s.Read, events)
	}
}

func TestJudgeCanBeLeft(t *testing.T) {
	_, set := judgeSet(t, false)
	s := Read("f", strings.NewReader(strings.Repeat("{\"Image\": \"cmd.exe\"}\n", 100_000)), Options{})
	for range s.Judge(set, 2) {
		break
	}
	if s.Read != 1 {
		t.Errorf("%d events were read", s.Read)
	}
}

// An event that came through a pipe is judged before the next one comes.
func TestJudgeDoesNotHoldEventsBack(t *testing.T) {
	_, set := judgeSet(t, false)
	from, to := io.Pipe()
	got := make(chan Judged)
	go func() {
		for j := range Read("f", from, Options{}).Judge(set, 2) {
			got <- j
		}
		close(got)
	}()
	for range 3 {
		_, _ = to.Write([]byte("{\"Image\": \"cmd.exe\"}\n"))
		select {
		case j := <-got:
			if len(j.Rules) == 0 {
				t.Error("no rule matches")
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the event is held back")
		}
	}
	_ = to.Close()
}

func TestFieldsThatNoEventHasAreTold(t *testing.T) {
	set := match.NewSet([]*match.Matcher{matcherOf(t, "s:\n  Image: a\n  CommandLine: b\n  ParentImage: c\n  User: d\n  Company: e\ncondition: s")})
	for _, c := range []struct{ in, want string }{
		{`{"image": "a", "proc": {"command_line": "b"}, "User": 1, "parent_process_path": "x"}`, "Image=image CommandLine=proc.command_line ParentImage=parent_process_path Company="},
		{`{"Image": "a", "CommandLine": 1, "ParentImage": null, "User": [], "Company": {}}`, ""},
		{"Zeit,Company\n1,2\n", "Image= CommandLine= ParentImage= User="},
		{"", ""},
		{"x", ""},
	} {
		s := Read("f", strings.NewReader(c.in), Options{})
		for range s.Judge(set, 2) {
		}
		var got []string
		for _, u := range s.Unmet() {
			got = append(got, u.Field+"="+u.Instead)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.in, got, c.want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, in := range judgeInputs {
		f.Add(in)
	}
	f.Add("a,b\n1,2")
	f.Add(encode16("{\"a.b\": \"x\"}", binary.BigEndian))
	matchers, set := judgeSet(f, true)
	f.Fuzz(func(t *testing.T, in string) {
		if got, want := judgedAtOnce("f", in, set, Options{}, 1), oneByOne("f", in, matchers, Options{}); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// benchmarkJudge is what `sigtune match` does with JSON lines: bytes in, verdicts out, on so many goroutines beside the one that reads.
func benchmarkJudge(b *testing.B, set *match.Set, lines []string, workers int) {
	in := strings.Join(lines, "\n") + "\n"
	for len(in) < 8<<20 {
		in += in
	}
	events := 0
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		s := Read("f", strings.NewReader(in), Options{})
		for range s.Judge(set, workers) {
			events++
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

func publishedMatchers(b *testing.B) []*match.Matcher {
	var out []*match.Matcher
	for _, f := range corpustest.Open(b).LiveRules(b) {
		if !strings.HasPrefix(f.Path, "rules/") {
			continue
		}
		documents, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok {
				if m, err := match.Compile(r); err == nil {
					out = append(out, m)
				}
			}
		}
	}
	return out
}

func recordedEvents(b *testing.B) []string {
	var lines []string
	corpustest.Open(b).Lines(b, "events/otrf_rule_hits.jsonl.gz", func(line json.RawMessage) {
		var row struct{ Event json.RawMessage }
		if err := json.Unmarshal(line, &row); err != nil {
			b.Fatal(err)
		}
		lines = append(lines, string(row.Event))
	})
	return lines
}

func BenchmarkJudgeOneRule(b *testing.B) {
	benchmarkJudge(b, match.NewSet([]*match.Matcher{matcherOf(b, "s:\n  Image|endswith: \\cmd.exe\n  CommandLine|contains: whoami\ncondition: s")}), recordedEvents(b), 1)
}

func BenchmarkJudgePublishedRules(b *testing.B) {
	benchmarkJudge(b, match.NewSet(publishedMatchers(b)), recordedEvents(b), 1)
}
