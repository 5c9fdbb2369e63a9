// The map: the exact walk says which regions there are; walk.go finds their
// polygons.

package plot

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"runtime"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Region is an activation region of a network with two inputs.
type Region struct {
	Pattern network.Pattern
	// Vertices are the corners, counterclockwise; nil where floats cannot tell the region from
	// nothing.
	Vertices []Vertex
	// Witness is a point inside, in normalised coordinates, rounded.
	Witness [2]float64
	// Output is the network on the region, one form for each output, in normalised coordinates,
	// rounded.
	Output []Form
	// Area is in normalised coordinates, where the ball has the area π (l2), 4 (linf, box) or 2
	// (l1).
	Area float64
}

// Map is a network with two inputs, a ball, and the regions that meet it.
type Map struct {
	Net     *network.Network
	Ball    ball.Ball
	Regions []Region
	mid     [2]*big.Float // normalised y is the point mid + scale·y
	scale   [2]*big.Float
	layerOf []int // 0-based hidden layer of each neuron, or piece of a maximum
	signs   *packed
}

// New finds the regions. There are exactly as many as enumerate.Count counts.
// It is an error if the network or the ball has not two inputs, if the walk
// fails, or if ctx ends first: half a map is none.
func New(ctx context.Context, n *network.Network, b ball.Ball) (*Map, error) {
	return AtMost(ctx, n, b, math.MaxInt)
}

// TooManyError says that there are more regions than a map may have.
type TooManyError struct {
	// Most is how many it may have.
	Most int
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("more than %d regions", e.Most)
}

// AtMost is New for a map of at most so many regions. Where there are more, the error is a
// *TooManyError, and no more of them were walked than it takes to know that.
func AtMost(ctx context.Context, n *network.Network, b ball.Ball, most int) (*Map, error) {
	if n.Inputs() != 2 {
		return nil, fmt.Errorf("the network has %d inputs, expected 2 (or a slice of it along a plane)", n.Inputs())
	}
	if b.Dim() != 2 {
		return nil, fmt.Errorf("the ball has %d coordinates, expected 2", b.Dim())
	}
	m := &Map{Net: n, Ball: b, mid: [2]*big.Float(b.Mid()), scale: [2]*big.Float(b.Scale())}
	for l, width := range n.Masked().Hidden() { // pieces of maxima are neurons there
		for range width {
			m.layerOf = append(m.layerOf, l)
		}
	}
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{}) {
		if err != nil {
			return nil, err
		}
		if len(m.Regions) == most {
			return nil, &TooManyError{most}
		}
		m.Regions = append(m.Regions, Region{Pattern: r.Pattern, Witness: m.normalised(r.Point())})
	}
	// In the order of the tree, whichever worker was first.
	m.Regions, m.signs = pack(m.Regions, len(m.layerOf))
	if err := m.cutRegions(ctx, runtime.GOMAXPROCS(0)); err != nil {
		return nil, err
	}
	return m, nil
}

// LayerOf returns the hidden layer, from 0, of a neuron.
func (m *Map) LayerOf(neuron int) int { return m.layerOf[neuron] }

// Slivers returns how many regions are too thin for a polygon in float64.
func (m *Map) Slivers() int {
	k := 0
	for _, r := range m.Regions {
		if len(r.Vertices) == 0 {
			k++
		}
	}
	return k
}

// formBits is the precision of the forms before the first activation. A sum of
// products of float64 values that cancels to less than 2⁻²⁴⁷ of its terms would
// be wrong; a picture can bear that.
const formBits = 300

// largeExponent is what first forms may reach: the layers behind have 2⁵²³ left. Nothing is done
// about underflow: in a ball of some 2⁻¹⁰²² boundaries are drawn roughly, and regions may be
// slivers. Which regions there are the walk says, and no float.
const largeExponent = 500

// normalised maps an exact point to normalised coordinates.
func (m *Map) normalised(x []*big.Float) [2]float64 {
	var y [2]float64
	for k := range y {
		d := new(big.Float).SetPrec(max(formBits, x[k].Prec(), m.mid[k].Prec())).Sub(x[k], m.mid[k])
		y[k], _ = dyadic.FromFloat(d.Quo(d, m.scale[k]))
	}
	return y
}

// firstForms returns the forms that enter the first layer with an activation
// and its index. A ball far from 0, or a slice, makes them cancel, so they are
// computed wide: the pre-activations of that layer, if there is one. They come
// divided by 2^shift, which is 1 unless floats might overflow later: scaling all
// forms and biases moves no boundary.
func (m *Map) firstForms() (z []Form, layer, shift int) {
	type wide [3]*big.Float
	number := func() *big.Float { return new(big.Float).SetPrec(formBits) }
	forms := []wide{{m.scale[0], number(), m.mid[0]}, {number(), m.scale[1], m.mid[1]}}
	layers := m.Net.Masked().Layers()
	for l := range layers {
		next := make([]wide, layers[l].Out())
		for i := range next {
			next[i] = wide{number(), number(), number().SetFloat64(layers[l].B[i])}
			for j, v := range layers[l].Entries(i) {
				w := number().SetFloat64(v)
				for k := range 3 {
					next[i][k].Add(next[i][k], number().Mul(w, forms[j][k]))
				}
			}
		}
		forms, layer = next, l
		if layers[l].Act != network.None {
			break
		}
	}
	for _, f := range forms {
		for _, v := range f {
			shift = max(shift, v.MantExp(nil)-largeExponent)
		}
	}
	down := func(v *big.Float) float64 {
		x, _ := dyadic.FromFloat(number().SetMantExp(v, -shift))
		return x
	}
	for _, f := range forms {
		z = append(z, Form{[2]float64{down(f[0]), down(f[1])}, down(f[2])})
	}
	return z, layer, shift
}

// toUnit maps the value x of input k to its normalised coordinate.
func (m *Map) toUnit(k int, x float64) float64 {
	d := new(big.Float).SetPrec(formBits).SetFloat64(x)
	d.Sub(d, m.mid[k])
	y, _ := dyadic.FromFloat(d.Quo(d, m.scale[k]))
	return y
}
