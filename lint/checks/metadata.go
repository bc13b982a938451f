package checks

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema"
)

// metadataChecks are family 03.
var metadataChecks = []*lint.Check{
	{
		Code: "SIG0301", Name: "missing-id", Severity: lint.Warning, Profiles: rqs,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No id",
			What:  "`id` is absent or blank.",
			Why:   "Titles and file names change; without an id no correlation, filter, ticket or suppression can name the rule for good.",
			Bad:   changed("id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n", ""),
			Good:  clean,
		},
		Document: checkMissingID,
	},
	{
		Code: "SIG0302", Name: schema.InvalidID, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Id that is no UUID",
			What:  "`id` is not a UUID.",
			Why:   "Tools refuse the rule or lose what refers to it.",
			Bad:   changed("id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "id: lsof-by-shell"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0303", Name: schema.IDNotCanonical, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "UUID in another form",
			What:  "An id is a UUID in upper case, in braces, as `urn:uuid:` or without hyphens.",
			Why:   "Ids are compared as text: the two forms are two rules.",
			Bad:   changed("id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "id: 6F1F7C3E-3F0B-4A52-9C0B-0D6A6D8A2F11"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0304", Name: "id-not-random", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "UUID that is not random",
			What:  "The id is a UUID of another version than 4, or has another variant.",
			Why:   "Version 4 is the convention; ids made by hand or from a clock may collide.",
			Bad:   changed("id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "id: 6f1f7c3e-3f0b-1a52-9c0b-0d6a6d8a2f11"),
			Good:  clean,
		},
		Document: checkRandomID,
	},
	{
		Code: "SIG0305", Name: schema.InvalidStatus, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Unknown status",
			What:  "`status` is not stable, test, experimental, deprecated or unsupported. A warning where only letter case or outer blanks differ.",
			Why:   "Deployments choose rules by status; schemas refuse others.",
			Bad:   changed("status: test", "status: tested"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0306", Name: schema.InvalidLevel, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Unknown level",
			What:  "`level` is not informational, low, medium, high or critical. A warning where only letter case or outer blanks differ.",
			Why:   "The level becomes the severity of the alert; with an unknown one the alert has none.",
			Bad:   changed("level: low", "level: info"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0307", Name: "missing-level", Severity: lint.Warning, Profiles: rqs,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No level",
			What:  "`level` is absent or blank in a rule or correlation.",
			Why:   "The level becomes the severity of the alert; without one the alert has none.",
			Bad:   changed("level: low\n", ""),
			Good:  clean,
		},
		Document: func(p *lint.Pass) {
			reportMissing(p, "level", "write `level:` with informational, low, medium, high or critical", 0)
		},
	},
	{
		Code: "SIG0308", Name: "missing-status", Severity: lint.Info, Profiles: rqs,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No status",
			What:  "`status` is absent or blank in a rule or correlation.",
			Why:   "Nobody can tell whether the rule is ready for alerting.",
			Bad:   changed("status: test\n", ""),
			Good:  clean,
		},
		Document: func(p *lint.Pass) {
			reportMissing(p, "status", "write `status: experimental` for a new rule", 0)
		},
	},
	{
		Code: "SIG0309", Name: "missing-description", Severity: lint.Info, Profiles: rqs,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No description",
			What:  "`description` is absent or blank in a rule or correlation.",
			Why:   "The analyst who gets the alert does not learn what it means.",
			Bad:   changed("description: Detects a shell that lists open files, which intruders do to find network connections\n", ""),
			Good:  clean,
		},
		Document: func(p *lint.Pass) {
			reportMissing(p, "description", "say what the rule detects, and why that matters", 0)
		},
	},
	{
		Code: "SIG0310", Name: "missing-author", Severity: lint.Info, Profiles: rqs,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No author",
			What:  "`author` is absent or blank in a rule or correlation.",
			Why:   "Nobody can be asked about the rule.",
			Bad:   changed("author: sigtune\n", ""),
			Good:  clean,
		},
		Document: func(p *lint.Pass) {
			reportMissing(p, "author", "write the names, separated by commas", 0)
		},
	},
	{
		Code: "SIG0311", Name: "missing-date", Severity: lint.Info, Profiles: rqs,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No date",
			What:  "`date` is absent or blank in a rule or correlation.",
			Why:   "Nobody can tell how old the knowledge behind the rule is.",
			Bad:   changed("date: 2026-01-10\n", ""),
			Good:  clean,
		},
		Document: func(p *lint.Pass) {
			reportMissing(p, "date", "write the day of its first version as `YYYY-MM-DD`", 0)
		},
	},
	{
		Code: "SIG0312", Name: "missing-references", Severity: lint.Info, Profiles: s,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No references",
			What:  "`references` is absent or blank in a rule or correlation. A warning at level high or critical.",
			Why:   "The analyst cannot read up on the technique behind the alert.",
			Bad:   changed("references:\n    - https://example.org/notes/open-files\n", ""),
			Good:  clean,
		},
		Document: checkReferences,
	},
	{
		Code: "SIG0313", Name: "missing-falsepositives", Severity: lint.Info, Profiles: s,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "No false positives",
			What:  "`falsepositives` is absent or blank in a rule or correlation. An entry `Unknown` or `Unlikely` is content.",
			Why:   "The analyst does not learn which harmless activity raises the alert.",
			Bad:   changed("falsepositives:\n    - Administrators\n", ""),
			Good:  clean,
		},
		Document: func(p *lint.Pass) {
			reportMissing(p, "falsepositives", "list harmless activities that match, or write `Unknown`", 0)
		},
	},
	{
		Code: "SIG0314", Name: schema.InvalidDate, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Date that does not exist",
			What:  "`date` or `modified` is no day of the calendar between 1970 and 2099, or stands in an order that nobody can tell (`01/02/2026`). The text in the file counts, quoted or not.",
			Why:   "Tools refuse the rule or read another day.",
			Bad:   changed("date: 2026-01-10", "date: 2026-02-30"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0315", Name: schema.LegacyDate, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Date in another form than YYYY-MM-DD",
			What:  "`date` or `modified` is a real day in another form whose order is certain: with slashes, without leading zeros, without separators, with a time.",
			Why:   "The specification and its schema accept `YYYY-MM-DD` only.",
			Bad:   changed("date: 2026-01-10", "date: 2026/01/10"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0316", Name: "future-date", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Date in the future",
			What:  "`date` or `modified` lies more than one day after the day of the run (UTC).",
			Why:   "It is a slip, and it hides the rule from every search for recent changes.",
			Bad:   changed("date: 2026-01-10", "date: 2096-01-10"),
			Good:  clean,
		},
		Document: checkFutureDate,
	},
	{
		Code: "SIG0317", Name: "early-date", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "Date before Sigma",
			What:  "`date` or `modified` lies before 2017, when Sigma began.",
			Why:   "It is usually the date of the attack or of a reference, not of the rule.",
			Bad:   changed("date: 2026-01-10", "date: 2014-01-10"),
			Good:  clean,
		},
		Document: checkEarlyDate,
	},
	{
		Code: "SIG0318", Name: "modified-before-date", Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Modified before it was written",
			What:  "`modified` is earlier than `date`.",
			Why:   "One of the two is wrong; updates are missed or repeated.",
			Bad:   changed("date: 2026-01-10\n", "date: 2026-01-10\nmodified: 2025-01-10\n"),
			Good:  changed("date: 2026-01-10\n", "date: 2026-01-10\nmodified: 2026-01-11\n"),
		},
		Document: checkDateOrder,
	},
	{
		Code: "SIG0319", Name: "modified-without-date", Severity: lint.Warning, Profiles: rqs,
		YieldsTo: []string{schema.EmptyAttribute},
		Doc: lint.Doc{
			Title: "Modified, but no date",
			What:  "`modified` is there and `date` is not.",
			Why:   "A rule that was changed once was written before: the first date is missing.",
			Bad:   changed("date: 2026-01-10\n", "modified: 2026-01-10\n"),
			Good:  clean,
		},
		Document: checkModifiedAlone,
	},
	{
		Code: "SIG0320", Name: "modified-equals-date", Severity: lint.Info, Profiles: qs,
		Doc: lint.Doc{
			Title: "Modified on the day it was written",
			What:  "`modified` and `date` are the same day.",
			Why:   "`modified` tells that there is a later version; here there is none.",
			Bad:   changed("date: 2026-01-10\n", "date: 2026-01-10\nmodified: 2026-01-10\n"),
			Good:  clean,
		},
		Document: checkSameDate,
	},
	{
		Code: "SIG0321", Name: schema.TooLong, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Text longer than the specification allows",
			What:  "title, name or taxonomy has more than 256 characters, or description more than 65,535.",
			Why:   "Tools cut or refuse it.",
			Bad:   changed("title: Listing of Open Files by a Shell", "title: Listing"+strings.Repeat(" of Open Files and", 14)+" More by a Shell"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0322", Name: "untidy-title", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Stray blanks in the title",
			What:  "Leading, trailing or doubled spaces, or a line break, in `title`.",
			Why:   "Two titles look alike and compare as different.",
			Bad:   changed("title: Listing of Open Files", "title: Listing  of Open Files"),
			Good:  clean,
		},
		Document: checkTitleBlanks,
	},
	{
		Code: "SIG0323", Name: schema.ShortEntry, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Entry that says nothing",
			What:  "An entry of falsepositives or scope has fewer than two characters.",
			Why:   "The schema refuses it, and nobody learns anything.",
			Bad:   changed("    - Administrators\n", "    - '-'\n"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0324", Name: "duplicate-list-entry", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Entry twice in a list",
			What:  "The same entry twice in references (a slash at the end does not count), fields, falsepositives or scope, compared without regard to case.",
			Why:   "The schema wants unique entries; the second says nothing.",
			Bad:   changed("    - Administrators\n", "    - Administrators\n    - administrators\n"),
			Good:  clean,
		},
		Document: checkDuplicateEntries,
	},
	{
		Code: "SIG0325", Name: "related-self", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Rule related to itself",
			What:  "A `related` entry has the id of the rule itself.",
			Why:   "Nothing is related; the other rule's id was meant.",
			Bad:   exampleRule("related:\n    - id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: similar\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: similar\n", plainSelection),
			Good:  exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: similar\n", plainSelection),
		},
		Document: checkRelatedSelf,
	},
	{
		Code: "SIG0326", Name: "related-duplicate", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Related rule twice",
			What:  "The same id twice among the `related` entries, whatever the types.",
			Why:   "Either the second says nothing, or the types contradict each other.",
			Bad:   exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: similar\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: derived\n", plainSelection),
			Good:  exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: derived\n", plainSelection),
		},
		Document: checkRelatedTwice,
	},
	{
		Code: "SIG0327", Name: "reference-not-url", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "Reference that is no link",
			What:  "An entry of references is not one http or https URL without blanks. Entries that begin with \"Internal research\" are the accepted way to say that there is none.",
			Why:   "The analyst cannot follow it.",
			Bad:   changed("https://example.org/notes/open-files", "the notes on open files"),
			Good:  clean,
		},
		Document: checkReferenceURL,
	},
	{
		Code: "SIG0328", Name: "placeholder-text", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "Text still to be written",
			What:  "TODO, FIXME, TBD, XXX, changeme or lorem ipsum as whole words in title, description, author or falsepositives.",
			Why:   "The rule went out unfinished.",
			Bad:   changed("    - Administrators\n", "    - TODO\n"),
			Good:  clean,
		},
		Document: checkPlaceholderText,
	},
}

