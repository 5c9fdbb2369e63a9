package main

// A file that a command is asked to write is that run's. Where the run answers, or is stopped, and
// has nothing to put there, what an earlier run left under the name is removed: nobody is to take
// it for the answer's. An error is no answer, and leaves all files as they were.

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
)

// owedFiles are the files that a run is to write, and has not written.
type owedFiles []string

// writable checks the name of a file to write, which may be none of those that belong to others.
func writable(flag, name string, others ...string) error {
	for _, path := range others {
		if files.Same(path, name) {
			return badInputf("--%s: %s is another file of this command, expected one of its own", flag, name)
		}
	}
	return badInput(named(flag, files.Check(name)))
}

// owe adds names that were found to be good: none is that of an input. "" is none. What it returns
// settles, at the end of the run, which has come to *err by then.
func (o *owedFiles) owe(cmd *cobra.Command, err *error, names ...string) func() {
	*o = append(*o, names...)
	return func() { o.settle(cmd, *err) }
}

// wrote says that files are written.
func (o *owedFiles) wrote(names ...string) {
	*o = slices.DeleteFunc(*o, func(s string) bool { return slices.Contains(names, s) })
}

// settle removes what is left of earlier runs, now that this one has come to err.
func (o *owedFiles) settle(cmd *cobra.Command, err error) {
	if code := codeOf(err); code != exitDone && code != exitStopped {
		return
	}
	for _, name := range *o {
		if st, err := os.Stat(name); err != nil || !st.Mode().IsRegular() {
			continue
		}
		if err := files.Remove(name); err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "relucell: %v: it is of an earlier run, and this one has written none\n", err)
		} else {
			fmt.Fprintf(cmd.ErrOrStderr(), "relucell: %s: removed, as it was of an earlier run and this one has written none\n", name)
		}
	}
}
