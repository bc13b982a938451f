// Package revision compares rule files with what they were before: at a git revision, or in another tree.
//
// In: a git revision, or two paths. Out: pairs of files, the rules in them matched to each other, and how their metadata changed.
// It refuses to know what a detection means (package logic does), and it never writes: git is called as a program, without a shell,
// with commands that only read.
package revision
