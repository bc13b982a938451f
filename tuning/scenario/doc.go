// Package scenario reads what people write about false positives.
//
// In: a hunt document, scenario/exclusion pairs, Markdown, a rule, or one sentence, as text. Out: the sections of
// that text (Read) and, per scenario, what runs and which conditions the exclusion names (Extract), in roles such
// as "parent" or "command line", each with the bytes it was read from.
//
// It refuses to know Sigma fields, the rule, and whether a filter is right or safe: the layer above grounds roles
// in the rule's fields and judges.
//
// Contract. Every value is a substring of the input at its span: nothing is invented, and nothing is rewritten
// beyond taking off quotes and the % of LIKE. A class of things ("a known monitoring tool") is never turned into a
// value: its condition is Open. What cannot be read is kept as a condition with the role Other, never dropped,
// because dropping a part of an AND widens an exclusion. Where a sentence has two readings the first one is the
// narrower where the text leaves the choice, and the other is given in Extraction.Ambiguities.
//
// The pipeline is lexer (tokens.go) → vocabulary (phrases.go) → clauses (clauses.go) → one clause (clause.go) →
// groups (groups.go). Words live in tables: roles.go, words.go, products.tsv, tools.txt.
package scenario
