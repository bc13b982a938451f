// Package domain knows what the values of a field look like: full paths, registry keys below a hive, numbers.
//
// In: a log source and the name of a field. Out: a Domain, a regular language of texts, also as a logic.Formula for
// logic.Options.Domain, with the assumption in words. Or nil: nothing is known, so everything is possible.
// It refuses to know rules and severities, and what a value means.
//
// Contract. A domain is an assumption about sensors, never a fact: a sensor that writes bare file names into Image breaks
// it. So every language errs on the wide side (whatever a sensor documents or was seen to write is in it, also the empty text and
// `-` for "not known"), and a proof that uses one has to say "assuming …" with the words of Domain.Assuming.
//
// Languages are written with ASCII letters and fold ASCII letters only: the folding of Go's (?i) would let U+017F and U+212A
// into paths.
package domain
