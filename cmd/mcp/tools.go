package mcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/manual"
	"github.com/sigtune/sigtune/lint/proof"
	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/lint/revision"
	diffreport "github.com/sigtune/sigtune/lint/revision/report"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/tuning"
	tunereport "github.com/sigtune/sigtune/tuning/report"
)

// tools are what a server offers, in the order in which clients list them.
var tools = []tool{
	declare("lint", "Lint Sigma rules",
		"Validates and lints Sigma rules, correlations and filters. Returns findings with place, reason and, where there is one, a fix as byte edits. "+
			"Call it on every rule that you write or change.",
		lintreport.Schema, []string{"findings", "suppressed", "summary"}, map[string][]string{"profile": {"recommended", "sigmahq", "strict"}}, (*server).lint),
	declare("explain", "Explain a check",
		"Says what a check looks for, why it matters, how to repair a rule, with an example. Takes a code or name from a finding, or what pySigma, yamllint or another linter calls it.",
		"sigtune.checks/1", []string{"checks"}, nil, (*server).explain),
	declare("prove", "Prove what a rule can match",
		"Decides whether any event can match a rule and gives one, names parts that can never matter, and with `against` says how two rules relate "+
			"(equal, inside, around, disjoint, overlapping), with events as witnesses. `unknown` means that it was not decided.",
		proof.Schema, []string{"rules"}, nil, (*server).prove),
	declare("tune", "Turn a false positive into a filter",
		"Judges false-positive scenarios for a rule, given in words, in the rule's `falsepositives`, or on a hunting page that holds the rule: a filter with the proof "+
			"of what it hides, or the reason why there should be none. `rule_after` is the rule with every filter that can be recommended.",
		tunereport.Schema, []string{"rule", "scenarios", "rule_after"}, map[string][]string{"as": {string(tuning.Inline), string(tuning.SigmaFilter)}}, (*server).tune),
	declare("diff", "Compare two versions of rules",
		"Says which events a change of rules lost and gained, each with an event that shows it. Compares by meaning, not by text; rules are paired by id.",
		diffreport.Schema, []string{"rules", "filters", "correlations", "summary"}, nil, (*server).diff),
	declare("convert", "Convert a rule to a query",
		"Previews a rule as a Microsoft Sentinel (ASIM) or Defender XDR query, with notes on what the query says differently from the rule.",
		ConvertSchema, []string{"target", "queries", "notes", "errors"}, map[string][]string{"to": {"kql-asim", "kql-xdr"}}, (*server).convert),
}

type lintCall struct {
	Text    string   `json:"text,omitempty" jsonschema:"the YAML text of one or several Sigma documents"`
	Path    string   `json:"path,omitempty" jsonschema:"instead of the text: a file or directory below the opened directory"`
	Name    string   `json:"name,omitempty" jsonschema:"file name of the text; some checks look at it (default rule.yml)"`
	Profile string   `json:"profile,omitempty" jsonschema:"the set of checks (default recommended)"`
	Select  []string `json:"select,omitempty" jsonschema:"more checks to run: codes, names, families or ALL"`
	Ignore  []string `json:"ignore,omitempty" jsonschema:"checks not to run: codes, names or families"`
}

func (s *server) lint(in lintCall) (answer, error) {
	if err := valid(in.Name); err != nil {
		return answer{}, err
	}
	engine, err := s.engine(in)
	if err != nil {
		return answer{}, err
	}
	var inputs []lint.Input
	if s.directory(in.Path) && in.Text == "" {
		files, err := s.below(in.Path, s.Config.Excluded, engine.Limits)
		if err != nil {
			return answer{}, err
		}
		for _, f := range files {
			inputs = append(inputs, lint.Input{Path: f.Path, File: f})
		}
		engine.Facts.Complete = path.Clean(in.Path) == "." // elsewhere a rule may be missing because nobody asked about it
	} else {
		file, err := s.source(text{"text", in.Text, in.Path, in.Name}, engine.Limits)
		if err != nil {
			return answer{}, err
		}
		inputs = append(inputs, lint.Input{Path: file.Path, File: file})
	}
	result := engine.Run(inputs)
	return written(
		func(w io.Writer) error { return lintreport.JSON(w, result) },
		func(w io.Writer) error { return textFormat.Write(w, result, lintreport.Options{Fixes: true}) },
	)
}

