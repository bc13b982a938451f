package review

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sigtune/sigtune/lint/report"
	diffreport "github.com/sigtune/sigtune/lint/revision/report"
	"github.com/sigtune/sigtune/tuning/replay"
)

// Format is one way to render a review.
type Format struct {
	Name  string
	Write func(io.Writer, *Review) error
}

// Formats are the renderings by name; the first is that of people at a terminal.
var Formats = []Format{
	{"text", Text},
	{"markdown", Markdown},
	{"json", JSON},
	{"github", Annotations},
	{"gitlab", func(w io.Writer, r *Review) error { return findingsAs("gitlab", w, r) }},
	{"sarif", func(w io.Writer, r *Review) error { return findingsAs("sarif", w, r) }},
}

// findingsAs renders the new findings alone.
func findingsAs(name string, w io.Writer, r *Review) error {
	format, err := report.ParseFormat(name)
	if err != nil {
		return err
	}
	return format.Write(w, r.Lint, r.Options)
}

// Text prints the review for people at a terminal.
func Text(w io.Writer, r *Review) error {
	p := r.Options.Palette
	out := bufio.NewWriter(w)
	title := func(s string) { fmt.Fprintf(out, "%s\n\n", p.Strong(s)) }
	if len(r.Lint.Findings) > 0 {
		title("New findings")
		if err := findingsAs("text", out, r); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	if r.changed() > 0 || len(r.Changes.Unread) > 0 {
		title("Detection changes")
		if err := diffreport.Text(out, r.Changes, p); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	if len(r.Tests)+len(r.Problems) > 0 {
		title("Tests")
		replay.Text(out, r.Tests, nil, false, false, replay.Paint{Good: p.Good, Bad: p.Bad, Dim: p.Dim})
		for _, err := range r.Problems {
			fmt.Fprintf(out, "%s  %v\n", p.Bad("ERROR"), err)
		}
		fmt.Fprintln(out)
	}
	if len(r.Hints) > 0 {
		title("Documented false positives that could be filters")
		for k, h := range r.Hints {
			if k == shownHints {
				fmt.Fprintf(out, "and %d more; `sigtune tune` on the rule shows them\n\n", len(r.Hints)-k)
				break
			}
			fmt.Fprintf(out, "%s: %s (grade %s)\n%s\n", h.Path, h.Scenario, h.Grade, indented(h.Block))
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(out, "note: %s\n", n)
	}
	fmt.Fprintln(out, r.Headline())
	return out.Flush()
}

func indented(text string) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString("    " + line + "\n")
	}
	return b.String()
}

// Escapes of workflow commands: in the message, and in the values of properties.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// Annotations prints workflow commands of GitHub: the findings, lost detections, and tests that did not pass.
func Annotations(w io.Writer, r *Review) error {
	out := bufio.NewWriter(w)
	say := func(kind, path string, line int, title, message string) {
		fmt.Fprintf(out, "::%s file=%s,line=%d,title=%s::%s\n", kind, commandProperty.Replace(path), max(line, 1), commandProperty.Replace(title), commandData.Replace(message))
	}
	for i := range r.Changes.Rules {
		c := &r.Changes.Rules[i]
		if lost, _ := c.Loses(); !lost || c.Is == nil {
			continue
		}
		message := "events that matched before do not match any more; the summary has one"
		if e := c.Change.Lost.Witness; e != nil {
			message = "no longer detected: " + cut(report.Event(e), shownHelp)
		}
		say("warning", c.Path(), c.Is.File.LineAt(c.Is.Anchor().Start), "detection lost", message)
	}
	for _, t := range r.Tests {
		if t.Status != replay.Passed && len(t.Problems) > 0 {
			say("error", r.Path(t.Path), t.Line, "test "+string(t.Status)+": "+t.Name, t.Problems[0].Message)
		}
	}
	if err := findingsAs("github", out, r); err != nil {
		return err
	}
	return out.Flush()
}

// Schema names the form of the JSON output, documented in docs/json/review.schema.json. The form stays additive.
const Schema = "sigtune.review/1"

type (
	document struct {
		Schema  string          `json:"schema"`
		Since   string          `json:"since"`
		Commit  string          `json:"commit"`
		Lint    json.RawMessage `json:"lint"`  // sigtune.lint/1, of the new findings
		Diff    json.RawMessage `json:"diff"`  // sigtune.diff/1
		Tests   json.RawMessage `json:"tests"` // sigtune.test/1
		Hints   []hint          `json:"hints"`
		Notes   []string        `json:"notes"`
		Summary summary         `json:"summary"`
	}
	hint struct {
		Path     string `json:"path"`
		ID       string `json:"id"`
		Title    string `json:"title"`
		Scenario string `json:"scenario"`
		Name     string `json:"name"`
		Block    string `json:"block"`
		Grade    string `json:"grade"`
	}
	summary struct {
		Headline string `json:"headline"`
		Findings int    `json:"findings"`
		Silenced int    `json:"silenced"`
		Changed  int    `json:"changed"`   // documents that differ
		Lost     int    `json:"lost"`      // of these, those that detect less for certain
		Unsure   int    `json:"undecided"` // of these, those of which it could not be decided
		Passed   int    `json:"tests_passed"`
		Failed   int    `json:"tests_failed"`
		Broken   int    `json:"tests_broken"`
	}
)

// JSON prints one object for machines.
func JSON(w io.Writer, r *Review) error {
	out := document{Schema: Schema, Since: r.Since, Commit: r.Commit, Hints: []hint{}, Notes: append([]string{}, r.Notes...)}
	for _, part := range []struct {
		into  *json.RawMessage
		write func(io.Writer) error
	}{
		{&out.Lint, func(w io.Writer) error { return report.JSON(w, r.Lint) }},
		{&out.Diff, func(w io.Writer) error { return diffreport.JSON(w, r.Changes) }},
		{&out.Tests, func(w io.Writer) error { return replay.JSON(w, r.Tests, nil, r.Problems) }},
	} {
		var b bytes.Buffer
		if err := part.write(&b); err != nil {
			return err
		}
		*part.into = b.Bytes()
	}
	for _, h := range r.Hints {
		out.Hints = append(out.Hints, hint{h.Path, h.ID, h.Rule, h.Scenario, h.Name, h.Block, h.Grade})
	}
	lost, unsure := r.lost()
	passed, failed, broken := r.Status()
	out.Summary = summary{r.Headline(), len(r.Lint.Findings), len(r.Lint.Suppressed), r.changed(), lost, unsure, passed, failed, broken}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
