package main

// landscape census and landscape spurious: the local minima of the loss surface.

import (
	"context"
	"errors"
	"math/big"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/landscape"
)

// mostNeurons is beyond what any search over products of cells ends for.
const mostNeurons = 32

func neuronsFlag(cmd *cobra.Command, to *int, usage string) {
	wholeFlag(cmd.Flags(), to, "neurons", "", usage, 1, mostNeurons)
}

type censusCmd struct {
	dataCmd
	neurons int
	census  *landscape.Census
	best    *landscape.Wide
}

func newCensusCmd() *cobra.Command {
	c := &censusCmd{}
	cmd := c.command(&cobra.Command{
		Use:   "census DATA",
		Short: "Find the local minima in all cells of the loss surface",
		Long: `census takes the risk Σ (f(x_i) − y_i)² of --neurons neurons, in fractions. A cell of its surface is a
pattern for each neuron, with the sign of its a_j: in it the risk is a convex quadratic, so all
differentiable local minima in a cell have one value. The census says which cells have any, and lists the
distinct values.

Beside them stands the least risk of a network that the search of "optimum --neurons" finds: the global
optimum may lie on a wall between cells, where the risk has a kink. A value above it is spurious.`,
		Example: `  relucell landscape census data.csv --neurons 2`,
	}, c.work, c.print)
	neuronsFlag(cmd, &c.neurons, "the number of neurons")
	return cmd
}

func (c *censusCmd) work(ctx context.Context) error {
	if c.neurons == 0 {
		return badInputf("--neurons: missing, expected the number of neurons")
	}
	cells, err := landscape.Patterns(ctx, c.data)
	if err != nil {
		return err
	}
	if c.census, err = landscape.TakeCensus(ctx, c.data, cells, c.neurons); err != nil {
		return err
	}
	c.best, err = landscape.Widest(ctx, c.data, cells, c.neurons, false)
	return err
}

type valueJSON struct {
	Risk     string `json:"risk"`
	Cells    int64  `json:"cells"`
	Spurious bool   `json:"spurious"`
	Cell     string `json:"cell"`
}

// censusJSON is the answer; all risks are fractions.
type censusJSON struct {
	Data     dataJSON `json:"data"`
	Neurons  int      `json:"neurons"`
	Patterns int      `json:"patterns"`
	// Surface counts the cells of the surface, Cells those with signs and in any order of neurons.
	Surface string      `json:"surface_cells"`
	Cells   string      `json:"cells"`
	Minimal int64       `json:"cells_with_minima"`
	Values  []valueJSON `json:"values"`
	Linear  string      `json:"linear_fit"`
	// Known is the least risk of a known network, the lowest minimum included.
	Known   string  `json:"least_known"`
	Seconds float64 `json:"seconds"`
}

// known is the least risk of a network that is known.
func (c *censusCmd) known() *big.Rat {
	if low := c.census.Values; len(low) > 0 && low[0].Risk.Cmp(c.best.Risk) < 0 {
		return low[0].Risk
	}
	return c.best.Risk
}

func (c *censusCmd) print(cmd *cobra.Command) error {
	took, s, known := c.took(), c.census, c.known()
	j := censusJSON{Data: c.json(), Neurons: s.Neurons, Patterns: s.Patterns, Surface: s.Surface.String(), Cells: s.Cells.String(), Minimal: s.Minimal,
		Values: []valueJSON{}, Linear: s.Linear.RatString(), Known: known.RatString(), Seconds: took.Seconds()}
	spurious := int64(0)
	for _, v := range s.Values {
		above := v.Risk.Cmp(known) > 0
		if above {
			spurious++
		}
		j.Values = append(j.Values, valueJSON{v.Risk.RatString(), v.Cells, above, v.Cell})
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		c.text(f)
		f.line("Surface", "%s cells of %s", tables.Grouped(s.Surface), tables.Numbered(int64(s.Neurons), "neuron"))
		f.line("", "%s cells with signs, neurons in any order", tables.Grouped(s.Cells))
		f.line("Minima", "in %s, %s; %s spurious", tables.Numbered(s.Minimal, "cell"), tables.Numbered(int64(len(s.Values)), "value"), tables.GroupedInt(spurious))
		f.line("Linear", "%s, the least risk of x ↦ v·x̃", short(s.Linear))
		f.line("Known", "%s, the least risk of a network found", short(known))
		f.line("Time", "%v", rounded(took))
		c.table(f, j.Values)
	})
}

