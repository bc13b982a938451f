package mcp

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/xeipuuv/gojsonschema"
)

// session is a client of a server with these options. Both ends are the SDK's, so a call goes through everything but a pipe.
func session(t *testing.T, o Options) *sdk.ClientSession {
	t.Helper()
	o.Today = func() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	here, there := sdk.NewInMemoryTransports()
	if _, err := s.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	client, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// called is the answer to a call: its text, its object, and whether it was refused.
type called struct {
	words   string
	object  string
	refused bool
}

func call(t *testing.T, c *sdk.ClientSession, name string, arguments map[string]any) called {
	t.Helper()
	result, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := called{refused: result.IsError}
	for _, part := range result.Content {
		out.words += part.(*sdk.TextContent).Text
	}
	if result.StructuredContent != nil {
		object, err := json.Marshal(result.StructuredContent)
		if err != nil {
			t.Fatal(err)
		}
		out.object = string(object)
	}
	return out
}

const listing = `title: Process Listing By A Service Account
id: 0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10
status: test
description: Detects the listing of network connections with netstat or ss
references:
    - https://attack.mitre.org/techniques/T1049/
author: The sigtune authors
date: 2026-01-12
tags:
    - attack.discovery
    - attack.t1049
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith:
            - '/netstat'
            - '/ss'
    condition: selection
falsepositives:
    - netstat started by monit
level: low
`

var narrowed = strings.Replace(listing, "            - '/ss'\n", "", 1)

const filter = `title: Curl Of The Monitor
id: 1c5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a11
description: Hides curl where it is started from the temporary directory
logsource:
    category: process_creation
    product: linux
filter:
    rules:
        - 0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10
    selection:
        Image|startswith: '/tmp/'
    condition: not selection
`

type args = map[string]any

// Every tool answers with the object of its command, which follows the published schema, and with words that name the point.
func TestToolsAnswerAsTheirCommands(t *testing.T) {
	c := session(t, Options{})
	for _, test := range []struct {
		tool, schema string
		arguments    args
		words        string // in the text
		object       string // in the object
	}{
		{"lint", "lint", args{"text": strings.Replace(listing, "level: low", "level: lwo", 1)}, "invalid-level", `"code":"SIG0306"`},
		{"lint", "lint", args{"text": listing, "profile": "strict", "select": []string{"ALL"}, "ignore": []string{"SIG0306"}}, "1 document", `"documents":1`},
		{"lint", "lint", args{"text": "title: [", "name": "broken.yml"}, "broken.yml:1", `"path":"broken.yml"`},
		{"lint", "lint", args{"text": filter}, "exclusion", `"name":"exclusion-user-writable-path"`},
		{"explain", "checks", args{"check": "SIG0704"}, "unused-identifier", `"name":"unused-identifier"`},
		{"explain", "checks", args{"check": "dangling_detection"}, "unused-identifier", `"code":"SIG0704"`},
		{"prove", "prove", args{"text": listing, "witnesses": true}, "/netstat", `"verdict":"yes"`},
		{"prove", "prove", args{"text": narrowed, "against": listing}, "matches too", `"relation":"inside"`},
		{"tune", "tune", args{"text": listing, "scenarios": []string{"netstat started by monit"}}, "filter", `"verdict":"filter"`},
		{"tune", "tune", args{"text": listing, "as": "sigma-filter"}, "filter", `"as":"sigma-filter"`},
		{"diff", "diff", args{"old": listing, "new": narrowed}, "lost: ", `"verdict":"narrowed"`},
		{"convert", "", args{"text": listing}, "imProcessCreate", `"schema":"sigtune.convert/1"`},
		{"convert", "", args{"text": listing, "to": "kql-xdr"}, "DeviceProcessEvents", `"target":"kql-xdr"`},
		{"convert", "", args{"text": strings.Replace(listing, "process_creation", "dns_server_log", 1)}, "not converted: line ", `"queries":[]`},
	} {
		t.Run(test.tool+" "+test.object, func(t *testing.T) {
			got := call(t, c, test.tool, test.arguments)
			if got.refused {
				t.Fatalf("refused: %s", got.words)
			}
			if !strings.Contains(got.words, test.words) {
				t.Errorf("the text does not say %q:\n%s", test.words, got.words)
			}
			if !strings.Contains(got.object, test.object) {
				t.Errorf("the object has no %s:\n%s", test.object, got.object)
			}
			if test.schema != "" {
				follows(t, test.schema, got.object)
			}
		})
	}
}

func follows(t *testing.T, schema, object string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "json", schema+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(text), gojsonschema.NewStringLoader(object))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range result.Errors() {
		t.Errorf("%s: %s", schema, e)
	}
}

