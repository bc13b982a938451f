// Package editor answers what somebody asks who has a Sigma file open: what is this, what can stand here, where is it used, rename it.
//
// In: a parsed file with its documents, a byte offset, and the World of tables and checks. Out: notes in Markdown, proposals, spans and byte edits. What is
// typed at the moment seldom parses, so proposals come from the lines around the cursor (Outline), everything else from the model. It refuses to know
// any protocol, positions other than byte offsets, and when something is asked.
//
// Contract. Edits are byte-precise and never pass through a YAML encoder. A rename keeps what every condition selects, or is refused with the
// reason. What is said about events is a proof of package logic, confirmed by package match; where nothing was proved, nothing is said.
package editor
