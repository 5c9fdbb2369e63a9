// The picture of the scaling study: above how many regions there are, below what one costs,
// against inputs, width, depth, radius and the number of regions itself.

package main

import (
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/files"
)

const (
	pictureWidth  = 14 * vg.Inch
	pictureHeight = 6 * vg.Inch
)

// glyphs tell the norms apart once more.
var glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}}

// axes says how a study is shown.
var axes = []struct{ study, label string }{
	{"inputs", "inputs n, of n-12-12-2"}, {"width", "width w, of 3-w-w-2"}, {"depth", "layers of 16, 3 inputs"},
	{"radius", "radius, 4-16-16-2"}, {"", "regions, all studies"},
}

// drawScaling writes the picture in the format that the ending of path says.
func drawScaling(rows []scalingRow, path string) error {
	r := report{Scaling: rows}
	above, below := make([]*plot.Plot, len(axes)), make([]*plot.Plot, len(axes))
	for i, a := range axes {
		above[i], below[i] = chart.New(), chart.New()
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
		p.Y.Tick.Marker = chart.Decimals{Base: 10}
		p.X.Tick.Marker = ticksOf(axes[i%len(axes)].study)
		chart.AddGrid(p)
	}
	return files.Write(path, func(w io.Writer) error {
		return chart.Write(w, strings.TrimPrefix(filepath.Ext(path), "."), pictureWidth, pictureHeight, chart.Panels(vg.Points(6), above, below))
	})
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
	line.Color, line.Width = chart.Inks[k], vg.Points(1.4)
	points.Color, points.Shape, points.Radius = chart.Inks[k], glyphs[k], vg.Points(2.2)
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

// ticksOf returns the labels of a study's horizontal axis.
func ticksOf(name string) plot.Ticker {
	switch name {
	case "":
		return chart.Decimals{Base: 10}
	case "width":
		return chart.Doublings{}
	case "radius":
		return chart.Powers{}
	}
	return chart.Wholes{}
}
