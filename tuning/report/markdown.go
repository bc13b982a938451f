package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
)

// maxMarkdown is the size of a report in bytes: GitHub takes comments of 65,536 characters, and whoever posts this adds some.
const maxMarkdown = 60_000

// Bounds of the parts of a report, in bytes, so that no part alone fills it.
const (
	maxTable    = 8_000
	maxFence    = 9_000
	maxFindings = 5_000
	maxWords    = 600 // of one sentence
)

// Markdown prints a result for a pull request: the verdicts, the change, what to fill in, then every scenario with its proof. Nothing of a
// rule or a page can become markup, a mention or a link. What does not fit is counted.
func Markdown(w io.Writer, r *tuning.Result) error {
	var m markdown
	m.head(r)
	m.table(r)
	m.change(r)
	m.placeholders(r)
	left := 0
	for k := range r.Outcomes {
		if left > 0 || !m.section(scenarioMarkdown(&r.Outcomes[k], len(r.Outcomes), true)) && !m.section(scenarioMarkdown(&r.Outcomes[k], len(r.Outcomes), false)) {
			left++
		}
	}
	if left > 0 {
		m.line("*%s not shown here; `sigtune tune` prints all.*\n", lintreport.Plural(left, "more scenario"))
	}
	_, err := io.WriteString(w, m.out.String())
	return err
}

type markdown struct{ out strings.Builder }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

// section adds a text where it fits, with room for the last line.
func (m *markdown) section(text string) bool {
	const lastLine = 200
	if m.out.Len()+len(text)+lastLine > maxMarkdown {
		return false
	}
	m.out.WriteString(text)
	return true
}

func (m *markdown) head(r *tuning.Result) {
	m.line("### Tuning of %s\n", words(cut(r.Rule.Title.Value, maxWords)))
	m.line("%s · %s · %s: %s\n", code(r.Path), code(r.Rule.Logsource.String()), lintreport.Plural(len(r.Outcomes), "scenario"), orWords(tally(r), "none to judge"))
	for _, text := range readWords(r) {
		m.line("%s\n", prose(cut(text, maxWords)))
	}
	if len(r.Findings) > 0 {
		var list strings.Builder
		for k, f := range r.Findings {
			if list.Len() > maxFindings {
				fmt.Fprintf(&list, "- … %d more\n", len(r.Findings)-k)
				break
			}
			fmt.Fprintf(&list, "- %s %s, line %d: %s\n", f.Severity, f.Check.Code, f.File.Pos(f.Span.Start).Line, prose(cut(f.Message, maxWords)))
		}
		m.line("%s", details(fmt.Sprintf("What lint says about the rule (%d)", len(r.Findings)), list.String()))
	}
}

