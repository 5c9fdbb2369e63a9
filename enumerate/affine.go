// The affine map of a network on a region, in floats with a bound of what each entry is off by.
// Layers whose signs before are those of the region asked about last are not computed again.

package enumerate

import (
	"iter"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/network"
)

// Affine is a map x ↦ W·x + B, of inputs as the network has them.
type Affine struct {
	W *mat.Dense // outputs × inputs
	B []float64
	// WErr[i] bounds what each entry of row i of W is off by, BErr[i] what B[i] is. It is +Inf
	// where floats are out of range, above some 2⁹⁰⁰, and the entries are then not to be used;
	// AffineExact knows no range.
	WErr, BErr []float64
}

// Affine returns the affine map that the network is on the region. It costs a small part of the
// walk of a region; successive calls share what they can, most for regions that are near each other
// in the order of the walk.
func (r Region) Affine() Affine {
	a, ok := r.of.affines.Get().(*affines)
	if !ok {
		a = newAffines(r.of.net)
	}
	m := a.at(r.Pattern)
	r.of.affines.Put(a)
	return m
}

// affines holds the maps from the inputs to each layer's units, on one region after the other.
type affines struct {
	layers []affineLayer
	last   network.Pattern
	known  int // layers whose z is that of last
}

// affineLayer is a layer with the map to what enters its units. A row of z has n coefficients, an
// offset, and what a coefficient and the offset are off by at most.
type affineLayer struct {
	network.Layer
	first   int // its first neuron
	gamma   float64
	slope   []float64 // of each unit below zero
	z       []float64
	columns *network.Sparse // the weights by columns, nil where they are dense
	// scaled is scratch: a row times the factor of its unit.
	scaled []float64
}

// newAffines returns them for a network, with the first layer known: it is its weights.
func newAffines(n *network.Network) *affines {
	n = n.Masked()
	a, first := &affines{known: 1}, 0
	wide := n.Inputs() + 3
	for _, l := range n.Layers() {
		ly := affineLayer{Layer: l, first: first, gamma: forms.Slack * float64(l.In()+8) * forms.Unit, z: make([]float64, l.Out()*wide)}
		if s, ok := l.W.(*network.Sparse); ok {
			ly.columns = s.Columns()
		}
		for j := range l.B {
			ly.slope = append(ly.slope, l.Below(j))
		}
		a.layers = append(a.layers, ly)
		first += l.Neurons()
	}
	for i, b := range a.layers[0].B {
		row := a.layers[0].z[i*wide : (i+1)*wide]
		for k, w := range a.layers[0].Entries(i) {
			row[k] = w
		}
		row[wide-3] = b
	}
	return a
}

// at returns the map on the region of a pattern.
func (a *affines) at(p network.Pattern) Affine {
	same := 0
	for same < len(a.last) && a.last[same] == p[same] {
		same++
	}
	for l := 1; l < len(a.layers); l++ {
		if a.layers[l].first > same || l >= a.known {
			a.layers[l].enter(&a.layers[l-1], p)
		}
	}
	a.last, a.known = append(a.last[:0], p...), len(a.layers)
	return a.layers[len(a.layers)-1].result(p)
}

// passes returns the factor by which unit j passes on what enters it, and takes its neuron's sign
// off p.
func (l *affineLayer) passes(j int, p *network.Pattern) float64 {
	if l.slope[j] == 1 {
		return 1
	}
	s := (*p)[0]
	*p = (*p)[1:]
	switch {
	case s > 0:
		return 1
	case s < 0:
		return l.slope[j]
	}
	return 0
}

