package main

// count: the main job, from file to answer.

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/clp"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

type countCmd struct {
	subject
	workers    int
	limit      int64
	gap        float64
	proof      string
	checkpoint string
	oracle     string
	bounds     bool
	format     string
	sweep      sweepFlags
	spread     spreadFlags
	unproved   bool // a stop left no time for the fingerprint that a proof begins with
	files      owedFiles
}

func newCountCmd() *cobra.Command {
	c := &countCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "count NET",
		Short: "Count the activation regions that meet a ball",
		Long: `count prints the number of activation regions of the network that meet the ball. The number is
exact, or, when the walk is stopped early, a certified bracket. --proof writes a proof of it for
"relucell check". --checkpoint records finished parts of the walk in a file, so that the same command
goes on from there after a stop or a kill; once the count is exact the file is removed.`,
		Example: `  relucell count net.onnx --center 0,0 --radius 0.5 --bounds
  relucell count net.onnx --center @point.json --radius 0.1 --norm linf --proof net.proof.gz
  relucell count net.onnx --box=-1:1,0:0.5 --timeout 30s --format json
  relucell count net.onnx --box=-1:1,0:0.5 --processes 4 --proof net.proof.gz
  relucell count net.onnx --centers points.csv --radii 0.1,0.2,0.5 --bounds --format csv`,
	})
	fs := cmd.Flags()
	workersFlag(fs, &c.workers)
	c.add(cmd, "stop after this time, reading included, with the bracket reached; bounds get as long again")
	limitFlag(fs, &c.limit, "stop once at least so many regions are certified, after as much work again for a narrower bracket")
	gapFlag(fs, &c.gap)
	fs.StringVar(&c.proof, "proof", "", "write a proof of the count to this `FILE` (gzip by the ending .gz)")
	fs.StringVar(&c.checkpoint, "checkpoint", "", "record the walk in this `FILE`, and go on from what it holds")
	choiceFlag(cmd, &c.oracle, "oracle", "who answers: the fast walk, or the plain walk over CLP or the reference solver", "native", "clp", "reference")
	fs.BoolVar(&c.bounds, "bounds", false, "print the analytic bounds beside the count")
	c.sweep.add(cmd)
	c.spread.add(cmd)
	choiceFlag(cmd, &c.format, "format", "format of the output", "text", "json", "csv")
	return cmd
}

func (c *countCmd) run(cmd *cobra.Command, args []string) (err error) {
	path, log := args[0], logger(cmd)
	if err := c.spread.check(cmd); err != nil {
		return err
	}
	if files.Same(path, c.proof) {
		return badInputf("--proof: %s is the network itself, expected another file", c.proof)
	}
	if err := c.checkCheckpoint(cmd, path); err != nil {
		return err
	}
	defer c.files.owe(cmd, &err, c.proof)()
	ctx, interrupted, release := stops(cmd, c.timeout)
	defer release()
	n, _, err := c.net.read(ctx, cmd, path)
	if err != nil {
		return err
	}
	if c.sweeps(cmd) {
		return c.runSweep(ctx, cmd, n)
	}
	n, b, err := c.ball.on(cmd, &c.net, path, n)
	if err != nil {
		return err
	}
	go n.Fingerprint() // the report wants it, and a stop leaves no time for it
	res, lost, err := c.walk(ctx, cmd, path, n, b)
	if err != nil {
		return err
	}
	why := stopReason(ctx)
	if lost.checkpoint != nil {
		why = "the checkpoint cannot be written"
	}
	log.Debug("walked", "lower", res.Lower, "upper", res.Upper, "questions", res.Questions, "pivots", res.Pivots, "took", res.Elapsed)
	var bounds []bound.Result
	if c.bounds {
		again, cancel := limited(interrupted, c.timeout)
		defer cancel()
		bounds = evaluateBounds(again, log, n, b)
	}
	if !res.Exact {
		interrupted = ctx // a stopped count has no time for a fingerprint that takes long
	}
	if err := c.print(cmd, path, n, fingerprint(interrupted, n), b, res, lost, why, bounds); err != nil {
		return err
	}
	if err := lost.failure(res.Exact); err != nil {
		return failed(err) // the checkpoint stays: with it the proof is had for less
	}
	if !res.Exact && !res.GapReached {
		if callOf(cmd) != nil { // who calls reads JSON, which has no reason
			fmt.Fprintf(cmd.ErrOrStderr(), "relucell: stopped early: %s\n", why)
		}
		return errStopped
	}
	if c.checkpoint != "" && res.Exact { // only now is all there that it was kept for
		return files.Remove(c.checkpoint)
	}
	return nil
}

// unwritten says which files beside a count could not be written. The count holds all the same.
type unwritten struct{ proof, checkpoint error }

// failure is what the user is told of it. A checkpoint is wanted no more once there is all that it
// was kept for.
func (u unwritten) failure(exact bool) error {
	if exact && u.proof == nil {
		return nil
	}
	if u.proof != nil && u.checkpoint != nil {
		return fmt.Errorf("%w; %w", u.proof, u.checkpoint)
	}
	return errors.Join(u.proof, u.checkpoint)
}

