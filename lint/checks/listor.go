package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// listChecks are about lists of maps, and about what carries a rule.
var listChecks = []*lint.Check{
	{
		Code: "SIG0916", Name: "list-means-or", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Dashes make these tests alternatives",
			What: "A list of maps, each with a single key and on at least two different fields that are not several names of one thing, such as Image, OriginalFileName, " +
				"version metadata and hashes of a program.",
			Why:  "The dashes make any one of the tests enough. Where all of them were meant, the rule matches far more than its author saw.",
			Bad:  example("    selection:\n        - Image|endswith: '/lsof'\n        - CommandLine|contains: ' -i'\n    condition: selection\n"),
			Good: example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n    condition: selection\n"),
			Fix:  "Without the dashes all tests have to hold. That is another rule, so the fix has to be asked for.",
		},
		Document: listMeansOr,
	},
	{
		Code: "SIG0917", Name: "exclusion-carried", Severity: lint.Info, Profiles: s, YieldsTo: []string{"no-positive-test", "matches-everything"},
		Doc: lint.Doc{
			Title: "The exclusions carry the rule",
			What:  "The evidence of the weakest branch, as weak-branch counts it, is below 6 (option `least-evidence`), and the rule has exclusions.",
			Why:   "What the rule means stands in what it excludes. Software that no exclusion names is a flood, and so is the loss of one exclusion.",
			Bad:   example("    selection:\n        CommandLine|contains: 'lsof'\n" + filterMonit + "    condition: selection and not 1 of filter_main_*\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n" + filterMonit + "    condition: selection and not 1 of filter_main_*\n"),
		},
		Options:  []lint.Option{{Name: "least-evidence", Meaning: "evidence, in points, from which on a branch stands by itself", Default: thinEvidence, Min: 1, Max: 100}},
		Document: exclusionCarried,
	},
}

// oneThing are groups of fields that name one thing in several ways, by the roles of the taxonomy. A field counts to the first group.
var oneThing = map[taxonomy.Role]string{
	taxonomy.RoleImage: "program", taxonomy.RoleMetadata: "program", taxonomy.RoleHash: "program", taxonomy.RoleSignature: "program", taxonomy.RoleLoadedImage: "program",
	taxonomy.RoleService: "service", taxonomy.RoleTask: "task",
	taxonomy.RoleUser: "account", taxonomy.RoleTargetUser: "account", taxonomy.RoleParentUser: "account",
	taxonomy.RoleDestinationIP: "destination", taxonomy.RoleDestinationHost: "destination",
	taxonomy.RoleSourceIP: "source", taxonomy.RoleSourceHost: "source",
	taxonomy.RoleURL: "request", taxonomy.RoleQuery: "request",
}

// sameThing are fields of one log that hold one thing, or parts of it, and that no role tells.
var sameThing = map[string]string{
	"payload": "command", "contextinfo": "command",
	"filenamebuffer": "file", "processnamebuffer": "file",
	"targetobject": "key", "newname": "key",
	"status": "status", "substatus": "status",
	"targetservername": "target", "targetinfo": "target",
	"serveraddress": "address", "address": "address",
	"classname": "device", "devicedescription": "device",
}

// thing is what a field names: the group of its role, or the field itself.
func (s sourced) thing(field string) string {
	if s.table != nil {
		if f, ok := s.table.Field(field); ok {
			if group := oneThing[f.Role]; group != "" {
				return group
			}
		}
	}
	field = strings.ToLower(field)
	if thing := sameThing[field]; thing != "" {
		return thing
	}
	return field
}

