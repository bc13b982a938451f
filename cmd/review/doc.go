// Package review is the pull-request view of a change of rules: its content, its renderings, and the comments it leaves on a forge.
//
// In: what lint, revision, replay and tuning found out about a change. Out: text, Markdown, JSON, annotations, SARIF, and comments with
// suggestions. It refuses to know how a revision is read and how a forge is spoken to (package forge does), and it judges nothing itself.
//
// Contract. A suggestion is a safe fix that was applied alone and verified by package fix; it touches only lines that the change itself wrote.
// Text of rules is escaped wherever it stands in Markdown: a title can neither be markup nor hide a line of the review.
package review
