package tuning

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// reading is one AND of an exclusion with what the rule says to it.
type reading struct {
	Group
	effect  logic.Answer // can the rule fire on what the concrete conditions describe?
	renamed bool         // it cannot, unless a program runs under another name than its own
}

// decide finds the verdict for one scenario.
func (t *tuner) decide(id string, s scenario.Scenario) Outcome {
	extraction := scenario.Extract(s, t.ground.kind())
	out := Outcome{ID: id, Text: oneLine(s.Text.Text), Exclusion: oneLine(s.Exclusion.Text)}
	if out.Text == "" {
		out.Text = oneLine(s.Description.Text)
	}
	for _, n := range extraction.Notes {
		out.Notes = append(out.Notes, n.Message)
	}
	for _, a := range extraction.Ambiguities {
		out.Notes = append(out.Notes, a.Reason)
	}
	spoken := extraction.Groups
	if len(spoken) == 0 {
		spoken = fromActivity(extraction.Activity)
	}
	free := extraction.FromText
	t.ground.free, t.ground.noted = free, scenario.Notes(out.Text)
	t.ground.note = (t.ground.noted || len(t.in.Scenarios)+len(t.in.Pages) > 0) && len(strings.Fields(out.Text)) <= 2*longestNote && !broadRemark.MatchString(out.Text)
	t.ground.located, t.ground.perUser = installed.MatchString(out.Text), perUser.MatchString(out.Text)
	if note := or(out.Text, out.Exclusion); (free || s.Text.Empty()) && !anyValue(t.credible(spoken, len(strings.Fields(note)))) {
		read := t.ground.products(note, spoken, &out)
		free = free || anyValue(read) // "filter acmesync" says no more than "acmesync"
		spoken = read
	}
	t.ground.free = free
	byValues := false
	if read := t.mentioned(s, false); read != nil && extraction.FromText {
		spoken, byValues, free = read, true, true
		t.ground.free = true
		t.beside(s, &out)
		t.left(extraction.Groups, s, &out)
	} else if extraction.FromText {
		spoken = t.withoutRemarks(spoken, &out)
	}
	if extraction.FromText && !byValues && t.ground.about(spoken) {
		t.explainSubject(&out)
		return out
	}
	t.swap = !byValues
	t.conclude(&out, spoken, free, extraction)
	if !extraction.FromText && ((out.Verdict == NotExpressible || out.Verdict == NeedsEnvironment) && !concreteProposal(out) || out.Verdict == Filter && t.misread(spoken, s)) {
		if read := t.mentioned(s, false); read != nil && t.covered(append(waiting(out.Conditions), out.Open...), s) && t.repeats(spoken, s) {
			again := Outcome{ID: out.ID, Text: out.Text, Exclusion: out.Exclusion}
			t.beside(s, &again)
			t.swap = false
			if t.conclude(&again, read, true, scenario.Extraction{Activity: extraction.Activity}); again.Verdict == Filter || (again.Verdict == Noop || again.Verdict == Swallows) && out.Verdict == Filter {
				return again
			}
		}
	}
	t.ground.free = free
	if extraction.FromText && !byValues && (t.ground.noted && t.ground.note || t.ground.located) && (out.Verdict == NotExpressible || out.Verdict == NeedsEnvironment) && !concreteProposal(out) {
		if named := t.mentioned(s, true); named != nil {
			again := Outcome{ID: out.ID, Text: out.Text, Exclusion: out.Exclusion, remarks: true}
			again.Notes = append(again.Notes, "of the text only names were understood")
			if t.conclude(&again, named, true, extraction); again.Verdict == Filter {
				return again
			}
		}
	}
	return out
}

// conclude grounds what was read and finds the verdict.
func (t *tuner) conclude(o *Outcome, spoken [][]scenario.Condition, free bool, extraction scenario.Extraction) {
	out := *o
	defer func() { *o = out }()
	groups := t.fillIn(distinctGroups(t.grounded(spoken, free, &out)), &out)
	for _, g := range groups {
		out.Conditions = append(out.Conditions, g.Conditions)
		out.Open = append(out.Open, g.Open...)
	}
	out.Open = distinctOpen(out.Open)
	readingNotes := conditionNotes(groups)
	out.remarks = out.remarks || guessed(groups)

	readings := t.readings(groups)
	var live []reading
	for _, r := range readings {
		if r.effect.Verdict != logic.No && r.Foreign == "" {
			live = append(live, r)
		}
	}
	switch {
	case len(groups) == 0 || len(out.Conditions) == 0 || everyEmpty(out.Conditions):
		t.notExpressible(&out, "the text names nothing that an event could be compared with")
	case len(live) == 0:
		t.noop(&out, readings, extraction)
	default:
		t.propose(&out, live)
		out.distrust(extraction.Notes)
		out.Notes = append(out.Notes, readingNotes...)
	}
	out.Notes = distinct(out.Notes)
}

