// Command pack builds the playground: one HTML file with the program, the page and its style inside, which needs no server and no network.
//
//	go run ./cmd/playground/pack -o build/playground.html
package main
