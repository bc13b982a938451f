package recover

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules/source"
)

// flat takes the indentation from a rule.
func flat(text string) string { return leadingBlanks.ReplaceAllString(text, "") }

// Rules that come back byte for byte although every line stood at column 0, and the text leaves no choice.
var certain = []struct{ name, rule string }{
	{"lists under attributes, fields and values", `title: Listing of open ports
id: 5f0f3a6e-7a43-4a9c-9c7e-1d5c7f0a2b11
status: test
references:
    - https://example.org/a#b
    - https://example.org/c
tags:
    - attack.discovery
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith:
            - '/ss'
            - '/netstat'
    filter_main_agent:
        ParentCommandLine|contains: '/opt/agent'
        Image|endswith: '/ss'
    condition: selection and not 1 of filter_main_*
falsepositives:
    - Administration
level: low
`},
	{"a list of maps: a key without dash belongs to the entry before it", `title: T
logsource:
    product: windows
detection:
    selection_img:
        - Image|endswith:
              - '\a.exe'
              - '\b.exe'
          Company: 'Example'
        - OriginalFileName: 'a.exe'
    selection_cli:
        CommandLine|contains|all:
            - ' -x '
            - ' -y '
        User: root
    condition: all of selection_*
`},
	{"keywords", `title: T
logsource:
    product: linux
detection:
    keywords:
        - 'segfault'
        - error 4 in
    '|all':
        - a
        - b
    condition: keywords
`},
	{"fields named like attributes stay fields", `title: T
status: test
logsource:
    product: github
detection:
    selection:
        status: failure
        level: 3
        name:
            - a
            - b
    condition: selection
level: low
`},
	{"a text block, its lines looking like anything", `title: T
description: |
    Detects the following:
    - one thing
    - another: thing

    Note: this is text
logsource:
    product: linux
    definition: |
        Requirements: enable it
        Note: all of it
detection:
    selection:
        a: b
    condition: selection
`},
	{"comments, inline and alone", `# head
title: T # no rename
logsource:
    product: linux # only there
detection:
    # what it is
    selection: # the one
        Image|endswith: # tools
            - '/rm' # not rmdir
            # - '/rmdir'
            - '/shred'
    condition: selection
# tail
`},
	{"conditions over several lines", `title: T
logsource:
    product: linux
detection:
    selection_a:
        x: 1
    selection_b:
        y|contains: '#'
    condition: selection_a and
        not selection_b
level: low
`},
	{"a folded condition", `title: T
logsource:
    product: linux
detection:
    sel:
        x: 1
    other:
        y: 2
    condition: >-
        sel
        and not other
level: low
`},
	{"a list of conditions", `title: T
logsource:
    product: linux
detection:
    sel:
        x: 1
    other:
        y: 2
    condition:
        - sel
        - other
`},
	{"quotes and brackets over several lines", `title: T
description: 'one
    two: three

    - four'
tags: [attack.discovery,
    attack.t1049]
logsource: {product: linux}
detection:
    sel:
        x: "a \
            b"
    condition: sel
`},
	{"related and the author's own keys", `title: T
id: 5f0f3a6e-7a43-4a9c-9c7e-1d5c7f0a2b11
related:
    - id: 5f0f3a6e-7a43-4a9c-9c7e-1d5c7f0a2b12
      type: derived
    - type: similar
      id: 5f0f3a6e-7a43-4a9c-9c7e-1d5c7f0a2b13
status: test
logsource:
    product: linux
detection:
    sel:
        x: 1
    condition: sel
level: low
simulation:
    - type: atomic-red-team
      name: a name
      technique: T1049
`},
	{"a value of null and an absent one", `title: T
logsource:
    product: windows
detection:
    selection:
        Image: 'x'
    filter_null:
        ParentImage: null
    filter_missing:
        ParentImage:
    condition: selection and not 1 of filter_*
`},
	{"a correlation and its rule in one text", `title: Base
name: failed
logsource:
    product: linux
detection:
    sel:
        x: 1
    condition: sel
---
title: Many
correlation:
    type: event_count
    rules:
        - failed
    group-by:
        - user
    timespan: 5m
    condition:
        gte: 10
    aliases:
        who:
            failed: user
level: high
`},
	{"a filter", `title: F
logsource:
    product: windows
filter:
    rules:
        - 5f0f3a6e-7a43-4a9c-9c7e-1d5c7f0a2b11
    selection:
        User|startswith: 'adm_'
    condition: not selection
`},
	{"anchors and aliases", `title: T
logsource:
    product: linux
detection:
    sel: &s
        x: 1
    other:
        <<: *s
        y: 2
    condition: sel or other
`},
}

