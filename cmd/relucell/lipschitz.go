package main

// lipschitz: the exact Lipschitz constant of a network on a ball.

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type lipschitzCmd struct {
	subject
	of     string
	proof  string
	format string
	files  owedFiles
	slope  *slopeClaim // what the proof shows, nil without one
}

func newLipschitzCmd() *cobra.Command {
	c := &lipschitzCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "lipschitz NET",
		Short: "Find the Lipschitz constant of a network on a ball",
		Long: `lipschitz finds the smallest L with ‖f(x) − f(x′)‖ ≤ L·‖x − x′‖ for all points of a ball, the network
being f, in one norm on both sides: that of --norm, also beside --box, or that of --of where the ball has
another. It is the largest operator norm of the affine maps of the activation regions, and a region
where it is attained is told.

For linf and l1 it is a fraction and exact. For l2 it is a singular value: two neighbouring float64
enclose it, which integers decide.

--proof writes the proof of the count of the regions. That is a proof of the constant too: which maps
there are follows from it, and "relucell check --lipschitz" computes their norms in integers.`,
		Example: `  relucell lipschitz net.onnx --box=-1:1 --norm linf
  relucell lipschitz net.onnx --center 0 --radius 1 --norm linf --of l2
  relucell lipschitz net.onnx --box=-1:1 --norm linf --proof net.proof`,
	})
	c.add(cmd, "stop after this time, reading included")
	choiceFlag(cmd, &c.of, "of", "norm in which inputs and outputs are measured (default that of --norm)", "l2", "linf", "l1")
	cmd.Flags().StringVar(&c.proof, "proof", "", "write a proof of the constant to this `FILE` (gzip by the ending .gz)")
	formatFlag(cmd, &c.format)
	return cmd
}

type lipschitzJSON struct {
	Net   netJSON   `json:"net"`
	Ball  ball.JSON `json:"ball"`
	Norm  string    `json:"norm"`
	Exact string    `json:"exact,omitempty"`
	// Upper is left out where the constant is beyond float64, which an exact one may be.
	Lower   float64  `json:"lower"`
	Upper   *float64 `json:"upper,omitempty"`
	Pattern string   `json:"pattern"`
	Point   []string `json:"point"`
	Regions int64    `json:"regions"`
	Asked   int64    `json:"in_integers"`
	Proof   string   `json:"proof,omitempty"`
	Check   string   `json:"check,omitempty"`
	Seconds float64  `json:"seconds"`
	Notes   []string `json:"notes,omitempty"`
}

func (c *lipschitzCmd) run(cmd *cobra.Command, args []string) (err error) {
	begun := time.Now()
	if cmd.Flags().Changed("proof") {
		if err := writable("proof", c.proof, args...); err != nil {
			return err
		}
		defer c.files.owe(cmd, &err, c.proof)()
	}
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	n, _, err := c.net.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	if f := cmd.Flags(); f.Changed("norm") || !f.Changed("of") {
		if !f.Changed("of") {
			c.of = c.ball.norm
		}
		f.Lookup("norm").Changed = f.Changed("norm") && !f.Changed("box") // of a box it says how to measure
	}
	whole := n
	n, b, err := c.ball.on(cmd, &c.net, args[0], n)
	if err != nil {
		return err
	}
	norm, err := ball.ParseNorm(c.of)
	if err != nil {
		return badInputf("--norm: %w", err)
	}
	go n.Fingerprint()
	l, err := within(ctx, func() (extremum.Constant, error) { return extremum.Lipschitz(ctx, n, b, norm) })
	if err != nil && ctx.Err() != nil {
		return stopped(ctx, args[0]+": stopped before the constant was known")
	}
	if err == nil && c.proof != "" {
		err = c.prove(ctx, n, b, l)
	}
	if err != nil && ctx.Err() == nil {
		return failed(fmt.Errorf("%s: %w", args[0], err))
	}
	name := args[0]
	if n != whole {
		name = "SLICE" // which a note says how to write
	}
	if perr := c.print(cmd, args[0], name, n, fingerprint(ctx, n), b, l, time.Since(begun)); perr != nil {
		return perr
	}
	if err != nil {
		return stopped(ctx, c.proof+": stopped before the constant was proved")
	}
	return nil
}

// print prints the constant; name is that of the network that the proof is about.
func (c *lipschitzCmd) print(cmd *cobra.Command, path, name string, n *network.Network, stamp string, b ball.Ball, l extremum.Constant, took time.Duration) error {
	j := lipschitzJSON{Net: newNetJSON(n, stamp), Ball: b.JSON(), Norm: c.of, Lower: dyadic.DownRat(l.Lower), Upper: finite(dyadic.UpRat(l.Upper)),
		Pattern: l.Pattern.String(), Point: fractions(ball.RatsOf(l.Inside)), Regions: l.Regions, Asked: l.Exact, Seconds: took.Seconds(), Notes: c.net.notes}
	exact := l.Lower.Cmp(l.Upper) == 0
	if exact {
		j.Exact = l.Lower.RatString()
	}
	if c.slope != nil {
		j.Proof, j.Check = c.proof, c.slope.flag()
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.stamped(path, n, stamp)
		f.ball(b)
		if exact {
			f.line("Constant", "%s, exact, in %s", short(l.Lower), c.of)
		} else {
			f.line("Constant", "between %v and %v, in %s", j.Lower, dyadic.UpRat(l.Upper), c.of)
		}
		f.line("", "in the region %s", files.Shorten(j.Pattern))
		f.line("", "with the point (%s)", floats(asFloats(ball.RatsOf(l.Inside))))
		f.line("", "%s, %s in integers", tables.Numbered(l.Regions, "region"), tables.GroupedInt(l.Exact))
		if c.slope != nil {
			f.line("Proof", "%s, verified", c.proof)
			f.line("", "relucell check %s %s %s", name, c.proof, c.slope.flag())
		}
		f.line("Time", "%v", rounded(took))
	})
}

// prove proves the constant, in as many digits as check is told.
func (c *lipschitzCmd) prove(ctx context.Context, n *network.Network, b ball.Ball, l extremum.Constant) error {
	claim, err := slopeClaimOf(c.of, l.Lower, l.Upper)
	if err != nil {
		return fmt.Errorf("--proof: a constant beyond the range of float64, expected one in which it can be told: %w", err)
	}
	_, err = within(ctx, func() (none struct{}, err error) {
		_, _, err = proveCount(ctx, n, b, c.proof, certificate.Options{Lipschitz: claim.claim})
		return none, err
	})
	if err == nil {
		c.slope = claim
		c.files.wrote(c.proof)
	}
	return err
}
