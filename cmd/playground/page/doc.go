// Package page is the page of the playground: text, style and script, rendered into one file.
//
// In: the Go runtime for browsers, the program, and an example of a hunting page. Out: HTML that loads nothing. It refuses to know what the
// program does.
package page
