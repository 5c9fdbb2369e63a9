package main

// radius: how far around a point the class stays the same.

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type radiusCmd struct {
	net          netFlags
	center, norm string
	most         float64
	timeout      time.Duration
	format       string
}

func newRadiusCmd() *cobra.Command {
	c := &radiusCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "radius NET",
		Short: "Find how far around a point the class of a network stays the same",
		Long: `radius finds the largest ball around a point in which the class does not change, between two
neighbouring float64: in the closed ball of the smaller radius it changes nowhere, and in that of the
larger one it changes at a point that is told in exact fractions.

The class is the one output that is larger than all others; of a network with one output, its sign.
Where the largest outputs are equal there is no class: a point of that kind is a change, and at the
centre it is an error.

In linf each radius is decided as "relucell verify" decides a box. In l2 the activation regions are
walked, and the nearest change on each is a fraction, so the square of the radius is exact. Both are
certain, rounding included; a proof that "relucell check" could verify is written in neither.`,
		Example: `  relucell radius net.onnx --center 0.5,0.25 --norm linf`,
	})
	fs := cmd.Flags()
	fs.StringVar(&c.center, "center", "", "the point: numbers separated by commas, one number for all coordinates, or @FILE (JSON or CSV)")
	choiceFlag(cmd, &c.norm, "norm", "norm in which distances are measured", "linf", "l2")
	c.most = 1
	flag(fs, &c.most, "most", "R", "1", "look no farther than this", ball.ParseRadius)
	timeoutFlag(fs, &c.timeout, "stop after this time, reading included")
	formatFlag(cmd, &c.format)
	return cmd
}

type radiusJSON struct {
	Net    netJSON   `json:"net"`
	Center []float64 `json:"center"`
	Norm   string    `json:"norm"`
	Class  int       `json:"class"`
	Lower  float64   `json:"lower"`
	Upper  *float64  `json:"upper,omitempty"`
	// Square is that of the radius in l2, as a fraction.
	Square  string   `json:"square,omitempty"`
	Point   []string `json:"point,omitempty"`
	Other   *int     `json:"other,omitempty"`
	Boxes   int64    `json:"boxes"`
	Regions int64    `json:"regions"`
	Seconds float64  `json:"seconds"`
	Notes   []string `json:"notes,omitempty"`
}

func (c *radiusCmd) run(cmd *cobra.Command, args []string) error {
	begun := time.Now()
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	n, _, err := c.net.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("center") {
		return badInputf("--center: missing, expected %d numbers separated by commas, one number for all coordinates, or @FILE", n.Inputs())
	}
	center, err := parseCenter(ctx, c.center, n.Inputs())
	if err != nil {
		return badInput(err)
	}
	norm, err := ball.ParseNorm(c.norm)
	if err != nil {
		return badInput(err)
	}
	go n.Fingerprint()
	r, err := c.find(ctx, n, center, norm)
	if err != nil && ctx.Err() == nil {
		if err == extremum.ErrTie {
			return badInputf("--center: %w", err)
		}
		return failed(fmt.Errorf("%s: %w", args[0], err))
	}
	if err != nil && r.Upper == 0 {
		return stopped(ctx, args[0]+": stopped before the class was known")
	}
	if perr := c.print(cmd, args[0], n, fingerprint(ctx, n), center, r, time.Since(begun)); perr != nil {
		return perr
	}
	if err != nil {
		known := "the radius is between the two"
		if r.Point == nil {
			known = "the radius is at least that"
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: stopped early (%s): %s\n", stopReason(ctx), known)
		return errStopped
	}
	return nil
}

// find is extremum.ClassRadius. What it had found when it was left is lost where it does not end in
// time: then Upper is 0, and nothing is known, the class not either.
func (c *radiusCmd) find(ctx context.Context, n *network.Network, center []float64, norm ball.Norm) (extremum.Radius, error) {
	return within(ctx, func() (extremum.Radius, error) { return extremum.ClassRadius(ctx, n, center, norm, c.most) })
}

func (c *radiusCmd) print(cmd *cobra.Command, path string, n *network.Network, stamp string, center []float64, r extremum.Radius, took time.Duration) error {
	j := radiusJSON{Net: newNetJSON(n, stamp), Center: center, Norm: c.norm, Class: r.Class, Lower: r.Lower, Boxes: r.Boxes, Regions: r.Regions, Seconds: took.Seconds(), Notes: c.net.notes}
	if r.Point != nil {
		j.Upper, j.Point, j.Other = &r.Upper, fractions(r.Point), &r.Other
	}
	if r.Square != nil {
		j.Square = r.Square.RatString()
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.stamped(path, n, stamp)
		f.line("Centre", "(%s)", floats(center))
		class := "y" + strconv.Itoa(r.Class) + " is the largest output"
		if n.Outputs() == 1 {
			class = []string{"y0 < 0", "y0 > 0"}[r.Class]
		}
		f.line("Class", "%s", class)
		if r.Point == nil {
			f.line("Radius", "at least %v in %s: no change was found", r.Lower, c.norm)
		} else {
			f.line("Radius", "between %v and %v in %s", r.Lower, r.Upper, c.norm)
			if r.Square != nil {
				f.line("", "its square is %s", short(r.Square))
			}
			f.line("Changes", "at (%s)", floats(asFloats(r.Point)))
			if n.Outputs() > 1 {
				f.line("", "where y%d is as large", r.Other)
			}
		}
		f.line("Decided", "%s, %s", numbered(int(r.Boxes), "box", "boxes"), tables.Numbered(r.Regions, "region"))
		f.line("Time", "%v", rounded(took))
	})
}
