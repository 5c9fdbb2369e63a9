package main

// verify: does a property hold on a box, and if not, where does it fail?

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/safety"
	"github.com/relucell/relucell/vnnlib"
)

type verifyCmd struct {
	net     netFlags
	reals   bool
	witness string
	proof   string
	timeout time.Duration
	workers int
	format  string
	files   owedFiles
}

func newVerifyCmd() *cobra.Command {
	c := &verifyCmd{}
	cmd := &cobra.Command{
		Use:   "verify NET SPEC",
		Short: "Decide whether a network can do what a query forbids",
		Long: `verify reads a query in VNN-LIB (1.0 or 2.0), which describes unsafe inputs and outputs, and decides
whether the network has such a point. The answer is about the reals: the network is the function
that its weights define, the numbers of the query are the decimals that it holds, and a point on the
border of a condition <= satisfies it.

"holds" says that no point satisfies the query: every bound that says so is certain in spite of
rounding. "violated" comes with a counterexample, evaluated exactly; a runtime in float32 may
disagree with it. "unknown" says that the search was stopped first, and is the exit code 3.

--proof writes a proof of "holds" for "relucell check". Its bytes do not depend on the workers. The
search takes nearly twice as long, as what is refuted is refuted again in integers.

The format vnncomp prints what the competition VNN-COMP asks for: unsat, sat with a point, timeout
or unknown.`,
		Example: `  relucell verify net.onnx property.vnnlib
  relucell verify net.onnx property.vnnlib --timeout 116s --witness point.txt
  relucell verify net.onnx property.vnnlib --proof property.proof.gz`,
		Args:              exactly("NET", "SPEC"),
		ValidArgsFunction: completeNetThenAny,
		RunE:              action(c.run),
	}
	fs := cmd.Flags()
	c.net.add(fs)
	fs.BoolVar(&c.reals, "reals", false, "read a query over a floating-point type as one over the reals; the answer says so")
	fs.StringVar(&c.witness, "witness", "", "write a counterexample to this `FILE`, as exact fractions")
	fs.StringVar(&c.proof, "proof", "", "write a proof that the property holds to this `FILE` (gzip by the ending .gz)")
	timeoutFlag(fs, &c.timeout, "stop after this time, reading included, with the answer unknown")
	workersFlag(fs, &c.workers)
	choiceFlag(cmd, &c.format, "format", "format of the output", "text", "json", "vnncomp")
	return cmd
}

func (c *verifyCmd) run(cmd *cobra.Command, args []string) (err error) {
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	if err := c.checkOutputs(cmd, args); err != nil {
		return err
	}
	defer c.files.owe(cmd, &err, c.witness, c.proof)()
	a := &answer{specPath: args[1], netPath: args[0]}
	if a.query, a.specStamp, err = readQuery(ctx, args[1], vnnlib.Options{Reals: c.reals}); err != nil {
		return c.unread(cmd, ctx, err)
	}
	c.net.about = args[1]
	if a.net, a.im, err = c.net.read(ctx, cmd, args[0]); err != nil {
		return c.unread(cmd, ctx, err)
	}
	a.notes = c.net.notes
	if err := a.query.Fits(a.net.Inputs(), a.net.Outputs()); err != nil {
		return badInputf("%s: %w", args[1], err)
	}
	go a.net.Fingerprint() // the report wants it, and a stop leaves no time for it
	logger(cmd).Debug("searching", "alternatives", len(a.query.Disjuncts), "boxes", len(a.query.Boxes))
	show, clear := newSearchProgress(cmd)
	a.res, err = safety.Verify(ctx, a.net, a.query, safety.Options{Workers: c.workers, Progress: show, Prove: c.proof != ""})
	clear()
	var none *safety.ProofError
	if errors.As(err, &none) {
		return badInputf("--proof: %s: %w", args[1], err)
	}
	if err != nil {
		return badInputf("%s: %w", args[0], err)
	}
	a.netStamp, a.proof, a.witness = fingerprint(ctx, a.net), c.proof, c.witness
	return c.finish(cmd, a)
}

// finish writes what was asked for and prints the answer.
func (c *verifyCmd) finish(cmd *cobra.Command, a *answer) error {
	if a.netStamp == "" && (a.res.Witness != nil && c.witness != "" || a.res.Proof != nil) {
		a.netStamp = fingerprint(cmd.Context(), a.net) // what is written begins with it
	}
	if a.res.Witness != nil && c.witness != "" {
		if err := files.Write(c.witness, a.writeWitness); err != nil {
			return failed(err)
		}
		c.files.wrote(c.witness)
	}
	if a.res.Proof != nil {
		defer a.res.Proof.Close()
		if a.unproved = a.writeProof(); a.unproved == nil {
			c.files.wrote(c.proof)
		}
	}
	if err := a.print(cmd.OutOrStdout(), c.format); err != nil {
		return err
	}
	if a.unproved != nil {
		return failed(a.unproved)
	}
	if a.res.Verdict == safety.Unknown {
		return errStopped
	}
	return nil
}

// unread is the end of a command that read no input. What VNN-COMP reads is said all the same where
// the time ended.
func (c *verifyCmd) unread(cmd *cobra.Command, ctx context.Context, err error) error {
	var e *exitError
	if c.format == "vnncomp" && errors.As(err, &e) && e.code == exitStopped {
		a := &answer{res: safety.Result{Stopped: stopReason(ctx)}}
		return errors.Join(a.print(cmd.OutOrStdout(), c.format), err)
	}
	return err
}

// checkOutputs refuses names before the search, so that a bad one costs no time.
func (c *verifyCmd) checkOutputs(cmd *cobra.Command, args []string) error {
	for _, f := range []struct{ flag, name string }{{"witness", c.witness}, {"proof", c.proof}} {
		if !cmd.Flags().Changed(f.flag) {
			continue
		}
		if err := writable(f.flag, f.name, args...); err != nil {
			return err
		}
	}
	if c.proof != "" && c.witness != "" && files.Same(c.proof, c.witness) {
		return badInputf("--proof: %s is the witness, expected another file", c.proof)
	}
	return nil
}

// readQuery reads a query, and the hash of its bytes.
func readQuery(ctx context.Context, path string, opt vnnlib.Options) (*vnnlib.Query, string, error) {
	stamp := ""
	q, err := readAs(ctx, path, vnnlib.MaxBytes, func(text []byte) (*vnnlib.Query, error) {
		stamp = fmt.Sprintf("sha256:%x", sha256.Sum256(text))
		return vnnlib.Read(bytes.NewReader(text), opt)
	})
	var at *vnnlib.Error
	if errors.As(err, &at) && at.Type && !opt.Reals {
		err = fmt.Errorf("%w (--reals asks for them)", err)
	}
	if err != nil {
		return nil, "", badInput(err) // a reader that was left to itself may still write the stamp
	}
	return q, stamp, nil
}
