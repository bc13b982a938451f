package tuning

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file chooses between the two ways to read a text, by conditions and by values, and says what of it neither holds.

// repeats reports that the reading by values has every value of the one by conditions: then it leaves nothing out.
func (t *tuner) repeats(spoken [][]scenario.Condition, s scenario.Scenario) bool {
	var texts []string
	for _, m := range scenario.Mentions(scenario.Scenario{Exclusion: s.Exclusion}, t.ground.fields()) {
		texts = append(texts, strings.ToLower(m.Value.Text))
	}
	all := strings.Join(texts, "\n")
	for _, g := range spoken {
		for _, c := range g {
			for _, v := range c.Values {
				if !strings.Contains(all, strings.ToLower(v.Text)) && t.ground.possible(c, v, 2*longestNote) {
					return false
				}
			}
		}
	}
	return true
}

// beside notes what a description says beside its values, and keeps its filter from being applied unasked.
func (t *tuner) beside(s scenario.Scenario, out *Outcome) {
	for _, text := range distinct(t.ground.background) {
		out.Notes = append(out.Notes, fmt.Sprintf("“%s” is read as background, not as a condition", text))
		out.remarks = true
	}
	for _, limit := range scenario.Limits(s) {
		out.Notes = append(out.Notes, fmt.Sprintf("“%s” is not in the filter: no event says it", limit))
		out.remarks = true
	}
}

// left notes the values that only the other reading of a description has.
func (t *tuner) left(groups [][]scenario.Condition, s scenario.Scenario, out *Outcome) {
	all := strings.ToLower(strings.Join(t.ground.background, "\n"))
	for _, m := range scenario.Mentions(s, t.ground.fields()) {
		all += "\n" + strings.ToLower(m.Value.Text)
	}
	for _, g := range groups {
		for _, c := range g {
			for _, v := range c.Values {
				if (v.Quoted || v.BareTool || v.Shape.Located() || v.Shape == scenario.ShapeFileName) && !strings.Contains(all, strings.ToLower(strings.Trim(v.Text, " "))) && t.ground.possible(c, v, 2*longestNote) {
					out.Notes = append(out.Notes, fmt.Sprintf("“%s” is not in the filter", v.Text))
					out.remarks = true
				}
			}
		}
	}
}

// credible are the conditions of a description without the values that cannot be any.
func (t *tuner) credible(spoken [][]scenario.Condition, words int) [][]scenario.Condition {
	var out [][]scenario.Condition
	for _, g := range spoken {
		var kept []scenario.Condition
		for _, c := range g {
			kept = append(kept, t.ground.plausible(c, words))
		}
		out = append(out, kept)
	}
	return out
}

// waiting are the parts of an exclusion that only the site can fill in.
func waiting(groups [][]Condition) []Open {
	var out []Open
	for _, g := range groups {
		for _, c := range g {
			if c.Placeholder {
				out = append(out, Open{Phrase: c.Phrase})
			}
		}
	}
	return out
}

// covered reports that each part of an exclusion that was left open holds a value of another reading: then nothing is lost by that one.
func (t *tuner) covered(open []Open, s scenario.Scenario) bool {
	mentions := scenario.Mentions(scenario.Scenario{Exclusion: s.Exclusion}, t.ground.fields())
	for _, o := range open {
		rest := o.Phrase
		for _, c := range concepts {
			rest = c.words.ReplaceAllString(rest, " ")
		}
		found := o.Examples || len(scenario.Content(addressWords.ReplaceAllString(rest, " "))) == 0
		for _, m := range mentions {
			found = found || strings.Contains(strings.ToLower(o.Phrase), strings.ToLower(m.Value.Text))
		}
		if !found {
			return false
		}
	}
	return true
}

// mixed reports programs beside paths that are none.
func mixed(values []scenario.Value) bool {
	program, other := false, false
	for _, v := range values {
		exe := hasExtension(v.Text, programExtensions)
		program = program || exe
		other = other || !exe && (v.Shape.Located() || v.Shape == scenario.ShapeRegistry)
	}
	return program && other
}

// installed finds a note on where a product is installed: then its name says the place.
var installed = regexp.MustCompile(`(?i)\b(?:default|standard|usual|per[- ]user|system[- ]wide|user) (?:install(?:ation)?|location|path|folder|director(?:y|ies))\b|\binstalled in its\b`)

// perUser finds a note on an installation in users' own directories.
var perUser = regexp.MustCompile(`(?i)\bper[- ]user install|\buser (?:profiles?|install(?:ation)?)\b`)

// broadRemark finds words of a remark on what may happen anywhere, instead of a note on what did.
var broadRemark = regexp.MustCompile(`(?i)^(?:legit|other |any |some |many |certain |various |known |unknown|rare|unlikely|possible|potential)|\b(?:might|may|could|likely|unlikely|possibly|potentially|expected|environment)\b`)

func concreteProposal(o Outcome) bool {
	for _, p := range o.Proposals {
		if len(p.Fill) == 0 {
			return true
		}
	}
	return false
}

// misread reports an exclusion whose sentences were not understood as conditions: one of its values is in none of them, or a list holds things
// of two sorts.
func (t *tuner) misread(spoken [][]scenario.Condition, s scenario.Scenario) bool {
	if len(spoken) == 0 {
		return true
	}
	var texts []string
	for _, g := range spoken {
		for _, c := range g {
			kinds := map[bool]bool{}
			for _, v := range c.Values {
				texts = append(texts, strings.ToLower(v.Text))
				kinds[v.Shape == scenario.ShapeFlag || v.Shape == scenario.ShapeWord || v.Shape == scenario.ShapeName] = true
			}
			if len(c.Values) > 1 && (c.Role == scenario.RoleProcess || c.Role == scenario.RoleParent || c.Role == scenario.RoleUnstated) && mixed(c.Values) {
				return true
			}
			if c.Role == scenario.RoleUser {
				for _, v := range c.Values {
					if hasExtension(v.Text, programExtensions) || v.Shape == scenario.ShapeFlag {
						return true
					}
				}
			}
			if len(kinds) > 1 && c.Role != scenario.RoleUnstated && c.Role != scenario.RoleProcess && c.Role != scenario.RoleParent && c.Role != scenario.RoleUser {
				return true
			}
		}
	}
	all := strings.Join(texts, "\n")
	for _, m := range scenario.Mentions(scenario.Scenario{Exclusion: s.Exclusion}, t.ground.fields()) {
		if m.Artefact() && !t.ground.remark(m) && !strings.Contains(all, strings.ToLower(m.Value.Text)) {
			return true
		}
	}
	return false
}