// blankAttribute reports an attribute that is there and says nothing.
func blankAttribute(n *source.Node) bool {
	switch n.Kind {
	case source.List:
		return len(n.Items) == 0
	case source.Map:
		return len(n.Entries) == 0
	}
	return strings.TrimSpace(n.Value) == "" || n.IsNull()
}

// lacks reports an attribute that is absent or blank, and where to say so. It is false where another key was probably meant for it:
// misspelt-attribute says that already.
func lacks(head *rules.Head, key string) (at source.Span, missing bool) {
	if e := head.Attribute(key); e != nil {
		return e.Span(), blankAttribute(e.Value)
	}
	for _, e := range head.Root.Entries {
		if strings.EqualFold(e.Key.Value, key) || len(nearest.Of(e.Key.Value, []string{key}, 1)) > 0 && !knownAttributes[e.Key.Value] {
			return source.Span{}, false
		}
	}
	return head.Anchor(), true
}

// knownAttributes are not misspelt, however near they are to another one.
var knownAttributes = map[string]bool{
	"title": true, "id": true, "name": true, "related": true, "taxonomy": true, "status": true, "description": true, "license": true,
	"references": true, "author": true, "date": true, "modified": true, "tags": true, "scope": true, "logsource": true,
	"detection": true, "correlation": true, "filter": true, "generate": true, "fields": true, "falsepositives": true, "level": true,
}

