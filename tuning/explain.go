package tuning

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

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
			j := t.judge.Filter(d)
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
	t.notExpressible(out, why)
	for _, r := range readings {
		bare := concreteConditions(r.Conditions)
		if len(bare) == 0 {
			continue
		}
		if d, err := detection(block("scenario", [][]Condition{t.asRun(bare)})); err == nil {
			if j := t.judge.Filter(d); j.Whole() {
				t.explainRestated(out, r, j)
			} else if t.onlySuperuser(bare) {
				j.Swallowed = []safety.Swallowed{{What: "everything that the superuser does"}}
				t.explainRestated(out, r, j)
				out.Proof.Kind = "reading"
			} else if len(j.Swallowed) > 0 {
				out.Proof = Proof{
					Kind: "exact", Witness: j.Hidden,
					Statement: fmt.Sprintf("Without that part the exclusion would swallow %s.", swallowedWords(j.Swallowed)),
				}
			}
		}
		return
	}
}

// explainRestated: what can be said repeats the selection, so all that would limit the exclusion is what no event says (spec/tuning.md
// section 5: such a filter swallows).
func (t *tuner) explainRestated(out *Outcome, r reading, j safety.Judgement) {
	out.Verdict = Swallows
	what := swallowedWords(j.Swallowed)
	out.Proof = Proof{
		Kind: "exact", Witness: j.Hidden,
		Statement: fmt.Sprintf("What an event can say of the exclusion would swallow %s.", what),
	}
	var open []string
	for _, o := range r.Open {
		open = append(open, "“"+o.Phrase+"”")
	}
	out.Explanation = fmt.Sprintf("%s is in no event; the rest of the exclusion restates what the rule looks for, and would switch off %s. "+
		"Say who does it or what starts it, so that only that is hidden.", capital(strings.Join(distinct(open), " and ")), what)
	if len(open) == 0 {
		out.Explanation = fmt.Sprintf("The exclusion restates what the rule looks for, and would switch off %s.", what)
	}
	out.Suggestions = append(t.narrowings(), out.Suggestions...)
}

// onlySuperuser reports conditions on nothing but the account that an intruder has after taking over the host.
func (t *tuner) onlySuperuser(conditions []Condition) bool {
	for _, c := range conditions {
		if !hasRole(c, scenario.RoleUser) || !safety.Superuser(c.Values) {
			return false
		}
	}
	return len(conditions) > 0
}

