package reach

// Pictures: polygons in the plane of two outputs, or of two inputs, rounded to floats.

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"io"
	"math/big"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/dyadic"
)

// Ink says what a polygon of a picture is.
type Ink uint8

const (
	// Cell is a region, or its image: they are drawn in pale inks by turns.
	Cell Ink = iota
	// Unsafe is a part that satisfies a query.
	Unsafe
)

// Formats are the formats that [Picture.Write] knows.
var Formats = append(slices.Clone(chart.Formats), "html")

// size is the width and the height of a picture.
const size = 20 * vg.Centimeter

// margin keeps the labels at the ends of the axes within the picture.
const margin = 4 * vg.Millimeter

// Picture is a set of convex polygons, those added later on top.
type Picture struct {
	// Title is above it, X and Y are the labels of the axes.
	Title, X, Y string
	plot        *plot.Plot
	cells       int
	all         [][2]*big.Rat // a hull of what was added
}

// Add adds the convex hull of points.
func (p *Picture) Add(points [][2]*big.Rat, ink Ink) error {
	hull := Hull(points)
	p.all = Hull(append(p.all, hull...))
	xy := make(plotter.XYs, len(hull))
	for k, v := range hull {
		xy[k].X, _ = dyadic.FromRat(v[0])
		xy[k].Y, _ = dyadic.FromRat(v[1])
	}
	fill := pale(chart.Inks[p.cells%len(chart.Inks)])
	if ink == Unsafe {
		fill = chart.Inks[1]
	} else {
		p.cells++
	}
	if len(xy) == 1 { // a line from a point to itself is nothing
		dot, err := plotter.NewScatter(xy)
		if err != nil {
			return fmt.Errorf("a picture of what floats do not hold: %w", err)
		}
		dot.GlyphStyle = draw.GlyphStyle{Color: chart.Inks[0], Radius: vg.Points(2.5), Shape: draw.CircleGlyph{}}
		p.panel().Add(dot)
		return nil
	}
	if len(xy) == 2 {
		line, err := plotter.NewLine(xy)
		if err != nil {
			return fmt.Errorf("a picture of what floats do not hold: %w", err)
		}
		line.Color, line.Width = chart.Inks[0], vg.Points(1.5)
		p.panel().Add(line)
		return nil
	}
	polygon, err := plotter.NewPolygon(xy)
	if err != nil {
		return fmt.Errorf("a picture of what floats do not hold: %w", err)
	}
	polygon.Color, polygon.LineStyle.Width, polygon.LineStyle.Color = fill, vg.Points(0.3), color.NRGBA{A: 0x80}
	p.panel().Add(polygon)
	return nil
}

// panel returns what is drawn on.
func (p *Picture) panel() *plot.Plot {
	if p.plot == nil {
		p.plot = chart.New()
		p.plot.Title.Padding = margin / 2
		p.plot.Title.TextStyle.Handler = chart.Spaced{Handler: p.plot.Title.TextStyle.Handler}
		p.plot.X.Tick.Marker, p.plot.Y.Tick.Marker = chart.Linear{}, chart.Linear{}
	}
	return p.plot
}

// page is the page around the svg, which is no wider than a window.
const page = `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>%s</title>
<style>svg { max-width: 100%%; height: auto; }</style>
%s</html>
`

// pale lets what is below shine through.
func pale(c color.NRGBA) color.NRGBA { c.A = 0x60; return c }

// Hull returns the convex hull of all that was added.
func (p *Picture) Hull() [][2]*big.Rat { return p.all }

// Write writes the picture as svg, png, pdf or html, a page with the svg in it.
func (p *Picture) Write(w io.Writer, format string) error {
	panel := p.panel()
	panel.Title.Text, panel.X.Label.Text, panel.Y.Label.Text = p.Title, p.X, p.Y
	drawing := chart.Panels(margin, []*plot.Plot{panel})
	if format != "html" {
		return chart.Write(w, format, size, size, drawing)
	}
	var svg bytes.Buffer
	if err := chart.Write(&svg, "svg", size, size, drawing); err != nil {
		return err
	}
	text := svg.Bytes()
	if i := bytes.Index(text, []byte("<svg")); i > 0 { // the page has a declaration of its own
		text = text[i:]
	}
	_, err := fmt.Fprintf(w, page, html.EscapeString(strings.ReplaceAll(p.Title, "\n", ": ")), text)
	return err
}
