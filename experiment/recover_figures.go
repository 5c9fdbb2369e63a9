// The pictures of a study of recovery: errors against samples.

package experiment

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/learn"
)

// recoverLine is a quantity of a stage, and how it is drawn.
type recoverLine struct {
	stage, quantity, label string
	ink                    color.NRGBA
	dashes                 []vg.Length
}

func (r *recoverRunner) figures(rows []RecoverRow) error {
	t := recoverTable(rows)
	dashes := []vg.Length{vg.Points(5), vg.Points(3)}
	var tensors, parameters []recoverLine
	for k := range 4 {
		q := fmt.Sprintf("T%d", k+1)
		tensors = append(tensors, recoverLine{learn.StageMeans, q, q + ", means", chart.Inks[k], dashes},
			recoverLine{learn.StageRegression, q, q + ", regression", chart.Inks[k], nil})
	}
	for i, stage := range []string{learn.StageDecompose, learn.StageMoments, learn.StageRefine} {
		parameters = append(parameters, recoverLine{stage, "most", stage, chart.Inks[i], nil},
			recoverLine{stage, "distance", "largest difference, " + stage, chart.Inks[i], dashes})
	}
	for _, shape := range r.Shapes {
		title := fmt.Sprintf("%s, %s, %s", tables.Numbered(int64(shape.Inputs), "input"), tables.Numbered(int64(shape.Neurons), "neuron"), tables.Numbered(int64(r.Seeds), "seed"))
		left, err := r.panel(t, shape, title, "error of a tensor", tensors)
		if err != nil {
			return err
		}
		right, err := r.panel(t, shape, title, "largest error of w, b, a", parameters)
		if err != nil {
			return err
		}
		if err := r.draw(fmt.Sprintf("recover-%v", shape), left, right); err != nil {
			return err
		}
	}
	return nil
}

// panel is one of geometric means over the seeds.
func (r *recoverRunner) panel(t map[recoverKey]float64, shape Shape, title, y string, lines []recoverLine) (*plot.Plot, error) {
	p := newPanel(title, "samples (log scale); geometric mean of the seeds", y+" (log scale)")
	for _, l := range lines {
		var points plotter.XYs
		for _, n := range r.Samples {
			sum, all := 0.0, true
			for k := range r.Seeds {
				v, ok := t[recoverKey{shape, r.FirstSeed + uint64(k), n, learn.MethodTensor, l.stage, l.quantity}]
				all = all && ok
				sum += math.Log2(max(v, leastShown)) / float64(r.Seeds)
			}
			if all {
				points = append(points, plotter.XY{X: math.Log2(float64(n)), Y: sum})
			}
		}
		if len(points) == 0 {
			continue
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width, line.Dashes = l.ink, vg.Points(1.6), l.dashes
		dots.GlyphStyle = draw.GlyphStyle{Color: l.ink, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
		p.Add(line, dots)
		p.Legend.Add(l.label, line)
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = logs, logs
	// Each line of the legend takes this part of the panel's height; it stands above the curves.
	const legendLine = 0.062
	p.Y.Max = p.Y.Min + (p.Y.Max-p.Y.Min)/(1-legendLine*float64(len(lines)))
	return p, nil
}

// leastShown is where a logarithmic axis ends: errors of the last bits, and none at all, are there.
const leastShown = 0x1p-60
