package tuning

import (
	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// Verdict says what the right answer to a scenario is.
type Verdict string

// The verdicts.
const (
	Filter           Verdict = "filter"            // a filter is proposed
	Noop             Verdict = "noop"              // the rule cannot fire on the scenario: a filter would do nothing
	Swallows         Verdict = "swallows"          // what is asked for would switch off the rule or one of its values
	NeedsEnvironment Verdict = "needs_environment" // expressible only with the site's own values
	NotExpressible   Verdict = "not_expressible"   // no field of the log source can say it
	Refused          Verdict = "refused"           // expressible, but it would hide known-bad events
)

// Condition is one test of an exclusion, grounded in a field of the rule's log source.
type Condition struct {
	Field       string
	Modifier    string // contains, startswith, endswith, cidr, re, empty for the whole value, or null: the field is not there, and Values is empty
	Values      []string
	All         bool   // every value, not any
	Negated     bool   // an exception inside the exclusion
	Placeholder bool   // Values hold `%name%` that only the site can fill
	Phrase      string // the words it was read from
	Span        scenario.Span
	Note        string // what the reading lost or assumed, or empty
	Roles       []scenario.Role
	Site        string // the placeholder that Values were written for (Input.Environment), or empty
}

// Group is an AND of conditions; a scenario's exclusion is an OR of groups.
type Group struct {
	Conditions []Condition
	Open       []Open // parts of the AND that no condition covers
	Foreign    string // why this can only happen on another operating system, or empty
}

// Open is a phrase that the conditions do not say in full.
type Open struct {
	Phrase string
	Reason string // why no field says it
	Span   scenario.Span
	// Examples is set when the phrase names a class and the conditions hold its examples: the filter is then narrower than the
	// text, which is safe.
	Examples bool
}

// Proof is the evidence behind a verdict.
type Proof struct {
	Kind      string // exact: decided by the logic engine; reading: follows from the words alone
	Statement string
	Witness   map[string]any // an event, or nil
}

// Proposal is one filter with everything that has to be known before it is used.
type Proposal struct {
	Rank        int
	Name        string // of the identifier
	Title       string // what sets it apart from the other proposals
	Block       string // the identifier as YAML, indented as in the rule
	Conditions  [][]Condition
	Edits       []source.Edit
	RuleAfter   string
	Safety      safety.Judgement
	QueryAfter  string   // the rule's query with the filter, where it can be written
	Fill        []string // placeholders that the site has to fill
	Recommended bool     // goes into Result.RuleAfter

	Into           string // the identifier of the rule that takes the values in RuleAfter, or empty: then the block is new
	QueryHidden    string // the query for what the rule finds now and the filter would hide, where it can be written
	FilterDocument string // the exclusion as a Sigma filter document (Input.As), or empty
}

// Outcome is what became of one scenario.
type Outcome struct {
	ID          string
	Text        string
	Exclusion   string
	Verdict     Verdict
	Proof       Proof
	Conditions  [][]Condition
	Open        []Open
	Proposals   []Proposal
	Explanation string
	Suggestions []string // what to do instead, or to ask
	Notes       []string // how the words were read
	remarks     bool     // the text says more than its filter
}

// Document is what was found around the rule.
type Document struct {
	Recovered bool              // the rule's indentation was put back
	Readings  int               // how many readings of the text are valid rules; more than one is said
	Notes     []string          // about the recovery
	Query     *scenario.Query   // nil when the page holds none
	Compared  *kql.Comparison   // of the page's query with the rule, nil without a query
	Cut       bool              // the text ends mid-sentence
	Hunt      scenario.Document // as it was read
}

// Result is what Tune found out.
type Result struct {
	Path      string
	Rule      *rules.Rule
	RuleText  string // the rule as it is edited: the file, or what was recovered from the page
	Others    int    // further rules in the file, which were not looked at
	Document  *Document
	Findings  []lint.Finding // on the rule before tuning
	Outcomes  []Outcome
	RuleAfter string // with every recommended proposal, or empty when there is none
	After     []lint.Finding

	As             Form
	Placeholders   []Placeholder // what the proposals leave to the site
	QueryBefore    string        // the rule as a query, where it can be written
	QueryAfter     string        // RuleAfter as a query
	FilterDocument string        // every recommended proposal as Sigma filter documents (Input.As), or empty

	Events *Events // what recorded events say, or nil

	tuner *tuner
}

// Recommended reports whether there is anything safe to propose.
func (r *Result) Recommended() bool { return r.RuleAfter != "" }
