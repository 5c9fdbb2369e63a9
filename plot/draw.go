// The picture: fills, boundaries, slivers, the ball, points, axes, legend and
// title, laid out so that both inputs have the same scale.

//go:build !js

package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	gplot "gonum.org/v1/plot"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/chart"
)

// Options says how to draw. The zero value draws by pattern, 800 pixels wide.
type Options struct {
	// Name is what the title calls the network.
	Name string
	Fill Fill
	// Points are drawn on top. They have two coordinates.
	Points *Points
	// Width is in pixels (of 1/96 inch); 0 means 800.
	Width int
	// Inputs are the labels of the axes; empty means x0 and x1.
	Inputs [2]string
}

const (
	// DefaultWidth is the width of a picture in pixels.
	DefaultWidth  = 800
	pointsPerUnit = 72.0 / 96 // of a pixel
	// margin is the space around the ball, relative to its half-width.
	margin = 0.04
	// tallest and flattest bound height ÷ width of the picture.
	tallest, flattest = 1.5, 0.3
)

// unit is the length of a point in a picture of the default width: pictures of
// other widths are the same, larger or smaller.
type unit vg.Length

func (u unit) of(points vg.Length) vg.Length { return points * vg.Length(u) }

func (u unit) sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: u.of(size)}
}

// Picture is a map that is laid out and ready to be written.
type Picture struct {
	u      unit
	plot   *gplot.Plot
	legend gplot.Legend
	w, h   vg.Length
	column vg.Length // width of the legend's column
	// subtitle is the title's second line, set apart: gonum's lines touch.
	subtitle string
}

// Draw lays the map out. It is an error if an option is not one of those that it may be.
func (m *Map) Draw(opt Options) (*Picture, error) {
	f, err := m.fill(opt.Fill)
	if err != nil {
		return nil, err
	}
	if err := opt.check(); err != nil {
		return nil, err
	}
	if opt.Width == 0 {
		opt.Width = DefaultWidth
	}
	u := unit(float64(opt.Width) / DefaultWidth)
	d := &drawing{m: m, f: f, opt: opt, axes: m.axes(opt.inputs()), u: u}
	p := &Picture{u: u, plot: gplot.New(), w: vg.Length(opt.Width) * pointsPerUnit}
	var title string
	title, p.subtitle = m.title(opt)
	p.style(title, d.axes)
	p.legend = d.makeLegend()
	p.column = p.legend.Rectangle(draw.Canvas{}).Size().X + u.of(legendGap)
	p.plot.Add(d)
	p.layOut()
	return p, nil
}

func (o Options) check() error {
	if o.Points != nil && len(o.Points.X) > 0 && len(o.Points.X[0]) != 2 {
		return fmt.Errorf("points of %d coordinates, expected 2", len(o.Points.X[0]))
	}
	return nil
}

func (o Options) inputs() [2]string {
	if o.Inputs == [2]string{} {
		return [2]string{"x0", "x1"}
	}
	return o.Inputs
}

// title names the network, and below it ball and count.
func (m *Map) title(opt Options) (string, string) {
	net := m.Net.Widths()
	if opt.Name != "" {
		net = opt.Name + " (" + net + ")"
	}
	return net, ballName(m.Ball) + ": " + plural(len(m.Regions), "activation region")
}

func ballName(b ball.Ball) string {
	g := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	if b.Norm() == ball.Box {
		return fmt.Sprintf("box [%s, %s] × [%s, %s]", g(b.Lo()[0]), g(b.Hi()[0]), g(b.Lo()[1]), g(b.Hi()[1]))
	}
	return fmt.Sprintf("%s ball, centre (%s, %s), radius %s", b.Norm(), g(b.Center()[0]), g(b.Center()[1]), g(b.Radius()))
}

func (p *Picture) style(title string, axes [2]axis) {
	p.plot.Title.Text = title
	p.plot.Title.Padding = p.u.of(10 + subtitleDrop)
	p.plot.Title.TextStyle.Font = p.u.sans(11)
	p.plot.Title.TextStyle.Color = text
	for k, a := range []*gplot.Axis{&p.plot.X, &p.plot.Y} {
		reach := axes[k].stretch * (1 + margin)
		a.Min, a.Max = -reach, reach
		a.Padding = 0
		a.Label.Text = axes[k].label
		a.Label.TextStyle.Font = p.u.sans(10)
		a.Tick.Label.Font = p.u.sans(9)
		a.Tick.Marker = axes[k]
		a.LineStyle.Width, a.Tick.LineStyle.Width, a.Tick.Length = p.u.of(0.5), p.u.of(0.5), p.u.of(6)
		a.Label.TextStyle.Color, a.Tick.Label.Color = text, text
		a.LineStyle.Color, a.Tick.LineStyle.Color = text, text
	}
}

