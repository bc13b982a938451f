// Package lsp is the language server: it speaks the Language Server Protocol 3.17 over a pair of streams and keeps what an editor has open.
//
// In: messages of an editor. Out: diagnostics of every version that was typed, and answers to its requests. Package editor decides what is said
// about a document, lint what is wrong with it; this package turns byte spans into the positions of the protocol and back, in the
// encoding that was agreed on, and decides when what is computed. It refuses to know YAML and Sigma, it reads files and never writes one, and it
// opens no connection.
//
// Contract. What is published about a document belongs to the version that it names: a result that a keystroke has overtaken is dropped. Notifications
// are taken in order; requests see the text as it was when they arrived, and are answered side by side. A panic in one answer is an error of that answer.
package lsp
