package main

// diff: how far apart two networks are on a ball, exactly, with a proof.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

type diffCmd struct {
	subject
	abs    bool
	atMost *big.Rat
	proof  string
	out    string
	format string
	begun  time.Time
	errors io.Writer // for what is said beside the answer

	property *property // nil: no proof is wanted
	asked    *big.Rat  // V, as it was given
	files    owedFiles
	distance
}

func newDiffCmd() *cobra.Command {
	c := &diffCmd{subject: subject{net: netFlags{writes: true}}}
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Find how far apart two networks are on a ball, exactly, or prove them equal there",
		Long: `diff subtracts network B from network A, which gives a network, and finds its largest and smallest values on
a closed ball, output by output, with the points where they are attained; see range for what is exact where. The two
may differ in format, depth and activations, but not in the numbers of inputs and outputs.

--at-most V asks no more than whether they are at most V apart, which is faster: exit code 0 if so, and 1, with a
point, if not. With --proof V is first rounded down to a float64.

--proof writes the proof of a count from which the bounds can be read off, as range does. Networks that are equal
on the ball are proved so.

--pairs bounds the distance of two networks with one layer of neurons by their neurons in pairs, and proves that:
near twins, such as a network and its rounded copy, whose regions together are too many, take a moment. It is a
bound and not the distance, and exit code 3 says that it is above V.

Without a ball, -o writes the difference and nothing is searched. Whether two networks with one layer of neurons
are equal everywhere, "relucell canonical A B" decides.`,
		Example: `  relucell diff net.onnx quantised.onnx --box=-1:1 --at-most 0.01
  relucell diff net.onnx learned.json --center 0 --radius 1 --abs --proof diff.proof
  relucell diff a.json b.nnet -o difference.json`,
		Args:              exactly("A", "B"),
		ValidArgsFunction: completeNets,
		RunE:              action(c.run),
	}
	fs := cmd.Flags()
	c.net.add(fs)
	c.add(cmd, "stop after this time, reading included")
	fs.BoolVar(&c.abs, "abs", false, "the largest |A − B| alone")
	flag(fs, &c.atMost, "at-most", "V", "", "whether the networks are at most V apart; exit 1 if not", fraction)
	fs.BoolVar(&c.pairs.alone, "pairs", false, "bound the distance by neurons in pairs alone, and prove that bound")
	fs.StringVar(&c.proof, "proof", "", "write a proof of the bounds to this `FILE`, and its network beside it")
	fs.StringVarP(&c.out, "output", "o", "", "write the difference to this `FILE`, ending in .json")
	formatFlag(cmd, &c.format)
	return cmd
}

// completeNets completes names of network files for the first two arguments.
func completeNets(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	return completeNet(cmd, args[:max(0, len(args)-1)], word)
}

func (c *diffCmd) run(cmd *cobra.Command, args []string) (err error) {
	c.begun, c.errors = time.Now(), cmd.ErrOrStderr()
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	if err := c.check(cmd, args); err != nil {
		return err
	}
	if c.property != nil {
		defer c.files.owe(cmd, &err, c.property.Proof, c.property.Net)()
	}
	if err := c.subtract(ctx, cmd, args); err != nil || !c.ball.given() {
		return err
	}
	n, b, err := c.ball.on(cmd, &c.net, c.name(), c.difference)
	if err != nil {
		return err
	}
	go n.Fingerprint()
	if err = c.search(ctx, n, b); err == nil && c.property != nil && !c.apart() {
		if err = c.prove(ctx, n, b); err == nil {
			c.files.wrote(c.property.Proof, c.property.Net)
		}
	}
	if err != nil {
		return unfinished(ctx, cmd, c.name(), err, c.partly)
	}
	if err := c.print(cmd, args, fingerprint(ctx, n), n, b); err != nil {
		return err
	}
	if c.apart() {
		return failed(fmt.Errorf("the networks are more than %s apart", c.atMost.RatString()))
	}
	return nil
}

