// Package report renders lint results: text with snippets and carets for people, JSON for machines.
//
// In: a lint.Result and a writer. Out: bytes that depend on nothing else: no clock, no map order, no terminal state. Colour comes
// from a Palette that the caller hands in; this package never asks whether there is a terminal.
// It refuses to know what the checks mean.
package report
