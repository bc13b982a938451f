package logic

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// Patterns of outlines are an evaluator of their own: it must say what the pattern of the formula says, of any text.
func TestOutlinePatternsAgreeWithWords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(parts []string, most int) string {
		var b strings.Builder
		for range random.IntN(most + 1) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		return b.String()
	}
	letters := []string{"a", "A", "b", "k", "K", "\u212a", "s", "ſ", "ß", "ẞ", "é", "É", "-", "–", `\\`, "世", "İ"}
	held := 0
	for range 200_000 {
		p := rules.ParsePattern(pick(append([]string{"*", "*", "?"}, letters...), 5))
		if random.IntN(3) == 0 {
			p = append(append(rules.Pattern{}, p...), rules.Token{Kind: rules.Dash, Text: "-"})
		}
		w := newWord(p, random.IntN(2) == 0)
		if random.IntN(3) == 0 {
			w = w.open()
		}
		text := strings.ReplaceAll(pick(letters, 6), `\\`, `\`)
		o := w.pattern()
		want, got := w.covers([]rune(text), UnicodeFolding), o.covers(text, folded(text))
		if got != want {
			t.Fatalf("%q (cased %v) on %q: %v, and the word says %v", o.text, w.cased, text, got, want)
		}
		if got {
			held++
		}
	}
	if held < 5_000 {
		t.Errorf("only %d patterns held: the texts are too far off", held)
	}
}

// An outline says of events what the formula says of them.
func TestOutlinesAgreeWithFormulas(t *testing.T) {
	var list []*rules.Rule
	for _, detection := range []string{
		"  s: {Image|endswith: ['/who', '/W'], CommandLine|contains|all: ['-q', ' X']}\n  f: {User: null}\n  condition: s and not f\n",
		"  s: {Image|re: 'wh.$', Port|gt: 5}\n  k: ['wh', 'who']\n  condition: s or k\n",
		"  s: {Image|cased: '/usr/bin/who', Port: 7}\n  t: {Address|cidr: 10.0.0.0/8}\n  condition: 1 of them\n",
		"  s: {Image|endswith: '/who', CommandLine|contains|all: ['-q', ' X'], Port: 7}\n  e: {User|exists: true}\n  condition: s and (e or not e)\n",
		"  s: {Image|expand: '%tools%', CommandLine|windash|contains: ' -q X'}\n  condition: s\n",
		"  s: {Image|expand: '%tools%'}\n  condition: not s\n",
	} {
		list = append(list, parseRule(t, "detection:\n"+detection))
	}
	set := NewRuleset(list, Options{})
	stage := set.theatre()
	matched := 0
	for i, o := range set.outlines {
		if o.cast == nil {
			t.Fatalf("rule %d has no event", i)
		}
		own := newSheet(FromRule(list[i]))
		stage.play(i, o.cast, o.folded)
		for j := range list {
			other := newSheet(FromRule(list[j]))
			cast := other.empty()
			for key, k := range other.byName {
				if n, ok := own.byName[key]; ok {
					cast[k] = o.cast[n]
				}
			}
			other.read(cast)
			got := stage.matches(j)
			if got != other.holds[0] {
				t.Errorf("rule %d on the event of rule %d: %v, and its formula says %v", j, i, got, other.holds[0])
			}
			if got && i != j {
				matched++
			}
			if !got && i == j {
				t.Errorf("rule %d does not match its own event", i)
			}
		}
		stage.end(i)
	}
	if matched == 0 {
		t.Error("no rule matched the event of another")
	}
}
