package safety

// The network in integers, as the checker of proofs has it: numbers are integers in units of 2^−F.
//
// Floats decide what to try; this decides what is written. It repeats the arithmetic of the
// checker (docs/safety-proof.md) step by step, floor by floor, in code that shares nothing with
// it, so that no line is written that the checker refuses. A bound with a margin for the checker's
// rounding would be cheaper, but none is known that holds for all networks.

import (
	"context"
	"math"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/vnnlib"
)

const (
	// leastBits and mostBits are the range of F, and usualBits its usual value: with 36 the
	// rounding of the integers stays below what refutes the boxes of public benchmarks by five
	// digits.
	leastBits, usualBits, mostBits = 8, 36, 44
	// exactBits is the number of bits of a box's end in units: sums of two are exact in floats.
	exactBits = 52
)

// fixedLayer is a layer in integers: weights times 2^shift, the rest in units.
type fixedLayer struct {
	*layer
	shift   uint
	rounded bool
	beyond  bool    // the weights are too large for any shift
	rows    []int64 // the weights row by row
	columns []int64 // and column by column
	// few are the weights that are not 0, row by row, where most are 0; rows and columns are nil
	// then.
	few  []fixedRow
	most []float64 // see sizes
	bias []int64
	// down and up are the slopes below 0, rounded down and up; bend is the sign of the slope − 1.
	down, up []int64
	bend     []int8
}

// fixedRow is a row of a layer: v[i] stands at place at[i], in order, and 0 elsewhere.
type fixedRow struct {
	at []int
	v  []int64
}

// fewWeights is the part of a layer's weights up to which those that are 0 are left out: looking up
// where a weight stands costs less than passing over three that are 0.
const fewWeights = 1. / 4

func (y *fixedLayer) row(j int) []int64    { return y.rows[j*y.in : (j+1)*y.in] }
func (y *fixedLayer) column(k int) []int64 { return y.columns[k*y.out : (k+1)*y.out] }

// fixed is the subject in integers.
type fixed struct {
	*subject
	bits   uint // F
	one    int64
	layers []fixedLayer
	forms  [][]fixedForm // of each disjunct
	// neuron is the number of each unit among the neurons, −1 where it is none.
	neuron []int32
	// bounds says that the network's numbers are in the domain; else no node has bounds.
	bounds bool
	// room is the most entries of all columns of a layer: maxRows but in tests.
	room int
	// blind says that a root or a condition has none, so that exact lines are likely to be all that
	// there is.
	blind bool
}

// fixedForm is a condition in units, with indices of the variables; it is not ok where a number is
// too large.
type fixedForm struct {
	x, y   []fixedTerm
	offset int64
	strict bool
	ok     bool
}

type fixedTerm struct {
	at int
	v  int64
}

// newFixed returns the subject in units of 2^−bits, with weights that weightsOf returned.
func newFixed(s *subject, weights []fixedLayer, bits uint) *fixed {
	f := &fixed{subject: s, bits: bits, one: 1 << bits, bounds: true, room: maxRows}
	next := int32(0)
	for i := range weights {
		y := weights[i]
		f.bounds = f.convert(&y) && f.bounds
		f.layers = append(f.layers, y)
		for _, m := range y.below {
			at := int32(-1)
			if m != 1 {
				at = next
				next++
			}
			f.neuron = append(f.neuron, at)
		}
	}
	for _, d := range s.query.Disjuncts {
		forms := make([]fixedForm, len(d.Forms))
		for i := range forms {
			forms[i] = f.form(&d.Forms[i])
		}
		f.forms = append(f.forms, forms)
	}
	return f
}

// weightsOf returns the layers with their weights, which no unit changes. It is cut short by a
// stop.
func weightsOf(s *subject) []fixedLayer {
	layers := make([]fixedLayer, len(s.layers))
	for i := range layers {
		y := &layers[i]
		if y.layer = &s.layers[i]; !y.choose(s.ctx) {
			continue
		}
		if float64(y.weights()) <= fewWeights*float64(y.in)*float64(y.out) {
			y.few = make([]fixedRow, y.out)
		} else {
			y.rows, y.columns = make([]int64, y.in*y.out), make([]int64, y.in*y.out)
		}
		for j, row := range y.w {
			if s.ctx.Err() != nil {
				break
			}
			for i, v := range row.v {
				k := row.column(i)
				w, _ := floored(v, int(y.shift)) // the sum of the row's sizes is small
				switch {
				case w == 0:
				case y.few != nil:
					y.few[j].at, y.few[j].v = append(y.few[j].at, k), append(y.few[j].v, w)
				default:
					y.rows[j*y.in+k], y.columns[k*y.out+j] = w, w
				}
			}
		}
		y.most = y.sizes()
	}
	return layers
}

