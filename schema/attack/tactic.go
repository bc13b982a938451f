package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
)

// judgeTactic judges an `attack.` tag whose name is not an id: a tactic, or what was meant as one.
func (r *reading) judgeTactic(i int, tag Tag) {
	name := tag.Name
	hyphened := strings.ReplaceAll(name, "_", "-")
	live := r.Attack.tacticDomains(hyphened)
	former := r.renamed(hyphened)
	switch {
	case former != nil && live&r.home() == 0:
		r.legacyTactic(i, tag, former, hyphened)
	case live == 0 && len(r.Attack.Tactic(hyphened)) > 0:
		r.deprecated(i, tag, Tactic)
	case live == 0:
		r.unknownTactic(i, tag, hyphened)
	case hyphened != name:
		meant := attackNamespace + "." + hyphened
		r.reportName(i, LegacyAttackTactic, Issue{
			Message: fmt.Sprintf("%s is written with underscores; ATT&CK tactics have hyphens.", quote(tag.Text)),
			Help:    instead(meant),
			Fix:     r.replace(i, Safe, meant),
		})
	case live&r.home() == 0 && !r.blind:
		r.foreignTactic(i, tag, live)
	default:
		r.tactics[name] = i
	}
}

// mobileProducts are logsource products that run on a phone or tablet.
var mobileProducts = map[string]bool{"android": true, "ios": true, "ipados": true}

// home are the domains a rule belongs to: those of its techniques, and enterprise unless product and techniques
// agree that it is about mobile devices.
func (r *reading) home() Domain {
	var home Domain
	for _, t := range r.techniques {
		home |= t.object.Domains
	}
	if mobileProducts[r.Product] {
		if home&Mobile != 0 {
			return home
		}
		return home | Mobile | Enterprise
	}
	return home | Enterprise
}

// renamed returns the live tactic of the rule's domains that had this short name in an earlier version, or nil.
func (r *reading) renamed(name string) *Object {
	home := r.home()
	for i := range r.Attack.objects {
		o := &r.Attack.objects[i]
		if o.Kind != Tactic {
			break // tactics come first
		}
		if o.Status == Live && o.Domains&home != 0 && slices.Contains(o.AlsoKnownAs, name) {
			return o
		}
	}
	return nil
}

// heirs decides which tactics a retired short name stands for in this rule (spec, 4.2): the tactics that the
// tagged techniques moved to from it. The candidates are the renamed tactic and those ATT&CK has added since in
// its domain. The fix is safe when a single tactic results and every technique tag is known.
//
// Techniques that were under the name and are under no candidate now leave nothing: nil. Without any technique
// that was under it, the renamed tactic is the best guess.
func (r *reading) heirs(renamed *Object, former string) ([]string, Safety) {
	var names []string
	asked := false
	for _, t := range r.techniques {
		if t.live == nil || t.live.Domains&renamed.Domains == 0 || !wasUnder(t, former) {
			continue
		}
		asked = true
		for _, tactic := range t.live.Tactics {
			if r.heir(tactic, renamed) {
				names = append(names, tactic)
			}
		}
	}
	names = unique(names)
	switch {
	case !asked:
		return []string{renamed.Shortname}, Unsafe
	case len(names) == 1 && !r.blind:
		return names, Safe
	}
	return names, Unsafe
}

// heir reports whether a tactic of today can be what a renamed one became.
func (r *reading) heir(tactic string, renamed *Object) bool {
	for _, o := range r.Attack.Tactic(tactic) {
		if o.Domains&renamed.Domains != 0 && (o.ID == renamed.ID || o.Added != "") {
			return true
		}
	}
	return false
}

// wasUnder reports whether the technique was filed under the former tactic: by the earlier list, by the last list
// of a retired id, or, for an id that is newer than the former tactic, possibly.
func wasUnder(t technique, former string) bool {
	return slices.Contains(t.live.LegacyTactics, former) ||
		slices.Contains(t.object.Tactics, former) ||
		t.live.LegacyTactics == nil && t.live.Added != ""
}

// legacyTactic reports a tactic name that ATT&CK gave up.
func (r *reading) legacyTactic(i int, tag Tag, renamed *Object, former string) {
	names, safety := r.heirs(renamed, former)
	issue := Issue{
		Message: fmt.Sprintf("%s is no longer a tactic of %s in %s.", quote(tag.Text), renamed.Domains, r.data()),
		Fix:     r.replace(i, safety, tagsOf(names)...),
	}
	switch {
	case names == nil:
		issue.Help = "The tagged techniques left it for tactics that existed before: remove the tag, and tag theirs."
	case safety == Safe:
		issue.Help = instead(tagsOf(names)...) + " That is where the tagged techniques are now."
	case len(names) > 1:
		issue.Help = instead(tagsOf(names)...) + " The tagged techniques have moved to all of them."
	default:
		issue.Help = instead(tagsOf(names)...) + fmt.Sprintf(" %s was renamed; no known technique tag of the rule decides.", renamed.ID)
	}
	r.reportName(i, LegacyAttackTactic, issue)
}

// foreignTactic reports a tactic of a domain that nothing else in the rule belongs to.
func (r *reading) foreignTactic(i int, tag Tag, of Domain) {
	issue := Issue{
		Message: fmt.Sprintf("%s is a tactic of %s, but no technique of it is tagged.", quote(tag.Text), of),
		Help:    "Tag a technique of " + of.String() + ", or a tactic of " + r.home().String() + ".",
	}
	for _, o := range r.Attack.objects {
		if o.Kind != Tactic {
			break
		}
		for _, former := range o.AlsoKnownAs { // `evasion` for what was `defense-evasion`
			if o.Domains&r.home() != 0 && strings.HasSuffix(former, "-"+tag.Name) {
				names, _ := r.heirs(&o, former)
				issue.Help = "For " + o.Domains.String() + ", write " + quoteTags(tagsOf(names)) + "."
				if names == nil {
					issue.Help = "Remove the tag, or tag a technique of " + of.String() + "."
				}
			}
		}
	}
	r.reportName(i, AttackDomainMismatch, issue)
}

// unknownTactic reports a name that is neither a tactic nor an id, and looks for what it may have been.
func (r *reading) unknownTactic(i int, tag Tag, hyphened string) {
	issue := Issue{
		Message: fmt.Sprintf("%s names nothing in %s.", quote(tag.Text), r.data()),
		Help:    "Write a tactic (`attack.execution`) or an id (`attack.t1059.001`).",
	}
	if near := nearest.Of(hyphened, r.Attack.liveTactics(r.home()), nearest.Suggestions); near != nil {
		issue.Help = "Did you mean " + quoteTags(tagsOf(near)) + "?"
		if len(near) == 1 {
			issue.Fix = r.replace(i, Unsafe, tagsOf(near)...)
		}
	} else if named := r.Attack.named(tag.Name); len(named) > 0 {
		var ids []string
		for _, o := range named {
			ids = append(ids, o.ID)
		}
		issue.Help = "Tags take the id: " + r.titles(ids) + "."
		if len(ids) == 1 && !unspecified(named[0].Kind) {
			issue.Fix = r.replace(i, Unsafe, tagsOf(ids)...)
		}
	}
	r.reportName(i, UnknownAttackTag, issue)
}
