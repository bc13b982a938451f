package schema

import (
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// BenchmarkValidate gives the time for one live rule of average size.
func BenchmarkValidate(b *testing.B) {
	corpus := corpustest.Open(b)
	var documents []rules.Document
	for _, f := range corpus.LiveRules(b) {
		parsed, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		documents = append(documents, parsed...)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		Validate(documents[i%len(documents)])
	}
}

// BenchmarkCompile is what the first document of a kind costs.
func BenchmarkCompile(b *testing.B) {
	for range b.N {
		if _, err := compile(ruleKind, false); err != nil {
			b.Fatal(err)
		}
	}
}