// enter computes what enters the layer's units from what enters those of the layer before.
//
// Error: let m ≥ |g̃| for each coefficient g̃ of a unit of the layer before, which is off by at
// most e. The term w·a·g, a the factor of the unit, is then off by |w||a|·e, and by γ|w||a|·m for
// the product with a, that with w and the additions, of which there are at most k+1 in a sum of k
// terms (Higham, "Accuracy and Stability of Numerical Algorithms", §3.1). γ is ku/(1−ku) with 8
// more to k, for what rounds here; slack covers the roundings of the bound's own sums. An offset is
// a coefficient more, whose sum begins with a bias that is exact: its γ|b| is in the bound. What
// underflows is off by 2⁻¹⁰⁷⁵ at most. In γm that is times |w||a|, and in the two products with a
// it is times |w|, hence the least floats in the bound, and in the others it is in forms.Underflow.
//
// Domain: nothing overflows. The partial sums are at most the bound over γ, so bounds of up to
// judge.TightMost are believed, and beyond the bound is +Inf, which is then the bound of all that
// depends on it.
func (l *affineLayer) enter(before *affineLayer, p network.Pattern) {
	out, in := l.W.Dims()
	wide := len(l.z) / out
	n := wide - 3
	clear(l.z)
	for i, b := range l.B {
		l.z[i*wide+n], l.z[i*wide+n+2] = b, l.gamma*math.Abs(b)
	}
	p = p[before.first:]
	for j := range in {
		a := before.passes(j, &p)
		if a == 0 {
			continue
		}
		g := before.z[j*wide : (j+1)*wide : (j+1)*wide]
		m := 0.0
		for _, v := range g[:n] {
			m = max(m, math.Abs(v))
		}
		ew := math.Abs(a)*(g[n+1]+l.gamma*m+least) + 2*least
		eb := math.Abs(a)*(g[n+2]+l.gamma*math.Abs(g[n])+least) + 2*least
		if a != 1 {
			g = append(l.scaled[:0], g...)
			floats.Scale(a, g[:n+1])
			l.scaled = g
		}
		for i, v := range l.column(j) {
			row := l.z[i*wide : (i+1)*wide : (i+1)*wide]
			floats.AddScaled(row[:n+1], v, g[:n+1])
			row[n+1] += math.Abs(v) * ew
			row[n+2] += math.Abs(v) * eb
		}
	}
	for i := range out {
		for k := n + 1; k < wide; k++ {
			l.z[i*wide+k] = bounded(l.z[i*wide+k])
		}
	}
}

// column returns the weights of input j other than 0, by units.
func (l *affineLayer) column(j int) iter.Seq2[int, float64] {
	if l.columns != nil {
		return network.Layer{W: l.columns}.Entries(j)
	}
	w := l.Dense().RawMatrix()
	return func(yield func(int, float64) bool) {
		for i := range w.Rows {
			if v := w.Data[i*w.Stride+j]; v != 0 && !yield(i, v) {
				return
			}
		}
	}
}

// least is more than what one product that underflows is off by.
const least = math.SmallestNonzeroFloat64

// bounded makes a bound of a sum.
func bounded(e float64) float64 {
	if e = forms.Slack*e + forms.Underflow; e <= judge.TightMost {
		return e
	}
	return math.Inf(1)
}

// result is the map to what leaves the units of the last layer.
func (l *affineLayer) result(p network.Pattern) Affine {
	out := l.Out()
	wide := len(l.z) / out
	n := wide - 3
	data := make([]float64, out*wide)
	w, rest := data[:out*n], data[out*n:]
	m := Affine{W: mat.NewDense(out, n, w), B: rest[:out:out], WErr: rest[out : 2*out : 2*out], BErr: rest[2*out:]}
	p = p[l.first:]
	for i := range out {
		z, a := l.z[i*wide:(i+1)*wide], l.passes(i, &p)
		if a == 0 {
			continue
		}
		m.B[i], m.WErr[i], m.BErr[i] = a*z[n], z[n+1], z[n+2]
		most := 0.0
		for k, v := range z[:n] {
			w[i*n+k] = a * v
			most = max(most, math.Abs(a*v))
		}
		if a != 1 { // one rounding more
			m.WErr[i] = bounded(math.Abs(a)*z[n+1] + forms.Unit*most)
			m.BErr[i] = bounded(math.Abs(a)*z[n+2] + forms.Unit*math.Abs(m.B[i]))
		}
	}
	return m
}
