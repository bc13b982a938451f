// Package evidence reads recorded events in the forms that tools export them in.
//
// In: files or a stream, plain or gzip: JSON lines, JSON documents (arrays, Elastic hits, Splunk, Sentinel and Defender results), CSV, Windows
// event XML and EVTX. Out: records, one at a time, with the field names of the rule's taxonomy. It refuses to know rules, and what an event
// means: it mines nothing, and Judge only hands events to a set of matchers as fast as they can be read.
//
// # Contract
//
// The form is recognised by content, never by name. Memory is bounded by the largest record (Limits.Record), not by the input.
// What is no event costs that record and nothing else: it is counted, the first few are kept with their place, and reading goes on behind it.
// Only an error of the operating system ends a stream, and Err tells it. Judge gives the verdicts that Records and each matcher alone give.
//
// No value is invented. A mapped field is a copy of one field of the input, or the documented join of two (account with domain, registry key
// with value name, hashes). A name that the event has already is never replaced, except where a Windows log uses a Sigma name for something
// else (the rows marked `!` in names.txt). The event that is matched keeps every name of the input besides the new ones; of a Windows event in XML, EVTX or a dump these
// are the names of its data and its header, not the elements around them.
package evidence