// walk counts, and writes the proof if one is asked for.
func (c *countCmd) walk(ctx context.Context, cmd *cobra.Command, path string, n *network.Network, b ball.Ball) (res enumerate.Result, lost unwritten, err error) {
	opt := enumerate.Options{Workers: c.workers, Limit: c.limit, Gap: c.gap, Checkpoint: c.checkpoint}
	count, err := c.counter(cmd)
	if err != nil {
		return res, lost, err
	}
	var w *proof.Writer
	c.unproved = c.proof != "" && fingerprint(ctx, n) == ""
	if cmd.Flags().Changed("proof") && !c.unproved {
		if w, err = proof.Open(c.proof, n, b, c.checkpoint != ""); err != nil {
			return res, lost, badInput(named("proof", err))
		}
		defer w.Abort()
		opt.Observer = w
	}
	clear := func() {}
	if !c.spread.on() {
		opt.Progress, clear = newProgress(cmd)
	}
	logger(cmd).Debug("walking", "oracle", c.oracle, "ball", b.Norm())
	res, err = count(ctx, n, b, opt)
	clear()
	var refused *enumerate.CheckpointError
	var full *enumerate.CheckpointWriteError
	switch {
	case errors.As(err, &full):
		lost.checkpoint = err
	case errors.As(err, &refused):
		return res, lost, badInputf("--checkpoint: %s: %s", refused.Path, refused.Problem)
	case err != nil: // a cluster that was not reached by the stop is none
		return res, lost, about(path, unless(ctx, err, path+": stopped before anything was counted"))
	}
	if c.spread.on() && !res.Exact && w != nil { // a proof is joined when all is answered
		c.unproved, w = true, nil
	}
	if w != nil {
		var full *proof.WriteError
		switch err := w.Close(res.Lower); {
		case errors.As(err, &full):
			lost.proof = fmt.Errorf("%s: the proof could not be written: %w", c.proof, files.Cause(err))
		case err != nil: // the walk and its proof disagree: then there is no count either
			return res, lost, failed(fmt.Errorf("%s: the proof is none: %w", c.proof, err))
		default:
			c.files.wrote(c.proof)
		}
	}
	return res, lost, nil
}

// checkCheckpoint refuses names that would end in tears.
func (c *countCmd) checkCheckpoint(cmd *cobra.Command, path string) error {
	switch {
	case !cmd.Flags().Changed("checkpoint"):
		return nil
	case c.checkpoint == "":
		return badInputf("--checkpoint: empty, expected the name of a file")
	case c.oracle != "native":
		return badInputf("--checkpoint: given beside --oracle %s, expected --oracle native, which alone keeps one", c.oracle)
	case c.proof != "" && files.Same(c.proof, c.checkpoint):
		return badInputf("--checkpoint: %s is the proof, expected another file", c.checkpoint)
	case files.Same(path, c.checkpoint):
		return badInputf("--checkpoint: %s is the network itself, expected another file", c.checkpoint)
	}
	return badInput(named("checkpoint", files.Check(c.checkpoint)))
}

// counter is the walk that --oracle names.
func (c *countCmd) counter(cmd *cobra.Command) (func(context.Context, *network.Network, ball.Ball, enumerate.Options) (enumerate.Result, error), error) {
	if c.spread.on() {
		return c.spread.count(cmd), nil
	}
	if c.oracle == "native" {
		return enumerate.Count, nil
	}
	solver := lp.NewReference()
	if c.oracle == "clp" {
		var err error
		if solver, err = clp.New(); err != nil {
			return nil, badInputf("--oracle clp: %w", err)
		}
	}
	return func(ctx context.Context, n *network.Network, b ball.Ball, opt enumerate.Options) (enumerate.Result, error) {
		return enumerate.CountPlain(ctx, n, b, solver, opt)
	}, nil
}

func (c *countCmd) print(cmd *cobra.Command, path string, n *network.Network, stamp string, b ball.Ball, res enumerate.Result, lost unwritten, why string, bounds []bound.Result) error {
	report := newReport(newNetJSON(n, stamp), c.net.notes, b, bounds, res.Elapsed).withWalk(res)
	return printAs(cmd.OutOrStdout(), c.format, report, func(f *fields) {
		f.stamped(path, n, stamp)
		f.ball(b)
		f.walk(res, why)
		if c.checkpoint != "" {
			f.checkpoint(c.checkpoint, res, !res.Exact || lost.proof != nil)
		}
		switch {
		case c.unproved:
			f.line("Proof", "%s: not written, the time ended before it could begin", c.proof)
		case c.proof != "":
			claim := "count " + res.Lower.String()
			if !res.Exact {
				claim = "count >= " + res.Lower.String()
			}
			if lost.proof != nil {
				claim = "none, it could not be written"
			}
			f.line("Proof", "%s: %s", c.proof, claim)
		}
		f.bounds(bounds, &res)
	})
}
