package tuning

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
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
	groups := distinctGroups(t.grounded(spoken, extraction.FromText, &out))
	for _, g := range groups {
		out.Conditions = append(out.Conditions, g.Conditions)
		out.Open = append(out.Open, g.Open...)
	}
	out.Open = distinctOpen(out.Open)
	readingNotes := conditionNotes(groups)

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
	return out
}

// distrust keeps a filter from being applied unasked when words beside its conditions were not understood: they may have narrowed it.
func (o *Outcome) distrust(notes []scenario.Note) {
	for _, n := range notes {
		if n.Code != scenario.NoteUnreadWords {
			continue
		}
		for k := range o.Proposals {
			o.Proposals[k].Recommended = false
		}
		if len(o.Proposals) > 0 {
			o.Explanation += " Some words of the exclusion were not understood, so the filter may be wider than was asked for: read it before you use it."
		}
		return
	}
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
		group := t.ground.groups([][]scenario.Condition{conditions})[0]
		if swapped, names := asParents(conditions, free); len(names) > 0 && t.readings([]Group{group})[0].effect.Verdict == logic.No {
			other := t.ground.groups([][]scenario.Condition{swapped})[0]
			if t.readings([]Group{other})[0].effect.Verdict == logic.Yes {
				group = other
				out.Notes = append(out.Notes, fmt.Sprintf("the rule never fires on %s itself: read as the parent", strings.Join(names, ", ")))
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// asParents takes the other role that the words allow, where they allow one. In free text, a description and no exclusion, a program that
// is named may have any role.
func asParents(conditions []scenario.Condition, free bool) (swapped []scenario.Condition, names []string) {
	for _, c := range conditions {
		if c.Maybe == scenario.RoleParent || c.Role == scenario.RoleUnstated || free && c.Role == scenario.RoleProcess {
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
	out.Suggestions = append(distinct(out.Suggestions), t.parentQuestion(extraction)...)
}

// literalReading warns of the substring that the text literally asks for.
func literalReading(c Condition) string {
	if len(c.Values) == 0 || !strings.Contains(strings.ToLower(c.Phrase), "command") || c.Modifier != "endswith" {
		return ""
	}
	tool := strings.TrimSuffix(strings.TrimLeft(c.Values[0], `/\`), ".exe")
	text := fmt.Sprintf("Do not write `CommandLine|contains: '%s'` instead: it would hide other commands that merely mention it.", tool)
	if words := wordsWith(tool); len(words) > 0 {
		text = fmt.Sprintf("Do not write `CommandLine|contains: '%s'` instead: it would also match %s.", tool, strings.Join(words, ", "))
	}
	return text
}

// shortTool is the length up to which a tool's name is likely to be part of other words.
const shortTool = 3

// wordsWith names everyday commands that contain a short tool name.
func wordsWith(tool string) []string {
	if len(tool) > shortTool {
		return nil
	}
	var out []string
	for _, w := range everydayCommands {
		if w != tool && strings.Contains(w, tool) {
			out = append(out, "`"+w+"`")
		}
	}
	return out
}

var everydayCommands = []string{"ssh", "passwd", "less", "swapon", "whoami", "lsblk", "wget", "basename", "sudo", "psql", "ipconfig", "whoami.exe"}

// parentQuestion: had the tool been meant as the parent, would the rule fire? That is a question for the author, no proposal.
func (t *tuner) parentQuestion(extraction scenario.Extraction) []string {
	tool := extraction.Activity.Tool
	field, _, ok := t.ground.field(scenario.RoleParent, "")
	if tool.Text == "" || !ok {
		return nil
	}
	modifier, values, known := t.ground.program(scenario.RoleParent, scenario.Is, tool)
	if !known {
		return nil
	}
	c := Condition{Field: field, Modifier: modifier, Values: values}
	d, err := detection(block("scenario", [][]Condition{{c}}))
	if err != nil || t.prover.Satisfiable(logic.And(t.formula, logic.FromDetection(d))).Verdict != logic.Yes {
		return nil
	}
	return []string{fmt.Sprintf("Was `%s` meant as the parent of one of the rule's programs? Then the condition would be `%s|%s: '%s'`.",
		tool.Text, field, modifier, values[0])}
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

func (t *tuner) notExpressible(out *Outcome, why string) {
	out.Verdict = NotExpressible
	out.Proof = Proof{Kind: "reading", Statement: capital(why) + "."}
	out.Explanation = capital(why) + ". No filter in the rule can say this; do it where the information is: enrich the events, limit the rule's scope, or suppress in the SIEM."
	for _, o := range out.Open {
		if !o.Examples {
			out.Suggestions = append(out.Suggestions, fmt.Sprintf("“%s”: %s.", o.Phrase, o.Reason))
		}
	}
	out.Suggestions = distinct(out.Suggestions)
}

// propose sorts the readings on which the rule can fire by what they need, and writes the filters.
func (t *tuner) propose(out *Outcome, live []reading) {
	var concrete, site [][]Condition
	var inexpressible []reading
	for _, r := range live {
		switch {
		case len(r.Conditions) == 0 || missing(r.Open) || !mergeable(r.Conditions) || hasNegation(r.Conditions):
			inexpressible = append(inexpressible, r)
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

func hasNegation(conditions []Condition) bool {
	for _, c := range conditions {
		if c.Negated {
			return true
		}
	}
	return false
}

func (t *tuner) explainFilter(out *Outcome) {
	out.Verdict = Filter
	best := out.Proposals[0]
	out.Proof = Proof{
		Kind: "exact", Witness: best.Safety.Hidden,
		Statement: fmt.Sprintf("The rule fires on the scenario, the filter hides it, and %s.", keptWords(best.Safety)),
	}
	var b strings.Builder
	fmt.Fprintf(&b, "`%s` hides %s, and nothing else.", best.Name, strings.Join(best.Safety.Hides, "; "))
	if best.Safety.Grade == safety.C {
		b.WriteString(" An attacker can meet all of it, so it is not applied unless you ask for it.")
	}
	if open := exampleWords(out.Open); open != "" {
		b.WriteString(" " + open)
	}
	if t.ground.platform != nil && t.ground.platform.ParentMissing != "" && usesRole(best.Conditions, scenario.RoleParent) {
		b.WriteString(" " + t.ground.platform.ParentMissing + ": there the filter does nothing.")
	}
	out.Explanation = b.String()
}

func usesRole(groups [][]Condition, role scenario.Role) bool {
	for _, g := range groups {
		for _, c := range g {
			for _, r := range c.Roles {
				if r == role {
					return true
				}
			}
		}
	}
	return false
}

func exampleWords(open []Open) string {
	for _, o := range open {
		if o.Examples {
			return fmt.Sprintf("“%s” is an open list: only what it names is used; add others when you have seen them.", o.Phrase)
		}
	}
	return ""
}

func keptWords(j safety.Judgement) string {
	if j.KnownBad == 0 {
		return "the rule can still fire beside it"
	}
	return fmt.Sprintf("all %d listed values and branches of the rule can still fire", j.KnownBad)
}

// explainSite: only the site's own values make the filter possible; say what would be lost without them.
func (t *tuner) explainSite(out *Outcome, site [][]Condition) {
	out.Verdict = NeedsEnvironment
	best := out.Proposals[0]
	out.Proof = Proof{Kind: "exact", Witness: best.Safety.Hidden, Statement: "The filter holds only where the site fills in " + strings.Join(best.Fill, ", ") + "."}
	bare := concreteConditions(site[0])
	if len(bare) > 0 {
		if d, err := detection(block("scenario", [][]Condition{bare})); err == nil {
			j := safety.Judge(t.prover, t.rule, d)
			out.Proof.Witness = j.Hidden
			if len(j.Swallowed) > 0 {
				out.Proof.Statement = fmt.Sprintf("Without %s the filter would swallow %s.", strings.Join(best.Fill, ", "), swallowedWords(j.Swallowed))
			}
		}
	}
	out.Explanation = fmt.Sprintf("Only your site knows who or what %s stands for. Fill it in before the rule is deployed; until then the rule cannot be evaluated.",
		strings.Join(best.Fill, ", "))
}

func swallowedWords(list []safety.Swallowed) string {
	var out []string
	for k, s := range list {
		if k == shownSwallowed {
			out = append(out, fmt.Sprintf("%d more", len(list)-k))
			break
		}
		out = append(out, s.What)
	}
	return strings.Join(out, ", ")
}

const shownSwallowed = 3

func (t *tuner) explainSwallow(out *Outcome, p Proposal) {
	out.Verdict = Swallows
	what := swallowedWords(p.Safety.Swallowed)
	out.Proof = Proof{
		Kind: "exact", Witness: p.Safety.Hidden,
		Statement: fmt.Sprintf("With the exclusion %s could never fire again.", what),
	}
	out.Explanation = fmt.Sprintf("This exclusion would switch off %s: every event it stands for would be hidden, an attacker's included. "+
		"Say who does it or what starts it, so that only that is hidden.", what)
	if out.Suggestions = t.narrowings(); len(out.Suggestions) == 0 {
		out.Suggestions = []string{"If it is only noise at your site, lower the rule's level or remove the value instead of filtering it."}
	}
}

// narrowings names the fields that a second condition could use.
func (t *tuner) narrowings() []string {
	if t.ground.logs == nil {
		return nil
	}
	var fields []string
	for _, role := range []taxonomy.Role{taxonomy.RoleParentImage, taxonomy.RoleUser} {
		if names := t.ground.logs.Role(role); len(names) > 0 {
			fields = append(fields, "`"+names[0]+"`")
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return []string{"Add a second condition, for example on " + strings.Join(fields, " or ") + "."}
}

// explainOpen: a part of every AND has no field, and leaving it out would widen the exclusion.
func (t *tuner) explainOpen(out *Outcome, readings []reading) {
	why := "a part of the exclusion is in no field of this log source, and leaving it out would hide more than was asked for"
	if len(readings) > 0 && hasNegation(readings[0].Conditions) {
		why = "the exclusion has an exception inside, which has to be written by hand as a second identifier"
	}
	t.notExpressible(out, why)
	for _, r := range readings {
		bare := concreteConditions(r.Conditions)
		if len(bare) == 0 {
			continue
		}
		if d, err := detection(block("scenario", [][]Condition{bare})); err == nil {
			if j := safety.Judge(t.prover, t.rule, d); len(j.Swallowed) > 0 {
				out.Proof = Proof{
					Kind: "exact", Witness: j.Hidden,
					Statement: fmt.Sprintf("Without that part the exclusion would swallow %s.", swallowedWords(j.Swallowed)),
				}
			}
		}
		return
	}
}

func conditionNotes(groups []Group) []string {
	var out []string
	for _, g := range groups {
		for _, c := range g.Conditions {
			if c.Note != "" && !c.Placeholder {
				out = append(out, fmt.Sprintf("“%s” is read as `%s`: %s", c.Phrase, conditionText(c), c.Note))
			}
		}
	}
	return out
}

// conditionText is a condition as a rule would write it.
func conditionText(c Condition) string {
	key := c.Field
	if c.Modifier != "" {
		key += "|" + c.Modifier
	}
	if c.Placeholder {
		key += "|expand"
	}
	if len(c.Values) == 1 {
		return key + ": " + source.Quote(c.Values[0])
	}
	var quoted []string
	for _, v := range c.Values {
		quoted = append(quoted, source.Quote(v))
	}
	return key + ": [" + strings.Join(quoted, ", ") + "]"
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

// oneLine joins the lines of a section.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