// A refusal is an answer that an assistant can act on, not an error of the protocol.
func TestRefusalsSayWhatToDo(t *testing.T) {
	c := session(t, Options{Bounds: Bounds{Text: 2000, Answer: 3000}})
	for _, test := range []struct {
		name, tool string
		arguments  args
		words      string
	}{
		{"no text", "lint", args{}, "send the rule in `text`"},
		{"a path without a root", "lint", args{"path": "rule.yml"}, "additional properties"},
		{"an unknown argument", "lint", args{"text": listing, "fix": true}, "additional properties"},
		{"an unknown profile", "lint", args{"text": listing, "profile": "lax"}, "profile"},
		{"an unknown selection", "lint", args{"text": listing, "select": []string{"SIG9999"}}, "SIG9999"},
		{"too long a text", "lint", args{"text": strings.Repeat("a: b\n", 500)}, "more than the 2000"},
		{"too long an answer", "lint", args{"text": strings.Repeat("---\na: b\n", 200)}, "more than the 3000"},
		{"scenarios that are too long", "tune", args{"text": listing, "scenarios": []string{strings.Repeat("a", 3000)}}, "more than the 2000"},
		{"an unknown check", "explain", args{"check": "SIG0740"}, "did you mean"},
		{"no rule", "prove", args{"text": "a: b"}, "no detection rule"},
		{"broken YAML", "prove", args{"text": "title: ["}, "rule.yml:1:"},
		{"nothing to compare with", "prove", args{"text": listing, "against": "a: b"}, "`against` holds 0 rules"},
		{"an empty side", "diff", args{"old": listing}, "send the rule in `new`"},
		{"a broken side", "diff", args{"old": listing, "new": "title: ["}, "new.yml:1:"},
		{"a page without a rule", "tune", args{"text": "hello"}, "rule"},
		{"an unknown target", "convert", args{"text": listing, "to": "spl"}, "to"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := call(t, c, test.tool, test.arguments)
			if !got.refused || !strings.Contains(got.words, test.words) {
				t.Errorf("refused %t: %s", got.refused, got.words)
			}
		})
	}
}

// tree is a directory with a rule, and links that lead out of it.
func tree(t *testing.T) string {
	t.Helper()
	base := t.TempDir()
	root := filepath.Join(base, "rules")
	write := func(path, text string) {
		path = filepath.Join(base, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("secret.yml", "title: secret\n")
	write("rules/linux/listing.yml", listing)
	write("rules/linux/narrowed.yml", narrowed)
	write("rules/.hidden/other.yml", "title: secret\n")
	write("rules/linux/sigtune-test.yml", "rule: listing.yml\nkept: events.ndjson\n")
	write("rules/linux/info.yml", "rule_metadata: []\nregression_tests_info: []\n")
	for link, to := range map[string]string{"out.yml": "../secret.yml", "up": "..", "in.yml": "linux/listing.yml", "absolute.yml": filepath.Join(base, "secret.yml")} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Skipf("LOUD: symbolic links cannot be made here (%v): that the root holds them back was NOT tested", err)
		}
	}
	return root
}

