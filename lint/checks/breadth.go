package checks

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// breadthChecks find selectors that match far more than the rule means, as far as that can be told without events. They look at
// branches and report the weakest. The level of a rule never plays a part: its correlation with volume is nil.
var breadthChecks = []*lint.Check{
	{
		Code: "SIG0901", Name: "matches-everything", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A selector accepts every value there is",
			What: "Proved: in some branch of the condition every positive test accepts every present value, as a lone `*`, an empty text under contains, or a " +
				"regular expression that matches the empty text do.",
			Why:  "The rule fires on every event that merely has the field.",
			Bad:  example("    selection:\n        CommandLine|contains: '*'\n    condition: selection\n"),
			Good: example("    selection:\n        CommandLine|contains: 'lsof -i'\n    condition: selection\n"),
		},
		Document: matchesEverything,
	},
	{
		Code: "SIG0902", Name: "no-positive-test", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A branch consists of negations only",
			What:  "Some branch of the condition has no positive test: a condition that is nothing but exclusions, or an `or` with a negated side.",
			Why:   "It fires on everything the exclusions do not name, and a new log source is a flood.",
			Bad:   example(filterMonit + "    condition: not 1 of filter_main_*\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not 1 of filter_main_*\n"),
			Fix:   "State what must be there.",
		},
		Document: noPositiveTest,
	},
	{
		Code: "SIG0903", Name: "presence-only-branch", Severity: lint.Info, Profiles: rs, YieldsTo: []string{"matches-everything"},
		Doc: lint.Doc{
			Title: "A branch tests only whether fields are there",
			What:  "All positive tests of a branch are presence, absence, null, the empty text or an inequality.",
			Why:   "Such a branch is as wide as its log source.",
			Bad:   example("    selection:\n        ParentImage: null\n    condition: selection\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n        ParentImage: null\n    condition: selection\n"),
		},
		Document: presenceOnlyBranch,
	},
	{
		Code: "SIG0904", Name: "weak-branch", Severity: lint.Warning, Profiles: rs, YieldsTo: []string{"matches-everything", "no-positive-test", "presence-only-branch", "empty-string-with-modifier"},
		Doc: lint.Doc{
			Title: "A very short text is all that a branch asks for",
			What: "The evidence of a branch is above 0 and below 3: literal characters of the weakest value of each test, two more per anchored end, fixed amounts for " +
				"numbers and presence. It is a heuristic.",
			Why:  "A two-letter substring occurs in most command lines: `ss` is part of `ssh`, `passwd` and `less`.",
			Bad:  example("    selection:\n        CommandLine|contains: 'ss'\n    condition: selection\n"),
			Good: example("    selection:\n        Image|endswith: '/ss'\n    condition: selection\n"),
		},
		Options:  []lint.Option{{Name: "least-evidence", Meaning: "evidence, in points, from which on a branch is not weak", Default: weakEvidence, Min: 1, Max: 100}},
		Document: weakBranch,
	},
	{
		Code: "SIG0905", Name: "thin-branch", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A short text is all that a branch asks for",
			What:  "The evidence of a branch, as weak-branch counts it, is 3 to below 6.",
			Why:   "Worth a look before the rule goes live: short texts are often part of longer words.",
			Bad:   example("    selection:\n        CommandLine|contains: 'lsof'\n    condition: selection\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n    condition: selection\n"),
		},
		Options: []lint.Option{
			{Name: "least-evidence", Meaning: "evidence, in points, from which on a branch is not thin", Default: thinEvidence, Min: 1, Max: 100},
			{Name: "weak-evidence", Meaning: "evidence, in points, below which weak-branch reports the branch instead", Default: weakEvidence, Min: 0, Max: 100},
		},
		Document: thinBranch,
	},
	{
		Code: "SIG0911", Name: "wide-cidr", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A network covers a large part of the Internet",
			What:  "A positive network wider than /8, or /16 for IPv6, outside the special-purpose blocks. /0 is an error: every address is in it.",
			Why:   "The test hardly narrows anything.",
			Bad:   exampleNetwork("'0.0.0.0/1'"),
			Good:  exampleNetwork("'198.51.100.0/24'"),
		},
		Document: wideCIDR,
	},
}

func exampleNetwork(value string) string {
	return strings.Replace(example("    selection:\n        Image|endswith: '/nc'\n        DestinationIp|cidr: "+value+"\n    condition: selection\n"),
		"process_creation", "network_connection", 1)
}

// once keeps a check from reporting the same place for several branches.
type once map[source.Span]bool

func (o once) first(s source.Span) bool {
	if o[s] {
		return false
	}
	o[s] = true
	return true
}

func matchesEverything(p *lint.Pass) {
	seen := once{}
	eachBranch(p, func(b branch) {
		if len(b.positive) == 0 {
			return
		}
		for _, t := range b.positive {
			if !acceptsEverything(t.item) {
				return
			}
		}
		t := b.positive[0]
		if !seen.first(t.item.Span()) {
			return
		}
		what := "every event"
		if !t.item.Keyword() {
			what = fmt.Sprintf("every event that has `%s`", source.Shorten(t.item.Field))
		}
		p.Report(lint.Finding{
			Span:    t.item.Span(),
			Message: fmt.Sprintf("`%s` matches %s", source.Shorten(t.detection.Name), what),
			Help:    "write the text that tells the activity from everything else",
		})
	})
}

