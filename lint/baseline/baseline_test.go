package baseline

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/xeipuuv/gojsonschema"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	syntax    = &lint.Check{Code: "SIG0101", Name: "yaml-syntax"}
	failed    = &lint.Check{Code: "SIG0001", Name: "internal-error"}
	weak      = &lint.Check{Code: "SIG0904", Name: "weak-branch"}
	thin      = &lint.Check{Code: "SIG0905", Name: "thin-branch"}
	duplicate = &lint.Check{Code: "SIG1302", Name: "duplicate-title", Tree: func(*lint.TreePass) {}}
	unused    = &lint.Check{Code: "SIG1603", Name: lint.UnusedSuppression, Severity: lint.Warning}
	all       = []*lint.Check{syntax, failed, weak, thin, duplicate, unused}
)

// at is a finding: check, file, id, title, place, value.
func at(c *lint.Check, path, id, title, place, value string) lint.Finding {
	return lint.Finding{
		Check: c, File: source.Bare(path, nil), Subject: lint.Subject{Document: 1, Kind: "rule", ID: id, Title: title},
		Place: lint.Place{Path: place, Value: value},
	}
}

func text(t testing.TB, b *Baseline) string {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func reread(t testing.TB, b *Baseline) *Baseline {
	t.Helper()
	back, err := Read("baseline.json", []byte(text(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func TestWhatAnswersToARecord(t *testing.T) {
	recorded := at(weak, "rules/a.yml", "id-1", "One", "detection/sel/Image", "ls")
	anonymous := at(weak, "rules/b.yml", "", "Two", "detection/sel/Image", "ls")
	for _, c := range []struct {
		name  string
		old   []lint.Finding
		now   []lint.Finding
		fresh int
		stale int
	}{
		{"the same", []lint.Finding{recorded, anonymous}, []lint.Finding{anonymous, recorded}, 0, 0},
		{"another file", []lint.Finding{recorded}, []lint.Finding{at(weak, "new/z.yml", "id-1", "One", "detection/sel/Image", "ls")}, 0, 0},
		{"another title", []lint.Finding{recorded}, []lint.Finding{at(weak, "rules/a.yml", "id-1", "Uno", "detection/sel/Image", "ls")}, 0, 0},
		{"another id", []lint.Finding{recorded}, []lint.Finding{at(weak, "rules/a.yml", "id-9", "One", "detection/sel/Image", "ls")}, 0, 0},
		{"the id in capitals", []lint.Finding{recorded}, []lint.Finding{at(weak, "new/a.yml", "ID-1", "One", "detection/sel/Image", "ls")}, 0, 0},
		{"its first id", []lint.Finding{anonymous}, []lint.Finding{at(weak, "rules/b.yml", "id-2", "Two", "detection/sel/Image", "ls")}, 0, 0},
		{"without id, another file", []lint.Finding{anonymous}, []lint.Finding{at(weak, "new/z.yml", "", "Two", "detection/sel/Image", "ls")}, 0, 0},
		{"without id, another title", []lint.Finding{anonymous}, []lint.Finding{at(weak, "rules/b.yml", "", "Due", "detection/sel/Image", "ls")}, 0, 0},

		{"another value", []lint.Finding{recorded}, []lint.Finding{at(weak, "rules/a.yml", "id-1", "One", "detection/sel/Image", "ps")}, 1, 1},
		{"another place", []lint.Finding{recorded}, []lint.Finding{at(weak, "rules/a.yml", "id-1", "One", "detection/sel/User", "ls")}, 1, 1},
		{"another check", []lint.Finding{recorded}, []lint.Finding{at(thin, "rules/a.yml", "id-1", "One", "detection/sel/Image", "ls")}, 1, 1},
		{"another rule", []lint.Finding{recorded}, []lint.Finding{at(weak, "rules/z.yml", "id-9", "One", "detection/sel/Image", "ls")}, 1, 1},
		{"another rule in the place of the file", []lint.Finding{recorded}, []lint.Finding{at(weak, "rules/a.yml", "id-9", "Nine", "detection/sel/Image", "ls")}, 1, 1},
		{"twice where it was once", []lint.Finding{recorded}, []lint.Finding{recorded, recorded}, 1, 0},
		{"once where it was twice", []lint.Finding{recorded, recorded}, []lint.Finding{recorded}, 0, 1},
		{"a copy with the same id", []lint.Finding{recorded}, []lint.Finding{recorded, at(weak, "rules/copy.yml", "id-1", "One", "detection/sel/Image", "ls")}, 1, 0},
		{"a copy that comes first", []lint.Finding{recorded}, []lint.Finding{at(weak, "rules/0.yml", "id-1", "One", "detection/sel/Image", "ls"), recorded}, 1, 0},
		{"the other one of two equal titles", []lint.Finding{at(duplicate, "rules/b.yml", "id-2", "T", "title", "T")}, []lint.Finding{at(duplicate, "rules/z.yml", "id-1", "T", "title", "T")}, 0, 0},
		{"an error of the run", []lint.Finding{at(failed, "a.yml", "", "", "", "")}, []lint.Finding{at(failed, "a.yml", "", "", "", "")}, 1, 0},
		{"broken YAML", []lint.Finding{at(syntax, "a.yml", "", "", "", "")}, []lint.Finding{at(syntax, "a.yml", "", "", "", "")}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			fresh, known, stale := reread(t, Record(c.old, "")).Apply(c.now, Run{Checks: all, Complete: true})
			if len(fresh) != c.fresh || len(stale) != c.stale || len(fresh)+len(known) != len(c.now) {
				t.Errorf("%d new, %d known, %d stale; want %d new, %d stale", len(fresh), len(known), len(stale), c.fresh, c.stale)
			}
			for _, f := range known {
				if f.Suppressed == nil || f.Suppressed.By != lint.ByBaseline {
					t.Errorf("%+v", f.Suppressed)
				}
			}
		})
	}
}

func TestStaleIsOnlyWhatTheRunLookedAt(t *testing.T) {
	b := Record([]lint.Finding{at(weak, "a.yml", "1", "A", "x", "1"), at(weak, "b.yml", "2", "B", "x", "1"), at(thin, "a.yml", "1", "A", "x", "1")}, "")
	for _, c := range []struct {
		run  Run
		want int
	}{
		{Run{Checks: all, Complete: true}, 3},
		{Run{Checks: all, Paths: []string{"./a.yml"}}, 2},
		{Run{Checks: []*lint.Check{weak}, Paths: []string{"a.yml"}}, 1},
		{Run{Complete: true}, 0},
	} {
		if _, _, stale := b.Apply(nil, c.run); len(stale) != c.want {
			t.Errorf("%+v: %d stale, want %d", c.run.Paths, len(stale), c.want)
		}
	}
}

// Whatever the order of the findings, and wherever their files went, what is recorded is known.
func TestMovesAndOrderChangeNothing(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for round := range 200 {
		var old []lint.Finding
		for i := range 1 + random.Intn(30) {
			c := []*lint.Check{weak, thin, duplicate}[random.Intn(3)]
			rule := random.Intn(6)
			id := fmt.Sprintf("id-%d", rule)
			if rule%3 == 0 {
				id = ""
			}
			old = append(old, at(c, fmt.Sprintf("rules/%d.yml", rule), id, fmt.Sprintf("Rule %d", rule), fmt.Sprintf("detection/%d", random.Intn(2)), fmt.Sprint(i%4)))
		}
		b := reread(t, Record(old, ""))
		now := slices.Clone(old)
		random.Shuffle(len(now), func(i, j int) { now[i], now[j] = now[j], now[i] })
		moved := map[string]string{}
		for i := range now {
			path := now[i].File.Path
			if _, ok := moved[path]; !ok {
				moved[path] = path
				if random.Intn(2) == 0 {
					moved[path] = fmt.Sprintf("moved/%d/%d.yml", round, random.Intn(1000))
				}
			}
			now[i].File = source.Bare(moved[path], nil)
		}
		fresh, _, stale := b.Apply(now, Run{Checks: all, Complete: true})
		if len(fresh) > 0 || len(stale) > 0 {
			t.Fatalf("round %d: %d new, %d stale of %d", round, len(fresh), len(stale), len(now))
		}
		if b.Prune(stale); text(t, b) != text(t, Record(old, "")) {
			t.Fatal("pruning nothing changed something")
		}
		if a, c := text(t, Record(now, "")), text(t, reread(t, Record(now, ""))); a != c {
			t.Fatalf("reading and writing changes the file:\n%s\n%s", a, c)
		}
	}
}

var sample = []lint.Finding{
	at(thin, "rules/b.yml", "7b1e0c6a-58a4-4f6e-9f7c-3c1c2f6f4b11", "Say \"hello\" & <more>", "detection/sel/Image|endswith", `\a.exe`),
	at(weak, "rules/b.yml", "7b1e0c6a-58a4-4f6e-9f7c-3c1c2f6f4b11", "Say \"hello\" & <more>", "", ""),
	at(weak, "rules/a.yml", "", "", "detection/sel", "ls"), at(weak, "rules/a.yml", "", "", "detection/sel", "ls"), at(syntax, "rules/c.yml", "", "", "", ""),
}

func TestTheFormOfTheFile(t *testing.T) {
	got := text(t, Record(sample, ""))
	path := filepath.Join("testdata", "baseline.golden.json")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	schema, err := os.ReadFile(filepath.Join("..", "..", "docs", "json", "baseline.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, output := range []string{got, text(t, Record(nil, ""))} {
		result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewStringLoader(output))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range result.Errors() {
			t.Error(e)
		}
	}
}

// A finding more or less is a line more or less.
func TestOneEntryIsOneLine(t *testing.T) {
	less, more := strings.Split(text(t, Record(sample[1:], "")), "\n"), strings.Split(text(t, Record(sample, "")), "\n")
	if len(more) != len(less)+1 {
		t.Errorf("%d lines and %d", len(less), len(more))
	}
}

func TestBrokenFiles(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "b.json:1:1: not well-formed JSON: unexpected end of JSON input; repair it"},
		{"[]", "b.json:1:1: the file is a array; repair it"},
		{"{}", "b.json:1:1: `schema` is missing, so this is no baseline"},
		{"{\n\"schema\": \"sigtune.baseline/2\"}", "b.json:2:1: the schema is `sigtune.baseline/2`, not `sigtune.baseline/1`; it was written by another version"},
		{"{\"schema\": \"sigtune.lint/1\"}", "b.json:1:2: the schema is `sigtune.lint/1`, not `sigtune.baseline/1`; repair it"},
		{"{\"schema\": \"sigtune.baseline/1\",\n\"entries\": {}}", "b.json:2:12: `entries` is not a list"},
		{"{\"schema\": \"sigtune.baseline/1\",\n\"entries\": [\n{\"path\": \"a\", \"code\": \"SIG1\"}]}", "b.json:3:1: `SIG1` is no code of a check"},
		{"{\"schema\": \"sigtune.baseline/1\",\n\"entries\": [\n{\"code\": \"SIG0904\"}]}", "b.json:3:1: the entry has no `path`"},
		{"{\"schema\": \"sigtune.baseline/1\",\n\"entries\": [\n{\"path\": \"a\", \"code\": \"SIG0904\", \"count\": -1}]}", "b.json:3:1: a `count` of -1 means nothing"},
		{"{\"schema\": \"sigtune.baseline/1\",\n\"entries\": [\n{\"path\": \"a\", \"code\": \"SIG0904\", \"count\": \"2\"}]}", "b.json:3:45: `count` is a string"},
		{"{\"schema\": \"sigtune.baseline/1\",\n\"entries\": [\n{\"path\": \"a\"},\n]}", "b.json:4:1: not well-formed JSON: invalid character ']'"},
		{"{\"schema\": \"sigtune.baseline/1\",\n\"entries\": [\n<<<<<<< ours\n", "b.json:3:1: a merge was not resolved here; keep the entries of both sides"},
	} {
		_, err := Read("b.json", []byte(c.text))
		var positioned *Error
		if !errors.As(err, &positioned) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
	if b, err := Read("b.json", []byte(`{"schema": "sigtune.baseline/1", "tool": {"x": [1]}, "entries": [{"path": "a", "code": "SIG0904", "later": true}]}`)); err != nil || len(b.Entries) != 1 {
		t.Errorf("a field of a later version is an error: %v", err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestUnusedEntriesAreFindingsAtTheirLine(t *testing.T) {
	b := reread(t, Record(sample, ""))
	_, _, stale := b.Apply(sample[:2], Run{Checks: all, Complete: true})
	found := b.Unused(unused, stale)
	if len(found) != 1 || found[0].File.Path != "baseline.json" || found[0].File.Pos(found[0].Span.Start).Line != 4 || len(found[0].Message) > 140 {
		t.Fatalf("%+v", found)
	}
	b.Prune(stale)
	if got := text(t, b); got != text(t, Record(sample[:2], "")) {
		t.Errorf("after pruning:\n%s", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(text(f, Record(sample, "")))
	f.Add(`{"schema": "sigtune.baseline/1", "entries": [1, null]}`)
	f.Fuzz(func(t *testing.T, content string) {
		b, err := Read("b.json", []byte(content))
		if err != nil {
			var positioned *Error
			if !errors.As(err, &positioned) {
				t.Fatal(err)
			}
			return
		}
		for _, e := range b.Entries {
			if e.span.Start < 0 || e.span.End > len(content) || content[e.span.Start] != '{' {
				t.Fatalf("%v in %q", e.span, content)
			}
		}
		var out bytes.Buffer
		if err := b.Write(&out); err != nil {
			t.Fatal(err)
		}
		if _, err := Read("again", out.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkApply(b *testing.B) {
	var findings []lint.Finding
	for i := range 20000 {
		findings = append(findings, at(weak, fmt.Sprintf("rules/%d.yml", i/3), fmt.Sprintf("id-%d", i/3), "A title", fmt.Sprintf("detection/%d", i%3), "ls"))
	}
	recorded := Record(findings, "rules")
	b.ReportAllocs()
	for b.Loop() {
		recorded.Apply(findings, Run{Checks: all, Complete: true})
	}
}
