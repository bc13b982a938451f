// Package taxonomy knows Sigma's log sources, their fields, and what a field means on its platform.
//
// In: product, category, service, a field name. Out: the log source, how well it was matched, whether the
// field is known there and, when it is not, the likeliest explanation; for tuning, what role a field plays
// and who can choose its value.
// It refuses to know rules, events or severities, and it never says that a field does not exist: Explain
// says that no source names it, and only in a log source that is Complete may that be called an error.
//
// Soundness. Complete means that the specification names the log source, that its names come from an
// authority (the specification's list, Sysmon, W3C, or events observed a thousand times), and that no live
// rule uses a name outside the list. Counts, types, roles and controls are hints for ordering and wording.
//
// The data is embedded with its versions and notices (logsources.txt, events.txt), derived by
// schema/taxonomy/generate, and replaceable: With returns a table extended by the user's own entries.
package taxonomy
