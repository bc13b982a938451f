// Package playground answers the page that shows sigtune in a browser.
//
// In: the text of an editor, a rule or a page that holds one. Out: one JSON object with the objects of `lint`, `prove` and `tune` about it. It
// refuses to know the browser: package wasm hands the calls over, package pack puts everything into one HTML file, and nothing of it uses the
// network or keeps a text.
package playground
