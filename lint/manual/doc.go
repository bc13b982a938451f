// Package manual writes what people and programs read about checks: the page of a check, the index of all, the answer of explain.
//
// In: checks, and what feeds them. Out: text, Markdown or JSON. Everything comes from the declaration of a check or is found by running it on
// its own example; nothing is said twice.
// It refuses to know the command line and the files of the documentation.
package manual
