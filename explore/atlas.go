package explore

// The map of a window: the polygons that package plot knows, and what each can be coloured by.

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/plot"
)

// mostRegions is the number of regions that a map may have: more are smaller than a pixel can show,
// and a browser takes long to draw them.
const mostRegions = 20000

// mostSigns is the number of signs in all patterns of a map, each of which is a byte in the
// browser.
const mostSigns = 1 << 26

// hues is the number of hues of a map coloured by pattern, each in a light and a dark shade.
const hues = 4

// mapJSON is a map. Its coordinates are normalised: the window is [−1, 1]², and the point y is
// mid + scale·y on the plane.
type mapJSON struct {
	Window [4]float64 `json:"window"`
	Mid    [2]float64 `json:"mid"`
	Scale  [2]float64 `json:"scale"`
	// Count is the exact number of regions in the window; empty where there are too many to draw.
	Count string `json:"count"`
	// AtLeast is what is certain of their number where Count is empty; Why is then "many", or
	// "late" where the time did not suffice.
	AtLeast string       `json:"at_least,omitempty"`
	Why     string       `json:"why,omitempty"`
	Regions []regionJSON `json:"regions"`
	// Layer is the hidden layer, from 0, of each neuron, or piece of a maximum.
	Layer []int `json:"layer"`
	// Colour is the colour of each region by its pattern, of two shades of each hue; neighbours
	// differ. Parity says that the shade is the parity of the number of active neurons.
	Colour []int `json:"colour"`
	Parity bool  `json:"parity"`
	// Gradient is the largest singular value of the Jacobian on each region, Depth the number of
	// splits above it in the walk of the window.
	Gradient []float64 `json:"gradient"`
	Depth    []int     `json:"depth"`
	// Classes are the regions' parts by class; nil where there are too many outputs.
	Classes []classJSON `json:"classes"`
	Next    [][]int     `json:"next"`
	Area    []float64   `json:"area"`
}

type regionJSON struct {
	// Signs are those that differ from the region before: 3·j + s + 1. The first region differs
	// from a pattern of zeros.
	Signs []int `json:"s"`
	// At has three numbers a corner, counterclockwise: both coordinates, and the neuron on whose
	// boundary the edge to the next one lies, −1 for the window. It is empty where floats cannot
	// tell the region from nothing; it is then at Point.
	At    []float64  `json:"v"`
	Point [2]float64 `json:"p"`
}

type classJSON struct {
	Region int `json:"r"`
	Class  int `json:"c"`
	// At has two numbers a corner; nil stands for the whole region.
	At []float64 `json:"v,omitempty"`
}

// mostClassSteps bounds the work that cutting by class takes, which no context ends.
const mostClassSteps = 1 << 25

func (e *Explorer) atlas(ctx context.Context, r request) (*mapJSON, error) {
	w, err := window(r.Window)
	if err != nil {
		return nil, err
	}
	n, err := e.cut(ctx, r.Model, r.Plane)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, r.time())
	defer cancel()
	m, err := onPlane(limited, n, w)
	j := &mapJSON{Window: [4]float64(r.Window), Regions: []regionJSON{}}
	for k := range j.Mid {
		j.Mid[k], _ = dyadic.FromFloat(w.Mid()[k])
		j.Scale[k], _ = dyadic.FromFloat(w.Scale()[k])
	}
	var many *plot.TooManyError
	switch {
	case errors.As(err, &many):
		j.AtLeast, j.Why = strconv.Itoa(many.Most+1), "many"
		return j, nil
	case err != nil && ctx.Err() == nil && limited.Err() != nil:
		j.AtLeast, j.Why = "1", "late"
		return j, nil
	case err != nil:
		return nil, err
	}
	j.fill(m)
	return j, nil
}

func (j *mapJSON) fill(m *plot.Map) {
	j.Count = strconv.Itoa(len(m.Regions))
	j.Colour, j.Parity = m.Colours(hues)
	j.Next = m.Neighbours()
	j.Layer = make([]int, m.Net.Signs())
	for k := range j.Layer {
		j.Layer[k] = m.LayerOf(k)
	}
	last := make(network.Pattern, m.Net.Signs())
	patterns := make([]network.Pattern, len(m.Regions))
	for i, r := range m.Regions {
		q := regionJSON{Signs: []int{}, At: make([]float64, 0, 3*len(r.Vertices)), Point: [2]float64{short(r.Witness[0]), short(r.Witness[1])}}
		for k, s := range r.Pattern {
			if s != last[k] {
				q.Signs = append(q.Signs, 3*k+int(s)+1)
			}
		}
		for _, v := range r.Vertices {
			q.At = append(q.At, short(v.Y[0]), short(v.Y[1]), float64(v.Neuron))
		}
		last, patterns[i] = r.Pattern, r.Pattern
		j.Regions = append(j.Regions, q)
		j.Gradient = append(j.Gradient, finite(m.GradientNorm(i)))
		j.Area = append(j.Area, finite(r.Area*j.Scale[0]*j.Scale[1]))
	}
	j.Depth = depths(patterns)
	if k := float64(m.Net.Outputs()); k*k*float64(len(m.Regions)) <= mostClassSteps {
		j.Classes = classes(m)
	}
}

func classes(m *plot.Map) []classJSON {
	cells := m.ClassCells()
	parts := make([]int, len(m.Regions))
	for _, c := range cells {
		parts[c.Region]++
	}
	all := make([]classJSON, 0, len(cells))
	for _, c := range cells {
		j := classJSON{Region: c.Region, Class: c.Class}
		if parts[c.Region] > 1 {
			for _, v := range c.Vertices {
				j.At = append(j.At, short(v.Y[0]), short(v.Y[1]))
			}
		}
		all = append(all, j)
	}
	return all
}

// depths returns, for patterns in the order of the walk, how many splits each has above it.
func depths(patterns []network.Pattern) []int {
	d := make([]int, len(patterns))
	var below func(lo, hi, k, depth int)
	below = func(lo, hi, k, depth int) {
		for ; hi-lo > 1 && patterns[lo][k] == patterns[hi-1][k]; k++ {
		}
		if hi-lo == 1 {
			d[lo] = depth
			return
		}
		mid := lo
		for patterns[mid][k] == patterns[lo][k] {
			mid++
		}
		below(lo, mid, k+1, depth+1)
		below(mid, hi, k+1, depth+1)
	}
	if len(patterns) > 0 {
		below(0, len(patterns), 0, 0)
	}
	return d
}

// digits keeps coordinates short: a window is far fewer pixels wide.
const digits = 1e9

func short(v float64) float64 { return math.Round(v*digits) / digits }