var textFormat, _ = lintreport.ParseFormat("text")

// engine is set up as for `sigtune lint`.
func (s *server) engine(in lintCall) (*lint.Engine, error) {
	all := checks.All()
	cfg := s.Config
	name := cfg.Profile
	if in.Profile != "" {
		name = in.Profile
	}
	profile := lint.Recommended
	if name != "" {
		var err error
		if profile, err = lint.ParseProfile(name); err != nil {
			return nil, err
		}
	}
	chosen, err := lint.Selection{Profile: profile, Select: cfg.Select, Ignore: cfg.Ignore}.Apply(all)
	if err == nil && len(in.Select)+len(in.Ignore) > 0 {
		chosen, err = lint.Selection{Profile: lint.None, Select: append(codes(chosen), in.Select...), Ignore: in.Ignore}.Apply(all)
	}
	if err != nil {
		return nil, err
	}
	adjust, err := cfg.Adjuster(all, s.Today())
	if err != nil {
		return nil, err
	}
	engine := &lint.Engine{
		Checks: chosen, All: all, Reporters: checks.Reporters(), Facts: lint.Facts{Today: s.Today(), Profile: profile}, Limits: cfg.Limits,
		Policy: cfg.Comments(all), Adjust: adjust,
	}
	cfg.Facts(&engine.Facts)
	if profile != lint.SigmaHQ { // whose gate knows no such checks
		engine.Closer, err = closer(all, append(slices.Clone(cfg.Ignore), in.Ignore...))
	}
	return engine, err
}

// closerFamily are the checks that every filter document gets, chosen or not.
const closerFamily = "10"

// closer are the checks of that family, but for those that are not wanted.
func closer(all []*lint.Check, ignored []string) ([]*lint.Check, error) {
	var list []string
	for _, c := range all {
		if c.Family() == closerFamily {
			list = append(list, c.Code)
		}
	}
	chosen, err := lint.Selection{Profile: lint.None, Select: list, Ignore: ignored}.Apply(all)
	return slices.DeleteFunc(chosen, func(c *lint.Check) bool { return c.Family() != closerFamily }), err
}

func codes(list []*lint.Check) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Code)
	}
	return out
}

type explainCall struct {
	Check string `json:"check" jsonschema:"a code (SIG0704) or name (unused-identifier) of a check, or its id in another linter"`
}

func (s *server) explain(in explainCall) (answer, error) {
	m := &manual.Manual{All: checks.All(), Reporters: checks.Reporters()}
	var found []*lint.Check
	if c := lint.Find(m.All, in.Check); c != nil {
		found = append(found, c)
	} else {
		for _, p := range lint.FindPeers("", in.Check) {
			for _, code := range p.Codes {
				if c := lint.Find(m.All, code); c != nil && !slices.Contains(found, c) {
					found = append(found, c)
				}
			}
		}
	}
	if len(found) == 0 {
		var names []string
		for _, c := range m.All {
			names = append(names, c.Name, c.Code)
		}
		message := fmt.Sprintf("`%s` is no check", in.Check)
		if best := nearest.Of(in.Check, names, nearest.Suggestions); len(best) > 0 {
			message += "; did you mean " + strings.Join(best, ", ") + "?"
		}
		return answer{}, errors.New(message)
	}
	out := struct {
		Schema string         `json:"schema"`
		Checks []manual.Entry `json:"checks"`
	}{Schema: "sigtune.checks/1"}
	var words strings.Builder
	for _, c := range found {
		out.Checks = append(out.Checks, m.Entry(c))
		words.WriteString(m.Page(c))
	}
	object, err := encode(out)
	return answer{object, words.String()}, err
}

type proveCall struct {
	Text        string `json:"text,omitempty" jsonschema:"the YAML text of one or several rules"`
	Path        string `json:"path,omitempty" jsonschema:"instead of the text: a file below the opened directory"`
	Against     string `json:"against,omitempty" jsonschema:"the YAML text of one other rule to compare with"`
	AgainstPath string `json:"against_path,omitempty" jsonschema:"instead of against: a file below the opened directory"`
	Witnesses   bool   `json:"witnesses,omitempty" jsonschema:"also give an event for every value that the rule looks for"`
}

