package report

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/tuning"
)

// update rewrites the expected output: go test ./tuning/report -update
var update = flag.Bool("update", false, "rewrite the golden files")

var testDay = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// sockets is a rule of our own with something for every verdict but one.
const sockets = `title: Listing of Sockets by a Tool
id: 3d0c3f3e-7a52-4c39-8d4e-5f2f7a1f0c11
status: test
description: Detects tools that list sockets, as intruders do after they have arrived
references:
    - https://example.org/notes/sockets
author: sigtune
date: 2026-01-10
modified: 2026-02-01
tags:
    - attack.discovery
    - attack.t1049
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

func tune(t testing.TB, in tuning.Input) *tuning.Result {
	t.Helper()
	in.Path, in.Today = "rules/sockets.yml", testDay
	r, err := tuning.Tune(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func plainText(w io.Writer, r *tuning.Result) error { return Text(w, r, Palette{}) }

var printers = map[string]func(io.Writer, *tuning.Result) error{"txt": plainText, "md": Markdown, "html": HTML, "json": JSON}

func TestEveryFormatHasItsGoldenFile(t *testing.T) {
	for name, r := range map[string]*tuning.Result{"inline": fixture(t, tuning.Inline), "filter": fixture(t, tuning.SigmaFilter)} {
		for ext, print := range printers {
			t.Run(name+"."+ext, func(t *testing.T) {
				var got bytes.Buffer
				if err := print(&got, r); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join("testdata", name+"."+ext)
				if *update {
					if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))) {
					t.Errorf("%s is out of date; run go test ./tuning/report -update and read the change\n%s", path, got.String())
				}
			})
		}
	}
}

// Every verdict has a headline, so that none is printed as its machine name.
func TestEveryVerdictHasAHeadline(t *testing.T) {
	for _, v := range []tuning.Verdict{tuning.Filter, tuning.Noop, tuning.Swallows, tuning.NeedsEnvironment, tuning.NotExpressible, tuning.Refused} {
		if h := headlineOf(&tuning.Outcome{Verdict: v}); h.means == "" || h.event == "" || h.tone == "" {
			t.Errorf("%s: %+v", v, h)
		}
	}
}

// hostile is a rule whose every text tries to become something else.
var hostile = strings.NewReplacer(
	"title: Listing of Sockets by a Tool", `title: '<script>alert(1)</script> @everyone #1 [x](javascript:alert(1)) **b** | c'`,
	"author: sigtune", `author: '"><img src=x onerror=alert(1)>'`,
	"'/netstat'", "'/net`stat</code></pre><script>alert(2)</script>'",
	"    - Administrators", "    - '```'\n    - '</details><script>alert(3)</script> ![x](https://example.org/x.png) www.example.org https://example.org @admins'",
).Replace(sockets)

var hostileScenarios = []string{
	"Scenario: </section><script>alert(4)</script> @team ``` | a | b |\nFilter/Exclusion: Exclude processes where the parent process is /usr/bin/<b>monit</b>|`x`.",
	"Scenario: lists\nFilter/Exclusion: Exclude processes where the command line contains \"```` @here </pre>\" and the parent process is /usr/bin/monit.",
}

func hostileResult(t *testing.T) *tuning.Result {
	return tune(t, tuning.Input{Text: hostile, Scenarios: hostileScenarios, As: tuning.SigmaFilter})
}

