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
// because dropping a part of an AND widens an exclusion; words that were not understood are in a note. And/or
// without parentheses has two readings: neighbours on one role are joined first; else prose is read the narrower
// way and a query's notation with AND before OR. The other reading is in Extraction.Ambiguities.
//
// The pipeline: tokens (tokens.go, shape.go) → phrases of the vocabulary (phrases.go) → clauses and chunks
// (clauses.go) → the terms of a chunk (clause.go, nouns.go, predicates.go, objects.go) → roles and operators
// (resolve.go) → an OR of ANDs (groups.go). A description, which is written for people, is also read by its values
// (mention.go, mentionreader.go, mentionlack.go, mentionvalue.go): each with what verbs, prepositions and nouns beside
// it say, and no grammar of conditions; which fields they belong to is for the layer above. Words live in tables:
// roles.go, classes.go, words.go, mentionwords.go, components.go, products.tsv, tools.txt, system32.txt. The
// structured form, which says conditions in fields, is read in structured.go.
package scenario
