// The pictures: distance against epoch, count against epoch, bound against count.

package experiment

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/tables"
)

// FigureFormats are the endings that Options.Figures takes.
var FigureFormats = chart.Formats

// setInk is blue for training points and orange for random ones; these two bear a band.
var setInk = map[string]color.NRGBA{AtTraining: chart.Inks[0], AtTest: chart.Inks[2], AtBetween: chart.Inks[3], AtRandom: chart.Inks[1]}

var setDash = map[string][]vg.Length{AtTest: {vg.Points(6), vg.Points(3)}, AtBetween: {vg.Points(1.5), vg.Points(2.5)}}

// The size of a panel.
const (
	panelWidth  = 4.6 * vg.Inch
	panelHeight = 3.9 * vg.Inch
)

func (r *runner) figures(c Config, rows []Row) error {
	t := tabulate(rows)
	for i := range c.Studies {
		s := &c.Studies[i]
		distance, err := s.distancePanel(t)
		if err != nil {
			return err
		}
		if err := r.draw(s.name()+"-distance", distance); err != nil {
			return err
		}
		var counts, bounds []*plot.Plot
		for _, radius := range s.Radii {
			p, err := s.countPanel(t, decimal(radius))
			if err != nil {
				return err
			}
			q, err := s.boundPanel(t, decimal(radius))
			if err != nil {
				return err
			}
			counts, bounds = append(counts, p), append(bounds, q)
		}
		if len(counts) == 0 {
			continue
		}
		if err := r.draw(s.name()+"-count", counts...); err != nil {
			return err
		}
		if len(s.Bounds) == 0 {
			continue
		}
		if err := r.draw(s.name()+"-bound", bounds...); err != nil {
			return err
		}
	}
	return nil
}

func newPanel(title, x, y string) *plot.Plot {
	p := chart.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font.Size = vg.Points(11)
	p.Title.Padding = vg.Points(6)
	p.X.Padding, p.Y.Padding = vg.Points(2), vg.Points(2)
	p.Legend.Top = true
	p.Legend.Padding, p.Legend.XOffs = vg.Points(2), -vg.Points(4)
	p.Legend.ThumbnailWidth = vg.Points(24)
	p.X.Tick.Marker, p.Y.Tick.Marker = chart.Linear{}, chart.Linear{}
	chart.AddGrid(p)
	return p
}

// label says which study.
func (s *Study) label() string {
	widths := []string{strconv.Itoa(s.data.Inputs)}
	for _, h := range s.Hidden {
		widths = append(widths, strconv.Itoa(h))
	}
	return fmt.Sprintf("%s %s-%d, %s, %s", s.data.Name, strings.Join(widths, "-"), s.data.Classes, s.Optimizer, tables.Numbered(int64(s.Seeds), "seed"))
}

// pooled are the values of one quantity at one epoch over all seeds.
func (s *Study) pooled(t map[key][]span, set, quantity, radius string, epoch int) []span {
	var all []span
	for k := range s.Seeds {
		all = append(all, t[key{s.name(), set, quantity, radius, s.FirstSeed + uint64(k), epoch}]...)
	}
	return all
}

func lows(v []span) []float64 {
	var l []float64
	for _, s := range v {
		l = append(l, s.low)
	}
	return l
}

// curve is a line over the epochs with a band around it.
type curve struct{ mid, from, to plotter.XYs }

// bar is half the width of what a curve of one point is drawn as, on an axis from one less to one
// more than the point.
const bar = 0.3

// drawn is what is drawn of a curve: of one point a bar, for a line and a band of one point are
// nothing.
func (c curve) drawn() curve {
	if len(c.mid) != 1 {
		return c
	}
	wide := func(v plotter.XYs) plotter.XYs {
		return plotter.XYs{{X: v[0].X - bar, Y: v[0].Y}, {X: v[0].X + bar, Y: v[0].Y}}
	}
	return curve{wide(c.mid), wide(c.from), wide(c.to)}
}

// over makes an axis one of ln(1 + what was measured after), with room for bars where that is one.
func over(axis *plot.Axis, measured []int) {
	axis.Tick.Marker = epochTicks(measured)
	if len(measured) == 1 {
		x := math.Log1p(float64(measured[0]))
		axis.Min, axis.Max = x-1, x+1
	}
}

func (s *Study) distancePanel(t map[key][]span) (*plot.Plot, error) {
	p := newPanel(s.label(), "epoch", fmt.Sprintf("distance to the nearest boundary (%s)", s.Norm))
	return p, s.overEpochs(p, func(set string, epoch int) (mid, from, to float64) {
		v := lows(s.pooled(t, set, "distance", "", epoch))
		return quantile(v, 0.5), quantile(v, 0.25), quantile(v, 0.75)
	}, "median, quartiles")
}