func TestPathsStayBelowTheRoot(t *testing.T) {
	root := tree(t)
	c := session(t, Options{Root: root})
	for _, test := range []struct {
		path    string
		refused bool
		words   string
	}{
		{"linux/listing.yml", false, "1 document"},
		{"linux/../linux/listing.yml", false, "1 document"},
		{"in.yml", false, "1 document"},
		{"linux", false, "2 documents in 2 files"},
		{".", false, "2 documents in 2 files"},
		{"../secret.yml", true, "--root"},
		{"out.yml", true, "--root"},
		{"absolute.yml", true, "--root"},
		{"up/secret.yml", true, "--root"},
		{"up", true, "--root"},
		{filepath.Join(filepath.Dir(root), "secret.yml"), true, "--root"},
		{"missing.yml", true, "no such file"},
	} {
		t.Run(test.path, func(t *testing.T) {
			got := call(t, c, "lint", args{"path": test.path, "ignore": []string{"ALL"}})
			if got.refused != test.refused || !strings.Contains(got.words, test.words) || strings.Contains(got.words, "title: secret") {
				t.Errorf("refused %t: %s", got.refused, got.words)
			}
		})
	}
	if got := call(t, c, "diff", args{"old_path": "linux/listing.yml", "new_path": "linux/narrowed.yml"}); got.refused || !strings.Contains(got.object, "narrowed") {
		t.Errorf("%+v", got)
	}
	if got := call(t, c, "prove", args{"text": listing, "path": "linux/listing.yml"}); !got.refused || !strings.Contains(got.words, "not both") {
		t.Errorf("%+v", got)
	}
}

// What a client sees before it calls: each tool says that it only reads, its arguments have descriptions, and without a root none is a path.
func TestToolsDescribeThemselves(t *testing.T) {
	for _, test := range []struct {
		root  string
		paths bool
	}{{"", false}, {t.TempDir(), true}} {
		list, err := session(t, Options{Root: test.root}).ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Tools) != len(tools) {
			t.Fatalf("%d tools", len(list.Tools))
		}
		for _, tool := range list.Tools {
			if a := tool.Annotations; a == nil || !a.ReadOnlyHint || a.OpenWorldHint == nil || *a.OpenWorldHint {
				t.Errorf("%s: annotations %+v", tool.Name, a)
			}
			properties := tool.InputSchema.(map[string]any)["properties"].(map[string]any)
			for name, p := range properties {
				if p.(map[string]any)["description"] == nil {
					t.Errorf("%s.%s has no description", tool.Name, name)
				}
				if path := name == "path" || strings.HasSuffix(name, "_path"); path && !test.paths {
					t.Errorf("%s.%s is offered without a root", tool.Name, name)
				}
			}
			if test.paths != (properties["path"] != nil || properties["old_path"] != nil) && tool.Name != "explain" {
				t.Errorf("%s: a path is offered: %t", tool.Name, !test.paths)
			}
			if tool.OutputSchema == nil {
				t.Errorf("%s has no output schema", tool.Name)
			}
		}
	}
}

// Work that takes too long gives its answer up, and its turn only when it really ends.
func TestCallsAreBoundedInTimeAndNumber(t *testing.T) {
	s := &server{Options: Options{Bounds: Bounds{Time: 20 * time.Millisecond}}, turns: make(chan struct{}, 1)}
	release := make(chan struct{})
	if _, err := s.within(context.Background(), func() (answer, error) { <-release; return answer{}, nil }); err == nil || !strings.Contains(err.Error(), "one rule at a time") {
		t.Errorf("an endless call: %v", err)
	}
	if _, err := s.within(context.Background(), func() (answer, error) { t.Error("ran without a turn"); return answer{}, nil }); err == nil || !strings.Contains(err.Error(), "earlier calls") {
		t.Errorf("a call behind it: %v", err)
	}
	close(release)
	s.Bounds.Time = time.Minute
	if a, err := s.within(context.Background(), func() (answer, error) { return answer{words: "done"}, nil }); err != nil || a.words != "done" {
		t.Errorf("a call after it: %+v %v", a, err)
	}
	if _, err := s.within(context.Background(), func() (answer, error) { panic("a bug") }); err == nil || !strings.Contains(err.Error(), "internal error: a bug") {
		t.Errorf("a call that fails: %v", err)
	}
}

func TestLongTextsAreCutBetweenCharacters(t *testing.T) {
	s := &server{Options: Options{Bounds: Bounds{Words: 5, Answer: 10}}}
	result, object, err := s.bounded(answer{[]byte("{}"), "éééé"})
	if err != nil || string(object) != "{}" {
		t.Fatal(string(object), err)
	}
	if got := result.Content[0].(*sdk.TextContent).Text; !strings.HasPrefix(got, "éé\n…") {
		t.Errorf("%q", got)
	}
}
