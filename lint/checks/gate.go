package checks

import "github.com/sigtune/sigtune/lint"

// literal reports the profile that reproduces SigmaHQ's gate: some checks report there whatever the validator they stand for reports, also where a
// mistake is not likely.
func literal(facts *lint.Facts) bool { return facts != nil && facts.Profile == lint.SigmaHQ }

// gate is the severity of checks that are infos, and warnings in the profile of SigmaHQ's gate. Zero is that of the check.
func gate(facts *lint.Facts) lint.Severity {
	if literal(facts) {
		return lint.Warning
	}
	return 0
}
