// Package proof gathers what can be proved about a rule, or about two, and prints it.
//
// In: a file. Out: for each rule an event that it matches or the proof that there is none, an event for each of its values, what in it is
// dead (the findings of the logic checks), and its relation to another rule.
// It refuses to decide anything itself: package logic proves and the checks word it. What was not decided is said with its reason.
package proof
