// The affine map of a network on a region, in floats with a bound of what each entry is off by. A
// layer is updated by the units before it whose signs are not those of the region before.

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

// Affine returns the affine map that the network is on the region. It costs a tenth to eight tenths
// of the walk of a region. Successive calls share what they can, most for regions that are near
// each other in the order of the walk.
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
// depend on the region's pattern alone: sums are sums of integers, so what was added and taken off
// again leaves nothing.
type affines struct {
	layers []*affineLayer
	last   network.Pattern
}

// affineLayer is a layer with the maps to what enters its units. That of unit i is a row: n
// coefficients, an offset, and what one of these is off by at most, all in units of 2^exp[i], in
// which no coefficient or offset is above 2^sumBits on any region.
type affineLayer struct {
	network.Layer
	before  *affineLayer // nil of the first
	wide    int          // of a row
	first   int          // its first neuron
	units   []int        // of its neurons
	neuron  []int        // of each unit, −1 where it only carries a value on
	slope   []float64    // of each unit below zero
	lift    []int        // of each unit, the power of two by which what it passes on may be larger
	shrink  []float64    // 2^−lift
	passes  []float64    // by which factor each unit passes on what enters it
	exp     []int
	rows    [][]float64 // of the first layer
	scratch []float64   // scratch
	affineSums
}

// affineSums is what a later layer has in the place of rows: sums of integers, which are known from
// when they are first asked for until all that is summed up changes.
type affineSums struct {
	sums          [][]int64
	known         []bool
	in            [][]float64     // of each unit before that passes something on, what it passes on
	live          []int           // of the units before, those that do
	rowwise, cols *network.Sparse // the factors from what comes in to sums
}

// sumBits is how many bits a coefficient or an offset has at most, so that sums do not overflow.
const sumBits = 61

// newAffines returns them for a network.
func newAffines(n *network.Network) *affines {
	a, first, wide := &affines{}, 0, n.Inputs()+2
	var before *affineLayer
	for _, layer := range n.Masked().Layers() {
		out := layer.Out()
		l := &affineLayer{Layer: layer, before: before, first: first, wide: wide,
			passes: make([]float64, out), exp: make([]int, out), scratch: make([]float64, wide)}
		for j := range out {
			s, lift := l.Below(j)+0, 0 // −0 is 0
			if math.Abs(s) > 1 {
				_, lift = math.Frexp(s)
			}
			l.slope, l.lift, l.shrink = append(l.slope, s), append(l.lift, lift), append(l.shrink, math.Ldexp(1, -lift))
			l.neuron = append(l.neuron, -1)
			if l.IsNeuron(j) {
				l.neuron[j], l.units, first = first, append(l.units, j), first+1
			} else {
				l.passes[j] = 1
			}
		}
		if before == nil {
			l.begin()
		} else {
			l.follow()
		}
		a.layers, before = append(a.layers, l), l
	}
	return a
}

func table[T any](rows, cols int) [][]T {
	t, all := make([][]T, rows), make([]T, rows*cols)
	for i := range t {
		t[i] = all[i*cols : (i+1)*cols : (i+1)*cols]
	}
	return t
}

// begin makes the rows of the first layer, which are its weights.
func (l *affineLayer) begin() {
	l.rows = table[float64](l.Out(), l.wide)
	for i, row := range l.rows {
		n := len(row) - 2
		row[n] = l.B[i]
		for k, w := range l.Entries(i) {
			row[k] = w
		}
		most := floats.Norm(row, math.Inf(1))
		_, e := math.Frexp(most)
		l.exp[i] = e - sumBits
		for k, v := range row {
			row[k] = math.Ldexp(v, -l.exp[i])
		}
		row[n+1] = roundings*math.Ldexp(most, -l.exp[i]) + least // what underflows
	}
}

// roundings is what a row may be off by, in units of its largest entry, when it is passed on and
// multiplied by a factor: it is rounded, then twice, and there is a margin.
const roundings = 4 * forms.Unit

// follow finds the exponents of a later layer, and the factors for them.
func (l *affineLayer) follow() {
	l.sums, l.known, l.in = table[int64](l.Out(), l.wide), make([]bool, l.Out()), table[float64](l.In(), l.wide)
	l.live = make([]int, l.In())
	l.cols = l.Sparse().Columns()
	for i, b := range l.B {
		l.exp[i] = l.exponent(i, b)
	}
	for j := range l.in {
		at, v := l.cols.Row(j)
		for t, i := range at {
			v[t] = math.Ldexp(v[t], l.before.exp[j]+l.before.lift[j]-l.exp[i])
		}
	}
	l.rowwise = l.cols.Columns()
}

// exponent returns that of unit i, which has the bias b: what its row sums up is less than
// 2^sumBits times 2 to it, for what comes in is at most 2^sumBits.
func (l *affineLayer) exponent(i int, b float64) int {
	terms, exps := []float64{b}, []int{0}
	for j, w := range l.Entries(i) {
		terms, exps = append(terms, w), append(exps, l.before.exp[j]+l.before.lift[j]+sumBits)
	}
	top, sum := math.MinInt32, 0.0
	for t, w := range terms {
		if _, e := math.Frexp(w); w != 0 {
			top = max(top, exps[t]+e)
		}
	}
	for t, w := range terms {
		sum += math.Ldexp(math.Abs(w), exps[t]-top)
	}
	_, e := math.Frexp(forms.Slack * sum)
	return top + e - sumBits
}

