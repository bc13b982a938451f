package tuning

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// variant is one way to write an exclusion.
type variant struct {
	title  string
	groups [][]Condition
	order  int // among proposals of the same standing
}

// variants are the ways to write an exclusion: without the parents that start everything, at the places where the
// products are installed, and as it was written.
func (t *tuner) variants(groups [][]Condition) []variant {
	written := variant{title: "as written", groups: groups, order: 3}
	if len(fill(groups)) > 0 {
		written.title = "with your own values"
	}
	base, without := groups, ""
	var out []variant
	if narrowed, dropped := t.withoutBroadParents(groups); len(dropped) > 0 {
		base, without = narrowed, "without "+strings.Join(dropped, ", ")
		out = append(out, variant{title: without, groups: narrowed})
		without = ", " + without
	} else {
		written.order = 0
	}
	grade := t.judged(base)
	if placed, ok := t.placed(base); ok && grade != safety.D { // what swallows swallows in the usual directories, too
		if written.order == 0 && grade == safety.C {
			written.order = 3
		}
		out = append(out, variant{title: "where administrators install programs" + without, groups: placed, order: 1})
	}
	if anchored, ok := t.anchored(base); ok {
		out = append(out, variant{title: "at its default path" + without, groups: anchored, order: 2})
	}
	return append(out, written)
}

// judged is the grade of an exclusion as it was written.
func (t *tuner) judged(groups [][]Condition) safety.Grade {
	d, err := detection(block("scenario", groups))
	if err != nil {
		return safety.D
	}
	return t.judge.Filter(d).Grade
}

// withoutBroadParents leaves out parents whose children are a whole class of activity, where others are named beside them.
func (t *tuner) withoutBroadParents(groups [][]Condition) (out [][]Condition, dropped []string) {
	for _, g := range groups {
		var conditions []Condition
		for _, c := range g {
			if hasRole(c, scenario.RoleParent) && len(c.Values) > 1 && !namesPath(g) {
				var kept, broad []string
				for _, v := range c.Values {
					if _, startsAll := safety.BroadParent(t.ground.platform, v); startsAll {
						broad = append(broad, "`"+baseName(v)+"`")
					} else {
						kept = append(kept, v)
					}
				}
				if len(kept) > 0 {
					c.Values, dropped = kept, append(dropped, broad...)
				}
			}
			conditions = append(conditions, c)
		}
		out = append(out, conditions)
	}
	return out, distinct(dropped)
}