// check refuses names of files before anything is read.
func (c *diffCmd) check(cmd *cobra.Command, args []string) (err error) {
	for _, name := range []string{"abs", "at-most", "pairs", "proof", "format"} {
		if !c.ball.given() && cmd.Flags().Changed(name) {
			return badInputf("--%s: given without a ball, expected --center and --radius, or --box", name)
		}
	}
	if !c.ball.given() && c.out == "" {
		return badInputf("--center: missing, expected a ball (--center and --radius, or --box), or -o to write the difference alone")
	}
	if c.out != "" {
		if c.out == "-" && c.ball.given() {
			return badInputf("--output: - beside a ball, whose answer is written there; expected a file name that ends in .json")
		}
		if err := checkText(c.out); err != nil {
			return err
		}
	}
	if c.abs && c.pairs.alone {
		return badInputf("--abs: given beside --pairs, which bounds |A − B| alone as it is")
	}
	if c.atMost != nil && c.atMost.Sign() < 0 {
		return badInputf("--at-most: %s, expected a number of at least 0", c.atMost.RatString())
	}
	if c.proof == "" && cmd.Flags().Changed("proof") {
		return badInputf("--proof: empty, expected the name of a file")
	}
	c.asked = c.atMost
	if c.proof != "" {
		c.property, err = newProperty(c.proof, args...)
		if v := c.atMost; v != nil && err == nil {
			if c.atMost = new(big.Rat).SetFloat64(dyadic.DownRat(v)); c.atMost == nil {
				err = badInputf("--at-most: beyond the range of float64, expected a value that can be a bias of the proof's network")
			}
		}
	}
	return err
}

// subtract reads the networks and makes the difference.
func (c *diffCmd) subtract(ctx context.Context, cmd *cobra.Command, args []string) error {
	var read [2]*network.Network
	var notes []string
	for i, path := range args {
		f := c.net.fitting(path, args[1-i])
		n, _, err := f.read(ctx, cmd, path)
		if err != nil {
			return err
		}
		read[i], notes = n, append(notes, f.notes...)
	}
	c.net.notes = notes
	var err error
	if c.difference, err = network.Difference(read[0], read[1]); err != nil {
		return badInputf("%s beside %s: %w", args[1], args[0], err)
	}
	if c.out == "" {
		return nil
	}
	if files.Same(args[1], c.out) {
		return badInputf("--output: %s is the network itself, expected another file", c.out)
	}
	if c.ball.given() {
		return writeText(ctx, cmd, c.out, args[0], c.difference)
	}
	return writeNamed(ctx, cmd, c.out, args[0], c.difference)
}

// fitting returns the flags without what is for files of another format, if the other network is
// such a file.
func (f netFlags) fitting(path, other string) *netFlags {
	ends := func(path, ending string) bool {
		return strings.HasSuffix(strings.TrimSuffix(strings.ToLower(path), ".gz"), ending)
	}
	if ends(other, ".nnet") && !ends(path, ".nnet") {
		f.normalise = false
	}
	if ends(other, ".onnx") && !ends(path, ".onnx") {
		f.output, f.batch = "", 1
	}
	return &f
}

// name names the difference.
func (c *diffCmd) name() string {
	if c.out != "" {
		return c.out
	}
	return "DIFFERENCE"
}

// search fills ends.
func (c *diffCmd) search(ctx context.Context, n *network.Network, b ball.Ball) error {
	if err := c.pair(ctx, n, b); err != nil || c.pairs.answer {
		return err
	}
	var list []extremum.Form
	for i := range n.Outputs() {
		f, err := extremum.ParseForm(fmt.Sprintf("y%d", i), n.Outputs())
		if err != nil {
			return err
		}
		list = append(list, f, f.Neg())
	}
	found, err := within(ctx, func() ([]extremum.Extreme, error) {
		return extremum.Maxima(ctx, n, b, list, extremum.Options{Above: c.atMost})
	})
	for i := 0; i+1 < len(found); i += 2 {
		c.ends = append(c.ends, ends{found[i], found[i+1].Neg()})
	}
	return err
}

// apart says that the networks are farther apart than they may be.
func (c *diffCmd) apart() bool {
	if c.atMost == nil {
		return false
	}
	for _, e := range c.ends {
		if d := e.distance(); d.Lower != nil && d.Lower.Cmp(c.atMost) > 0 {
			return true
		}
	}
	return false
}

// distance is the largest size of an output.
func (e ends) distance() extremum.Extreme {
	d, other := e.top, e.low.Neg()
	if d.Lower == nil || other.Lower != nil && other.Lower.Cmp(d.Lower) > 0 {
		d, other = other, d
	}
	if d.Upper != nil && other.Upper != nil && other.Upper.Cmp(d.Upper) > 0 {
		d.Upper = other.Upper
	}
	return d
}

