package main

// cone check: the proof that a network's outputs satisfy homogeneous constraints, by its structure
// for all inputs, or else on a ball by the proof of a count.

import (
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/constrained"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type coneCheckCmd struct {
	subject
	proof, format string
	files         owedFiles
}

// The verdicts of a check.
const (
	forAllInputs = "verified for all inputs"
	onTheBall    = "verified on the ball"
	violated     = "violated"
	notShown     = "not shown"
)

// coneCheckJSON reports a check.
type coneCheckJSON struct {
	Net         netJSON `json:"net"`
	File        string  `json:"file"`
	Constraints int     `json:"constraints"`
	Verdict     string  `json:"verdict"`
	// Gap is what the structure leaves open.
	Gap string `json:"gap,omitempty"`
	// Regions is how many regions of the network with a neuron for each constraint meet the ball.
	Regions int64  `json:"regions,omitempty"`
	Proof   string `json:"proof,omitempty"`
	// Violated is the constraint that is above 0 at Point, and Value its value there.
	Violated *int     `json:"violated,omitempty"`
	Value    string   `json:"value,omitempty"`
	Point    []string `json:"point,omitempty"`
	Seconds  float64  `json:"seconds"`
	Notes    []string `json:"notes,omitempty"`
	value    *big.Rat
}

func newConeCheckCmd() *cobra.Command {
	c := &coneCheckCmd{}
	cmd := &cobra.Command{
		Use:   "check NET A.csv",
		Short: "Prove that a network's outputs satisfy A·y ≤ 0",
		Long: `check multiplies A by the network's last layers, in integers. Where all signs are as they must be for
units that are never below 0, A·y ≤ 0 holds for every input, without a ball and without a walk: so for
every network that "relucell cone layer" makes.

Where the structure does not show it, a ball does: given --box, or --center and --radius, the regions
of the network with a neuron behind it for each constraint are walked. Either one is on in some region,
and a point there violates the constraint; or a proof of the count is written, from which the checker
reads that none is on anywhere in the ball. --proof keeps it, and its network beside it.

Exit code 1 says that the constraints are violated, or not shown.`,
		Example: `  relucell cone check constrained.onnx A.csv
  relucell cone check net.onnx A.csv --box=-1:1 --proof net.proof`,
		Args:              exactly("NET", "A.csv"),
		ValidArgsFunction: completeNet,
		RunE:              action(c.run),
	}
	c.net.add(cmd.Flags())
	c.add(cmd, "give up after this time, reading included")
	cmd.Flags().StringVar(&c.proof, "proof", "", "keep the proof on the ball in this `FILE`, and its network beside it")
	formatFlag(cmd, &c.format)
	return cmd
}

func (c *coneCheckCmd) run(cmd *cobra.Command, args []string) (err error) {
	begun := time.Now()
	if c.proof != "" {
		for _, name := range []string{c.proof, c.proof + ".json"} {
			if err := writable("proof", name, args...); err != nil {
				return err
			}
		}
		defer c.files.owe(cmd, &err, c.proof, c.proof+".json")()
	}
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	fractions, err := readConstraints(ctx, cmd, args[1])
	if err != nil {
		return err
	}
	rows := cone.WholeRows(fractions)
	n, _, err := c.net.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	gap, err := within(ctx, func() (*constrained.Gap, error) { return constrained.Check(n, rows) })
	if err != nil && ctx.Err() != nil {
		return stopped(ctx, args[0]+": stopped before its layers were multiplied")
	}
	if err != nil {
		return badInputf("%s: %w", args[1], err)
	}
	j := coneCheckJSON{File: args[1], Constraints: len(rows), Verdict: forAllInputs}
	var b *ball.Ball
	if gap != nil {
		gap.Value.Mul(gap.Value, scaleOf(fractions[gap.Row], rows[gap.Row]))
		j.Verdict, j.Gap = notShown, gap.String()
		if c.ball.given() {
			if n, b, err = c.onBall(ctx, cmd, args, n, rows, &j); err != nil {
				return err
			}
			if j.value != nil {
				j.value.Mul(j.value, scaleOf(fractions[*j.Violated], rows[*j.Violated]))
				j.Value = exactText(j.value)
			}
		}
	}
	stamp := fingerprint(ctx, n)
	j.Net, j.Seconds, j.Notes = newNetJSON(n, stamp), time.Since(begun).Seconds(), c.net.notes
	if err := printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.stamped(args[0], n, stamp)
		f.coneCheck(n.Neurons(), b, j)
		if c.proof != "" && j.Proof == "" {
			why := "the constraints are not shown"
			if j.Verdict == forAllInputs {
				why = "the layers show it without one"
			}
			f.line("Proof", "%s: none, as %s", c.proof, why)
		}
		f.line("Time", "%s", rounded(time.Duration(j.Seconds*float64(time.Second))))
	}); err != nil {
		return err
	}
	switch j.Verdict {
	case violated:
		return failed(fmt.Errorf("%s: constraint %d is violated", args[0], *j.Violated))
	case notShown:
		return failed(fmt.Errorf("%s: its structure does not show the constraints for all inputs, expected a ball as well (--box, or --center and --radius)", args[0]))
	}
	return nil
}

