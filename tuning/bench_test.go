package tuning

import "testing"

// BenchmarkTune judges one scenario of a small rule, everything included: lint before and after, proofs, three proposals.
func BenchmarkTune(b *testing.B) {
	for b.Loop() {
		if _, err := Tune(Input{Path: "rule.yml", Text: listing, Scenarios: []string{"netstat started by monit or systemd"}, Today: testDay}); err != nil {
			b.Fatal(err)
		}
	}
}
