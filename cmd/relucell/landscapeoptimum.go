package main

// landscape optimum: the least objective of the training problem, and a network that attains it.

import (
	"bytes"
	"context"
	"errors"
	"math/big"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/landscape"
)

type optimumCmd struct {
	dataCmd
	decay      *big.Rat
	neurons    int
	outputBias bool
	certify    bool
	out, proof string
	best       *landscape.Optimum
	wide       *landscape.Wide
	certified  *landscape.Certified // nil where it was not asked for
}

func newOptimumCmd() *cobra.Command {
	c := &optimumCmd{}
	cmd := c.command(&cobra.Command{
		Use:   "optimum DATA",
		Short: "Find the global optimum of the training problem",
		Long: `optimum finds the best network of one hidden layer, of all widths with weight decay, or of one width
without a regulariser.

optimum --decay B minimises ½·Σ(f(x_i) − y_i)² + B/2·Σ(‖w_j‖² + a_j²) over networks of all widths; B
covers the bias weights, and the output has no bias. The answer is a bracket in fractions: the upper end
is that of a network, evaluated exactly, the lower end holds for every network. For the residual u the
lower end rests on |Σ u_i·relu(x_i·w)| ≤ M for ‖w‖ ≤ 1, which a walk through all cells decides, exactly.

--proof writes the proof of that: of the count of a network of w whose last two neurons are on where it
fails. That network is written beside the proof; "relucell landscape check" verifies both against
the data, and computes the bound anew.

optimum --neurons M minimises Σ (f(x_i) − y_i)² over networks of M neurons, by exhaustion: for each product
of M cells with signs it is a least squares problem with weights that are not negative. Those are solved in
floats and only propose networks; the risk that is told is that of the network, evaluated exactly. That no
network is better is proved by --certify: each programme is bounded from below in integers, and those near the
least are solved in fractions, so that the least risk of all is told as a fraction.`,
		Example: `  relucell landscape optimum data.csv --decay 0.1 -o net.json
  relucell landscape optimum data.csv --decay 0.1 --proof bound.proof -o net.json
  relucell landscape optimum data.csv --neurons 2 --certify --proof width.proof -o net.json`,
	}, c.work, c.print)
	fs := cmd.Flags()
	decayFlag(cmd, &c.decay)
	neuronsFlag(cmd, &c.neurons, "the best network of so many neurons, without decay")
	fs.BoolVar(&c.outputBias, "output-bias", false, "with --neurons: the output has a bias too")
	fs.BoolVar(&c.certify, "certify", false, "with --neurons: prove the least risk of all networks, in fractions")
	fs.StringVarP(&c.out, "output", "o", "", "write the network to this `FILE` (.json)")
	fs.StringVar(&c.proof, "proof", "", "write a proof of the lower end to this `FILE`, and what it is about beside it")
	return cmd
}

// decayFlag takes a decay, as a fraction.
func decayFlag(cmd *cobra.Command, to **big.Rat) {
	flag(cmd.Flags(), to, "decay", "B", "", "the decay B, a decimal or a fraction", func(s string) (*big.Rat, error) {
		v, err := fraction(s)
		if err == nil && v.Sign() <= 0 {
			err = errors.New("expected a decay above 0")
		}
		return v, err
	})
}

func (c *optimumCmd) work(ctx context.Context) error {
	switch {
	case c.decay == nil && c.neurons == 0:
		return badInputf("--decay: missing, expected a decay such as 0.1, or --neurons")
	case c.decay != nil && c.neurons != 0:
		return badInputf("--neurons: given beside --decay, which is about all widths; expected one of them")
	case c.neurons != 0 && c.proof != "" && !c.certify:
		return badInputf("--proof: given beside --neurons without --certify, which has nothing to prove; expected it too")
	case c.decay != nil && c.certify:
		return badInputf("--certify: given beside --decay, whose bracket is proved anyway; expected --neurons")
	case c.decay != nil && c.outputBias:
		return badInputf("--output-bias: given beside --decay, whose bound is of networks without; expected --neurons")
	}
	if err := c.checkFile("output", c.out); err != nil {
		return err
	}
	for _, name := range c.proofFiles() {
		if err := c.checkFile("proof", name); err != nil {
			return err
		}
		if c.out != "" && files.Same(c.out, name) {
			return badInputf("--output: %s is a file of --proof too, expected another", c.out)
		}
	}
	cells, err := landscape.Patterns(ctx, c.data)
	if err != nil {
		return err
	}
	if c.neurons != 0 {
		if c.certify {
			c.wide, c.certified, err = landscape.Certify(ctx, c.data, cells, c.neurons, c.outputBias)
		} else {
			c.wide, err = landscape.Widest(ctx, c.data, cells, c.neurons, c.outputBias)
		}
		if err != nil {
			return err
		}
		if err := c.writeModel("output", c.out, c.wide.Model); err != nil || c.proof == "" {
			return err
		}
		return c.proveWidth(ctx)
	}
	c.best, err = landscape.Decayed(ctx, c.data, cells, c.decay)
	if errors.Is(err, landscape.ErrDecay) {
		return badInputf("--decay: %w", err)
	}
	if err != nil {
		return err
	}
	if err := c.writeModel("output", c.out, c.best.Model); err != nil || c.proof == "" {
		return err
	}
	q, err := c.data.Property(c.best.Dual)
	if err != nil {
		return err
	}
	b := landscape.UnitBall(c.data.P)
	return proveNeverOn(ctx, q, b, c.proof, c.beside(), c.bound())
}

