package certificate

// Fixed-point integers for proofs of safety: numbers of 61 bits, sums of 128, and a network whose
// numbers are such. docs/safety-proof.md §4.1 is what this file does.

import (
	"context"
	"fmt"
	"math/big"
	"math/bits"
)

const (
	// maxWeights bounds the weights other than 0 of a network, and maxRows the entries of all
	// columns of a layer's rows on a node, which has no bounds where there are more.
	maxWeights, maxRows = 1 << 26, 1 << 27
)

// smallBits bounds every number that is stored: it is less than 2^smallBits in absolute value. So
// the sum of two fits into 64 bits, and a product with the 62 bits of a layer's weights, or a sum
// of such products whose factors on one side sum up to 62 bits, into 128.
const smallBits = 61

func small(v int64) bool { return -1<<smallBits < v && v < 1<<smallBits }

// wide is an integer of 128 bits in two's complement.
type wide struct {
	hi int64
	lo uint64
}

// product returns a·b.
func product(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return wide{int64(hi) - a>>63&b - b>>63&a, lo}
}

func (w *wide) add(v wide) {
	var c uint64
	w.lo, c = bits.Add64(w.lo, v.lo, 0)
	w.hi += v.hi + int64(c)
}

// sparse is a row or a column of which most may be 0: v[i] stands at place at[i], and 0 elsewhere.
type sparse struct {
	at []int
	v  []int64
}

// put puts v, if it is not 0, at place k, which is behind the others.
func (a *sparse) put(k int, v int64) {
	if v != 0 {
		a.at, a.v = append(a.at, k), append(a.v, v)
	}
}

// dot returns Σ a_k·b_k.
func (a *sparse) dot(b []int64) (sum wide) {
	for i, k := range a.at {
		if x := b[k]; x != 0 {
			sum.add(product(a.v[i], x))
		}
	}
	return sum
}

// dotSizes returns Σ |a_k|·r_k.
func (a *sparse) dotSizes(r []int64) (sum wide) {
	for i, k := range a.at {
		if x := r[k]; x != 0 {
			sum.add(product(max(a.v[i], -a.v[i]), x))
		}
	}
	return sum
}

// floor returns ⌊w/2^s⌋ for s < 128 if that is small.
func (w wide) floor(s uint) (v int64, ok bool) {
	if s >= 64 {
		w = wide{w.hi >> 63, uint64(w.hi >> (s - 64))}
	} else if s > 0 {
		w = wide{w.hi >> s, w.lo>>s | uint64(w.hi)<<(64-s)}
	}
	v = int64(w.lo)
	return v, w.hi == v>>63 && small(v)
}

// fixedLayer is a layer in integers: weights w·2^−s with ⌊·⌋ if it is rounded, and biases and
// slopes in units of 2^−F.
type fixedLayer struct {
	in, out, first int
	rows, columns  []sparse
	s              uint
	rounded        bool
	bias           []int64
	low, high      []int64 // ⌊2^F·a⌋ and ⌈2^F·a⌉, a the slope below 0
	kind           []int8  // the sign of a − 1: 0 for a unit that is no neuron
	plain          bool    // no unit is a neuron
}

// safetyNet is a network for proofs of safety: exact, all its layers, and in integers.
type safetyNet struct {
	hash            string
	inputs, outputs int
	weights         int // other than 0
	raw             []*rawLayer
	// unit is the unit of each neuron, units counted through all layers.
	unit  []int
	units int
	f     uint
	fixed []fixedLayer // nil if numbers are too large
	zero  []bool       // the slope of a unit is 0
}

