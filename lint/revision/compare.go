package revision

import (
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Comparison is what differs between two trees.
type Comparison struct {
	Rules        []Rule // that differ in anything but layout
	Same         int    // rules that do not
	Filters      []Filter
	Correlations []Correlation
	Skipped      []Pair   // documents of no known kind that differ: their meaning is not compared
	Unread       []Unread // files with something that could not be read, so that rules in them were not compared
}

// Verdict says what became of a rule.
type Verdict string

// The verdicts: the classes of logic.Change, and documents that only one tree has.
const (
	Equivalent Verdict = "equivalent"
	Narrowed   Verdict = "narrowed"
	Widened    Verdict = "widened"
	Both       Verdict = "both"
	Unknown    Verdict = "unknown"
	Added      Verdict = "added"
	Removed    Verdict = "removed"
)

// Verdicts are all verdicts, the ones that need a look first.
var Verdicts = []Verdict{Removed, Both, Narrowed, Unknown, Widened, Added, Equivalent}

// Rule is a rule that differs.
type Rule struct {
	Pair
	Was, Is  *rules.Rule // nil where the rule is not
	Verdict  Verdict
	Change   logic.Change // of an added or removed rule only Lost and Gained are set
	Metadata []Attribute  // of rules that both trees have
	Moved    bool         // the file has another path
}

// Loses reports that a detection was lost for certain, and whether that could not be decided.
func (r Rule) Loses() (yes, unsure bool) {
	return r.Change.Lost.Verdict == logic.Yes, r.Change.Lost.Verdict == logic.Unknown
}

// Gains is Loses for events that only the new version matches.
func (r Rule) Gains() (yes, unsure bool) {
	return r.Change.Gained.Verdict == logic.Yes, r.Change.Gained.Verdict == logic.Unknown
}

// Compare compares documents that were paired. options gives what is assumed about the events of a rule.
func Compare(pairs []Pair, options func(*rules.Rule) logic.Options) Comparison {
	var out Comparison
	for _, p := range pairs {
		if p.Context {
			continue
		}
		switch kindOf(p) {
		case kindRule:
			r := newRule(p)
			if r.compare(options); r.differs() {
				out.Rules = append(out.Rules, r)
			} else {
				out.Same++
			}
		case kindUnknown:
			if p.Added() || p.Removed() || !same(p.Old.Document.Base().Root, p.New.Document.Base().Root) {
				out.Skipped = append(out.Skipped, p)
			}
		}
	}
	out.Filters = filters(pairs, options)
	out.Correlations = correlations(pairs, options, out.Rules)
	return out
}

func newRule(p Pair) Rule {
	r := Rule{Pair: p}
	r.Was, _ = p.Old.Document.(*rules.Rule)
	r.Is, _ = p.New.Document.(*rules.Rule)
	return r
}

func (r *Rule) differs() bool {
	return r.Verdict != Equivalent || len(r.Metadata) > 0 || len(r.Change.Edits) > 0 || r.Moved || r.Change.Logs != logic.SameLogs ||
		!same(logsource(r.Was), logsource(r.Is))
}

func logsource(r *rules.Rule) *source.Node { return r.Logsource.Node }

func (r *Rule) compare(options func(*rules.Rule) logic.Options) {
	switch {
	case r.Is == nil:
		r.Verdict = Removed
		r.Change.Gained.Verdict = logic.No
		r.Change.Lost.Answer = logic.NewProver(options(r.Was)).Satisfiable(logic.FromRule(r.Was))
	case r.Was == nil:
		r.Verdict = Added
		r.Change.Lost.Verdict = logic.No
		r.Change.Gained.Answer = logic.NewProver(options(r.Is)).Satisfiable(logic.FromRule(r.Is))
	default:
		r.Metadata = Metadata(r.Was, r.Is)
		r.Moved = moved(r.Pair)
		r.Change = logic.NewProver(options(r.Is)).Changes(r.Was, r.Is)
		r.Verdict = Verdict(r.Change.Class.String())
	}
}

// verdictOf sums up whether events were lost and gained.
func verdictOf(lost, gained logic.Verdict) Verdict {
	switch {
	case lost == logic.Unknown || gained == logic.Unknown:
		return Unknown
	case lost == logic.Yes && gained == logic.Yes:
		return Both
	case lost == logic.Yes:
		return Narrowed
	case gained == logic.Yes:
		return Widened
	}
	return Equivalent
}