func (s *server) prove(in proveCall) (answer, error) {
	file, err := s.readable(text{"text", in.Text, in.Path, ""})
	if err != nil {
		return answer{}, err
	}
	options := proof.Options{Witnesses: in.Witnesses, Domains: s.domains()}
	if in.Against != "" || in.AgainstPath != "" {
		other, err := s.readable(text{"against", in.Against, in.AgainstPath, "against.yml"})
		if err != nil {
			return answer{}, err
		}
		found := rulesOf(other)
		if len(found) != 1 {
			return answer{}, fmt.Errorf("`against` holds %s; it takes one", lintreport.Plural(len(found), "rule"))
		}
		options.Against = found[0]
	}
	list := proof.Examine(file, options)
	if len(list) == 0 {
		return answer{}, errNoRule
	}
	return written(
		func(w io.Writer) error { return proof.JSON(w, list) },
		func(w io.Writer) error { return proof.Text(w, list, proof.Palette{}) },
	)
}

var errNoRule = errors.New("the text holds no detection rule")

type tuneCall struct {
	Text        string   `json:"text,omitempty" jsonschema:"the YAML text of a rule, or the text of a page that holds one with its scenarios"`
	Path        string   `json:"path,omitempty" jsonschema:"instead of the text: a file below the opened directory"`
	Scenarios   []string `json:"scenarios,omitempty" jsonschema:"false-positive scenarios in words, for example: netstat started by monit"`
	As          string   `json:"as,omitempty" jsonschema:"how exclusions are written: inline (a block in the rule) or sigma-filter (a filter document of its own)"`
	Environment string   `json:"environment,omitempty" jsonschema:"YAML with the site's own values for placeholders, name: [value, ...]"`
}

func (s *server) tune(in tuneCall) (answer, error) {
	name, data, err := s.read(text{"text", in.Text, in.Path, ""})
	if err != nil {
		return answer{}, err
	}
	size := len(in.Environment)
	for _, words := range in.Scenarios {
		size += len(words)
	}
	if size > s.Bounds.Text {
		return answer{}, fmt.Errorf("scenarios and environment have %d bytes, more than the %d of this server", size, s.Bounds.Text)
	}
	input := tuning.Input{Path: name, Text: string(data), Scenarios: in.Scenarios, Today: s.Today(), As: tuning.Form(in.As)}
	if in.As == "" {
		input.As = tuning.Inline
	}
	if in.Environment != "" {
		if input.Environment, err = tuning.ReadEnvironment("environment", []byte(in.Environment)); err != nil {
			return answer{}, err
		}
	}
	result, err := tuning.Tune(input)
	if err != nil {
		return answer{}, err
	}
	return written(
		func(w io.Writer) error { return tunereport.JSON(w, result) },
		func(w io.Writer) error { return tunereport.Text(w, result, tunereport.Palette{}) },
	)
}

type diffCall struct {
	Old     string `json:"old,omitempty" jsonschema:"the YAML text before"`
	New     string `json:"new,omitempty" jsonschema:"the YAML text after"`
	OldPath string `json:"old_path,omitempty" jsonschema:"instead of old: a file below the opened directory"`
	NewPath string `json:"new_path,omitempty" jsonschema:"instead of new: a file below the opened directory"`
}

func (s *server) diff(in diffCall) (answer, error) {
	var before, after revision.Tree
	for _, side := range []struct {
		into *revision.Tree
		text text
	}{{&before, text{"old", in.Old, in.OldPath, "old.yml"}}, {&after, text{"new", in.New, in.NewPath, "new.yml"}}} {
		file, err := s.readable(side.text)
		if err != nil {
			return answer{}, err
		}
		side.into.Add(file, "", "")
	}
	comparison := revision.Compare(revision.Match(before, after), func(*rules.Rule) logic.Options { return logic.Options{} })
	return written(
		func(w io.Writer) error { return diffreport.JSON(w, &comparison) },
		func(w io.Writer) error { return diffreport.Text(w, &comparison, diffreport.Palette{}) },
	)
}

// encode writes an object as the commands do.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return b.Bytes(), err
}