// reportMissing is for attributes that rules and correlations have, and filter documents need not.
func reportMissing(p *lint.Pass, key, help string, severity lint.Severity) {
	if !wantsTechnique(p.Document) {
		return
	}
	if at, missing := lacks(p.Document.Base(), key); missing {
		p.Report(lint.Finding{
			Span: at, Severity: severity,
			Message: "the " + noun(p.Document) + " has no `" + key + "`", Help: help,
		})
	}
}

// noun names a document in messages.
func noun(d rules.Document) string {
	switch d.(type) {
	case *rules.Correlation:
		return "correlation"
	case *rules.Filter:
		return "filter"
	}
	return "rule"
}

func checkMissingID(p *lint.Pass) {
	head := p.Document.Base()
	if _, ok := p.Document.(*rules.Unknown); ok {
		return
	}
	at, missing := lacks(head, "id")
	if !missing {
		return
	}
	id := freshID(head)
	f := lint.Finding{Span: at, Message: "the " + noun(p.Document) + " has no `id`", Help: "write `id: " + id + "`"}
	if title := head.Attribute("title"); title != nil && head.Attribute("id") == nil {
		if lines, ok := ownLines(head.File, title.Span()); ok {
			f.Fix = &source.Fix{Title: "add a new id", Edits: []source.Edit{{Span: source.Span{Start: lines.Start, End: lines.Start}, New: "id: " + id + lineEnd(head.File, lines)}}}
			// Behind the title, which SigmaHQ wants first; a title in the last line of a file has no line to follow.
			if lines.End < len(head.File.Data) {
				f.Fix.Edits[0].Span = source.Span{Start: lines.End, End: lines.End}
			}
		}
	}
	p.Report(f)
}

