// Command relucell counts, exactly and with a checkable proof, the linear regions of a small ReLU
// network that meet a ball, and holds analytic bounds against the count.
//
//	relucell count net.onnx --center 0,0 --radius 0.5 --bounds
//	relucell count net.onnx --box -1:1 --proof net.proof && relucell check net.onnx net.proof
//
// Each command is a file of its own with a function newXCmd. What they share: input.go reads the
// network and the ball, report.go is the JSON that users rely on, text.go what people read, and
// exit.go the exit codes.
package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
)

func main() {
	interrupts.listen()
	code := run(os.Args[1:], os.Stdout, os.Stderr)
	files.Abandon() // of what a stop has left to itself
	os.Exit(code)
}

// run executes one command line and returns its exit code. What could not be written is an error
// whoever wrote it: cobra asks nobody when it writes a help text.
func run(args []string, stdout, stderr io.Writer) int {
	out := &outlet{to: stdout}
	root := newRootCmd(out)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		unquote(root)
	}
	root.SetArgs(args)
	root.SetErr(stderr)
	cmd, err := root.ExecuteC()
	var e *exitError
	if lost := out.lost(); lost != nil && (!errors.As(err, &e) || err == error(errStopped)) {
		err = failed(lost)
	}
	return report(stderr, cmd, err)
}

// outlet writes, and keeps the first failure.
type outlet struct {
	to  io.Writer
	mu  sync.Mutex
	err error
}

func (o *outlet) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err == nil {
			o.err = err
		}
	}
	return n, err
}

func (o *outlet) lost() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}