// beside is where the network of the proof goes.
func (c *optimumCmd) beside() string {
	if c.proof == "" {
		return ""
	}
	return c.proof + ".json"
}

// cellsOf is where the proof of the number of cells goes.
func cellsOf(proof string) string { return proof + ".cells" }

// proofFiles are all files of the proof.
func (c *optimumCmd) proofFiles() (names []string) {
	if c.proof != "" {
		names = []string{c.proof, c.beside()}
	}
	if c.neurons != 0 && c.proof != "" {
		names = append(names, cellsOf(c.proof))
	}
	return names
}

// proveWidth writes the bounds of all programmes, the data network, and the proof of its count, and
// has them checked as a third person would.
func (c *optimumCmd) proveWidth(ctx context.Context) error {
	n, err := c.data.Network()
	if err != nil {
		return err
	}
	b := landscape.UnitBall(c.data.P)
	text, _, err := proveCount(ctx, n, b, cellsOf(c.proof), certificate.Options{})
	if err != nil {
		return err
	}
	if err := files.WriteBytes(c.beside(), text); err != nil {
		return err
	}
	var bounds bytes.Buffer
	if err := c.certified.WriteProof(&bounds); err != nil {
		return err
	}
	if err := files.WriteBytes(c.proof, bounds.Bytes()); err != nil {
		return err
	}
	_, err = landscape.CheckWidth(ctx, c.data, c.neurons, c.outputBias, bounds.Bytes(), text, cellsOf(c.proof))
	return err
}

// bound are the neurons that the proof shows to be on nowhere.
func (c *optimumCmd) bound() []int { return []int{c.data.N(), c.data.N() + 1} }

// writeModel writes a network as canonical text, unless the name is empty.
func (c *dataCmd) writeModel(flag, name string, m *landscape.Model) error {
	if name == "" {
		return nil
	}
	n, err := c.data.NetworkOf(m)
	if err == nil {
		err = files.Write(name, n.WriteCanonical)
	}
	return named(flag, err)
}

// bracketJSON is a bracket of fractions; the decimals are rounded outwards.
type bracketJSON struct {
	Lower        string `json:"lower"`
	Upper        string `json:"upper,omitempty"`
	LowerDecimal string `json:"lower_decimal"`
	UpperDecimal string `json:"upper_decimal,omitempty"`
	Gap          string `json:"gap,omitempty"`
}

func newBracketJSON(o *landscape.Optimum) bracketJSON {
	j := bracketJSON{Lower: o.Lower.RatString(), LowerDecimal: outward(o.Lower, false)}
	if o.Upper != nil {
		j.Upper, j.UpperDecimal, j.Gap = o.Upper.RatString(), outward(o.Upper, true), tables.Decimal(o.Gap(), 2, true)
	}
	return j
}

// boundDigits is the number of digits of a bound.
const boundDigits = 13

// outward rounds a bound to a decimal, up or down.
func outward(v *big.Rat, up bool) string { return tables.Decimal(v, boundDigits, up) }

