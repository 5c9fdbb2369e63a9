// The pictures of a study of recurrent networks: loss, path norm and regions against batches, and
// regions against the loss and the path norm that they go with.

package experiment

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/tables"
)

var optimizerInk = map[string]color.NRGBA{"sgd": chart.Inks[0], "path": chart.Inks[1], "path2": chart.Inks[2]}

func exponent(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func (r *recurrentRunner) figures(rows []Row) error {
	t := ofNetworks(rows)
	for _, f := range []struct {
		name, axis string
		k          key
	}{
		{"loss", "test loss", key{set: AtTest, quantity: "loss"}},
		{"path-norm", "path norm", key{quantity: "log2_path_norm"}},
		{"regions-lines", "regions on a line", key{set: onLine, quantity: "count"}},
		{"regions-planes", "regions on a plane", key{set: onPlane, quantity: "count"}},
	} {
		if f.k.set == onLine && r.Lines == 0 || f.k.set == onPlane && r.Planes == 0 {
			continue
		}
		var panels []*plot.Plot
		for _, init := range r.Inits {
			p := r.panel(init, "batches; geometric mean and range of seeds", f.axis)
			if err := r.overBatches(p, t, init, f.k); err != nil {
				return err
			}
			panels = append(panels, p)
		}
		if err := r.draw(r.Task+"-"+f.name, panels...); err != nil {
			return err
		}
	}
	if r.Lines == 0 {
		return nil
	}
	var panels []*plot.Plot
	for _, init := range r.Inits {
		p := r.panel(init, "path norm; a point is a network", "regions on a line (mean)")
		if err := r.against(p, t, init, key{quantity: "log2_path_norm"}, key{set: onLine, quantity: "count"}); err != nil {
			return err
		}
		panels = append(panels, p)
	}
	return r.draw(r.Task+"-regions-norm", panels...)
}

func (r *recurrentRunner) panel(init, x, y string) *plot.Plot {
	return newPanel(fmt.Sprintf("%s, T = %d, H = %d, %s, %s", r.Task, r.Steps, r.Hidden, init, tables.Numbered(int64(r.Seeds), "seed")), x, y)
}

// mean returns the mean of the lower ends, NaN for none.
func mean(v []span) float64 {
	sum := 0.0
	for _, s := range v {
		sum += s.low
	}
	return sum / float64(len(v))
}

// overBatches draws a line and a band for each optimiser.
func (r *recurrentRunner) overBatches(p *plot.Plot, t map[key][]span, init string, k key) error {
	any := false
	for _, o := range r.Optimizers {
		var c curve
		for _, batches := range r.Measured {
			lo, hi, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0.0
			for i := range r.Seeds {
				k.study, k.seed, k.epoch = r.Task+"-"+init+"-"+o, r.FirstSeed+uint64(i), batches
				if v := mean(t[k]); !math.IsNaN(v) {
					lo, hi, sum, n = min(lo, v), max(hi, v), sum+v, n+1
				}
			}
			if n > 0 {
				x := math.Log1p(float64(batches))
				c.mid = append(c.mid, plotter.XY{X: x, Y: sum / n})
				c.from, c.to = append(c.from, plotter.XY{X: x, Y: lo}), append(c.to, plotter.XY{X: x, Y: hi})
			}
		}
		if len(c.mid) == 0 {
			continue
		}
		any = true
		at := c.drawn()
		if err := addBand(p, at, optimizerInk[o]); err != nil {
			return err
		}
		l, err := plotter.NewLine(at.mid)
		if err != nil {
			return err
		}
		dots, err := plotter.NewScatter(c.mid)
		if err != nil {
			return err
		}
		l.Color, l.Width = optimizerInk[o], vg.Points(1.6)
		dots.GlyphStyle = draw.GlyphStyle{Color: optimizerInk[o], Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
		p.Add(l, dots)
		p.Legend.Add(o, l)
	}
	p.X.Label.Text += " (log scale)"
	over(&p.X, r.Measured)
	p.Y.Tick.Marker = logs
	if any {
		headroom(p)
	}
	return nil
}

// against draws a point for each network.
func (r *recurrentRunner) against(p *plot.Plot, t map[key][]span, init string, x, y key) error {
	any := false
	for i, o := range r.Optimizers {
		var points plotter.XYs
		for _, batches := range r.Measured {
			for s := range r.Seeds {
				at := func(k key) float64 {
					k.study, k.seed, k.epoch = r.Task+"-"+init+"-"+o, r.FirstSeed+uint64(s), batches
					return mean(t[k])
				}
				if a, b := at(x), at(y); !math.IsNaN(a) && !math.IsNaN(b) {
					points = append(points, plotter.XY{X: a, Y: b})
				}
			}
		}
		if len(points) == 0 {
			continue
		}
		any = true
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return err
		}
		shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.TriangleGlyph{}, draw.SquareGlyph{}}
		dots.GlyphStyle = draw.GlyphStyle{Color: optimizerInk[o], Radius: vg.Points(2.5), Shape: shapes[i%len(shapes)]}
		p.Add(dots)
		p.Legend.Add(o, dots)
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = logs, logs
	if any {
		headroom(p)
	}
	return nil
}