// freshID is a UUID of version 4 made from the text of the document: as unique as a random one, and the same in every run.
func freshID(head *rules.Head) string {
	sum := sha256.Sum256([]byte(head.File.Path + "\x00" + head.File.Text(head.Root.Span)))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

var canonicalID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}$`)

func checkRandomID(p *lint.Pass) {
	id := p.Document.Base().ID
	m := canonicalID.FindStringSubmatch(strings.ToLower(id.Value))
	switch {
	case m == nil:
	case !strings.Contains("89ab", m[2]):
		p.Report(lint.Finding{
			Span:    id.Node.Span,
			Message: "`" + id.Value + "` has a variant that no generator of UUIDs gives",
			Help:    "use a random UUID (version 4) for new rules; keep the id of a published one",
		})
	case m[1] != "4":
		p.Report(lint.Finding{
			Span:    id.Node.Span,
			Message: "`" + id.Value + "` is a UUID of version " + m[1] + ", not a random one",
			Help:    "use a random UUID (version 4) for new rules; keep the id of a published one",
		})
	}
}

func checkReferences(p *lint.Pass) {
	severity := lint.Info
	if level := p.Document.Base().Level.Value; level == "high" || level == "critical" {
		severity = lint.Warning
	}
	reportMissing(p, "references", "link what the rule is based on, or write `Internal research`", severity)
}

// removeAttribute is the fix that takes a top-level attribute away, nil where it shares its lines with something else.
func removeAttribute(head *rules.Head, key string, safe bool) *source.Fix {
	e := head.Attribute(key)
	lines, ok := ownLines(head.File, e.Span())
	if !ok || e.Merged || len(head.Root.Entries) < 2 {
		return nil
	}
	return &source.Fix{Title: "remove `" + key + "`", Safe: safe, Edits: []source.Edit{{Span: lines}}}
}

func checkTitleBlanks(p *lint.Pass) {
	title := p.Document.Base().Title
	tidy := strings.Join(strings.Fields(title.Value), " ")
	if tidy == title.Value || tidy == "" {
		return
	}
	f := lint.Finding{
		Span:    title.Node.Span,
		Message: fmt.Sprintf("the title `%s` has blanks at an end, doubled blanks or a line break", source.Shorten(title.Value)),
		Help:    "write `" + source.Shorten(tidy) + "`",
	}
	switch title.Node.Style {
	case source.Plain:
		f.Fix = &source.Fix{Title: "tidy the blanks", Safe: true, Edits: []source.Edit{{Span: title.Node.Span, New: tidy}}}
	case source.SingleQuoted, source.DoubleQuoted:
		f.Fix = &source.Fix{Title: "tidy the blanks", Safe: true, Edits: []source.Edit{{Span: title.Node.Span, New: source.Quote(tidy)}}}
	}
	p.Report(f)
}

// uniqueLists are the lists in which an entry may stand once; tags have a check of their own.
var uniqueLists = []string{"references", "fields", "falsepositives", "scope"}

func checkDuplicateEntries(p *lint.Pass) {
	head := p.Document.Base()
	for _, key := range uniqueLists {
		list := head.Root.Find(key)
		nodes, texts := textNodes(list)
		first := map[string]*source.Node{}
		for i, text := range texts {
			same := strings.ToLower(strings.TrimSpace(text))
			if key == "references" {
				same = strings.TrimSuffix(same, "/")
			}
			before, again := first[same]
			if !again || same == "" {
				first[same] = nodes[i]
				continue
			}
			f := lint.Finding{
				Span:    nodes[i].Span,
				Message: fmt.Sprintf("`%s` stands in `%s` already", source.Shorten(text), key),
				Help:    "remove the second one",
				Related: []lint.Related{{Span: before.Span, Message: "the first one"}},
			}
			if edits := removeEntry(head.File, list, slices.Index(list.Items, nodes[i])); edits != nil {
				f.Fix = &source.Fix{Title: "remove the entry", Safe: true, Edits: edits}
			}
			p.Report(f)
		}
	}
}

var link = regexp.MustCompile(`^https?://[^\s/]+\S*$`)

