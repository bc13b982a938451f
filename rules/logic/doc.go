// Package logic answers questions about all events at once: can any event match? does every match of A match B? can
// anything match both? Answers are exact and come with evidence: an event, or the predicates that contradict each other.
//
// In: formulas built from rules, detections, blocks, items and single values. Out: an Answer.
// It refuses to know log sources and what fields usually hold; callers hand such facts in as axioms, and answers name them.
//
// Contract. For Satisfiable:
//
//   - Yes: Witness is an event on which the formula holds. It was found by search and then evaluated by a second, direct
//     evaluator that shares no code with the search.
//   - No: no event satisfies the formula, whatever the parts mean that sigtune cannot evaluate (placeholders, fieldref,
//     regular expressions outside RE2). Conflicts is the proof: every way to satisfy the formula runs into one of them.
//   - Unknown: a budget ran out, or the answer depends on something that cannot be decided here. Reason says which.
//
// The other questions reduce to Satisfiable: Implies(a, b) is Yes when a-and-not-b has no event, and its No carries an event.
//
// Parts of times (`hour`, `week`) are exact: the times that package match reads, with four-digit years and valid dates only, are a
// regular language like any other. So `hour: 3` and `hour: 4` exclude each other, and 30 February does not exist. Where a proof
// also needs how a time is spelled (`hour: 3` beside `contains: 'PM'`), Answer.Assumptions says so.
//
// The model of an event: every field is absent, null, or holds one text; numbers and booleans are the text that spells them (numbers
// canonically: 4625, not 4625.0). Fields that Options.Lists names hold any number of texts.
// Fields are independent of each other. So a No is true of every real event, while a Yes may show an event that no system
// would write (Image `/usr/bin/who` with CommandLine `nmap`). Answer.Assumptions lists what a proof took for granted beyond this:
// that a field holds one value and not a list, how times are written, or an axiom of the caller.
//
// Answers depend on the question and the options alone: budgets count work, never time, and every order is fixed. The budget of a
// question covers all that costs: states of single automata and of products, transitions, alphabets, texts that are tried, choices, and
// making proofs small. It is about a second of work. All questions of an Analysis together have as much again, begun questions are
// finished; after that every further one is Unknown, and the rule itself is among Analysis.Unsure. Reasons that begin with "too large" name what was too much.
package logic
