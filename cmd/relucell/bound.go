package main

// bound: the analytic bounds alone, without a walk.

import (
	"bufio"
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"relucell/ball"
	"relucell/bound"
	"relucell/network"
)

type boundCmd struct {
	net     netFlags
	ball    ballFlags
	timeout time.Duration
	format  string
}

func newBoundCmd() *cobra.Command {
	c := &boundCmd{}
	cmd := &cobra.Command{
		Use:   "bound NET",
		Short: "Print analytic bounds on the number of regions that meet a ball",
		Long: `bound prints every bound of the library. Global bounds hold for every ball, local ones for this
one; none walks the regions.`,
		Example:           `  relucell bound net.onnx --center 0,0 --radius 0.5`,
		Args:              exactly("NET"),
		ValidArgsFunction: completeNet,
		RunE:              action(c.run),
	}
	c.ball.add(cmd)
	c.net.add(cmd.Flags())
	timeoutFlag(cmd.Flags(), &c.timeout, "leave out the bounds that are not done after this time")
	formatFlag(cmd, &c.format)
	return cmd
}

func (c *boundCmd) run(cmd *cobra.Command, args []string) error {
	log := logger(cmd)
	n, im, err := c.net.read(args[0])
	if err != nil {
		return err
	}
	b, err := c.ball.read(n.Inputs())
	if err != nil {
		return err
	}
	logNet(log, args[0], n, im)
	ctx, release := interruptible(cmd)
	defer release()
	start := time.Now()
	rs := evaluateBounds(ctx, log, c.timeout, n, b)
	took := time.Since(start)
	if err := c.print(cmd, args[0], n, b, rs, took); err != nil {
		return err
	}
	for _, r := range rs {
		if r.Err != nil {
			if context.Cause(ctx) != nil || c.timeout > 0 && took >= c.timeout {
				return errStopped
			}
			return failed(r.Err)
		}
	}
	return nil
}

func (c *boundCmd) print(cmd *cobra.Command, path string, n *network.Network, b ball.Ball, rs []bound.Result, took time.Duration) error {
	out := bufio.NewWriter(cmd.OutOrStdout())
	if c.format == "json" {
		if err := writeJSON(out, newReport(n, b, rs, took)); err != nil {
			return err
		}
		return out.Flush()
	}
	f := &fields{w: out}
	f.net(path, n)
	f.ball(b)
	f.line("Time", "%s", rounded(took))
	f.bounds(rs, nil)
	if f.err != nil {
		return f.err
	}
	return out.Flush()
}

// evaluateBounds evaluates all bounds; those that fail are left to the log and to the caller.
func evaluateBounds(ctx context.Context, log *slog.Logger, timeout time.Duration, n *network.Network, b ball.Ball) []bound.Result {
	ctx, cancel := limited(ctx, timeout)
	defer cancel()
	rs := bound.Evaluate(ctx, bound.All(), n, b)
	for _, r := range rs {
		if r.Err != nil {
			log.Warn("bound not evaluated", "name", r.Name, "reason", r.Err)
			continue
		}
		log.Debug("bound", "name", r.Name, "took", r.Elapsed)
	}
	return rs
}
