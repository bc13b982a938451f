package checks

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// The defects of seeded_test.go (spec/seeded-defects.md) are seeded into published rules, one at a time: each has to be found, and no other error
// or warning may come with it.
const (
	mutatedRules     = 360  // every rule gets some of the defects, in turn
	mutationsPerRule = 9    // of the 60
	leastCaught      = 0.99 // of the defects for which a rule has a place
)

func TestSeededDefectsInPublishedRules(t *testing.T) {
	files := corpustest.Open(t).LiveRules(t)
	step := len(files) / mutatedRules
	tried, caught, noisy := 0, 0, 0
	perRow := map[int][3]int{}
	var misses []string
	for n := range mutatedRules {
		f := files[n*step]
		parsed := source.Parse(f.Path, f.Data, source.Limits{})
		documents, _ := rules.Parse(parsed)
		r, ok := documents[0].(*rules.Rule)
		if len(documents) != 1 || !ok || strings.Contains(string(f.Data), "\r") {
			continue
		}
		before := lintMutant(f.Path, f.Data)
		for k := range mutationsPerRule {
			m := seededMutations[(n*mutationsPerRule+k)%len(seededMutations)]
			edits := m.seed(r)
			if edits == nil {
				continue
			}
			text, err := edit.Apply(f.Data, edits)
			if err != nil || string(text) == string(f.Data) {
				t.Fatalf("row %d: %s: %v", m.row, f.Path, err)
			}
			tried++
			row := perRow[m.row]
			row[0]++
			hit, others := newFindings(before, lintMutant(f.Path, text), m)
			if hit {
				caught++
				row[1]++
			} else {
				misses = append(misses, fmt.Sprintf("row %d: %s: missed: %s", m.row, f.Path, textOf(edits)))
			}
			if len(others) > 0 {
				noisy++
				row[2]++
				misses = append(misses, fmt.Sprintf("row %d: %s: also %s: %s", m.row, f.Path, strings.Join(others, "; "), textOf(edits)))
			}
			perRow[m.row] = row
		}
	}
	t.Logf("%d defects in %d rules: %d found, %d with another error or warning", tried, mutatedRules, caught, noisy)
	sort.Strings(misses)
	for row := 1; row <= 60; row++ {
		if perRow[row][0] == 0 {
			t.Errorf("row %d was never tried", row)
		}
	}
	if share := float64(caught) / float64(tried); share < leastCaught || noisy > tried/100 || os.Getenv("SIGTUNE_MUTANTS") != "" {
		t.Errorf("%.4f found, %d of %d with noise\n%s", share, noisy, tried, strings.Join(misses, "\n"))
	}
}

func textOf(edits []source.Edit) string {
	var texts []string
	for _, e := range edits {
		texts = append(texts, fmt.Sprintf("%q", source.Shorten(e.New)))
	}
	return strings.Join(texts, " ")
}

func lintMutant(path string, data []byte) []lint.Finding {
	engine := lint.Engine{Checks: All(), Reporters: Reporters(), Facts: lint.Facts{Today: testDay, Complete: true}, Jobs: 1}
	return engine.Files(source.Parse(path, data, source.Limits{})).Findings
}

// newFindings compares by code and place: hit says that one of the wanted codes is new, others are errors and warnings that belong to no code of
// the row.
func newFindings(before, after []lint.Finding, m seededMutation) (hit bool, others []string) {
	type place struct {
		code string
		at   lint.Place
	}
	known, more := map[place]bool{}, map[string]int{}
	for _, f := range before {
		known[place{f.Check.Code, f.Place}] = true
		more[f.Check.Code]--
	}
	for _, f := range after {
		more[f.Check.Code]++
	}
	for _, f := range after {
		code := f.Check.Code
		if more[code] <= 0 {
			continue // the text that a finding marks may be what changed: it is new only where there are more of its code than before
		}
		switch {
		case slices.Contains(m.codes, code):
			hit = true
		case f.Severity > lint.Info && !slices.Contains(m.also, code) && !known[place{code, f.Place}]:
			others = append(others, code+" "+f.Message)
		}
	}
	return hit, others
}

type seededMutation struct {
	row   int
	codes []string
	also  []string
	seed  func(r *rules.Rule) []source.Edit // nil where the rule has no place for it
}

func codes(list string) []string {
	var out []string
	for c := range strings.FieldsSeq(list) {
		out = append(out, "SIG"+c)
	}
	return out
}

// dies are the checks that say that a changed value leaves a part of the rule without a match: they are about the same place.
const dies = "0522 0801 0802 0804 0805 0806 0808 0813 0815 0816 0817 0818 0819"

