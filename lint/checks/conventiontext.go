package checks

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// conventionChecks are family 14.
var conventionChecks = slices.Concat(conventionTextChecks, conventionPathChecks, conventionOrderChecks, conventionStyleChecks)

// smallWords are the words that the published titles write in lower case.
var smallWords = []string{
	"a", "an", "and", "as", "at", "by", "for", "from", "in", "new", "of", "on", "or", "over", "the", "through", "to", "via", "with", "without",
}

// conventionTextChecks look at titles, descriptions, references and false positives.
var conventionTextChecks = []*lint.Check{
	{
		Code: "SIG1401", Name: "title-too-long-for-list", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "max", Meaning: "the longest title, in characters", Default: 120, Min: 1}},
		Doc: lint.Doc{
			Title: "Title too long for a list of rules",
			What:  "The title has more than 120 characters.",
			Why:   "Lists of alerts cut it, and the analyst reads half a sentence.",
			Bad:   changed("title: Listing of Open Files by a Shell", "title: Listing of Open Files and of Network Connections and of the Owners of Both by a Shell That an Interactive User of the Computer Started"),
			Good:  clean,
		},
		Document: titleTooLong,
	},
	{
		Code: "SIG1402", Name: "title-starts-with-detects", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Title begins with Detects",
			What:  "The title begins with \"Detect \" or \"Detects \".",
			Why:   "Every rule detects: the word takes the place where a list shows what.",
			Bad:   changed("title: Listing", "title: Detects Listing"),
			Good:  clean,
		},
		Document: titleStartsWithDetects,
	},
	{
		Code: "SIG1403", Name: "title-ends-with-dot", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Title ends with a full stop",
			What:  "The last character of the title is a full stop.",
			Why:   "A title is no sentence; lists and tickets look uneven.",
			Bad:   changed("by a Shell", "by a Shell."),
			Good:  clean,
		},
		Document: titleEndsWithDot,
	},
	{
		Code: "SIG1404", Name: "title-case", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "small-words", Meaning: "words that stand in lower case", Default: smallWords}},
		Doc: lint.Doc{
			Title: "Title with words in lower case",
			What: "A word of the title, between spaces, is all lower case. Small words such as `of` and `via` are fine, and so are words with a dot, a slash or an underscore and " +
				"words that begin with a digit. One finding lists all words of a title.",
			Why:  "Titles of a rule set read alike, and names of tools stand out from the words around them.",
			Bad:  changed("Open Files by", "open files by"),
			Good: clean,
		},
		Document: titleCase,
	},
	{
		Code: "SIG1405", Name: "description-too-short", Severity: lint.Warning, Profiles: q,
		YieldsTo: []string{"missing-description", "empty-attribute"},
		Options:  []lint.Option{{Name: "min", Meaning: "the shortest description, in characters", Default: 16, Min: 1}},
		Doc: lint.Doc{
			Title: "Description that says little",
			What:  "The description has fewer than 16 characters. A rule without one, or with an empty one, has missing-description, if that check is on.",
			Why:   "The analyst who gets the alert does not learn what it means.",
			Bad:   changed("description: Detects a shell that lists open files, which intruders do to find network connections", "description: Detects lsof"),
			Good:  clean,
		},
		Document: descriptionTooShort,
	},
	{
		Code: "SIG1406", Name: "link-in-description", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "words", Meaning: "what gives a reference away: beginnings of addresses, which end in `://`, and words", Default: referenceWords}},
		Doc: lint.Doc{
			Title: "Link in the description and no references",
			What:  "The description holds an http or https URL, or the words \"internal research\", and `references` is absent or empty.",
			Why:   "Tools show and check the links of `references` only.",
			Bad: strings.Replace(changed("references:\n    - https://example.org/notes/open-files\n", ""),
				"network connections", "network connections, see https://example.org/notes/open-files", 1),
			Good: clean,
		},
		Document: linkInDescription,
	},
	{
		Code: "SIG1408", Name: "status-too-high", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "days", Meaning: "how long a new rule stays experimental, in days", Default: 60, Min: 1}},
		Doc: lint.Doc{
			Title: "New rule that is not experimental",
			What: "`status` is test or stable, and `date` is at most 60 days before the day of the run, or later. Rules with `regression_tests_path` are exempt: somebody " +
				"has tried them on events.",
			Why:  "Nobody has run the rule long enough to know its false positives.",
			Bad:  changed("date: 2026-01-10", "date: 2026-11-10"),
			Good: strings.Replace(changed("date: 2026-01-10", "date: 2026-11-10"), "status: test", "status: experimental", 1),
		},
		Document: statusTooHigh,
	},
	{
		Code: "SIG1409", Name: "falsepositive-case", Severity: lint.Warning, Profiles: q,
		YieldsTo: []string{"falsepositive-banned-word", "falsepositive-typo"},
		Doc: lint.Doc{
			Title: "False positive in lower case",
			What:  "An entry of `falsepositives` begins with a lower-case letter. Capitals, digits, quotes, letters of scripts without case and signs (a path, say) are fine.",
			Why:   "The entries are shown as sentences of one list.",
			Bad:   changed("    - Administrators", "    - administrators"),
			Good:  clean,
		},
		Document: falsePositiveCase,
	},
	{
		Code: "SIG1410", Name: "falsepositive-banned-word", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "words", Meaning: "words that an entry must not be built around", Default: []string{"none", "pentest", "penetration"}}},
		Doc: lint.Doc{
			Title: "False positive that is none",
			What: "An entry of `falsepositives` holds none, pentest or penetration as a word of its own. `None of …`, as the beginning of a sentence, is fine, and so is " +
				"`Unknown`.",
			Why:  "No rule has none, and a penetration test is what the rule is there to find.",
			Bad:  changed("    - Administrators", "    - None"),
			Good: changed("    - Administrators", "    - Unknown"),
		},
		Document: falsePositiveBanned,
	},
	{
		Code: "SIG1411", Name: "falsepositive-typo", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "words", Meaning: "misspelt words, with what is meant as `wrong=right`",
			Default: []string{"unkown=unknown", "ligitimate=legitimate", "legitim=legitimate", "legitimeate=legitimate"}}},
		Doc: lint.Doc{
			Title: "Misspelt false positive",
			What:  "An entry of `falsepositives` holds one of the listed misspellings as a word: unkown, ligitimate, legitim, legitimeate.",
			Why:   "A search for the word does not find the entry.",
			Bad:   changed("    - Administrators", "    - Legitimeate work of administrators"),
			Good:  changed("    - Administrators", "    - Legitimate work of administrators"),
		},
		Document: falsePositiveTypo,
	},
	{
		Code: "SIG1412", Name: "unpinned-github-link", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "extensions", Meaning: "extensions of files that are linked by commit; `*` for every file and folder, whatever follows", Default: pinnedExtensions}},
		Doc: lint.Doc{
			Title: "GitHub link that follows a branch",
			What: "A reference links a file of a GitHub repository (blob or raw) by something else than a commit of 40 digits, and the address ends in an extension of the list. " +
				"With `*` in the list, links to folders (tree), to places in a file and to files of any extension count too: the published rules have 48 of those.",
			Why:  "The file changes or goes away, and nobody can read what the rule is based on.",
			Bad:  changed("https://example.org/notes/open-files", "https://github.com/example/notes/blob/main/open-files.md"),
			Good: changed("https://example.org/notes/open-files", "https://github.com/example/notes/blob/0123456789abcdef0123456789abcdef01234567/open-files.md"),
			Fix:  "Press `y` on the page of the file: the address then names the commit.",
		},
		Document: unpinnedLink,
	},
	{
		Code: "SIG1413", Name: "attack-link", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Link to ATT&CK among the references",
			What:  "A reference leads to attack.mitre.org.",
			Why:   "Tags say the same, and tools count and filter by tags.",
			Bad:   changed("    - https://example.org/notes/open-files\n", "    - https://example.org/notes/open-files\n    - https://attack.mitre.org/techniques/T1049/\n"),
			Good:  clean,
		},
		Document: attackLink,
	},
	{
		Code: "SIG1414", Name: "fields-present", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "List of fields to show",
			What:  "`fields` is there and not empty.",
			Why:   "Which fields an alert shows is a matter of the system that shows it; the lists in rules were never kept up.",
			Bad:   exampleRule("fields:\n    - CommandLine\n", plainSelection),
			Good:  clean,
			Fix:   "Remove `fields`.",
		},
		Document: fieldsPresent,
	},
	{
		Code: "SIG1420", Name: "trademark-text", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Trademark with an ampersand",
			What:  "`ATT&CK`, in capitals and with the ampersand, anywhere in the document, comments included. Lower case, as in addresses, is fine.",
			Why:   "It is a registered trademark; the SigmaHQ repository keeps it out of its files.",
			Bad:   changed("to find network connections", "to find network connections (MITRE ATT&CK T1049)"),
			Good:  clean,
			Fix:   "Write the id of the technique into `tags`, and `MITRE ATTACK` where the name is needed.",
		},
		Document: trademarkText,
	},
}

