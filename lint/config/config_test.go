package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xeipuuv/gojsonschema"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "write golden files")

const full = `profile: strict
select: [SIG0809, breadth]
ignore:
    - thin-branch
fail-on: warning
severity:
    SIG0809: warning
    weak-branch: error
exclude: [templates/**]
baseline: baseline.json
overrides:
    - paths: ['hunting/**', '*_draft.yml']
      ignore: ['0904', metadata]
      severity:
          SIG0901: info
exclusions:
    - rule: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11
      checks: [SIG0809]
      reason: on purpose
      until: 2026-12-31
suppressions:
    inline: true
    forbid: [rule-never-matches]
    require-reason: true
tags:
    namespaces: [acme]
logsources:
    - product: acme
      service: door
attributes:
    allow: [acme_owner]
fields:
    domains:
        - name: edr-images
          logsource: {product: windows, category: process_creation}
          fields: [Image]
          expression: '[^\\]+'
          assuming: names without a directory
    lists:
        - logsource: {product: aws}
          fields: ['requestParameters.*']
          several: true
limits:
    bytes: 65536
    documents: 9
`

func read(t testing.TB, text string) (*Config, []source.Problem) {
	t.Helper()
	return Read(source.Parse(Name, []byte(text), source.Limits{}), checks.All())
}

func TestReadsEverything(t *testing.T) {
	c, problems := read(t, full)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c.Profile != "strict" || len(c.Select) != 2 || c.Severity["weak-branch"] != lint.Error || c.Severity["subsumed-value"] != lint.Warning {
		t.Errorf("%+v", c)
	}
	if len(c.Overrides) != 1 || len(c.Exclusions) != 1 || c.Exclusions[0].Checks[0] != "subsumed-value" || !c.Policy.RequireReason {
		t.Errorf("%+v", c)
	}
	if len(c.Fields.Domains) != 1 || len(c.Fields.Lists) != 1 || c.Limits.Bytes != 65536 || c.Limits.Documents != 9 || c.Logsources[0].Service != "door" {
		t.Errorf("%+v", c)
	}
}

func TestProblemsNameThePlaceAndWhatWasMeant(t *testing.T) {
	for _, c := range []struct{ text, at, message, help string }{
		{"profil: strict\n", "profil", "no key `profil`", "did you mean `profile`?"},
		{"profile: strickt\n", "strickt", "it may be recommended, sigmahq, strict", "did you mean `strict`?"},
		{"select: [SIG9999]\n", "SIG9999", "`SIG9999` is no check", "`sigtune checks`"},
		{"select: [thin-branchh]\n", "thin-branchh", "is no check", "did you mean `thin-branch`?"},
		{"select: SIG0809\n", "SIG0809", "has to be a list", ""},
		{"severity: {SIG0001: info}\n", "SIG0001", "cannot be changed", ""},
		{"severity: {SIG0809: fatal}\n", "fatal", "it may be error", ""},
		{"severity: {SIG0809: info, subsumed-value: error}\n", "subsumed-value", "named twice", ""},
		{"overrides: [{ignore: [SIG0809]}]\n", "{ignore: [SIG0809]}", "lacks `paths`", ""},
		{"exclusions: [{rule: x, checks: [SIG0809]}]\n", "x", "not of its form", "the id of a rule"},
		{"exclusions: [{rule: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11, checks: [yaml-syntax]}]\n", "yaml-syntax", "cannot silence `yaml-syntax`", ""},
		{"exclusions: [{rule: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11, checks: [SIG0809], until: soon}]\n", "soon", "a date like", ""},
		{"suppressions: {inline: 5}\n", "5", "true or false", ""},
		{"tags: {namespaces: [ACME]}\n", "ACME", "not of its form", "lower case"},
		{"limits: {depth: 2}\n", "2", "4 to 1000", ""},
		{"limits: {documents: 0}\n", "0", "1 to 1000000", ""},
		{"options: {no-such-check: {a: 1}}\n", "no-such-check", "no key `no-such-check`", ""},
		{"fields: {domains: [{fields: [A], expression: 'a(', assuming: b}]}\n", "{domains: [{fields: [A], expression: 'a(', assuming: b}]}", "no regular expression", ""},
		{"- profile\n", "- profile", "has to be a mapping", ""},
		{"profile: strict\nprofile: sigmahq\n", "profile", "", ""},
		{"profile: [\n", "", "", ""},
		{"profile: strict\n---\nprofile: sigmahq\n", "profile: sigmahq", "one document", ""},
		{"validators: [al]\n", "al", "no validator of pySigma is called `al`", ""},
		{"validators: [-tlp_tag]\n", "-tlp_tag", "no validator", "`tlptag`"},
	} {
		file := source.Parse(Name, []byte(c.text), source.Limits{})
		_, problems := Read(file, checks.All())
		if len(problems) == 0 {
			t.Errorf("%q: no problem", c.text)
			continue
		}
		p := problems[0]
		if at := file.Text(p.Span); !strings.HasPrefix(at, c.at) || !strings.Contains(p.Message, c.message) || !strings.Contains(p.Help, c.help) {
			t.Errorf("%q: at %q: %s (%s)", c.text, at, p.Message, p.Help)
		}
	}
}

func TestEmptyConfigurationSaysNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "{}\n", "null\n", "---\n"} {
		c, problems := read(t, text)
		if len(problems) > 0 || c.Profile != "" || !c.Policy.Inline {
			t.Errorf("%q: %v", text, problems)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"hunting/**", "hunting/a/b.yml", true},
		{"hunting/**", "rules/hunting/b.yml", false},
		{"hunting", "rules/hunting/b.yml", true},
		{"hunting/", "hunting/b.yml", true},
		{"/hunting", "rules/hunting/b.yml", false},
		{"*_draft.yml", "rules/a_draft.yml", true},
		{"rules/*/b.yml", "rules/a/b.yml", true},
		{"rules/*/b.yml", "rules/a/c/b.yml", false},
		{"rules/**/b.yml", "rules/a/c/b.yml", true},
		{"rules/**/b.yml", "rules/b.yml", true},
		{"a?c.yml", "abc.yml", true},
		{"a.c.yml", "abc.yml", false},
		{"./rules", "rules/x.yml", true},
	} {
		if got := matches([]string{c.pattern}, c.path); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.path, got)
		}
	}
}

func finding(check, path, id string) *lint.Finding {
	c := lint.Find(checks.All(), check)
	return &lint.Finding{Check: c, Severity: c.Severity, File: source.Bare(path, nil), Subject: lint.Subject{ID: id}}
}

func TestAdjuster(t *testing.T) {
	c, problems := read(t, full)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	day := time.Date(2026, 12, 31, 18, 0, 0, 0, time.UTC)
	adjust, err := c.Adjuster(checks.All(), day)
	if err != nil {
		t.Fatal(err)
	}
	if f := finding("SIG0904", "rules/a.yml", ""); !adjust(f) || f.Severity != lint.Error {
		t.Errorf("severity %v", f.Severity)
	}
	if adjust(finding("SIG0904", "hunting/a.yml", "")) {
		t.Error("an ignored check is shown below hunting")
	}
	if f := finding("SIG0901", "x/a_draft.yml", ""); !adjust(f) || f.Severity != lint.Info {
		t.Errorf("severity %v", f.Severity)
	}
	id := "6F1F7C3E-3f0b-4a52-9c0b-0d6a6d8a2f11"
	if f := finding("SIG0809", "rules/a.yml", id); !adjust(f) || f.Suppressed == nil || f.Suppressed.Reason != "on purpose" {
		t.Errorf("%+v", f)
	}
	if stale := c.Stale(checks.All(), func(string) bool { return true }, day); len(stale) != 0 {
		t.Errorf("%v", stale)
	}
	late := day.AddDate(0, 0, 1)
	c, _ = read(t, full)
	adjust, _ = c.Adjuster(checks.All(), late)
	if f := finding("SIG0809", "rules/a.yml", id); !adjust(f) || f.Suppressed != nil {
		t.Errorf("%+v", f)
	}
	if stale := c.Stale(checks.All(), func(string) bool { return true }, late); len(stale) != 1 || stale[0].Check.Name != lint.ExpiredSuppression {
		t.Errorf("%v", stale)
	}
	c, _ = read(t, full)
	if stale := c.Stale(checks.All(), func(string) bool { return true }, day); len(stale) != 1 || stale[0].Check.Name != lint.UnusedSuppression {
		t.Errorf("%v", stale)
	}
	if stale := c.Stale(checks.All(), func(string) bool { return false }, day); len(stale) != 0 {
		t.Errorf("%v", stale)
	}
}