// subtitleDrop is how far the second line of the title lies below the first.
const subtitleDrop = vg.Length(15)

// border is the space around the whole picture; legendGap the one beside the legend.
const border, legendGap = vg.Length(8), vg.Length(14)

// layOut chooses the height such that a unit is as long on both axes; where
// that would be too tall or too flat, the shorter axis shows more around the ball.
func (p *Picture) layOut() {
	ratio := (p.plot.Y.Max - p.plot.Y.Min) / (p.plot.X.Max - p.plot.X.Min)
	p.h = p.w
	for range 2 { // the ticks, and so their width, may depend on the height
		size := p.plot.DataCanvas(p.main(draw.Canvas{})).Size()
		p.h += vg.Length(ratio)*size.X - size.Y
	}
	p.h = max(flattest*p.w, min(p.h, tallest*p.w), p.legendHeight())
	for range 10 { // as above
		size := p.plot.DataCanvas(p.main(draw.Canvas{})).Size()
		x, y := &p.plot.X, &p.plot.Y
		if grow := float64(size.Y/size.X) * (x.Max - x.Min) / (y.Max - y.Min); grow > 1 {
			y.Min, y.Max = y.Min*grow, y.Max*grow
		} else {
			x.Min, x.Max = x.Min/grow, x.Max/grow
		}
	}
}

func (p *Picture) legendHeight() vg.Length {
	return p.legend.Rectangle(draw.Canvas{}).Size().Y + p.u.of(40+2*border)
}

// main is the part of the canvas left of the legend.
func (p *Picture) main(c draw.Canvas) draw.Canvas {
	c.Rectangle = vg.Rectangle{Max: vg.Point{X: p.w, Y: p.h}}
	return draw.Crop(c, p.u.of(border), -p.u.of(border)-p.column, p.u.of(border), -p.u.of(border))
}

func (p *Picture) draw(c draw.Canvas) {
	c.SetColor(paper)
	c.Fill(vg.Rectangle{Max: vg.Point{X: p.w, Y: p.h}}.Path())
	p.plot.BackgroundColor = nil
	main := p.main(c)
	title, style := &p.plot.Title, p.plot.Title.TextStyle
	title.Text = chart.Fit(title.Text, style, main.Size().X)
	p.plot.Draw(main)
	c.FillText(style, vg.Point{X: main.Center().X, Y: main.Max.Y + style.FontExtents().Descent - p.u.of(subtitleDrop)}, chart.Fit(p.subtitle, style, main.Size().X))
	data := p.plot.DataCanvas(main)
	p.legend.Draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: p.w - p.u.of(border) - p.column + p.u.of(legendGap), Y: p.u.of(border)},
		Max: vg.Point{X: p.w - p.u.of(border), Y: data.Max.Y},
	}})
}

// drawing is the plotter of the map.
type drawing struct {
	m    *Map
	f    filling
	opt  Options
	axes [2]axis
	u    unit
}

// lineWidth thins boundaries out as regions get many; those of the first layer are wider.
func (d *drawing) lineWidth(layer int) vg.Length {
	const plenty = 400 // regions, in a picture of the default width
	w := 0.9 * min(1, math.Sqrt(plenty/float64(len(d.m.Regions))))
	if layer > 0 {
		w *= 0.7
	}
	return d.u.of(vg.Length(max(w, 0.08)))
}

func (d *drawing) ink(layer int) color.NRGBA {
	if d.quiet() {
		return quiet
	}
	return inks[layer%len(inks)]
}

// quiet says that one faint ink serves all boundaries.
func (d *drawing) quiet() bool { return d.opt.Fill == ByGradient || d.opt.Fill == ByClass }

// Plot draws the map: it is gonum's Plotter.
func (d *drawing) Plot(c draw.Canvas, p *gplot.Plot) {
	trX, trY := p.Transforms(&c)
	s := sheet{c: c, at: func(y [2]float64) vg.Point {
		return vg.Point{X: trX(y[0] * d.axes[0].stretch), Y: trY(y[1] * d.axes[1].stretch)}
	}}
	outline := s.path(nil, unitCell(d.m.Ball.Norm()))
	// Under the fills, so that hairlines between them do not show white.
	c.SetColor(mix(d.f.colours[0], d.f.colours[len(d.f.colours)/2], 0.5))
	c.Fill(outline)
	parts := make([]int, len(d.f.colours))
	for _, q := range d.f.pieces {
		parts[q.colour] += len(q.cell) + 1
	}
	byColour := paths(parts)
	for _, q := range d.f.pieces {
		byColour[q.colour] = s.path(byColour[q.colour], q.cell)
	}
	for k, path := range byColour {
		if len(path) > 0 {
			c.SetColor(d.f.colours[k])
			c.Fill(path)
		}
	}
	d.boundaries(s)
	d.slivers(s)
	c.SetColor(ballInk)
	c.SetLineWidth(d.u.of(ballWidth))
	c.Stroke(outline)
	d.points(s)
}

