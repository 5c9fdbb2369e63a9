package main

// bound: the analytic bounds alone, without a walk.

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

type boundCmd struct {
	subject
	format  string
	terms   string
	measure bool
}

func newBoundCmd() *cobra.Command {
	c := &boundCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "bound NET",
		Short: "Print analytic bounds on the number of regions that meet a ball",
		Long: `bound prints every bound of the library. Global bounds hold for every ball, local ones for this
one; none walks the regions. It also prints the exact distance from the centre to the nearest
boundary. --terms shows what a bound feeds the recursion with, layer by layer, and --measured walks
the regions to show beside it what really happens there.`,
		Example: `  relucell bound net.onnx --center 0,0 --radius 0.5
  relucell bound net.onnx --center 0,0 --radius 0.5 --terms crown --measured`,
	})
	c.add(cmd, "leave out the bounds that are not done after this time, reading included; the rest gets as long again")
	cmd.Flags().StringVar(&c.terms, "terms", "", "show the recursion's terms of the bound of this `NAME` ("+strings.Join(explainers(), ", ")+")")
	complete(cmd, "terms", explainers()...)
	cmd.Flags().BoolVar(&c.measure, "measured", false, "walk the regions and show the measured terms beside those of --terms (default combined)")
	formatFlag(cmd, &c.format)
	return cmd
}

func (c *boundCmd) run(cmd *cobra.Command, args []string) error {
	log := logger(cmd)
	ctx, interrupted, release := stops(cmd, c.timeout)
	defer release()
	n, b, err := c.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	start := time.Now()
	rs := evaluateBounds(ctx, log, n, b)
	took := time.Since(start)
	r, err := c.explain(interrupted, n, b, rs, took)
	if err != nil {
		return err
	}
	if err := c.print(cmd, args[0], n, b, rs, r); err != nil {
		return err
	}
	if r.Nearest == nil {
		return errStopped
	}
	for _, r := range rs {
		if r.Err != nil {
			if ctx.Err() != nil {
				return errStopped
			}
			return failed(r.Err)
		}
	}
	return nil
}

// boundReport is the report of bound: that of count without the walk, and what explains the bounds.
type boundReport struct {
	countJSON
	Nearest  any         `json:"nearest,omitempty"` // *nearestJSON, nil where a stop left it open
	Terms    []termsJSON `json:"terms,omitempty"`
	stamp    string      // the fingerprint
	took     time.Duration
	distance bound.Distance
}

// explain adds the nearest boundary, and the terms if they are asked for.
func (c *boundCmd) explain(ctx context.Context, n *network.Network, b ball.Ball, rs []bound.Result, took time.Duration) (boundReport, error) {
	stamp := fingerprint(ctx, n)
	r := boundReport{countJSON: newReport(newNetJSON(n, stamp), c.net.notes, b, rs, took), stamp: stamp, took: took}
	walk, cancel := limited(ctx, c.timeout)
	defer cancel()
	var err error
	if r.distance, err = bound.NearestBoundaryOf(walk, n, b); err != nil {
		if walk.Err() != nil { // the bounds are there all the same
			return r, nil
		}
		return r, err
	}
	r.Nearest = newNearestJSON(r.distance)
	if c.measure && c.terms == "" {
		c.terms = "combined"
	}
	if c.terms != "" {
		if r.Terms, err = layerTerms(walk, c.terms, c.measure, n, b); err != nil {
			return r, stoppedOr(walk, err)
		}
	}
	return r, nil
}

// stoppedOr is a line for what ctx cut short, else err.
func stoppedOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &exitError{exitStopped, context.Cause(ctx)}
	}
	return err
}

func (c *boundCmd) print(cmd *cobra.Command, path string, n *network.Network, b ball.Ball, rs []bound.Result, r boundReport) error {
	return printAs(cmd.OutOrStdout(), c.format, r, func(f *fields) {
		f.stamped(path, n, r.stamp)
		f.ball(b)
		if r.Nearest == nil {
			f.line("Nearest", "not found: the time ended first")
		} else {
			f.nearest(r.distance, b)
		}
		f.line("Time", "%s", rounded(r.took))
		f.bounds(rs, nil)
		f.terms(c.terms, r.Terms)
	})
}

// evaluateBounds evaluates all bounds; those that fail are left to the log and to the caller.
func evaluateBounds(ctx context.Context, log *slog.Logger, n *network.Network, b ball.Ball) []bound.Result {
	rs := bound.Evaluate(ctx, bound.All(), n, b)
	var reasons []string
	names := map[string][]string{} // of the bounds that one reason keeps from being evaluated
	for _, r := range rs {
		if r.Err == nil {
			log.Debug("bound", "name", r.Name, "took", r.Elapsed)
			continue
		}
		why := r.Err.Error()
		if names[why] == nil {
			reasons = append(reasons, why)
		}
		names[why] = append(names[why], r.Name)
	}
	for _, why := range reasons {
		which := strings.Join(names[why], ", ")
		if len(names[why]) == len(rs) {
			which = "all"
		}
		log.Warn("bounds not evaluated", "names", which, "reason", why)
	}
	return rs
}
