// The legend: every colour, line and dot that a picture has, and none that it
// has not.

//go:build !js

package plot

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	gplot "gonum.org/v1/plot"
	gtext "gonum.org/v1/plot/text"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/chart"
)

// makeLegend names every colour that the picture has.
func (d *drawing) makeLegend() gplot.Legend {
	l := gplot.NewLegend()
	l.Left, l.Top = true, true
	l.TextStyle = gtext.Style{Color: text, Font: d.u.sans(9), Handler: gplot.DefaultTextHandler}
	l.ThumbnailWidth, l.Padding = d.u.of(16), d.u.of(5)
	for _, s := range d.f.legend {
		l.Add(s.name, block(s.colours))
	}
	d.legendOfBoundaries(&l)
	l.Add(d.m.Ball.Norm().String()+ballWord(d.m.Ball), stroke{ballInk, d.u.of(ballWidth)})
	if k := d.m.Slivers(); k > 0 {
		l.Add(plural(k, "region")+" too thin to fill", spot{text, d.u.of(sliverDot)})
	}
	if d.opt.Points != nil {
		d.legendOfPoints(&l)
	}
	return l
}

func ballWord(b ball.Ball) string {
	if b.Norm() == ball.Box {
		return ""
	}
	return " ball"
}

// legendLine is the least width of a line in the legend, however thin it is in the picture.
const legendLine = vg.Length(0.8)

func (d *drawing) legendOfBoundaries(l *gplot.Legend) {
	used := make([]bool, len(d.m.Net.Hidden()))
	for _, r := range d.m.Regions {
		for _, v := range r.Vertices {
			if v.Neuron != fromBall {
				used[d.m.layerOf[v.Neuron]] = true
			}
		}
	}
	for layer, u := range used {
		if !u {
			continue
		}
		if d.quiet() {
			l.Add("boundary", stroke{quiet, max(d.lineWidth(0), d.u.of(legendLine))})
			return
		}
		l.Add(fmt.Sprintf("boundary, layer %d", layer), stroke{d.ink(layer), max(2*d.lineWidth(layer), d.u.of(legendLine))})
	}
}

// widestName is how wide the name of a class may be: a third of the picture.
const widestName = vg.Length(DefaultWidth*pointsPerUnit) / 3

func (d *drawing) legendOfPoints(l *gplot.Legend) {
	p := d.opt.Points
	shown, outside := make([]int, max(len(p.Classes), 1)), 0
	for i, x := range p.X {
		y := d.m.pointAt(x)
		if max(math.Abs(y[0]), math.Abs(y[1])) > 1+margin {
			outside++
			continue
		}
		shown[p.class(i)]++
	}
	for k, n := range shown {
		name := ""
		if p.Class != nil {
			name = " of class " + p.Classes[k]
		}
		if n > 0 {
			words := strings.ReplaceAll(plural(n, "point")+name, "\n", " ")
			l.Add(chart.Fit(words, l.TextStyle, d.u.of(widestName)), spot{p.ink(k), d.u.of(dot)})
		}
	}
	if outside > 0 {
		l.Add(plural(outside, "point")+" outside the picture", spot{})
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// block, stroke and spot are what stands beside a legend's words.
type block []color.NRGBA

func (b block) Thumbnail(c *draw.Canvas) {
	step := c.Size().X / vg.Length(len(b))
	for k, colour := range b {
		r := c.Rectangle
		r.Min.X += vg.Length(k) * step
		r.Max.X = r.Min.X + step
		c.SetColor(colour)
		c.Fill(r.Path())
	}
}

type stroke struct {
	ink   color.NRGBA
	width vg.Length
}

func (s stroke) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	c.SetColor(s.ink)
	c.SetLineWidth(s.width)
	c.Stroke(vg.Path{{Type: vg.MoveComp, Pos: vg.Point{X: c.Min.X, Y: y}}, {Type: vg.LineComp, Pos: vg.Point{X: c.Max.X, Y: y}}})
}

type spot struct {
	ink color.NRGBA
	r   vg.Length
}

func (s spot) Thumbnail(c *draw.Canvas) {
	if s.r > 0 {
		c.SetColor(s.ink)
		c.Fill(circle(nil, c.Center(), s.r))
	}
}
