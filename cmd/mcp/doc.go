// Package mcp offers what sigtune knows to assistants, over the Model Context Protocol.
//
// In: calls with rule texts, or with paths below one directory that the user opened. Out: the JSON objects of the commands, and the text that
// people get. It refuses to know what a client does with them: every tool only reads. No tool reaches the network, starts a program, or sees a
// file outside the opened directory; without one it sees no file. Texts, answers, time and the number of calls at once are bounded.
package mcp
