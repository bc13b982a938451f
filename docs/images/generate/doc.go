// Command generate draws the terminal picture of the README from real output: go run ./docs/images/generate
//
// In: the page under testdata/hunt, tuned and printed in colour by the same functions as the command. Out: docs/images/tune.svg.
// It shortens the output where `…` stands and changes no word of it; a test says when the picture is out of date.
package main
