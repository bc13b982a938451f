package manual

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/since"
	"github.com/sigtune/sigtune/rules/source"
)

// Manual knows the checks it writes about.
type Manual struct {
	All       []*lint.Check
	Reporters []lint.Reporter
	// Measured is how often checks fire on the published rules, by code, in words; nil when it is not known.
	Measured map[string]string
}

// Entry is everything there is to say about one check.
type Entry struct {
	Code        string   `json:"code"`
	Name        string   `json:"name"`
	Aliases     []string `json:"aliases,omitempty"`
	Family      string   `json:"family"`
	Severity    string   `json:"severity"`
	Profiles    []string `json:"profiles"`
	Needs       string   `json:"needs"` // document, tree, revision or baseline
	Fix         string   `json:"fix"`   // none, safe or unsafe: the best that the example of the check gets
	Suppress    bool     `json:"suppressible"`
	Title       string   `json:"title"`
	What        string   `json:"what"`
	Why         string   `json:"why"`
	How         string   `json:"how,omitempty"`
	Assumes     string   `json:"assumes,omitempty"`
	Before      string   `json:"before,omitempty"` // what bad and good were at the base revision
	Bad         string   `json:"bad,omitempty"`
	Good        string   `json:"good,omitempty"`
	Path        string   `json:"path,omitempty"`
	Options     []Option `json:"options,omitempty"`
	References  []string `json:"references,omitempty"`
	Maps        []Peer   `json:"maps,omitempty"`
	Measured    string   `json:"measured,omitempty"`
	finding     *lint.Finding
	declaration *lint.Check
}

// Option is something a configuration can set.
type Option struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
	Type    string `json:"type"`
	Default any    `json:"default"`
	Min     int    `json:"min,omitempty"`
	Max     int    `json:"max,omitempty"`
}

// Peer is what another tool calls the same thing.
type Peer struct {
	Tool string `json:"tool"`
	ID   string `json:"id"`
	Note string `json:"note,omitempty"` // how the two differ, where that was written down
}

// exampleDay is the day on which examples are linted: findings about dates must not change with the calendar.
var exampleDay = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// Entry gathers what there is to say about a check.
func (m *Manual) Entry(c *lint.Check) Entry {
	e := Entry{
		Code: c.Code, Name: c.Name, Aliases: c.Aliases, Family: lint.Families[c.Family()], Severity: c.Severity.String(), Profiles: strings.Split(c.Profiles.String(), ", "),
		Needs: "document", Fix: "none", Suppress: lint.Suppressible(c),
		Title: c.Doc.Title, What: c.Doc.What, Why: c.Doc.Why, How: c.Doc.Fix, Assumes: c.Doc.Assumes, Before: c.Doc.Before, Bad: c.Doc.Bad, Good: c.Doc.Good, Path: c.Doc.Path,
		References: c.Doc.References, Measured: m.Measured[c.Code], declaration: c,
	}
	switch {
	case c.Needs != "":
		e.Needs = string(c.Needs)
	case c.Tree != nil:
		e.Needs = string(lint.NeedsTree)
	}
	for _, o := range c.Options {
		e.Options = append(e.Options, Option{o.Name, o.Meaning, typeName(o.Default), o.Default, o.Min, o.Max})
	}
	for _, p := range lint.Peers {
		if slices.Contains(p.Codes, c.Code) {
			e.Maps = append(e.Maps, Peer{p.Tool, p.ID, c.Doc.Differs[p.ID]})
		}
	}
	m.example(&e)
	return e
}

func typeName(v any) string {
	switch v.(type) {
	case int:
		return "number"
	case bool:
		return "boolean"
	case []string:
		return "list of texts"
	}
	return "text"
}

// example runs the check on its own bad example, to show what it says there and whether it can repair it.
func (m *Manual) example(e *Entry) {
	if e.Bad == "" {
		return
	}
	path := e.Path
	if path == "" {
		path = "rule.yml"
	}
	engine := lint.Engine{Checks: []*lint.Check{e.declaration}, All: m.All, Reporters: m.Reporters, Facts: lint.Facts{Today: exampleDay, Complete: true}, Jobs: 1}
	file := source.Parse(path, []byte(e.Bad), source.Limits{})
	if e.Before != "" {
		engine.Changes = since.Between(source.Parse(path, []byte(e.Before), source.Limits{}), file)
	}
	findings := engine.Files(file).Findings
	for i, f := range findings {
		if f.Check != e.declaration {
			continue
		}
		if e.finding == nil {
			e.finding = &findings[i]
		}
		switch {
		case f.Fix == nil:
		case f.Fix.Safe:
			e.Fix = "safe"
		case e.Fix == "none":
			e.Fix = "unsafe"
		}
	}
}

// FileName is the name of the page of a check.
func FileName(c *lint.Check) string { return c.Code + "-" + c.Name + ".md" }

