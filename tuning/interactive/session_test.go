package interactive

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/tuning"
)

const rule = `title: Listing of Sockets by a Tool
id: 3d0c3f3e-7a52-4c39-8d4e-5f2f7a1f0c11
status: test
description: Detects tools that list sockets
author: sigtune
date: 2026-01-10
modified: 2026-02-01
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith:
            - '/netstat'
            - '/lsof'
    condition: selection
falsepositives:
    - Administrators
level: low
`

var scenarios = []string{
	"netstat started by monit",
	"Scenario: A scan.\nFilter/Exclusion: Exclude processes where the command line includes nmap.",
	"Scenario: Open files.\nFilter/Exclusion: Exclude processes where the command line includes lsof and the user is part of the admin group.",
	"Scenario: A script.\nFilter/Exclusion: Exclude processes where the command line contains \"--tulpn --quiet\".",
}

type walk struct {
	result    *tuning.Result
	decisions []Decision
	err       error
	shown     string
}

// run answers a session with these lines.
func run(t *testing.T, target string, lines ...string) walk {
	t.Helper()
	r, err := tuning.Tune(tuning.Input{Path: "rule.yml", Text: rule, Scenarios: scenarios, Today: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := Session{
		In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out, Result: r, Target: target,
		Diff: func() string { return "THE DIFF\n" },
	}
	d, err := s.Run()
	return walk{r, d, err, out.String()}
}

func (w walk) actions() string {
	var out []string
	for _, d := range w.decisions {
		text := string(d.Action)
		if d.Name != "" {
			text += " " + d.Name
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestEnterTakesWhatIsRecommendedAndSkipsTheRest(t *testing.T) {
	w := run(t, "rule.yml", "", "", "", "", "y")
	if w.err != nil || w.actions() != "chosen filter_optional_monit, skipped, skipped, skipped" {
		t.Errorf("%v: %s", w.err, w.actions())
	}
	if !strings.Contains(w.result.RuleAfter, "filter_optional_monit:") || !strings.Contains(w.shown, "THE DIFF") {
		t.Errorf("%s", w.shown)
	}
}

func TestWhatIsSkippedIsNotApplied(t *testing.T) {
	w := run(t, "", "s", "", "s", "s")
	if w.err != nil || w.result.Recommended() || !strings.Contains(w.shown, "Nothing was chosen") {
		t.Errorf("%v %s", w.err, w.result.RuleAfter)
	}
}

func TestAnEditedFilterIsJudgedAndCanBeChosen(t *testing.T) {
	w := run(t, "", "e 1", "2", "/opt/monit/bin/monit", "", "d 9", "99", "s", "", "e", "2", "adm-anna", "adm-bob", "", "", "s")
	if w.err != nil {
		t.Fatal(w.err, w.shown)
	}
	if !strings.Contains(w.result.RuleAfter, "'adm-anna'") || strings.Contains(w.result.RuleAfter, "%") {
		t.Errorf("%s\n%s", w.actions(), w.shown)
	}
	if !strings.Contains(w.shown, "as you edited it") || !strings.Contains(w.shown, "`99` is no answer here") {
		t.Errorf("%s", w.shown)
	}
}

func TestAPlaceholderIsFilledInBeforeItIsUsed(t *testing.T) {
	w := run(t, "", "s", "", "1", "s", "s")
	if !strings.Contains(w.shown, "has to be filled in first") || w.result.Recommended() {
		t.Errorf("%s", w.shown)
	}
}

func TestAnEditThatDoesNothingIsRefused(t *testing.T) {
	w := run(t, "", "e 1", "1", "/nmap", "", "s", "", "s", "s")
	if !strings.Contains(w.shown, "Nothing was changed: refused: it does nothing") || w.result.Recommended() {
		t.Errorf("%s", w.shown)
	}
}

func TestAWeakFilterTakesASecondYes(t *testing.T) {
	w := run(t, "", "s", "", "s", "1", "", "s")
	if !strings.Contains(w.shown, "Use it anyway?") || w.result.Recommended() {
		t.Errorf("%s", w.shown)
	}
	if w = run(t, "", "s", "", "s", "1", "y"); !w.result.Recommended() {
		t.Errorf("%s", w.shown)
	}
}

func TestQuittingWritesNothing(t *testing.T) {
	for name, lines := range map[string][]string{"q": {"", "q"}, "the end of the input": {""}, "no at the end": {"", "", "", "", "n"}} {
		w := run(t, "rule.yml", lines...)
		if !errors.Is(w.err, ErrQuit) || w.result.Recommended() {
			t.Errorf("%s: %v\n%s", name, w.err, w.result.RuleAfter)
		}
	}
}

func TestTheLogIsOneObjectALine(t *testing.T) {
	w := run(t, "", "", "", "q")
	var out bytes.Buffer
	if err := WriteLog(&out, w.result, w.decisions, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%s", out.String())
	}
	var first struct{ Schema, Time, Action, Name, Block, Verdict string }
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.Schema != LogSchema || first.Time != "2026-11-23T09:00:00Z" || first.Action != "chosen" || first.Name != "filter_optional_monit" || first.Block == "" || first.Verdict != "filter" {
		t.Errorf("%+v", first)
	}
}

func TestAnswers(t *testing.T) {
	o := &tuning.Outcome{Proposals: make([]tuning.Proposal, 2)}
	for line, want := range map[string]verb{
		"": skip, "s": skip, "skip": skip, "q": quit, "?": explain, "1": take, "2": take, "3": unclear, "0": unclear, "-1": unclear, "d 1": show, "D 2": show,
		"d": unclear, "e 2": change, "e 3": unclear, "s 1": unclear, "x": unclear, "1 2": unclear, "e 1 2": unclear, "edit 1": change,
	} {
		if got := parse(line, o); got.verb != want {
			t.Errorf("%q: %d, want %d", line, got.verb, want)
		}
	}
}