// at returns the map on the region of a pattern.
func (a *affines) at(p network.Pattern) Affine {
	all := a.last == nil
	for _, l := range a.layers[1:] {
		all = l.enter(p, a.last, all)
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
// all their rows have. It says whether something has changed.
func (l *affineLayer) enter(p, last network.Pattern, all bool) bool {
	b, changed := l.before, all
	if last == nil {
		last = make(network.Pattern, len(p)) // all neurons of which are 0, and pass nothing on
	}
	was := last[b.first:][:len(b.units)]
	for t, s := range p[b.first:][:len(b.units)] {
		if j := b.units[t]; s != was[t] {
			changed = true
			if !all {
				l.add(j, -1)
			}
			if b.passes[j] = b.factor(j, p); !all {
				l.take(j)
				l.add(j, 1)
			}
		}
	}
	if !changed {
		return false
	}
	n := 0
	l.live = l.live[:len(b.passes)]
	for j, a := range b.passes { // without a branch that nobody can predict
		l.live[n] = j
		if math.Float64bits(a) != 0 {
			n++
		}
	}
	l.live = l.live[:n]
	if all {
		clear(l.known)
		for _, j := range l.live {
			l.take(j)
		}
	}
	return true
}

// take takes in what unit j of the layer before passes on.
func (l *affineLayer) take(j int) {
	if b := l.before; b.passes[j] != 0 {
		b.row(j, b.passes[j]*b.shrink[j], l.in[j])
	}
}

// add adds the terms of unit j of the layer before to the sums that are known, sign times.
func (l *affineLayer) add(j int, sign int64) {
	if l.before.passes[j] == 0 {
		return
	}
	at, w := l.cols.Row(j)
	for t, i := range at {
		if l.known[i] {
			addTerm(l.sums[i], w[t], l.in[j], sign)
		}
	}
}

// addTerm adds the factor w times a row to sums, sign times.
//
// Error: what comes in is a·g, with a ≤ 1 the factor of the unit and g its row, of entries up to m,
// off by e. To the true w·a·g the product with a and that with w are off by 2u|w||a|m and a little,
// g by |w||a|·e, both in what comes in as error, with a margin of 1%; what is cut off is less than
// 1. The error loses less than 1 when it is cut off. So 3 covers both and what underflows, here and
// in w itself, which is far below 1.
//
// Domain: no sum overflows, as what is summed up is below 2^sumBits by the choice of the exponent,
// and errors are not above it but for 2¹¹ in each layer and 3 a term.
func addTerm(sums []int64, w float64, in []float64, sign int64) {
	n := len(in) - 1
	sums = sums[:n+1]
	for k, v := range in[:n] {
		sums[k] += sign * int64(w*v)
	}
	sums[n] += sign * (int64(math.Abs(w)*in[n]) + 3)
}

// row writes the row of unit i, times a.
func (l *affineLayer) row(i int, a float64, to []float64) {
	n := len(to) - 1
	if l.before == nil {
		for k, v := range l.rows[i] {
			to[k] = a * v
		}
		to[n] = math.Abs(to[n])
		return
	}
	if !l.known[i] {
		l.known[i] = true
		l.sum(i)
	}
	sums, most := l.sums[i], int64(0)
	for k, s := range sums[:n] {
		to[k] = a * float64(s)
		most = max(most, s, -s)
	}
	to[n] = forms.Slack * math.Abs(a) * (float64(sums[n]) + roundings*float64(most))
}

// sum computes the sums of unit i.
func (l *affineLayer) sum(i int) {
	sums := l.sums[i]
	n := len(sums) - 1
	clear(sums)
	if b := l.B[i]; b != 0 {
		sums[n-1], sums[n] = int64(math.Ldexp(b, -l.exp[i])), 2
	}
	at, w := l.rowwise.Row(i)
	switch {
	case len(at) < len(l.in):
		for t, j := range at {
			if l.before.passes[j] != 0 {
				addTerm(sums, w[t], l.in[j], 1)
			}
		}
	case n == 3: // in the plane, where most regions are, sums stay in registers
		s := *(*[4]int64)(sums)
		for _, j := range l.live {
			w, in := w[j], (*[4]float64)(l.in[j])
			s[0] += int64(w * in[0])
			s[1] += int64(w * in[1])
			s[2] += int64(w * in[2])
			s[3] += int64(math.Abs(w)*in[3]) + 3
		}
		copy(sums, s[:])
	default:
		for _, j := range l.live {
			addTerm(sums, w[j], l.in[j], 1)
		}
	}
}

// least is more than what one product that underflows is off by.
const least = math.SmallestNonzeroFloat64

// result is the map to what leaves the units of the last layer.
func (l *affineLayer) result(p network.Pattern) Affine {
	out, n := l.Out(), l.wide-2
	data := make([]float64, out*(n+3))
	w, rest := data[:out*n], data[out*n:]
	m := Affine{W: mat.NewDense(out, n, w), B: rest[:out:out], WErr: rest[out : 2*out : 2*out], BErr: rest[2*out:]}
	row := l.scratch
	for i := range out {
		a := l.factor(i, p)
		if a == 0 {
			continue
		}
		l.row(i, 1, row)
		for k, v := range row[:n] {
			w[i*n+k] = a * math.Ldexp(v, l.exp[i])
		}
		m.B[i] = a * math.Ldexp(row[n], l.exp[i])
		e := forms.Slack * (math.Ldexp(row[n+1], l.exp[i]) + 2*least)
		if m := math.Abs(a); max(e, m*e) > judge.TightMost {
			e = math.Inf(1)
		} else {
			e = m*e + 2*least
		}
		m.WErr[i], m.BErr[i] = e, e
	}
	return m
}
