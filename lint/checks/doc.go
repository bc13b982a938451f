// Package checks declares what sigtune looks for: one file per family, one value per check, with its documentation.
//
// In: documents through lint.Pass. Out: findings, each about the words that are wrong. A check whose defect the parser, the schema or
// a vocabulary finds has no function here: its declaration gives it code, severity and documentation.
// A new check is begun with `go run ./lint/checks/newcheck SIG0657 name-of-check`, which puts declaration, function, test and page where they belong.
// A check says "never" or "everything" only where that is proven, and otherwise words its message as what it is: a sign.
package checks
