// The picture of the scaling study: above how many regions there are, below what one costs,
// against inputs, width, depth, radius and the number of regions itself.

package main

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	pictureWidth  = 14 * vg.Inch
	pictureHeight = 6 * vg.Inch
)

// inks are three of Okabe and Ito's colours (2008), told apart by colour-blind readers; glyphs tell
// the norms apart once more.
var (
	inks   = []color.Color{color.RGBA{0, 114, 178, 255}, color.RGBA{213, 94, 0, 255}, color.RGBA{0, 158, 115, 255}}
	glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}}
)

// axes says how a study is shown.
var axes = []struct{ study, label string }{
	{"inputs", "inputs n, of n-12-12-2"}, {"width", "width w, of 3-w-w-2"}, {"depth", "layers of 16, 3 inputs"},
	{"radius", "radius, 4-16-16-2"}, {"", "regions, all studies"},
}

// drawScaling writes the picture in the format that the ending of path says.
func drawScaling(rows []scalingRow, path string) (err error) {
	r := report{Scaling: rows}
	above, below := make([]*plot.Plot, len(axes)), make([]*plot.Plot, len(axes))
	for i, a := range axes {
		above[i], below[i] = plot.New(), plot.New()
		below[i].X.Label.Text = a.label
		for k, norm := range scalingNorms {
			of := []func(scalingRow) float64{scalingRow.regions, scalingRow.passes}
			if a.study == "" {
				of[0] = func(s scalingRow) float64 { return s.Seconds }
			}
			for row, p := range []*plot.Plot{above[i], below[i]} {
				if err := r.add(p, a.study, norm.String(), k, of[row], i == 0 && row == 0); err != nil {
					return err
				}
			}
		}
	}
	above[0].Y.Label.Text, below[0].Y.Label.Text = "regions", "forward passes a region"
	above[len(axes)-1].Y.Label.Text = "seconds"
	level(above[:len(axes)-1])
	level(below)
	for i, p := range slices.Concat(above, below) {
		p.X.Max += (p.X.Max - p.X.Min) / 50 // room for half a glyph
		p.Y.Tick.Marker = decades{}
		p.X.Tick.Marker = ticksOf(axes[i%len(axes)].study)
		grid := plotter.NewGrid()
		grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{240}
		p.Add(grid)
	}
	return save([][]*plot.Plot{above, below}, path)
}

// add draws one norm into a panel, in powers of ten upward: a line of means, or for the
// panel of all studies the counts themselves.
func (r report) add(p *plot.Plot, name, norm string, k int, of func(scalingRow) float64, legend bool) error {
	var xy plotter.XYs
	for _, s := range r.Scaling {
		if s.Norm != norm || name != "" && s.Study != name {
			continue
		}
		x, y := math.Log10(s.regions()), math.Log10(of(s))
		if name != "" {
			x, y = s.X, math.Log10(r.mean(name, s.X, norm, of))
			if name == "width" {
				x = math.Log2(x)
			}
		}
		xy = append(xy, plotter.XY{X: x, Y: y})
	}
	if len(xy) == 0 {
		return nil
	}
	xy = slices.Compact(xy)
	line, points, err := plotter.NewLinePoints(xy)
	if err != nil {
		return err
	}
	line.Color, line.Width = inks[k], vg.Points(1.4)
	points.Color, points.Shape, points.Radius = inks[k], glyphs[k], vg.Points(2.2)
	if name == "" {
		points.Radius = vg.Points(1.5)
		p.Add(points)
		return nil
	}
	p.Add(line, points)
	if legend {
		p.Legend.Add(norm, line, points)
		p.Legend.Top, p.Legend.Left = true, true
	}
	return nil
}

// level gives the panels one vertical axis.
func level(panels []*plot.Plot) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range panels {
		low, high = min(low, p.Y.Min), max(high, p.Y.Max)
	}
	for _, p := range panels {
		p.Y.Min, p.Y.Max = low, high
	}
}

func save(panels [][]*plot.Plot, path string) (err error) {
	c, err := draw.NewFormattedCanvas(pictureWidth, pictureHeight, strings.TrimPrefix(filepath.Ext(path), "."))
	if err != nil {
		return err
	}
	canvas := draw.New(c)
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	tiles := draw.Tiles{Rows: len(panels), Cols: len(panels[0]), PadX: vg.Points(10), PadY: vg.Points(10),
		PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(6), PadRight: vg.Points(12)}
	for i, row := range plot.Align(panels, tiles, canvas) {
		for j, at := range row {
			panels[i][j].Draw(at)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = c.WriteTo(f)
	return err
}

// ticksOf returns the labels of a study's horizontal axis.
func ticksOf(name string) plot.Ticker {
	switch name {
	case "":
		return decades{}
	case "width", "radius":
		return doublings{name == "radius"}
	}
	return wholes{}
}

// decades labels an axis of exponents to base ten, and where it spans little, 2 and 5 between.
type decades struct{}

func (decades) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for e := math.Floor(low); e <= math.Ceil(high); e++ {
		for _, m := range []float64{1, 2, 5} {
			v := e + math.Log10(m)
			if v < low || v > high {
				continue
			}
			label := ""
			if m == 1 || high-low < 2.5 {
				label = fmt.Sprintf("%.4g", m*math.Pow10(int(e)))
			}
			if m == 1 && (e > 3 || e < -3) {
				label = fmt.Sprintf("1e%v", e)
			}
			if label != "" {
				ticks = append(ticks, plot.Tick{Value: v, Label: label})
			}
		}
	}
	return ticks
}

// doublings labels an axis of exponents to base two, as powers or as numbers.
type doublings struct{ powers bool }

func (d doublings) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	step := math.Ceil((high - low) / 6)
	for e := math.Ceil(low); e <= high; e += step {
		label := fmt.Sprintf("2^%v", e)
		if !d.powers {
			label = fmt.Sprint(math.Exp2(e))
		}
		ticks = append(ticks, plot.Tick{Value: e, Label: label})
	}
	return ticks
}

// wholes labels whole numbers.
type wholes struct{}

func (wholes) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for v := math.Ceil(low); v <= high; v++ {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprint(v)})
	}
	return ticks
}
