// Package match decides whether an event matches a Sigma rule.
//
// In: a parsed rule (or a filter, one detection, a part of a condition) and an Event, a JSON object. Out: yes or no, and
// on request the tree of reasons. It refuses to know log formats, field mappings and log sources: an event carries the
// field names of the rule.
//
// # Contract
//
// Compile refuses what has no certain meaning and says why, so Match never answers for a construct that it merely
// skipped. The semantics are those of spec/sigma-semantics.md sections 4 to 9 and 11; where that page leaves a choice to
// the target system, this package decides:
//
//   - Look-up: the exact key, then a dotted path into nested objects. A path through an array stands for all its elements; for
//     an array any element may match, under `neq` and `not` none may. Values of `all` may be met by different elements.
//   - A field is absent when no key of the path exists. An empty array and an object are present, are not null, and
//     match no text.
//   - Text tests read numbers and booleans as the text they are spelled with. Upper and lower case are equal under simple
//     Unicode folding, one code point to one code point. `?` is one code point.
//   - A number equals a JSON number of the same value, exactly and of any size, and text that is its canonical decimal
//     form: 4625 equals 4625, 4625.0 and "4625", not "04625" and not "4625.0".
//   - Comparisons (`lt` …) read JSON numbers and text of the form -1, 007, 2.50, 1e3. Other text, hexadecimal included,
//     does not match.
//   - Time parts read `2006-01-02`, alone or followed by `T` or a blank and `15:04`, `15:04:05` or `15:04:05.000`, and an
//     optional zone. The part is taken as written, without zone conversion; `week` is the ISO week. A number of seconds since
//     1970 has no written parts and does not match, nor does any other format.
//   - `cidr` reads bare addresses; IPv4 inside IPv6 counts as IPv4, and a zone (`%eth0`) is ignored.
//   - Keywords are searched in the raw message, the first of RawFields that holds text; without one in every
//     string value at any depth. An unquoted number or boolean also finds a JSON value equal to it; a quoted one does not.
//
// Lines makes events of plain lines faster than ParseEvent does, and the same ones; what it does not take is left to ParseEvent.
//
// A Set finds what each of its matchers finds alone; its index only leaves out rules that cannot match. A Reader, which evaluates a Set, belongs to one
// goroutine. A Matcher, a Set and an Event are immutable and safe for many goroutines.
package match
