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
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run executes one command line and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	root := newRootCmd()
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		unquote(root)
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteC()
	return report(stderr, cmd, err)
}
