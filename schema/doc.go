// Package schema says whether a Sigma document is built as the specification demands.
//
// In: one rules.Document. Out: Problems under the names of the checks that report them, each at its exact place, in words
// for people, with a repair where only one is possible. Every document goes through a JSON Schema of our own (json/, draft-07,
// also fit for an editor); a table then turns each error of the schema into the problem it stands for.
//
// Contract: one defect gives one problem, and what the parser (package rules) has already said of a place is not said again.
// Nothing is ever fetched: the schemas are embedded. The answer does not depend on the order of any map.
// It refuses to know tags, log sources and fields, other documents, or today's date.
package schema