// writtenText reports an attribute with text that can be judged.
func writtenText(t rules.Text) bool {
	return t.Present() && t.Node.IsString() && strings.TrimSpace(t.Value) != ""
}

func titleTooLong(p *lint.Pass) {
	title := p.Document.Base().Title
	most := p.Int("max")
	if n := utf8.RuneCountInString(title.Value); writtenText(title) && n > most {
		p.Report(lint.Finding{
			Span:    title.Node.Span,
			Message: fmt.Sprintf("the title `%s` has %d characters, more than %d", shorter(title.Value), n, most),
			Help:    "say the rest in the description",
		})
	}
}

// firstUpper is a text with its first letter in upper case.
func firstUpper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// replaceText is the fix that writes another text in the place of a part of a scalar, nil where the spelling of the scalar does not allow it
// or the rest would be no text any more.
func replaceText(n *source.Node, start, end int, text, title string, safe bool) *source.Fix {
	if n.Alias != nil || !n.Mapped() || n.Style == source.DoubleQuoted && strings.ContainsAny(text, `\"`) {
		return nil
	}
	whole := n.Value[:start] + text + n.Value[end:]
	if n.Style == source.Plain && !plainText(whole) || strings.TrimSpace(whole) == "" {
		return nil
	}
	return &source.Fix{Title: title, Safe: safe, Edits: []source.Edit{{Span: n.Range(start, end), New: quotedAs(n.Style, text)}}}
}

