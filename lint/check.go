package lint

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Severity says how bad a finding is. The zero value is not a severity.
type Severity uint8

// Severities, the worst last (policy in spec/checks.md): an error cannot be loaded, means something else than written, or provably
// detects nothing or everything; a warning works, but probably not as meant; an info is worth knowing.
const (
	Info Severity = iota + 1
	Warning
	Error
)

var severityNames = map[Severity]string{Info: "info", Warning: "warning", Error: "error"}

func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads `error`, `warning` or `info`.
func ParseSeverity(s string) (Severity, error) {
	for severity, name := range severityNames {
		if name == s {
			return severity, nil
		}
	}
	return 0, fmt.Errorf("`%s` is no severity; write error, warning or info", s)
}

// Profile is a named set of checks.
type Profile uint8

// The profiles: Recommended for everybody, SigmaHQ for parity with their gate, Strict for the author of one rule.
const (
	Recommended Profile = 1 << iota
	SigmaHQ
	Strict

	// None is the profile without a check, to start a selection from nothing.
	None Profile = 1 << 7
)

// Profiles lists the profiles by name, in the order in which they are documented.
var Profiles = []struct {
	Name    string
	Profile Profile
	Meaning string
}{
	{"recommended", Recommended, "the default: near-silent on well-kept rules"},
	{"sigmahq", SigmaHQ, "what the SigmaHQ repository enforces"},
	{"strict", Strict, "for the author who reviews one rule"},
}

// ParseProfile finds a profile by its name.
func ParseProfile(name string) (Profile, error) {
	var names []string
	for _, p := range Profiles {
		if p.Name == name {
			return p.Profile, nil
		}
		names = append(names, p.Name)
	}
	return 0, fmt.Errorf("`%s` is no profile; write %s", name, strings.Join(names, ", "))
}

func (p Profile) String() string {
	var names []string
	for _, row := range Profiles {
		if p&row.Profile != 0 {
			names = append(names, row.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Doc is what people read about a check. Everything shown anywhere is rendered from it.
type Doc struct {
	Title string // under 60 characters, no full stop
	What  string // the exact trigger and every exception
	Why   string // what it costs in detection
	Bad   string // a whole document that yields this check
	Good  string // the same, repaired
	Path  string // where Bad and Good stand, for checks that look at the path; empty means anywhere
	// Before is what Bad and Good were at the base revision, for checks that compare two versions.
	Before string
	Fix    string // how to repair it, when Bad and Good do not say it all

	Assumes    string            // what has to be true for the finding to be right, with the versions of data tables
	References []string          // sections of the specification, conventions, papers
	Differs    map[string]string // how a check of another tool, by its id, differs from this one
}

// Need is what a check has to see besides the document.
type Need string

// The needs. A check with a Tree function needs a tree without saying so; one with a Change function says NeedsRevision.
const (
	NeedsTree     Need = "tree"
	NeedsRevision Need = "revision"
	NeedsBaseline Need = "baseline"
)

// Reporter looks at a document for several checks at once: what it gives comes out under the checks that its kinds name. The
// schema, the tag vocabularies and the taxonomy are reporters.
type Reporter func(d rules.Document, facts *Facts) []Reported

// Reported is a problem with a severity of its own, where a check has more than one. Zero means that of the check.
type Reported struct {
	source.Problem
	Severity Severity
}

// Check is one thing that lint looks for. A check without Document and Tree is fed by the parser or by a Reporter: a problem whose
// Kind is the check's Name comes out as its finding.
type Check struct {
	Code     string // SIG and four digits; frozen with the first release
	Name     string // accepted wherever the code is; completes the sentence "allow …"
	Severity Severity
	Profiles Profile
	Doc      Doc

	// Aliases are earlier names; they are accepted for ever.
	Aliases []string
	// Needs is what the check has to see besides the document, when its functions do not say it.
	Needs Need
	// Options can be set in a configuration.
	Options []Option
	// Gather keeps of each linted document what Tree needs beside its entry (see Pass.Keep), while the document is at hand: documents do not stay
	// in memory. Tree is not asked again where no file of the run changed.
	Gather func(*Pass)

	// YieldsTo names checks whose finding at the same place makes this one superfluous.
	YieldsTo []string

	// Document looks at one document.
	Document func(*Pass)
	// Tree looks at all documents of a run.
	Tree func(*TreePass)
	// Change looks at a document that differs from a base revision.
	Change func(*ChangePass)
}

// Family is the two digits of the code after SIG.
func (c *Check) Family() string { return c.Code[3:5] }

// Families names the families of checks by their two digits.
var Families = map[string]string{
	"00": "engine", "01": "yaml", "02": "structure", "03": "metadata", "04": "tags", "05": "logsource and fields",
	"06": "detection items", "07": "condition", "08": "logic", "09": "breadth", "10": "exclusions", "11": "correlations",
	"12": "filter documents", "13": "cross-file", "14": "conventions", "15": "formatting", "16": "suppressions",
}

// Sort orders checks by code.
func Sort(checks []*Check) {
	sort.Slice(checks, func(i, j int) bool { return checks[i].Code < checks[j].Code })
}