// Page is the page of a check in Markdown.
func (m *Manual) Page(c *lint.Check) string {
	e := m.Entry(c)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n%s\n\n", e.Code, e.Name, e.Title)
	fmt.Fprintf(&b, "| severity | family | profiles | needs | fix |\n|---|---|---|---|---|\n| %s | %s | %s | %s | %s |\n", e.Severity, e.Family, profilesOf(e), e.Needs, e.Fix)
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", title, text)
		}
	}
	section("What it looks for", e.What)
	section("Why it matters", e.Why)
	section("What it assumes", e.Assumes)
	at := ""
	if e.Path != "" {
		at = " (`" + e.Path + "`)"
	}
	if e.Bad != "" {
		fmt.Fprintf(&b, "\n## Example%s\n\n", at)
		if e.Before != "" {
			b.WriteString("At the base revision:\n\n" + fenced("yaml", e.Before) + "\nWhat changed since:\n\n" + changes(e.Before, e.Bad))
		} else {
			b.WriteString(fenced("yaml", e.Bad))
		}
		if f := e.finding; f != nil {
			b.WriteString("\n" + fenced("text", marked(f)))
			fmt.Fprintf(&b, "\n%s.", f.Message)
			if f.Help != "" {
				fmt.Fprintf(&b, " Help: %s.", f.Help)
			}
			b.WriteString("\n")
		}
	}
	if e.Good != "" {
		b.WriteString("\nRepaired:\n\n" + changes(e.Bad, e.Good))
	}
	switch e.Fix {
	case "safe":
		e.How = strings.TrimSpace(e.How + "\n\n`sigtune lint --fix` repairs it: what the document means stays as it is.")
	case "unsafe":
		e.How = strings.TrimSpace(e.How + "\n\n`sigtune lint --fix --unsafe-fixes` repairs it; read the change, for it may alter what the rule matches.")
	}
	section("How to fix it", e.How)
	if len(e.Options) > 0 {
		b.WriteString("\n## Options\n\nSet in `.sigtune.yml` under `options: " + e.Name + ":`.\n\n| option | type | default | range | meaning |\n|---|---|---|---|---|\n")
		for _, o := range e.Options {
			fmt.Fprintf(&b, "| `%s` | %s | %v | %s | %s |\n", o.Name, o.Type, o.Default, rangeOf(o), o.Meaning)
		}
	}
	if e.Suppress {
		section("How to silence it", "At the end of the line, or on a line above it:\n\n"+fenced("yaml", "# sigtune:ignore "+e.Code+" -- why")+
			"\nFor one rule from outside, use `exclusions` in `.sigtune.yml`.")
	} else {
		section("How to silence it", "It cannot be silenced: what it reports would make the rest of the run meaningless, or is about silencing itself.")
	}
	if len(e.Maps) > 0 {
		b.WriteString("\n## Other tools\n\n")
		for _, p := range e.Maps {
			fmt.Fprintf(&b, "- %s `%s`", p.Tool, p.ID)
			if p.Note != "" {
				b.WriteString(": " + p.Note)
			}
			b.WriteString("\n")
		}
	}
	section("Measured", e.Measured)
	if len(e.References) > 0 {
		b.WriteString("\n## Read on\n\n")
		for _, r := range e.References {
			fmt.Fprintf(&b, "- %s\n", r)
		}
	}
	return b.String()
}

func profilesOf(e Entry) string {
	if len(e.Profiles) == 1 && e.Profiles[0] == "" {
		return "none: ask for it with `--select`"
	}
	return strings.Join(e.Profiles, ", ")
}

func rangeOf(o Option) string {
	switch {
	case o.Max > 0:
		return fmt.Sprintf("%d–%d", o.Min, o.Max)
	case o.Min > 0:
		return fmt.Sprintf("from %d", o.Min)
	}
	return ""
}

// fenced is a code block whose fence is longer than any in the text. Carriage returns are shown as a sign: nobody sees them, and git takes them out of pages.
func fenced(language, text string) string {
	text = strings.ReplaceAll(text, "\r", "␍")
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimSuffix(text, "\n") + "\n" + fence + "\n"
}

// Index lists all checks by family, with links to their pages below dir.
func (m *Manual) Index(dir string) string {
	var b strings.Builder
	all := slices.Clone(m.All)
	lint.Sort(all)
	fmt.Fprintf(&b, "# Checks\n\n%d checks, rendered from their declarations. `sigtune explain CODE` says the same on the terminal.\n", len(all))
	family := ""
	for _, c := range all {
		if c.Family() != family {
			family = c.Family()
			fmt.Fprintf(&b, "\n## %s: %s\n\n| code | name | severity | profiles | fix | what |\n|---|---|---|---|---|---|\n", family, lint.Families[family])
		}
		e := m.Entry(c)
		fmt.Fprintf(&b, "| [%s](%s) | `%s` | %s | %s | %s | %s |\n", c.Code, dir+FileName(c), c.Name, c.Severity, profilesOf(e), e.Fix, strings.ReplaceAll(c.Doc.Title, "|", `\|`))
	}
	return b.String()
}
