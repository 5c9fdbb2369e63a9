// Networks at the ends of the range of float64: weights up to 10^±300, products along a path that
// leave the range both ways, slivers, copies. Networks drawn from the usual laws
// never come near. What makes these worth counting is that rows are balanced against
// the reach of what they read, and that biases put boundaries through points of the ball: otherwise
// nearly all of them would have one region.

package gen

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Dice is what ExtremeCase draws from: a *rand.Rand, or the draws of a property, so that a failure
// shrinks. Small numbers make simple cases.
type Dice interface {
	// IntN returns a number from 0 to n−1.
	IntN(n int) int
}

const (
	// extremeExponent is that of 10^300; fullExponent that of the largest float64, and its negative
	// goes down to subnormal numbers, as tinyExponent does for float32.
	extremeExponent = 997
	fullExponent    = 1023
	float32Exponent = 127
	// extremePoints is how many points of the ball are followed through the network, the centre
	// first.
	extremePoints = 9
	// extremePrecision holds a centre of 10^300 and a radius of 10^−300 at a time. Points only say
	// where boundaries go, so what is rounded there does not matter.
	extremePrecision = 2200
)

// ExtremeCase draws a network of 1 to 3 inputs and 1 to 4 small layers with exponents up to 10^±300
// in weights, biases, slopes and ball, one of float32 numbers up to the ends of their range, or a
// Ladder.
func ExtremeCase(d Dice) Case {
	e := &extreme{Dice: d, limit: extremeExponent}
	switch d.IntN(12) {
	case 10, 11:
		return Ladder(d)
	case 9:
		e.limit = fullExponent
	case 7, 8:
		e.limit, e.float32 = float32Exponent, true
	case 6:
		e.thin = true
	}
	inputs := 1 + d.IntN(3)
	c := Case{Name: "extreme", Ball: e.ball(inputs)}
	if e.float32 {
		c.Name = "extreme float32"
	}
	neurons := []int{16, 12, 8}[inputs-1] // the slow counters are to stay quick
	depth := 1 + d.IntN(4)
	if e.float32 {
		depth += d.IntN(4) // the range is left after three layers at the earliest
	}
	var layers []network.Layer
	for ; depth > 0 && neurons > 0; depth-- {
		if d.IntN(6) == 5 {
			layers = append(layers, e.layer(1+d.IntN(3), network.None))
		}
		width := 1 + d.IntN(min(4, neurons))
		act := network.ReLU
		if d.IntN(4) == 3 {
			act = network.LeakyReLU
		}
		layers = append(layers, e.layer(width, act))
		neurons -= width
	}
	if d.IntN(2) == 1 {
		layers = append(layers, e.layer(1, network.None))
	}
	c.Net = Build(layers...)
	return c
}

// extreme draws numbers and layers.
type extreme struct {
	Dice
	limit   int // the largest exponent, and the smallest negated
	float32 bool
	// thin puts all boundaries near the centre 0 of the ball, most of them beyond what a float64
	// can tell from it.
	thin bool
	// points holds what the layers so far make of the sampled points of the ball.
	points [][]*big.Float
}

// exponent draws an exponent: 0, an end of the range, half of one, a small one, or any.
func (e *extreme) exponent() int {
	end := e.limit
	if e.IntN(2) == 1 {
		end = -end
	}
	switch e.IntN(6) {
	case 1:
		return e.IntN(17) - 8
	case 2:
		return end / 2
	case 3:
		return end
	case 4, 5:
		return e.IntN(2*e.limit+1) - e.limit
	}
	return 0
}

// mantissa draws ±1, a few bits, or 53.
func (e *extreme) mantissa() float64 {
	m := 1.0
	switch e.IntN(4) {
	case 2:
		m = 1 + float64(e.IntN(8))/8
	case 3:
		m = 1 + float64(e.IntN(1<<26))*0x1p-26 + float64(e.IntN(1<<26))*0x1p-52
	}
	if e.IntN(2) == 1 {
		return -m
	}
	return m
}

// number returns m·2^exponent in the range and with the precision of the case, never infinite.
func (e *extreme) number(m float64, exponent int) float64 {
	low := -e.limit
	if e.limit == fullExponent {
		low = -fullExponent - 51 // subnormal numbers too
	}
	return e.fit(math.Ldexp(m, min(max(exponent, low), e.limit)))
}

// fit rounds to the numbers of the case; what is beyond them becomes the largest.
func (e *extreme) fit(v float64) float64 {
	largest := math.MaxFloat64
	if e.float32 {
		largest = math.MaxFloat32
		v = float64(float32(v))
	}
	if math.IsInf(v, 0) {
		return math.Copysign(largest, v)
	}
	return v
}

// ball draws a ball of any size anywhere, and samples it.
func (e *extreme) ball(n int) ball.Ball {
	norm := ball.Norm(e.IntN(4))
	size := 0
	if e.IntN(3) == 2 {
		size = e.exponent()
	}
	center, half := make([]float64, n), make([]float64, n)
	offset := size - 1 + e.IntN(3)
	if e.IntN(6) == 5 {
		offset = size + e.IntN(90) // the ball may hold no float but its centre
	}
	for i := range center {
		half[i] = e.number(1+float64(e.IntN(4))/4, size)
		if norm == ball.Box && e.IntN(4) == 3 {
			half[i] = e.number(1, e.exponent())
		}
		if !e.thin && e.IntN(2) == 1 {
			center[i] = e.number(e.mantissa(), offset)
		}
	}
	e.sample(norm, center, half)
	if norm != ball.Box {
		return Must(ball.New(norm, center, half[0]))
	}
	lo, hi := make([]float64, n), make([]float64, n)
	for i, c := range center {
		lo[i] = max(min(c-half[i], math.Nextafter(c, math.Inf(-1))), -math.MaxFloat64)
		hi[i] = min(max(c+half[i], math.Nextafter(c, math.Inf(+1))), math.MaxFloat64)
	}
	return Must(ball.NewBox(lo, hi))
}