// noReference is how SigmaHQ says that there is nothing to link to.
const noReference = "internal research"

func checkReferenceURL(p *lint.Pass) {
	for _, r := range p.Document.Base().References {
		text := strings.TrimSpace(r.Value)
		if text == "" || !r.Node.IsString() || link.MatchString(text) || strings.HasPrefix(strings.ToLower(text), noReference) {
			continue
		}
		p.Report(lint.Finding{
			Span:    r.Node.Span,
			Message: "the reference `" + source.Shorten(text) + "` is no link",
			Help:    "write one URL per entry, with http:// or https://; `Internal research` when there is none",
		})
	}
}

var placeholder = regexp.MustCompile(`(?i:\b(?:changeme|lorem ipsum)\b)|\b(?:TODO|FIXME|TBD|XXX|todo|fixme|tbd)\b`)

func checkPlaceholderText(p *lint.Pass) {
	head := p.Document.Base()
	for _, t := range append([]rules.Text{head.Title, head.Description, head.Author}, head.FalsePositives...) {
		if !mayHoldPlaceholder(t.Value) {
			continue
		}
		for _, m := range placeholder.FindAllStringIndex(t.Value, -1) {
			p.Report(lint.Finding{
				Span:    t.Node.Range(m[0], m[1]),
				Message: "`" + t.Value[m[0]:m[1]] + "` stands where text is still to be written",
				Help:    "write what was meant, or remove it",
			})
		}
	}
}

// mayHoldPlaceholder spares almost every text the expression, which takes longer than the other checks of metadata together.
func mayHoldPlaceholder(text string) bool {
	lower := strings.ToLower(text)
	for _, word := range []string{"todo", "fixme", "tbd", "xxx", "changeme", "lorem ipsum"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}
