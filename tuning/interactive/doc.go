// Package interactive goes through a tuning result with an analyst: verdict, proof, ways to write the filter, and a choice.
//
// In: a tuning.Result, lines that somebody types, a writer for what they see. Out: the decisions, and the result with what was chosen.
// Contract: nothing is applied that was not chosen; an edited filter is judged again before it can be chosen, and one that swallows a
// part of the rule cannot be. It refuses to know terminals and files: those are the command's.
package interactive
