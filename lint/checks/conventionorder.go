package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// conventionOrderChecks look at the order of the top-level keys.
var conventionOrderChecks = []*lint.Check{
	{
		Code: "SIG1421", Name: "title-not-first", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Title is not the first key",
			What:  "`title` is there and is not the first key of a file with one document.",
			Why:   "Whoever opens the file, or sees the first line of it in a list, looks for the title.",
			Bad:   titleAfterID,
			Good:  clean,
		},
		Document: titleNotFirst,
	},
	{
		Code: "SIG1422", Name: "key-order", Severity: lint.Info, Profiles: s,
		YieldsTo: []string{"title-not-first"},
		Doc: lint.Doc{
			Title: "Keys in another order than usual",
			What: "The top-level keys are not in the usual order: title, id, name, related, taxonomy, status, description, license, references, author, date, modified, tags, " +
				"scope, logsource, detection, correlation, filter, fields, falsepositives, level, and then regression_tests_path and simulation. Other keys may stand anywhere. Told once, at the first key that comes too late; " +
				"the fix moves keys with their comments, and those other keys stay behind the key before them.",
			Why:  "Readers of many rules look for each part at its place.",
			Bad:  strings.Replace(changed("level: low\n", ""), "logsource:\n", "level: low\nlogsource:\n", 1),
			Good: clean,
		},
		Document: keyOrder,
	},
}

var titleAfterID = changed("title: Listing of Open Files by a Shell\nid: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n",
	"id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\ntitle: Listing of Open Files by a Shell\n")

// usualOrder is that of the specification and of the published rules.
var usualOrder = []string{
	"title", "id", "name", "related", "taxonomy", "status", "description", "license", "references", "author", "date",
	"modified", "tags", "scope", "logsource", "detection", "correlation", "filter", "fields", "falsepositives", "level",
	"regression_tests_path", "simulation", // SigmaHQ's own
}

func titleNotFirst(p *lint.Pass) {
	l := layoutOf(p)
	entries := l.root.Entries
	at := slices.IndexFunc(entries, func(e source.Entry) bool { return e.Key.Value == "title" && !e.Merged })
	if at <= 0 || len(l.file.Documents) != 1 {
		return
	}
	order := []int{at}
	for i := range entries {
		if i != at {
			order = append(order, i)
		}
	}
	p.Report(lint.Finding{
		Span:    entries[at].Key.Span,
		Message: fmt.Sprintf("`title` stands behind `%s` and is not the first key", shorter(entries[at-1].Key.Value)),
		Help:    "move it to the first line",
		Fix:     l.reorder(order, "move the title to the first line"),
	})
}

func keyOrder(p *lint.Pass) {
	l := layoutOf(p)
	rank := func(i int) int { return slices.Index(usualOrder, l.root.Entries[i].Key.Value) }
	late, before := -1, -1
	highest := -1 // the entry with the last place so far
	for i := range l.root.Entries {
		if rank(i) < 0 || l.root.Entries[i].Merged {
			continue
		}
		if highest >= 0 && rank(i) < rank(highest) {
			late, before = i, highest
			break
		}
		highest = i
	}
	if late < 0 {
		return
	}
	// Keys without a place of their own go with the key before them.
	var groups [][]int
	for i := range l.root.Entries {
		if len(groups) == 0 || rank(i) >= 0 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], i)
	}
	slices.SortStableFunc(groups, func(a, b []int) int { return rank(a[0]) - rank(b[0]) })
	name := l.root.Entries[late].Key.Value
	p.Report(lint.Finding{
		Span:    l.root.Entries[late].Key.Span,
		Message: fmt.Sprintf("`%s` usually stands before `%s`", name, l.root.Entries[before].Key.Value),
		Help:    "move it up",
		Related: []lint.Related{{Span: l.root.Entries[before].Key.Span, Message: "the key that usually follows it"}},
		Fix:     l.reorder(slices.Concat(groups...), "order the keys"),
	})
}

