package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
)

// ambiguityMethod is how redosChecks decide, for their pages.
const ambiguityMethod = "The expression becomes an automaton with one state per letter of it, in which the number of ways between two states is kept. " +
	"A finding needs a text as evidence: it has to fail, and a small backtracking matcher has to need the claimed number of steps on it. " +
	"What cannot be decided within the budget is not reported; nor are look-around, back-references and their like. " +
	"Engines that run automata (RE2, Rust, Hyperscan, Lucene) are not affected."

// ambiguityPapers are where the method comes from.
var ambiguityPapers = []string{
	"N. Weideman, B. van der Merwe, M. Berglund, B. Watson: Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers by Using Ambiguity of NFA, CIAA 2016",
	"C. Allauzen, M. Mohri, A. Rastogi: General Algorithms for Testing the Ambiguity of Finite Automata, DLT 2008",
	"A. Weber, H. Seidl: On the degree of ambiguity of finite automata, Theoretical Computer Science 88, 1991",
}

// redosChecks are about regular expressions that a backtracking engine tries in too many ways.
var redosChecks = []*lint.Check{
	{
		Code: "SIG0673", Name: "regex-exponential", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title:      "A regular expression that can take for ever",
			What:       "Exponential ambiguity: a text leads from one place of the expression back to it in two ways, so that every repetition of it doubles the ways to try. " + ambiguityMethod,
			Why:        "Who controls the value can stall an engine that backtracks (PCRE, Java, .NET, Python, JavaScript), and with it this rule or the whole search.",
			Bad:        selectWith("CommandLine|re: 'lsof( *-[in] *)+$'"),
			Good:       selectWith("CommandLine|re: 'lsof( *-[in])+$'"),
			Fix:        "Let no loop stand directly in another one, and let alternatives inside a loop begin with different letters.",
			References: ambiguityPapers,
		},
		Document: regexExponential,
	},
	{
		Code: "SIG0674", Name: "regex-polynomial", Severity: lint.Info, Profiles: s, YieldsTo: []string{"regex-exponential"},
		Doc: lint.Doc{
			Title: "A regular expression that is slow on long values",
			What: "Polynomial ambiguity of degree two or more: the number of ways to try grows at least with the square of the length of the text. The search itself, " +
				"which may begin at any place, is not counted. " + ambiguityMethod,
			Why:        "A long value, such as a script block, keeps an engine that backtracks busy for seconds or makes it give up, and then the rule misses the event.",
			Bad:        selectWith("CommandLine|re: 'lsof.*-i.*:.*LISTEN'"),
			Good:       selectWith("CommandLine|re: 'lsof -i [^ ]*:[0-9]+'"),
			Fix:        "Replace `.*` by a class without the letter that follows, or write several items with `contains|all`.",
			References: ambiguityPapers,
		},
		Document: regexPolynomial,
	},
}

func regexExponential(p *lint.Pass) {
	eachRegex(p, func(_ *rules.Item, t *rules.Test) {
		attack := exponentialAttack(p, t.Regex)
		if attack == nil {
			return
		}
		p.Report(lint.Finding{
			Span:    t.Value.Node.Span,
			Message: fmt.Sprintf("`%s` needs time that doubles with every `%s` of the value", brief(t.Regex.Source), brief(pumped(attack))),
			Help:    "rewrite it so that no loop can read the same text in two ways; " + recipe(attack),
		})
	})
}

func regexPolynomial(p *lint.Pass) {
	eachRegex(p, func(_ *rules.Item, t *rules.Test) {
		if exponentialAttack(p, t.Regex) != nil {
			return
		}
		attack, degree := examined(p, t.Regex).polynomial()
		if degree < leastDegree {
			return
		}
		p.Report(lint.Finding{
			Span:    t.Value.Node.Span,
			Message: fmt.Sprintf("`%s` can be tried in ways that grow with the %s of the length of the value", brief(t.Regex.Source), powerName(degree)),
			Help:    "narrow the loops, so that the next letter tells where one ends; " + recipe(attack),
		})
	})
}

// leastDegree is the degree of ambiguity that is worth a word: degree one is what every pair of `.*` has (spec/checks.md, 0674).
const leastDegree = 2

func powerName(degree int) string {
	switch degree {
	case 2:
		return "square"
	case 3:
		return "cube"
	}
	return fmt.Sprintf("%dth power", degree)
}

// brief is an expression in a message.
func brief(text string) string {
	text = shorter(text)
	return strings.ReplaceAll(text, "`", "'")
}

// examined reads an expression once for both checks.
func examined(p *lint.Pass, r *rules.Regex) *examination {
	key := "checks.examined " + r.Flags + " " + r.Source
	if known, ok := p.Shared[key].(*examination); ok {
		return known
	}
	x := examineRegex(r)
	p.Shared[key] = x
	return x
}

// exponentialAttack asks once for both checks.
func exponentialAttack(p *lint.Pass, r *rules.Regex) []attackPart {
	key := "checks.exponential " + r.Flags + " " + r.Source
	if known, ok := p.Shared[key].([]attackPart); ok {
		return known
	}
	attack := examined(p, r).exponential()
	p.Shared[key] = attack
	return attack
}

// attackPart is a piece of a text that an expression takes long to refuse, and whether it is repeated.
type attackPart struct {
	text   string
	pumped bool
}

// attackText is the attack with k repetitions.
func attackText(parts []attackPart, k int) string {
	var b strings.Builder
	for _, p := range parts {
		if p.pumped {
			b.WriteString(strings.Repeat(p.text, k))
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// pumped is the first repeated piece of an attack.
func pumped(parts []attackPart) string {
	for _, p := range parts {
		if p.pumped {
			return p.text
		}
	}
	return ""
}

// recipe tells how to build an attack.
func recipe(parts []attackPart) string {
	var words []string
	for _, p := range parts {
		switch {
		case p.pumped:
			words = append(words, "`"+brief(p.text)+"` many times")
		case p.text != "":
			words = append(words, "`"+brief(p.text)+"`")
		}
	}
	return "an attack is " + strings.Join(words, ", then ")
}
