//go:build js && wasm

// Command wasm is the core of the playground in a browser. It gives the page one function, sigtune(request), from JSON to JSON.
package main

import (
	"encoding/json"
	"syscall/js"
	"time"

	"github.com/sigtune/sigtune/cmd/playground"
)

func main() {
	js.Global().Set("sigtune", js.FuncOf(func(_ js.Value, args []js.Value) any {
		var in playground.Request
		if len(args) != 1 || json.Unmarshal([]byte(args[0].String()), &in) != nil {
			return `{"errors": ["the page sent something that is no request"]}`
		}
		out, err := json.Marshal(playground.Answer(in, time.Now()))
		if err != nil {
			return `{"errors": ["the answer cannot be written"]}`
		}
		return string(out)
	}))
	select {} // the page calls until it is closed
}
