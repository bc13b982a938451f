package tuning

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/recover"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// Input is what is to be tuned.
type Input struct {
	Path      string   // as the user named it, for messages
	Text      string   // a rule, or a page that holds one
	Scenarios []string // messages, each about one false positive, or with labelled `Scenario:`/`Exclusion:` pairs
	Pages     []string // texts about several: labelled or structured ones, or one for each paragraph or item of a list
	Today     time.Time
	Nth       int           // which rule of a file with several, from 0
	Beside    []*rules.Rule // other rules: where this one cannot fire on a scenario, those that do are named

	Domains *domain.Table // what the site's fields hold and how many values (configuration); nil is the bundled table, lists only

	Environment *Environment // the site's own values for placeholders, or nil
	As          Form         // how exclusions are written; empty is Inline

	GivenOnly bool // leave the rule's own false positives alone when there are no scenarios: events speak for themselves
}

// InputError says why there is nothing to tune. Span is in the text of the input.
type InputError struct {
	Path    string
	Pos     source.Pos
	Message string
	Help    string
}

func (e *InputError) Error() string {
	place := e.Path
	if e.Pos.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", e.Path, e.Pos.Line, e.Pos.Column)
	}
	if e.Help == "" {
		return place + ": " + e.Message
	}
	return place + ": " + e.Message + "; " + e.Help
}

// CheckScenarios refuses a file of scenarios in the structured form that has keys which mean nothing: what they were to say would be lost. The
// error is an *InputError about the first one.
func CheckScenarios(path, text string) error {
	file, problems := scenario.Problems(path, text)
	if len(problems) == 0 {
		return nil
	}
	return &InputError{Path: path, Pos: file.Pos(problems[0].Span.Start), Message: problems[0].Message, Help: problems[0].Help}
}

// Tune reads, judges and proposes. The error is an *InputError when the input holds no rule that could be tuned; everything
// that can be said about a rule is in the Result.
func Tune(in Input) (*Result, error) {
	t := &tuner{in: in, today: in.Today.Format("2006-01-02")}
	if err := t.read(); err != nil {
		return nil, err
	}
	t.result.Findings = t.lint(t.text)
	if err := t.prepare(); err != nil {
		return nil, err
	}
	for k, s := range t.scenarios {
		t.result.Outcomes = append(t.result.Outcomes, t.decide(strconv.Itoa(k+1), s))
	}
	if t.siteError != nil {
		return nil, t.siteError
	}
	return t.result, t.finish()
}

// TuneAll tunes every rule of a file, one after the other: each Result starts from the text that the one before left, so that the last
// text holds all filters. A page, or a file with one rule, gives one Result. Each rule has the others of the file beside it. A rule that
// cannot be tuned ends the run with its error.
func TuneAll(in Input) ([]*Result, error) {
	first, err := Tune(in)
	if err != nil {
		return nil, err
	}
	if first.Others == 0 {
		return []*Result{first}, nil
	}
	documents, _ := rules.Parse(first.Rule.File)
	for _, d := range documents {
		if other, ok := d.(*rules.Rule); ok {
			in.Beside = append(in.Beside, other)
		}
	}
	var results []*Result
	for k := 0; k <= first.Others; k++ {
		in.Nth = k
		next, err := Tune(in)
		if err != nil {
			return results, err
		}
		next.Others = 0 // none is left out
		results = append(results, next)
		if next.RuleAfter != "" {
			in.Text = next.RuleAfter
		}
	}
	return results, nil
}

// Tuned is the text that holds the filters of all results of TuneAll, or empty when there is none.
func Tuned(results []*Result) string {
	for k := len(results) - 1; k >= 0; k-- {
		if results[k].RuleAfter != "" {
			return results[k].RuleAfter
		}
	}
	return ""
}

// tuner is the state of one run.
type tuner struct {
	in        Input
	today     string
	text      string // the rule's text
	rule      *rules.Rule
	formula   *logic.Formula
	prover    *logic.Prover
	judge     *safety.Judge
	ground    *ground
	scenarios []scenario.Scenario
	result    *Result

	asked     map[string]bool // placeholders that scenarios ask for
	siteError error           // the first value of the environment that its field cannot hold

	queryOptions kql.Options

	swap bool // a program whose role is not said may be the parent
}