// reorder is the fix that writes the top-level entries in another order, as whole lines and with the comments right above them. It is nil where
// an entry does not have its lines to itself, or where the result would not be the same document.
func (l *layout) reorder(order []int, title string) *source.Fix {
	blocks, ok := l.blocks()
	if !ok || len(blocks) != len(order) {
		return nil
	}
	// Only what lies between the first and the last entry that moves is written anew.
	from, to := 0, len(order)
	for from < to && order[from] == from {
		from++
	}
	for to > from && order[to-1] == to-1 {
		to--
	}
	if from == to {
		return nil
	}
	eol := l.lineBreak()
	var text strings.Builder
	for i, n := range order[from:to] {
		b := blocks[n]
		// Blank lines above an entry go with it, but the first one of the document has none: they change places with it.
		space := b.space
		switch {
		case from == 0 && i == 0:
			space = blocks[0].space
		case from == 0 && n == 0:
			space = blocks[order[0]].space
		}
		text.WriteString(l.file.Text(space))
		lines := l.file.Text(b.lines)
		text.WriteString(lines)
		if !strings.HasSuffix(lines, "\n") && !strings.HasSuffix(lines, "\r") {
			text.WriteString(eol)
		}
	}
	at := source.Span{Start: blocks[from].space.Start, End: blocks[to-1].lines.End}
	written := text.String()
	if old := l.file.Text(at); !strings.HasSuffix(old, "\n") && !strings.HasSuffix(old, "\r") {
		written = strings.TrimSuffix(written, eol) // the file has no final line end, and gets none
	}
	edits := []source.Edit{{Span: at, New: written}}
	if !sameDocuments(l.file, edits, sameEntries) {
		return nil
	}
	return &source.Fix{Title: title, Safe: true, Edits: edits}
}

// entryBlock is the lines of a top-level entry: blank lines above it, then its comments and itself up to the next entry.
type entryBlock struct{ space, lines source.Span }

// blocks cuts the document into its top-level entries.
func (l *layout) blocks() ([]entryBlock, bool) {
	if l.root.Flow || l.odd {
		return nil, false
	}
	var out []entryBlock
	behind := -1 // the line behind the last one of the entry before
	for i, e := range l.root.Entries {
		first := l.lineAt(e.Key.Span.Start)
		if e.Merged || e.Key.Span.Start != l.lines[first].start || l.anchored(e.Value) {
			return nil, false // behind a marker or a property, or indented: rare enough to leave alone
		}
		top := first
		for top > max(behind, 0) && l.isComment(top-1) {
			top--
		}
		blank := top
		for blank > max(behind, 0) && l.isBlank(blank-1) {
			blank--
		}
		if i == 0 {
			blank = top
		} else {
			out[i-1].lines.End = l.lines[blank].start // a comment apart from what follows stays with what it follows
		}
		out = append(out, entryBlock{
			space: source.Span{Start: l.lines[blank].start, End: l.lines[top].start},
			lines: source.Span{Start: l.lines[top].start},
		})
		behind = l.lineAt(max(e.Span().End-1, e.Span().Start)) + 1
	}
	if len(out) == 0 {
		return nil, false
	}
	end := min(behind, len(l.lines))
	for end < len(l.lines) && (l.isComment(end) || l.isBlank(end)) && l.indented(end) {
		end++ // indented comments belong to the entry; others are about the end of the file
	}
	out[len(out)-1].lines.End = l.stretch.End
	if end < len(l.lines) {
		out[len(out)-1].lines.End = l.lines[end].start
	}
	return out, true
}

func (l *layout) isComment(n int) bool {
	text := strings.TrimLeft(l.file.Text(source.Span{Start: l.lines[n].start, End: l.lines[n].end}), " ")
	return strings.HasPrefix(text, "#") && !l.indented(n)
}

func (l *layout) isBlank(n int) bool {
	return strings.TrimSpace(l.file.Text(source.Span{Start: l.lines[n].start, End: l.lines[n].end})) == ""
}

// indented reports a line that begins with a blank and says something.
func (l *layout) indented(n int) bool {
	line := l.lines[n]
	return !l.isBlank(n) && (l.file.Data[line.start] == ' ' || l.file.Data[line.start] == '\t')
}

// anchored reports a node with an anchor or an alias below it: an alias must stay behind its anchor.
func (l *layout) anchored(n *source.Node) bool {
	found := false
	n.Walk(func(_ string, n *source.Node) bool {
		found = found || n.Anchor != "" || n.Alias != nil
		return !found
	})
	return found
}

// sameEntries compares documents whose top-level entries may have changed their order.
func sameEntries(a, b *source.Node) bool {
	if a == nil || b == nil || a.Kind != source.Map || b.Kind != source.Map {
		return sameTree(a, b)
	}
	if len(a.Entries) != len(b.Entries) {
		return false
	}
	taken := make([]bool, len(b.Entries))
	for i := range a.Entries {
		at := slices.IndexFunc(b.Entries, func(e source.Entry) bool { return e.Key.Value == a.Entries[i].Key.Value })
		if at < 0 || taken[at] || !sameTree(a.Entries[i].Key, b.Entries[at].Key) || !sameTree(a.Entries[i].Value, b.Entries[at].Value) {
			return false
		}
		taken[at] = true
	}
	return true
}
