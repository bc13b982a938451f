package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// What the live rules say about each other, with the legacy rules around them, has the counts of the check catalogue.
func TestRelationsOnTheCorpus(t *testing.T) {
	corpus := corpustest.Open(t)
	var inputs []lint.Input
	for _, f := range corpus.LiveRules(t) {
		inputs = append(inputs, lint.Input{Path: f.Path, File: source.Parse(f.Path, f.Data, source.Limits{})})
	}
	for _, f := range corpus.LegacyRules(t) {
		inputs = append(inputs, lint.Input{Path: f.Path, File: source.Parse(f.Path, f.Data, source.Limits{}), Context: true})
	}
	cross := slices.DeleteFunc(All(), func(c *lint.Check) bool { return c.Family() != "13" })
	for profile, want := range map[lint.Profile]string{
		lint.Recommended: "SIG1304 9, SIG1307 56",
		lint.Strict:      "SIG1304 25, SIG1307 56",
	} {
		engine := lint.Engine{Checks: cross, Facts: lint.Facts{Today: testDay, Complete: true, Profile: profile}}
		count := map[string]int{}
		for _, f := range engine.Run(inputs).Findings {
			count[f.Check.Code]++
		}
		var got []string
		for _, c := range cross {
			if n := count[c.Code]; n > 0 {
				got = append(got, fmt.Sprintf("%s %d", c.Code, n))
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("profile %s: %s, want %s", profile, strings.Join(got, ", "), want)
		}
	}
}

// tree is files by their paths; those whose path begins with `around/` are only looked at.
func tree(files ...string) []lint.Input {
	var inputs []lint.Input
	for i := 0; i+1 < len(files); i += 2 {
		path := files[i]
		inputs = append(inputs, lint.Input{Path: path, File: source.Parse(path, []byte(files[i+1]), source.Limits{}), Context: strings.HasPrefix(path, "around/")})
	}
	return inputs
}

// inTree lints files as a whole tree and gives `path code marked`.
func inTree(family string, profile lint.Profile, inputs []lint.Input) []string {
	engine := lint.Engine{
		Checks: slices.DeleteFunc(All(), func(c *lint.Check) bool { return c.Family() != family }),
		Facts:  lint.Facts{Today: testDay, Complete: true, Profile: profile}, Jobs: 1,
	}
	var out []string
	for _, f := range engine.Run(inputs).Findings {
		out = append(out, f.File.Path+" "+f.Check.Code+" "+f.File.Text(f.Span))
	}
	return out
}

func TestWhatRulesOfATreeSayAboutEachOther(t *testing.T) {
	rule := func(id, title string, metadata ...string) string {
		text := exampleRule(strings.Join(metadata, ""), selectLsof+"    condition: selection\n")
		return strings.NewReplacer("6f1f7c3e-", id+"-", "Listing of Open Files by a Shell", title).Replace(text)
	}
	link := func(id, kind string) string {
		return "related:\n    - id: " + id + "-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: " + kind + "\n"
	}
	retired := func(text string) string { return strings.Replace(text, "status: test", "status: deprecated", 1) }
	const a, b = "aaaaaaaa", "bbbbbbbb"
	for name, c := range map[string]struct {
		files []string
		want  []string
	}{
		"a document around the linted ones is the older one": {
			[]string{"a.yml", rule(a, "A"), "around/z.yml", rule(a, "Z")}, []string{"a.yml SIG1301 aaaaaaaa-3f0b-4a52-9c0b-0d6a6d8a2f11"},
		},
		"the title of a retired rule may be used again": {
			[]string{"a.yml", rule(a, "A"), "around/b.yml", retired(rule(b, "A")), "around/deprecated/c.yml", rule("cccccccc", "A")}, nil,
		},
		"that of a rule in use may not":                 {[]string{"a.yml", rule(a, "A"), "around/b.yml", rule(b, "a")}, []string{"a.yml SIG1302 A"}},
		"nor its file name":                             {[]string{"a.yml", rule(a, "A"), "around/A.YML", rule(b, "B")}, []string{"a.yml SIG1303 title"}},
		"a derived rule that is nowhere":                {[]string{"a.yml", rule(a, "A", link(b, "derived"))}, []string{"a.yml SIG1304 bbbbbbbb-3f0b-4a52-9c0b-0d6a6d8a2f11"}},
		"a retired rule may be gone":                    {[]string{"a.yml", rule(a, "A", link(b, "obsolete"))}, nil},
		"a rule around the linted ones is there":        {[]string{"a.yml", rule(a, "A", link(b, "derived")), "around/b.yml", rule(b, "B")}, nil},
		"a replaced rule that is still in force":        {[]string{"a.yml", rule(a, "A", link(b, "renamed")), "around/b.yml", rule(b, "B")}, []string{"a.yml SIG1306 bbbbbbbb-3f0b-4a52-9c0b-0d6a6d8a2f11"}},
		"a replaced rule that is deprecated":            {[]string{"a.yml", rule(a, "A", link(b, "merged")), "b.yml", retired(rule(b, "B"))}, nil},
		"similar to a rule that does not link back":     {[]string{"a.yml", rule(a, "A", link(b, "similar")), "b.yml", rule(b, "B")}, []string{"b.yml SIG1307 title"}},
		"a link of another type is a link":              {[]string{"a.yml", rule(a, "A", link(b, "similar")), "b.yml", rule(b, "B", link(a, "derived"))}, nil},
		"only linted documents are asked to link back":  {[]string{"a.yml", rule(a, "A", link(b, "similar")), "around/b.yml", rule(b, "B")}, nil},
		"a link from a document that is not linted":     {[]string{"around/a.yml", rule(a, "A", link(b, "similar")), "b.yml", rule(b, "B")}, []string{"b.yml SIG1307 title"}},
		"two that do not link back are two findings":    {[]string{"a.yml", rule(a, "A", link(b, "similar")), "b.yml", rule(b, "B"), "c.yml", rule("cccccccc", "C", link(b, "similar"))}, []string{"b.yml SIG1307 title", "b.yml SIG1307 title"}},
		"a rule that is similar to itself is no matter": {[]string{"a.yml", rule(a, "A", link(a, "similar"))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := inTree("13", lint.Recommended, tree(c.files...)); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	gone := tree("a.yml", rule(a, "A", link(b, "obsolete")))
	if got := inTree("13", lint.Strict, gone); len(got) != 1 {
		t.Errorf("strict asks for retired rules, too: %q", got)
	}
}
