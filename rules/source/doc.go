// Package source turns the bytes of a file into YAML nodes that know their exact place.
//
// In: bytes, whatever they are. Out: a File with its documents as Node trees, every node with a half-open byte
// Span, and the Problems found on the way (encoding, syntax at its real line and column, duplicate keys, limits).
// It is the only package that imports yaml.v3, and it works around what that library gets wrong about places:
// see spec/yaml-positions.md for the measurements behind each rule.
//
// Contract: Parse is total. It never panics and never stops at one bad document. A span is exact or, where
// the mapping of an odd scalar fails, covers the whole node; it is never guessed.
// It refuses to know what a Sigma rule is, and it never writes YAML.
package source