// asRun reads a command line that contains a tool and an argument the way it is run: that program with that argument.
func (t *tuner) asRun(conditions []Condition) []Condition {
	var out []Condition
	for _, c := range conditions {
		if hasRole(c, scenario.RoleCommandLine) && c.Modifier == "contains" && len(c.Values) == 1 {
			v := scenario.Value{Text: c.Values[0], Shape: scenario.ShapeCommand}
			spoken := scenario.Condition{Role: scenario.RoleUnstated, Operator: scenario.Is, Values: []scenario.Value{v}}
			if split := t.ground.command(spoken, v); len(split[0]) > 1 && scenario.Tool(split[0][0].Values[0].Text) {
				split[0][1].Values[0].Text = strings.TrimSpace(split[0][1].Values[0].Text)
				out = append(out, t.ground.groups(split)[0].Conditions...)
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// explainSubject: the text names what the rule is for, so nothing in it tells the wanted from the unwanted.
func (t *tuner) explainSubject(out *Outcome) {
	out.Verdict = Swallows
	out.Proof = Proof{Kind: "reading", Statement: fmt.Sprintf("The rule is about what the text names: %s.", t.rule.Title.Value)}
	out.Explanation = "The text says that what the rule looks for is sometimes wanted. An exclusion of it would switch off the rule; what tells a wanted use from an " +
		"unwanted one is not in the text. Say who does it, where, or what starts it."
	out.Suggestions = t.narrowings()
}

// explainExceptions: an exclusion that only says what it is not for excludes nearly everything.
func (t *tuner) explainExceptions(out *Outcome) {
	out.Verdict = Swallows
	out.Proof = Proof{Kind: "reading", Statement: "The exclusion names only exceptions: it would hide every other event."}
	out.Explanation = "The text says what should still be found, and nothing of what should not. As a filter it would hide nearly everything the rule looks for. " +
		"If the rule should only look there, add the condition to its selection."
	out.Suggestions = t.narrowings()
}

// mostNamed is how many other rules are named: more is a list that nobody reads.
const mostNamed = 5

// firesElsewhere names the other given rules that fire on the scenario.
func (t *tuner) firesElsewhere(readings []reading) []string {
	var out []string
	var more int
	own := t.rule.Logsource
	for _, other := range t.in.Beside {
		l := other.Logsource
		if other.ID.Value == t.rule.ID.Value && other.Title.Value == t.rule.Title.Value || l.Category.Value != own.Category.Value || l.Product.Value != own.Product.Value ||
			l.Service.Value != own.Service.Value || other.Detection.Evaluable() != nil {
			continue
		}
		formula := logic.FromRule(other)
		for _, r := range readings {
			conditions := concreteConditions(r.Conditions)
			d, err := detection(block("scenario", [][]Condition{conditions}))
			if len(conditions) == 0 || r.Foreign != "" || err != nil {
				continue
			}
			a := t.prover.Satisfiable(logic.And(formula, logic.FromDetection(d)))
			if a.Verdict == logic.Yes && t.names(other, conditions) {
				if len(out) == mostNamed {
					more++
				} else {
					out = distinct(append(out, fmt.Sprintf("The rule “%s” can fire on it: was that one meant?", other.Title.Value)))
				}
				break
			}
		}
	}
	if more > 0 {
		out = append(out, fmt.Sprintf("%d further rules of the given set can fire on it.", more))
	}
	return out
}

// names reports that a rule tests one of the conditions' fields: a rule about other fields can fire on anything.
func (t *tuner) names(rule *rules.Rule, conditions []Condition) bool {
	tested := map[string]bool{}
	for _, d := range rule.Detection.Named {
		if rule.Detection.Polarity(d)&rules.Positive != 0 {
			d.Block.Each(func(i *rules.Item) { tested[i.Field] = true })
		}
	}
	for _, c := range conditions {
		if tested[c.Field] {
			return true
		}
	}
	return false
}

// parentQuestions: for programs that the rule never fires on by themselves, would it fire on what they start?
func (t *tuner) parentQuestions(readings []reading) []string {
	var out []string
	field, _, ok := t.ground.field(scenario.RoleParent, "")
	if !ok {
		return nil
	}
	for _, r := range readings {
		var swapped []Condition
		var asked []string
		for _, c := range concreteConditions(r.Conditions) {
			if hasRole(c, scenario.RoleProcess) || hasRole(c, scenario.RoleUnstated) {
				c.Field = field
				asked = append(asked, conditionText(c))
			}
			swapped = append(swapped, c)
		}
		if len(asked) == 0 || r.Foreign != "" || !mergeable(swapped) {
			continue
		}
		d, err := detection(block("scenario", [][]Condition{swapped}))
		if err != nil || t.prover.Satisfiable(logic.And(t.formula, logic.FromDetection(d))).Verdict != logic.Yes {
			continue
		}
		out = append(out, fmt.Sprintf("Is the program the parent of what the rule finds? Then write `%s`.", strings.Join(asked, "` and `")))
	}
	return out
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
	if c.Modifier != "" && c.Modifier != null {
		key += "|" + c.Modifier
	}
	if c.Placeholder {
		key += "|expand"
	}
	if c.Negated {
		key += "|neq"
	}
	values := c.written()
	if len(values) == 1 {
		return key + ": " + values[0]
	}
	return key + ": [" + strings.Join(values, ", ") + "]"
}

// oneLine joins the lines of a section.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
