package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// looseValueChecks are about one value that makes an item or a branch wide.
var looseValueChecks = []*lint.Check{
	{
		Code: "SIG0912", Name: "trivial-comparison", Severity: lint.Warning, Profiles: rs, YieldsTo: []string{"presence-only-branch"},
		Doc: lint.Doc{
			Title: "A comparison that hardly excludes anything",
			What: "A comparison that every legal value of its field meets: at least zero, or more than a negative number, on ports and counters, and up to the largest port or " +
				"beyond; a list under a comparison, of which the loosest value decides; `neq` as the only test of a branch.",
			Why:     "The test reads as a threshold and is none.",
			Bad:     exampleNetworkPort("DestinationPort|gte: 0"),
			Good:    exampleNetworkPort("DestinationPort|gte: 49152"),
			Fix:     "Write the limit that is meant.",
			Assumes: "ports run from 0 to 65535, and counts and sizes are never negative",
		},
		Document: trivialComparison,
	},
	{
		Code: "SIG0915", Name: "dominant-value", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "One short value decides the volume of a list",
			What: "A list of 4 or more values whose weakest has evidence 3 or less (option `most-evidence`), while the median of the list has 10 or more " +
				"(option `least-median`). Evidence is counted as for weak-branch.",
			Why:  "The short value is found in most of what the long ones mean, and in much else: the rule is as wide as that value.",
			Bad:  example("    selection:\n        Image|endswith: '/sh'\n        CommandLine|contains:\n            - 'lsof -i -n -P'\n            - 'netstat -antup'\n            - 'ss -antup state'\n            - ' -i'\n    condition: selection\n"),
			Good: example("    selection:\n        Image|endswith: '/sh'\n        CommandLine|contains:\n            - 'lsof -i -n -P'\n            - 'netstat -antup'\n            - 'ss -antup state'\n    condition: selection\n"),
			Fix:  "Write more of the short value, or leave it to a rule of its own.",
		},
		Options: []lint.Option{
			{Name: "most-evidence", Meaning: "evidence, in points, up to which the weakest value counts as short", Default: dominantEvidence, Min: 0, Max: 100},
			{Name: "least-median", Meaning: "evidence, in points, that the median of the list has to have", Default: dominatedMedian, Min: 1, Max: 1000},
		},
		Document: dominantValue,
	},
}

func exampleNetworkPort(item string) string {
	return strings.Replace(example("    selection:\n        Image|endswith: '/nc'\n        "+item+"\n    condition: selection\n"), "process_creation", "network_connection", 1)
}

// largestPort is the last of 16 bits (RFC 768, RFC 9293).
const largestPort = 65535

func trivialComparison(p *lint.Pass) {
	s, _ := sourceOf(p.Document)
	eachItem(p, func(d *rules.Detection, i *rules.Item) {
		if len(i.Tests) == 0 || i.Tests[0].Kind != rules.CompareTest {
			return
		}
		if polarity := p.Detections().Polarity(d); p.Rule != nil && polarity&rules.Positive == 0 {
			return
		}
		if len(i.Tests) > 1 && !i.All {
			loosest := i.Tests[0]
			for _, t := range i.Tests[1:] {
				if t.Kind != rules.CompareTest {
					return
				}
				if wider(t, loosest) {
					loosest = t
				}
			}
			p.Report(lint.Finding{
				Span:    i.Span(),
				Message: fmt.Sprintf("of the values of `%s` only the loosest counts, `%s`", source.Shorten(i.KeyText()), source.Shorten(loosest.Value.Node.Text())),
				Help:    "write that one value, or `all` where every limit has to hold",
			})
			return
		}
		for _, t := range i.Tests {
			if t.Kind == rules.CompareTest && alwaysHolds(s, i.Field, t) {
				p.Report(lint.Finding{
					Span:    t.Value.Node.Span,
					Message: fmt.Sprintf("every value of the field meets `%s: %s`", source.Shorten(i.KeyText()), source.Shorten(t.Value.Node.Text())),
					Help:    "write the limit that is meant",
				})
			}
		}
	})
	onlyUnequal(p)
}

// onlyUnequal reports branches whose only test is `neq`.
func onlyUnequal(p *lint.Pass) {
	seen := once{}
	eachBranch(p, func(b branch) {
		if len(b.positive) != 1 || !b.positive[0].item.Negated || !seen.first(b.positive[0].item.Span()) {
			return
		}
		i := b.positive[0].item
		p.Report(lint.Finding{
			Span:    i.Span(),
			Message: fmt.Sprintf("`%s` is the only test of the branch, and all values but one meet it", source.Shorten(i.KeyText())),
			Help:    "state what must be there, and exclude the value with `not`",
		})
	})
}

// wider reports that one comparison takes more than another of the same kind.
func wider(a, b *rules.Test) bool {
	if a.Compare == rules.Less || a.Compare == rules.LessOrEqual {
		return a.Number.Float > b.Number.Float
	}
	return a.Number.Float < b.Number.Float
}

// alwaysHolds reports a comparison that no legal value of the field fails.
func alwaysHolds(s sourced, field string, t *rules.Test) bool {
	port := s.typeOf(field) == taxonomy.Port
	if !port && !neverNegative(field) {
		return false
	}
	n := t.Number.Float
	switch t.Compare {
	case rules.GreaterOrEqual:
		return n <= 0
	case rules.Greater:
		return n < 0
	case rules.LessOrEqual:
		return port && n >= largestPort
	case rules.Less:
		return port && n > largestPort
	}
	return false
}

// neverNegative reports a field that holds a number of things or a size, by the end of its name: nothing smaller than zero.
func neverNegative(field string) bool {
	field = strings.ToLower(field)
	for _, end := range []string{"count", "bytes", "size", "length"} {
		if strings.HasSuffix(field, end) {
			return true
		}
	}
	return false
}

// The limits of the catalogue, which give 33 findings on the published rules.
const (
	dominatedList    = 4 // values; below it a median says nothing
	dominantEvidence = 3
	dominatedMedian  = 10
)

func dominantValue(p *lint.Pass) {
	if p.Rule == nil {
		return
	}
	most, median := float64(p.Int("most-evidence")), float64(p.Int("least-median"))
	eachItem(p, func(d *rules.Detection, i *rules.Item) {
		if len(i.Tests) < dominatedList || i.All || i.Negated || p.Rule.Detection.Polarity(d)&rules.Positive == 0 {
			return
		}
		var all []float64
		for _, t := range i.Tests {
			all = append(all, testEvidence(i, t))
		}
		weakest := weakestValue(i)
		least := all[weakest]
		slices.Sort(all)
		middle := all[len(all)/2]
		if len(all)%2 == 0 {
			middle = (middle + all[len(all)/2-1]) / 2
		}
		t := i.Tests[weakest]
		if least > most || middle < median || t.Value == nil || t.Value.Node == nil || t.Kind == rules.NullTest {
			return
		}
		p.Report(lint.Finding{
			Span:    t.Value.Node.Span,
			Message: fmt.Sprintf("%s decides how much the list of %d values matches", describeShort(i, t), len(all)),
			Help:    "write more of it, or leave it to a rule of its own",
		})
	})
}
