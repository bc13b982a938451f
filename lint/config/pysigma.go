package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// pySigma reads a validation configuration of pySigma as it is: `validators` chooses (`all`, names, names with a minus), `exclusions` silences
// validators for rules, `config` holds their parameters. What it says is carried over to the checks that cover the validators; the profile is
// sigmahq, the one that has them all. Checks that pySigma has no validator for stay as the profile has them.
func (r *reader) pySigma(root *source.Node, c *Config) {
	c.pySigma, c.Profile = true, "sigmahq"
	chosen := map[string]bool{} // validators
	names := root.Find("validators")
	if names.Kind != source.List {
		r.report(names, "`validators` is not a list", "list names of validators, or `all`")
		return
	}
	for _, n := range names.Items {
		name, minus := strings.CutPrefix(n.Value, "-")
		if name == "all" {
			for _, p := range lint.Peers {
				if isValidator(p) {
					chosen[p.ID] = !minus
				}
			}
			continue
		}
		if len(validators(name)) == 0 {
			r.unknownValidator(n, name)
			continue
		}
		chosen[name] = !minus
	}
	// A check is off when validators cover it and none of them is chosen.
	on, covered := map[string]bool{}, map[string]bool{}
	for _, p := range lint.Peers {
		if !isValidator(p) {
			continue
		}
		for _, code := range p.Codes {
			covered[code] = true
			on[code] = on[code] || chosen[p.ID]
		}
	}
	for _, check := range r.all {
		switch {
		case covered[check.Code] && !on[check.Code]:
			c.Ignore = append(c.Ignore, check.Code)
		case covered[check.Code]:
			c.Select = append(c.Select, check.Code)
		}
	}
	r.pySigmaExclusions(root.Find("exclusions"), c)
	if parameters := root.Find("config"); parameters != nil && parameters.Kind == source.Map {
		r.pySigmaParameters(parameters, c)
	}
	for _, e := range root.Entries {
		if !slices.Contains([]string{"validators", "exclusions", "config"}, e.Key.Value) {
			r.report(e.Key, fmt.Sprintf("a validation configuration of pySigma has no key `%s`", source.Shorten(e.Key.Value)), suggest(e.Key.Value, []string{"validators", "exclusions", "config"}, "remove it"))
		}
	}
}

func isValidator(p lint.Peer) bool { return p.Tool == lint.PySigma || p.Tool == lint.PySigmaSigmaHQ }

func validators(id string) []lint.Peer {
	return slices.DeleteFunc(slices.Clone(lint.FindPeers("", id)), func(p lint.Peer) bool { return !isValidator(p) })
}

// unknownValidator notes a name: pySigma has plugins that nobody here knows, so it is no error.
func (r *reader) unknownValidator(n *source.Node, name string) {
	var known []string
	for _, p := range lint.Peers {
		if isValidator(p) {
			known = append(known, p.ID)
		}
	}
	r.report(n, fmt.Sprintf("no validator of pySigma is called `%s`", source.Shorten(name)), suggest(name, known, "remove it"))
}

func (r *reader) pySigmaExclusions(n *source.Node, c *Config) {
	if n == nil || n.IsNull() {
		return
	}
	if n.Kind != source.Map {
		r.report(n, "`exclusions` is not a mapping", "map ids of rules to names of validators")
		return
	}
	for _, e := range n.Entries {
		exclusion := &Exclusion{Rule: e.Key.Value, Span: e.Span(), Reason: "excluded by the validation configuration"}
		ids := []*source.Node{e.Value}
		if e.Value.Kind == source.List {
			ids = e.Value.Items
		}
		for _, id := range ids {
			found := validators(id.Value)
			if len(found) == 0 {
				r.unknownValidator(id, id.Value)
			}
			for _, p := range found {
				for _, code := range p.Codes {
					if check := lint.Find(r.all, code); check != nil && lint.Suppressible(check) {
						exclusion.Checks = append(exclusion.Checks, check.Name)
					}
				}
			}
		}
		c.Exclusions = append(c.Exclusions, exclusion)
	}
}

// parameters of validators and the options that they are here.
var parameters = map[string]struct{ check, option string }{
	"filename_length.min_size": {"filename-length", "min"},
	"filename_length.max_size": {"filename-length", "max"},
}

func (r *reader) pySigmaParameters(n *source.Node, c *Config) {
	for _, validator := range n.Entries {
		for _, p := range validator.Value.Entries {
			name := validator.Key.Value + "." + p.Key.Value
			row, ok := parameters[name]
			check := lint.Find(r.all, row.check)
			if !ok || check == nil || !slices.ContainsFunc(check.Options, func(o lint.Option) bool { return o.Name == row.option }) {
				c.Notes = append(c.Notes, source.Problem{Span: p.Key.Span, Message: fmt.Sprintf("the parameter `%s` has no counterpart and is not used", name)})
				continue
			}
			if c.Options == nil {
				c.Options = map[string]map[string]any{}
			}
			if c.Options[check.Name] == nil {
				c.Options[check.Name] = map[string]any{}
			}
			c.Options[check.Name][row.option] = number(validator.Value, p.Key.Value)
		}
	}
}
