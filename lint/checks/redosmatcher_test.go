package checks

import (
	"strings"
	"testing"
)

// unfolded is the same expression with every loop over a letter as one over a sequence of one letter, which the general matcher runs.
func unfolded(e *expression) *expression {
	out := *e
	out.subs = nil
	for _, sub := range e.subs {
		sub = unfolded(sub)
		if e.op == opLoop && sub.op == opLetter {
			sub = &expression{op: opConcat, subs: []*expression{sub}}
		}
		out.subs = append(out.subs, sub)
	}
	return &out
}

// Loops over one letter have a matcher of their own. It must count what the general one counts: findings rest on the numbers.
func TestLoopsOverLettersCountLikeAnyLoop(t *testing.T) {
	texts := []string{"", "a", "aaaa", "aaab", "baaa", "äöäö", "aäaäa", strings.Repeat("a", 30) + "!", strings.Repeat("ab", 12) + "c", "a\xffa"}
	for _, pattern := range []string{"a*", "a+b", "a*a*a*b", "(a*)*b", "(a+)+$", "a{2,3}a{1,}", "[^b]*b", ".*.*=.*", "(ä|a)*ö", "a{0,2}", "(a{1,2}b?)*c", "(?:.*a){3}", "a*^a", `\ba*\b`} {
		e := parseExpression(pattern, "")
		if e == nil {
			t.Fatalf("%s cannot be read", pattern)
		}
		general := unfolded(e)
		for _, text := range texts {
			for _, limit := range []int{3, 17, 100, 5_000} {
				steps, found := backtrack(e, text, limit)
				wantSteps, want := backtrack(general, text, limit)
				if steps != wantSteps || found != want {
					t.Errorf("%s on %q within %d: %d steps, %v; any loop: %d steps, %v", pattern, text, limit, steps, found, wantSteps, want)
				}
			}
		}
	}
}
