// The page: the map as data and a script that draws it on a canvas, finds the
// region under the pointer and works its affine map out from the weights. One
// file, nothing fetched.

//go:build !js

package plot

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"image/color"
	"io"
	"math"
	"strconv"

	"github.com/relucell/relucell/network"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// pageData is what the script reads. Coordinates are the picture's: normalised,
// and stretched so that both axes have one scale.
type pageData struct {
	Title string `json:"title"`
	pageAxes
	Disc    bool         `json:"disc"`
	Ball    []float64    `json:"ball"`
	Colours []string     `json:"colours"`
	Inks    []string     `json:"inks"`
	Layers  []pageLayer  `json:"layers"`
	Regions []pageRegion `json:"regions"`
	Pieces  []pagePiece  `json:"pieces"`
	Dots    []pageDot    `json:"dots"`
	Legend  []pageEntry  `json:"legend"`
	Classes []pageEntry  `json:"classes"`
	Thin    []float64    `json:"thin"`
}

// pageAxes are the two axes: y in the picture is input mid + scale·y/stretch.
type pageAxes struct {
	Inputs  [2]string  `json:"inputs"`
	Stretch [2]float64 `json:"stretch"`
	Mid     [2]float64 `json:"mid"`
	Scale   [2]float64 `json:"scale"`
}

type pageLayer struct {
	W [][]float64 `json:"w"`
	B []float64   `json:"b"`
	// Below has the slope of each unit below zero; a unit of slope 1 is no neuron. A piece of a
	// maximum is a neuron of slope 0, and positive where it is the largest.
	Below []float64 `json:"below"`
}

// pageRegion has three numbers a corner: x, y, and the edge that leads on: −1 for
// an arc, the layer (from 1) for a boundary of which this is the minus side, or 0.
type pageRegion struct {
	// Signs are the neurons whose sign differs from that in the region before: 3·j + s + 1. The
	// first region differs from a pattern of zeros.
	Signs []int     `json:"s"`
	At    []float64 `json:"v"`
}

// pagePiece is a cell of one colour; without corners, it is the whole region.
type pagePiece struct {
	Colour int       `json:"c"`
	Region int       `json:"r"`
	At     []float64 `json:"v,omitempty"`
}

type pageEntry struct {
	Name    string   `json:"name"`
	Colours []string `json:"colours"`
}

type pageDot struct {
	X   float64 `json:"x"`
	Y   float64 `json:"y"`
	Ink string  `json:"i"`
}

// WriteHTML writes one self-contained page on which the map can be zoomed and a
// region tells its pattern and affine map. It fails as Draw does.
func (m *Map) WriteHTML(w io.Writer, opt Options) error {
	f, err := m.fill(opt.Fill)
	if err != nil {
		return err
	}
	if err := opt.check(); err != nil {
		return err
	}
	d := &drawing{m: m, f: f, opt: opt, axes: m.axes(opt.inputs())}
	net, where := m.title(opt)
	data := d.page()
	data.Title = net + " · " + where
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return page.Execute(w, map[string]any{"Net": net, "Ball": where, "Data": template.JS(text)}) //nolint:gosec // JSON escapes < and >
}

// page is the data without its title.
func (d *drawing) page() pageData {
	m := d.m
	p := pageData{Legend: []pageEntry{}, Classes: []pageEntry{}, Dots: []pageDot{}}
	for k, a := range d.axes {
		p.Inputs[k], p.Stretch[k], p.Mid[k], p.Scale[k] = a.label, a.stretch, a.mid, a.scale
	}
	unit := unitCell(m.Ball.Norm())
	p.Disc, p.Ball = unit[0].Arc, d.corners(unit, nil)
	for _, c := range d.f.colours {
		p.Colours = append(p.Colours, css(c))
	}
	for _, s := range d.f.legend {
		e := pageEntry{Name: s.name}
		for _, c := range s.colours {
			e.Colours = append(e.Colours, css(c))
		}
		p.Legend = append(p.Legend, e)
	}
	for _, l := range m.Net.Masked().Layers() {
		p.Layers = append(p.Layers, newPageLayer(l))
	}
	last := make(network.Pattern, m.Net.Signs())
	for _, r := range m.Regions {
		q := pageRegion{Signs: []int{}, At: d.corners(r.Vertices, r.Pattern)}
		for j, s := range r.Pattern {
			if s != last[j] {
				q.Signs = append(q.Signs, 3*j+int(s)+1)
			}
		}
		last = r.Pattern
		p.Regions = append(p.Regions, q)
		if len(r.Vertices) == 0 {
			p.Thin = append(p.Thin, r.Witness[0]*p.Stretch[0], r.Witness[1]*p.Stretch[1])
		}
	}
	for _, q := range d.f.pieces {
		piece := pagePiece{Colour: q.colour, Region: q.region}
		if d.opt.Fill == ByClass {
			piece.At = d.corners(q.cell, nil)
		}
		p.Pieces = append(p.Pieces, piece)
	}
	for l := range m.Net.Hidden() {
		p.Inks = append(p.Inks, css(d.ink(l)))
	}
	d.pagePoints(&p)
	return p
}

func (d *drawing) pagePoints(p *pageData) {
	points := d.opt.Points
	if points == nil {
		return
	}
	for i, x := range points.X {
		y := d.m.pointAt(x)
		p.Dots = append(p.Dots, pageDot{y[0] * p.Stretch[0], y[1] * p.Stretch[1], css(points.ink(points.class(i)))})
	}
	if points.Classes == nil {
		p.Classes = append(p.Classes, pageEntry{"point", []string{css(points.ink(0))}})
	}
	for k, name := range points.Classes {
		p.Classes = append(p.Classes, pageEntry{"point of class " + name, []string{css(points.ink(k))}})
	}
}

// pageDigits keeps coordinates short; zoom ends before they show.
const pageDigits = 1e8

func (d *drawing) place(y [2]float64, k int) float64 {
	return math.Round(y[k]*d.axes[k].stretch*pageDigits) / pageDigits
}

// corners is the shape of a cell, with boundaries marked if the pattern is given.
func (d *drawing) corners(cell []Vertex, p network.Pattern) []float64 {
	at := make([]float64, 0, 3*len(cell))
	for _, v := range cell {
		edge := 0.0
		if v.Arc {
			edge = -1
		} else if p != nil && v.Neuron != fromBall && p[v.Neuron] <= 0 {
			edge = float64(d.m.layerOf[v.Neuron] + 1)
		}
		at = append(at, d.place(v.Y, 0), d.place(v.Y, 1), edge)
	}
	return at
}

func newPageLayer(l network.Layer) pageLayer {
	p := pageLayer{B: l.B}
	for i := range l.Out() {
		p.Below = append(p.Below, l.Below(i))
		p.W = append(p.W, l.W.RawRowView(i))
	}
	return p
}

func css(c color.NRGBA) string {
	return "rgba(" + strconv.Itoa(int(c.R)) + "," + strconv.Itoa(int(c.G)) + "," + strconv.Itoa(int(c.B)) + "," + strconv.FormatFloat(float64(c.A)/0xff, 'g', 3, 64) + ")"
}
