package main

// range: how large and how small a form of the outputs is on a ball, exactly, with a proof.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type rangeCmd struct {
	subject
	of       string
	max, min bool
	atLeast  *big.Rat
	proof    string
	format   string
	form     extremum.Form
	property *property // nil: no proof is wanted
	begun    time.Time
	files    owedFiles
	found
}

// found is what a search has come to: the extremes, nil where none was asked for, and the one at
// which it was stopped.
type found struct{ top, low, stoppedAt *extremum.Extreme }

func newRangeCmd() *cobra.Command {
	c := &rangeCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "range NET",
		Short: "Find the largest and the smallest value of a form of the outputs on a ball",
		Long: `range finds the largest and the smallest value of a linear form of the outputs on a closed ball, and
the points where they are attained. In linf and l1 balls and in boxes both are fractions and exact. In
an l2 ball they are algebraic: each is told by the value at a point and a bound that is the next
float64.

A long fraction is shown to the nearest float64; --format json has it whole.

--proof writes the proof of a count from which the bounds can be read off: of the network with a neuron
behind it that is on where the form exceeds the bound, and one that is on where it is less. That
network is written beside the proof; "relucell check --never-on" then verifies that they are on nowhere.
A bound in the proof is a float64, so a fraction that is none is rounded outwards there.`,
		Example: `  relucell range net.onnx --box=-1:1 --of "y0 - y1"
  relucell range net.onnx --center 0 --radius 1 --of y0 --max --proof net.proof`,
	})
	fs := cmd.Flags()
	c.add(cmd, "stop after this time, reading included")
	fs.StringVar(&c.of, "of", "y0", "`FORM` of the outputs y0, y1, …, such as \"y0 - 2*y1 + 1e-3\" or \"(y0 + y1)/2\"")
	fs.BoolVar(&c.max, "max", false, "the largest value alone")
	fs.BoolVar(&c.min, "min", false, "the smallest value alone")
	flag(fs, &c.atLeast, "at-least", "V", "", "end as soon as a point has a value of at least V; exit 1 if none has (--max)", fraction)
	fs.StringVar(&c.proof, "proof", "", "write a proof of the bounds to this `FILE`, and its network beside it")
	formatFlag(cmd, &c.format)
	return cmd
}

// fraction reads a decimal or a fraction, exactly.
func fraction(s string) (*big.Rat, error) {
	const most = 4096 // digits and exponent: a decimal is no reason to fill the memory
	ok := len(s) <= most
	if f, _, err := big.ParseFloat(s, 0, 64, big.ToNearestEven); ok && err == nil {
		if e := f.MantExp(nil); f.IsInf() || e > most || e < -most {
			ok = false
		}
	}
	if ok {
		if v := dyadic.ParseRat(s); v != nil {
			return v, nil
		}
	}
	return nil, errors.New("expected a decimal or a fraction")
}

func (c *rangeCmd) run(cmd *cobra.Command, args []string) (err error) {
	c.begun = time.Now()
	if !c.max && !c.min {
		c.max, c.min = true, c.atLeast == nil
	}
	if c.atLeast != nil && (c.min || c.proof != "") {
		return badInputf("--at-least: given beside --min or --proof, expected it alone or with --max")
	}
	if cmd.Flags().Changed("proof") {
		if c.property, err = newProperty(c.proof, args[0]); err != nil {
			return err
		}
		defer c.files.owe(cmd, &err, c.property.Proof, c.property.Net)()
	}
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	n, b, err := c.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	if c.form, err = extremum.ParseForm(c.of, n.Outputs()); err != nil {
		return badInputf("--of: %w", err)
	}
	if c.property != nil {
		if err := c.property.about(c.form); err != nil {
			return err
		}
	}
	go n.Fingerprint()
	if err = c.search(ctx, n, b); err == nil && c.property != nil {
		if err = c.prove(ctx, n, b); err == nil {
			c.files.wrote(c.property.Proof, c.property.Net)
		}
	}
	if err != nil {
		return unfinished(ctx, cmd, args[0], err, c.partly)
	}
	if err := c.print(cmd, args[0], n, fingerprint(ctx, n), b); err != nil {
		return err
	}
	if c.atLeast != nil && c.top.Lower.Cmp(c.atLeast) < 0 {
		return failed(fmt.Errorf("no point of the ball has a value of at least %s", short(c.atLeast)))
	}
	return nil
}

// search fills top and low.
func (c *rangeCmd) search(ctx context.Context, n *network.Network, b ball.Ball) error {
	find := func(f func() (extremum.Extreme, error)) (*extremum.Extreme, error) {
		e, err := within(ctx, f)
		return &e, err
	}
	var err error
	if c.max {
		if c.top, err = find(func() (extremum.Extreme, error) {
			return extremum.Maximum(ctx, n, b, c.form, extremum.Options{AtLeast: c.atLeast})
		}); err != nil {
			c.stoppedAt = c.top
			return err
		}
	}
	if c.min {
		c.low, err = find(func() (extremum.Extreme, error) { return extremum.Minimum(ctx, n, b, c.form) })
	}
	return err
}

