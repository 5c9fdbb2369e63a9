//go:build js

// Command engine is the explorer as WebAssembly, within a page that explore.WriteHTML writes. It
// puts two functions into the scope that runs it:
//
//	relucellOpen(file, done)              reads what is explored, an explore.File as JSON
//	relucellAsk(question, body, done)     answers a question, as explore.Explorer does
//
// done is called with JSON, {"error": …} where there is no answer.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"syscall/js"

	"github.com/relucell/relucell/explore"
)

func main() {
	var e *explore.Explorer
	set := func(name string, f func(args []js.Value) ([]byte, error)) {
		js.Global().Set(name, js.FuncOf(func(_ js.Value, args []js.Value) any {
			go func() { // JavaScript waits for what is called, and a walk has goroutines of its own
				text, err := f(args)
				if err != nil {
					text, _ = json.Marshal(map[string]string{"error": err.Error()})
				}
				args[len(args)-1].Invoke(string(text))
			}()
			return nil
		}))
	}
	set("relucellOpen", func(args []js.Value) (text []byte, err error) {
		e, err = explore.Open(context.Background(), []byte(args[0].String()))
		return []byte("{}"), err
	})
	set("relucellAsk", func(args []js.Value) ([]byte, error) {
		if e == nil {
			return nil, errors.New("nothing is opened")
		}
		return e.Answer(context.Background(), args[0].String(), []byte(args[1].String()))
	})
	select {}
}
