package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// conventionStyleChecks look at names and quotes in detections.
var conventionStyleChecks = []*lint.Check{
	{
		Code: "SIG1423", Name: "exclusion-name", Severity: lint.Info, Profiles: s,
		YieldsTo: []string{"operator-prefixed-identifier"},
		Doc: lint.Doc{
			Title: "Exclusion with another name than filter_main_",
			What: "Every occurrence of an identifier in the condition of a rule is negated, and its name begins neither with `filter_main_` nor with `filter_optional_`. There is " +
				"no fix where a pattern of the condition takes in one of the two names and not the other.",
			Why:  "Whoever tunes the rule finds exclusions by their names, and `not 1 of filter_main_*` takes in new ones.",
			Bad:  example(selectLsof + "    monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not monit\n"),
			Good: example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
		Document: exclusionName,
	},
	{
		Code: "SIG1424", Name: "quoting-style", Severity: lint.Info, Profiles: s,
		Options:  []lint.Option{{Name: "plain", Meaning: "1 to report text without quotes too", Default: 0, Max: 1}},
		YieldsTo: []string{"double-quoted-escape", "ambiguous-scalar", "unquoted-timestamp", "comment-cuts-value", "multi-line-value"},
		Doc: lint.Doc{
			Title: "Text of a detection that is not in single quotes",
			What: "A text value of a detection stands in double quotes, and single quotes would do: nothing in it is written as `\\u`, `\\x` or another escape that only double " +
				"quotes have. With the option `plain` text without quotes counts too; the published rules have 1,192 such values, mostly single words.",
			Why:  "In single quotes a backslash is a backslash and nothing is a number, a boolean or a comment by accident.",
			Bad:  selectWith("CommandLine|contains: \" -i\""),
			Good: selectWith("CommandLine|contains: ' -i'"),
		},
		Document: quotingStyle,
	},
}

// exclusionFamilies are how the names of exclusions begin.
var exclusionFamilies = []string{"filter_main_", "filter_optional_"}

func exclusionName(p *lint.Pass) {
	if p.Rule == nil {
		return
	}
	d := &p.Rule.Detection
	for _, named := range d.Named {
		if d.Polarity(named) != rules.Negative || slices.ContainsFunc(exclusionFamilies, func(family string) bool { return strings.HasPrefix(named.Name, family) }) {
			continue
		}
		name := edit.UniqueName(p.Rule, exclusionFamilies[0]+ownWords(named.Name))
		f := lint.Finding{
			Span:    named.Key.Span,
			Message: fmt.Sprintf("the exclusion `%s` is not named `filter_main_…` or `filter_optional_…`", source.Shorten(named.Name)),
			Help:    "name it `" + source.Shorten(name) + "`, here and in the condition",
		}
		if edits := renameThroughout(d, named, name); edits != nil {
			f.Fix = &source.Fix{Title: "name it `" + source.Shorten(name) + "`", Edits: edits}
		}
		p.Report(f)
	}
}

// ownWords is a name without what only says that it is an exclusion.
func ownWords(name string) string {
	for _, prefix := range append([]string{"selection", "not"}, exclusionNames...) {
		rest, ok := strings.CutPrefix(strings.ToLower(name), prefix)
		if ok && (prefix != "not" || strings.HasPrefix(rest, "_")) {
			name = name[len(name)-len(rest):]
			break
		}
	}
	if name = strings.Trim(name, "_-"); name == "" {
		return "1"
	}
	return name
}

// renameThroughout writes another name wherever the identifier is named, nil where a pattern would no longer, or newly, take it in.
func renameThroughout(d *rules.Detections, named *rules.Detection, name string) []source.Edit {
	if named.Key.Alias != nil || named.Key.Anchor != "" || strings.Contains(named.Name, "|") {
		return nil
	}
	edits := []source.Edit{{Span: named.Key.Span, New: quotedAs(named.Key.Style, name)}}
	if named.Key.Style != source.Plain {
		edits[0].New = source.Quote(name)
	}
	for _, c := range d.Conditions {
		if c.Node.Alias != nil || !c.Node.Mapped() || c.Aggregation != (source.Span{}) {
			return nil
		}
		ok := true
		c.Each(func(e *rules.Expr, _ bool) {
			switch {
			case e.Op == rules.Bad:
				ok = false
			case e.Op == rules.Name && e.Pattern == named.Name:
				edits = append(edits, source.Edit{Span: e.PatternAt, New: name})
			case e.Op == rules.Of && rules.MatchName(e.Pattern, named.Name) != rules.MatchName(e.Pattern, name):
				ok = false
			case e.Op == rules.Of && e.Pattern == named.Name:
				edits = append(edits, source.Edit{Span: e.PatternAt, New: name})
			}
		})
		if !ok {
			return nil
		}
	}
	return edits
}

// charactersByNumber finds characters that the author did not want to write as they are.
var charactersByNumber = regexp.MustCompile(`\\[xuUN_LP]`)

func quotingStyle(p *lint.Pass) {
	d := p.Detections()
	if d == nil {
		return
	}
	plain := p.Int("plain") > 0
	for _, named := range d.Named {
		named.Block.Each(func(i *rules.Item) {
			for _, v := range i.Values {
				n := v.Node
				if n.Kind != source.Scalar || n.Alias != nil || n.Explicit || n.Anchor != "" || !n.IsString() || n.Value == "" {
					continue
				}
				text, quoted := n.Text(), source.Quote(n.Value)
				f := lint.Finding{Span: n.Span, Help: "write " + source.Shorten(quoted)}
				switch {
				case quoted[0] != '\'' || strings.ContainsAny(text, "\r\n"): // it needs double quotes, or goes over several lines
					continue
				case n.Style == source.Plain && plain:
					f.Message = fmt.Sprintf("`%s` stands without quotes", source.Shorten(text))
				case n.Style == source.DoubleQuoted && !charactersByNumber.MatchString(text):
					f.Message = fmt.Sprintf("`%s` stands in double quotes without need", source.Shorten(text))
				default:
					continue
				}
				f.Fix = &source.Fix{Title: "write single quotes", Safe: true, Edits: []source.Edit{{Span: n.Span, New: quoted}}}
				p.Report(f)
			}
		})
	}
}
