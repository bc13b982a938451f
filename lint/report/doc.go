// Package report renders lint results: text with snippets and carets for people, and the formats that editors, code hosts and build
// servers read. Formats is the table of them.
//
// In: a lint.Result, a writer and Options. Out: bytes that depend on nothing else: no clock, no map order, no terminal state, no
// working directory. Colour comes from a Palette that the caller hands in; this package never asks whether there is a terminal.
// It refuses to know what the checks mean, and it never prints rule text raw: control, bidirectional and zero-width characters and
// invalid bytes are made visible in every format, and what a finding prints is bounded, however long a line or a list is.
package report
