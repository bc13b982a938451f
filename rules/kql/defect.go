package kql

import (
	"github.com/sigtune/sigtune/rules/source"
)

// Note says where a query is not what the rule says, or not what the reference writes.
type Note struct {
	ID      string // of a row of Defects
	Span    source.Span
	Message string
	Lasting bool // the default mode's query, too, is not what the rule says
}

// Defect is a known difference between the reference's queries and the rules they come from.
type Defect struct {
	ID      string
	Parity  string // what is wrong with the output of parity mode; empty when parity mode never shows it
	Default string // what the default mode does about it; empty when both modes write the same
	Lasting bool   // both modes write a query that is not what the rule says
}

// The defects (spec/kql.md section 8), and what both modes cannot take over.
const (
	defectRegistryText   = "registry-wildcard"
	defectFileColumn     = "file-column"
	defectIsNull         = "isnull-on-text"
	defectInitiated      = "initiated-as-text"
	defectIPv6           = "ipv6-in-ipv4-function"
	defectQuotedNumber   = "quoted-number"
	defectNumberOnText   = "number-on-text"
	defectKeyword        = "bare-keyword"
	defectControlSet     = "current-control-set"
	defectInnerWildcard  = "inner-wildcard"
	defectRegexWildcard  = "unanchored-wildcard"
	defectParentFile     = "parent-file-name"
	defectColumnQuote    = "column-quote"
	defectCased          = "case-lost"
	defectHashAll        = "hash-all"
	defectHashContains   = "hash-contains"
	defectHasAll         = "has-all"
	defectBool           = "bare-boolean"
	defectBadString      = "invalid-string"
	defectDroppedItem    = "dropped-item"
	defectDroppedHash    = "dropped-hash"
	defectTextOnNumber   = "text-on-number"
	defectNegatedColumns = "negated-columns"
	defectContradiction  = "exact-values-and"
	defectEventType      = "event-type-all"
	defectRangeNull      = "negated-range"
)

// Defects are all rows, in the order of spec/kql.md section 8.
var Defects = []Defect{
	{defectRegistryText, "the backslash before a wildcard is lost and the wildcard becomes a literal `*`", "the wildcard is kept", false},
	{defectFileColumn, "the field is searched in a column that holds something else", "searched in the column that holds it", false},
	{defectIsNull, "`isnull()` on a text column is never true", "written as `isempty()`", false},
	{defectInitiated, "NetworkDirection never holds `true` or `false`", "written as Outbound or Inbound", false},
	{defectIPv6, "an IPv6 range in the IPv4 function", "written with `ipv6_is_in_range`", false},
	{defectQuotedNumber, "quoted numbers on a number column", "numbers written without quotes", false},
	{defectNumberOnText, "a number compared with a text column", "written as text", false},
	{defectKeyword, "a bare keyword after `where` is no test", "searched in all columns", false},
	{defectControlSet, "CurrentControlSet001 does not exist", "written as CurrentControlSet or ControlSet001", false},
	{defectInnerWildcard, "a wildcard inside a value: the order of its parts is lost", "written as a regular expression", false},
	{defectRegexWildcard, "the regular expression for a wildcard is neither anchored nor case-insensitive", "anchored and case-insensitive", false},
	{defectParentFile, "only the file name of the parent is known: broader than the rule", "only the file name of the parent is known: broader than the rule", true},
	{defectColumnQuote, "a column in quotes is a string", "written in brackets", false},
	{defectCased, "upper and lower case no longer differ", "compared with upper and lower case", false},
	{defectHashAll, "the hashes are joined by OR, the rule demands all of them", "joined by AND", false},
	{defectHashContains, "a whole hash is compared with its beginning only", "compared as a whole", false},
	{defectHasAll, "`has_all` looks for whole terms, not for the exact values", "each value compared on its own", false},
	{defectBool, "a boolean without quotes on a text column", "written by the type of the column", false},
	{defectBadString, "a backslash before a wildcard makes an invalid string", "", false},
	{defectDroppedItem, "the item is dropped", "the item is dropped", true},
	{defectDroppedHash, "a hash algorithm that the table does not have is dropped", "a hash algorithm that the table does not have is dropped", true},
	{defectTextOnNumber, "text compared with a number column", "the number is compared as text", false},
	{defectNegatedColumns, "one column without the value is enough", "no column may hold the value", false},
	{defectContradiction, "one column cannot equal several values: never true", "one column cannot equal several values: never true", true},
	{defectRangeNull, "an address that the function cannot read is neither in the range nor outside it: under `not` the event is lost",
		"an address that the function cannot read is neither in the range nor outside it: under `not` the event is lost", true},
	{defectEventType, "one event demands several actions at once: never true", "any of the actions", false},
}

var defectByID = func() map[string]Defect {
	m := map[string]Defect{}
	for _, d := range Defects {
		m[d.ID] = d
	}
	return m
}()

// text is what a note of the mode says; empty when the mode has nothing to say.
func (d Defect) text(parity bool) string {
	if parity {
		return d.Parity
	}
	return d.Default
}
