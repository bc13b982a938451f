// Package recover gives back the indentation that a web page or a mail took from a Sigma rule.
//
// In: the rule part of a page, with keys, list items and comments at column 0, or indented here and there. Out: the same
// lines, indented as SigmaHQ indents, and every other way to indent them that gives a valid rule too.
//
// Contract: only blanks at the start of a line (and, where a note says so, non-breaking spaces and doubled blank lines) change;
// keys, values, quotes and comments stay byte for byte. When the text leaves a choice, Readings has more than one entry and a
// note names the line; a choice is never made in silence. A text that is a valid rule comes back as it is.
// It refuses to know about prose around the rule (tuning/scenario cuts that off) and never adds a missing key.
package recover