// plainText reports a text that is the same text when it stands unquoted.
func plainText(text string) bool {
	f := source.Parse("", []byte("- "+text+"\n"), source.Limits{})
	if len(f.Problems) > 0 || len(f.Documents) != 1 {
		return false
	}
	root := f.Documents[0].Root
	return root != nil && root.Kind == source.List && len(root.Items) == 1 && root.Items[0].Kind == source.Scalar &&
		root.Items[0].Tag == source.TagString && !root.Items[0].Explicit && root.Items[0].Value == text
}

func titleStartsWithDetects(p *lint.Pass) {
	title := p.Document.Base().Title
	for _, word := range []string{"Detects ", "Detect "} {
		rest, ok := strings.CutPrefix(title.Value, word)
		if !ok || !writtenText(title) {
			continue
		}
		f := lint.Finding{
			Span:    title.Node.Range(0, len(word)-1),
			Message: fmt.Sprintf("the title begins with `%s`, as every rule could", strings.TrimSpace(word)),
			Help:    "begin with what is detected",
		}
		if first, n := utf8.DecodeRuneInString(rest); unicode.IsLetter(first) {
			f.Fix = replaceText(title.Node, 0, len(word)+n, string(unicode.ToUpper(first)), "drop the word", false)
		}
		p.Report(f)
		return
	}
}

func titleEndsWithDot(p *lint.Pass) {
	title := p.Document.Base().Title
	if !writtenText(title) || !strings.HasSuffix(title.Value, ".") {
		return
	}
	tidy := strings.TrimRight(title.Value, ". ")
	p.Report(lint.Finding{
		Span:    title.Node.Range(len(title.Value)-1, len(title.Value)),
		Message: fmt.Sprintf("the title `%s` ends with a full stop", shorter(title.Value)),
		Help:    "drop the full stop",
		Fix:     replaceText(title.Node, len(tidy), len(title.Value), "", "drop the full stop", true),
	})
}

// spacedWords are the words of a text between blanks, with their places in it.
func spacedWords(text string) (words []string, at []int) {
	from := 0
	for _, w := range strings.Split(text, " ") {
		if w != "" {
			words, at = append(words, w), append(at, from)
		}
		from += len(w) + 1
	}
	return words, at
}

// allLower reports a word with letters, none of them in upper or title case.
func allLower(word string) bool {
	return strings.ContainsFunc(word, unicode.IsLower) && !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) })
}

