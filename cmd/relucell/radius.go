package main

// radius: how far around a point the class stays the same.

import (
	"context"
	"errors"
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
	proof        string
	property     *property // nil: no proof is wanted, or there is no ball to prove anything of
	timeout      time.Duration
	format       string
	files        owedFiles
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

In linf each radius is decided as "relucell verify" decides a box. In l2 and l1 the activation regions
are walked, and the nearest change on each is a fraction, so the radius in l1 is exact, and its square
in l2. All are certain, rounding included.

--proof writes a proof that the class changes nowhere in the ball of the smaller radius: that of a count
on this ball, of the network with a neuron behind it for each other output, which is on where that
output comes closer to the one of the class than it does. That network is written beside the proof;
"relucell check --never-on" then verifies that they are on nowhere. The proof walks all regions of the
ball, also where the radius was found without them.`,
		Example: `  relucell radius net.onnx --center 0.5,0.25 --norm linf
  relucell radius net.onnx --center 0.5,0.25 --norm l2 --proof net.proof`,
	})
	fs := cmd.Flags()
	fs.StringVar(&c.center, "center", "", "the `POINT`: numbers separated by commas, one number for all coordinates, or @FILE (JSON or CSV)")
	choiceFlag(cmd, &c.norm, "norm", "norm in which distances are measured", "linf", "l2", "l1")
	c.most = 1
	flag(fs, &c.most, "most", "R", "1", "look no farther than this", ball.ParseRadius)
	fs.StringVar(&c.proof, "proof", "", "write a proof for the smaller radius to this `FILE`, and its network beside it")
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
	Square string `json:"square,omitempty"`
	// Distance is the radius in l1, as a fraction.
	Distance string    `json:"distance,omitempty"`
	Point    []string  `json:"point,omitempty"`
	Other    *int      `json:"other,omitempty"`
	Boxes    int64     `json:"boxes"`
	Regions  int64     `json:"regions"`
	Proof    *property `json:"proof,omitempty"`
	Seconds  float64   `json:"seconds"`
	Notes    []string  `json:"notes,omitempty"`
}

func (c *radiusCmd) run(cmd *cobra.Command, args []string) (err error) {
	begun := time.Now()
	if cmd.Flags().Changed("proof") {
		if c.property, err = newProperty(c.proof, args[0]); err != nil {
			return err
		}
		defer c.files.owe(cmd, &err, c.property.Proof, c.property.Net)()
	}
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
	found := err == nil
	if found && c.property != nil {
		if err = c.prove(ctx, n, center, norm, r); err == nil {
			c.files.wrote(c.property.Proof, c.property.Net)
		}
	}
	if err != nil {
		c.property = nil // of which print would say that it is proved
	}
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
		switch {
		case found:
			known = "the radius is found, and not proved"
		case r.Point == nil:
			known = "the radius is at least that"
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: stopped early (%s): %s\n", stopReason(ctx), known)
		return errStopped
	}
	return nil
}

// prove proves that the class changes nowhere in the ball of the smaller radius. What is proved of
// each form that keeps the class is that it is at least its smallest value there, which is above 0.
func (c *radiusCmd) prove(ctx context.Context, n *network.Network, center []float64, norm ball.Norm, r extremum.Radius) error {
	if r.Lower == 0 {
		return errors.New("--proof: the class changes at the least radius that there is, expected a ball of which there is something to prove")
	}
	b, err := ball.New(norm, center, r.Lower)
	if err != nil {
		return err
	}
	var against []extremum.Form
	for _, f := range r.Keeps(n.Outputs()) {
		against = append(against, f.Neg())
	}
	all, err := within(ctx, func() ([]extremum.Extreme, error) { return extremum.Maxima(ctx, n, b, against, extremum.Options{}) })
	if err != nil {
		return err
	}
	for i, f := range against {
		if err := c.property.about(f); err != nil {
			return err
		}
		if err := c.property.bound(n, all[i].Upper, 1); err != nil {
			return err
		}
		if c.property.limits[i] >= 0 { // a bound of 0 would allow a tie
			return fmt.Errorf("--proof: in the ball of radius %v the class is kept by less than floats can tell, expected one in which it is kept by more: ask for a smaller radius by --most", r.Lower)
		}
	}
	return c.property.prove(ctx, n, b)
}

// find is extremum.ClassRadius. What it had found when it was left is lost where it does not end in
// time: then Upper is 0, and nothing is known, the class not either.
func (c *radiusCmd) find(ctx context.Context, n *network.Network, center []float64, norm ball.Norm) (extremum.Radius, error) {
	return within(ctx, func() (extremum.Radius, error) { return extremum.ClassRadius(ctx, n, center, norm, c.most) })
}

func (c *radiusCmd) print(cmd *cobra.Command, path string, n *network.Network, stamp string, center []float64, r extremum.Radius, took time.Duration) error {
	j := radiusJSON{Net: newNetJSON(n, stamp), Center: center, Norm: c.norm, Class: r.Class, Lower: r.Lower, Boxes: r.Boxes, Regions: r.Regions, Proof: c.property, Seconds: took.Seconds(), Notes: c.net.notes}
	if r.Point != nil {
		j.Upper, j.Point, j.Other = &r.Upper, fractions(r.Point), &r.Other
	}
	if r.Square != nil {
		j.Square = r.Square.RatString()
	}
	if r.Distance != nil {
		j.Distance = r.Distance.RatString()
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
			if r.Distance != nil {
				f.line("", "exactly %s", short(r.Distance))
			}
			f.line("Changes", "at (%s)", floats(asFloats(r.Point)))
			if n.Outputs() > 1 {
				f.line("", "where y%d is as large", r.Other)
			}
		}
		f.line("Decided", "%s, %s", numbered(int(r.Boxes), "box", "boxes"), tables.Numbered(r.Regions, "region"))
		if c.property != nil {
			c.property.text(f)
		}
		f.line("Time", "%v", rounded(took))
	})
}
