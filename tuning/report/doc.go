// Package report renders a tuning result: text for people, JSON (sigtune.tune/1) for machines, Markdown for pull requests, one HTML page.
//
// In: a tuning.Result and a writer. Out: bytes that depend on nothing else. Texts of rules and pages are hostile: they never become an
// escape code, markup, a link or a mention.
// It refuses to decide anything: what it prints was decided in tuning.
package report
