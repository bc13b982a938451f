package revision

import (
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Comparison is what differs between two trees.
type Comparison struct {
	Rules   []Rule // that differ in anything but layout
	Same    int    // rules that do not
	Skipped []Pair // correlations, filters and documents of no known kind that differ: their meaning is not compared
}

// Verdict says what became of a rule.
type Verdict string

// The verdicts: the classes of logic.Change, and rules that only one tree has.
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

// Compare compares rules that were paired. options gives what is assumed about the events of a rule.
func Compare(pairs []Pair, options func(*rules.Rule) logic.Options) Comparison {
	var out Comparison
	for _, p := range pairs {
		was, isRule := p.Old.Document.(*rules.Rule)
		is, stillRule := p.New.Document.(*rules.Rule)
		switch {
		case !isRule && !stillRule:
			if p.Added() || p.Removed() || text(p.Old.Document.Base().Root) != text(p.New.Document.Base().Root) {
				out.Skipped = append(out.Skipped, p)
			}
		default:
			r := Rule{Pair: p, Was: was, Is: is}
			if r.compare(options); r.differs() {
				out.Rules = append(out.Rules, r)
			} else {
				out.Same++
			}
		}
	}
	return out
}

func (r *Rule) differs() bool {
	return r.Verdict != Equivalent || len(r.Metadata) > 0 || len(r.Change.Edits) > 0 || r.Moved || r.Change.Logs != logic.SameLogs ||
		text(logsource(r.Was)) != text(logsource(r.Is))
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
