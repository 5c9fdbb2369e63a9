// What a region is filled with, and what stands for it in the legend.

package plot

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"github.com/relucell/relucell/internal/dyadic"
)

// Fill says what the colour of a region tells.
type Fill string

const (
	// ByPattern: neighbours differ, and the hue is that of the first layer's cell.
	ByPattern Fill = "pattern"
	// ByLayer: regions are blank and each layer's boundaries have an ink of their own.
	ByLayer Fill = "layer"
	// ByGradient: the largest singular value of the network's Jacobian on the region.
	ByGradient Fill = "gradient"
	// ByClass: the output that is largest, or the sign of the only one; within a region, too, it
	// may change.
	ByClass Fill = "class"
)

// Fills are the ways to fill, the default first.
var Fills = []Fill{ByPattern, ByLayer, ByGradient, ByClass}

// piece is a cell of one colour.
type piece struct {
	cell   []Vertex
	colour int // index of filling.colours
	region int
}

// filling is all the pieces of a map.
type filling struct {
	pieces  []piece
	colours []color.NRGBA
	legend  []swatch
}

// swatch is an entry of the legend: a name and what stands beside it.
type swatch struct {
	name    string
	colours []color.NRGBA
}

func (m *Map) fill(f Fill) (filling, error) {
	switch f {
	case ByPattern, "":
		return m.fillPattern(), nil
	case ByLayer:
		return m.fillEach([]color.NRGBA{blank}, func(int) int { return 0 }), nil
	case ByGradient:
		return m.fillGradient(), nil
	case ByClass:
		return m.fillClass(), nil
	}
	return filling{}, fmt.Errorf("fill %q, expected one of %v", f, Fills)
}

func (m *Map) fillEach(colours []color.NRGBA, of func(i int) int) filling {
	f := filling{colours: colours}
	for i, r := range m.Regions {
		if len(r.Vertices) > 0 {
			f.pieces = append(f.pieces, piece{r.Vertices, of(i), i})
		}
	}
	return f
}

func (m *Map) fillPattern() filling {
	c, parity := m.Colours(len(tints) / 2)
	f := m.fillEach(tints, func(i int) int { return c[i] })
	used := make([]bool, len(tints))
	for _, q := range f.pieces {
		used[q.colour] = true
	}
	var entries [2]swatch
	for k, u := range used {
		if u {
			entries[k%2].colours = append(entries[k%2].colours, tints[k])
		}
	}
	if !parity {
		all := swatch{"regions (neighbours differ)", append(entries[0].colours, entries[1].colours...)}
		f.legend = []swatch{all}
		return f
	}
	entries[0].name, entries[1].name = "even number of neurons active", "odd number of neurons active"
	for _, e := range entries {
		if len(e.colours) > 0 {
			f.legend = append(f.legend, e)
		}
	}
	return f
}

// gradientSteps is the number of colours of a gradient: enough to look smooth, few enough to merge.
const gradientSteps = 24

// GradientNorm returns the largest singular value of the Jacobian of the
// network on region i: its local Lipschitz constant in l2, in units of the inputs.
func (m *Map) GradientNorm(i int) float64 {
	sx, _ := dyadic.FromFloat(m.scale[0])
	sy, _ := dyadic.FromFloat(m.scale[1])
	largest := 0.0 // divided out, so that squares stay in range
	for _, f := range m.Regions[i].Output {
		largest = max(largest, math.Abs(f.G[0]/sx), math.Abs(f.G[1]/sy))
	}
	if largest == 0 {
		return 0
	}
	if math.IsInf(largest, 0) || math.IsNaN(largest) {
		return math.MaxFloat64
	}
	var a, b, c float64 // JᵀJ/largest² = (a b; b c)
	for _, f := range m.Regions[i].Output {
		x, y := f.G[0]/sx/largest, f.G[1]/sy/largest
		a, b, c = a+x*x, b+x*y, c+y*y
	}
	return largest * math.Sqrt((a+c+math.Hypot(a-c, 2*b))/2)
}

func (m *Map) fillGradient() filling {
	norms := make([]float64, len(m.Regions))
	lo, hi := math.Inf(1), 0.0
	for i := range m.Regions {
		norms[i] = m.GradientNorm(i)
		lo, hi = min(lo, norms[i]), max(hi, norms[i])
	}
	colours := make([]color.NRGBA, gradientSteps)
	for k := range colours {
		colours[k] = ramp(float64(k) / (gradientSteps - 1))
	}
	f := m.fillEach(colours, func(i int) int {
		if hi <= lo {
			return 0
		}
		// Halves, as hi − lo may overflow.
		return int((norms[i]/2-lo/2)/(hi/2-lo/2)*(gradientSteps-1) + 0.5)
	})
	if hi <= lo {
		f.legend = []swatch{{"gradient norm " + short(lo), colours[:1]}}
		return f
	}
	const shown = 4
	for k := shown; k >= 0; k-- {
		t := float64(k) / shown
		f.legend = append(f.legend, swatch{short(lo + t*(hi-lo)), []color.NRGBA{ramp(t)}})
	}
	f.legend[0].name = "gradient norm " + f.legend[0].name
	return f
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// ClassCell is a part of a region on which one output is the largest; or, of a network with one
// output, on which that is negative (class 0) or positive (class 1).
type ClassCell struct {
	Region, Class int
	Vertices      []Vertex
}

// ClassCells cuts each region where the largest output changes. It takes a number of steps that
// grows with the square of the number of outputs.
func (m *Map) ClassCells() []ClassCell {
	var all []ClassCell
	add := func(cell []Vertex, class, region int) {
		if len(cell) > 0 && area(cell) > 0 {
			all = append(all, ClassCell{region, class, cell})
		}
	}
	for i, r := range m.Regions {
		if m.Net.Outputs() == 1 {
			minus, plus := cut(r.Vertices, r.Output[0], fromBall)
			add(minus, 0, i)
			add(plus, 1, i)
			continue
		}
		for k := range r.Output {
			add(winner(r.Vertices, r.Output, k), k, i)
		}
	}
	return all
}

func (m *Map) fillClass() filling {
	f := filling{colours: make([]color.NRGBA, max(m.Net.Outputs(), 2))}
	for k := range f.colours {
		f.colours[k] = classShade(k)
	}
	seen := make([]bool, len(f.colours))
	for _, c := range m.ClassCells() {
		f.pieces = append(f.pieces, piece{c.Vertices, c.Class, c.Region})
		seen[c.Class] = true
	}
	for k, s := range seen {
		if s {
			f.legend = append(f.legend, swatch{className(m.Net.Outputs(), k), f.colours[k : k+1]})
		}
	}
	return f
}

// winner is the part of the cell where output k is the largest.
func winner(cell []Vertex, out []Form, k int) []Vertex {
	for j, o := range out {
		if j == k || len(cell) == 0 {
			continue
		}
		d := Form{[2]float64{out[k].G[0] - o.G[0], out[k].G[1] - o.G[1]}, out[k].H - o.H}
		minus, plus := cut(cell, d, fromBall)
		if cell = plus; d == (Form{}) && k > j {
			cell = minus // equal outputs: the first one wins
		}
	}
	return cell
}

func className(outputs, k int) string {
	if outputs == 1 {
		return [...]string{"output < 0", "output > 0"}[k]
	}
	return fmt.Sprintf("output %d largest", k)
}