func readSafetyNet(ctx context.Context, text []byte) (n *safetyNet, err error) {
	n = &safetyNet{}
	t := &tournament{add: func(r *rawLayer) {
		n.weights += len(r.from)
		n.raw, n.outputs = append(n.raw, r), len(r.bias)
		for j := range r.slopes {
			if r.slopeSign(j) != 0 {
				n.unit = append(n.unit, n.units)
			}
			n.zero = append(n.zero, r.slopes[j].Sign() == 0)
			n.units++
		}
	}}
	n.hash, n.inputs, err = readLayers(ctx, text, denseMost, t.take)
	if err != nil {
		return n, err
	}
	if t.end(); n.weights > maxWeights {
		err = fmt.Errorf("it has more than %d weights other than 0, the most that proofs of safety are about", maxWeights)
	}
	return n, err
}

// slopeSign returns the sign of a − 1, a the slope of unit j below 0.
func (r *rawLayer) slopeSign(j int) int {
	var one big.Int
	return r.slopes[j].Cmp(one.SetBit(&one, int(r.fine), 1))
}

// fix computes all numbers with f fractional bits. Where one is too large, no node has bounds.
func (n *safetyNet) fix(f uint) {
	n.f, n.fixed = f, nil
	first := 0
	var layers []fixedLayer
	for _, r := range n.raw {
		y, ok := r.fix(f)
		if !ok {
			return
		}
		y.first = first
		first += y.out
		layers = append(layers, y)
	}
	n.fixed = layers
}

func (r *rawLayer) fix(f uint) (y fixedLayer, ok bool) {
	y = fixedLayer{in: r.width, out: len(r.bias), plain: true}
	one := big.NewInt(1)
	y.s, y.rounded, ok = r.shift()
	y.columns = make([]sparse, y.in)
	for j := 0; j < y.out && ok; j++ {
		var row sparse
		for i := r.start[j]; i < r.start[j+1]; i++ {
			v, _ := fixedPoint(&r.z[i], one, int(y.s)-int(r.scale))
			row.put(r.from[i], v)
			y.columns[r.from[i]].put(j, v)
		}
		b, fits := fixedPoint(&r.bias[j], one, int(f)-int(r.scale))
		low, fitsLow := fixedPoint(&r.slopes[j], one, int(f)-int(r.fine))
		var minus big.Int
		high, fitsHigh := fixedPoint(minus.Neg(&r.slopes[j]), one, int(f)-int(r.fine))
		ok = fits && fitsLow && fitsHigh
		y.rows, y.bias = append(y.rows, row), append(y.bias, b)
		y.low, y.high, y.kind = append(y.low, low), append(y.high, -high), append(y.kind, int8(r.slopeSign(j)))
		y.plain = y.plain && y.kind[j] == 0
	}
	return y, ok
}

// shift returns the scale of a layer's weights.
func (r *rawLayer) shift() (s uint, rounded, ok bool) {
	var most, sum, size big.Int
	zeros := r.scale
	for j := range r.bias {
		sum.SetInt64(0)
		for i := r.start[j]; i < r.start[j+1]; i++ {
			zeros = min(zeros, r.z[i].TrailingZeroBits())
			sum.Add(&sum, size.Abs(&r.z[i]))
		}
		if sum.Cmp(&most) > 0 {
			most.Set(&sum)
		}
	}
	if most.Sign() == 0 {
		return 0, false, true
	}
	// most·2^(s−scale) < 2^61 if and only if its length is at most 61 − s + scale.
	largest := smallBits + int(r.scale) - most.BitLen()
	if largest < 0 {
		return 0, false, false
	}
	exact := r.scale - zeros
	s = min(exact, uint(largest), 62)
	return s, s < exact, true
}

// fixedPoint returns ⌊num/den·2^e⌋, den > 0, if that is small.
func fixedPoint(num, den *big.Int, e int) (int64, bool) {
	if num.BitLen()-den.BitLen()+e > 63 {
		return 0, false
	}
	var t, d big.Int
	t.Div(t.Lsh(num, uint(max(e, 0))), d.Lsh(den, uint(max(-e, 0)))) // rounds down, as d > 0
	return t.Int64(), t.IsInt64() && small(t.Int64())
}