// guessed reports a condition on a name that no table knows: it is shown, and not applied unasked.
func guessed(groups []Group) bool {
	for _, g := range groups {
		for _, c := range g.Conditions {
			if c.Note == guessedDirectory {
				return true
			}
		}
	}
	return false
}

func anyValue(groups [][]scenario.Condition) bool {
	for _, g := range groups {
		for _, c := range g {
			if len(c.Values) > 0 {
				return true
			}
		}
	}
	return false
}

// identifies reports a value in an AND that can only be of an event: a path, a file, an account in quotes, an address.
func identifies(group []scenario.Condition) bool {
	for _, c := range group {
		for _, v := range c.Values {
			switch v.Shape {
			case scenario.ShapePath, scenario.ShapeDirectory, scenario.ShapeFileName, scenario.ShapeCIDR, scenario.ShapeIP, scenario.ShapeRegistry, scenario.ShapeGlob, scenario.ShapeAccount:
				return true
			case scenario.ShapeIdentifier:
				if v.Quoted {
					return true
				}
			}
		}
	}
	return false
}

// withoutRemarks leaves out what a description says beside what runs: where to read more, and what the rule is about anyway. Each is
// noted. In an exclusion such words stay: there they may limit it.
func (t *tuner) withoutRemarks(spoken [][]scenario.Condition, out *Outcome) [][]scenario.Condition {
	var groups [][]scenario.Condition
	words := len(strings.Fields(out.Text))
	for _, g := range spoken {
		var kept []scenario.Condition
		for _, c := range g {
			c = t.ground.plausible(c, words)
			switch {
			case t.ground.reference(c, len(g) == 1 && words > 2):
				out.Notes = append(out.Notes, fmt.Sprintf("“%s” is read as a reference, not as a condition", c.Phrase))
			case len(c.Values) == 0 && len(g) > 1 && c.Class != scenario.ClassUser && c.Class != scenario.ClassGroup && c.Class != scenario.ClassHost && t.ground.restates(c.Phrase):
				out.Notes = append(out.Notes, fmt.Sprintf("“%s” says what the rule looks for anyway: no condition", c.Phrase))
				out.remarks = true
			case len(c.Values) == 0 && (c.Class == scenario.ClassNone && (c.Role == scenario.RoleOther || c.Role == scenario.RoleProcess && c.Field != "") || c.Class == scenario.ClassHost) && identifies(g):
				out.Notes = append(out.Notes, fmt.Sprintf("“%s” is not in the filter: no event says it", c.Phrase))
				out.remarks = true
			default:
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 {
			groups = append(groups, kept)
		}
	}
	return groups
}

// distrust keeps a filter from being applied unasked when words beside its conditions were not understood: they may have narrowed it.
func (o *Outcome) distrust(notes []scenario.Note) {
	unread := o.remarks
	for _, n := range notes {
		unread = unread || n.Code == scenario.NoteUnreadWords
	}
	if !unread || len(o.Proposals) == 0 {
		return
	}
	for k := range o.Proposals {
		o.Proposals[k].Recommended = false
	}
	o.Explanation += " Some words of the exclusion were not understood, so the filter may be wider than was asked for: read it before you use it."
}

func everyEmpty(groups [][]Condition) bool {
	for _, g := range groups {
		if len(g) > 0 {
			return false
		}
	}
	return true
}

// fromActivity reads the sentence about what happens as the exclusion, where nobody wrote one.
func fromActivity(a scenario.Activity) [][]scenario.Condition {
	if a.Tool.Text == "" {
		return nil
	}
	group := []scenario.Condition{{
		Role: scenario.RoleProcess, Operator: scenario.Is, Values: []scenario.Value{a.Tool},
		Phrase: a.Tool.Text, Span: a.Tool.Span,
	}}
	for _, actor := range a.Actors {
		c := scenario.Condition{Role: actor.Role, Operator: scenario.Is, Phrase: actor.Name, Span: actor.Span}
		if actor.Value.Text != "" {
			c.Values = []scenario.Value{actor.Value}
		} else {
			c.Open, c.Class = true, actorClasses[actor.Kind]
		}
		group = append(group, c)
	}
	return [][]scenario.Condition{group}
}

var actorClasses = map[scenario.ActorKind]scenario.Class{
	scenario.Person: scenario.ClassUser, scenario.PeopleGroup: scenario.ClassGroup, scenario.ServiceKind: scenario.ClassService,
	scenario.JobKind: scenario.ClassJob, scenario.ToolKind: scenario.ClassTool, scenario.AccountKind: scenario.ClassUser,
}

// grounded ties the groups to fields. Where a launcher is named as the process, or a name stands there without a role, and the rule never
// fires on it as the process, the words can only mean the parent: the commonest slip in such texts. free is set for text that is no
// exclusion.
func (t *tuner) grounded(spoken [][]scenario.Condition, free bool, out *Outcome) []Group {
	var groups []Group
	for _, conditions := range spoken {
		expanded := t.ground.groups([][]scenario.Condition{conditions})
		if swapped, names := asParents(conditions, free); t.swap && len(names) > 0 && t.dead(expanded) {
			others := t.ground.groups([][]scenario.Condition{swapped})
			if t.fires(others) {
				expanded = others
				out.Notes = append(out.Notes, fmt.Sprintf("the rule never fires on %s itself: read as the parent", strings.Join(names, ", ")))
			}
		}
		if len(expanded) > 1 {
			expanded = t.living(expanded)
		}
		groups = append(groups, expanded...)
	}
	return groups
}

// dead reports that the rule fires on none of the groups.
func (t *tuner) dead(groups []Group) bool {
	for _, r := range t.readings(groups) {
		if r.effect.Verdict != logic.No {
			return false
		}
	}
	return true
}

// fires reports a group on which the rule certainly fires.
func (t *tuner) fires(groups []Group) bool {
	for _, r := range t.readings(groups) {
		if r.effect.Verdict == logic.Yes {
			return true
		}
	}
	return false
}

// living keeps those of several ways to read one phrase on which the rule can fire, where there are any.
func (t *tuner) living(groups []Group) []Group {
	var out []Group
	for _, r := range t.readings(groups) {
		if r.effect.Verdict != logic.No && r.Foreign == "" {
			out = append(out, r.Group)
		}
	}
	if len(out) == 0 {
		return groups[:1]
	}
	return out
}

// asParents takes the other role that the words allow, where they allow one. In free text, a description and no exclusion, a program that
// is named may have any role.
func asParents(conditions []scenario.Condition, free bool) (swapped []scenario.Condition, names []string) {
	for _, c := range conditions {
		if c.Role == scenario.RoleUser || c.Role == scenario.RoleParent {
			return conditions, nil // "x run by y": who starts what is said
		}
	}
	for _, c := range conditions {
		if c.Role == scenario.RoleUnstated || free && (c.Role == scenario.RoleProcess || c.Maybe == scenario.RoleParent) {
			c.Role, c.Field, c.Note = scenario.RoleParent, "", ""
			for _, v := range c.Values {
				names = append(names, "`"+v.Text+"`")
			}
		}
		swapped = append(swapped, c)
	}
	return swapped, names
}

// readings asks the rule about every group. Placeholders and exceptions are left out of the question: they only narrow, so a rule that
// does not fire without them does not fire with them.
func (t *tuner) readings(groups []Group) []reading {
	var out []reading
	for _, g := range groups {
		r := reading{Group: g}
		if concrete := concreteConditions(g.Conditions); len(concrete) > 0 {
			d, err := detection(block("scenario", [][]Condition{concrete}))
			if err == nil {
				described := logic.FromDetection(d)
				r.effect = t.prover.Satisfiable(logic.And(t.formula, described))
				if names := safety.OwnNames(t.rule); r.effect.Verdict == logic.Yes && len(names) > 0 {
					if a := t.prover.Satisfiable(logic.And(append(names, t.formula, described)...)); a.Verdict == logic.No {
						r.effect, r.renamed = a, true
					}
				}
			}
		}
		out = append(out, r)
	}
	return out
}

func concreteConditions(conditions []Condition) []Condition {
	var out []Condition
	for _, c := range conditions {
		if !c.Placeholder && !c.Negated {
			out = append(out, c)
		}
	}
	return out
}

// noop: the rule cannot fire on any reading of the scenario.
func (t *tuner) noop(out *Outcome, readings []reading, extraction scenario.Extraction) {
	out.Verdict = Noop
	out.Proof = Proof{Kind: "exact", Witness: t.described(readings[0].Group)}
	var statements []string
	for _, r := range readings {
		if r.effect.Verdict == logic.No {
			if !r.renamed {
				statements = append(statements, r.effect.Explain())
				continue
			}
			statements = append(statements, "the rule fires on this only when a program runs under another file name than its own")
			out.Proof.Kind = "reading"
		} else {
			statements = append(statements, r.Foreign)
			out.Proof.Kind, out.Proof.Witness = "reading", nil
		}
	}
	out.Proof.Statement = capital(strings.Join(distinct(statements), "; ")) + "."
	what := "what the scenario describes"
	if tool := extraction.Activity.Tool.Text; tool != "" {
		what = "`" + tool + "`"
	}
	out.Explanation = fmt.Sprintf("The rule never fires on %s, so this exclusion would do nothing but add text that the next reader has to understand. "+
		"Leave the rule as it is.", what)
	for _, r := range readings {
		for _, c := range r.Conditions {
			if literal := literalReading(c); literal != "" {
				out.Suggestions = append(out.Suggestions, literal)
			}
		}
	}
	out.Suggestions = append(out.Suggestions, t.firesElsewhere(readings)...)
	out.Suggestions = append(out.Suggestions, t.parentQuestions(readings)...)
	out.Suggestions = distinct(append(out.Suggestions, t.parentQuestion(extraction)...))
}

// described is the event that a scenario describes, as far as its conditions say it.
func (t *tuner) described(g Group) map[string]any {
	d, err := detection(block("scenario", [][]Condition{concreteConditions(g.Conditions)}))
	if err != nil {
		return nil
	}
	a := t.prover.Satisfiable(logic.FromDetection(d))
	return a.Witness
}

// propose sorts the readings on which the rule can fire by what they need, and writes the filters.
func (t *tuner) propose(out *Outcome, live []reading) {
	var concrete, site [][]Condition
	var inexpressible, exceptions []reading
	for _, r := range live {
		switch {
		case len(r.Conditions) == 0 || missing(r.Open) || !mergeable(r.Conditions):
			inexpressible = append(inexpressible, r)
		case onlyNegation(r.Conditions):
			exceptions = append(exceptions, r)
		case hasPlaceholder(r.Conditions):
			site = append(site, r.Conditions)
		default:
			concrete = append(concrete, r.Conditions)
		}
	}
	var refused []Proposal
	keep := func(groups [][]Condition) {
		if len(groups) == 0 {
			return
		}
		for _, v := range t.variants(groups) {
			p, err := t.proposal(out, v)
			switch {
			case err != nil:
				out.Notes = append(out.Notes, err.Error())
			case p.Safety.Grade == safety.D:
				refused = append(refused, p)
			default:
				out.Proposals = append(out.Proposals, p)
			}
		}
	}
	keep(concrete)
	found := len(out.Proposals) > 0
	keep(site)
	rank(out.Proposals)
	switch {
	case found:
		t.explainFilter(out)
	case len(out.Proposals) > 0:
		t.explainSite(out, site)
	case len(refused) > 0 && len(refused[0].Safety.Swallowed) > 0:
		t.explainSwallow(out, refused[0])
	case len(refused) > 0:
		out.Verdict = Refused
		out.Proof = Proof{Kind: "exact", Statement: capital(strings.Join(refused[0].Safety.Reasons, "; ")) + ".", Witness: refused[0].Safety.Hidden}
		out.Explanation = "The exclusion can be written, but it should not be: " + strings.Join(refused[0].Safety.Reasons, "; ") + "."
	case len(exceptions) > 0:
		t.explainExceptions(out)
	default:
		t.explainOpen(out, inexpressible)
	}
}

// missing reports a part of an AND that neither a condition nor a placeholder covers.
func missing(open []Open) bool {
	for _, o := range open {
		if !o.Examples {
			return true
		}
	}
	return false
}

func hasPlaceholder(conditions []Condition) bool {
	for _, c := range conditions {
		if c.Placeholder {
			return true
		}
	}
	return false
}

// onlyNegation reports an exclusion that says what not to exclude, and nothing else.
func onlyNegation(conditions []Condition) bool {
	for _, c := range conditions {
		if !c.Negated {
			return false
		}
	}
	return len(conditions) > 0
}

func distinctGroups(groups []Group) []Group {
	seen := map[string]int{}
	var out []Group
	for _, g := range groups {
		key := fmt.Sprint(len(g.Open) > 0)
		for _, c := range g.Conditions {
			key += "\n" + conditionText(c)
		}
		if at, again := seen[key]; again {
			out[at].Open = append(out[at].Open, g.Open...)
			continue
		}
		seen[key] = len(out)
		out = append(out, g)
	}
	return out
}

func distinctOpen(list []Open) []Open {
	seen := map[string]bool{}
	var out []Open
	for _, o := range list {
		if !seen[o.Phrase] {
			seen[o.Phrase] = true
			out = append(out, o)
		}
	}
	return out
}

func or(text, other string) string {
	if text != "" {
		return text
	}
	return other
}
