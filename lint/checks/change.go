package checks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// changeChecks compare a document with what it was at a base revision.
var changeChecks = []*lint.Check{
	{
		Code: "SIG1320", Name: "modified-not-updated", Severity: lint.Warning, Profiles: qs, Needs: lint.NeedsRevision,
		Doc: lint.Doc{
			Title: "Changed without a new modified date",
			What: "Title, status, level, log source or detection (of a correlation or filter: what it counts or excludes) differ from the base revision, and `modified` is " +
				"what it was. Comments, quotes, layout and the order of keys do not count. Quiet when `modified` is today or later.",
			Why:    "Whoever mirrors the rules looks at `modified` to see what to load and to test again.",
			Before: example(selectLsof + "    condition: selection\n"),
			Bad:    strings.Replace(example(selectLsof+"    condition: selection\n"), "level: low", "level: high", 1),
			Good:   strings.NewReplacer("level: low", "level: high", "date: 2026-01-10\n", "date: 2026-01-10\nmodified: 2026-03-01\n").Replace(example(selectLsof + "    condition: selection\n")),
		},
		Change: checkModifiedNotUpdated,
	},
	{
		Code: "SIG1321", Name: "id-changed", Severity: lint.Warning, Profiles: rs, Needs: lint.NeedsRevision,
		Doc: lint.Doc{
			Title:  "The id of a document changed",
			What:   "The document with this path or this title had another id at the base revision. Quiet when `related` names the earlier id.",
			Why:    "Exclusions, filters, correlations and dashboards go by the id: they lose the rule without a word.",
			Before: example(selectLsof + "    condition: selection\n"),
			Bad:    strings.Replace(example(selectLsof+"    condition: selection\n"), "6f1f7c3e", "7a1f7c3e", 1),
			Good:   example(selectLsof + "    condition: selection\n"),
			Fix:    "Write the earlier id. For a rule that takes the place of another, list the earlier id under `related` with type `obsolete`.",
		},
		Change: checkIDChanged,
	},
	{
		Code: "SIG1322", Name: "detection-lost", Severity: lint.Info, Profiles: rs, Needs: lint.NeedsRevision,
		Doc: lint.Doc{
			Title:  "The rule misses events that it found before",
			What:   "Proved: an event matched the rule at the base revision and does not match it now. The event is shown.",
			Why:    "A narrower rule is often meant, and sometimes a slip: the event says which.",
			Before: example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/ss'\n    condition: selection\n"),
			Bad:    example(selectLsof + "    condition: selection\n"),
			Good:   example("    selection:\n        Image|endswith:\n            - '/ss'\n            - '/lsof'\n    condition: selection\n"),
			Fix:    "Where the loss is not meant, write the rule so that it matches the event shown.",
		},
		Change: func(p *lint.ChangePass) {
			reportDifference(p, func(c *logic.Change) *logic.Difference { return &c.Lost }, "the rule does not find events any more that it found before", "the log source leaves out events that the rule found before", "it misses now, for example: ")
		},
	},
	{
		Code: "SIG1323", Name: "detection-gained", Severity: lint.Info, Profiles: rs, Needs: lint.NeedsRevision,
		Doc: lint.Doc{
			Title:  "The rule finds events that it did not find before",
			What:   "Proved: an event matches the rule and did not match it at the base revision. The event is shown.",
			Why:    "A wider rule can bring alerts that nobody expects: the event says which.",
			Before: example(selectLsof + "    condition: selection\n"),
			Bad:    example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/ss'\n    condition: selection\n"),
			Good:   example("    selection:\n        Image|endswith: '/LSOF'\n    condition: selection\n"),
			Fix:    "Where the gain is not meant, write the rule so that it does not match the event shown.",
		},
		Change: func(p *lint.ChangePass) {
			reportDifference(p, func(c *logic.Change) *logic.Difference { return &c.Gained }, "the rule finds events that it did not find before", "the log source takes in events that the rule did not find before", "it finds now, for example: ")
		},
	},
}

// dated are the attributes whose change asks for a new date, and how they are called.
var dated = []struct{ key, called string }{
	{"title", "the title"}, {"status", "the status"}, {"level", "the level"}, {"logsource", "the log source"}, {"detection", "the detection"},
	{"correlation", "the correlation"}, {"filter", "the filter"},
}

