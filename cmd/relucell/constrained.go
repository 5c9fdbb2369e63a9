package main

// experiment constrained: a cone layer against projections, on digits.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/experiment"
	"github.com/relucell/relucell/internal/tables"
)

type constrainedCmd struct {
	data, model, out, cache, format string
	divideAfter                     int
	batchNorm                       bool
}

func newExperimentConstrainedCmd() *cobra.Command {
	c := &constrainedCmd{}
	cmd := &cobra.Command{
		Use:   "constrained -o DIR",
		Short: "Compare a cone layer with projections, under the constraints of a checkerboard",
		Long: `constrained trains networks that give pictures of digits back under the constraints of a checkerboard:
the sum of the pixels, which are from -1 to 1, is at most 0 in each dark block, and at least 0 in each
bright one (Frerix, Niessner, Cremers 2020). It compares a cone layer, with coefficients max(β, 0) and
|β|, and a network without constraints whose outputs are projected on the cone: by an active set, and by
ADMM with the tolerances that the authors gave OSQP.

Of each it tells the mean square of a pixel's error at test pictures; whether the network's structure
proves the constraints for all inputs, over the reals; how many of the outputs that floats computed
violate a constraint, exactly, and by how much; and the time for a picture. The folder gets the
constraints, the cone, the networks, a table without times, and a manifest.

The model "projection" is one affine layer, which is to learn the projection on the cone; "autoencoder" is
variational. --batch-norm normalises, batch by batch, what the coefficients of a cone layer are computed
of; in the network that is written this is a part of an affine layer. --divide-after divides the outputs of a
cone layer by the largest of their sizes where that is above 1, so that they are pixels, at test time and in
training after so many epochs. That is not piecewise linear, and is left out of the networks that are written.`,
		Example: `  relucell experiment constrained -o digits
  relucell experiment constrained --data mnist --model autoencoder -o mnist`,
		Args: exactly(),
		RunE: action(c.run),
	}
	f := cmd.Flags()
	choiceFlag(cmd, &c.data, "data", "data set, see make data", "digits", "mnist")
	choiceFlag(cmd, &c.model, "model", "what is trained", experiment.Models...)
	bindConstrained(f, new(experiment.Constrained))
	f.BoolVar(&c.batchNorm, "batch-norm", false, "train the cone layers behind batch normalisation, as the authors do")
	wholeFlag(f, &c.divideAfter, "divide-after", "", "divide a cone layer's outputs by their largest, as the authors do, in training after N epochs (default never)", 0, 1<<20)
	f.StringVarP(&c.out, "output", "o", "", "output folder `DIR`, which must be new")
	f.StringVar(&c.cache, "cache", ".cache/data", "folder `DIR` of the fetched data sets (see make data)")
	formatFlag(cmd, &c.format)
	return cmd
}

// bindConstrained adds the flags that are values of a study, each with what it has as its default.
func bindConstrained(f *pflag.FlagSet, s *experiment.Constrained) {
	wholeFlag(f, &s.Epochs, "epochs", "", "epochs of training (default depends on the data)", 0, 1<<20)
	wholeFlag(f, &s.Batch, "batch", "", "pictures in a batch (default 32, mnist 64)", 1, 1<<12)
	wholeFlag(f, &s.Blocks, "blocks", "", "blocks of the checkerboard in a row (default 4)", 1, 1<<12)
	wholeFlag(f, &s.Hidden, "hidden", "", "units of the autoencoder's hidden layers (default 64, mnist 256)", 1, 1<<12)
	wholeFlag(f, &s.Latent, "latent", "", "numbers of its code (default 8, mnist 16)", 1, 1<<12)
	wholeFlag(f, &s.Seed, "seed", "", "seed (default 1)", 0, 1<<40)
	f.Float64Var(&s.Rate, "rate", s.Rate, "learning `RATE` of Adam at the start (default 0.002, mnist 0.001)")
}

func (c *constrainedCmd) run(cmd *cobra.Command, _ []string) error {
	if c.out == "" {
		return badInputf("--output: missing, expected a folder")
	}
	d, err := experiment.OpenData(c.data, c.cache)
	if err != nil {
		return badInput(err)
	}
	config, err := experiment.ConstrainedDefaults(d, c.model)
	if err != nil {
		return badInput(err)
	}
	if err := over(cmd.Flags(), func(fs *pflag.FlagSet) { bindConstrained(fs, config) }); err != nil {
		return badInput(err)
	}
	if cmd.Flags().Changed("divide-after") {
		config.DivideAfter = &c.divideAfter
	}
	config.BatchNorm = c.batchNorm
	if err := config.Check(); err != nil {
		return badInput(flagged(err))
	}
	ctx, stop := interruptible(cmd)
	defer stop()
	r, err := experiment.RunConstrained(ctx, config, c.out)
	switch {
	case errors.Is(err, experiment.ErrFolder):
		return badInputf("--output: %w", err)
	case err != nil && (ctx.Err() != nil || errors.Is(err, context.Canceled)):
		return stopped(ctx, c.out+": stopped before all networks were trained and measured")
	case err != nil:
		return failed(err)
	}
	return printAs(cmd.OutOrStdout(), c.format, r, func(f *fields) { f.err = writeConstrained(f.w, r, c.out) })
}

// writeConstrained prints the table.
func writeConstrained(w io.Writer, r *experiment.ConstrainedResult, dir string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "Outputs\tMean square\tProved\tOutside, in floats\tBy at most\tTime a picture")
	for _, row := range r.Rows {
		proved, by := "–", "–"
		if row.Proved {
			proved = "for all inputs"
		}
		if row.Outside > 0 {
			by = fmt.Sprintf("%.2g", row.Worst)
		}
		steps := ""
		if row.Steps > 0 {
			steps = fmt.Sprintf(", %.0f iterations", row.Steps)
		}
		fmt.Fprintf(t, "%s\t%.4f\t%s\t%d of %d\t%s\t%.3g µs%s\n", row.Method, row.Square, proved, row.Outside, r.Tests, by, row.Micros, steps)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nThe cone has %s and %s, described in %.3g s. %s in %s.\n", tables.Numbered(int64(r.Rays), "ray"),
		tables.Numbered(int64(r.Lines), "line"), r.Cone, tables.Numbered(int64(len(r.Files)), "file"), dir)
	return err
}
