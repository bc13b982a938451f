package attack

import (
	"fmt"
	"slices"
	"sort"
)

// judgeCoverage compares techniques and tactics of the rule as a whole.
func (r *reading) judgeCoverage() {
	r.missingTactics()
	r.redundantParents()
	if r.blind {
		return
	}
	r.unsupportedTactics()
	r.otherDomain()
	if len(r.techniques) == 0 {
		r.report(WholeList, NoAttackTechnique, 0, 0, Issue{
			Message: "No ATT&CK technique is tagged.",
			Help:    "Add the technique that the rule detects: `attack.t1059.001`.",
		})
	}
}

// missing collects the tactics that some techniques lack.
type missing struct {
	techniques []int
	tactics    []string
}

func (m *missing) add(index int, tactics []string) {
	m.techniques = append(m.techniques, index)
	m.tactics = unique(append(m.tactics, tactics...))
}

// missingTactics reports techniques of which no tactic, or not every tactic, is tagged: one issue of each kind for
// the whole rule. Retired techniques are left to their own issue.
func (r *reading) missingTactics() {
	var without, incomplete missing
	forced := true // every technique without tactic has a single one, so there is no choice
	for _, t := range r.techniques {
		if t.object.Status != Live {
			continue
		}
		var lacks []string
		for _, tactic := range t.object.Tactics {
			if _, tagged := r.tactics[tactic]; !tagged {
				lacks = append(lacks, tactic)
			}
		}
		switch len(lacks) {
		case 0:
		case len(t.object.Tactics):
			without.add(t.index, lacks)
			forced = forced && len(lacks) == 1
		default:
			incomplete.add(t.index, lacks)
		}
	}
	if without.techniques != nil {
		r.withoutTactic(without, forced)
	}
	if incomplete.techniques != nil {
		r.incompleteTactics(incomplete, without.tactics)
	}
}

func (r *reading) withoutTactic(m missing, forced bool) {
	i := m.techniques[0]
	issue := Issue{
		Message: fmt.Sprintf("No tactic of %s is tagged (%s).", r.withMore(m.techniques), r.data()),
		Help:    "Add those that apply: " + quoteTags(tagsOf(m.tactics)) + ".",
		Related: append([]int(nil), m.techniques[1:]...),
		Fix:     Fix{Safety: Unsafe, Action: Add, Tags: tagsOf(m.tactics)},
	}
	if forced {
		issue.Help, issue.Fix.Safety = "Add "+quoteTags(tagsOf(m.tactics))+".", Safe
	}
	r.reportName(i, TechniqueWithoutTactic, issue)
}

// incompleteTactics leaves to the other issue's fix what that adds already.
func (r *reading) incompleteTactics(m missing, elsewhere []string) {
	i := m.techniques[0]
	issue := Issue{
		Message: fmt.Sprintf("Not all tactics of %s are tagged (%s).", r.withMore(m.techniques), r.data()),
		Help:    "Add " + quoteTags(tagsOf(m.tactics)) + ".",
		Related: append([]int(nil), m.techniques[1:]...),
	}
	var add []string
	for _, tactic := range m.tactics {
		if !slices.Contains(elsewhere, tactic) {
			add = append(add, tactic)
		}
	}
	if add != nil {
		issue.Fix = Fix{Safety: Safe, Action: Add, Tags: tagsOf(add)}
	}
	r.reportName(i, IncompleteTactics, issue)
}

// withMore names the first of several tags: "`attack.t1059` and 2 more techniques".
func (r *reading) withMore(at []int) string {
	first := quote(r.tags[at[0]].Text)
	switch len(at) {
	case 1:
		return first
	case 2:
		return first + " and " + quote(r.tags[at[1]].Text)
	}
	return fmt.Sprintf("%s and %d more techniques", first, len(at)-1)
}

// unsupportedTactics reports the tactics to which no tagged technique belongs: one issue for the rule. A retired
// technique supports its last tactics and those of its successor.
func (r *reading) unsupportedTactics() {
	if len(r.techniques) == 0 {
		return
	}
	supported := map[string]bool{}
	for _, t := range r.techniques {
		for _, tactic := range t.object.Tactics {
			supported[tactic] = true
		}
		if t.live != nil {
			for _, tactic := range t.live.Tactics {
				supported[tactic] = true
			}
		}
	}
	var orphans []int
	for tactic, i := range r.tactics {
		// A tactic that a fix brings has its issue already.
		if !supported[tactic] && r.tags[i].Text == attackNamespace+"."+tactic {
			orphans = append(orphans, i)
		}
	}
	if orphans == nil {
		return
	}
	sort.Ints(orphans)
	var tags []string
	for _, i := range orphans {
		tags = append(tags, r.tags[i].Text)
	}
	subject := "a tactic"
	if len(orphans) > 1 {
		subject = fmt.Sprintf("one of %d tactics", len(orphans))
	}
	r.reportName(orphans[0], UnsupportedTactic, Issue{
		Message: fmt.Sprintf("%s is %s that no tagged technique belongs to in %s.", quote(tags[0]), subject, r.data()),
		Help:    "Tag a technique for " + quoteTags(tags) + ", or leave it out.",
		Related: orphans[1:],
	})
}

// redundantParents reports a technique beside one of its own sub-techniques.
func (r *reading) redundantParents() {
	for _, parent := range r.techniques {
		if parent.object.Status != Live {
			continue
		}
		var subs []int
		for _, sub := range r.techniques {
			if sub.object.Status == Live && Parent(sub.object.ID) == parent.object.ID {
				subs = append(subs, sub.index)
			}
		}
		if subs == nil {
			continue
		}
		r.reportName(parent.index, RedundantParentTechnique, Issue{
			Message: fmt.Sprintf("%s is implied by its sub-technique %s.", quote(r.tags[parent.index].Text), quote(r.tags[subs[0]].Text)),
			Help:    "Remove the parent.",
			Related: subs,
			Fix:     Fix{Safety: Safe, Action: Remove},
		})
	}
}

// enterpriseProducts are logsource products that nobody runs on a phone or a controller alone.
var enterpriseProducts = map[string]bool{
	"windows": true, "linux": true, "macos": true,
	"aws": true, "azure": true, "gcp": true, "m365": true, "okta": true, "google_workspace": true,
}

// otherDomain reports a rule on an enterprise logsource all of whose ATT&CK tags are Mobile or ICS.
func (r *reading) otherDomain() {
	if !enterpriseProducts[r.Product] || len(r.techniques) == 0 {
		return
	}
	var of Domain
	for _, t := range r.techniques {
		of |= t.object.Domains
	}
	if of&Enterprise != 0 {
		return
	}
	for tactic := range r.tactics {
		if r.Attack.tacticDomains(tactic)&of == 0 {
			return
		}
	}
	first := r.techniques[0].index
	r.reportName(first, AttackDomainMismatch, Issue{
		Message: fmt.Sprintf("All ATT&CK tags, %s first, are of %s; the logsource is %s.", quote(r.tags[first].Text), of, r.Product),
		Help:    "Check that the techniques of Enterprise were not meant.",
		Grade:   GradeInfo,
	})
}
