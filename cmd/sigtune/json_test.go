package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// follows checks an output against a schema of docs/json and decodes it.
func follows(t *testing.T, schema, output string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "json", schema))
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(text), gojsonschema.NewStringLoader(output))
	if err != nil {
		t.Fatalf("%s: %v", schema, err)
	}
	for _, e := range result.Errors() {
		t.Errorf("%s: %s", schema, e)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal([]byte(output), into); err != nil {
		t.Fatal(err)
	}
}

// flawed is a rule of our own with findings of every severity, with related places, and with a fix.
const flawed = `title: download with curl
id: 3b9e7d52-6a0f-4c51-9d77-51c9b5a8f2c4
status: experimental
description: Detects a download with curl
references:
    - https://attack.mitre.org/techniques/T1105/
    - https://attack.mitre.org/techniques/T1105/
author: The sigtune authors
date: 2026/01/12
tags:
    - attack.t1105
    - attack.t1105
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith: '/curl'
    selection:
        CommandLine|contians: ' -o '
    filter:
        CommandLine|contains: ''
    condition: selection and not filter_main
level: hihg
`

func TestLintJSONFollowsItsSchema(t *testing.T) {
	for name, text := range map[string]string{"a flawed rule": flawed, "no file at all": "", "binary": "\x00\x01\xff", "tabs": "title: x\n\ty: z\n"} {
		t.Run(name, func(t *testing.T) {
			follows(t, "lint.schema.json", sigtune(text, "lint", "-", "--format", "json", "--select", "ALL").stdout, nil)
		})
	}
}

// The example has everything that the schema knows; otherwise the test above would prove less than it seems to.
func TestTheFlawedRuleExercisesTheSchema(t *testing.T) {
	var out struct {
		Findings []struct {
			Severity, Help string
			RuleID         string `json:"rule_id"`
			Related        []struct{ Line int }
			Fix            *struct{ Edits []struct{ New string } }
		}
	}
	follows(t, "lint.schema.json", sigtune(flawed, "lint", "-", "--format", "json", "--select", "ALL").stdout, &out)
	seen := map[string]bool{}
	for _, f := range out.Findings {
		seen[f.Severity] = true
		seen["help"] = seen["help"] || f.Help != ""
		seen["rule_id"] = seen["rule_id"] || f.RuleID != ""
		seen["related"] = seen["related"] || len(f.Related) > 0
		seen["fix"] = seen["fix"] || f.Fix != nil
	}
	for _, want := range []string{"error", "warning", "info", "help", "rule_id", "related", "fix"} {
		if !seen[want] {
			t.Errorf("no finding has %s", want)
		}
	}
}

func TestLintJSONOfThePublishedRulesFollowsItsSchema(t *testing.T) {
	corpus := corpustest.Open(t)
	dir := t.TempDir()
	for _, f := range corpus.LiveRules(t) {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	follows(t, "lint.schema.json", sigtune("", "lint", dir, "--format", "json").stdout, nil)
}

// What --as and --env add to the output: filter documents where the rule can be referred to, placeholders until they are filled in.
func TestTuneJSONFollowsItsSchema(t *testing.T) {
	dir := t.TempDir()
	site := filepath.Join(dir, "site.yml")
	if err := os.WriteFile(site, []byte("admin_users: ['adm-anna']\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name         string
		args         []string
		placeholders int
		documents    bool
	}{
		{"as it is", nil, 1, false},
		{"as filter documents", []string{"--as", "sigma-filter"}, 1, true},
		{"filled in", []string{"--env", site}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out struct {
				As             string
				Placeholders   []struct{ Name string }
				FilterDocument *string `json:"filter_document"`
				QueryAfter     string  `json:"query_after"`
			}
			follows(t, "tune.schema.json", sigtune(ourPage(t), append([]string{"tune", "-", "--format", "json"}, c.args...)...).stdout, &out)
			if len(out.Placeholders) != c.placeholders || (out.FilterDocument != nil) != c.documents || out.QueryAfter == "" {
				t.Errorf("%+v", out)
			}
		})
	}
}
