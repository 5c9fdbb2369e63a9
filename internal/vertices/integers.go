// Vertices in integers: where weights are small integers up to a power of two, hyperplanes meet in
// more than n at a point, and no float tells that a form is zero there. Such vertices are rational
// with small terms, which are kept beside the floats, and decide where those cannot.

package vertices

import (
	"math"
	"math/bits"

	"github.com/relucell/relucell/internal/forms"
)

const (
	// integerForm is the largest coefficient of a form in integers, and integerPoint the largest
	// denominator of a point: with coordinates of at most 1 and seven terms, values are below 2⁵³.
	integerForm  = 1 << 20
	integerPoint = 1 << 30
	// integerValue is the largest value that a new point is combined with: its terms are below 2⁶².
	integerValue = 1 << 31
)

// integerVertex is the point x/d; with d = 0 it is not known.
type integerVertex struct {
	x [MaxInputs]int64
	d int64
}

// integerRow is the form (g·y + h)·scale, for some scale; with known false that is not known.
type integerRow struct {
	g     [MaxInputs]int64
	h     int64
	known bool
}

// load sets the row to a form.
func (r *integerRow) load(z *forms.Form) {
	*r = integerRow{}
	if z.Err != 0 || z.Quantum == 0 || z.Mag > integerForm*z.Quantum {
		return
	}
	for k, g := range z.G {
		r.g[k] = int64(g / z.Quantum)
	}
	r.h, r.known = int64(z.H/z.Quantum), true
}

// at evaluates the form, times the point's denominator.
func (r *integerRow) at(v *integerVertex) int64 {
	t := r.h * v.d
	for k, x := range v.x {
		t += r.g[k] * x
	}
	return t
}

// lookInIntegers adds signs of neurons at a vertex where both are known in integers, and returns
// the others.
func (c *Cells) lookInIntegers(word int, v int32, neurons uint64) (rest uint64) {
	at, s := &c.integers[v], c.Sign(word, v)
	if at.d == 0 {
		return neurons
	}
	for ; neurons != 0; neurons &= neurons - 1 {
		b := uint(bits.TrailingZeros64(neurons))
		r := &c.integerRows[word][b]
		switch t := r.at(at); {
		case !r.known:
			rest |= 1 << b
		case t > 0:
			s.Plus |= 1 << b
		case t < 0:
			s.Minus |= 1 << b
		default:
			s.Zero |= 1 << b
		}
	}
	return rest
}

// integerEdge sets vertex i to the zero of neuron b between u and v, as onEdge, and says whether
// that is known in integers. The zero between x/d and y/e, with the values p > 0 and −q < 0 times
// their denominators, is (x·q + y·p)/(d·q + e·p).
func (c *Cells) integerEdge(word int, i, u, v int32, b uint) bool {
	r, x, y, at := &c.integerRows[word][b], &c.integers[u], &c.integers[v], &c.integers[i]
	if !r.known || x.d == 0 || y.d == 0 {
		return false
	}
	p, q := r.at(x), -r.at(y)
	f := divisor(p, q)
	if p, q = p/f, q/f; p >= integerValue || q >= integerValue {
		return false
	}
	d := x.d*q + y.d*p
	f = d
	var z [MaxInputs]int64
	for k := range c.N {
		z[k] = x.x[k]*q + y.x[k]*p
		if f > 1 && z[k] != 0 {
			f = divisor(f, z[k])
		}
	}
	if d /= f; d > integerPoint {
		return false
	}
	w := &c.Vertices[i]
	at.d = d
	for k := range c.N {
		at.x[k] = z[k] / f
		w.X[k] = float64(at.x[k]) / float64(d)
	}
	w.Err = c.blur(&w.X, forms.Unit)
	return true
}

// divisor is the greatest common divisor of two numbers that are not zero.
func divisor(a, b int64) int64 {
	x, y := uint64(max(a, -a)), uint64(max(b, -b))
	shift := bits.TrailingZeros64(x | y)
	x >>= bits.TrailingZeros64(x)
	for y != 0 {
		if y >>= bits.TrailingZeros64(y); x > y {
			x, y = y, x
		}
		y -= x
	}
	return int64(x << shift)
}

// knowsIntegers says that a model's first layer may have forms in small integers.
func knowsIntegers(m *forms.Model) bool {
	if len(m.Layers) == 0 || m.Layers[0].Quantum == 0 {
		return false
	}
	ly := m.Layers[0]
	for j := range ly.Neurons {
		mag := math.Abs(ly.B[j])
		for _, w := range ly.Into(j) {
			mag += w
		}
		if mag <= integerForm*ly.Quantum {
			return true
		}
	}
	return false
}