func listMeansOr(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok || p.Rule == nil {
		return
	}
	for _, d := range p.Rule.Detection.Named {
		if d.Block.Shape != rules.ListShape || len(d.Block.Alternatives) < 2 {
			continue
		}
		things, only := map[string]bool{}, true
		for _, a := range d.Block.Alternatives {
			if a.Shape != rules.MapShape || len(a.Items) != 1 || a.Items[0].Keyword() {
				only = false
				break
			}
			things[s.thing(a.Items[0].Field)] = true
		}
		if !only || len(things) < 2 {
			continue
		}
		first, second := d.Block.Alternatives[0].Items[0], d.Block.Alternatives[1].Items[0]
		for _, a := range d.Block.Alternatives[1:] {
			if s.thing(a.Items[0].Field) != s.thing(first.Field) {
				second = a.Items[0]
				break
			}
		}
		p.Report(lint.Finding{
			Span:    d.Block.Node.Span,
			Message: fmt.Sprintf("the dashes under `%s` make `%s` and `%s` alternatives", shorter(d.Name), shorter(first.Field), shorter(second.Field)),
			Help:    "if all of them have to hold, leave out the dashes",
			Fix:     oneMapping(p.Rule.File, d.Block),
		})
	}
}

// oneMapping is the fix that takes the dashes away and moves what stands behind them to their place, nil where keys repeat or the list is
// written in another way than one dash and key a line.
func oneMapping(f *source.File, b *rules.Block) *source.Fix {
	if b.Node == nil || b.Node.Flow || b.Node.Alias != nil || b.Node.Anchor != "" {
		return nil
	}
	fix := &source.Fix{Title: "make it one mapping: all of them have to hold"}
	keys := map[string]bool{}
	for _, a := range b.Alternatives {
		n, item := a.Node, a.Items[0]
		if n == nil || n.Flow || n.Alias != nil || n.Anchor != "" || n.Explicit || keys[item.KeyText()] {
			return nil
		}
		keys[item.KeyText()] = true
		first := f.LineAt(n.Span.Start)
		start := f.LineSpan(first).Start
		before := f.Text(source.Span{Start: start, End: n.Span.Start})
		if strings.Trim(before, " ") != "-" {
			return nil
		}
		dash := start + strings.IndexByte(before, '-')
		width := n.Span.Start - dash
		fix.Edits = append(fix.Edits, source.Edit{Span: source.Span{Start: dash, End: n.Span.Start}})
		for line := first + 1; line <= f.LineAt(max(n.Span.Start, n.Span.End-1)); line++ {
			at := f.LineSpan(line)
			text := f.Text(at)
			if strings.TrimSpace(text) == "" {
				continue
			}
			if !strings.HasPrefix(text, strings.Repeat(" ", width)) {
				return nil
			}
			fix.Edits = append(fix.Edits, source.Edit{Span: source.Span{Start: at.Start, End: at.Start + width}})
		}
	}
	return fix
}

func exclusionCarried(p *lint.Pass) {
	if p.Rule == nil {
		return
	}
	least := float64(p.Int("least-evidence"))
	var weakest branch
	sum, found := 0.0, false
	eachBranch(p, func(b branch) {
		if len(b.positive) == 0 || len(b.negative) == 0 {
			return
		}
		if e, _ := b.evidence(); e < least && (!found || e < sum) {
			weakest, sum, found = b, e, true
		}
	})
	if !found {
		return
	}
	excluded := 0.0
	for _, d := range p.Rule.Detection.Named {
		if p.Rule.Detection.Polarity(d) == rules.Negative {
			excluded += blockEvidence(d.Block)
		}
	}
	_, t := weakest.evidence()
	value := t.item.Tests[weakestValue(t.item)]
	at := t.item.Span()
	if value.Value != nil && value.Value.Node != nil && !value.Value.Node.Missing() {
		at = value.Value.Node.Span
	}
	p.Report(lint.Finding{
		Span:    at,
		Message: fmt.Sprintf("without its exclusions `%s` asks for little: evidence %s, with them %s", shorter(t.detection.Name), points(sum), points(sum+excluded)),
		Help:    "add a test to the selection, so that it stands by itself",
		Related: []lint.Related{{Span: weakest.negative[0], Message: "what is excluded here carries the rule"}},
	})
}

// blockEvidence is the evidence of everything in a block: an exclusion narrows a rule with each of its alternatives.
func blockEvidence(b *rules.Block) float64 {
	sum := 0.0
	b.Each(func(i *rules.Item) { sum += itemEvidence(i) })
	return sum
}

// points is an amount of evidence in words.
func points(e float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", e), ".0") }