// scaleOf returns what the integers of a row are to be multiplied by to be the row as it was given.
func scaleOf(given []*big.Rat, whole []*big.Int) *big.Rat {
	for k, x := range whole {
		if x.Sign() != 0 {
			return new(big.Rat).Quo(given[k], new(big.Rat).SetInt(x))
		}
	}
	return big.NewRat(1, 1)
}

// onBall looks at all regions of the network with a neuron for each constraint, and if none of
// these is on in any, writes the proof.
func (c *coneCheckCmd) onBall(ctx context.Context, cmd *cobra.Command, args []string, n *network.Network, rows [][]*big.Int, j *coneCheckJSON) (*network.Network, *ball.Ball, error) {
	file, done, err := c.proofFile()
	if err != nil {
		return nil, nil, err
	}
	defer done()
	n, b, err := c.ball.on(cmd, &c.net, args[0], n)
	if err != nil {
		return nil, nil, err
	}
	q, err := constrained.Property(n, rows)
	if err != nil {
		return nil, nil, badInputf("%s: %w", args[1], err)
	}
	_, err = within(ctx, func() (none struct{}, err error) {
		if err = search(ctx, q, b, rows, j); err != nil || j.Verdict == violated {
			return none, err
		}
		j.Verdict = onTheBall
		return none, proveNeverOn(ctx, q, b, file, file+".json", from(n.Neurons(), len(rows)))
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, nil, stopped(ctx, args[0]+": stopped before all regions were looked at")
	case err != nil:
		return nil, nil, about(args[0], err)
	}
	if j.Verdict == onTheBall {
		j.Proof = c.proof
		c.files.wrote(c.proof, c.proof+".json")
	}
	return n, &b, nil
}

// proofFile returns the proof's name, or one that is removed by done.
func (c *coneCheckCmd) proofFile() (file string, done func(), err error) {
	if c.proof != "" {
		return c.proof, func() {}, nil
	}
	dir, err := files.TemporaryFolder("relucell-")
	if err != nil {
		return "", nil, failed(err)
	}
	return filepath.Join(dir, "proof"), func() { _ = files.Discard(dir) }, nil
}

// search walks the regions up to the first in which a constraint's neuron is on.
func search(ctx context.Context, q *network.Network, b ball.Ball, rows [][]*big.Int, j *coneCheckJSON) error {
	j.Regions = 0
	for r, err := range enumerate.Regions(ctx, q, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return err
		}
		j.Regions++
		for i, s := range r.Pattern[len(r.Pattern)-len(rows):] {
			if s <= 0 {
				continue
			}
			j.Verdict, j.Violated = violated, &i
			x := r.Point()
			value, _ := q.ForwardExact(x)
			j.Point = each(x, hexadecimal)
			j.value, _ = value[i].Rat(nil)
			return nil
		}
	}
	return nil
}

// coneCheck writes a report, of a network with so many neurons.
func (f *fields) coneCheck(neurons int, b *ball.Ball, j coneCheckJSON) {
	f.line("Cone", "%s: %s", filepath.Base(j.File), tables.Numbered(int64(j.Constraints), "constraint"))
	if j.Gap != "" {
		f.line("Structure", "%s", j.Gap)
	}
	if b != nil {
		f.ball(*b)
	}
	switch j.Verdict {
	case forAllInputs:
		f.line("VERIFIED", "for all inputs, by the network's last layers: one product of integers")
	case onTheBall:
		f.line("VERIFIED", "on the ball: in none of %s is a constraint above 0, by a proof that was checked", tables.Numbered(j.Regions, "region"))
		if j.Proof != "" {
			f.neverOn(j.Proof+".json", j.Proof, from(neurons, j.Constraints))
		}
	case violated:
		f.line("VIOLATED", "constraint %d is %s, exactly %s", *j.Violated, nearest(j.value), j.Value)
		f.line("", "at (%s)", strings.Join(each(j.Point, readable), ", "))
	}
}