// sides calls f for each boundary of two regions once: that of the region on the minus side.
func (d *drawing) sides(f func(layer int, from, to [2]float64)) {
	for _, r := range d.m.Regions {
		for e, v := range r.Vertices {
			if v.Neuron != fromBall && r.Pattern[v.Neuron] <= 0 {
				f(d.m.layerOf[v.Neuron], v.Y, r.Vertices[(e+1)%len(r.Vertices)].Y)
			}
		}
	}
}

// boundaries draws later layers first.
func (d *drawing) boundaries(s sheet) {
	parts := make([]int, len(d.m.Net.Hidden()))
	d.sides(func(layer int, _, _ [2]float64) { parts[layer] += 2 })
	byLayer := paths(parts)
	d.sides(func(layer int, from, to [2]float64) {
		byLayer[layer].Move(s.at(from))
		byLayer[layer].Line(s.at(to))
	})
	for l, path := range slices.Backward(byLayer) {
		if len(path) > 0 {
			s.c.SetColor(d.ink(l))
			s.c.SetLineWidth(d.lineWidth(l))
			s.c.Stroke(path)
		}
	}
}

// paths makes empty paths with room for so many parts each: a path of a million parts that grows
// is copied again and again.
func paths(parts []int) []vg.Path {
	p := make([]vg.Path, len(parts))
	for k, n := range parts {
		p[k] = make(vg.Path, 0, n)
	}
	return p
}

const ballWidth = vg.Length(2)

// dot is the radius of a point, halo the paper around it; sliverDot is that of a region too thin to
// fill.
const dot, halo, sliverDot = vg.Length(2.2), vg.Length(0.7), vg.Length(1)

func (d *drawing) slivers(s sheet) {
	var dots vg.Path
	for _, r := range d.m.Regions {
		if len(r.Vertices) == 0 {
			dots = circle(dots, s.at(r.Witness), d.u.of(sliverDot))
		}
	}
	s.c.SetColor(text)
	s.c.Fill(dots)
}

func (d *drawing) points(s sheet) {
	if d.opt.Points == nil {
		return
	}
	p := d.opt.Points
	var halos vg.Path
	dots := make([]vg.Path, max(len(p.Classes), 1))
	for i := range p.X {
		at := s.at(d.m.pointAt(p.X[i]))
		if !s.c.Contains(at) {
			continue
		}
		halos = circle(halos, at, d.u.of(dot+halo))
		dots[p.class(i)] = circle(dots[p.class(i)], at, d.u.of(dot))
	}
	s.c.SetColor(paper)
	s.c.Fill(halos)
	for k, path := range dots {
		s.c.SetColor(p.ink(k))
		s.c.Fill(path)
	}
}

// class is the index of point i's class, 0 without classes.
func (p *Points) class(i int) int {
	if p.Class == nil {
		return 0
	}
	return p.Class[i]
}

// ink is the colour of the points of class k.
func (p *Points) ink(k int) color.NRGBA {
	if p.Class == nil {
		return text
	}
	return classInks[k%len(classInks)]
}

// pointAt returns the normalised coordinates of a point.
func (m *Map) pointAt(x []float64) [2]float64 {
	var y [2]float64
	for k := range y {
		y[k] = m.toUnit(k, x[k])
	}
	return y
}

// sheet draws normalised coordinates.
type sheet struct {
	c  draw.Canvas
	at func([2]float64) vg.Point
}

// path appends a cell as a closed path.
func (s sheet) path(p vg.Path, cell []Vertex) vg.Path {
	if len(cell) == 0 {
		return p
	}
	center := s.at([2]float64{})
	p.Move(s.at(cell[0].Y))
	for i, v := range cell {
		w := cell[(i+1)%len(cell)].Y
		if v.Arc {
			from := math.Atan2(v.Y[1], v.Y[0])
			angle := math.Atan2(turn(v.Y, w), v.Y[0]*w[0]+v.Y[1]*w[1])
			p.Arc(center, s.at([2]float64{1, 0}).X-center.X, from, angle)
		} else if i+1 < len(cell) {
			p.Line(s.at(w))
		}
	}
	p.Close()
	return p
}

// circle appends a full circle.
func circle(p vg.Path, at vg.Point, r vg.Length) vg.Path {
	p.Move(vg.Point{X: at.X + r, Y: at.Y})
	p.Arc(at, r, 0, 2*math.Pi)
	p.Close()
	return p
}