func TestALostIndentationComesBack(t *testing.T) {
	for _, c := range certain {
		t.Run(c.name, func(t *testing.T) {
			got := Rule(flat(c.rule))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			if got.Text != c.rule {
				t.Errorf("got\n%s\nwant\n%s", got.Text, c.rule)
			}
			if got.Ambiguous() {
				t.Errorf("flagged without need: %s", got.Readings[1].Note.Message)
			}
			if !got.Changed {
				t.Error("not marked as changed")
			}
		})
	}
}

func TestAValidRuleComesBackUnchanged(t *testing.T) {
	for _, c := range certain {
		for _, width := range []string{"    ", "  ", "   "} {
			text := strings.ReplaceAll(c.rule, "    ", width)
			if got := Rule(text); got.Changed || got.Text != text || got.Err != nil {
				t.Errorf("%s: changed, or refused: %v", c.name, got.Err)
			}
		}
	}
	faulty := "title: T\nlogsource:\n  product: x\ndetection:\n  sel:\n    a|contain: b\n  condition: sel\n"
	if got := Rule(faulty); got.Changed {
		t.Errorf("a misspelt modifier is no lost indentation:\n%s", got.Text)
	}
}

// What is left of an indentation, line ends, blanks: each is one way in which pages hand rules out.
func TestDamage(t *testing.T) {
	rule := certain[0].rule
	for _, c := range []struct {
		name   string
		damage func(string) string
		want   func(string) string
	}{
		{"CRLF", func(s string) string { return strings.ReplaceAll(flat(s), "\n", "\r\n") },
			func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
		{"no final line end", func(s string) string { return strings.TrimSuffix(flat(s), "\n") },
			func(s string) string { return strings.TrimSuffix(s, "\n") }},
		{"trailing blanks stay", func(s string) string { return strings.ReplaceAll(flat(s), "\n", " \t\n") },
			func(s string) string { return strings.ReplaceAll(s, "\n", " \t\n") }},
		{"tabs", func(s string) string { return strings.ReplaceAll(s, "    ", "\t") }, nil},
		{"non-breaking spaces", func(s string) string { return strings.ReplaceAll(s, "    ", "\u00a0\u00a0") }, nil},
		{"non-breaking spaces behind dashes, colons and lines", func(s string) string {
			s = strings.ReplaceAll(flat(s), "- ", "-\u00a0")
			s = strings.ReplaceAll(s, "status: ", "status:\u00a0")
			return strings.ReplaceAll(s, "selection:\n", "selection:\u00a0\n")
		}, nil},
		{"every line followed by an empty one", func(s string) string { return strings.ReplaceAll(flat(s), "\n", "\n\n") }, nil},
		{"moved to the right as a whole, inner indentation lost", func(s string) string {
			return "      " + strings.TrimSuffix(strings.ReplaceAll(flat(s), "\n", "\n      "), "      ")
		}, nil},
		{"only the first level left", func(s string) string {
			for strings.Contains(s, "\n        ") {
				s = strings.ReplaceAll(s, "\n        ", "\n    ")
			}
			return s
		}, nil},
		{"one blank a level", func(s string) string { return strings.ReplaceAll(s, "    ", " ") }, func(s string) string {
			return strings.ReplaceAll(s, "    ", " ") // that is valid: nothing to do
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := rule
			if c.want != nil {
				want = c.want(rule)
			}
			got := Rule(c.damage(rule))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			if got.Text != want {
				t.Errorf("got\n%q\nwant\n%q", got.Text, want)
			}
		})
	}
}

func TestAChoiceIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, text, span, message string
		second                    string // part of the second reading
	}{
		{"an identifier or a field: both match the pattern",
			"title: T\nlogsource:\nproduct: zeek\ndetection:\nop1:\nendpoint: a\nop: b\nop2:\nendpoint: c\ncondition: 1 of op*\n",
			"op: b", "`op: b` is read as a field of `op1`; it may be an identifier of `detection`", "\n    op: b"},
		{"a comment behind a text block",
			"title: T\ndescription: |\nDetects it.\n# see above\nlogsource:\nproduct: linux\ndetection:\nsel:\na: b\ncondition: sel\n",
			"# see above", "`# see above` is read as text; it may be a comment", "\n# see above"},
		{"keywords or a field, under them",
			"title: T\nlogsource:\nproduct: linux\ndetection:\nsel:\na: b\nwords:\n- c\n- d\ncondition: all of them\n",
			"words:", "`words:` is read as a field of `sel`; it may be an identifier of `detection`", "\n    words:\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Rule(c.text)
			if !got.Ambiguous() {
				t.Fatalf("the text leaves a choice, and nothing says so:\n%s", got.Text)
			}
			note := got.Readings[1].Note
			if s := c.text[note.Span.Start:note.Span.End]; s != c.span || note.Message != c.message {
				t.Errorf("at %q: %s", s, note.Message)
			}
			if !strings.Contains(got.Readings[1].Text, c.second) {
				t.Errorf("second reading\n%s", got.Readings[1].Text)
			}
		})
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, text string
		line       int
		message    string
	}{
		{"nothing", "", 1, "there is no rule in this text"},
		{"prose", "Adversaries may list ports.\nSee below.\n", 1, "this line is neither a key"},
		{"prose behind the rule", "title: T\nlogsource:\nproduct: linux\ndetection:\nsel:\na: b\ncondition: sel\nlevel: low\nimProcessCreate\n", 9, "this line is neither a key"},
		{"an open quote", "title: T\nlogsource:\nproduct: linux\ndetection:\nsel:\na: 'b\ncondition: sel\n", 1, "never closed"},
		{"no detection", "title: T\nlogsource:\nproduct: linux\n", 1, "there is no `detection`"},
		{"no condition", "title: T\nlogsource:\nproduct: linux\ndetection:\nsel:\na: b\n", 1, "no `condition`"},
		{"text behind a closing quote", "title: T\nlogsource:\nproduct: linux\ndetection:\nsel:\na: 'it's'\ncondition: sel\n", 1, "well-formed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Rule(c.text)
			e, ok := got.Err.(*Error)
			if !ok {
				t.Fatalf("no error; got\n%s", got.Text)
			}
			if e.Line != c.line || !strings.Contains(e.Message, c.message) {
				t.Errorf("line %d: %s", e.Line, e.Message)
			}
			if got.Text != c.text || got.Changed {
				t.Error("the text changed although nothing worked")
			}
		})
	}
}

