package attack

import "strings"

// Kind says what sort of ATT&CK object an id names. It follows from the letters of the id.
type Kind uint8

// The kinds, in the order of the table.
const (
	Tactic Kind = iota + 1
	Technique
	Group
	Software
	Campaign
	Mitigation
	DataComponent
	DataSource
	Asset
)

// kinds has one row per kind: the letters its ids begin with and what it is called.
var kinds = [...]struct{ prefix, noun string }{
	Tactic:        {"TA", "tactic"},
	Technique:     {"T", "technique"},
	Group:         {"G", "group"},
	Software:      {"S", "software"},
	Campaign:      {"C", "campaign"},
	Mitigation:    {"M", "mitigation"},
	DataComponent: {"DC", "data component"},
	DataSource:    {"DS", "data source"},
	Asset:         {"A", "asset"},
}

// String returns the noun for the kind: "technique", "data source".
func (k Kind) String() string {
	if int(k) >= len(kinds) {
		return ""
	}
	return kinds[k].noun
}

// kindOf returns the kind whose ids begin with these letters, in either case; zero when there is none.
func kindOf(prefix string) Kind {
	for k, row := range kinds {
		if k > 0 && strings.EqualFold(prefix, row.prefix) {
			return Kind(k)
		}
	}
	return 0
}

// Domain is a set of ATT&CK domains.
type Domain uint8

// The three domains ("matrices") of ATT&CK.
const (
	Enterprise Domain = 1 << iota
	Mobile
	ICS
)

// domains has one row per domain: its letter in the table and its name in text.
var domains = [...]struct {
	domain Domain
	letter byte
	name   string
}{
	{Enterprise, 'e', "Enterprise"},
	{Mobile, 'm', "Mobile"},
	{ICS, 'i', "ICS"},
}

// String names the domains of the set: "Enterprise and ICS".
func (d Domain) String() string {
	var names []string
	for _, row := range domains {
		if d&row.domain != 0 {
			names = append(names, row.name)
		}
	}
	return list(names)
}

// Status says whether ATT&CK still stands behind an object.
type Status uint8

const (
	// Live objects are part of the current version.
	Live Status = iota
	// Revoked objects were replaced, as a rule by Object.Successor.
	Revoked
	// Deprecated objects were withdrawn without a replacement.
	Deprecated
)

var statusNames = [...]string{Live: "", Revoked: "revoked", Deprecated: "deprecated"}

// String returns "revoked", "deprecated", or "" for a live object.
func (s Status) String() string {
	if int(s) >= len(statusNames) {
		return ""
	}
	return statusNames[s]
}

// Object is one row of the ATT&CK table. Its slices are shared with the table and must not be changed.
type Object struct {
	ID        string // upper case: "T1059.001"
	Name      string // "PowerShell"
	Kind      Kind
	Domains   Domain
	Status    Status
	Shortname string // of a tactic, as in tags: "credential-access"; else empty

	// Successor is the id that replaced a revoked object; it may itself be retired, see Table.Successor.
	Successor string
	// Derived marks a successor that MITRE's own data did not state when the table was made.
	Derived bool

	// Tactics are the short names a technique is filed under; for a retired technique, the last ones it had.
	Tactics []string
	// LegacyTactics are the short names an earlier version filed the technique under; nil when nothing changed.
	LegacyTactics []string
	// Platforms are ATT&CK's names ("Windows", "Network Devices"); empty means unknown, not "none".
	Platforms []string
	// AlsoKnownAs holds other names of groups and software, earlier names of techniques, earlier short names of tactics.
	AlsoKnownAs []string

	Added, Removed string // version that brought or retired it ("19.0"), where the table knows
}

// Parent returns the technique a sub-technique id belongs to: T1059 for T1059.001, "" for any other id.
func Parent(id string) string {
	if dot := strings.IndexByte(id, '.'); dot > 0 {
		return id[:dot]
	}
	return ""
}

// list joins names as a sentence does: "a", "a and b", "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
