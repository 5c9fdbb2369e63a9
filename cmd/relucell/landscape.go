package main

// landscape: the training problem of a small network, exactly. What its subcommands share.

import (
	"bytes"
	"context"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/landscape"
)

func newLandscapeCmd() *cobra.Command {
	return family(&cobra.Command{
		Use:   "landscape",
		Short: "Explore the loss surface of a network with one hidden layer, exactly",
		Long: `landscape takes data and the network f(x) = Σ a_j·relu(w_j·(x, 1)), whose inputs are weights: its
activation regions are the cells of the loss surface. It lists them, finds the minima in them, and
proves that a minimum is global.

DATA is a table (CSV), one point a line, with the value y in the last column.`,
	}, newPatternsCmd(), newOptimumCmd(), newCheckBoundCmd(), newCensusCmd(), newSpuriousCmd(), newSurfaceCmd())
}

// dataCmd is what the subcommands share: a table, a time limit and a format.
type dataCmd struct {
	data    *landscape.Data
	path    string
	args    []string // all
	noBias  bool
	timeout time.Duration
	format  string
	begun   time.Time
}

// command makes cmd a command that runs on one table, and perhaps more arguments. What work does
// it does until ctx ends, and a grace longer; print says what it found.
func (c *dataCmd) command(cmd *cobra.Command, work func(context.Context) error, print func(*cobra.Command) error, more ...string) *cobra.Command {
	cmd.Args = exactly(append([]string{"DATA"}, more...)...)
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return []string{"csv"}, cobra.ShellCompDirectiveFilterFileExt
	}
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		c.begun, c.path, c.args = time.Now(), args[0], args
		ctx, release := stoppable(cmd, c.timeout)
		defer release()
		_, err := within(ctx, func() (none struct{}, err error) {
			if err = c.read(); err == nil {
				err = work(ctx)
			}
			return none, err
		})
		if err != nil && ctx.Err() != nil {
			return stopped(ctx, c.path+": stopped before the end")
		}
		if err != nil {
			return about(c.path, err)
		}
		return print(cmd)
	})
	fs := cmd.Flags()
	fs.BoolVar(&c.noBias, "no-bias", false, "the network without bias weights: w_j·x in the place of w_j·(x, 1)")
	timeoutFlag(fs, &c.timeout, "give up after this time, reading included")
	formatFlag(cmd, &c.format)
	return cmd
}

// read reads the table.
func (c *dataCmd) read() error {
	text, err := files.ReadLimited(c.path, maxPointBytes)
	if err != nil {
		return badInputf("%w, expected a table", files.Plain(err))
	}
	if c.data, err = landscape.Read(bytes.NewReader(text), !c.noBias); err != nil {
		return badInputf("%s: %w", c.path, err)
	}
	return nil
}

// checkFile checks the name of a file to write, "" for none.
func (c *dataCmd) checkFile(flag, name string) error {
	if name == "" {
		return nil
	}
	return writable(flag, name, c.path)
}

// dataJSON says what the data are.
type dataJSON struct {
	Points  int  `json:"points"`
	Weights int  `json:"weights"` // of a neuron
	Bias    bool `json:"bias"`
}

func (c *dataCmd) json() dataJSON {
	return dataJSON{c.data.N(), c.data.P, c.data.Bias}
}

func (c *dataCmd) took() time.Duration { return time.Since(c.begun) }

// text writes the same.
func (c *dataCmd) text(f *fields) {
	bias := "the bias among them"
	if !c.data.Bias {
		bias = "no bias"
	}
	f.line("Data", "%s: %s, a neuron has %s, %s", filepath.Base(c.path), tables.Numbered(int64(c.data.N()), "point"), tables.Numbered(int64(c.data.P), "weight"), bias)
}
