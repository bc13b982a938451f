package edit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Conventional beginnings of the names of filters (SigmaHQ's naming since 2023).
const (
	filterMain     = "filter_main_"
	filterOptional = "filter_optional_"
)

// Exclusion is the term that excludes an identifier in a condition, as SigmaHQ writes it: `not 1 of filter_main_*` for a name of that
// family, else `not name`.
func Exclusion(name string) string {
	for _, family := range []string{filterMain, filterOptional} {
		if strings.HasPrefix(name, family) && len(name) > len(family) {
			return "not 1 of " + family + "*"
		}
	}
	return "not " + name
}

// Exclude extends every condition of the rule so that it cannot hold when the identifier name holds, and changes nothing else about
// when it holds. name may be about to be inserted. No edit is needed where the conditions exclude the name already (`not 1 of filter_*`).
// Otherwise the term is that of Exclusion; where its pattern would exclude identifiers of the rule that so far stand in one
// branch only, it is `not name`.
func Exclude(rule *rules.Rule, name string) ([]source.Edit, error) {
	term := Exclusion(name)
	if pattern, err := excluded(term); err != nil {
		return nil, err
	} else if widens(&rule.Detection, pattern) != "" {
		term = "not " + name
	}
	return join(rule, term, name)
}

// ExtendCondition joins a term (`not 1 of filter_main_*`, `not filter_x`) by AND to every condition of the rule. It gives no edit for
// a condition that excludes all of this already. A condition that is an OR gets parentheses. A selector that would take in the
// new identifiers (`1 of them`) is rewritten to what it stands for now. A term that would exclude more of the rule than new identifiers
// is refused; Exclude finds a narrower one.
func ExtendCondition(rule *rules.Rule, term string) ([]source.Edit, error) {
	names, err := excluded(term)
	if err != nil {
		return nil, err
	}
	if name := widens(&rule.Detection, names); name != "" && name != names {
		return nil, fmt.Errorf("`%s` would also exclude `%s` where the condition does not yet; name the new identifier alone", term, name)
	}
	return join(rule, term, names)
}

// widens is an identifier of the rule that names stands for and that some condition does not exclude, or "".
func widens(d *rules.Detections, names string) string {
	for _, n := range d.Named {
		if !rules.MatchName(names, n.Name) {
			continue
		}
		for _, c := range d.Conditions {
			if !excludes(c.Root, n.Name) {
				return n.Name
			}
		}
	}
	return ""
}

// join extends every condition by the term. names is what of it is new.
func join(rule *rules.Rule, term, names string) ([]source.Edit, error) {
	if err := writable(&rule.Head); err != nil {
		return nil, err
	}
	conditions := rule.Detection.Conditions
	if len(conditions) == 0 {
		return nil, errors.New("the rule has no condition to extend")
	}
	var edits []source.Edit
	for _, c := range conditions {
		more, err := extend(&rule.Detection, c, term, names)
		if err != nil {
			return nil, err
		}
		edits = append(edits, more...)
	}
	return edits, nil
}

// excluded is the identifier or pattern that a term excludes.
func excluded(term string) (string, error) {
	words := strings.Fields(term)
	switch {
	case len(words) == 2 && words[0] == "not":
		return words[1], nil
	case len(words) == 4 && words[0] == "not" && (words[1] == "1" || words[1] == "any") && words[2] == "of":
		return words[3], nil
	}
	return "", fmt.Errorf("`%s` is no exclusion; write `not NAME` or `not 1 of PATTERN`", source.Shorten(term))
}

func extend(d *rules.Detections, c *rules.Condition, term, names string) ([]source.Edit, error) {
	bad := ""
	c.Each(func(e *rules.Expr, _ bool) {
		if e.Op == rules.Bad && bad == "" {
			bad = e.Reason
		}
	})
	switch {
	case bad != "":
		return nil, fmt.Errorf("the condition `%s` cannot be extended: %s", source.Shorten(c.Text), bad)
	case c.Node.Alias != nil || !c.Node.Mapped():
		return nil, fmt.Errorf("the condition `%s` is an alias; write it out first", source.Shorten(c.Text))
	}
	edits := capture(d, c, names)
	if excludes(c.Root, names) {
		return edits, nil
	}
	start, end := c.Root.Span.Start, c.Root.Span.End
	if c.Root.Op == rules.Or && c.Root.Parens == 0 {
		edits = append(edits, source.Edit{Span: source.Span{Start: start, End: start}, New: "("},
			source.Edit{Span: source.Span{Start: end, End: end}, New: ")"})
	}
	return append(edits, source.Edit{Span: source.Span{Start: end, End: end}, New: " and " + term}), nil
}

// excludes reports that the expression cannot hold when an identifier among names (a name or a pattern) holds.
func excludes(e *rules.Expr, names string) bool {
	switch e.Op {
	case rules.And:
		for _, a := range e.Args {
			if excludes(a, names) {
				return true
			}
		}
	case rules.Not:
		return holds(e.Args[0], names)
	}
	return false
}

// holds reports that the expression holds when an identifier among names does.
func holds(e *rules.Expr, names string) bool {
	switch e.Op {
	case rules.Name:
		return e.Pattern == names
	case rules.Of:
		return !e.All && covers(e.Pattern, names)
	case rules.Or:
		for _, a := range e.Args {
			if holds(a, names) {
				return true
			}
		}
	}
	return false
}

// covers reports that a pattern matches everything that names stands for. No literal part of the pattern can match a `*` of names, so
// matching names as a text is enough.
func covers(pattern, names string) bool { return pattern != "them" && rules.MatchName(pattern, names) }

// capture rewrites selectors that would take in the identifiers that names stands for. With names excluded on the whole, one more
// operand is harmless below `1 of` (it is false wherever that matters) and fatal below `all of`; a selection is rewritten
// in both cases, because nobody wants to read a filter among the selections.
func capture(d *rules.Detections, c *rules.Condition, names string) (edits []source.Edit) {
	c.Each(func(e *rules.Expr, negated bool) {
		if e.Op != rules.Of || negated && !e.All || !overlaps(e.Pattern, names) {
			return
		}
		text := spellOut(d, e, names)
		span := e.Span
		if e.Parens > 0 { // the parentheses stay
			span = source.Span{Start: start(c, e), End: e.PatternAt.End}
		}
		edits = append(edits, source.Edit{Span: span, New: text})
	})
	return edits
}

// start is the offset of a selector's quantifier, behind its opening parentheses.
func start(c *rules.Condition, e *rules.Expr) int {
	text := c.Node.Text()
	for i := e.Span.Start - c.Node.Span.Start; i >= 0 && i < len(text); i++ {
		if !strings.ContainsRune("( \t\r\n", rune(text[i])) {
			return c.Node.Span.Start + i
		}
	}
	return e.Span.Start
}

// overlaps reports that a pattern and names may share an identifier that does not exist yet.
func overlaps(pattern, names string) bool {
	if pattern == "them" {
		return !strings.HasPrefix(names, "_")
	}
	if strings.HasPrefix(names, "_") != strings.HasPrefix(pattern, "_") && !strings.HasPrefix(pattern, "_") {
		return false
	}
	return intersect(pattern, names)
}

// intersect reports that some name matches both of two patterns with `*`.
func intersect(a, b string) bool {
	switch {
	case a == "" && b == "":
		return true
	case strings.HasPrefix(a, "*"):
		return intersect(a[1:], b) || b != "" && intersect(a, b[1:])
	case strings.HasPrefix(b, "*"):
		return intersect(a, b[1:]) || a != "" && intersect(a[1:], b)
	case a == "" || b == "":
		return false
	}
	return a[0] == b[0] && intersect(a[1:], b[1:])
}

// spellOut writes what a selector stands for now so that names stays out: a narrower pattern where one fits, else the names.
func spellOut(d *rules.Detections, e *rules.Expr, names string) string {
	quantifier := e.Quantifier + " of "
	if len(e.Selected) == 1 {
		return e.Selected[0].Name
	}
	if p := commonPattern(d, e.Selected); p != "" && !overlaps(p, names) {
		return quantifier + p
	}
	word := " or "
	if e.All {
		word = " and "
	}
	var list []string
	for _, s := range e.Selected {
		list = append(list, s.Name)
	}
	return "(" + strings.Join(list, word) + ")"
}

// commonPattern is a pattern `prefix_*` that matches the selected identifiers and no other, or "".
func commonPattern(d *rules.Detections, selected []*rules.Detection) string {
	prefix := selected[0].Name
	for _, s := range selected[1:] {
		for !strings.HasPrefix(s.Name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	for _, p := range []string{prefix[:strings.LastIndexByte(prefix, '_')+1], prefix} {
		if p == "" || strings.Contains(p, "-") {
			continue
		}
		matched := 0
		for _, n := range d.Named {
			if rules.MatchName(p+"*", n.Name) {
				matched++
			}
		}
		if matched == len(selected) {
			return p + "*"
		}
	}
	return ""
}