func mutant(row int, wanted, also string, seed func(r *rules.Rule) []source.Edit) seededMutation {
	return seededMutation{row, codes(wanted), codes(also), seed}
}

var seededMutations = []seededMutation{
	mutant(1, "0102", dies, anItem(blockItem, func(r *rules.Rule, i *rules.Item) []source.Edit {
		return put(i.Key.Span.Start, i.Key.Text()+": 'seeded'\n"+indentOf(r, i.Key.Span.Start))
	})),
	mutant(2, "0101", "", func(r *rules.Rule) []source.Edit { return put(r.Title.Node.Span.Start, "[") }),
	mutant(3, "0101", "", onCondition(func(r *rules.Rule, c *rules.Condition) []source.Edit {
		line := r.File.LineSpan(r.File.LineAt(c.Node.Span.Start))
		at := line.Start + strings.Index(r.File.Text(line), "condition")
		return []source.Edit{{Span: source.Span{Start: line.Start, End: at}, New: "\t"}}
	})),
	mutant(4, "0110", dies, anItem(exactText, func(_ *rules.Rule, i *rules.Item) []source.Edit { return swap(i.Values[0].Node, "yes") })),
	mutant(5, "0210", "0307", attributeKey("level", "leevl")),
	mutant(6, "0214", "1304", aboveLine("status", "related", "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: simlar")),
	mutant(7, "0205", "", onCondition(func(r *rules.Rule, c *rules.Condition) []source.Edit { return dropLine(r, c.Node.Span.Start) })),
	mutant(8, "0210", "", attributeKey("references", "reference")),
	mutant(9, "0305", "", attributeValue("status", func(string) string { return "finished" })),
	mutant(10, "0314", "", attributeValue("date", func(string) string { return "2026/13/45" })),
	mutant(11, "0315", "", attributeValue("date", func(s string) string { return strings.ReplaceAll(s, "-", "/") })),
	mutant(12, "0316", "", attributeValue("modified", func(string) string { return "2031-03-02" })),
	mutant(13, "0318", "", func(r *rules.Rule) []source.Edit {
		if !r.Date.Present() || !r.Modified.Present() {
			return nil
		}
		return swap(r.Modified.Node, "2016-12-30")
	}),
	mutant(14, "0302", "", attributeValue("id", func(string) string { return "open files by name" })),
	mutant(15, "0304", "", func(r *rules.Rule) []source.Edit {
		if id := r.ID.Value; len(id) != 36 || id[14] != '4' {
			return nil
		}
		return swap(r.ID.Node, r.ID.Value[:14]+"1"+r.ID.Value[15:])
	}),
	mutant(16, "0327", "", func(r *rules.Rule) []source.Edit {
		if len(r.References) != 1 || !strings.HasPrefix(r.References[0].Value, "http") {
			return nil
		}
		return swap(r.References[0].Node, "team notes")
	}),
	mutant(17, "0324", "", func(r *rules.Rule) []source.Edit { return again(r, r.References) }),
	mutant(18, "0404", "0413 0412 0410 0411 0427", aTag(`^attack\.t\d{4}\.\d{3}$`, func(s string) string { return s[:len(s)-3] + "099" })),
	mutant(19, "0410", "0412 0411", func(r *rules.Rule) []source.Edit {
		tactics, techniques := tagsLike(r, `^attack\.[a-z-]+$`), tagsLike(r, `^attack\.t\d`)
		if len(tactics) != 1 || len(techniques) != 1 || tactics[0].Value == "attack.reconnaissance" {
			return nil
		}
		return swap(tactics[0].Node, "attack.reconnaissance")
	}),
	mutant(20, "0407 0404", "0410 0411 0412", aTag(`^attack\.[a-z]+-[a-z-]+$`, func(s string) string { return strings.ReplaceAll(s, "-", "_") })),
	mutant(21, "0402", "", aTag(`^attack\.t\d`, func(s string) string { return strings.Replace(s, ".t", ".T", 1) })),
	mutant(22, "0403", "0410 0411 0412 0413", aTag(`^attack\.`, func(s string) string { return strings.Replace(s, "attack", "atack", 1) })),
	mutant(23, "0416", "", func(r *rules.Rule) []source.Edit { return again(r, r.Tags) }),
	mutant(24, "0505 0506", "1417", logsourcePart("category", func(s string) string { return s[:len(s)-2] })),
	mutant(25, "0503", "", logsourcePart("product", func(s string) string { return strings.ToUpper(s[:1]) + s[1:] })),
	mutant(26, "0518", "1417 0511", func(r *rules.Rule) []source.Edit {
		category := r.Logsource.Node.Entry("category")
		if r.Logsource.String() != "windows/process_creation/*" || category == nil || hasField(r, "EventID") {
			return nil
		}
		edits := eventOne(r)
		for _, d := range r.Detection.Named { // the one event has to be asked for in every way
			if r.Detection.Polarity(d) == rules.Positive && len(r.Detection.Named) == 1 && d.Block.Shape == rules.MapShape && edits != nil {
				return append([]source.Edit{{Span: source.Span{Start: category.Key.Span.Start, End: category.Value.Span.End}, New: "service: sysmon"}}, edits...)
			}
		}
		return nil
	}),
	mutant(27, "0508 0510", "", anItem(func(r *rules.Rule, i *rules.Item) bool {
		return onProcesses(r) && len(i.Field) > 6 && i.Key.Style == source.Plain
	}, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		at := i.FieldSpan.Start + len(i.Field)/2
		return []source.Edit{{Span: source.Span{Start: at, End: at + 1}}}
	})),
	mutant(28, "0515", "", func(r *rules.Rule) []source.Edit {
		if !onProcesses(r) || hasField(r, "EventID") {
			return nil
		}
		return eventOne(r)
	}),
	mutant(29, "0601", "", aModifier("endswith", "endswth", nil)),
	mutant(30, "0605", "", aModifier("endswith", "endswith|all", func(i *rules.Item) bool { return len(i.Values) == 1 && len(i.Modifiers) == 1 })),
	mutant(31, "0606 0801 0804", dies, aModifier("contains", "all", func(i *rules.Item) bool {
		return twoTexts(nil, i) && len(i.Modifiers) == 1
	})),
	mutant(32, "0638", "0522", anItem(exactText, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return swap(i.Values[0].Node, "'*"+inner(i.Values[0])+"*'")
	})),
	mutant(33, "0640", "", anItem(func(r *rules.Rule, i *rules.Item) bool {
		return twoTexts(r, i) && !strings.HasSuffix(i.Values[0].Text, `\`)
	}, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return swap(i.Values[0].Node, "'*"+inner(i.Values[0])+"*'")
	})),
	mutant(34, "0643", dies, anItem(func(r *rules.Rule, i *rules.Item) bool {
		return plainItem(r, i) && i.Has("startswith") && len(i.Modifiers) == 1 && regexp.MustCompile(`[^\\]\\$`).MatchString(i.Values[0].Text) && i.Values[0].Text[1] == ':'
	}, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return swap(i.Values[0].Node, "'"+inner(i.Values[0])+"*'")
	})),
	mutant(35, "0646", dies, anItem(func(r *rules.Rule, i *rules.Item) bool {
		return plainItem(r, i) && i.Has("endswith") && len(i.Modifiers) == 1 && strings.HasSuffix(i.Field, "Image") && regexp.MustCompile(`^\\[a-z0-9]{2,12}\.exe$`).MatchString(i.Values[0].Text)
	}, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return swap(i.Values[0].Node, "'"+inner(i.Values[0])[1:]+"'")
	})),
	mutant(36, "0642", dies, anItem(func(r *rules.Rule, i *rules.Item) bool {
		return twoTexts(r, i) && regexp.MustCompile(`^[A-Za-z]{4}`).MatchString(i.Values[0].Text)
	}, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		text := inner(i.Values[0])
		return swap(i.Values[0].Node, "'"+text[:2]+"**"+text[2:]+"'")
	})),
	mutant(37, "0630", dies+" 0809 0901 0902 0904 0917 1001 1006", anItem(twoTexts, func(_ *rules.Rule, i *rules.Item) []source.Edit { return swap(i.Values[1].Node, "''") })),
	mutant(38, "0633", dies, anItem(func(r *rules.Rule, i *rules.Item) bool { return twoTexts(r, i) && wholeLines(r, i) }, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return []source.Edit{{Span: source.Span{Start: i.Key.Span.End, End: i.Values[len(i.Values)-1].Node.Span.End}, New: ": []"}}
	})),
	mutant(39, "0634", "", anItem(twoTexts, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return swap(i.Values[1].Node, i.Values[0].Node.Text())
	})),
	mutant(40, "0634", "", anItem(func(r *rules.Rule, i *rules.Item) bool {
		return twoTexts(r, i) && strings.ToUpper(i.Values[0].Text) != i.Values[0].Text && !i.Has("cased")
	}, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return swap(i.Values[1].Node, strings.ToUpper(i.Values[0].Node.Text()))
	})),
	mutant(41, "0616", dies, insteadOfList("re", "4688")),
	mutant(42, "0651", dies, insteadOfList("cidr", "'10.2.3.4/8'")),
	mutant(43, "0635", dies, anItem(exactText, func(_ *rules.Rule, i *rules.Item) []source.Edit { return swap(i.Values[0].Node, "'4711'") })),
	mutant(44, "0670", dies, insteadOfList("re", "'open(files|handles'")),
	mutant(45, "0671", dies, insteadOfList("re", "'open(?!ssl)[a-z]+'")),
	mutant(46, "0676", dies, insteadOfList("re", "'openfiles.exe'")),
	mutant(47, "0702", "0704", onCondition(func(r *rules.Rule, c *rules.Condition) []source.Edit {
		if e := firstOf(c, func(e *rules.Expr) bool { return e.Op == rules.Name }); e != nil {
			return []source.Edit{{Span: e.Span, New: "no_such_identifier"}}
		}
		return nil
	})),
	mutant(48, "0704", "", onCondition(func(r *rules.Rule, c *rules.Condition) []source.Edit {
		e := firstOf(c, func(e *rules.Expr) bool { return e.Op == rules.Of && len(e.Selected) > 1 && e.Parens == 0 })
		if e == nil || strings.Count(c.Text, e.Pattern) > 1 || strings.Contains(c.Text, "them") {
			return nil
		}
		return []source.Edit{{Span: e.Span, New: e.Selected[0].Name}}
	})),
	mutant(49, "0705 0701", "", inCondition(`\band\b`, "AND")),
	mutant(50, "0701", "", onCondition(func(_ *rules.Rule, c *rules.Condition) []source.Edit { return put(c.Node.Span.Start, "(") })),
	mutant(51, "0707", dies+" 0720", inCondition(`^(\w+) and (not 1 of [\w*]+)$`, "$1 or $1 and $2")),
	mutant(52, "0708", "", onCondition(func(_ *rules.Rule, c *rules.Condition) []source.Edit {
		e := firstOf(c, func(e *rules.Expr) bool {
			return e.Op == rules.Of && len(e.Selected) == 1 && e.Pattern != "them" && regexp.MustCompile(`^\w+$`).MatchString(e.Selected[0].Name)
		})
		if e == nil {
			return nil
		}
		return []source.Edit{{Span: e.PatternAt, New: e.Selected[0].Name}}
	})),
	mutant(53, "0717", "1423", onCondition(func(_ *rules.Rule, c *rules.Condition) []source.Edit {
		e := firstOf(c, func(e *rules.Expr) bool { return e.Op == rules.Name && strings.HasPrefix(e.Pattern, "filter") })
		if e == nil || len(regexp.MustCompile(`\bfilter`).FindAllString(c.Text, -1)) != 1 {
			return nil
		}
		return []source.Edit{{Span: e.Selected[0].Key.Span, New: "notagent"}, {Span: e.Span, New: "notagent"}}
	})),
	mutant(54, "0809", "0522 0646", anItem(twoTexts, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return swap(i.Values[1].Node, "'"+inner(i.Values[0])+" /seeded'")
	})),
	mutant(55, "1011 1017", dies, func(r *rules.Rule) []source.Edit {
		for _, d := range r.Detection.Named {
			if onProcesses(r) && r.Detection.Polarity(d) == rules.Negative && d.Block.Shape == rules.MapShape && len(d.Block.Items) == 1 && wholeLines(r, d.Block.Items[0]) && d.Block.Items[0].Field != "CommandLine" {
				i := d.Block.Items[0]
				return []source.Edit{{Span: source.Span{Start: i.Key.Span.Start, End: i.Node.Span.End}, New: "CommandLine|contains: 'acmeagent'"}}
			}
		}
		return nil
	}),
	mutant(56, "1301", "1302 0820", func(r *rules.Rule) []source.Edit {
		if !strings.HasSuffix(string(r.File.Data), "\n") {
			return nil
		}
		return put(len(r.File.Data), "---\n"+string(r.File.Data))
	}),
	mutant(57, "1304", "", aboveLine("status", "related", "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived")),
	mutant(58, "1409", "", func(r *rules.Rule) []source.Edit {
		for _, f := range r.FalsePositives {
			if f.Node.Style == source.Plain && f.Value[0] >= 'A' && f.Value[0] <= 'Z' {
				return []source.Edit{{Span: f.Node.Range(0, 1), New: strings.ToLower(f.Value[:1])}}
			}
		}
		return nil
	}),
	mutant(59, "1505", "", func(r *rules.Rule) []source.Edit {
		return []source.Edit{{Span: source.Span{End: len(r.File.Data)}, New: strings.ReplaceAll(string(r.File.Data), "\n", "\r\n")}}
	}),
	mutant(60, "1501", "", func(r *rules.Rule) []source.Edit {
		if r.Level.Present() {
			return put(r.Level.Node.Span.End, "  ")
		}
		return nil
	}),
}
