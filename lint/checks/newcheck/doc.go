// Command newcheck begins a new check: its declaration, its function, its test and its page, each where the neighbours have theirs.
//
//	go run ./lint/checks/newcheck SIG0657 name-of-check
//
// In: a code and a name, and the package of checks as it stands on disk, which need not compile. Out: edited files, and what to do next.
// It refuses codes and names that are or were in use, families that do not exist, and forms that the contract of checks refuses. It writes
// nothing unless every file it would write still parses. What it leaves to write begins with `TODO:`; the tests fail until that is written.
// It refuses to know what a check looks for.
package main
