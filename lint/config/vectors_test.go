package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// vector is a rule, or several, with what a validator of pySigma says about them.
type vector struct {
	ID        string
	Validator string
	Config    map[string]any
	Rules     []struct {
		Rule json.RawMessage
		YAML string
		Path string
	}
	Expected int `json:"expected_count"`
	Issues   []struct {
		Params struct{ Tag string }
	} `json:"expected"`
	Clock string `json:"clock"`
	Data  any    `json:"data"`
}

// differs are the vectors that we answer otherwise on purpose, with the reason (docs/parity.md).
var differs = map[string]string{
	"core:test_validators_tags.py::test_validator_valid_attack_tags#0": "ATT&CK 19.1 has retired all data sources (`attack.ds0026`); the vector is older",
	"core:test_validators_tags.py::test_mitre_attack_set_url_with_file#0": "the vector brings a table of its own, in which `attack.t9999` exists; ours says, as an info, " +
		"that the id is newer than its table",
}

// Every vector is run as a user of pySigma would: with a validation configuration that names the validator and its parameters.
func TestValidatorVectors(t *testing.T) {
	all := checks.All()
	agree, total := 0, 0
	corpustest.Open(t).Lines(t, "peers/validator_vectors.jsonl.gz", func(line json.RawMessage) {
		var v vector
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		total++
		settings := map[string]any{"validators": []string{v.Validator}}
		if len(v.Config) > 0 {
			settings["config"] = map[string]any{v.Validator: v.Config}
		}
		text, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		c, problems := Read(source.Parse("conf.yml", text, source.Limits{}), all)
		if len(problems) > 0 {
			t.Errorf("%s: %v", v.ID, problems)
			return
		}
		var codes []string
		for _, p := range validators(v.Validator) {
			codes = append(codes, p.Codes...)
		}
		chosen, err := lint.Selection{Profile: lint.None, Select: codes}.Apply(all)
		if err != nil {
			t.Errorf("%s: %v", v.ID, err)
			return
		}
		profile, err := lint.ParseProfile(c.Profile)
		if err != nil {
			t.Fatal(err)
		}
		facts := lint.Facts{Today: day(v.Clock), Complete: true, Profile: profile}
		c.Facts(&facts)
		engine := lint.Engine{Checks: chosen, All: all, Reporters: checks.Reporters(), Facts: facts}
		var files []*source.File
		for i, r := range v.Rules {
			data := []byte(r.YAML)
			if r.YAML == "" {
				data = r.Rule
			}
			if i == 0 {
				data = v.tagged(data)
			}
			path := r.Path
			if path == "" {
				path = fmt.Sprintf("rule_%d.yml", i)
			}
			files = append(files, source.Parse(path, data, source.Limits{}))
		}
		found := engine.Files(files...).Findings
		found = slices.DeleteFunc(found, func(f lint.Finding) bool { return !slices.Contains(codes, f.Check.Code) })
		same := len(found) > 0 == (v.Expected > 0)
		reason, known := differs[v.ID]
		switch {
		case same && known:
			t.Errorf("%s agrees now; drop its row", v.ID)
		case same:
			agree++
		case !known:
			var got []string
			for _, f := range found {
				got = append(got, f.Check.Code+" "+f.Message)
			}
			yaml := v.Rules[0].YAML
			if yaml == "" {
				yaml = string(v.Rules[0].Rule)
			}
			t.Errorf("%s (%s %v): want %d, got %v\n%s\n%s", v.ID, v.Validator, v.Config, v.Expected, got, v.Rules[0].Path, strings.TrimSpace(yaml))
		case reason == "":
			t.Errorf("%s differs without a reason", v.ID)
		}
	})
	t.Logf("%d of %d vectors agree; %d differ on purpose", agree, total, len(differs))
}

// tagged adds tags of which the issues speak and that the text lacks: their tests set them on the rule they had read.
func (v vector) tagged(text []byte) []byte {
	if len(text) > 0 && text[0] == '{' || strings.Contains(string(text), "\ntags:") {
		return text
	}
	var tags []string
	for _, issue := range v.Issues {
		if tag := issue.Params.Tag; tag != "" {
			tags = append(tags, "    - "+tag+"\n")
		}
	}
	if len(tags) == 0 {
		return text
	}
	return []byte(strings.TrimRight(string(text), "\n") + "\ntags:\n" + strings.Join(tags, ""))
}

func day(clock string) time.Time {
	if d, err := time.Parse(time.DateOnly, clock[:min(len(clock), len(time.DateOnly))]); err == nil {
		return d
	}
	return time.Date(2026, 8, 5, 0, 0, 0, 0, time.UTC)
}
