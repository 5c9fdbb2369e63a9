// The picture of a crosscheck: how far each bound is from the count, against the
// radius and against the depth. One line a bound, the geometric mean of the cases of a bin.

package crosscheck

import (
	"errors"
	"io"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/chart"
)

// Picture collects records and draws them.
type Picture struct {
	names []string // upper bounds, in the order of the run
	dots  map[string][]sample
}

// sample is one bound in one case.
type sample struct {
	radius float64 // log₂
	depth  int
	ratio  float64 // log₂ of bound ÷ count
}

// NewPicture returns an empty picture.
func NewPicture() *Picture { return &Picture{dots: map[string][]sample{}} }

// Add takes the upper bounds of a record with an exact count in.
func (p *Picture) Add(r Record) {
	if !r.Exact {
		return
	}
	for _, res := range r.Results {
		if res.Err != nil || res.Kind != bound.Upper {
			continue
		}
		if p.dots[res.Name] == nil {
			p.names = append(p.names, res.Name)
		}
		p.dots[res.Name] = append(p.dots[res.Name], sample{math.Log2(radiusOf(r.Case.Ball)), depthOf(r.Case.Net), logRatio(res.Value, r.Lower)})
	}
}

// mean is a mean of logarithms.
type mean struct {
	sum float64
	n   int
}

func (m *mean) value() float64 { return m.sum / float64(m.n) }

// shown returns the bounds worth a line, loosest first: of bounds that are equal in every case, the
// first.
func (p *Picture) shown() []string {
	var names []string
	for i, n := range p.names {
		same := slices.ContainsFunc(p.names[:i], func(o string) bool { return slices.Equal(p.dots[o], p.dots[n]) })
		if !same {
			names = append(names, n)
		}
	}
	total := func(name string) float64 {
		m := mean{}
		for _, d := range p.dots[name] {
			m.sum, m.n = m.sum+d.ratio, m.n+1
		}
		return m.value()
	}
	sort.SliceStable(names, func(i, j int) bool { return total(names[i]) > total(names[j]) })
	return names
}

// thinBin is the share of all cases below which a bin is left out: a mean of a
// few odd cases says nothing, and stretches the axis.
const thinBin = 0.002

// series returns the geometric mean of each bin, in powers of ten.
func series(dots []sample, bin func(sample) float64) plotter.XYs {
	bins := map[float64]*mean{}
	for _, d := range dots {
		k := bin(d)
		if bins[k] == nil {
			bins[k] = &mean{}
		}
		bins[k].sum, bins[k].n = bins[k].sum+d.ratio, bins[k].n+1
	}
	var xy plotter.XYs
	for k, m := range bins {
		if float64(m.n) >= thinBin*float64(len(dots)) {
			xy = append(xy, plotter.XY{X: k, Y: m.value() * log10of2})
		}
	}
	sort.Slice(xy, func(i, j int) bool { return xy[i].X < xy[j].X })
	return xy
}

// radiusBins returns bins of radii, of a power-of-two width such that there are about a dozen
// in the range of nine tenths of the cases.
func (p *Picture) radiusBins() func(sample) float64 {
	var r []float64
	for _, d := range p.dots[p.names[0]] {
		r = append(r, d.radius)
	}
	slices.Sort(r)
	spread := r[len(r)*19/20] - r[len(r)/20]
	width := math.Exp2(math.Round(math.Log2(max(spread, 1) / 12)))
	return func(d sample) float64 { return width * (math.Floor(d.radius/width) + 0.5) }
}

const (
	pictureWidth  = 11 * vg.Inch
	pictureHeight = 5 * vg.Inch
	legendWidth   = 1.75 * vg.Inch
)

// Write draws the picture in a format of chart.Formats.
func (p *Picture) Write(w io.Writer, format string) error {
	if len(p.names) == 0 {
		return errors.New("picture: no case with an exact count and an upper bound")
	}
	return chart.Write(w, format, pictureWidth, pictureHeight, p.draw)
}

// draw puts the two plots side by side, and the legend into a column of its own, where it hides
// nothing.
func (p *Picture) draw(c draw.Canvas) error {
	radius, depth := chart.New(), chart.New()
	radius.Title.Text, radius.X.Label.Text = "against the radius", "radius"
	depth.Title.Text, depth.X.Label.Text = "against the depth", "layers with an activation"
	radius.Y.Label.Text = "bound ÷ count, geometric mean"
	radius.X.Tick.Marker, depth.X.Tick.Marker = chart.Powers{}, chart.Wholes{}
	legend := chart.NewLegend()
	legend.Top, legend.Left, legend.XOffs = true, true, vg.Points(4)
	legend.Padding = vg.Points(3)
	low, high := 0.0, 0.0
	byRadius := p.radiusBins()
	for i, name := range p.shown() {
		for _, panel := range []struct {
			plot *plot.Plot
			bin  func(sample) float64
		}{{radius, byRadius}, {depth, func(d sample) float64 { return float64(d.depth) }}} {
			xy := series(p.dots[name], panel.bin)
			line, points, err := plotter.NewLinePoints(xy)
			if err != nil {
				return err
			}
			style(line, points, i)
			panel.plot.Add(line, points)
			if panel.plot == depth {
				legend.Add(chart.Fit(name, legend.TextStyle, legendWidth-legend.ThumbnailWidth-vg.Points(12)), line, points)
			}
			for _, q := range xy {
				low, high = min(low, q.Y), max(high, q.Y)
			}
		}
	}
	for _, pl := range []*plot.Plot{radius, depth} {
		pl.Y.Min, pl.Y.Max = low, max(high*1.03, 0.5)
		pl.Y.Tick.Marker = chart.Decimals{Base: 10}
		pl.Title.TextStyle.Font.Size = font.Points(13)
		chart.AddGrid(pl)
	}
	depth.X.Min, depth.X.Max = depth.X.Min-0.2, depth.X.Max+0.2
	legend.Draw(draw.Crop(c, c.Size().X-legendWidth, 0, 0, -vg.Points(20)))
	return chart.Panels(vg.Points(6), []*plot.Plot{radius, depth})(draw.Crop(c, 0, -legendWidth, 0, 0))
}

// log10of2 turns log₂ into log₁₀.
var log10of2 = math.Log10(2)

// style runs the inks through four dashes and as many glyphs, so that no two lines look alike.
func style(l *plotter.Line, p *plotter.Scatter, i int) {
	dashes := [][]vg.Length{nil, {vg.Points(5), vg.Points(2)}, {vg.Points(1.5), vg.Points(2)}, {vg.Points(7), vg.Points(2), vg.Points(1), vg.Points(2)}}
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.CrossGlyph{}}
	l.Color, p.Color = chart.Inks[i%len(chart.Inks)], chart.Inks[i%len(chart.Inks)]
	k := i / len(chart.Inks) % len(dashes)
	l.Width, l.Dashes = vg.Points(1.4), dashes[k]
	p.Shape, p.Radius = shapes[k], vg.Points(2)
}
