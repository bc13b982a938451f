// Package report renders a comparison of two trees: text for a terminal, JSON for machines, Markdown for a pull request.
//
// In: a revision.Comparison. Out: bytes. It refuses to decide anything; wording and order of what is shown are its only subject. Rule text
// is never printed raw.
package report
