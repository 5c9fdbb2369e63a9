// The map: the exact walk says which regions there are, in the order of its
// tree, and the tree is walked again with float polygons. A neuron cuts a cell
// here exactly where the walk found regions on both sides of it.

package plot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

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
	layerOf []int // 0-based hidden layer of each neuron
}

// New finds the regions. There are exactly as many as enumerate.Count counts.
// It is an error if the network or the ball has not two inputs, if the walk
// fails, or if ctx ends first: half a map is none.
func New(ctx context.Context, n *network.Network, b ball.Ball) (*Map, error) {
	if n.Inputs() != 2 {
		return nil, fmt.Errorf("the network has %d inputs, expected 2 (or a slice of it along a plane)", n.Inputs())
	}
	if n.Maximal() {
		return nil, errors.New("the network has maxima, whose regions are not drawn: list tells them, each with a point and its pattern")
	}
	if b.Dim() != 2 {
		return nil, fmt.Errorf("the ball has %d coordinates, expected 2", b.Dim())
	}
	m := &Map{Net: n, Ball: b, mid: [2]*big.Float(b.Mid()), scale: [2]*big.Float(b.Scale())}
	for l, width := range n.Hidden() {
		for range width {
			m.layerOf = append(m.layerOf, l)
		}
	}
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{}) {
		if err != nil {
			return nil, err
		}
		m.Regions = append(m.Regions, Region{Pattern: r.Pattern, Witness: m.normalised(r.Point())})
	}
	// In the order of the tree, whichever worker was first.
	slices.SortStableFunc(m.Regions, func(p, q Region) int { return slices.Compare(p.Pattern, q.Pattern) })
	in, first, shift := m.firstForms()
	w := &walk{m: m, layers: n.Layers(), shift: shift}
	for _, l := range w.layers {
		var units []int
		for i := range l.B {
			if l.IsNeuron(i) {
				units = append(units, i)
			}
		}
		w.units = append(w.units, units)
	}
	w.neurons(first, 0, 0, 0, len(m.Regions), unitCell(b.Norm()), in)
	return m, nil
}

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
	layers := m.Net.Layers()
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

// walk goes down the tree of patterns: the regions lo ≤ i < hi share the signs
// of the neurons so far, and cell is the polygon of those signs.
type walk struct {
	m      *Map
	layers []network.Layer
	units  [][]int // of each layer, those that are neurons
	shift  int     // all forms are divided by 2^shift
}

// neurons goes on with neuron k of layer l, whose first neuron is id and whose pre-activations are
// z.
func (w *walk) neurons(l, id, k, lo, hi int, cell []Vertex, z []Form) {
	first, last := w.m.Regions[lo].Pattern, w.m.Regions[hi-1].Pattern
	for ; k < len(w.units[l]); k++ {
		if first[id+k] == last[id+k] {
			continue
		}
		mid := lo
		for w.m.Regions[mid].Pattern[id+k] == first[id+k] {
			mid++
		}
		minus, plus := cut(cell, z[w.units[l][k]], id+k)
		w.neurons(l, id, k+1, lo, mid, minus, z)
		w.neurons(l, id, k+1, mid, hi, plus, z)
		return
	}
	act := make([]Form, len(z))
	for i, s := range w.layers[l].SignsOf(first[id:]) {
		below := w.layers[l].Below(i)
		switch {
		case s > 0:
			act[i] = z[i]
		case s < 0 && below != 0:
			act[i] = Form{[2]float64{below * z[i].G[0], below * z[i].G[1]}, below * z[i].H}
		}
	}
	w.leave(l, id+len(w.units[l]), lo, hi, cell, act)
}

// leave takes the values a of layer l to the next one, or to the output.
func (w *walk) leave(l, id, lo, hi int, cell []Vertex, a []Form) {
	if l+1 < len(w.layers) {
		w.neurons(l+1, id, 0, lo, hi, cell, w.apply(w.layers[l+1], a))
		return
	}
	r := &w.m.Regions[lo]
	r.Output = make([]Form, len(a))
	for i, f := range a {
		r.Output[i] = Form{[2]float64{math.Ldexp(f.G[0], w.shift), math.Ldexp(f.G[1], w.shift)}, math.Ldexp(f.H, w.shift)}
	}
	if s := area(cell); s > 0 {
		r.Vertices, r.Area = cell, s
	}
}

// apply returns W·a + B.
func (w *walk) apply(l network.Layer, a []Form) []Form {
	z, live := make([]Form, l.Out()), make([]int, 0, len(a))
	for j := range a {
		if a[j] != (Form{}) {
			live = append(live, j)
		}
	}
	for i := range z {
		at, row := l.Row(i)
		x, y, h := 0.0, 0.0, math.Ldexp(l.B[i], -w.shift)
		add := func(v float64, f *Form) {
			x += v * f.G[0]
			y += v * f.G[1]
			h += v * f.H
		}
		for k, j := range at {
			add(row[k], &a[j])
		}
		if at == nil {
			for _, j := range live {
				add(row[j], &a[j])
			}
		}
		z[i] = Form{[2]float64{x, y}, h}
	}
	return z
}

// toUnit maps the value x of input k to its normalised coordinate.
func (m *Map) toUnit(k int, x float64) float64 {
	d := new(big.Float).SetPrec(formBits).SetFloat64(x)
	d.Sub(d, m.mid[k])
	y, _ := dyadic.FromFloat(d.Quo(d, m.scale[k]))
	return y
}
