package main

// count over many balls: centre by radius, one row each.

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

// sweepFlags are the flags that make a count a sweep.
type sweepFlags struct{ centers, radii string }

func (f *sweepFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.centers, "centers", "", "count at each centre of this CSV `FILE`, one a line")
	fs.StringVar(&f.radii, "radii", "", "count with each of these radii `R,R`, separated by commas")
}

// sweeps says whether the command line asks for a table of balls.
func (c *countCmd) sweeps(cmd *cobra.Command) bool {
	return cmd.Flags().Changed("centers") || cmd.Flags().Changed("radii") || c.format == "csv"
}

// sweepOptions reads the balls.
func (c *countCmd) sweepOptions(ctx context.Context, cmd *cobra.Command, n *network.Network) (sweepOptions, error) {
	opt := sweepOptions{Count: enumerate.Options{Workers: c.workers, Limit: c.limit, Gap: c.gap}}
	set := cmd.Flags().Changed
	for _, name := range []string{"box", "proof", "checkpoint", "oracle"} {
		if set(name) {
			return opt, fmt.Errorf("--%s: given beside a table of balls (--centers, --radii or --format csv), which has none", name)
		}
	}
	for _, both := range [][2]string{{"center", "centers"}, {"radius", "radii"}} {
		switch one, many := set(both[0]), set(both[1]); {
		case one && many:
			return opt, fmt.Errorf("--%s: given beside --%s, expected one or the other", both[0], both[1])
		case !one && !many:
			return opt, fmt.Errorf("--%s: missing, expected --%s or --%s", both[1], both[0], both[1])
		}
	}
	norm, err := ball.ParseNorm(c.ball.norm)
	if err != nil {
		return opt, flagged(err)
	}
	opt.Norm = norm
	if c.bounds {
		opt.Bounds = bound.All()
	}
	if opt.Centers, err = c.sweepCenters(ctx, n.Inputs()); err != nil {
		return opt, err
	}
	words, name := []string{c.ball.radius}, "radius"
	if set("radii") {
		words, name = strings.Split(c.sweep.radii, ","), "radii"
	}
	for _, w := range words {
		r, err := ball.ParseRadius(w)
		if err != nil {
			return opt, fmt.Errorf("--%s: %w", name, err)
		}
		opt.Radii = append(opt.Radii, r)
	}
	return opt, nil
}

func (c *countCmd) sweepCenters(ctx context.Context, n int) ([][]float64, error) {
	if c.sweep.centers == "" {
		x, err := parseCenter(ctx, c.ball.center, n)
		return [][]float64{x}, err
	}
	return readCenters(ctx, c.sweep.centers, n)
}

// runSweep counts in each ball and prints a row as soon as it is known, but for text, which is a
// table.
func (c *countCmd) runSweep(ctx context.Context, cmd *cobra.Command, n *network.Network) error {
	opt, err := c.sweepOptions(ctx, cmd, n)
	if err != nil {
		return badInput(err)
	}
	rows := sweep(ctx, n, opt)
	done := true
	watched := func(yield func(sweepRow, error) bool) {
		for r, err := range rows {
			if err != nil && ctx.Err() != nil { // what was asked for is cut short, not wrong
				done = false
				return
			}
			done = done && (err != nil || r.Count.Exact || r.Count.GapReached)
			if !yield(r, err) {
				return
			}
		}
	}
	if err := c.writeSweep(cmd.OutOrStdout(), n, opt, watched); err != nil {
		return failed(err)
	}
	if !done {
		return errStopped
	}
	return nil
}

func (c *countCmd) writeSweep(w io.Writer, n *network.Network, opt sweepOptions, rows iter.Seq2[sweepRow, error]) error {
	switch c.format {
	case "csv":
		return writeRows(w, n, opt, rows)
	case "json":
		for r, err := range rows {
			if err != nil {
				return err
			}
			if err := writeJSON(w, newReport(newNetJSON(n, n.Fingerprint()), c.net.notes, r.Ball, r.Bounds, r.Count.Elapsed).withWalk(r.Count)); err != nil {
				return err
			}
		}
		return nil
	}
	row := func(words []string) table.Row { return each(words, func(v string) any { return v }) }
	t := tables.New(row(opt.head(n)))
	for r, err := range rows {
		if err != nil {
			return err
		}
		t.AppendRow(row(r.cells()))
	}
	f := &fields{w: w}
	f.table(t)
	return f.err
}
