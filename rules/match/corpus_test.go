package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// liveRules are the corpus's live rules by path.
func liveRules(t testing.TB, corpus corpustest.Corpus) map[string]*rules.Rule {
	t.Helper()
	out := map[string]*rules.Rule{}
	for _, file := range corpus.LiveRules(t) {
		documents, _ := rules.Parse(source.Parse(file.Path, file.Data, source.Limits{}))
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok {
				out[file.Path] = r
			}
		}
	}
	return out
}

// flatten brings a Windows event as evtx tools dump it to the names that rules use: the fields of System and EventData
// side by side, `Provider_Name` for the provider.
func flatten(dump map[string]any) map[string]any {
	out := map[string]any{}
	root, _ := dump["Event"].(map[string]any)
	parts := []any{root["EventData"], root["System"]}
	if user, ok := root["UserData"].(map[string]any); ok {
		for _, inner := range user { // one element, named by the provider
			parts = append(parts, inner)
		}
	}
	for _, part := range parts {
		fields, _ := part.(map[string]any)
		for name, v := range fields {
			out[name] = v
			// Microsoft Defender's log writes `Process Name` where Sigma, as its backends' mappings have it, says `ProcessName`.
			out[strings.ReplaceAll(name, " ", "")] = v
			if name == "Provider" {
				if attributes, ok := v.(map[string]any)["#attributes"].(map[string]any); ok {
					out["Provider_Name"] = attributes["Name"]
				}
			}
		}
	}
	return out
}

func TestRegressionEventsMatchTheirRules(t *testing.T) {
	corpus := corpustest.Open(t)
	byID := map[string]*rules.Rule{}
	for _, r := range liveRules(t, corpus) {
		byID[r.ID.Value] = r
	}
	agree, total, events, matched := 0, 0, 0, 0
	info := map[string]string{}
	files := corpus.Archive(t, "sigmahq/regression_data.tar.gz", func(p string) bool {
		return strings.HasSuffix(p, ".json") || strings.HasSuffix(p, "info.yml")
	})
	for _, f := range files {
		if path.Base(f.Path) == "info.yml" {
			root := source.Parse(f.Path, f.Data, source.Limits{}).Documents[0].Root
			info[path.Dir(f.Path)] = root.Find("rule_metadata").Items[0].Find("id").Value
		}
	}
	for _, f := range files {
		if path.Ext(f.Path) != ".json" {
			continue
		}
		rule := byID[info[path.Dir(f.Path)]]
		if rule == nil {
			t.Errorf("%s: the corpus has no rule with id %q", f.Path, info[path.Dir(f.Path)])
			continue
		}
		m, err := Compile(rule)
		if err != nil {
			t.Errorf("%s: %v", f.Path, err)
			continue
		}
		total++
		hit, last := false, (*Event)(nil)
		decoder := json.NewDecoder(bytes.NewReader(f.Data))
		decoder.UseNumber()
		for {
			var dump map[string]any
			if err := decoder.Decode(&dump); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
			events++
			last = NewEvent(flatten(dump))
			if m.Match(last) {
				matched++
				hit = true
			}
		}
		name := path.Base(path.Dir(f.Path))
		if hit {
			agree++
		} else {
			t.Errorf("%s: no event matches\n%s", name, m.Explain(last))
		}
	}
	t.Logf("%d of %d rules match an event of theirs; %d of %d events match", agree, total, matched, events)
	if total < 202 {
		t.Errorf("only %d rules measured", total)
	}
}

// asWritten gives every placeholder of a rule its own spelling as value: the corpora were labelled by tools that left
// placeholders in place.
func asWritten(r *rules.Rule) map[string][]string {
	values := map[string][]string{}
	for _, d := range r.Detection.Named {
		d.Block.Each(func(i *rules.Item) {
			for _, test := range i.Tests {
				for _, p := range test.Patterns {
					for _, token := range p {
						if token.Kind == rules.Placeholder {
							values[token.Text] = []string{"%" + token.Text + "%"}
						}
					}
				}
			}
		})
	}
	return values
}

// ruleHit is a line of the OTRF corpus: `hit` when the rule fires, `suppressed` when only the identifiers in Blocks keep
// it from firing.
type ruleHit struct {
	Path   string
	Kind   string
	Blocks []string
	Event  json.RawMessage
}

