// Package replay runs recorded events against rules and compares with what somebody expects.
//
// In: paths to rules, to our tests (`sigtune-test.yml`) and to SigmaHQ's regression sets (`info.yml`, named by a rule's `regression_tests_path`).
// Out: for each test whether it passed, and if not, which events, where, and why. It refuses to know command lines and how events are
// stored (package evidence reads them).
//
// # Contract
//
// A test passes only when every event was read and every expectation was checked on at least one event. What cannot be read, compiled or found
// is an error, never a pass: a test that tests nothing must not look like one that holds.
package replay
