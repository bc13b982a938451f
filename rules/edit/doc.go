// Package edit changes a Sigma rule byte by byte, never through a YAML encoder.
//
// In: a parsed document and what to change. Out: edits (span, new text) that can be combined with others, applied
// and shown as one unified diff; and a way to write the result so that the original cannot be lost.
//
// Contract: what is not named stays byte for byte: comments, quotes, indentation, line ends, byte order mark, the lack of a
// final newline. New lines take the indentation and the line ends of their neighbours. What cannot be done with
// certainty (a condition that is an alias or does not parse, a list that is a scalar) is refused with an error, never attempted.
// It refuses to know whether a change is wise: that is tuning's.
package edit