func TestOriginLeadsBackToTheInput(t *testing.T) {
	text := strings.ReplaceAll(flat(certain[1].rule), "\n", "\r\n")
	got := Rule(text)
	for _, word := range []string{"title", "'\\b.exe'", "Company: 'Example'", "' -y '", "all of selection_*"} {
		at := strings.Index(got.Text, word)
		s := got.Origin(source.Span{Start: at, End: at + len(word)})
		if text[s.Start:s.End] != word {
			t.Errorf("%q leads to %q", word, text[s.Start:s.End])
		}
	}
}

// Texts that leave a choice on every line end in seconds, whatever they mean.
func TestHostileTextsEnd(t *testing.T) {
	const lines, enough = maxLines - 10, 20 * time.Second
	for name, text := range map[string]string{
		"bare keys":    "detection:\n" + numbered("k%d:\n", lines),
		"list entries": "detection:\nsel:\n" + numbered("- k%d: a\n", lines) + "condition: 1 of them\n",
		"bare dashes":  "detection:\nsel:\n" + strings.Repeat("-\n", lines),
		"text":         "description: |\n" + numbered("k%d: a\n", lines),
		"documents":    strings.Repeat("---\na: b\n", lines/2),
		"rules":        strings.Repeat("title: T\nlogsource:\nproduct: x\ndetection:\ns:\na: b\ncondition: s\n---\n", lines/8),
		"too long":     strings.Repeat("a: b\n", 3*maxLines),
	} {
		start := time.Now()
		Rule(text)
		if took := time.Since(start); took > enough {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func numbered(line string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

func FuzzRecover(f *testing.F) {
	for _, c := range certain {
		f.Add(flat(c.rule))
		f.Add(c.rule)
	}
	f.Add("a: 'b\n- c\n---\n  - d: [\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		got := Rule(text)
		if got.Err != nil {
			if e := got.Err.(*Error); e.Span.Start < 0 || e.Span.End > len(text) || e.Span.Start > e.Span.End {
				t.Fatalf("the error stands outside the text: %v", e.Span)
			}
			if got.Changed || got.Text != text {
				t.Fatal("changed although nothing worked")
			}
			return
		}
		for _, n := range got.Notes {
			if n.Span.Start < 0 || n.Span.End > len(text) || n.Span.Start > n.Span.End {
				t.Fatalf("a note stands outside the text: %v", n.Span)
			}
		}
		if len(got.Readings) == 0 {
			t.Fatal("neither a reading nor an error")
		}
		if again := Rule(got.Text); again.Text != got.Text && again.Err == nil && !got.Ambiguous() {
			if judge(got.Text).faults == 0 {
				t.Fatalf("recovering twice differs:\n%q\n%q", got.Text, again.Text)
			}
		}
		if !hasOddBlank(text) {
			sameLines(t, text, got.Text)
		}
	})
}

// sameLines checks that every line's content stands in the result byte for byte.
func sameLines(t *testing.T, before, after string) {
	t.Helper()
	content := func(text string) (out []string) {
		for _, l := range strings.Split(text, "\n") {
			if l = strings.TrimLeft(strings.TrimRight(l, "\r"), " \t"); l != "" {
				out = append(out, l)
			}
		}
		return out
	}
	a, b := content(before), content(after)
	if strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Fatalf("lines changed:\n%q\n%q", before, after)
	}
}

func BenchmarkRule(b *testing.B) {
	text := flat(certain[0].rule)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Rule(text)
	}
}