// sample draws the points to follow.
func (e *extreme) sample(norm ball.Norm, center, half []float64) {
	for p := range extremePoints {
		x := make([]*big.Float, len(center))
		for i, c := range center {
			width, steps := half[0], 8*len(center) // inside the diamond too
			if norm == ball.Box || norm == ball.LInf {
				steps = 8
			}
			if norm == ball.Box {
				width = half[i]
			}
			step := 0
			if p > 0 {
				step = e.IntN(15) - 7
			}
			x[i] = broad(width)
			x[i].Mul(x[i], broad(float64(step)/float64(steps)))
			x[i].Add(x[i], broad(c))
		}
		e.points = append(e.points, x)
	}
}

// broad returns v with room for what is added to it.
func broad(v float64) *big.Float { return new(big.Float).SetPrec(extremePrecision).SetFloat64(v) }

// layer draws a layer on what the points have become, and moves them on.
func (e *extreme) layer(out int, act network.Activation) network.Layer {
	in := len(e.points[0])
	l := Affine(make([]float64, in*out), make([]float64, out))
	if l.Act = act; act == network.LeakyReLU {
		if l.Slope = e.number(e.mantissa(), e.exponent()); l.Slope == 0 || l.Slope == 1 {
			l.Slope = 0.25
		}
	}
	for j := range out {
		if j > 0 && e.IntN(5) == 4 {
			e.twin(l, e.IntN(j), j)
			continue
		}
		e.row(l, j)
	}
	for p, x := range e.points {
		e.points[p] = e.forward(l, x)
	}
	return l
}

// row draws row j: balanced, so that each input moves the unit about as much, or with exponents
// that know nothing of each other.
func (e *extreme) row(l network.Layer, j int) {
	size, wild := e.exponent(), e.IntN(3) == 2
	for k := range l.In() {
		switch kind := e.IntN(8); {
		case kind == 7: // a zero
		case wild || kind == 6:
			l.Dense().Set(j, k, e.number(e.mantissa(), e.exponent()))
		default:
			l.Dense().Set(j, k, e.number(e.mantissa(), size-e.reach(k)))
		}
	}
	switch kind := e.IntN(8); {
	case kind == 0:
	case kind == 7:
		l.B[j] = e.number(e.mantissa(), e.exponent())
	case e.thin:
		l.B[j] = e.number(e.mantissa(), size-e.IntN(e.limit))
	default:
		l.B[j] = e.through(l.W.RawRowView(j))
	}
}

// reach is the exponent of how far input k moves over the points, or of its value where it does
// not.
func (e *extreme) reach(k int) int {
	moved, size := 0, 0
	for p, x := range e.points {
		if d := new(big.Float).Sub(x[k], e.points[0][k]); d.Sign() != 0 {
			if exp := d.MantExp(nil); moved == 0 || exp > moved {
				moved = exp
			}
		}
		if exp := x[k].MantExp(nil); x[k].Sign() != 0 && (p == 0 || exp > size) {
			size = exp
		}
	}
	if moved != 0 {
		return moved
	}
	return size
}

// through returns the bias, to rounding, of a boundary through the middle of two points.
func (e *extreme) through(w []float64) float64 {
	p, q := e.points[e.IntN(extremePoints)], e.points[e.IntN(extremePoints)]
	z := broad(0)
	for k, v := range w {
		middle := broad(0).Add(p[k], q[k])
		z.Sub(z, middle.Mul(middle, broad(v)))
	}
	v, _ := dyadic.FromFloat(z.Mul(z, broad(0.5)))
	return e.fit(v)
}

// twin makes row j of row i: the same, negated, scaled by a power of two, or a little beside it.
func (e *extreme) twin(l network.Layer, i, j int) {
	row, b := append([]float64(nil), l.W.RawRowView(i)...), []float64{l.B[i]}
	switch kind := e.IntN(5); kind {
	case 1, 2:
		exponent := e.exponent()
		if kind == 2 { // where it fits, it is a copy
			exponent /= 16
		}
		all := append(append([]float64(nil), row...), b...)
		if scale(all, exponent) && e.fit(all[len(row)]) == all[len(row)] {
			row, b = all[:len(row)], all[len(row):]
		}
	case 3:
		b[0] = math.Nextafter(b[0], math.Inf(1))
		if e.float32 {
			b[0] = float64(math.Nextafter32(float32(l.B[i]), math.MaxFloat32))
		}
	case 4:
		b[0] = b[0] + e.number(1, e.exponent())
	}
	sign := 1.0
	if e.IntN(2) == 1 {
		sign = -1
	}
	for k, v := range row {
		l.Dense().Set(j, k, e.fit(sign*v))
	}
	l.B[j] = e.fit(sign * b[0])
}

// forward returns what a layer makes of a point, to rounding.
func (e *extreme) forward(l network.Layer, x []*big.Float) []*big.Float {
	out := make([]*big.Float, l.Out())
	for j := range out {
		z := broad(l.B[j])
		for k, v := range l.W.RawRowView(j) {
			z.Add(z, broad(v).Mul(broad(v), x[k]))
		}
		if z.Sign() < 0 {
			z.Mul(z, broad(l.Below(j)))
		}
		out[j] = z
	}
	return out
}
