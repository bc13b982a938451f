// Package revision compares rule files with what they were before: at a git revision, or in another tree.
//
// In: a git revision, or two paths. Out: pairs of documents, what became of each rule, filter and correlation, and how their metadata
// changed. It refuses to know what a detection means (package logic does), and it never writes: git is called as a program, without a
// shell, with commands that only read.
//
// Contract. A rule, or a rule with the filters that apply to it, is Equivalent, Narrowed, Widened or Both only when logic proved it, and
// every loss and gain has an event that package match confirmed. A correlation has a direction only when nothing but its threshold moved.
// Everything else is Unknown. What could not be read is neither added nor removed: it is Unread.
package revision
