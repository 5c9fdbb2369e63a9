package main

// The exit codes, and the one line that goes with each that is not 0.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/enumerate"
)

const (
	exitDone    = 0 // as asked: exact, or the gap reached
	exitFailed  = 1 // anything else, a refused proof included
	exitInput   = 2 // bad usage or bad input
	exitStopped = 3 // stopped early, with a certified but open bracket
)

// exitError is an error that knows its exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// badInput marks an error as the user's to mend, unless it says what it is.
func badInput(err error) error {
	var e *exitError
	if err == nil {
		return nil
	}
	if errors.As(err, &e) {
		return &exitError{e.code, err}
	}
	return &exitError{exitInput, err}
}

func badInputf(format string, args ...any) error { return badInput(fmt.Errorf(format, args...)) }

// failed marks an error that is not the input's.
func failed(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitFailed, err}
}

// unfinished is the error of a search about path that ended early; found says what it has found,
// where a stop ended it.
func unfinished(ctx context.Context, cmd *cobra.Command, path string, err error, found func() string) error {
	if ctx.Err() == nil {
		return about(path, err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "relucell: stopped early (%s): %s\n", stopReason(ctx), found())
	return errStopped
}

// about is an error of work on path.
func about(path string, err error) error {
	var e *exitError
	switch {
	case errors.As(err, &e):
		return err
	case errors.Is(err, enumerate.ErrInput):
		return badInputf("%s: %w", path, err)
	}
	return failed(fmt.Errorf("%s: %w", path, err))
}

// errStopped ends a command that has said all it has to say, by exit code 3.
var errStopped = &exitError{exitStopped, errors.New("stopped early")}

// codeOf returns the exit code of an error. One that carries none comes from cobra, before a
// command ran: bad usage.
func codeOf(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	}
	return exitInput
}

// report writes the line that an error deserves and returns the exit code.
func report(stderr io.Writer, cmd *cobra.Command, err error) int {
	code := codeOf(err)
	if err == nil || err == error(errStopped) {
		return code
	}
	var e *exitError
	line := oneLine(err)
	if said, words, ok := strings.Cut(line, didYouMean); ok {
		line = said + ", did you mean " + strings.Join(strings.Fields(words), " or ") + "?"
	}
	if !errors.As(err, &e) {
		line += fmt.Sprintf(" (see %s --help)", cmd.CommandPath())
	}
	fmt.Fprintf(stderr, "relucell: %s\n", line)
	return code
}

// didYouMean is what cobra puts between an unknown command and those that are spelt like it.
const didYouMean = " Did you mean this?"

// oneLine is what an error says, on one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// action makes a command's function of f: an error without a code is a failure.
func action(f func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := notEmpty(cmd.Flags())
		if i := slices.Index(args, piped); err == nil && i >= 0 && slices.Contains(args[i+1:], piped) {
			err = badInputf("-: given twice, but standard input is read once; expected the name of a file for one of them")
		}
		if err == nil {
			err = f(cmd, args)
		}
		var e *exitError
		if err != nil && !errors.As(err, &e) {
			return failed(err)
		}
		return err
	}
}

// notEmpty refuses a flag that was given without a word, of a variable that was not set perhaps: to
// go on as if it were not there, on this machine in the place of a cluster, is not what was meant.
func notEmpty(fs *pflag.FlagSet) (err error) {
	fs.Visit(func(f *pflag.Flag) {
		list, many := f.Value.(pflag.SliceValue)
		if empty := f.Value.Type() == "string" && f.Value.String() == "" || many && len(list.GetSlice()) == 0; err != nil || !empty {
			return
		}
		expected := "what --help says of it"
		if strings.Contains(f.Usage, "file") || strings.Contains(f.Usage, "`FILE`") {
			expected = "the name of a file"
		}
		err = badInputf("--%s: empty, expected %s", f.Name, expected)
	})
	return err
}

// exactly asks for the named arguments, no more and no fewer.
func exactly(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return fmt.Errorf("%s: missing, expected %s", names[len(args)], strings.Join(names, " "))
		}
		if len(args) > 0 && len(names) == 0 {
			return fmt.Errorf("%q: unexpected argument, expected none", args[0])
		}
		if len(args) > len(names) {
			return fmt.Errorf("%q: unexpected argument, expected %s alone", args[len(names)], strings.Join(names, " "))
		}
		return nil
	}
}
