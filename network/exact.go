// Exact evaluation: every weight is dyadic, so a layer is a matrix of integers
// and one power of two. No gcd, no rounding: math/big.Int with a common scale
// is many times faster than big.Rat here.

package network

import (
	"math"
	"math/big"
)

// Pattern returns the exact signs of the pre-activations of all neurons, in
// network order, at the point x taken as real numbers. A 0 says that the
// pre-activation is 0 at this point (not that it vanishes on a cell). It panics
// when x has not length Inputs or is not finite.
func (n *Network) Pattern(x []float64) Pattern {
	exact := make([]*big.Float, len(x))
	for i, v := range x {
		exact[i] = big.NewFloat(v)
	}
	_, p := n.ForwardExact(exact)
	return p
}

// ForwardExact returns the output at the exact point x, nothing rounded, and
// the signs of the pre-activations as Pattern does. It panics when x has not
// length Inputs or is not finite. The precision of a result is what it needs.
func (n *Network) ForwardExact(x []*big.Float) ([]*big.Float, Pattern) {
	n.mustHaveInputs(len(x))
	pattern := make(Pattern, 0, n.Neurons())
	a := dyadicVector(x)
	for _, l := range n.layers {
		w := newIntLayer(l)
		z := dyadic{v: make([]*big.Int, l.Out()), e: w.e + a.e}
		for i := range z.v {
			z.v[i] = dot(w.row(i), a.v)
		}
		z.addFloats(l.B)
		signs := z.signs()
		for j, s := range signs {
			if l.IsNeuron(j) {
				pattern = append(pattern, s)
			}
		}
		z.activate(l, signs)
		a = z
	}
	return a.floats(), pattern
}

// dyadic is the vector v·2^e.
type dyadic struct {
	v []*big.Int
	e int
}

// dyadicVector puts finite numbers on one scale.
func dyadicVector(x []*big.Float) dyadic {
	d := dyadic{v: zeros(len(x))}
	first := true
	for _, v := range x {
		if v.IsInf() {
			panic("network: an infinite coordinate")
		}
		// v is an integer multiple of 2^(exponent − MinPrec).
		if e := v.MantExp(nil) - int(v.MinPrec()); v.Sign() != 0 && (first || e < d.e) {
			d.e, first = e, false
		}
	}
	for i, v := range x {
		new(big.Float).SetMantExp(v, -d.e).Int(d.v[i])
	}
	return d
}

// rescale lowers the exponent to e, exactly. e must not exceed d.e.
func (d *dyadic) rescale(e int) {
	for _, v := range d.v {
		v.Lsh(v, uint(d.e-e))
	}
	d.e = e
}

// addFloats adds b, exactly.
func (d *dyadic) addFloats(b []float64) {
	e := d.e
	for _, v := range b {
		if v != 0 {
			_, ev := split(v)
			e = min(e, ev)
		}
	}
	if e < d.e {
		d.rescale(e)
	}
	var t big.Int
	for i, v := range b {
		if m, ev := split(v); m != 0 {
			d.v[i].Add(d.v[i], t.Lsh(t.SetInt64(m), uint(ev-d.e)))
		}
	}
}

func (d *dyadic) signs() Pattern {
	s := make(Pattern, len(d.v))
	for i, v := range d.v {
		s[i] = int8(v.Sign())
	}
	return s
}

// SignsOf returns one sign for each unit of a layer, given a pattern that begins with those of its
// neurons. A unit that carries its value on does so with any sign, and has +1.
func (l Layer) SignsOf(p Pattern) Pattern {
	s := make(Pattern, l.Out())
	for j := range s {
		s[j] = 1
		if l.IsNeuron(j) {
			s[j], p = p[0], p[1:]
		}
	}
	return s
}

// activate applies the units of l where they have the signs s: 0 gives 0.
func (d *dyadic) activate(l Layer, s Pattern) {
	if l.Act == None {
		return
	}
	low := 0 // the least exponent of a slope
	for j := range s {
		_, e := split(l.Below(j))
		low = min(low, e)
	}
	d.e += low
	var slope big.Int
	for j, v := range d.v {
		m, e := int64(1), 0
		if s[j] < 0 {
			m, e = split(l.Below(j))
		}
		switch {
		case s[j] == 0 || m == 0:
			v.SetInt64(0)
		case m != 1:
			v.Mul(v, slope.SetInt64(m))
			fallthrough
		default:
			v.Lsh(v, uint(e-low))
		}
	}
}

// floats returns the entries as they are, each with the precision it needs.
func (d *dyadic) floats() []*big.Float {
	out := make([]*big.Float, len(d.v))
	for i, v := range d.v {
		f := new(big.Float).SetInt(v) // rounds to max(bit length, 64) bits: not at all
		out[i] = f.SetMantExp(f, d.e)
	}
	return out
}

// intLayer is a layer's W as integers times 2^e.
type intLayer struct {
	l   Layer
	e   int
	buf []*big.Int
}

func newIntLayer(l Layer) *intLayer {
	w := &intLayer{l: l, e: math.MaxInt, buf: zeros(l.In())}
	for i := range l.B {
		for _, v := range l.W.RawRowView(i) {
			if m, e := split(v); m != 0 {
				w.e = min(w.e, e)
			}
		}
	}
	if w.e == math.MaxInt {
		w.e = 0
	}
	return w
}

// row returns row i; the next call overwrites it.
func (w *intLayer) row(i int) []*big.Int {
	for j, v := range w.l.W.RawRowView(i) {
		m, e := split(v)
		if m == 0 {
			w.buf[j].SetInt64(0)
			continue
		}
		w.buf[j].Lsh(w.buf[j].SetInt64(m), uint(e-w.e))
	}
	return w.buf
}

func dot(w, x []*big.Int) *big.Int {
	sum, t := new(big.Int), new(big.Int)
	for j, v := range w {
		if v.Sign() != 0 && x[j].Sign() != 0 {
			sum.Add(sum, t.Mul(v, x[j]))
		}
	}
	return sum
}

// split returns v = m·2^e with m odd, or 0, 0 for zero. v must be finite.
func split(v float64) (m int64, e int) {
	if v == 0 {
		return 0, 0
	}
	f, e := math.Frexp(v)
	m, e = int64(f*(1<<53)), e-53
	for m&1 == 0 {
		m, e = m>>1, e+1
	}
	return m, e
}

func zeros(n int) []*big.Int {
	v, all := make([]*big.Int, n), make([]big.Int, n)
	for i := range v {
		v[i] = &all[i]
	}
	return v
}
