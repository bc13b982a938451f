package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// ruleCondition is what a condition over rule names holds.
type ruleCondition struct {
	names  []ruleName
	failed string      // what keeps it from parsing
	at     source.Span // of the failure, in the text
	tokens []ruleName
}

// ruleName is one word of such a condition and its place in the text.
type ruleName struct {
	text    string
	at      source.Span
	negated bool
}

func checkCorrelationCondition(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil || len(c.Rules) == 0 {
		return
	}
	n := textCondition(c)
	if n == nil {
		return
	}
	parsed := parseRuleCondition(n.Value)
	if parsed.failed != "" {
		p.Report(lint.Finding{
			Span:    n.Range(parsed.at.Start, parsed.at.End),
			Message: parsed.failed,
			Help:    "join rule names with `and`, `or`, `not` and parentheses",
		})
		return
	}
	used := map[string]bool{}
	positive, complete := false, true
	for _, t := range parsed.names {
		used[t.text] = true
		positive = positive || !t.negated
		listed, known := byName(c, t.text)
		complete = complete && known
		if !listed && known {
			p.Report(lint.Finding{
				Span:    n.Range(t.at.Start, t.at.End),
				Message: fmt.Sprintf("`%s` is not among the `rules` of the correlation", source.Shorten(t.text)),
				Help:    "write one of " + quoteAll(ruleNames(c)),
			})
		}
	}
	for _, r := range c.Rules {
		if complete && !used[r.Value] {
			p.Report(lint.Finding{
				Span:    r.Node.Span,
				Message: fmt.Sprintf("the condition leaves out the rule `%s`", source.Shorten(r.Value)),
				Help:    "name it in the condition, or take it from `rules`",
				Related: []lint.Related{{Span: n.Span, Message: "the condition"}},
			})
		}
	}
	if !positive {
		p.Report(lint.Finding{
			Span: n.Span, Message: fmt.Sprintf("the condition `%s` wants no rule to match", source.Shorten(n.Value)),
			Help: "name at least one rule without `not`",
		})
	}
}

// textCondition is the condition of a temporal correlation when it is text, or nil.
func textCondition(c *rules.Correlation) *source.Node {
	if c.Condition == nil || !temporalTypes[c.Type.Value] || !c.Condition.Value.IsString() || strings.TrimSpace(c.Condition.Value.Value) == "" {
		return nil
	}
	return c.Condition.Value
}

// parseRuleCondition reads `a and not (b or c)`.
func parseRuleCondition(text string) *ruleCondition {
	c := &ruleCondition{}
	for i := 0; i < len(text); {
		start := i
		switch ch := text[i]; {
		case strings.IndexByte(" \t\r\n", ch) >= 0:
			i++
			continue
		case ch == '(' || ch == ')':
			i++
		default:
			for i < len(text) && strings.IndexByte(" \t\r\n()", text[i]) < 0 {
				i++
			}
		}
		c.tokens = append(c.tokens, ruleName{text: text[start:i], at: source.Span{Start: start, End: i}})
	}
	end := source.Span{Start: len(strings.TrimRight(text, " \t\r\n")) - 1, End: len(strings.TrimRight(text, " \t\r\n"))}
	c.either(false, end)
	if c.failed == "" && len(c.tokens) > 0 {
		c.fail(c.tokens[0].at, fmt.Sprintf("`%s` does not fit here in the condition", source.Shorten(c.tokens[0].text)))
	}
	return c
}

func (c *ruleCondition) fail(at source.Span, message string) {
	if c.failed == "" {
		c.failed, c.at = message, at
	}
	c.tokens = nil
}

// take removes the next word when it is the wanted one.
func (c *ruleCondition) take(word string) bool {
	if len(c.tokens) == 0 || c.tokens[0].text != word {
		return false
	}
	c.tokens = c.tokens[1:]
	return true
}

// either reads a chain of `and` and `or`; which binds tighter does not matter for which names stand where.
func (c *ruleCondition) either(negated bool, end source.Span) {
	for c.operand(negated, end); c.take("and") || c.take("or"); {
		c.operand(negated, end)
	}
}

func (c *ruleCondition) operand(negated bool, end source.Span) {
	switch {
	case len(c.tokens) == 0:
		c.fail(end, "the condition ends where a rule name is expected")
	case c.take("not"):
		c.operand(!negated, end)
	case c.tokens[0].text == "(":
		open := c.tokens[0].at
		c.take("(")
		c.either(negated, end)
		if c.failed == "" && !c.take(")") {
			c.fail(open, "the parenthesis `(` is never closed")
		}
	case slices.Contains([]string{"and", "or", ")"}, c.tokens[0].text):
		c.fail(c.tokens[0].at, fmt.Sprintf("`%s` stands where a rule name is expected", c.tokens[0].text))
	default:
		c.tokens[0].negated = negated
		c.names = append(c.names, c.tokens[0])
		c.tokens = c.tokens[1:]
	}
}