func titleCase(p *lint.Pass) {
	title := p.Document.Base().Title
	if !writtenText(title) {
		return
	}
	small := p.Strings("small-words")
	var found []string
	var edits []source.Edit
	first := source.Span{}
	words, at := spacedWords(title.Value)
	for i, w := range words {
		if !allLower(w) || slices.Contains(small, w) || strings.ContainsAny(w, "./_") || w[0] >= '0' && w[0] <= '9' {
			continue
		}
		if len(found) == 0 {
			first = title.Node.Range(at[i], at[i]+len(w))
		}
		found = append(found, w)
		if r, n := utf8.DecodeRuneInString(w); unicode.IsLower(r) {
			edits = append(edits, source.Edit{Span: title.Node.Range(at[i], at[i]+n), New: string(unicode.ToUpper(r))})
		}
	}
	if len(found) == 0 {
		return
	}
	f := lint.Finding{
		Span:    first,
		Message: fmt.Sprintf("%s in the title %s in lower case", fewWords(found), plural(len(found), "stands", "stand")),
		Help:    "begin the words with capitals",
	}
	if len(edits) == len(found) && title.Node.Alias == nil && title.Node.Mapped() {
		f.Fix = &source.Fix{Title: "capitalise", Edits: edits}
	}
	p.Report(f)
}

// fewWords quotes a list of words; beyond five it counts the rest, and it stays within a message.
func fewWords(words []string) string {
	const most, width = 5, 20
	var shown []string
	for i, w := range words {
		if i == most {
			return strings.Join(shown, ", ") + fmt.Sprintf(" and %d more", len(words)-most)
		}
		if r := []rune(w); len(r) > width {
			w = string(r[:width-1]) + "…"
		}
		shown = append(shown, "`"+source.Visible(w)+"`")
	}
	return strings.Join(shown, ", ")
}

func descriptionTooShort(p *lint.Pass) {
	description := p.Document.Base().Description
	text := strings.TrimSpace(description.Value)
	least := p.Int("min")
	if !description.Present() || !description.Node.IsString() {
		return
	}
	if n := utf8.RuneCountInString(text); n < least {
		p.Report(lint.Finding{
			Span:    description.Node.Span,
			Message: fmt.Sprintf("the description `%s` has %d characters, fewer than %d", shorter(text), n, least),
			Help:    "say what the rule detects, and why that matters",
		})
	}
}

func statusTooHigh(p *lint.Pass) {
	head := p.Document.Base()
	day, ok := dayOf(head.Date)
	if s := head.Status.Value; !ok || s != "test" && s != "stable" || p.Facts.Today.IsZero() || head.Attribute("regression_tests_path") != nil {
		return
	}
	days := p.Int("days")
	today := p.Facts.Today.UTC().Truncate(24 * time.Hour)
	if today.After(day.AddDate(0, 0, days)) {
		return
	}
	p.Report(lint.Finding{
		Span:    head.Status.Node.Span,
		Message: fmt.Sprintf("the rule of %s is `%s`; within %d days it is experimental", head.Date.Value, head.Status.Value, days),
		Help:    "write `status: experimental`",
		Related: []lint.Related{{Span: head.Date.Node.Span, Message: "the date"}},
	})
}

func fieldsPresent(p *lint.Pass) {
	e := p.Document.Base().Attribute("fields")
	if e == nil || blankAttribute(e.Value) {
		return
	}
	p.Report(lint.Finding{
		Span:    e.Key.Span,
		Message: "`fields` lists what an alert shows, which is up to the system",
		Help:    "remove `fields`",
	})
}

// trademark is what the SigmaHQ repository keeps out of its files.
const trademark = "ATT&CK"

func trademarkText(p *lint.Pass) {
	file := p.Document.Base().File
	stretch := layoutOf(p).stretch
	for from := stretch.Start; ; {
		i := bytes.Index(file.Data[from:stretch.End], []byte(trademark))
		if i < 0 {
			return
		}
		at := source.Span{Start: from + i, End: from + i + len(trademark)}
		p.Report(lint.Finding{
			Span:    at,
			Message: "`" + trademark + "` is a trademark",
			Help:    "write `MITRE ATTACK`, or leave the name out and tag the technique",
		})
		from = at.End
	}
}
