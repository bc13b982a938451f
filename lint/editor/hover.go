package editor

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/attack"
)

// Hover says what stands at an offset, and under it what the findings there are about. It is false where there is nothing to say.
func (w World) Hover(f File, found []lint.Finding, offset int) (Note, bool) {
	note, ok := w.about(f, offset)
	var checks []string
	seen := map[*lint.Check]bool{}
	for _, finding := range found {
		if touches(finding.Span, offset) && !seen[finding.Check] && len(checks) < maxChecks {
			seen[finding.Check] = true
			checks = append(checks, aboutCheck(finding.Check))
			if !ok && note.Span == (source.Span{}) {
				note.Span = finding.Span
			}
		}
	}
	if len(checks) > 0 {
		if note.Markdown != "" {
			note.Markdown += "\n\n---\n\n"
		}
		note.Markdown += strings.Join(checks, "\n\n---\n\n")
	}
	return note, note.Markdown != ""
}

// maxChecks is how many checks a note explains: more does not fit a window.
const maxChecks = 3

// aboutCheck is the documentation of a check as a note.
func aboutCheck(c *lint.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**[%s](%s)** `%s`: %s\n\n%s", c.Code, report.Page(c), c.Name, c.Doc.Title, c.Doc.What)
	for _, section := range []struct{ title, text string }{{"Why", c.Doc.Why}, {"Assumes", c.Doc.Assumes}, {"Fix", c.Doc.Fix}} {
		if section.text != "" {
			fmt.Fprintf(&b, "\n\n*%s:* %s", section.title, section.text)
		}
	}
	return b.String()
}

// about finds the note for what stands at an offset.
func (w World) about(f File, offset int) (Note, bool) {
	if note, ok := w.directive(f, offset); ok {
		return note, true
	}
	d := f.document(offset)
	if d == nil {
		return Note{}, false
	}
	for _, look := range []func(File, rules.Document, int) (Note, bool){w.metadata, w.logsourcePart, w.detectionPart, w.conditionPart} {
		if note, ok := look(f, d, offset); ok {
			return note, true
		}
	}
	return Note{}, false
}

var code = regexp.MustCompile(`(?i)\bSIG\d{4}\b|[a-z0-9]+(-[a-z0-9]+)+`)

// directive explains a check that a comment silences.
func (w World) directive(f File, offset int) (Note, bool) {
	for _, c := range f.Comments() {
		if !touches(c.Span, offset) || !strings.Contains(f.Text(c.Span), "sigtune:") {
			continue
		}
		for _, at := range code.FindAllStringIndex(f.Text(c.Span), -1) {
			span := source.Span{Start: c.Span.Start + at[0], End: c.Span.Start + at[1]}
			if check := lint.Find(w.Checks, f.Text(span)); check != nil && touches(span, offset) {
				return Note{span, aboutCheck(check)}, true
			}
		}
	}
	return Note{}, false
}

// metadata explains top-level keys, their words, and tags.
func (w World) metadata(_ File, d rules.Document, offset int) (Note, bool) {
	head := d.Base()
	for _, t := range head.Tags {
		if touches(t.Span(), offset) {
			if text := tagNote(t.Value); text != "" {
				return Note{t.Span(), text}, true
			}
		}
	}
	for _, e := range head.Root.Entries {
		a, known := attributeOf(e.Key.Value)
		switch {
		case !known:
		case touches(e.Key.Span, offset):
			return Note{e.Key.Span, fmt.Sprintf("**%s**: %s", a.name, a.meaning)}, true
		case e.Value != nil && touches(e.Value.Span, offset):
			if v, ok := find(a.values, e.Value.Value); ok {
				return Note{e.Value.Span, fmt.Sprintf("**%s**: %s", v.name, v.meaning)}, true
			}
		}
	}
	for _, r := range head.Related {
		if v, ok := find(relatedTypes, r.Type.Value); ok && touches(r.Type.Span(), offset) {
			return Note{r.Type.Span(), fmt.Sprintf("**%s**: %s", v.name, v.meaning)}, true
		}
	}
	return Note{}, false
}

// tagNote is what a tag stands for; empty when nothing is known.
func tagNote(text string) string {
	t, ok := attack.ParseTag(strings.ToLower(text))
	if !ok {
		return ""
	}
	switch t.Namespace {
	case "attack":
		if o, ok := attack.Lookup(t.Name); ok {
			return objectNote(o)
		}
		if described := attack.Describe(t.Name); described != "" {
			return fmt.Sprintf("**%s**\n\nATT&CK %s", described, attack.Version)
		}
	case "d3fend":
		if c, ok := attack.BundledD3FEND().Lookup(t.Name); ok {
			return fmt.Sprintf("**%s** %s\n\nD3FEND %s", c.ID, c.Name, attack.D3FENDVersion)
		}
	case "cve":
		return "**CVE-" + strings.ToUpper(strings.ReplaceAll(t.Name, ".", "-")) + "**"
	}
	return ""
}