// decayedJSON is the answer of optimum --decay.
type decayedJSON struct {
	Data    dataJSON    `json:"data"`
	Decay   string      `json:"decay"`
	Optimum bracketJSON `json:"optimum"`
	Neurons int         `json:"neurons"`
	Net     string      `json:"net,omitempty"`
	Limit   float64     `json:"dual_limit"`
	Proof   string      `json:"proof,omitempty"`
	Beside  string      `json:"proof_net,omitempty"`
	NeverOn []int       `json:"never_on,omitempty"`
	Seconds float64     `json:"seconds"`
}

// wideJSON is the answer of optimum --neurons; the risk is a fraction.
type wideJSON struct {
	Data       dataJSON `json:"data"`
	Neurons    int      `json:"neurons"`
	Programmes string   `json:"programmes"`
	Risk       string   `json:"risk"`
	Decimal    string   `json:"risk_decimal"`
	Cells      string   `json:"cells"`
	// Of --certify: the least risk of all networks of the width.
	Least   string  `json:"least,omitempty"`
	Lower   string  `json:"least_decimal,omitempty"` // rounded down
	Bounds  int     `json:"bounds,omitempty"`
	Solved  *int64  `json:"solved_in_fractions,omitempty"`
	Proof   string  `json:"proof,omitempty"`
	Net     string  `json:"net,omitempty"`
	Seconds float64 `json:"seconds"`
}

func (c *optimumCmd) printWide(cmd *cobra.Command) error {
	took, w := c.took(), c.wide
	j := wideJSON{Data: c.json(), Neurons: c.neurons, Programmes: w.Programmes.String(), Risk: w.Risk.RatString(), Decimal: outward(w.Risk, true), Cells: w.Cells, Net: c.out, Seconds: took.Seconds()}
	if p := c.certified; p != nil {
		j.Least, j.Lower, j.Bounds, j.Solved, j.Proof = p.Least.RatString(), outward(p.Least, false), p.Bounds(), &p.Solved, c.proof
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		c.text(f)
		f.line("Neurons", "%d, no decay", c.neurons)
		if p := c.certified; p != nil {
			least := "between " + j.Lower + " and " + j.Decimal
			if j.Lower == j.Decimal {
				least = j.Lower
			}
			f.line("Least", "%s, over all networks of the width", least)
			f.line("", "exactly %s", short(p.Least))
			f.line("", "%s programmes by %s, %s of them solved in fractions", tables.Grouped(w.Programmes), tables.Numbered(int64(p.Bounds()), "bound"), tables.GroupedInt(p.Solved))
		} else {
			f.line("Least", "risk %s, exactly that of the network", j.Decimal)
			f.line("", "of %s programmes in floats; that none is lower is not proved: --certify does", tables.Grouped(w.Programmes))
		}
		f.line("Cells", "%s", w.Cells)
		f.written(c.out)
		if c.proof != "" {
			f.line("Proof", "%s, verified", c.proof)
			f.line("", "relucell landscape check %s %s --neurons %d%s", c.path, c.proof, c.neurons, c.again())
		}
		f.line("Time", "%v", rounded(took))
	})
}

// again are the flags of a check that are those of the search.
func (c *optimumCmd) again() (flags string) {
	if c.out != "" {
		flags += " --net " + c.out
	}
	if c.outputBias {
		flags += " --output-bias"
	}
	if c.noBias {
		flags += " --no-bias"
	}
	return flags
}

func (c *optimumCmd) print(cmd *cobra.Command) error {
	if c.wide != nil {
		return c.printWide(cmd)
	}
	took, o := c.took(), c.best
	j := decayedJSON{Data: c.json(), Decay: c.decay.RatString(), Optimum: newBracketJSON(o), Neurons: len(o.Model.W), Net: c.out, Limit: o.M, Proof: c.proof, Beside: c.beside(), Seconds: took.Seconds()}
	if c.proof != "" {
		j.NeverOn = c.bound()
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		c.text(f)
		f.line("Decay", "%s", c.decay.RatString())
		f.line("Optimum", "between %s and %s, over all widths", j.Optimum.LowerDecimal, j.Optimum.UpperDecimal)
		f.line("", "relative gap at most %s", j.Optimum.Gap)
		f.line("Network", "%s, exactly the upper end", tables.Numbered(int64(j.Neurons), "neuron"))
		f.written(c.out)
		if c.proof != "" {
			f.line("Proof", "%s, verified: %s on nowhere", c.proof, neuronsAre(j.NeverOn))
			f.line("", "relucell landscape check %s %s --decay %s%s", c.path, c.proof, c.decay.RatString(), c.again())
		}
		f.line("Time", "%v", rounded(took))
	})
}
