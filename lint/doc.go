// Package lint finds what is wrong with Sigma documents and says it at the exact place.
//
// In: parsed files and a set of checks. Out: Findings, sorted by path, place and code: the same input gives the same findings in the
// same order, however many files run in parallel. A Check is one declaration with its documentation; what the parser and the schema
// report comes out under the check of the same name, so there is one catalogue and one severity table.
// It refuses to know how findings are printed (report) and what the single checks look for (checks).
package lint
