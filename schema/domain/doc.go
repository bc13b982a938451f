// Package domain knows what the values of a field look like (full paths, registry keys below a hive, numbers), and how many of them an
// event can hold at once.
//
// In: a log source and the name of a field, and the rows of a configuration (Settings). Out: a Domain, a regular language of texts, also as a
// logic.Formula for logic.Options.Domain, with the assumption in words; or nil: nothing is known, so everything is possible. And whether
// the field may hold several values, for logic.Options.Lists.
// It refuses to know rules and severities, and what a value means.
//
// Contract. A domain is an assumption about sensors, never a fact: a sensor that writes bare file names into Image breaks
// it. So every language errs on the wide side (whatever a sensor documents or was seen to write is in it, also the empty text and
// `-` for "not known"), and a proof that uses one has to say "assuming …" with the words of Domain.Assuming.
//
// How many values a field holds is asked on the side of proofs: whatever holds for events with any number of values holds for those with
// one. So a field may hold several values wherever nothing else is known: in log sources that the taxonomy does not have, in documents
// with a taxonomy of their own, in nested names, in fields that no row names. One value is promised by a row with a reason; where the
// taxonomy does not say the same, a proof that needs it says "assuming one value per event" (Fields.Single tells).
//
// Languages are written with ASCII letters and fold ASCII letters only: the folding of Go's (?i) would let U+017F and U+212A
// into paths.
package domain