func objectNote(o attack.Object) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s %s** (%s)", o.ID, o.Name, o.Kind)
	if parent, ok := attack.Lookup(attack.Parent(o.ID)); ok {
		fmt.Fprintf(&b, "\n\nsub-technique of %s %s", parent.ID, parent.Name)
	}
	for _, row := range []struct {
		title string
		list  []string
	}{{"tactics", o.Tactics}, {"platforms", o.Platforms}, {"also known as", o.AlsoKnownAs}} {
		if len(row.list) > 0 {
			fmt.Fprintf(&b, "\n\n%s: %s", row.title, strings.Join(row.list, ", "))
		}
	}
	if o.Status != attack.Live {
		b.WriteString("\n\nno longer in use")
		if next, ok := attack.Bundled().Successor(o.ID); ok {
			b.WriteString("; replaced by " + attack.Describe(next))
		}
	}
	fmt.Fprintf(&b, "\n\n[ATT&CK %s](https://attack.mitre.org/%s)", attack.Version, objectPath(o))
	return b.String()
}

// objectPath is the place of an object on MITRE's site.
func objectPath(o attack.Object) string {
	switch o.Kind {
	case attack.Tactic:
		return "tactics/" + o.ID
	case attack.Group:
		return "groups/" + o.ID
	case attack.Software:
		return "software/" + o.ID
	case attack.Campaign:
		return "campaigns/" + o.ID
	case attack.Mitigation:
		return "mitigations/" + o.ID
	case attack.DataSource, attack.DataComponent:
		return "datasources"
	case attack.Asset:
		return "assets/" + o.ID
	}
	return "techniques/" + strings.ReplaceAll(o.ID, ".", "/")
}

// detectionPart explains identifiers, fields and modifiers.
func (w World) detectionPart(_ File, d rules.Document, offset int) (Note, bool) {
	all := detections(d)
	if all == nil {
		return Note{}, false
	}
	for _, named := range all.Named {
		if named.Key != nil && touches(named.Key.Span, offset) {
			return Note{named.Key.Span, w.identifierNote(d, all, named)}, true
		}
		var note Note
		named.Block.Each(func(i *rules.Item) {
			for _, m := range i.Modifiers {
				if touches(m.Span, offset) && note.Markdown == "" {
					note = Note{m.Span, modifierNote(m)}
				}
			}
			if note.Markdown == "" && !i.Keyword() && touches(i.FieldSpan, offset) {
				note = Note{i.FieldSpan, w.fieldNote(d, i.Field)}
			}
		})
		if note.Markdown != "" {
			return note, true
		}
	}
	return Note{}, false
}

func modifierNote(m rules.Modifier) string {
	info, ok := rules.LookupModifier(m.Name)
	if !ok {
		return ""
	}
	text := fmt.Sprintf("`|%s`: %s", m.Written, info.Effect)
	if m.Written != info.Name {
		text += fmt.Sprintf("\n\nanother spelling of `%s`", info.Name)
	}
	return text
}

var polarities = map[rules.Polarity]string{
	rules.Unused: "no condition uses it", rules.Positive: "the condition asks for it", rules.Negative: "the condition excludes it",
	rules.Both: "the condition asks for it in one place and excludes it in another",
}

// identifierNote says how the rule uses an identifier and how much that asks for.
func (w World) identifierNote(d rules.Document, all *rules.Detections, named *rules.Detection) string {
	text := fmt.Sprintf("**%s**: %s", named.Name, polarities[all.Polarity(named)])
	if r, ok := d.(*rules.Rule); ok {
		if bits, ok := Bits(r, named); ok {
			text += fmt.Sprintf("\n\nasks for %s: an estimate of how rare what it matches is", bitsWords(bits))
		}
	}
	return text
}

// conditionPart explains names, and elsewhere the whole: an event that matches, or the proof that there is none.
func (w World) conditionPart(f File, d rules.Document, offset int) (Note, bool) {
	all := detections(d)
	if all == nil {
		return Note{}, false
	}
	if e := mentionAt(all, offset); e != nil {
		var parts []string
		for _, s := range e.Selected {
			parts = append(parts, w.identifierNote(d, all, s))
		}
		if len(parts) > 0 {
			return Note{e.PatternAt, strings.Join(parts, "\n\n")}, true
		}
	}
	r, isRule := d.(*rules.Rule)
	for _, c := range all.Conditions {
		if isRule && c.Node != nil && touches(c.Node.Span, offset) {
			return Note{c.Node.Span, w.witnessNote(r)}, true
		}
	}
	if e := all.Node; isRule && e != nil {
		if entry := e.Entry("condition"); entry != nil && touches(entry.Key.Span, offset) {
			return Note{entry.Key.Span, w.witnessNote(r)}, true
		}
	}
	return Note{}, false
}

// witnessNote is an event that the rule matches, the proof that there is none, or why neither is known.
func (w World) witnessNote(r *rules.Rule) string {
	switch answer := Witness(r, w.Domains); answer.Verdict {
	case logic.Yes:
		return "an event that the rule matches:\n\n```json\n" + report.Event(answer.Witness) + "\n```"
	case logic.No:
		return "**can never match**" + assuming(answer, w.Domains.For(r)) + "\n\n" + source.Visible(answer.Explain())
	default:
		return "whether any event matches was not decided: " + source.Visible(answer.Reason)
	}
}
