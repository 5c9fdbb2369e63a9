package main

// lipschitz: the exact Lipschitz constant of a network on a ball.

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
)

type lipschitzCmd struct {
	net     netFlags
	ball    ballFlags
	of      string
	timeout time.Duration
	format  string
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
enclose it, which integers decide.`,
		Example: `  relucell lipschitz net.onnx --box=-1:1 --norm linf
  relucell lipschitz net.onnx --center 0 --radius 1 --norm linf --of l2`,
	})
	c.ball.add(cmd)
	choiceFlag(cmd, &c.of, "of", "norm in which inputs and outputs are measured (default that of --norm)", "l2", "linf", "l1")
	timeoutFlag(cmd.Flags(), &c.timeout, "stop after this time, reading included")
	formatFlag(cmd, &c.format)
	return cmd
}

type lipschitzJSON struct {
	Net     netJSON   `json:"net"`
	Ball    ball.JSON `json:"ball"`
	Norm    string    `json:"norm"`
	Exact   string    `json:"exact,omitempty"`
	Lower   float64   `json:"lower"`
	Upper   float64   `json:"upper"`
	Pattern string    `json:"pattern"`
	Point   []string  `json:"point"`
	Regions int64     `json:"regions"`
	Asked   int64     `json:"in_integers"`
	Seconds float64   `json:"seconds"`
	Notes   []string  `json:"notes,omitempty"`
}

func (c *lipschitzCmd) run(cmd *cobra.Command, args []string) error {
	begun := time.Now()
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
	if err != nil {
		return failed(fmt.Errorf("%s: %w", args[0], err))
	}
	stamp, took := fingerprint(ctx, n), time.Since(begun)
	j := lipschitzJSON{Net: newNetJSON(n, stamp), Ball: b.JSON(), Norm: c.of, Lower: dyadic.DownRat(l.Lower), Upper: dyadic.UpRat(l.Upper),
		Pattern: l.Pattern.String(), Point: fractions(ball.RatsOf(l.Inside)), Regions: l.Regions, Asked: l.Exact, Seconds: took.Seconds(), Notes: c.net.notes}
	exact := l.Lower.Cmp(l.Upper) == 0
	if exact {
		j.Exact = l.Lower.RatString()
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.stamped(args[0], n, stamp)
		f.ball(b)
		if exact {
			f.line("Constant", "%s, exact, in %s", short(l.Lower), c.of)
		} else {
			f.line("Constant", "between %v and %v, in %s", j.Lower, j.Upper, c.of)
		}
		f.line("", "in the region %s", files.Shorten(j.Pattern))
		f.line("", "with the point (%s)", floats(asFloats(ball.RatsOf(l.Inside))))
		f.line("", "%s, %s in integers", tables.Numbered(l.Regions, "region"), tables.GroupedInt(l.Exact))
		f.line("Time", "%v", rounded(took))
	})
}
