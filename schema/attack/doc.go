// Package attack knows the tag vocabularies of Sigma: MITRE ATT&CK 19.1 (enterprise, mobile, ICS),
// MITRE D3FEND 0.16.0, CVE, CAR, STP, TLP and detection labels.
//
// In: the tags of one document and what its logsource says. Out: typed issues with byte offsets inside the tag,
// a sentence, and what to write instead; and look-ups for hovers and reports.
// It refuses to know documents, positions in files, severities and profiles, the network, and every other
// package of this module.
//
// # What an issue vouches for
//
// An id is called wrong only when the table holds every id of its kind up to a higher number; an id above the
// highest live one is "newer than the data", an info. A [Safe] fix has one possible outcome under the table and
// leaves the meaning of the tags as ATT&CK defines it; where a person has to choose, the fix is [Unsafe] or
// absent. Issues about a rule as a whole (tactics without techniques and the like) stay silent as soon as one
// technique tag of the rule is unknown to the table.
//
// # Data
//
// The tables are text files in data/, one object per row, with version, provenance and MITRE's notices in their
// header. They are parsed on first use. The command in generate/ rebuilds them from STIX bundles, and
// [ParseTable] and [ParseD3FEND] read a user's own copies.
package attack