// table lists the lowest values.
func (c *censusCmd) table(f *fields, values []valueJSON) {
	const most = 20
	t := tables.New(table.Row{"Risk", "", "Cells", "", "First cell"}, 4, 5)
	for k, v := range values {
		if k == most {
			t.AppendRow(table.Row{"…", "", len(values) - k, "more values", ""})
			break
		}
		word := "lowest known"
		if v.Spurious {
			word = "spurious"
		}
		risk := c.census.Values[k].Risk
		exact := risk.RatString()
		if len(exact) > maxShown {
			exact = ""
		}
		t.AppendRow(table.Row{nearest(risk), exact, v.Cells, word, files.Shorten(v.Cell)})
	}
	f.table(t)
}

type spuriousCmd struct {
	dataCmd
	neurons    int
	out, lower string
	found      *landscape.Spurious
}

func newSpuriousCmd() *cobra.Command {
	c := &spuriousCmd{}
	cmd := c.command(&cobra.Command{
		Use:   "spurious DATA",
		Short: "Construct a spurious local minimum, and verify it",
		Long: `spurious constructs a local minimum of the risk Σ (f(x_i) − y_i)² of --neurons neurons whose output has a
bias, after He, Wang and Tao: all neurons are on at all points, and the network is the least squares fit by
an affine function there. It verifies in fractions that all pre-activations are positive, that the normal
equations hold, that the risk is the same at five points of a valley without end, and that a network of as
many neurons has a lower risk.

The minimum is told in fractions (--format json), for least squares are no floats as a rule. --output gets
the nearest floats, whose risk is told too.`,
		Example: `  relucell landscape spurious data.csv --neurons 3 -o minimum.json --lower lower.json`,
	}, c.work, c.print)
	neuronsFlag(cmd, &c.neurons, "the number of neurons")
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "write the minimum, rounded to floats, to this `FILE` (.json)")
	cmd.Flags().StringVar(&c.lower, "lower", "", "write the network of the lower risk to this `FILE` (.json)")
	return cmd
}

func (c *spuriousCmd) work(ctx context.Context) error {
	if c.neurons == 0 {
		return badInputf("--neurons: missing, expected the number of neurons")
	}
	for _, f := range [][2]string{{"output", c.out}, {"lower", c.lower}} {
		if err := c.checkFile(f[0], f[1]); err != nil {
			return err
		}
	}
	if c.out != "" && c.lower != "" && files.Same(c.out, c.lower) {
		return badInputf("--lower: %s is the file of --output too, expected another", c.lower)
	}
	cells, err := landscape.Patterns(ctx, c.data)
	if err != nil {
		return err
	}
	if c.found, err = landscape.FindSpurious(ctx, c.data, cells, c.neurons); err != nil {
		if errors.Is(err, landscape.ErrNotSpurious) || ctx.Err() != nil {
			return err
		}
		return badInputf("%s: %w", c.path, err)
	}
	if err := c.writeModel("output", c.out, c.found.Rounded); err != nil {
		return err
	}
	return c.writeModel("lower", c.lower, c.found.Lower)
}

// spuriousJSON is the answer; all numbers are fractions.
type spuriousJSON struct {
	Data    dataJSON   `json:"data"`
	Neurons int        `json:"neurons"`
	Risk    string     `json:"risk"`
	W       [][]string `json:"weights"` // the bias last
	A       []string   `json:"outputs"`
	Out     string     `json:"output_bias"`
	Valley  int        `json:"valley_points"`
	Rounded string     `json:"rounded_risk"`
	Lower   string     `json:"lower_risk"`
	Seconds float64    `json:"seconds"`
}

func (c *spuriousCmd) print(cmd *cobra.Command) error {
	took, s := c.took(), c.found
	j := spuriousJSON{Data: c.json(), Neurons: c.neurons, Risk: s.Risk.RatString(), W: each(s.W, fractions), A: fractions(s.A), Out: s.Out.RatString(), Valley: len(s.Valley),
		Rounded: s.RoundedRisk.RatString(), Lower: s.LowerRisk.RatString(), Seconds: took.Seconds()}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		c.text(f)
		f.line("Minimum", "risk %s, %s", short(s.Risk), tables.Numbered(int64(c.neurons), "neuron"))
		f.line("", "local: all neurons are on at all points, the normal equations hold, in fractions")
		f.line("", "level at %d more points of its valley", len(s.Valley))
		if c.out != "" {
			f.line("Written", "%s, in floats: risk %s", c.out, short(s.RoundedRisk))
		}
		f.line("Lower", "risk %s, %s", short(s.LowerRisk), tables.Numbered(int64(c.neurons), "neuron"))
		f.written(c.lower)
		f.line("Time", "%v", rounded(took))
	})
}