// choose chooses the shift of a layer, and says whether there is one.
func (y *fixedLayer) choose(ctx context.Context) bool {
	least := 0
	for _, row := range y.w {
		least = min(least, dyadic.Least(row.v))
	}
	largest, sum, t := new(big.Int), new(big.Int), new(big.Int)
	for _, row := range y.w {
		if ctx.Err() != nil {
			break
		}
		sum.SetInt64(0)
		for _, v := range row.v {
			m, e := dyadic.Split(v)
			sum.Add(sum, t.Lsh(t.SetInt64(magnitude(m)), uint(max(e-least, 0))))
		}
		if largest.Cmp(sum) < 0 {
			largest.Set(sum)
		}
	}
	exact := -least
	if largest.Sign() == 0 {
		exact = 0
	}
	shift := min(exact, 62, 61+exact-largest.BitLen())
	y.beyond, y.shift, y.rounded = shift < 0, uint(max(shift, 0)), shift < exact
	return !y.beyond
}

// convert turns biases and slopes into integers, and says whether all numbers of the layer are
// small.
func (f *fixed) convert(y *fixedLayer) bool {
	ok := !y.beyond
	for j, m := range y.below {
		b, right := floored(y.b[j], int(f.bits))
		down, below := floored(m, int(f.bits))
		up, above := floored(-m, int(f.bits))
		y.bias, y.down, y.up = append(y.bias, b), append(y.down, down), append(y.up, -up)
		bend := int8(0)
		if m < 1 {
			bend = -1
		} else if m > 1 {
			bend = 1
		}
		y.bend = append(y.bend, bend)
		ok = ok && right && below && above
	}
	return ok
}

// floored returns ⌊v·2^s⌋, and whether that is small.
func floored(v float64, s int) (int64, bool) {
	m, e := dyadic.Split(v)
	switch e += s; {
	case m == 0:
		return 0, true
	case e >= 61:
		return 0, false
	case e >= 0:
		return times(m, 1<<e).floor(0)
	}
	return m >> min(-e, 63), true // 53 bits
}

// flooredRat is floored for a fraction.
func flooredRat(v *big.Rat, s uint) (int64, bool) {
	n := new(big.Int).Lsh(v.Num(), s)
	n.Div(n, v.Denom()) // Euclidean, which is the floor as the divisor is positive
	return n.Int64(), n.IsInt64() && isSmall(n.Int64())
}

func (f *fixed) form(e *vnnlib.Form) fixedForm {
	y := fixedForm{strict: e.Strict}
	y.offset, y.ok = flooredRat(e.Offset, f.bits)
	list := func(terms []vnnlib.Term) (out []fixedTerm) {
		for _, t := range terms {
			v, ok := flooredRat(t.Coef, f.bits)
			out, y.ok = append(out, fixedTerm{t.Index, v}), y.ok && ok
		}
		return out
	}
	y.x, y.y = list(e.X), list(e.Y)
	return y
}

// onGrid returns the box of b on the grid of units: floats, as all numbers have few bits. It is
// not ok where the box is too large for that.
func (s *subject) onGrid(b vnnlib.Box, bits uint) (lo, hi []float64, ok bool) {
	lo, hi = make([]float64, s.inputs), make([]float64, s.inputs)
	for k := range lo {
		l, below := flooredRat(b.Lo[k], bits)
		h, above := flooredRat(new(big.Rat).Neg(b.Hi[k]), bits)
		if !below || !above || max(magnitude(l), magnitude(h)) >= 1<<exactBits {
			return nil, nil, false
		}
		lo[k], hi[k] = math.Ldexp(float64(l), -int(bits)), math.Ldexp(float64(-h), -int(bits))
	}
	return lo, hi, true
}