// prove proves the ends.
func (c *diffCmd) prove(ctx context.Context, n *network.Network, b ball.Ball) error {
	p := c.property
	if c.pairs.answer {
		_, err := within(ctx, func() (any, error) { return nil, p.provePairs(ctx, n, b, c.atMost, c.pairs.bound.Pairs) })
		return err
	}
	for i, e := range c.ends {
		f, err := extremum.ParseForm(fmt.Sprintf("y%d", i), n.Outputs())
		if err == nil {
			err = p.about(f)
		}
		if err != nil {
			return err
		}
		top, low := e.top.Upper, e.low.Lower // V and −V, where the question is about V
		if c.abs && c.atMost == nil {
			top = e.distance().Upper
			low = new(big.Rat).Neg(top)
		}
		if err := errors.Join(p.bound(n, top, 1), p.bound(n, low, -1)); err != nil {
			return err
		}
	}
	_, err := within(ctx, func() (any, error) { return nil, p.prove(ctx, n, b) })
	return err
}

// partly says what a search that was stopped has found.
func (c *diffCmd) partly() string {
	found, bound := "no value yet", ""
	if most := c.pairs.most(); most != nil {
		bound = " at most " + fmt.Sprint(dyadic.UpRat(most)) + " by their neurons in pairs"
		found = "the networks are" + bound + " apart"
	}
	if d := farthest(c.ends); d != nil && d.Lower != nil {
		if bound == "" {
			bound = " no bound"
		}
		found = "the networks are at least " + nearest(d.Lower) + " apart," + bound
	}
	return found
}

// farthest is the largest distance of an output, nil where there is none. Its Upper is that of all
// outputs: one whose Lower is smaller may have the larger one.
func farthest(list []ends) *extremum.Extreme {
	var most *extremum.Extreme
	for _, e := range list {
		d := e.distance()
		if most == nil {
			most = &d
			continue
		}
		upper := most.Upper
		if upper != nil && (d.Upper == nil || d.Upper.Cmp(upper) > 0) {
			upper = d.Upper
		}
		if d.Lower != nil && (most.Lower == nil || d.Lower.Cmp(most.Lower) > 0) {
			most = &d
		}
		most.Upper = upper
	}
	return most
}

type diffOutputJSON struct {
	Max *extremeJSON `json:"max,omitempty"`
	Min *extremeJSON `json:"min,omitempty"`
	Abs *extremeJSON `json:"abs,omitempty"`
}

type diffJSON struct {
	A       string           `json:"a"`
	B       string           `json:"b"`
	Net     netJSON          `json:"difference"`
	Ball    ball.JSON        `json:"ball"`
	Outputs []diffOutputJSON `json:"outputs"`
	Equal   *bool            `json:"equal,omitempty"` // absent where only a bound was asked for
	AtMost  *bool            `json:"at_most,omitempty"`
	Pairs   *float64         `json:"pairs_at_most,omitempty"` // rounded up, where that answered
	Proof   *property        `json:"proof,omitempty"`
	Seconds float64          `json:"seconds"`
	Notes   []string         `json:"notes,omitempty"`
}

func (c *diffCmd) print(cmd *cobra.Command, args []string, stamp string, n *network.Network, b ball.Ball) error {
	took := time.Since(c.begun)
	far := farthest(c.ends)
	j := diffJSON{A: displayed(cmd, args[0]), B: displayed(cmd, args[1]), Net: newNetJSON(n, stamp), Ball: b.JSON(), Proof: c.property, Seconds: took.Seconds(), Notes: c.net.notes}
	if equal := far.Upper != nil && far.Upper.Sign() == 0; equal || c.atMost == nil {
		j.Equal = &equal
	}
	if c.atMost != nil {
		holds := !c.apart()
		j.AtMost = &holds
	}
	if c.pairs.answer {
		j.Pairs = finite(dyadic.UpRat(c.pairs.most()))
	}
	for _, e := range c.ends {
		d := e.distance()
		var o diffOutputJSON
		if d.Lower != nil {
			o.Abs = newExtremeJSON(&d, false)
		}
		if !c.abs && c.atMost == nil {
			o.Max, o.Min = newExtremeJSON(&e.top, false), newExtremeJSON(&e.low, true)
		}
		j.Outputs = append(j.Outputs, o)
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) { c.text(f, args, stamp, n, b, took) })
}