func TestNothingOfARuleBecomesMarkupInHTML(t *testing.T) {
	var out bytes.Buffer
	if err := HTML(&out, hostileResult(t)); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, tag := range regexp.MustCompile(`<\s*/?\s*([A-Za-z0-9]+)([^>]*)>`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(" html head meta title style body a header main footer h1 h2 h3 h4 p code table thead tbody tr th td span ul li div pre details summary section blockquote dl dt dd ", " "+tag[1]+" ") {
			t.Errorf("an element that is not ours: %s", tag[0])
		}
		if regexp.MustCompile(`(?i)\son|javascript:|src=|href="[^#]`).MatchString(tag[2]) {
			t.Errorf("an attribute that is not ours: %s", tag[0])
		}
	}
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;/section&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// The page is one file: nothing is fetched, nothing runs.
func TestThePageNeedsNothingElse(t *testing.T) {
	for _, word := range []string{"<script", "<link", "@import", "url(", "<img", "<iframe", "http://", "https://"} {
		if strings.Contains(pageText, word) {
			t.Errorf("the template holds %s", word)
		}
	}
	for _, want := range []string{"default-src 'none'", "prefers-color-scheme: dark", "@media print", ":focus-visible", `class="skip"`, `lang="en"`} {
		if !strings.Contains(pageText, want) {
			t.Errorf("the template lacks %s", want)
		}
	}
}

func TestNothingOfARuleBecomesMarkupInMarkdown(t *testing.T) {
	var out bytes.Buffer
	if err := Markdown(&out, hostileResult(t)); err != nil {
		t.Fatal(err)
	}
	fenced, marks := false, ""
	for n, line := range strings.Split(out.String(), "\n") {
		if m := regexp.MustCompile("^(`{3,})[a-z]*$").FindStringSubmatch(line); m != nil && (!fenced || m[1] == line && len(m[1]) >= len(marks)) {
			fenced, marks = !fenced, m[1]
			continue
		}
		if fenced {
			continue
		}
		text := withoutCode(line)
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(text, -1) {
			if !strings.Contains("<details> </details> <summary> </summary>", tag) {
				t.Errorf("line %d: an element that is not ours: %s", n+1, tag)
			}
		}
		for _, bad := range []string{`(^|[^\\])@`, `[@#][A-Za-z0-9]`, `(^|[^\\])!?\[`, `[a-z]://`, `www\.`} {
			if regexp.MustCompile(bad).MatchString(text) && !strings.HasPrefix(text, "#") {
				t.Errorf("line %d: %s in %s", n+1, bad, text)
			}
		}
		if strings.HasPrefix(line, "|") {
			if cells := len(regexp.MustCompile(`(^|[^\\])(\\\\)*\|`).FindAllString(line, -1)); cells != 5 {
				t.Errorf("line %d: %d bars in a row of the table: %s", n+1, cells, line)
			}
		}
	}
	if fenced {
		t.Error("a fence is left open")
	}
}

// withoutCode leaves out code spans.
func withoutCode(line string) string {
	for {
		start := regexp.MustCompile("(^|[^\\\\`])(`+)").FindStringSubmatchIndex(line)
		if start == nil {
			return line
		}
		marks := line[start[4]:start[5]]
		end := regexp.MustCompile("([^`]|^)" + marks + "($|[^`])").FindStringIndex(line[start[5]:])
		if end == nil {
			return line
		}
		line = line[:start[4]] + "CODE" + line[start[5]+strings.Index(line[start[5]:], marks)+len(marks):]
	}
}

func TestMarkdownStaysBelowItsBound(t *testing.T) {
	var values strings.Builder
	for k := range 1500 {
		fmt.Fprintf(&values, "            - '/tool-%d-%s'\n", k, strings.Repeat("x<", 20))
	}
	huge := strings.Replace(sockets, "            - '/lsof'\n", "            - '/lsof'\n"+values.String(), 1)
	huge = strings.Replace(huge, "title: ", "title: "+strings.Repeat("Very `Long` ", 2000), 1)
	var scenarios []string
	for k := range 80 {
		scenarios = append(scenarios, fmt.Sprintf("Scenario: Job %d of the night. %s\nFilter/Exclusion: Exclude netstat started by /opt/jobs/job%d.", k, strings.Repeat("Long words. ", 40), k))
	}
	var out bytes.Buffer
	r := tune(t, tuning.Input{Text: sockets, Scenarios: scenarios})
	if err := Markdown(&out, r); err != nil {
		t.Fatal(err)
	}
	if out.Len() > maxMarkdown {
		t.Errorf("%d bytes", out.Len())
	}
	// All parts at their largest: the same result on a rule and queries of a megabyte.
	r.RuleText, r.QueryBefore, r.QueryAfter = huge, huge, huge
	r.Rule.Title.Value = strings.Repeat("Very `long` ", 2000)
	var most bytes.Buffer
	if err := Markdown(&most, r); err != nil {
		t.Fatal(err)
	}
	if most.Len() > maxMarkdown || strings.Count(most.String(), "```")%2 != 0 {
		t.Errorf("%d bytes", most.Len())
	}
	if !strings.Contains(out.String(), "more scenarios not shown here") || strings.Count(out.String(), "```")%2 != 0 {
		t.Error("what was left out is not said, or a fence is open")
	}
}

func TestComparedMarksLinesOfOneSide(t *testing.T) {
	old, new := compared("a\nb\nc\n", "a\nx\ny\nc\n")
	text := func(list []codeLine) (out string) {
		for _, l := range list {
			out += l.Mark + l.Text + " "
		}
		return out
	}
	if got := text(old) + "| " + text(new); got != "a -b c | a +x +y c " {
		t.Error(got)
	}
}

func TestSegmentsNeverLoseText(t *testing.T) {
	for _, s := range []string{"", "a", "`a`", "a `b` c", "a `b", "`", "``", "a `b` c `d"} {
		var got strings.Builder
		for _, part := range segments(s) {
			got.WriteString(part.Text)
		}
		if want := strings.ReplaceAll(s, "`", ""); strings.ReplaceAll(got.String(), "`", "") != want {
			t.Errorf("%q becomes %q", s, got.String())
		}
	}
}

func FuzzMarkdownWords(f *testing.F) {
	f.Add("a `b` <c> @d #1 | e")
	f.Fuzz(func(t *testing.T, s string) {
		if got := words(s); strings.ContainsAny(got, "<\n") {
			t.Errorf("%q", got)
		}
		if got := code(s); strings.Contains(got, "\n") {
			t.Errorf("%q", got)
		}
	})
}