func (s *Study) countPanel(t map[key][]span, radius string) (*plot.Plot, error) {
	open, total := 0, 0
	for _, set := range Sets {
		for _, e := range s.Epochs {
			for _, v := range s.pooled(t, set, "count", radius, e) {
				total++
				if v.low != v.high {
					open++
				}
			}
		}
	}
	title := fmt.Sprintf("%s\n%s ball of radius %s", s.label(), s.Norm, radius)
	if open > 0 {
		title += fmt.Sprintf("; %d of %d counts are brackets (lower ends)", open, total)
	}
	p := newPanel(title, "epoch", "regions in the ball")
	return p, s.overEpochs(p, func(set string, epoch int) (mid, from, to float64) {
		v := lows(s.pooled(t, set, "count", radius, epoch))
		sum := 0.0
		for _, x := range v {
			sum += x / float64(len(v))
		}
		return sum, quantile(v, 0.25), quantile(v, 0.75)
	}, "geometric mean, quartiles")
}

// overEpochs draws a line for each set, and bands for training and random points.
func (s *Study) overEpochs(p *plot.Plot, at func(set string, epoch int) (mid, from, to float64), what string) error {
	least, most := math.Inf(1), math.Inf(-1)
	lines := map[string]*plotter.Line{}
	for _, set := range Sets {
		var c curve
		for _, e := range s.Epochs {
			mid, from, to := at(set, e)
			x := math.Log1p(float64(e))
			c.mid = append(c.mid, plotter.XY{X: x, Y: mid})
			c.from, c.to = append(c.from, plotter.XY{X: x, Y: from}), append(c.to, plotter.XY{X: x, Y: to})
			least, most = min(least, mid), max(most, mid)
			if setDash[set] == nil {
				least, most = min(least, from), max(most, to)
			}
		}
		c = c.drawn()
		if setDash[set] == nil {
			if err := addBand(p, c, setInk[set]); err != nil {
				return err
			}
		}
		l, err := plotter.NewLine(c.mid)
		if err != nil {
			return err
		}
		l.Color, l.Width, l.Dashes = setInk[set], vg.Points(1.6), setDash[set]
		lines[set] = l
	}
	for _, set := range Sets {
		p.Add(lines[set])
		p.Legend.Add(set, lines[set])
	}
	p.X.Label.Text += " (log scale); " + what
	over(&p.X, s.Epochs)
	p.Y.Tick.Marker = logs
	p.Y.Min, p.Y.Max = least-0.1, most+0.1
	headroom(p)
	return nil
}

// headroom leaves the upper quarter to the legend, and at least a factor of two in all.
func headroom(p *plot.Plot) {
	if p.Y.Max-p.Y.Min < 1 {
		p.Y.Max = p.Y.Min + 1
	}
	p.Y.Max += (p.Y.Max - p.Y.Min) * 0.45
}

func addBand(p *plot.Plot, c curve, ink color.NRGBA) error {
	back := slices.Clone(c.from)
	slices.Reverse(back)
	band, err := plotter.NewPolygon(slices.Concat(c.to, back))
	if err != nil {
		return err
	}
	ink.A = 0x30
	band.Color = ink
	band.LineStyle.Width = 0
	p.Add(band)
	return nil
}

// boundPanel sets each bound against the count at the last epoch, at every point of every set.
func (s *Study) boundPanel(t map[key][]span, radius string) (*plot.Plot, error) {
	epoch := s.Epochs[len(s.Epochs)-1]
	p := newPanel(fmt.Sprintf("%s\n%s ball of radius %s, epoch %d", s.label(), s.Norm, radius, epoch), "regions in the ball", "bound")
	shapes := []draw.GlyphDrawer{draw.CrossGlyph{}, draw.PlusGlyph{}, draw.SquareGlyph{}, draw.RingGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.CircleGlyph{}}
	most := 1.0
	for i, name := range s.Bounds {
		var points plotter.XYs
		for _, set := range Sets {
			counts := s.pooled(t, set, "count", radius, epoch)
			for k, v := range s.pooled(t, set, "bound:"+name, radius, epoch) {
				points = append(points, plotter.XY{X: counts[k].low, Y: v.high})
				most = max(most, counts[k].low)
			}
		}
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		dots.GlyphStyle = draw.GlyphStyle{Color: chart.Inks[i%len(chart.Inks)], Radius: vg.Points(1.3 + 0.25*float64(i%len(shapes))), Shape: shapes[i%len(shapes)]}
		p.Add(dots)
		p.Legend.Add(name, dots)
	}
	same, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: most, Y: most}})
	if err != nil {
		return nil, err
	}
	same.Color = color.Gray{0x60}
	p.Add(same)
	p.Legend.Add("bound = count", same)
	p.X.Tick.Marker, p.Y.Tick.Marker = logs, logs
	p.X.Min, p.Y.Min = -0.2, -0.2
	p.Legend.Left, p.Legend.XOffs = true, vg.Points(6)
	headroom(p)
	return p, nil
}

// epochTicks marks the measured epochs on an axis of ln(1+epoch), as many as leave room for their
// numbers.
type epochTicks []int

func (e epochTicks) Ticks(lo, hi float64) []plot.Tick {
	const room = 0.06 // of the axis: the width of a number of three digits
	var ticks []plot.Tick
	last := math.Inf(-1)
	for _, v := range e {
		t := plot.Tick{Value: math.Log1p(float64(v))}
		if t.Value-last > room*(hi-lo) {
			t.Label = strconv.Itoa(v)
			last = t.Value
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// logs marks an axis of logarithms to base 2.
var logs = chart.Decimals{Base: 2}