// read finds the rule and the scenarios in the input.
func (t *tuner) read() error {
	t.result = &Result{Path: t.in.Path}
	t.queryOptions = kql.Options{Dialect: kql.ASIM}
	rule, err := t.parse(t.in.Text)
	if e := (*InputError)(nil); errors.As(err, &e) {
		return e
	}
	if err != nil {
		return t.readDocument()
	}
	t.text, t.rule = t.in.Text, rule
	t.result.Rule, t.result.RuleText = rule, t.text
	documents, _ := rules.Parse(rule.File)
	for _, d := range documents {
		if other, ok := d.(*rules.Rule); ok && other != rule && other.Index != rule.Index {
			t.result.Others++
		}
	}
	t.ruleScenarios()
	return nil
}

// parse reads the one rule of a text. An *InputError says that it is a rule file, but one whose meaning is not certain: indenting it
// anew would make another rule of it.
func (t *tuner) parse(text string) (*rules.Rule, error) {
	file := source.Parse(t.in.Path, []byte(text), source.Limits{})
	var flaw *source.Problem
	for i, p := range file.Problems {
		switch p.Kind {
		case source.KindByteOrderMark, source.KindEmptyDocument:
		case source.KindDuplicateKey, source.KindNonStringKey:
			if flaw == nil {
				flaw = &file.Problems[i]
			}
		default:
			return nil, errors.New(p.Message)
		}
	}
	documents, _ := rules.Parse(file)
	nth := 0
	for _, d := range documents {
		r, ok := d.(*rules.Rule)
		if !ok || len(r.Detection.Named) == 0 {
			continue // or a rule without its indentation
		}
		if nth++; nth <= t.in.Nth {
			continue
		}
		if flaw != nil {
			return nil, &InputError{Path: t.in.Path, Pos: file.Pos(flaw.Span.Start), Message: flaw.Message, Help: flaw.Help}
		}
		return r, nil
	}
	return nil, errors.New("there is no detection rule")
}

// given are the scenarios that came beside the rule.
func (t *tuner) given() (list []scenario.Scenario) {
	for _, text := range t.in.Scenarios {
		list = append(list, scenario.Message(text)...)
	}
	for _, text := range t.in.Pages {
		list = append(list, scenario.Read(text).Scenarios...)
	}
	return list
}

// ruleScenarios takes the scenarios that were given, or else the false positives that the rule itself documents.
func (t *tuner) ruleScenarios() {
	t.scenarios = append(t.scenarios, t.given()...)
	if len(t.scenarios) > 0 || t.in.GivenOnly {
		return
	}
	for _, fp := range t.rule.FalsePositives {
		t.scenarios = append(t.scenarios, scenario.Scenario{Text: scenario.Section{
			Text: fp.Value, Span: scenario.Span{Start: fp.Node.Span.Start, End: fp.Node.Span.End},
		}})
	}
}

// readDocument takes a page apart: rule, query, scenarios.
func (t *tuner) readDocument() error {
	page := source.Parse(t.in.Path, []byte(t.in.Text), source.Limits{})
	for _, p := range page.Problems {
		if p.Kind == source.KindEncoding || p.Kind == source.KindLimit {
			return &InputError{Path: t.in.Path, Pos: page.Pos(p.Span.Start), Message: p.Message, Help: p.Help}
		}
	}
	hunt := scenario.Read(t.in.Text)
	document := &Document{Hunt: hunt, Cut: hunt.Cut}
	t.result.Document = document
	if hunt.Rule.Empty() {
		return t.noRule(page, hunt)
	}
	recovered := recover.Rule(hunt.Rule.Text)
	if recovered.Err != nil {
		return t.unrecovered(page, hunt, recovered)
	}
	document.Recovered, document.Readings = recovered.Changed, len(recovered.Readings)
	for _, n := range recovered.Notes {
		document.Notes = append(document.Notes, n.Message)
	}
	for _, n := range hunt.Notes {
		document.Notes = append(document.Notes, n.Message)
	}
	if !strings.HasSuffix(recovered.Text, "\n") {
		recovered.Text += "\n" // it becomes a file
	}
	rule, err := t.parse(recovered.Text)
	if err != nil {
		e := &InputError{Path: t.in.Path, Pos: page.Pos(hunt.Rule.Span.Start), Message: err.Error()}
		if flawed := (*InputError)(nil); errors.As(err, &flawed) {
			e.Message, e.Help = flawed.Message, flawed.Help
		}
		return e
	}
	t.text, t.rule = recovered.Text, rule
	t.result.Rule, t.result.RuleText = rule, t.text
	if !hunt.Query.Empty() {
		document.Query = &hunt.Query
		t.compareQuery(document)
	}
	t.scenarios = append(hunt.Scenarios, t.given()...)
	if len(t.scenarios) == 0 {
		t.ruleScenarios() // nothing but a rule that lost its form
	}
	return nil
}