// namesPath reports an AND that names a path in another field than that of the parent: whatever starts it, it is narrow.
func namesPath(conditions []Condition) bool {
	for _, c := range conditions {
		for _, v := range c.Values {
			if !hasRole(c, scenario.RoleParent) && !c.Negated && !c.Placeholder && strings.Count(v, `\`)+strings.Count(v, "/") > 1 {
				return true
			}
		}
	}
	return false
}

func hasRole(c Condition, role scenario.Role) bool {
	for _, r := range c.Roles {
		if r == role {
			return true
		}
	}
	return false
}

func baseName(value string) string { return value[strings.LastIndexAny(value, `/\`)+1:] }

// anchored writes parents that the product table knows by the whole path of a default installation.
func (t *tuner) anchored(groups [][]Condition) (out [][]Condition, ok bool) {
	for _, g := range groups {
		var conditions []Condition
		for _, c := range g {
			if hasRole(c, scenario.RoleParent) && c.Modifier == "endswith" && !c.Placeholder {
				if paths := t.installed(c.Values); len(paths) > 0 {
					c.Modifier, c.Values, ok = "", paths, true
				}
			}
			conditions = append(conditions, c)
		}
		out = append(out, conditions)
	}
	return out, ok
}

// installed gives the default paths of all values, or nothing when the table lacks one of them.
func (t *tuner) installed(values []string) []string {
	if t.ground.platform == nil {
		return nil
	}
	var out []string
	for _, v := range values {
		name := baseName(v)
		found := false
		for _, p := range scenario.LookupProduct(strings.TrimSuffix(name, ".exe"), t.ground.platform.Product) {
			for _, image := range p.Images {
				if strings.EqualFold(baseName(image), name) && p.Confidence != scenario.Check {
					out = append(out, image)
					found = true
				}
			}
		}
		if !found {
			return nil
		}
	}
	return distinct(out)
}

// proposal writes a variant into the rule and judges what it wrote.
func (t *tuner) proposal(o *Outcome, v variant) (Proposal, error) {
	v.groups = t.needed(v.groups)
	name := edit.UniqueName(t.rule, t.name(v.groups))
	p := Proposal{Name: name, Title: v.title, Conditions: v.groups, Block: block(name, v.groups), Rank: v.order}
	if d, err := detection(p.Block); err != nil {
		return p, err
	} else if p.Safety = t.judge.Filter(d); p.Safety.Grade == safety.D {
		return p, nil
	}
	p.Fill = fill(v.groups)
	after, edits, err := t.write(t.text, name, v.groups, o)
	if err != nil {
		return p, err
	}
	p.RuleAfter, p.Edits, p.Into = after.text, edits, after.into
	t.drawn(&p)
	p.Recommended = len(p.Fill) == 0 && (p.Safety.Grade == safety.A || p.Safety.Grade == safety.B)
	if queries, _, err := kql.Translate(after.rule, t.queryOptions); err == nil && len(queries) > 0 {
		p.QueryAfter = queries[0].Text
		p.QueryHidden = t.hiddenQuery(p.Block)
	}
	return p, nil
}

// drawn asks the linter about the filter that was written. What it finds of exclusions in the rule now, and did not before, in the families
// about what a rule and its filters do (08: parts that do nothing; 09: breadth; 10: exclusions) is said beside the grade, which then is C at best: a filter that
// draws a finding is shown, and never applied unasked. Placeholders are left out, because nobody can say what they do before they are filled in.
func (t *tuner) drawn(p *Proposal) {
	if len(p.Fill) > 0 {
		return
	}
	count := map[string]int{}
	for _, f := range t.result.Findings {
		count[f.Check.Name]++
	}
	for _, f := range t.lint(p.RuleAfter) {
		if count[f.Check.Name]--; count[f.Check.Name] >= 0 || !filterFamilies[f.Check.Family()] {
			continue
		}
		p.Safety.Reasons = append(p.Safety.Reasons, fmt.Sprintf("the linter says of it (%s): %s", f.Check.Name, f.Message))
		if p.Safety.Grade < safety.C {
			p.Safety.Grade = safety.C
		}
	}
}

// filterFamilies are the families of checks about what filters do.
var filterFamilies = map[string]bool{"08": true, "09": true, "10": true}

// needed leaves out of lists the values that the rule already excludes, or never finds: they would do nothing, and the linter would say so
// (family 10). A value less is narrower, so this is safe; the last one stays, for the verdict to speak about it.
func (t *tuner) needed(groups [][]Condition) [][]Condition {
	if len(fill(groups)) > 0 {
		return groups
	}
	out := copyGroups(groups)
	for _, g := range out {
		for k := range g {
			c := g[k]
			if c.All || c.Negated || len(c.Values) < 2 {
				continue
			}
			var kept []string
			for _, v := range c.Values {
				g[k].Values = []string{v}
				d, err := detection(block("scenario", [][]Condition{g}))
				if err != nil || t.prover.Satisfiable(logic.And(t.formula, logic.FromDetection(d))).Verdict != logic.No {
					kept = append(kept, v)
				}
			}
			g[k].Values = c.Values
			if len(kept) > 0 {
				g[k].Values = kept
			}
		}
	}
	return out
}

// rank orders proposals: those that can be applied first, then by variant. Concrete ones come before those with placeholders.
func rank(list []Proposal) {
	standing := func(p Proposal) int {
		switch {
		case p.Recommended:
			return 0
		case len(p.Fill) == 0:
			return 1
		}
		return 2
	}
	sort.SliceStable(list, func(i, j int) bool {
		if a, b := standing(list[i]), standing(list[j]); a != b {
			return a < b
		}
		return list[i].Rank < list[j].Rank
	})
	for i := range list {
		list[i].Rank = i + 1
		list[i].Recommended = list[i].Recommended && i == 0
	}
}

func fill(groups [][]Condition) []string {
	var out []string
	for _, g := range groups {
		for _, c := range g {
			if c.Placeholder {
				out = append(out, c.Values...)
			}
		}
	}
	return distinct(out)
}

// The prefixes of filter names (SigmaHQ's convention): what the platform does itself, and what a site may have.
const (
	mainPrefix     = "filter_main_"
	optionalPrefix = "filter_optional_"
)

// name is what the identifier is called: after who does it, else after the tool.
func (t *tuner) name(groups [][]Condition) string {
	var tool string
	for _, g := range groups {
		for _, c := range g {
			if len(c.Values) == 0 || t.isPlace(c) {
				continue
			}
			word := identifier(strings.Trim(c.Values[0], "%"))
			switch {
			case c.Site != "":
				return optionalPrefix + identifier(c.Site)
			case word == "":
			case c.Placeholder:
				return optionalPrefix + word
			case hasRole(c, scenario.RoleParent), hasRole(c, scenario.RoleUser):
				if _, broad := safety.BroadParent(t.ground.platform, c.Values[0]); broad {
					return mainPrefix + word
				}
				return optionalPrefix + word
			case tool == "":
				tool = word
			}
		}
	}
	if tool == "" {
		tool = "scenario"
	}
	return optionalPrefix + tool
}

// identifier makes a name of letters, digits and underscores of the last part of a value.
func identifier(value string) string {
	value = strings.TrimSuffix(strings.ToLower(strings.TrimRight(value, `/\* `)), ".exe")
	value = baseName(value)
	var b strings.Builder
	for _, r := range value {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}

// edited is a rule after an edit.
type edited struct {
	text string
	rule *rules.Rule
	into string // the identifier that took the values of the filter, or empty: then it has one of its own
}

// write puts a filter into a rule: the block behind the last identifier, the condition extended, `modified` bumped and the scenario kept
// under falsepositives. The result is parsed again; anything but a clean rule is an error.
func (t *tuner) write(text string, name string, groups [][]Condition, o *Outcome) (edited, []source.Edit, error) {
	rule, err := t.parse(text)
	if err != nil {
		return edited{}, nil, err
	}
	var edits []source.Edit
	var failed error
	add := func(more []source.Edit, err error) {
		edits = append(edits, more...)
		failed = errors.Join(failed, err)
	}
	into, joined := t.joined(rule, name, groups)
	if add(joined, nil); into == "" {
		name = edit.UniqueName(rule, name) // another scenario's filter may have taken it
		add(edit.InsertDetection(rule, "", block(name, groups)))
		add(edit.Exclude(rule, name))
	}
	add(edit.SetModified(rule, t.today))
	if entry := falsePositive(o); entry != "" && !documented(rule, entry) {
		add(edit.AppendListEntry(rule, "falsepositives", entry))
	}
	if failed != nil {
		return edited{}, nil, fmt.Errorf("the filter could not be written into the rule: %w", failed)
	}
	data, err := edit.Apply([]byte(text), edits)
	if err != nil {
		return edited{}, nil, fmt.Errorf("the filter could not be written into the rule: %w", err)
	}
	after, err := t.parse(string(data))
	if err != nil {
		return edited{}, nil, fmt.Errorf("the rule would not load with the filter: %w", err)
	}
	if len(after.Problems) > len(rule.Problems) {
		return edited{}, nil, fmt.Errorf("the rule would have a new problem: %s", after.Problems[len(after.Problems)-1].Message)
	}
	return edited{text: string(data), rule: after, into: into}, edits, nil
}

// falsePositive is the scenario as an entry of the rule's list.
func falsePositive(o *Outcome) string {
	entry := strings.TrimSuffix(o.Text, ".")
	const longest = 200 // an entry is a line, not a page
	if entry == "" || len(entry) > longest {
		return ""
	}
	return entry
}
