package config

import (
	"fmt"
	"slices"
	"strconv"
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
	for _, row := range implied {
		if chosen[row.validator] {
			c.option(row.check, row.option, row.value)
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

// wider are validators that report what is no defect to the checks that stand for them (docs/parity.md). That an exclusion of theirs silences
// nothing here does not show that `sigma check` can do without it.
var wider = []string{
	"all_of_them_condition", "attacktag", "d3_fendtag", "dangling_detection", "invalid_modifier_combinations", "sigmahq_invalid_fieldname", "sigmahq_logsource_unknown",
	"sigmahq_missing_asterisk_condition", "sigmahq_ofselection_condition", "sigmahq_status", "sigmahq_sysmon_missing_eventid", "sigmahq_tags_detection",
	"sigmahq_tags_techniques_without_tactics", "specific_instead_of_generic_logsource", "tag_format", "them_condition_with_single_detection",
	"wildcards_instead_of_modifiers",
}

// repeatedExclusion reports a rule that a validation configuration of pySigma excludes twice. SigmaHQ's own does: its loader keeps the last entry
// without a word, here both count.
func repeatedExclusion(file *source.File, p source.Problem) bool {
	if p.Kind != source.KindDuplicateKey || len(file.Documents) == 0 {
		return false
	}
	root := file.Documents[0].Root
	if root == nil || root.Kind != source.Map || root.Find("validators") == nil || root.Find("exclusions") == nil {
		return false
	}
	return slices.ContainsFunc(root.Find("exclusions").Entries, func(e source.Entry) bool { return e.Key.Span == p.Span })
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
			exclusion.unclear = exclusion.unclear || slices.Contains(wider, strings.ToLower(id.Value))
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
	"filename_length.min_size":                     {"filename-length", "min"},
	"filename_length.max_size":                     {"filename-length", "max"},
	"sigmahq_title_length.max_length":              {"title-too-long-for-list", "max"},
	"sigmahq_title_case.word_list":                 {"title-case", "small-words"},
	"sigmahq_description_length.description_len":   {"description-too-short", "min"},
	"sigmahq_link_in_description.word_list":        {"link-in-description", "words"},
	"sigmahq_falsepositives_banned_word.word_list": {"falsepositive-banned-word", "words"},
	"sigmahq_falsepositives_typo_word.word_list":   {"falsepositive-typo", "words"},
	"sigmahq_status_to_high.min_days":              {"status-too-high", "days"},
	"sigmahq_tags_tlp.allowed_tlp":                 {"tlp-not-allowed", "labels"},
	"sigmahq_tags_detection.folder_tag":            {"detection-tag-folder", "tags"}, // Folder_tag
}

// implied are options that say what a chosen validator looks at, where several validators are one check. The last one that is chosen wins.
var implied = []struct {
	validator, check, option string
	value                    any
}{
	{"sigmahq_filename_prefix", "filename-prefix", "all-logsources", 1},
	{"tlpv1_tag", "invalid-tlp-tag", "tlp", "v1"},
	{"tlptag", "invalid-tlp-tag", "tlp", "any"},
	{"tlpv2_tag", "invalid-tlp-tag", "tlp", "v2"},
}

func (r *reader) pySigmaParameters(n *source.Node, c *Config) {
	for _, validator := range n.Entries {
		for _, p := range validator.Value.Entries {
			name := validator.Key.Value + "." + p.Key.Value
			row := parameters[strings.ToLower(name)]
			check := lint.Find(r.all, row.check)
			if check == nil {
				c.Notes = append(c.Notes, source.Problem{Span: p.Key.Span, Message: fmt.Sprintf("the parameter `%s` has no counterpart and is not used", name)})
				continue
			}
			at := slices.IndexFunc(check.Options, func(o lint.Option) bool { return o.Name == row.option })
			value, ok := parameter(check.Options[at], p.Value)
			if !ok {
				r.report(p.Value, fmt.Sprintf("the parameter `%s` cannot be `%s`", name, source.Shorten(p.Value.Text())), "write "+kindOf(check.Options[at]))
				continue
			}
			c.option(check.Name, row.option, value)
		}
	}
}

// parameter reads the value of a parameter as the option wants it. Python takes any number; a limit below the option's range is the range's end.
func parameter(o lint.Option, n *source.Node) (any, bool) {
	switch o.Default.(type) {
	case int:
		v, err := strconv.Atoi(n.Value)
		if o.Max > 0 {
			v = min(v, o.Max)
		}
		return max(v, o.Min), err == nil && n.Kind == source.Scalar
	case []string:
		values := []string{}
		for _, item := range n.Items {
			if item.Kind != source.Scalar {
				return nil, false
			}
			values = append(values, item.Value)
		}
		return values, n.Kind == source.List
	}
	return n.Value, n.Kind == source.Scalar
}

// kindOf says what an option wants.
func kindOf(o lint.Option) string {
	switch o.Default.(type) {
	case int:
		return "a whole number"
	case []string:
		return "a list of texts"
	}
	return "a text"
}

func (c *Config) option(check, name string, value any) {
	if c.Options == nil {
		c.Options = map[string]map[string]any{}
	}
	if c.Options[check] == nil {
		c.Options[check] = map[string]any{}
	}
	c.Options[check][name] = value
}