func checkModifiedNotUpdated(p *lint.ChangePass) {
	was, is := p.Old.Base(), p.Document.Base()
	today := p.Facts.Today.Format(time.DateOnly)
	if was.Modified.Value != is.Modified.Value || dashed(is.Modified.Value) >= today {
		return
	}
	var changed []string
	for _, a := range dated {
		if !sameText(was.Root.Find(a.key), is.Root.Find(a.key)) {
			changed = append(changed, a.called)
		}
	}
	if len(changed) == 0 {
		return
	}
	f := lint.Finding{
		Span: is.Modified.Span(), Message: enumerate(changed) + " changed, and `modified` still says " + source.Shorten(is.Modified.Value), Help: "write `modified: " + today + "`",
	}
	switch {
	case is.Modified.Value != "":
	case is.Date.Present():
		f.Span, f.Message = is.Date.Span(), enumerate(changed)+" changed, and no `modified` says so"
	default:
		f.Span, f.Message = is.Anchor(), enumerate(changed)+" changed, and no `modified` says so"
	}
	if edits, err := edit.SetModified(p.Document, today); err == nil && len(edits) > 0 {
		f.Fix = &source.Fix{Title: "set `modified` to today", Safe: true, Edits: edits}
	}
	p.Report(f)
}

// dashed is a date in the order of days, with dashes; legacy dates have slashes.
func dashed(date string) string { return strings.ReplaceAll(date, "/", "-") }

// sameText reports that two nodes say the same: layout, comments, quotes that change no type and the order of keys do not count.
func sameText(a, b *source.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || len(a.Entries) != len(b.Entries) || len(a.Items) != len(b.Items) {
		return false
	}
	for _, e := range a.Entries {
		if other := b.Entry(e.Key.Value); other == nil || !sameText(e.Value, other.Value) {
			return false
		}
	}
	for i := range a.Items {
		if !sameText(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return a.Kind != source.Scalar || a.Value == b.Value && a.IsString() == b.IsString()
}

func checkIDChanged(p *lint.ChangePass) {
	was, is := p.Old.Base(), p.Document.Base()
	if was.ID.Value == "" || is.ID.Value == "" || strings.EqualFold(was.ID.Value, is.ID.Value) ||
		slices.ContainsFunc(is.Related, func(r rules.Related) bool { return strings.EqualFold(r.ID.Value, was.ID.Value) }) {
		return
	}
	p.Report(lint.Finding{
		Span:    is.ID.Span(),
		Message: "the id was `" + source.Shorten(was.ID.Value) + "` before, which filters and exclusions may name",
		Help:    "keep the earlier id, or list it under `related` as obsolete",
	})
}

// changeKey is where the checks of one changed document share the comparison.
const changeKey = "change"

// reportDifference reports one half of what a change did to the events that a rule finds.
func reportDifference(p *lint.ChangePass, half func(*logic.Change) *logic.Difference, detection, logs, before string) {
	old, ok := p.Old.(*rules.Rule)
	if !ok || p.Rule == nil || repeatsKey(old) || repeatsKey(p.Rule) {
		return
	}
	change, ok := p.Shared[changeKey].(*logic.Change)
	if !ok {
		c := logic.NewProver(logic.Options{Lists: fields(&p.Pass).Lists}).Changes(old, p.Rule)
		change = &c
		p.Shared[changeKey] = change
	}
	d := half(change)
	if d.Verdict != logic.Yes || d.Witness == nil {
		return
	}
	f := lint.Finding{Message: detection, Help: before + eventText(d.Witness)}
	switch {
	case d.Logs && p.Rule.Logsource.Key != nil:
		f.Message, f.Span = logs, p.Rule.Logsource.Key.Span
	case p.Rule.Detection.Key != nil:
		f.Span = p.Rule.Detection.Key.Span
	default:
		f.Span = p.Rule.Anchor()
	}
	p.Report(f)
}

// eventText is an event on one line, fields in alphabetical order, safe to print.
func eventText(e logic.Event) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any(e)); err != nil {
		return source.Visible(fmt.Sprint(e))
	}
	return source.Visible(strings.TrimSuffix(b.String(), "\n"))
}