func (t *tuner) compareQuery(d *Document) {
	if d.Query.Language != scenario.KQL {
		return
	}
	compared := kql.Compare(t.rule, d.Query.Text)
	d.Compared = &compared
	t.queryOptions.Parity = compared.Exact // the page shows the reference's form: stay with it
}

// noRule explains what the text lacks: the syntax error of a rule file, or a rule at all.
func (t *tuner) noRule(page *source.File, hunt scenario.Document) error {
	for _, p := range page.Problems {
		if p.Kind == source.KindSyntax && !hasScenarios(hunt) {
			return &InputError{Path: t.in.Path, Pos: page.Pos(p.Span.Start), Message: p.Message, Help: p.Help}
		}
	}
	e := &InputError{Path: t.in.Path, Message: "no Sigma rule found", Help: "name a rule file, or a page that holds a rule and its scenarios"}
	if !hunt.Query.Empty() {
		e.Message = "the page holds a query and no Sigma rule"
		e.Help = "write the rule that the query stands for; sigtune proposes filters for Sigma rules only"
	}
	return e
}

func hasScenarios(hunt scenario.Document) bool {
	for _, s := range hunt.Scenarios {
		if !s.Exclusion.Empty() {
			return true
		}
	}
	return false
}

func (t *tuner) unrecovered(page *source.File, hunt scenario.Document, r recover.Result) error {
	e := &InputError{Path: t.in.Path, Pos: page.Pos(hunt.Rule.Span.Start), Message: r.Err.Error()}
	if bad, ok := r.Err.(*recover.Error); ok {
		e.Pos = page.Pos(hunt.Rule.Span.Start + bad.Span.Start)
		e.Message = bad.Message
	}
	e.Help = "correct that line, or pass the rule as a file of its own"
	return e
}

// prepare refuses rules whose meaning is not certain: every claim about them would be a guess.
func (t *tuner) prepare() error {
	if err := t.rule.Detection.Evaluable(); err != nil {
		pos := t.rule.File.Pos(t.rule.Anchor().Start)
		for _, p := range t.rule.Problems {
			pos = t.rule.File.Pos(p.Span.Start)
			break
		}
		return &InputError{Path: t.in.Path, Pos: pos, Message: "the rule cannot be tuned: " + err.Error(), Help: "`sigtune lint` shows what to repair"}
	}
	fields := t.in.Domains.For(t.rule)
	options := logic.Options{Lists: fields.Lists}
	if t.in.Domains != nil {
		options.Domain = fields.Formula // what the site says of its fields; the bundled rows are assumptions that a claim about safety does without
	}
	t.formula, t.prover = logic.FromRule(t.rule), logic.NewProver(options)
	t.judge = safety.With(t.rule, t.prover, options)
	t.ground = newGround(t.rule)
	t.ground.kills = func(conditions []Condition) bool {
		d, err := detection(block("scenario", [][]Condition{conditions}))
		return err != nil || t.prover.Implies(t.formula, logic.FromDetection(d)).Verdict != logic.No
	}
	return nil
}

// lint runs the recommended checks over a rule.
func (t *tuner) lint(text string) []lint.Finding {
	chosen, err := lint.Selection{}.Apply(checks.All())
	if err != nil {
		return nil
	}
	engine := lint.Engine{Checks: chosen, Reporters: checks.Reporters(), Facts: lint.Facts{Today: t.in.Today, Domains: t.in.Domains}, Jobs: 1}
	return engine.Files(source.Parse(t.in.Path, []byte(text), source.Limits{})).Findings
}
