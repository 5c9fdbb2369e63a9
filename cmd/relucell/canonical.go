package main

// canonical: the one way to write a network with one layer of neurons, and whether two of them are
// the same function everywhere.

import (
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/ridge"
)

type canonicalCmd struct {
	net     netFlags
	out     string
	timeout time.Duration
	format  string
	files   owedFiles
}

func newCanonicalCmd() *cobra.Command {
	c := &canonicalCmd{net: netFlags{writes: true}}
	cmd := &cobra.Command{
		Use:   "canonical NET [OTHER]",
		Short: "Write a network with one layer of neurons in its one minimal form, or compare two everywhere",
		Long: `canonical takes a network whose neurons are all in one layer, and writes its function as a sum over hyperplanes,
exactly: neurons with one hyperplane become one, or cancel, and what is left is as few neurons as the function can
have. There is one such sum, so -o writes equal networks, with equal fingerprints, for equal functions.

With a second network it says whether the two are the same function over all of Rⁿ, not on a ball alone, and which
neuron of the one is which of the other; or it shows a point where they differ, with exit code 1.

Units may be ReLU, LeakyReLU, absolute values and maxima of two. Networks of more layers are compared on a ball, by
relucell diff.`,
		Example: `  relucell canonical net.onnx -o minimal.json
  relucell canonical net.onnx learned.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 2 {
				return nil
			}
			return exactly("NET")(nil, args)
		},
		ValidArgsFunction: completeNets,
		RunE:              action(c.run),
	}
	fs := cmd.Flags()
	c.net.add(fs)
	fs.StringVarP(&c.out, "output", "o", "", "`FILE` for the minimal network, ending in .json, or - for standard output")
	timeoutFlag(fs, &c.timeout, "stop after this time, reading included")
	formatFlag(cmd, &c.format)
	return cmd
}

// function is a network as a sum.
type function struct {
	path string
	net  *network.Network
	*ridge.Sum
}

func (c *canonicalCmd) run(cmd *cobra.Command, args []string) (err error) {
	if c.out != "" {
		if len(args) > 1 {
			return badInputf("--output: given beside two networks, expected one")
		}
		if err := checkText(c.out); err != nil {
			return err
		}
		if files.Same(args[0], c.out) {
			return badInputf("--output: %s is the network itself, expected another file", c.out)
		}
		if c.out != "-" {
			defer c.files.owe(cmd, &err, c.out)()
		}
	}
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	var read []function
	var notes []string
	for i, path := range args {
		f := c.net.fitting(path, args[len(args)-1-i])
		n, _, err := f.read(ctx, cmd, path)
		if err != nil {
			return err
		}
		s, err := within(ctx, func() (*ridge.Sum, error) { return ridge.Of(ctx, n) })
		switch {
		case ctx.Err() != nil:
			return stopped(ctx, path+": stopped before the sum was known")
		case err != nil:
			return badInputf("%s: %w", path, err)
		}
		read, notes = append(read, function{path, n, s}), append(notes, f.notes...)
	}
	c.net.notes = notes
	if len(read) == 2 {
		return c.compare(ctx, cmd, read[0], read[1])
	}
	return c.write(ctx, cmd, read[0])
}

// write tells the sum, and writes its network.
func (c *canonicalCmd) write(ctx context.Context, cmd *cobra.Command, s function) error {
	small, err := within(ctx, s.Network)
	if err != nil && ctx.Err() != nil {
		return stopped(ctx, s.path+": stopped before the minimal network was known")
	}
	if err != nil && c.out != "" {
		return failed(fmt.Errorf("%s: the minimal network cannot be written: %w", s.path, err))
	}
	if c.out != "" {
		if err := writeText(ctx, cmd, c.out, s.path, small); err != nil || c.out == "-" {
			return err
		}
		c.files.wrote(c.out)
	}
	j := newCanonicalJSON(s, small)
	j.Notes = c.net.notes
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.net(s.path, s.net)
		f.line("Minimal", "%s, affine part %s", tables.Numbered(int64(len(s.Ridges)), "neuron"), affine(s))
		if small != nil {
			f.line("", "%s", small.Fingerprint())
		} else {
			f.line("", "no network of float64: %v", err)
		}
		for _, g := range j.Merged {
			f.line("Merged", "%s on one hyperplane%s", neuronsAre(g.Neurons), turned(g))
		}
		for _, g := range j.Cancelled {
			f.line("Cancelled", "%s on one hyperplane and add up to an affine function", neuronsAre(g.Neurons))
		}
		if len(s.Unused) > 0 {
			f.line("Unused", "%s constant or without effect", neuronsAre(s.Unused))
		}
		f.written(c.out)
	})
}

// affine says in a word what is affine in a sum.
func affine(s function) string {
	for _, row := range s.Linear {
		for k, v := range row {
			if v.Sign() != 0 && k < s.Inputs {
				return "other than 0"
			}
		}
	}
	return "constant"
}

type groupJSON struct {
	Neurons []int `json:"neurons"`
	// Flipped are those whose pre-activation is a negative multiple of the first one's.
	Flipped []int `json:"flipped,omitempty"`
}

func newGroupJSON(r ridge.Ridge) groupJSON {
	var g groupJSON
	for _, m := range r.Neurons {
		if g.Neurons = append(g.Neurons, m.Neuron); m.Factor.Sign() != r.Neurons[0].Factor.Sign() {
			g.Flipped = append(g.Flipped, m.Neuron)
		}
	}
	return g
}

func turned(g groupJSON) string {
	if len(g.Flipped) == 0 {
		return ""
	}
	return ", " + numbers(g.Flipped) + " turned round"
}

type hyperplaneJSON struct {
	Normal      []string `json:"normal"`
	Offset      string   `json:"offset"`
	Coefficient []string `json:"coefficients"`
	Neurons     []int    `json:"neurons"`
}

type canonicalJSON struct {
	Net         netJSON          `json:"net"`
	Minimal     *netJSON         `json:"minimal,omitempty"`
	Hyperplanes []hyperplaneJSON `json:"hyperplanes"`
	// Linear has the coefficients of the inputs, and then the offset, for each output.
	Linear    [][]string  `json:"linear"`
	Merged    []groupJSON `json:"merged"`
	Cancelled []groupJSON `json:"cancelled"`
	Unused    []int       `json:"unused"`
	Notes     []string    `json:"notes,omitempty"`
}

func newCanonicalJSON(s function, small *network.Network) canonicalJSON {
	j := canonicalJSON{Net: newNetJSON(s.net, s.net.Fingerprint()), Hyperplanes: []hyperplaneJSON{}, Merged: []groupJSON{}, Cancelled: []groupJSON{}, Unused: append([]int{}, s.Unused...)}
	if small != nil {
		m := newNetJSON(small, small.Fingerprint())
		j.Minimal = &m
	}
	for _, r := range s.Ridges {
		words, g := each(r.N, (*big.Int).String), newGroupJSON(r)
		j.Hyperplanes = append(j.Hyperplanes, hyperplaneJSON{words[:s.Inputs], words[s.Inputs], fractions(r.C), g.Neurons})
		if len(g.Neurons) > 1 {
			j.Merged = append(j.Merged, g)
		}
	}
	for _, r := range s.Cancelled {
		j.Cancelled = append(j.Cancelled, newGroupJSON(r))
	}
	j.Linear = each(s.Linear, fractions)
	return j
}

// matchJSON says which neurons of the one are which of the other.
type matchJSON struct {
	A []int `json:"a"`
	B []int `json:"b"`
	// Factor is that of the pre-activations, where each side is one neuron; it is negative for a
	// neuron that is turned round.
	Factor string `json:"factor,omitempty"`
}

type comparisonJSON struct {
	A       netJSON     `json:"a"`
	B       netJSON     `json:"b"`
	Same    bool        `json:"same"`
	Matches []matchJSON `json:"matches,omitempty"`
	Point   []string    `json:"point,omitempty"`
	AtA     []string    `json:"at_a,omitempty"`
	AtB     []string    `json:"at_b,omitempty"`
	Notes   []string    `json:"notes,omitempty"`
}

// compare decides whether two networks are the same function.
func (c *canonicalCmd) compare(ctx context.Context, cmd *cobra.Command, a, b function) error {
	if a.Inputs != b.Inputs || a.Outputs != b.Outputs {
		return badInputf("%s: %s and %s, expected %d and %d as in %s", b.path, tables.Numbered(int64(b.Inputs), "input"), tables.Numbered(int64(b.Outputs), "output"), a.Inputs, a.Outputs, a.path)
	}
	type differing struct{ x, atA, atB []*big.Rat }
	d, err := within(ctx, func() (d differing, err error) {
		if d.x = a.Minus(b.Sum).Witness(); d.x != nil {
			d.atA, d.atB = a.At(d.x), b.At(d.x)
		}
		return d, nil
	})
	if err != nil {
		return stopped(ctx, "stopped before the networks were compared")
	}
	x := d.x
	j := comparisonJSON{A: newNetJSON(a.net, a.net.Fingerprint()), B: newNetJSON(b.net, b.net.Fingerprint()), Same: x == nil, Notes: c.net.notes}
	if x != nil {
		j.Point, j.AtA, j.AtB = fractions(x), fractions(d.atA), fractions(d.atB)
	} else {
		for i, r := range a.Ridges { // they are the same, in the same order
			o := b.Ridges[i]
			m := matchJSON{A: newGroupJSON(r).Neurons, B: newGroupJSON(o).Neurons}
			if len(m.A) == 1 && len(m.B) == 1 {
				m.Factor = new(big.Rat).Quo(o.Neurons[0].Factor, r.Neurons[0].Factor).RatString()
			}
			j.Matches = append(j.Matches, m)
		}
	}
	err = printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.net(a.path, a.net)
		f.net(b.path, b.net)
		if x == nil {
			f.line("Verdict", "the same function over all of Rⁿ")
			f.matches(a, b, j.Matches)
			return
		}
		f.line("Verdict", "different functions")
		f.line("Point", "(%s)", shorts(x))
		f.line("Values", "(%s) of %s", shorts(d.atA), filepath.Base(a.path))
		f.line("", "(%s) of %s", shorts(d.atB), filepath.Base(b.path))
	})
	if err == nil && x != nil {
		err = failed(fmt.Errorf("%s and %s are different functions", a.path, b.path))
	}
	return err
}

func shorts(x []*big.Rat) string { return strings.Join(each(x, short), ", ") }

// matches says which neurons are which.
func (f *fields) matches(a, b function, list []matchJSON) {
	word := "Neurons"
	for _, m := range list {
		how := ""
		if strings.HasPrefix(m.Factor, "-") {
			how = ", turned round"
		}
		f.line(word, "%s of %s: %s of %s%s", numbers(m.A), filepath.Base(a.path), numbers(m.B), filepath.Base(b.path), how)
		word = ""
	}
	for _, s := range []function{a, b} {
		k := len(s.Unused)
		for _, r := range s.Cancelled {
			k += len(r.Neurons)
		}
		if k > 0 {
			f.line("", "%s of %s without effect, alone or together", tables.Numbered(int64(k), "neuron"), filepath.Base(s.path))
		}
	}
}
