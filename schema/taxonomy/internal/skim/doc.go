// Package skim reads just enough of a Sigma rule to count fields: its log source and its field names.
//
// In: the text of one rule file. Out: a Rule. It is a scan by lines and indentation, for rules in the
// usual block style; it refuses to know YAML, and it must not be used to judge a rule. The generator of
// the tables and the corpus test use it, so that the taxonomy does not depend on the parser.
package skim
