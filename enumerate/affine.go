// The affine map of a network on a region, in floats with a bound of what each entry is off by.
// Layers whose signs before are those of the region asked about last are not computed again.

package enumerate

import (
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

// Affine returns the affine map that the network is on the region. In most networks it costs less
// than half the walk of the region, in the plane two thirds with two layers of 64 and five sixths
// with three or four. Successive calls share what they can, most for regions that are near each
// other in the order of the walk.
func (r Region) Affine() Affine {
	a, ok := r.of.affines.Get().(*affines)
	if !ok {
		a = newAffines(r.of.net)
	}
	m := a.at(r.Pattern)
	r.of.affines.Put(a)
	return m
}

// affines holds the maps from the inputs to each layer's units, on one region after the other. They
// depend on the region's pattern alone, for what is kept is what would be computed anew.
type affines struct {
	layers []affineLayer
	last   network.Pattern
}

// affineLayer is a layer with the maps to what enters its units: each a row of n coefficients, an
// offset, and what a coefficient and the offset are off by at most. A row is computed when it is
// first asked for.
type affineLayer struct {
	network.Layer
	end    int // the first neuron of the next layer
	gamma  float64
	neuron []int     // of each unit, −1 where it only carries a value on
	slope  []float64 // of each unit below zero
	passes []float64 // by which factor each unit passes on what enters it
	rows   []float64
	known  []bool // of the rows
	// in holds by columns what the units of the layer before pass on, of which the two last columns
	// are bounds of errors: a coefficient of a row is the product of weights and a column.
	in []float64
	// dense are the rows of weights, nil where they are sparse, norms bounds of their Euclidean
	// norms with each column divided by what balance says, by which the errors in the two last
	// columns of in are multiplied, and size bounds the norms of those, if sized.
	dense   [][]float64
	balance []float64
	norms   []float64
	size    [2]float64
	sized   bool
	// sums are the rows of the second layer, where they can be had so; in is not used there.
	sums *affineSums
}

// newAffines returns them for a network, with the rows of the first layer known: they are its
// weights.
func newAffines(n *network.Network) *affines {
	n = n.Masked()
	a, first, wide := &affines{}, 0, n.Inputs()+3
	for i, l := range n.Layers() {
		out := l.Out()
		ly := affineLayer{Layer: l, gamma: forms.Slack * float64(l.In()+8) * forms.Unit,
			passes: make([]float64, out), rows: make([]float64, out*wide), known: make([]bool, out)}
		for j := range out {
			neuron := -1
			if l.IsNeuron(j) {
				neuron, first = first, first+1
			}
			ly.neuron, ly.slope = append(ly.neuron, neuron), append(ly.slope, l.Below(j))
		}
		if ly.end = first; i > 0 {
			ly.in = make([]float64, l.In()*wide)
			for j := range out {
				at, row := l.Row(j)
				if at != nil {
					row = nil
				}
				ly.dense = append(ly.dense, row)
			}
			ly.balance = balance(ly.dense, l.In())
			for _, row := range ly.dense {
				ly.norms = append(ly.norms, normBalanced(row, ly.balance))
			}
		}
		a.layers = append(a.layers, ly)
	}
	for i, b := range a.layers[0].B {
		row := a.layers[0].rows[i*wide : (i+1)*wide]
		for k, w := range a.layers[0].Entries(i) {
			row[k] = w
		}
		row[wide-3], a.layers[0].known[i] = b, true
	}
	if len(a.layers) > 1 {
		a.layers[1].sums = newAffineSums(&a.layers[1], &a.layers[0], wide)
	}
	return a
}

// at returns the map on the region of a pattern.
func (a *affines) at(p network.Pattern) Affine {
	same := 0
	for same < len(a.last) && a.last[same] == p[same] {
		same++
	}
	changed := len(a.last) == 0
	for l := 1; l < len(a.layers); l++ {
		if before := &a.layers[l-1]; changed || before.end > same {
			changed = a.layers[l].enter(before, p, a.last, changed)
		}
	}
	a.last = append(a.last[:0], p...)
	return a.layers[len(a.layers)-1].result(p)
}

// factor returns the factor by which unit j passes on what enters it.
func (l *affineLayer) factor(j int, p network.Pattern) float64 {
	k := l.neuron[j]
	switch {
	case k < 0 || p[k] > 0:
		return 1
	case p[k] < 0:
		return l.slope[j]
	}
	return 0
}

// enter takes in what the units of the layer before pass on, where that has changed: all says that
// all their rows have. It says whether something has changed; then no row of the layer is known any
// more.
func (l *affineLayer) enter(before *affineLayer, p, last network.Pattern, all bool) (changed bool) {
	changed = all
	if all && before.sums != nil {
		for j := range before.passes {
			before.passes[j] = before.factor(j, p)
		}
		before.sums.pass(l.in, before.passes, l.gamma, l.balance)
		l.renew()
		return true
	}
	for j, k := range before.neuron {
		if !all && (k < 0 || p[k] == last[k]) {
			continue
		}
		a := before.factor(j, p)
		if a == before.passes[j] && (!all || a == 0) {
			continue
		}
		if l.sums == nil {
			l.pass(j, a, before)
		} else {
			l.sums.add(j, -before.passes[j])
			l.sums.add(j, a)
		}
		before.passes[j], changed = a, true
	}
	if changed {
		l.renew()
	}
	return changed
}

// renew forgets what was computed from what the units before passed on.
func (l *affineLayer) renew() {
	clear(l.known)
	l.sized = false
}

// pass takes in what unit j of the layer before passes on, by a factor, as row describes.
func (l *affineLayer) pass(j int, a float64, before *affineLayer) {
	in := len(before.neuron)
	wide := len(l.in) / in
	n := wide - 3
	if a == 0 {
		for k := range wide {
			l.in[k*in+j] = 0
		}
		return
	}
	g, most := before.row(j, wide), uint64(0) // bits of sizes are ordered as those are, no number above
	for k, v := range g[:n] {
		l.in[k*in+j] = a * v
		most = max(most, math.Float64bits(math.Abs(a*v)))
	}
	m := math.Float64frombits(most)
	d := l.balance[j]
	l.in[n*in+j] = a * g[n]
	l.in[(n+1)*in+j] = d*(math.Abs(a)*g[n+1]+l.gamma*m+2*least) + least
	l.in[(n+2)*in+j] = d*(math.Abs(a)*g[n+2]+l.gamma*math.Abs(a*g[n])+2*least) + least
}

// row returns the row of unit i.
//
// Error: let g be a coefficient of a unit of the layer before, a the unit's factor, m ≥ |a·g̃| for
// each of them as computed, and e what g̃ is off by at most. The term w·a·g is then off by
// |w||a|·e, and by γ|w|·m for the product with a, that with w and the additions, in any order, of
// which there are at most k+1 in a sum of k terms (Higham, "Accuracy and Stability of Numerical
// Algorithms", §3.1). γ is ku/(1−ku) with 8 more to k, for what rounds here; slack covers the
// roundings of the bound's own sums. An offset is a coefficient more, with a bias that is exact:
// its γ|b| is in the bound. Where weights are not sparse, the sum of |w| times errors is bounded by
// the product of the norms of |w|/d and of d times the errors (Cauchy and Schwarz), d > 0 being
// the column's balance: about twice as much. What underflows is off by 2⁻¹⁰⁷⁵ at most. In a·g,
// |a|·e and γm that is times |w|, hence the least floats in the bound, as in |w|/d and d times the
// errors, and elsewhere it is in forms.Underflow.
//
// Domain: nothing overflows. Where a·g does, so does m, and the bound is +Inf or no number,
// whatever w is. The partial sums are at most the bound over γ, so bounds of up to judge.TightMost
// are believed, and beyond the bound is +Inf, which is then the bound of all that depends on it.
func (l *affineLayer) row(i, wide int) []float64 {
	row := l.rows[i*wide : (i+1)*wide : (i+1)*wide]
	if l.known[i] {
		return row
	}
	l.known[i] = true
	if l.sums != nil {
		l.sums.put(i, row)
		return row
	}
	n, in := wide-3, len(l.in)/wide
	if w := l.dense[i]; w != nil {
		for k := range n + 1 {
			row[k] = floats.Dot(w, l.in[k*in:(k+1)*in])
		}
		if !l.sized {
			l.sized = true
			l.size[0], l.size[1] = normAtMost(l.in[(n+1)*in:(n+2)*in]), normAtMost(l.in[(n+2)*in:])
		}
		row[n+1], row[n+2] = l.norms[i]*l.size[0], l.norms[i]*l.size[1]
	} else {
		clear(row)
		at, w := l.Row(i)
		for t, j := range at {
			for k := range n + 1 {
				row[k] += w[t] * l.in[k*in+int(j)]
			}
			for k := n + 1; k < wide; k++ {
				row[k] += math.Abs(w[t]) * l.in[k*in+int(j)]
			}
		}
	}
	row[n] += l.B[i]
	row[n+1], row[n+2] = bounded(row[n+1]), bounded(row[n+2]+l.gamma*math.Abs(l.B[i]))
	return row
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
	wide := len(l.rows) / out
	n := wide - 3
	data := make([]float64, out*wide)
	w, rest := data[:out*n], data[out*n:]
	m := Affine{W: mat.NewDense(out, n, w), B: rest[:out:out], WErr: rest[out : 2*out : 2*out], BErr: rest[2*out:]}
	for i := range out {
		a := l.factor(i, p)
		if a == 0 {
			continue
		}
		z := l.row(i, wide)
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