func TestRealEventsFireOrAreSuppressed(t *testing.T) {
	corpus := corpustest.Open(t)
	all := liveRules(t, corpus)
	compiled := map[string]*Matcher{}
	agree, total := 0, 0
	corpus.Lines(t, "events/otrf_rule_hits.jsonl.gz", func(line json.RawMessage) {
		var hit ruleHit
		if err := json.Unmarshal(line, &hit); err != nil {
			t.Fatal(err)
		}
		rule := all[hit.Path]
		if compiled[hit.Path] == nil {
			m, err := Compile(rule, WithPlaceholders(asWritten(rule)))
			if err != nil {
				t.Fatalf("%s: %v", hit.Path, err)
			}
			compiled[hit.Path] = m
		}
		e, err := ParseEvent(hit.Event)
		if err != nil {
			t.Fatal(err)
		}
		total++
		m := compiled[hit.Path]
		got := m.Match(e)
		x := m.Explain(e)
		if x.Matched != got {
			t.Errorf("%s: match and explanation differ", hit.Path)
		}
		ok := got == (hit.Kind == "hit")
		for _, name := range hit.Blocks {
			block, err := CompileDetection(rule.Detection.Find(name))
			if err != nil {
				t.Fatal(err)
			}
			ok = ok && block.Match(e)
		}
		if ok {
			agree++
		} else {
			t.Errorf("%s: %s expected\n%s", hit.Path, hit.Kind, x)
		}
	})
	t.Logf("%d of %d events fire or are suppressed as labelled", agree, total)
}

func TestLiveRulesCompile(t *testing.T) {
	corpus := corpustest.Open(t)
	refused := map[string]string{}
	all := liveRules(t, corpus)
	for p, r := range all {
		if _, err := Compile(r); err != nil {
			refused[p] = err.Error()
		}
	}
	for p, reason := range refused {
		if !strings.Contains(reason, "placeholder") {
			t.Errorf("%s: %s", p, reason)
		}
	}
	t.Logf("%d of %d live rules compile; the others need values for placeholders", len(all)-len(refused), len(all))
}

// tuningCase is what the evaluator needs of a public tuning case.
type tuningCase struct {
	Before    string `json:"rule_before"`
	Reference struct {
		After string `json:"rule_after"`
	}
	Events struct {
		Given  []json.RawMessage `json:"fp_given"`
		Hidden []json.RawMessage `json:"fp_hidden"`
		True   []json.RawMessage `json:"tp"`
	}
}

// All events of the tuning cases fire the rule; with the filter that a human wrote only the true positives do.
func TestTuningEventsMatchUntilTheHumanFilter(t *testing.T) {
	corpus := corpustest.Open(t)
	fired, kept, excluded, all, bad, good := 0, 0, 0, 0, 0, 0
	for _, f := range corpus.Archive(t, "tuning/public.tar.gz", func(p string) bool { return strings.HasSuffix(p, ".json") }) {
		var c tuningCase
		if err := json.Unmarshal(f.Data, &c); err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		before, after := compileCase(t, f.Path, c.Before), compileCase(t, f.Path, c.Reference.After)
		if before == nil {
			continue
		}
		for k, group := range [][]json.RawMessage{c.Events.Given, c.Events.Hidden, c.Events.True} {
			for _, raw := range group {
				e, err := ParseEvent(raw)
				if err != nil {
					t.Fatalf("%s: %v", f.Path, err)
				}
				if all++; before.Match(e) {
					fired++
				} else {
					t.Errorf("%s: the rule does not fire\n%s", f.Path, before.Explain(e))
				}
				isTrue := k == 2
				switch {
				case after == nil:
					continue
				case after.Match(e) != isTrue:
					t.Errorf("%s: true positive %v, human filter\n%s", f.Path, isTrue, after.Explain(e))
				case isTrue:
					kept++
				default:
					excluded++
				}
				if isTrue {
					good++
				} else {
					bad++
				}
			}
		}
	}
	t.Logf("%d of %d events fire their rule; with the human filter %d of %d true positives still do, %d of %d false ones do not",
		fired, all, kept, good, excluded, bad)
}

// compileCase is nil for a text without a rule.
func compileCase(t *testing.T, path, text string) *Matcher {
	t.Helper()
	documents := documentsOf(text)
	if len(documents) == 0 {
		return nil
	}
	r, ok := documents[0].(*rules.Rule)
	if !ok {
		return nil
	}
	m, err := Compile(r, WithPlaceholders(asWritten(r)))
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return nil
	}
	return m
}

// atomicEvents are the process events of the corpus, as JSON and parsed.
func atomicEvents(t testing.TB) (raw []json.RawMessage, parsed []*Event) {
	t.Helper()
	corpustest.Open(t).Lines(t, "events/atomic.jsonl.gz", func(line json.RawMessage) {
		var c struct{ Event json.RawMessage }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		e, err := ParseEvent(c.Event)
		if err != nil {
			t.Fatal(err)
		}
		raw, parsed = append(raw, c.Event), append(parsed, e)
	})
	return raw, parsed
}