const pySigma = `validators:
    - all
    - -tlptag
    - -number_as_string
exclusions:
    6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11: escaped_wildcard
    7f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11:
        - invalid_modifier_combinations
        - attacktag
config:
    description_length:
        min_length: 20
`

func TestPySigmaConfiguration(t *testing.T) {
	c, problems := read(t, pySigma)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	chosen, err := lint.Selection{Profile: lint.SigmaHQ, Select: c.Select, Ignore: c.Ignore}.Apply(checks.All())
	if err != nil {
		t.Fatal(err)
	}
	if lint.Find(chosen, "SIG0635") != nil || lint.Find(chosen, "SIG0643") == nil || lint.Find(chosen, "SIG0101") == nil {
		t.Error("the wrong checks")
	}
	if lint.Find(chosen, "SIG0421") == nil {
		t.Error("SIG0421 is covered by two more validators that are on")
	}
	if len(c.Exclusions) != 2 || fmt.Sprint(c.Exclusions[0].Checks) != "[escaped-wildcard]" || len(c.Exclusions[1].Checks) < 5 {
		t.Errorf("%+v", c.Exclusions)
	}
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0].Message, "description_length.min_length") {
		t.Errorf("%v", c.Notes)
	}
	adjust, err := c.Adjuster(checks.All(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if f := finding("SIG0404", "a.yml", "7f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11"); !adjust(f) || f.Suppressed == nil {
		t.Error("the exclusion does not count")
	}
	stale := c.Stale(checks.All(), func(string) bool { return true }, time.Time{})
	if len(stale) != 1 || !strings.Contains(stale[0].Message, "6f1f7c3e") {
		t.Errorf("%v", stale)
	}
}

func TestOnlyNamedValidators(t *testing.T) {
	c, problems := read(t, "validators: [number_as_string]\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	chosen, err := lint.Selection{Profile: lint.SigmaHQ, Select: c.Select, Ignore: c.Ignore}.Apply(checks.All())
	if err != nil {
		t.Fatal(err)
	}
	if lint.Find(chosen, "SIG0635") == nil || lint.Find(chosen, "SIG0643") != nil || lint.Find(chosen, "SIG0101") == nil {
		t.Error("the wrong checks")
	}
}

func TestFindLooksUpwards(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, Name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	rule := filepath.Join(deep, "rule.yml")
	if err := os.WriteFile(rule, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Find(rule); got != filepath.Join(dir, Name) {
		t.Errorf("found %q", got)
	}
	if err := os.Mkdir(filepath.Join(dir, "a", ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := Find(deep); got != "" {
		t.Errorf("found %q above the root of the repository", got)
	}
}

const schemaFile = "../../docs/json/config.schema.json"

// The schema for editors and the reader are made of the same declarations; they must also agree.
func TestJSONSchema(t *testing.T) {
	got := JSONSchema(checks.All())
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(schemaFile); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not current; run with -update (%v)", schemaFile, err)
	}
	schema, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(got))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		json string
		good bool
	}{
		{`{}`, true},
		{`{"profile": "strict", "select": ["SIG0809", "0809", "09", "breadth", "ALL", "thin-branch"]}`, true},
		{`{"profile": "strickt"}`, false},
		{`{"select": ["SIG09999"]}`, false},
		{`{"severity": {"SIG0809": "info"}}`, true},
		{`{"severity": {"SIG08099": "info"}}`, false},
		{`{"overrides": [{"ignore": ["SIG0809"]}]}`, false},
		{`{"limits": {"depth": 2}}`, false},
		{`{"unknown": 1}`, false},
	} {
		if !json.Valid([]byte(c.json)) {
			t.Fatal(c.json)
		}
		result, err := schema.Validate(gojsonschema.NewStringLoader(c.json))
		if err != nil {
			t.Fatal(err)
		}
		_, problems := read(t, c.json)
		if result.Valid() != c.good || (len(problems) == 0) != c.good {
			t.Errorf("%s: schema %v, reader %v", c.json, result.Errors(), problems)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(pySigma))
	all := checks.All()
	f.Fuzz(func(t *testing.T, data []byte) {
		c, problems := Read(source.Parse(Name, data, source.Limits{}), all)
		if len(problems) == 0 {
			if _, err := c.Adjuster(all, time.Time{}); err != nil {
				t.Error(err)
			}
			c.Facts(&lint.Facts{})
			c.Comments(all)
		}
	})
}

// The reference shows configurations that work, and names every key.
func TestTheReferenceIsRight(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```yaml\n")[1:]
	block, _, _ := strings.Cut(blocks[0], "```")
	if _, problems := read(t, block); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
	for _, k := range top(checks.All()).keys {
		if !strings.Contains(string(text), "`"+k.name) && !strings.Contains(block, "\n"+k.name+":") && !strings.HasPrefix(block, k.name+":") {
			t.Errorf("docs/configuration.md does not name %s", k.name)
		}
	}
}

func TestAConfigurationThatWasFoundStaysInItsRepository(t *testing.T) {
	top := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		full := filepath.Join(top, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, path string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(top, path)); err != nil {
			t.Skip("NOT TESTED: links of configurations; this system makes none: ", err)
		}
	}
	const secret = "password: hunter2\n"
	write("outside.yml", secret)
	write("tree/.git/config", secret)
	write("tree/team.yml", "profile: strict\n")
	for _, dir := range []string{"out", "git", "nothing", "in", "plain", "lone"} {
		write("tree/"+dir+"/rule.yml", "")
	}
	link("../../outside.yml", "tree/out/.sigtune.yml")
	link("../.git/config", "tree/git/.sigtune.yml")
	link("gone.yml", "tree/nothing/.sigtune.yml")
	link("../team.yml", "tree/in/.sigtune.yml")
	for dir, fine := range map[string]bool{"out": false, "git": false, "nothing": false, "in": true} {
		path := Find(filepath.Join(top, "tree", dir, "rule.yml"))
		if filepath.Dir(path) != filepath.Join(top, "tree", dir) {
			t.Fatalf("%s: found %s", dir, path)
		}
		c, problems := Read(Open(path), checks.All())
		if (len(problems) == 0) != fine || fine && c.Profile != "strict" {
			t.Errorf("%s: %v", dir, problems)
		}
		for _, p := range problems {
			if strings.Contains(p.Message+p.Help, "password") || len(c.File.Data) > 0 {
				t.Errorf("%s: `%s` says what the file holds", dir, p.Message)
			}
		}
	}
	link("../../outside.yml", "tree/plain/link.yml")
	absolute := filepath.ToSlash(filepath.Join(top, "outside.yml"))
	if c := (&Config{Baseline: absolute + "/up/../x"}); c.BaselinePath() != filepath.Join(top, "outside.yml", "x") {
		t.Errorf("%s is not looked at as it is opened", c.BaselinePath())
	}
	for _, path := range []string{"../../outside.yml", absolute, "link.yml", "../.git/config", "../.git/new"} {
		for _, key := range []string{"baseline", "taxonomy"} {
			write("tree/plain/.sigtune.yml", key+": "+path+"\n")
			file := Open(filepath.Join(top, "tree/plain/.sigtune.yml"))
			_, problems := Read(file, checks.All())
			if len(problems) != 1 || !strings.Contains(problems[0].Message, "leads out of this repository") || problems[0].Kind == KindTaxonomy {
				t.Errorf("%s: %s: %v", key, path, problems)
			}
			if _, problems := ReadNamed(file, checks.All()); key == "baseline" && len(problems) > 0 {
				t.Errorf("%s: %s, named: %v", key, path, problems)
			}
		}
	}
	// Inside it, a file that is not there yet is no matter of this.
	write("tree/plain/.sigtune.yml", "baseline: ../records/baseline.json\n")
	if c, problems := Read(Open(filepath.Join(top, "tree/plain/.sigtune.yml")), checks.All()); len(problems) > 0 || c.BaselinePath() != filepath.Join(top, "tree/records/baseline.json") {
		t.Errorf("inside: %s, %v", c.BaselinePath(), problems)
	}
	// Without a repository, its directory is what it can name.
	if err := os.RemoveAll(filepath.Join(top, "tree/.git")); err != nil {
		t.Fatal(err)
	}
	if _, problems := Read(Open(filepath.Join(top, "tree/plain/.sigtune.yml")), checks.All()); len(problems) != 1 || !strings.Contains(problems[0].Message, "the directory of the configuration") {
		t.Errorf("without a repository: %v", problems)
	}
}
