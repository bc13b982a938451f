// Package nearest finds the known words that a misspelt word may have meant.
//
// In: one word and the words that would have been right. Out: at most a few of them, best first.
// It refuses to guess: beyond two edits (one for words below five letters) nothing is suggested,
// because no suggestion is better than a wild one (specification of the messages, checks catalogue).
package nearest
