package mine

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// mineFiles mines files of events with room for so many rows.
func mineFiles(t *testing.T, most int, fp, tp, baseline string) (*tuning.Result, *miner) {
	t.Helper()
	r, err := tuning.Tune(tuning.Input{Path: "rule.yml", Text: whoamiRule, Today: testDay, GivenOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.m.table.most = most
	for _, in := range []struct {
		path string
		add  func(*evidence.Record)
	}{{fp, m.FalsePositive}, {tp, m.TruePositive}, {baseline, m.Baseline}} {
		if in.path == "" {
			continue
		}
		s, err := evidence.Open([]string{in.path}, evidence.Options{Logsource: Logsource(r.Rule)})
		if err != nil {
			t.Fatal(err)
		}
		Feed(s, in.add, nil)
		if s.Err() != nil || s.Broken > 0 {
			t.Fatal(s.Err(), s.Broken)
		}
	}
	m.Mine()
	return r, m.m
}

func eventFile(t *testing.T, name string, write func(w io.Writer)) string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), name))
	if err != nil {
		t.Fatal(err)
	}
	write(f)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

func numbers(r *tuning.Result) string {
	e := r.Events
	var out strings.Builder
	fmt.Fprintf(&out, "FP %+v\nTP %+v\nbaseline %+v\n", e.FP, e.TP, e.Baseline)
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			fmt.Fprintf(&out, "%s: %v\n", p.Title, p.Conditions)
		}
	}
	return out.String()
}

// What is counted about a sample is what is counted about all events, copies, contradictions and the baseline included.
func TestCountsOfASampleAreOfAllEvents(t *testing.T) {
	event := func(w io.Writer, parent, line string, k int) {
		fmt.Fprintf(w, `{"Image":"C:\\Windows\\System32\\whoami.exe","ParentImage":"%s","ParentCommandLine":"%s","Computer":"WS%d","User":"CORP\\u%d","UtcTime":"2026-02-%02d 08:00:00"}`+"\n", parent, line, k%50, k%9, 1+k%28)
	}
	const agent = `C:\\Program Files\\Vendor\\agent.exe`
	fp := eventFile(t, "fp.ndjson", func(w io.Writer) {
		for k := range 20_000 {
			event(w, agent, fmt.Sprintf("agent.exe --collect accounts --ticket T%d", k), k)
			if k%4 == 0 {
				event(w, agent, "agent.exe --collect accounts --all", k)
			}
			if k%1000 == 0 { // attacks that somebody labelled as both
				event(w, `C:\\Users\\Public\\evil.exe`, fmt.Sprintf("evil.exe %d", k), k)
			}
		}
		fmt.Fprintln(w, `{"Image":"C:\\Windows\\System32\\other.exe"}`)
	})
	tp := eventFile(t, "tp.ndjson", func(w io.Writer) {
		for k := range 20_000 {
			if k%1000 == 0 {
				event(w, `C:\\Users\\Public\\evil.exe`, fmt.Sprintf("evil.exe %d", k), k)
			}
		}
	})
	baseline := eventFile(t, "baseline.ndjson", func(w io.Writer) {
		for k := range 9_000 {
			event(w, agent, fmt.Sprintf("agent.exe --collect accounts --ticket B%d", k), k)
			event(w, `C:\\Windows\\explorer.exe`, fmt.Sprintf("explorer.exe %d", k/2), k)
		}
	})
	whole, m := mineFiles(t, 1<<20, fp, tp, baseline)
	if m.table.level != 0 {
		t.Fatal("it should all be held")
	}
	few, m := mineFiles(t, 1000, fp, tp, baseline)
	if m.table.level == 0 || len(m.table.rows) > 1000 {
		t.Fatalf("level %d, %d rows", m.table.level, len(m.table.rows))
	}
	if got, want := numbers(few), numbers(whole); got != want {
		t.Errorf("of the sample\n%s\nof all\n%s", got, want)
	}
	if whole.Events.FP.Distinct != 20_009 || whole.Events.FP.Contradicted != 20 || whole.Events.FP.Silent != 1 || whole.Events.FP.Kept != 25_000 || whole.Events.Baseline.Distinct != 18_000 {
		t.Errorf("%+v\n%+v", whole.Events.FP, whole.Events.Baseline)
	}
	if notes := strings.Join(few.Events.Notes, "\n"); !strings.Contains(notes, "of 20009 distinct false positives") || strings.Contains(notes, "changed meanwhile") {
		t.Errorf("notes:\n%s", notes)
	}
	if notes := strings.Join(whole.Events.Notes, "\n"); strings.Contains(notes, "sample") {
		t.Errorf("notes:\n%s", notes)
	}
	again, _ := mineFiles(t, 1000, fp, tp, baseline)
	if got, want := numbers(again), numbers(few); got != want {
		t.Errorf("the second time\n%s\nthe first time\n%s", got, want)
	}
}

// A kind with many copies that come late is in the sample, whatever its hash is.
func TestWhatComesOftenIsInTheSample(t *testing.T) {
	fp := eventFile(t, "fp.ndjson", func(w io.Writer) {
		for k := range 5000 {
			fmt.Fprintf(w, `{"Image":"C:\\Windows\\System32\\whoami.exe","ParentImage":"C:\\Program Files\\A\\a.exe","ParentCommandLine":"a.exe %d"}`+"\n", k)
		}
		for k := range 2000 {
			fmt.Fprintf(w, `{"Image":"C:\\Windows\\System32\\whoami.exe","ParentImage":"C:\\Program Files\\B%d\\b.exe","ParentCommandLine":"b.exe"}`+"\n", k%5)
		}
	})
	r, m := mineFiles(t, 200, fp, "", "")
	held := 0
	for at := range m.table.rows {
		if parent, _ := m.table.event(at)["ParentImage"].(string); strings.HasSuffix(parent, "b.exe") {
			held += m.table.rows[at].count[falsePositive]
		}
	}
	if held != 2000 || r.Events.FP.Kept != 7000 || r.Events.FP.Distinct != 5005 {
		t.Errorf("%d of 2000 copies are in the sample; %+v", held, r.Events.FP)
	}
}

// What cannot be read a second time is held, however much it is.
func TestAStreamThatDoesNotRepeatIsHeld(t *testing.T) {
	r, err := tuning.Tune(tuning.Input{Path: "rule.yml", Text: whoamiRule, Today: testDay, GivenOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.m.table.most = 100
	Feed(evidence.Read("alerts", alerts(3000, 1), evidence.Options{Logsource: Logsource(r.Rule)}), m.FalsePositive, nil)
	m.Mine()
	if r.Events.FP.Kept != 3000 || r.Events.FP.Distinct != 3000 || len(m.m.table.rows) != 3000 || m.m.table.level != 0 {
		t.Errorf("%d rows, %+v", len(m.m.table.rows), r.Events.FP)
	}
}
