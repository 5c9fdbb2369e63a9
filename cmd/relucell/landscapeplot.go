package main

// landscape plot: a picture of a loss surface over two weights.

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/landscape"
)

type surfaceCmd struct {
	dataCmd
	out, box, sign string
	surface        *landscape.Surface
}

func newSurfaceCmd() *cobra.Command {
	c := &surfaceCmd{}
	cmd := c.command(&cobra.Command{
		Use:   "plot DATA -o FILE",
		Short: "Draw a loss surface over two weights, with its cells and minima",
		Long: `plot draws the risk Σ (f(x_i) − y_i)² over the two weights w of one neuron f(x) = ±relu(w·(x, 1)): points
of one coordinate, or of two with --no-bias. The picture has the risk's levels, the walls between cells,
and all local minima, found in fractions: inside cells, on walls, and at 0. They are listed too.`,
		Example: `  relucell landscape plot data.csv -o surface.svg
  relucell landscape plot data.csv -o surface.png --sign=- --box=-2:2,-1:3`,
	}, c.work, c.print)
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "the picture: the name of a `FILE` that ends in .svg, .png or .pdf")
	cmd.Flags().StringVar(&c.box, "box", "", "the weights to show, `LO:HI` for each, as in -2:2,-1:3 (default around all minima)")
	choiceFlag(cmd, &c.sign, "sign", "sign of the neuron's output", "+", "-")
	return cmd
}

func (c *surfaceCmd) work(ctx context.Context) (err error) {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(c.out)), ".")
	if !slices.Contains(landscape.Formats, format) {
		return badInputf("--output: %q, expected a file name that ends in .svg, .png or .pdf", c.out)
	}
	if err := c.checkFile("output", c.out); err != nil {
		return err
	}
	if c.data.P != 2 {
		return badInputf("%s: neurons of %d weights, expected 2 for a picture: points of one coordinate, or of two with --no-bias", c.path, c.data.P)
	}
	if c.surface, err = landscape.SurfaceOf(ctx, c.data, map[string]int{"+": 1, "-": -1}[c.sign]); err != nil {
		return err
	}
	win := c.surface.Window()
	if c.box != "" {
		b, err := ball.ParseBox(c.box, 2)
		if err != nil {
			return badInput(named("box", err))
		}
		for k, side := range []*[2]float64{&win.X, &win.Y} {
			*side = [2]float64{b.Lo()[k], b.Hi()[k]}
		}
	}
	return files.Write(c.out, func(w io.Writer) error {
		return c.surface.Draw(w, format, win, filepath.Base(c.path))
	})
}

type minimumJSON struct {
	W      []string `json:"w"`
	Risk   string   `json:"risk"`
	Place  string   `json:"place"`
	Lowest bool     `json:"lowest"`
}

type surfaceJSON struct {
	Data    dataJSON      `json:"data"`
	Sign    string        `json:"sign"`
	Cells   int           `json:"cells"`
	Minima  []minimumJSON `json:"minima"`
	Plateau string        `json:"plateau"`
	Picture string        `json:"picture"`
	Seconds float64       `json:"seconds"`
}

func (c *surfaceCmd) print(cmd *cobra.Command) error {
	took, s := c.took(), c.surface
	j := surfaceJSON{c.json(), c.sign, len(s.Cells), []minimumJSON{}, s.Plateau.RatString(), c.out, took.Seconds()}
	for _, m := range s.Minima {
		j.Minima = append(j.Minima, minimumJSON{fractions(m.W[:]), m.Risk.RatString(), m.Place.String(), m.Lowest})
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		c.text(f)
		f.line("Surface", "%s, a = %s1", tables.Numbered(int64(len(s.Cells)), "cell"), c.sign)
		f.line("Minima", "%d, exact; where the neuron is off, %s", len(s.Minima), short(s.Plateau))
		f.written(c.out)
		f.line("Time", "%v", rounded(took))
		if len(s.Minima) == 0 {
			return
		}
		t := tables.New(table.Row{"w", "Risk", "Place", ""}, 1, 3, 4)
		for _, m := range s.Minima {
			word := ""
			if m.Lowest {
				word = "lowest"
			}
			t.AppendRow(table.Row{floats(asFloats(m.W[:])), nearest(m.Risk), m.Place, word})
		}
		f.table(t)
	})
}
