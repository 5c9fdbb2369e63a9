package landscape

// A picture of the surface over two weights: level sets of the risk, the walls between the cells,
// and the local minima.

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/dyadic"
)

// Formats are the formats that [Surface.Draw] knows.
var Formats = chart.Formats

// Window is the part of the plane that is drawn.
type Window struct{ X, Y [2]float64 }

const (
	// pixels is the width and the height of the levels, bands the number of their steps.
	pixels, bands = 480, 28
	// around is how much farther than its minima a window reaches.
	around                      = 1.6
	pictureWidth, pictureHeight = 18 * vg.Centimeter, 16 * vg.Centimeter
)

// Window returns one that shows 0 and all minima, of a line of them a point.
func (s *Surface) Window() Window {
	var far [2]float64
	for _, m := range s.Minima {
		for k := range far {
			v, _ := dyadic.FromRat(m.W[k])
			far[k] = max(far[k], math.Abs(v))
		}
	}
	for k := range far {
		if far[k] *= around; far[k] == 0 {
			far[k] = 1
		}
	}
	return Window{[2]float64{-far[0], far[0]}, [2]float64{-far[1], far[1]}}
}

// Draw draws the surface in a format.
func (s *Surface) Draw(w io.Writer, format string, win Window, title string) error {
	p := chart.New()
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = "w0", "w1"
	if s.Bias {
		p.Y.Label.Text = "w1, the bias"
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = win.X[0], win.X[1], win.Y[0], win.Y[1]
	p.X.Tick.Marker, p.Y.Tick.Marker = chart.Linear{}, chart.Linear{}
	levels, err := s.levels(win)
	if err != nil {
		return err
	}
	p.Add(plotter.NewImage(levels, win.X[0], win.Y[0], win.X[1], win.Y[1]))
	if err := s.drawWalls(p, win); err != nil {
		return err
	}
	if err := s.drawMinima(p, win); err != nil {
		return err
	}
	p.Legend.Top, p.Legend.Padding, p.Legend.XOffs = true, vg.Points(3), -vg.Points(6)
	p.Add(veil{})
	return chart.Write(w, format, pictureWidth, pictureHeight, chart.Panels(vg.Points(8), []*plot.Plot{p}))
}

// veil is what the legend stands on, so that walls do not cross its words.
type veil struct{}

// Plot makes it a plot.Plotter, the last one.
func (veil) Plot(c draw.Canvas, p *plot.Plot) {
	const margin = 5
	words := p.Legend.Rectangle(c).Size() // without what stands beside them
	from := vg.Point{X: c.Max.X + p.Legend.XOffs - words.X - p.Legend.ThumbnailWidth - margin, Y: c.Max.Y - words.Y - 2*margin}
	c.SetColor(color.NRGBA{255, 255, 255, 215})
	c.Fill(vg.Rectangle{Min: from, Max: c.Max}.Path())
}

// levels paints the risk in steps of its logarithm above the least in the window.
func (s *Surface) levels(win Window) (image.Image, error) {
	at := func(col, row int) float64 {
		share := func(k int) float64 { return (float64(k) + 0.5) / pixels }
		return s.Float([2]float64{win.X[0] + share(col)*(win.X[1]-win.X[0]), win.Y[1] - share(row)*(win.Y[1]-win.Y[0])})
	}
	low, high := math.Inf(1), 0.0
	values := make([]float64, pixels*pixels)
	for row := range pixels {
		for col := range pixels {
			v := at(col, row)
			low, high = min(low, v), max(high, v)
			values[row*pixels+col] = v
		}
	}
	if !(high <= math.MaxFloat64) {
		return nil, errors.New("a risk beyond float64 in the picture, expected a smaller window")
	}
	img := image.NewNRGBA(image.Rect(0, 0, pixels, pixels))
	floor := (high - low) / 2000 // of the logarithm
	for k, v := range values {
		t := 0.0
		if high > low {
			t = math.Log1p((v-low)/floor) / math.Log1p((high-low)/floor)
		}
		img.SetNRGBA(k%pixels, k/pixels, shade(math.Floor(t*bands)/bands))
	}
	return img, nil
}

// shade runs from a deep blue over a pale one to white.
func shade(t float64) color.NRGBA {
	stops := [][3]float64{{8, 60, 110}, {95, 160, 205}, {205, 228, 242}, {252, 252, 250}}
	x := min(max(t, 0), 1) * float64(len(stops)-1)
	k := min(int(x), len(stops)-2)
	mix := func(i int) uint8 { return uint8(stops[k][i] + (x-float64(k))*(stops[k+1][i]-stops[k][i])) }
	return color.NRGBA{mix(0), mix(1), mix(2), 255}
}

// drawWalls draws each row's wall from 0 to the window's edge.
func (s *Surface) drawWalls(p *plot.Plot, win Window) error {
	word := "walls between cells"
	for _, r := range s.across() {
		x, _ := dyadic.FromRat(r[0])
		y, _ := dyadic.FromRat(r[1])
		l := span{along: [2]float64{x, y}, high: math.Inf(1)}
		if err := l.draw(p, win, draw.LineStyle{Color: color.NRGBA{40, 40, 40, 150}, Width: vg.Points(0.7)}, &word); err != nil {
			return err
		}
	}
	return nil
}

// span is a part of a line, from + t·along for low ≤ t ≤ high.
type span struct {
	from, along [2]float64
	low, high   float64
}

// cut leaves what has a·x ≤ b.
func (l *span) cut(a [2]float64, b float64) {
	slope, rest := a[0]*l.along[0]+a[1]*l.along[1], b-a[0]*l.from[0]-a[1]*l.from[1]
	switch {
	case slope > 0:
		l.high = min(l.high, rest/slope)
	case slope < 0:
		l.low = max(l.low, rest/slope)
	case rest < 0:
		l.high = math.Inf(-1)
	}
}

// line returns what of the span is in the window; nil for nothing.
func (l *span) line(win Window) (*plotter.Line, error) {
	l.cut([2]float64{1, 0}, win.X[1])
	l.cut([2]float64{-1, 0}, -win.X[0])
	l.cut([2]float64{0, 1}, win.Y[1])
	l.cut([2]float64{0, -1}, -win.Y[0])
	if !(l.low < l.high) {
		return nil, nil
	}
	at := func(t float64) plotter.XY {
		return plotter.XY{X: l.from[0] + t*l.along[0], Y: l.from[1] + t*l.along[1]}
	}
	line, err := plotter.NewLine(plotter.XYs{at(l.low), at(l.high)})
	if err != nil {
		return nil, fmt.Errorf("a picture of what floats do not hold: %w", err)
	}
	return line, nil
}

// draw draws it. The first that is drawn has the word in the legend.
func (l *span) draw(p *plot.Plot, win Window, style draw.LineStyle, word *string) error {
	line, err := l.line(win)
	if err != nil || line == nil {
		return err
	}
	line.LineStyle = style
	p.Add(line)
	if *word != "" {
		p.Legend.Add(*word, line)
		*word = ""
	}
	return nil
}

// drawMinima marks the minima by where they lie; the lowest have a ring.
func (s *Surface) drawMinima(p *plot.Plot, win Window) error {
	marks := []struct {
		place Place
		word  string
		style draw.GlyphStyle
	}{
		{Inside, "minimum in a cell", draw.GlyphStyle{Color: chart.Inks[1], Radius: vg.Points(4), Shape: draw.CircleGlyph{}}},
		{Wall, "minimum on a wall", draw.GlyphStyle{Color: chart.Inks[5], Radius: vg.Points(5), Shape: draw.PyramidGlyph{}}},
		{Origin, "minimum at 0", draw.GlyphStyle{Color: chart.Inks[3], Radius: vg.Points(4), Shape: draw.BoxGlyph{}}},
	}
	for _, m := range marks {
		if err := s.mark(p, win, m.word, m.style, func(o Minimum) bool { return o.Place == m.place }); err != nil {
			return err
		}
	}
	if err := s.drawFlat(p, win); err != nil {
		return err
	}
	ring := draw.GlyphStyle{Color: color.Black, Radius: vg.Points(8), Shape: draw.RingGlyph{}}
	return s.mark(p, win, "the lowest", ring, func(o Minimum) bool { return o.Lowest && o.Place != Flat })
}

// mark marks the minima of a kind that are in the window.
func (s *Surface) mark(p *plot.Plot, win Window, word string, style draw.GlyphStyle, is func(Minimum) bool) error {
	var at plotter.XYs
	for _, m := range s.Minima {
		x, _ := dyadic.FromRat(m.W[0])
		y, _ := dyadic.FromRat(m.W[1])
		if is(m) && x >= win.X[0] && x <= win.X[1] && y >= win.Y[0] && y <= win.Y[1] {
			at = append(at, plotter.XY{X: x, Y: y})
		}
	}
	if at == nil {
		return nil
	}
	dots, err := plotter.NewScatter(at)
	if err != nil {
		return fmt.Errorf("a picture of what floats do not hold: %w", err)
	}
	dots.GlyphStyle = style
	p.Add(dots)
	p.Legend.Add(word, dots)
	return nil
}

// drawFlat draws lines of minima, within their cells.
func (s *Surface) drawFlat(p *plot.Plot, win Window) error {
	word := "line of minima in a cell"
	for _, m := range s.Minima {
		if m.Place != Flat {
			continue
		}
		l := span{low: math.Inf(-1), high: math.Inf(1)}
		for k := range l.from {
			l.from[k], _ = dyadic.FromRat(m.W[k])
			l.along[k], _ = dyadic.FromRat(m.Along[k])
		}
		for i, row := range s.Rows {
			side := -float64(m.cell.Signs[i])
			l.cut([2]float64{side * row[0], side * row[1]}, 0)
		}
		if err := l.draw(p, win, draw.LineStyle{Color: chart.Inks[1], Width: vg.Points(2.5)}, &word); err != nil {
			return err
		}
	}
	return nil
}
