// Package report renders a tuning result: text for people, JSON (sigtune.tune/1) for machines, a unified diff for `patch`.
//
// In: a tuning.Result and a writer. Out: bytes that depend on nothing else.
// It refuses to decide anything: what it prints was decided in tuning.
package report
