package checks

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// volumeChecks look at what was counted in recorded events.
var volumeChecks = []*lint.Check{
	{
		Code: "SIG0918", Name: "broad-against-baseline", Severity: lint.Warning, Profiles: rs, Needs: lint.NeedsBaseline,
		YieldsTo: []string{"matches-everything", "no-positive-test"},
		Doc: lint.Doc{
			Title: "The rule fires all the time on recorded events",
			What: "Only with `--events`: the rule, exclusions included, fires on at least 1 in 1,000 of the recorded events of its log source (option `least-share`) " +
				"and on 5 or more, through a branch whose tests together ask for fewer than 15 bits (option `most-bits`), by the share of the events on which each of them holds. " +
				"Events that name another channel or event id than those of the log source do not count. The level of the rule plays no part.",
			Why: "Nobody reads an alert that comes all the time. A branch of many bits that fires often found what it looks for; one of few bits cannot but fire.",
			Fix: "Add a test that the ordinary events fail, or exclude what they share; `sigtune tune` proposes exclusions.",
			Assumes: "that the events are ordinary ones; in a recording of an attack a good rule fires often. Fields count as independent, so a branch is rather broader than its " +
				"bits say",
		},
		Options: []lint.Option{
			{Name: "most-bits", Meaning: "specificity, in bits, from which on a branch is not broad", Default: broadBits, Min: 1, Max: 100},
			{Name: "least-share", Meaning: "events per 1,000 on which a rule has to fire", Default: broadShare, Min: 1, Max: 1000},
		},
		Document: broadAgainstBaseline,
	},
}

// The limits of the catalogue. Fewer than fewFirings events are no share.
const (
	broadBits  = 15
	broadShare = 1 // per 1,000
	fewFirings = 5
	perMille   = 1000
)

// Branches are the ways in which a rule can hold, each a conjunction of items; exclusions are left out. It is nil for a rule whose condition
// has no certain meaning or too many of them.
func Branches(r *rules.Rule) [][]*rules.Item {
	var out [][]*rules.Item
	for _, b := range ruleBranches(r) {
		var items []*rules.Item
		for _, t := range b.positive {
			items = append(items, t.item)
		}
		out = append(out, items)
	}
	return out
}

func broadAgainstBaseline(p *lint.Pass) {
	if p.Rule == nil || p.Facts == nil || p.Facts.Events == nil {
		return
	}
	counts, ok := p.Facts.Events.Of(p.Rule)
	if !ok || counts.Fired < fewFirings || counts.Fired*perMille < counts.Events*p.Int("least-share") {
		return
	}
	branches := branchesOf(p)
	if len(branches) != len(counts.Branches) {
		return
	}
	var worst *volume.Branch
	at := 0
	bits := 0.0
	for k := range counts.Branches {
		b := &counts.Branches[k]
		asked, known := b.Bits()
		if known && b.Fired >= fewFirings && b.Fired*perMille >= counts.Events*p.Int("least-share") && asked < float64(p.Int("most-bits")) && (worst == nil || b.Fired > worst.Fired) {
			worst, at, bits = b, k, asked
		}
	}
	if worst == nil {
		return
	}
	item, value := carrier(worst)
	t := branches[at].positive[indexOf(worst, item)]
	span, what := t.item.Span(), "`"+shorter(t.item.KeyText())+"`"
	if value != nil && value.Value != nil && value.Value.Node != nil {
		span, what = value.Value.Node.Span, "`"+shorter(value.Value.Node.Text())+"`"
	}
	p.Report(lint.Finding{
		Span:    span,
		Message: fmt.Sprintf("`%s` matched %s of %s events, carried by %s", shorter(t.detection.Name), percent(worst.Fired, counts.Events), thousands(counts.Events), what),
		Help:    fmt.Sprintf("add a test that ordinary events fail: all tests of this branch ask for %.0f bits, which one event in %s has by chance", bits, oneIn(bits)),
		Related: []lint.Related{{Span: t.detection.Key.Span, Message: "in this identifier"}},
	})
}

// carrier is the item of a branch that excludes most, and of its values the one that takes most of what it lets through.
func carrier(b *volume.Branch) (*volume.Item, *rules.Test) {
	best := &b.Items[0]
	for k := range b.Items {
		if b.Items[k].Bits() > best.Bits() {
			best = &b.Items[k]
		}
	}
	if best.Item.All || best.Item.Negated || len(best.Tests) != len(best.Item.Tests) {
		if len(best.Item.Tests) == 1 {
			return best, best.Item.Tests[0]
		}
		return best, nil
	}
	widest := 0
	for k, n := range best.Tests {
		if n > best.Tests[widest] {
			widest = k
		}
	}
	return best, best.Item.Tests[widest]
}

func indexOf(b *volume.Branch, i *volume.Item) int {
	for k := range b.Items {
		if &b.Items[k] == i {
			return k
		}
	}
	return 0
}

// percent is a share with one decimal, two below one percent.
func percent(part, whole int) string {
	share := 100 * float64(part) / float64(whole)
	if share < 1 {
		return fmt.Sprintf("%.2f %%", share)
	}
	return fmt.Sprintf("%.1f %%", share)
}

// thousands writes a number in groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// oneIn is the number of events of which one has so many bits.
func oneIn(bits float64) string { return thousands(1 << int(bits+0.5)) }

// Specificity says in words how much a rule asks for without looking at events: about so many bits, which branch is weakest and what carries
// it. It is an estimate, for information: nothing depends on it.
type Specificity struct {
	Bits      float64
	Branches  int
	Detection *rules.Detection // of the carrying item
	Item      *rules.Item      // which carries the weakest branch
	Value     *rules.Test      // its weakest value, nil where it has none in the source
}

// SpecificityOf is false for a rule without a branch of positive tests: there is nothing to estimate.
func SpecificityOf(r *rules.Rule) (Specificity, bool) {
	var out Specificity
	found := false
	for _, b := range ruleBranches(r) {
		out.Branches++
		var items []*rules.Item
		of := map[*rules.Item]*rules.Detection{}
		for _, t := range b.positive {
			items = append(items, t.item)
			of[t.item] = t.detection
		}
		e := volume.OfBranch(r.Logsource, items)
		if e.Item == nil {
			return Specificity{}, false // this branch asks for nothing
		}
		if !found || e.Bits < out.Bits {
			out.Bits, out.Item, out.Value, out.Detection, found = e.Bits, e.Item, e.Value, of[e.Item], true
		}
	}
	return out, found
}

// Words is the sentence that people read.
func (s Specificity) Words() string {
	carrier := "`" + source.Shorten(s.Item.KeyText()) + "`"
	if s.Item.Keyword() {
		carrier = "keywords"
	}
	if s.Value != nil && s.Value.Value != nil && s.Value.Value.Node != nil && s.Value.Value.Node.Kind == source.Scalar {
		carrier = describe(s.Item, s.Value)
	}
	branch := "carried by " + carrier
	if s.Branches > 1 {
		branch = fmt.Sprintf("the weakest of %d branches is %s", s.Branches, branch)
	}
	return strings.Replace(fmt.Sprintf("about %.0f bits; %s in `%s`", s.Bits, branch, source.Shorten(s.Detection.Name)), "about 1 bits", "about 1 bit", 1)
}
