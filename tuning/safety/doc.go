// Package safety judges one proposed filter of one rule: what it hides, whether it swallows the rule or a part of it, whether an
// attacker can satisfy it, and how good it is.
//
// In: the rule as it was, and the filter block as it would be written. Out: a Judgement whose claims are decided by the logic engine and
// re-checked with the evaluator. The grade is a documented table over who controls which condition, not a proof.
// It refuses to know where the filter came from and to propose another one.
package safety