// prove proves top and low.
func (c *rangeCmd) prove(ctx context.Context, n *network.Network, b ball.Ball) error {
	if c.top != nil {
		if err := c.property.bound(n, c.top.Upper, 1); err != nil {
			return err
		}
	}
	if c.low != nil {
		if err := c.property.bound(n, c.low.Lower, -1); err != nil {
			return err
		}
	}
	return c.property.prove(ctx, n, b)
}

// partly says what a search that was stopped has found.
func (c *rangeCmd) partly() string {
	if c.stoppedAt != nil && c.stoppedAt.Lower != nil {
		return "a value of " + nearest(c.stoppedAt.Lower) + ", no bound"
	}
	return "no value yet"
}

// extremeJSON is an extreme value.
type extremeJSON struct {
	// Exact is the value as a fraction, where it is one.
	Exact string `json:"exact,omitempty"`
	// Lower and Upper are the nearest floats of the bounds, outwards where they are none; left out
	// where that is infinite, which JSON does not have.
	Lower   *float64 `json:"lower,omitempty"`
	Upper   *float64 `json:"upper,omitempty"`
	Value   string   `json:"value"`
	Point   []string `json:"point"`
	Pattern string   `json:"pattern"`
	Regions int64    `json:"regions"`
	Asked   int64    `json:"programmes"`
}

type rangeJSON struct {
	Net     netJSON      `json:"net"`
	Ball    ball.JSON    `json:"ball"`
	Of      string       `json:"of"`
	Max     *extremeJSON `json:"max,omitempty"`
	Min     *extremeJSON `json:"min,omitempty"`
	Proof   *property    `json:"proof,omitempty"`
	Seconds float64      `json:"seconds"`
	Notes   []string     `json:"notes,omitempty"`
}

func newExtremeJSON(e *extremum.Extreme, smallest bool) *extremeJSON {
	if e == nil {
		return nil
	}
	at := e.Lower
	if smallest {
		at = e.Upper
	}
	j := &extremeJSON{Lower: finite(dyadic.DownRat(e.Lower)), Value: at.RatString(), Point: fractions(e.Point), Pattern: e.Pattern.String(), Regions: e.Regions, Asked: e.Programmes}
	if e.Exact() {
		j.Exact = e.Lower.RatString()
	}
	if e.Upper != nil {
		j.Upper = finite(dyadic.UpRat(e.Upper))
	}
	return j
}

// finite is nil for an infinite number.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func (c *rangeCmd) print(cmd *cobra.Command, path string, n *network.Network, stamp string, b ball.Ball) error {
	took := time.Since(c.begun)
	j := rangeJSON{Net: newNetJSON(n, stamp), Ball: b.JSON(), Of: c.of, Max: newExtremeJSON(c.top, false), Min: newExtremeJSON(c.low, true), Proof: c.property, Seconds: took.Seconds(), Notes: c.net.notes}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.stamped(path, n, stamp)
		f.ball(b)
		f.line("Form", "%s", c.of)
		f.extreme("Largest", c.top, false)
		f.extreme("Smallest", c.low, true)
		if c.property != nil {
			c.property.text(f)
		}
		f.line("Time", "%v", rounded(took))
	})
}

// extreme writes an extreme value; nil is none.
func (f *fields) extreme(word string, e *extremum.Extreme, smallest bool) {
	switch {
	case e == nil:
		return
	case e.Upper == nil:
		f.line(word, "at least %s, found first", short(e.Lower))
	case e.Exact():
		f.line(word, "%s, exact", short(e.Lower))
	default:
		f.line(word, "between %v and %v", dyadic.DownRat(e.Lower), dyadic.UpRat(e.Upper))
	}
	f.line("", "at (%s)", floats(asFloats(e.Point)))
	f.line("", "in the region %s", files.Shorten(e.Pattern.String()))
	f.line("", "%s, %s in integers", tables.Numbered(e.Regions, "region"), tables.Numbered(e.Programmes, "programme"))
}

// short spells a fraction: whole, or where that is long to the nearest float.
func short(v *big.Rat) string {
	const most = 40
	s := v.RatString()
	switch {
	case v.IsInt() && len(s) <= most:
		return s
	case len(s) <= most:
		return s + " = " + nearest(v)
	}
	return fmt.Sprintf("%s (a fraction of %d digits)", nearest(v), len(s)-strings.Count(s, "/")-strings.Count(s, "-"))
}
