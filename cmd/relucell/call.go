package main

// Calls: commands that run within this process, for programs. A call takes a command's own options
// as JSON, and gives the command's own JSON; so whatever a command learns, its callers have. What
// speaks to the outside, as serve does by lines, holds the networks and hears the answers.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
)

// callable are the commands that can be called, those of a family by both words.
var callable = map[string]func() *cobra.Command{
	"bound": newBoundCmd, "canonical": newCanonicalCmd, "check": newCheckCmd, "convert": newConvertCmd, "count": newCountCmd, "diff": newDiffCmd,
	"eval": newEvalCmd, "info": newInfoCmd, "learn": newLearnCmd, "lipschitz": newLipschitzCmd, "list": newListCmd, "plot": newPlotCmd,
	"radius": newRadiusCmd, "range": newRangeCmd, "reach": newReachCmd, "slice": newSliceCmd, "unroll": newUnrollCmd, "verify": newVerifyCmd,
	"cone check": newConeCheckCmd, "cone layer": newConeLayerCmd, "cone rays": newConeRaysCmd,
	"landscape census": newCensusCmd, "landscape check": newCheckBoundCmd, "landscape optimum": newOptimumCmd, "landscape patterns": newPatternsCmd,
}

// call is a command to run, and who hears of it.
type call struct {
	method string
	params json.RawMessage
	nets   *shelf
	// item is told each line of an answer of many, which list, eval and sweeps give. An error of it
	// ends the command.
	item func(line []byte) error
	// progress is told how far the command is; nil where nobody asks.
	progress func(any)
}

// outcome is what a call came to: a value, an error, or both, as of a count that was stopped.
type outcome struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  *callError      `json:"error,omitempty"`
	// Log are the lines that the command wrote to standard error: notes and warnings.
	Log []string `json:"log,omitempty"`
}

// callError has the command's exit code, and the line that goes with it.
type callError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

type callKey struct{}

// callOf is the call that a command runs for, nil for one that runs by itself.
func callOf(cmd *cobra.Command) *call {
	c, _ := contextOf(cmd).Value(callKey{}).(*call)
	return c
}

// tell is a command's function of progress, nil where the caller wants none.
func tell[P, J any](c *call, as func(P) J) func(P) {
	if c.progress == nil {
		return nil
	}
	return func(p P) { c.progress(as(p)) }
}

// run runs the command. It returns within a second of the end of ctx.
func (c *call) run(ctx context.Context) outcome {
	create, ok := callable[c.method]
	if !ok {
		return outcome{Error: &callError{exitInput, fmt.Sprintf("method: %q, expected one of %s", files.Shorten(c.method), strings.Join(slices.Sorted(maps.Keys(callable)), ", "))}}
	}
	cmd := create()
	plainFlags(cmd)
	args, release, err := arguments(cmd, c.params)
	defer release()
	if err != nil {
		return outcome{Error: &callError{exitInput, oneLine(err)}}
	}
	out, errs := &answers{call: c, cmd: cmd}, &remarks{}
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	cmd.SetOut(out)
	cmd.SetErr(errs)
	err = cmd.ExecuteContext(context.WithValue(ctx, callKey{}, c))
	code := report(errs, cmd, err)
	o := outcome{Log: errs.lines()}
	if code != exitInput {
		o.Result = out.result()
	}
	if code != exitDone {
		o.Error = &callError{Code: code, Message: "stopped early"}
		if k := len(o.Log) - 1; k >= 0 && (err != error(errStopped) || strings.HasPrefix(o.Log[k], "stopped")) {
			o.Error.Message, o.Log = o.Log[k], o.Log[:k]
		}
	}
	return o
}

// mostText bounds an answer that is text: far more than anybody reads in one piece.
const mostText = 1 << 28

// answers takes a command's standard output apart. What is JSON is told line by line where the
// answer has many, and kept where it has one; text is kept as a whole.
type answers struct {
	call  *call
	cmd   *cobra.Command
	begun bool
	json  bool
	many  bool
	items int64
	rest  []byte // the line that has not ended, or the text
}

func (a *answers) Write(p []byte) (int, error) {
	if a.begin(); len(a.rest)+len(p) > mostText {
		return 0, fmt.Errorf("an answer of more than %d bytes, expected a file to write to", mostText)
	}
	a.rest = append(a.rest, p...)
	for a.many {
		line, rest, ended := bytes.Cut(a.rest, []byte("\n"))
		if !ended {
			break
		}
		if err := a.call.item(line); err != nil {
			return 0, err
		}
		a.items++
		a.rest = rest
	}
	return len(p), nil
}

// begin looks at the command's flags, once they are read.
func (a *answers) begin() {
	if a.begun {
		return
	}
	a.begun = true
	fs := a.cmd.Flags()
	f := fs.Lookup("format")
	a.json = f != nil && f.Value.String() == "json"
	switch a.call.method {
	case "list", "eval":
		a.many = a.json
	case "count":
		a.many = a.json && (fs.Changed("centers") || fs.Changed("radii"))
	}
}

// result is the value of the whole, nil where the command had none.
func (a *answers) result() json.RawMessage {
	a.begin()
	switch text := bytes.TrimSpace(a.rest); {
	case a.many:
		return json.RawMessage(fmt.Sprintf(`{"items":%d}`, a.items))
	case len(text) == 0:
		return nil
	case a.json:
		return text
	}
	text, err := json.Marshal(map[string]string{"text": string(a.rest)})
	if err != nil {
		panic(err) // a text is always JSON
	}
	return text
}

// mostRemarks bounds what is kept of standard error.
const mostRemarks = 1 << 16

// remarks keeps the beginning of a command's standard error. Logs of several goroutines meet here.
type remarks struct {
	mu   sync.Mutex
	text []byte
}

func (r *remarks) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = append(r.text, p[:min(len(p), max(0, mostRemarks-len(r.text)))]...)
	return len(p), nil
}

// lines are the lines without the name of the program.
func (r *remarks) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for line := range strings.Lines(string(r.text)) {
		if line = strings.TrimPrefix(strings.TrimSpace(line), "relucell: "); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// errCancelled is the cause of a stop that a caller asked for.
var errCancelled = errors.New("cancelled")