func noPositiveTest(p *lint.Pass) {
	seen := once{}
	eachBranch(p, func(b branch) {
		if len(b.positive) > 0 || len(b.negative) == 0 || !seen.first(b.negative[0]) {
			return
		}
		p.Report(lint.Finding{
			Span:    b.negative[0],
			Message: "the rule can fire without any positive test: this branch of the condition only excludes",
			Help:    "state what must be there: `selection and not …`",
		})
	})
}

func presenceOnlyBranch(p *lint.Pass) {
	seen := once{}
	eachBranch(p, func(b branch) {
		if len(b.positive) == 0 {
			return
		}
		for _, t := range b.positive {
			if !presenceOnly(t.item) {
				return
			}
		}
		t := b.positive[0]
		if !seen.first(t.item.Span()) {
			return
		}
		p.Report(lint.Finding{
			Span:    t.item.Span(),
			Message: fmt.Sprintf("`%s` only tests whether fields are there, not what they hold", source.Shorten(t.detection.Name)),
			Help:    "add a test of a value",
		})
	})
}

// Evidence below weakEvidence is too little for a warning-free rule, below thinEvidence worth a look: the limits of
// the catalogue, which give 6 and 101 findings on the live rules.
const (
	weakEvidence = 3
	thinEvidence = 6
)

func weakBranch(p *lint.Pass) { reportEvidence(p, 0, float64(p.Int("least-evidence"))) }

func thinBranch(p *lint.Pass) {
	reportEvidence(p, float64(p.Int("weak-evidence")), float64(p.Int("least-evidence")))
}

// reportEvidence reports the weakest branch of a rule when its evidence lies above zero, at least low and below high.
func reportEvidence(p *lint.Pass, low, high float64) {
	least, found := high, false
	var weakest test
	eachBranch(p, func(b branch) {
		if len(b.positive) == 0 {
			return
		}
		if e, t := b.evidence(); e > 0 && e < least {
			least, weakest, found = e, t, true
		}
	})
	if !found || least < low {
		return
	}
	value := weakest.item.Tests[weakestValue(weakest.item)]
	span := weakest.item.Span()
	if value.Value != nil && !value.Value.Node.Missing() {
		span = value.Value.Node.Span
	}
	p.Report(lint.Finding{
		Span:    span,
		Message: fmt.Sprintf("%s is all that `%s` asks for", describe(weakest.item, value), source.Shorten(weakest.detection.Name)),
		Help:    narrower(weakest.item, value),
		Related: []lint.Related{{Span: weakest.detection.Key.Span, Message: "in this identifier"}},
	})
}

// describe says a test in Sigma terms.
func describe(i *rules.Item, t *rules.Test) string {
	text := "null"
	if t.Value != nil && t.Value.Kind != rules.NullValue {
		text = source.Shorten(t.Value.Node.Text())
	}
	if i.Keyword() {
		return fmt.Sprintf("the keyword `%s`", text)
	}
	return fmt.Sprintf("`%s: %s`", source.Shorten(i.KeyText()), text)
}

// narrower is what to write instead of a weak test.
func narrower(i *rules.Item, t *rules.Test) string {
	if t.Kind == rules.TextTest && i.Has("contains") && t.Value != nil && commandLineFields[i.Field] && bareWord(t.Value.Text) {
		return fmt.Sprintf("if the tool `%s` is meant, test `Image|endswith` with its file name; else add a second test", source.Shorten(t.Value.Text))
	}
	return "write a longer or anchored text, or add a second test to the selection"
}

var commandLineFields = map[string]bool{"CommandLine": true, "ParentCommandLine": true, "ProcessCommandLine": true}

// bareWord reports letters and digits only.
func bareWord(s string) bool {
	for _, r := range s {
		if r >= utf8.RuneSelf || !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

// Networks wider than these hardly narrow anything.
const (
	widestIPv4 = 8
	widestIPv6 = 16
)

func wideCIDR(p *lint.Pass) {
	if p.Rule == nil {
		return
	}
	for _, d := range p.Rule.Detection.Named {
		if p.Rule.Detection.Polarity(d) != rules.Positive {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			for _, t := range i.Tests {
				if t.Kind != rules.CIDRTest || i.Negated {
					continue
				}
				limit := widestIPv4
				if t.Network.Addr().Is6() {
					limit = widestIPv6
				}
				a := t.Network.Addr()
				special := a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast()
				if t.Network.Bits() >= limit || special && t.Network.Bits() > 0 {
					continue
				}
				f := lint.Finding{
					Span:    t.Value.Node.Span,
					Message: fmt.Sprintf("`%s` covers a large part of all addresses", source.Shorten(t.Value.Text)),
					Help:    "name the network that is meant",
				}
				if t.Network.Bits() == 0 {
					f.Severity = lint.Error
					f.Message = fmt.Sprintf("every address is in `%s`", source.Shorten(t.Value.Text))
				}
				p.Report(f)
			}
		})
	}
}
