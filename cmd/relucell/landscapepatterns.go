package main

// landscape patterns: the complete list of activation patterns of a data set.

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/landscape"
)

type patternsCmd struct {
	dataCmd
	out, gates string
	cells      []landscape.Cell
}

func newPatternsCmd() *cobra.Command {
	c := &patternsCmd{}
	cmd := c.command(&cobra.Command{
		Use:   "patterns DATA",
		Short: "List all activation patterns of a data set",
		Long: `patterns lists every pattern D = diag(1[X·w > 0]) that a neuron can have on the data, each with a gate:
weights w, strictly inside its cell, with the pattern. The list is complete, where tools of convex
training draw gates at random. It is that of the regions of a network whose inputs are weights.

--output gets a line for each pattern: the gate, its margin, and the pattern as 0 and 1. --gates gets
the matrix of all gates, a column each, for such tools. The margin is the least |x·w| / Σ|x_k·w_k|; where
it is above the rounding of a sum of as many products, any arithmetic of that precision finds the same
pattern.`,
		Example: `  relucell landscape patterns data.csv -o patterns.csv
  relucell landscape patterns data.csv --gates G.csv`,
	}, c.work, c.print)
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "write the patterns and their gates to this `FILE`")
	cmd.Flags().StringVar(&c.gates, "gates", "", "write the matrix of gates to this `FILE`")
	return cmd
}

func (c *patternsCmd) work(ctx context.Context) (err error) {
	if err := c.checkFile("output", c.out); err != nil {
		return err
	}
	if err := c.checkFile("gates", c.gates); err != nil {
		return err
	}
	if c.out != "" && c.gates != "" && files.Same(c.out, c.gates) {
		return badInputf("--gates: %s is the file of --output too, expected another", c.gates)
	}
	if c.cells, err = landscape.Patterns(ctx, c.data); err != nil {
		return err
	}
	for _, f := range []struct {
		flag, name string
		write      func(io.Writer, []landscape.Cell, int) error
	}{{"output", c.out, landscape.WritePatterns}, {"gates", c.gates, landscape.WriteGates}} {
		if f.name == "" {
			continue
		}
		if err := files.Write(f.name, func(w io.Writer) error { return f.write(w, c.cells, c.data.P) }); err != nil {
			return named(f.flag, err)
		}
	}
	return nil
}

// patternsJSON is the answer.
type patternsJSON struct {
	Data     dataJSON `json:"data"`
	Patterns int      `json:"patterns"`
	// General is the number of patterns in general position.
	General string `json:"general"`
	// Tight64 and Tight32 are the numbers of gates whose pattern arithmetic of that precision may
	// not find, and Without that of patterns without a gate.
	Tight64 int     `json:"tight_float64"`
	Tight32 int     `json:"tight_float32"`
	Without int     `json:"without_gate"`
	Seconds float64 `json:"seconds"`
}

func (c *patternsCmd) print(cmd *cobra.Command) error {
	took := c.took()
	j := patternsJSON{Data: c.json(), Patterns: len(c.cells), General: landscape.General(c.data.N(), c.data.P).String(), Seconds: took.Seconds()}
	for _, cell := range c.cells {
		for bits, n := range map[int]*int{53: &j.Tight64, 24: &j.Tight32} {
			if !c.data.Sure(&cell, bits) {
				*n++
			}
		}
		if cell.Gate == nil {
			j.Without++
		}
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		c.text(f)
		f.line("Patterns", "%s, complete", tables.Numbered(int64(j.Patterns), "pattern"))
		f.line("", "%s in general position", tables.Grouped(landscape.General(c.data.N(), c.data.P)))
		f.line("Gates", "strictly inside; %s for float64, %s for float32", tooTight(j.Tight64), tooTight(j.Tight32))
		if j.Without > 0 {
			f.line("", "%s without one in float64", tables.Numbered(int64(j.Without), "pattern"))
		}
		for _, name := range []string{c.out, c.gates} {
			if name != "" {
				f.line("Written", "%s", name)
			}
		}
		f.line("Time", "%v", rounded(took))
	})
}

func tooTight(n int) string {
	if n == 0 {
		return "none too tight"
	}
	return fmt.Sprintf("%s too tight", tables.GroupedInt(int64(n)))
}
