package logic

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkSatisfiable(b *testing.B) {
	f := FromRule(parseRule(b, discovery))
	for b.Loop() {
		if a := Satisfiable(f); a.Verdict != Yes {
			b.Fatal(a.Explain())
		}
	}
}

func BenchmarkProof(b *testing.B) {
	rule := FromRule(parseRule(b, discovery))
	filter := parsed(b, "    Image|endswith: '/nmap'")
	for b.Loop() {
		if a := Disjoint(rule, filter); a.Verdict != Yes {
			b.Fatal(a.Explain())
		}
	}
}

// hashList is a rule with as many values as the longest published list.
func hashList(b testing.TB, n int) *Formula {
	var values strings.Builder
	for i := range n {
		fmt.Fprintf(&values, "\n      - 'SHA256=%064x'", uint64(i)*0x9e3779b97f4a7c15)
	}
	return FromRule(parseRule(b, "detection:\n  s:\n    Hashes|contains:"+values.String()+"\n  condition: s\n"))
}

func BenchmarkLongList(b *testing.B) {
	f := hashList(b, 4432)
	none := parsed(b, "    Hashes|contains: 'MD5='\n    Hashes|startswith: 'SHA256'")
	for b.Loop() {
		if a := Implies(And(f, none), none); a.Verdict != Yes {
			b.Fatal(a.Explain())
		}
	}
}

func BenchmarkSwallowsLongList(b *testing.B) {
	f := hashList(b, 500)
	filter := parsed(b, "    Hashes|contains: 'SHA256="+strings.Repeat("0", 60)+"'")
	for b.Loop() {
		swallowed, unsure := NewProver(Options{}).Swallows(f, filter)
		if len(swallowed) == 0 {
			b.Fatal("nothing", len(unsure))
		}
	}
}

func BenchmarkManyContains(b *testing.B) {
	var values []string
	for i := range 14 {
		values = append(values, fmt.Sprintf("'w%xord'", i))
	}
	f := parsed(b, "    a|contains|all: ["+strings.Join(values, ", ")+"]\n    a|re: '^[a-z0-9]*$'")
	for b.Loop() {
		p := NewProver(Options{})
		p.noGuess = true
		if a := p.Satisfiable(f); a.Verdict != Yes {
			b.Fatal(a.Explain())
		}
	}
}