func orWords(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (m *markdown) table(r *tuning.Result) {
	if len(r.Outcomes) == 0 {
		return
	}
	m.line("| # | scenario | verdict | why |\n|---|---|---|---|")
	start := m.out.Len()
	for k := range r.Outcomes {
		o := &r.Outcomes[k]
		h := headlineOf(o)
		row := fmt.Sprintf("| %s | %s | **%s** | %s |", o.ID, cell(words(cut(said(o), 160))), h.word, cell(prose(cut(o.Proof.Statement, 240))))
		if m.out.Len()-start+len(row) > maxTable {
			m.line("| … | %d more | | |", len(r.Outcomes)-k)
			break
		}
		m.line("%s", row)
	}
	m.line("")
}

// change is what to merge: the diff of the rule, or the filter documents.
func (m *markdown) change(r *tuning.Result) {
	switch {
	case r.FilterDocument != "":
		m.line("#### Filter documents\n\nThey stand beside the rule, which stays as it is.\n")
		m.line("%s", fence("yaml", r.FilterDocument))
	case r.Recommended():
		m.line("#### Change of the rule\n")
		name := "rule.yml" // of a page
		if r.Document == nil {
			name = filepath.ToSlash(r.Path)
		}
		m.line("%s", fence("diff", edit.Diff(name, name, []byte(r.RuleText), []byte(r.RuleAfter))))
	default:
		m.line("There is nothing safe to apply to the rule as it stands.\n")
	}
	if r.QueryAfter != "" {
		m.line("%s", details("Query before and after", "Before:\n\n"+fence("kusto", r.QueryBefore)+"\nAfter:\n\n"+fence("kusto", r.QueryAfter)))
	}
}

func (m *markdown) placeholders(r *tuning.Result) {
	if len(r.Placeholders) == 0 {
		return
	}
	m.line("#### To fill in\n\nWrite the values of your site into a file (`--env-template` prints it) and run again with `--env`:\n")
	for _, f := range r.Placeholders {
		m.line("- %s: %s", code("%"+f.Name+"%"), prose(placeholderWords(f)))
	}
	m.line("")
}

// scenarioMarkdown is one scenario. Without all, only what the first proposal needs.
func scenarioMarkdown(o *tuning.Outcome, of int, all bool) string {
	var m markdown
	h := headlineOf(o)
	m.line("#### Scenario %s of %d: %s\n", o.ID, of, h.word)
	m.line("> %s", orWords(words(cut(o.Text, maxWords)), "(no description)"))
	if o.Exclusion != "" {
		m.line(">\n> Asked for: %s", words(cut(o.Exclusion, maxWords)))
	}
	m.line("")
	for _, open := range o.Open {
		m.line("- Open: “%s”: %s", words(cut(open.Phrase, maxWords)), prose(open.Reason))
	}
	if len(o.Open) > 0 {
		m.line("")
	}
	m.line("**%s.** %s\n", strings.ToUpper(proofLabel(o)[:1])+proofLabel(o)[1:], prose(cut(o.Proof.Statement, maxWords)))
	if o.Proof.Witness != nil {
		m.line("%s:\n\n%s", strings.ToUpper(h.event[:1])+h.event[1:], fence("json", lintreport.Event(o.Proof.Witness)))
	}
	m.line("%s\n", prose(cut(o.Explanation, 2*maxWords)))
	for _, s := range o.Suggestions {
		m.line("- %s", prose(cut(s, maxWords)))
	}
	if len(o.Suggestions) > 0 {
		m.line("")
	}
	if len(o.Proposals) > 0 {
		m.out.WriteString(proposalMarkdown(&o.Proposals[0]))
	}
	if all && len(o.Proposals) > 1 {
		var others strings.Builder
		for k := range o.Proposals[1:] {
			others.WriteString(proposalMarkdown(&o.Proposals[k+1]))
		}
		m.line("%s", details(lintreport.Plural(len(o.Proposals)-1, "other way")+" to write it", others.String()))
	}
	if all {
		for _, n := range o.Notes {
			m.line("- Note: %s", prose(cut(n, maxWords)))
		}
	}
	m.line("")
	return m.out.String()
}

func proposalMarkdown(q *tuning.Proposal) string {
	var m markdown
	m.line("**%d. %s** (%s)\n", q.Rank, prose(q.Title), grade(q))
	text := q.Block
	if q.FilterDocument != "" {
		text = q.FilterDocument
	}
	m.line("%s", fence("yaml", text))
	if q.Into != "" && q.FilterDocument == "" {
		m.line("- Joined: %s", prose(joinedWords(q)))
	}
	for _, f := range q.Fill {
		m.line("- Fill in: %s", code(f))
	}
	for _, t := range q.Safety.Hides {
		m.line("- Becomes invisible: %s", prose(cut(t, maxWords)))
	}
	for _, t := range q.Safety.Reasons {
		m.line("- Grade: %s", prose(cut(t, maxWords)))
	}
	for _, e := range q.Safety.Evasion {
		line := "- Evasion: " + prose(cut(e.How, maxWords))
		if e.Event != nil {
			line += "; " + code(cut(lintreport.Event(e.Event), maxWords))
		}
		m.line("%s", line)
	}
	m.line("")
	if q.QueryHidden != "" {
		m.line("%s", details("Query for what it hides", fence("kusto", q.QueryHidden)))
	}
	return m.out.String()
}

// details is a part that the reader opens.
func details(summary, body string) string {
	return "<details><summary>" + words(summary) + "</summary>\n\n" + strings.TrimRight(body, "\n") + "\n\n</details>\n"
}

// fence is text as it stands, between fences longer than any in it.
func fence(language, text string) string {
	longest, run := 2, 0
	for _, r := range text {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	marks := strings.Repeat("`", longest+1)
	var b strings.Builder
	b.WriteString(marks + language + "\n")
	all := lines(text)
	for k, l := range all {
		if l = source.Visible(cut(l, maxFence)); b.Len()+len(l) > maxFence {
			fmt.Fprintf(&b, "… %s\n", lintreport.Plural(len(all)-k, "more line"))
			break
		}
		b.WriteString(l + "\n")
	}
	b.WriteString(marks + "\n")
	return b.String()
}

// words are text of others as words: no character of it is markup, and nobody is mentioned. A zero-width blank behind `@` and `#` is what
// keeps GitHub from linking them; a backslash keeps it from making links of addresses.
func words(s string) string {
	text := source.Visible(strings.Join(strings.Fields(s), " "))
	var b strings.Builder
	if text != "" && strings.ContainsRune("-+=0123456789", rune(text[0])) {
		b.WriteString("\u200b") // else it begins a list, or underlines what is above it
	}
	for i, r := range text {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@' || r == '#':
			b.WriteString(`\` + string(r) + "\u200b")
		case strings.ContainsRune("\\`*_{}[]|>~$", r),
			r == ':' && strings.HasPrefix(text[i:], "://"),
			r == '.' && i >= 3 && strings.EqualFold(text[i-3:i], "www"):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// prose is a sentence of ours that may quote the rule between backticks.
func prose(s string) string {
	var b strings.Builder
	for _, part := range segments(strings.Join(strings.Fields(s), " ")) {
		text := strings.TrimSpace(part.Text)
		switch {
		case part.Code:
			b.WriteString(code(part.Text))
			continue
		case strings.HasPrefix(part.Text, " "):
			b.WriteByte(' ')
		}
		if b.WriteString(words(text)); text != "" && strings.HasSuffix(part.Text, " ") {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// code is a code span; text with backticks gets longer marks.
func code(s string) string {
	text := source.Visible(strings.Join(strings.Fields(s), " "))
	marks := "`"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	if text == "" {
		return ""
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return marks + text + marks
}

// cell keeps the column of a table: a bar ends it even inside a code span.
func cell(s string) string {
	var b strings.Builder
	slashes := 0
	for _, r := range s {
		if r == '|' && slashes%2 == 0 {
			b.WriteByte('\\')
		}
		if slashes++; r != '\\' {
			slashes = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cut shortens text to some bytes, at a character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
