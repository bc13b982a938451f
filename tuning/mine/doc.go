// Package mine finds exclusions in recorded false positives.
//
// In: the result of a rule (package tuning), events that are labelled as false or true positives, and unlabelled ones. Out: further
// outcomes of that result, one for each kind of false positive, with proposals that are judged and written like those of a text; why no
// other field was used; and the events that no proposal fits. It refuses to know how anything is printed, and which of two labels is right.
//
// Contract. Whether an event fires the rule, and whether a condition holds for it, is decided by package match alone. A proposal is
// accepted only when every true positive that was given still fires, and package safety did not refuse it. A condition that the rule
// implies is proven to be so and left out. Numbers about events are counts; what would generalise is an estimate from leaving hosts, users
// and days out, and is named so.
//
// Memory grows with the number of distinct events (in the fields that say something), not with all of them, and from some ten thousand distinct ones
// on by little: then a sample of them is held, the result says so, and what filters hide is counted in a second reading of the files. True positives,
// and events of what cannot be read twice (standard input, a pipe, a store), are all held.
package mine
