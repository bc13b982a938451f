// Package baseline records the findings of today, so that only new ones fail from now on.
//
// In: the findings of a run, and a recorded file. Out: which findings are new, which are known, and which records nothing answers to any
// more. A record names its finding by the code of the check, the rule, the place inside the rule in words and the text there, and never by
// a line: it holds when files are moved, lines are added, and keys or lists change their order. It does not hold when the marked text changes.
// The contract: a finding is called known only when a record that no other finding has used names it. In doubt it is new.
// It refuses to know how rules are linted and how findings are printed.
package baseline
