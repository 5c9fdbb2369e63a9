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
	first         int
	rows, columns []sparse
	s             uint
	rounded       bool
	bias          []int64
	low, high     []int64 // ⌊2^F·a⌋ and ⌈2^F·a⌉, a the slope below 0
	kind          []int8  // the sign of a − 1: 0 for a unit that is no neuron
}

func newFixedLayer(units, width int) *fixedLayer {
	return &fixedLayer{rows: make([]sparse, units), columns: make([]sparse, width)}
}

// put sets the weight of unit j for value k, behind those that were set.
func (y *fixedLayer) put(j, k int, v int64) {
	if v != 0 {
		row, column := &y.rows[j], &y.columns[k]
		row.at, row.v = append(row.at, k), append(row.v, v)
		column.at, column.v = append(column.at, j), append(column.v, v)
	}
}

// safetyNet is a network for proofs of safety: exact, all its layers, and in integers.
type safetyNet struct {
	hash            string
	inputs, outputs int
	weights         int // other than 0
	raw             []*rawLayer
	// unit is the unit of each neuron, units counted through all layers. carries is 1 for each
	// other unit, which is as on the side +, and 0 for neurons.
	unit    []int
	carries []int8
	f       uint
	fixed   []*fixedLayer // nil if numbers are too large
}

func readSafetyNet(ctx context.Context, text []byte) (n *safetyNet, err error) {
	n = &safetyNet{}
	t := &tournament{add: func(r *rawLayer) {
		n.weights += len(r.from)
		n.raw, n.outputs = append(n.raw, r), len(r.bias)
		for j := range r.slopes {
			n.carries = append(n.carries, 1)
			if r.slopeSign(j) != 0 {
				last := len(n.carries) - 1
				n.carries[last], n.unit = 0, append(n.unit, last)
			}
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
	var layers []*fixedLayer
	for _, r := range n.raw {
		y, ok := r.fix(f)
		if !ok {
			return
		}
		y.first = first
		first += len(y.rows)
		layers = append(layers, y)
	}
	n.fixed = layers
}

func (r *rawLayer) fix(f uint) (y *fixedLayer, ok bool) {
	y = newFixedLayer(len(r.bias), r.width)
	y.s, y.rounded, ok = r.shift()
	x, one, minus := fixing{large: !ok}, big.NewInt(1), new(big.Int)
	for j := 0; j < len(r.bias) && !x.large; j++ {
		for i := r.start[j]; i < r.start[j+1]; i++ {
			y.put(j, r.from[i], x.floor(&r.z[i], one, int(y.s)-int(r.scale)))
		}
		y.bias = append(y.bias, x.floor(&r.bias[j], one, int(f)-int(r.scale)))
		y.low = append(y.low, x.floor(&r.slopes[j], one, int(f)-int(r.fine)))
		y.high = append(y.high, -x.floor(minus.Neg(&r.slopes[j]), one, int(f)-int(r.fine)))
		y.kind = append(y.kind, int8(r.slopeSign(j)))
	}
	return y, !x.large
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
	// most·2^(s−scale) < 2^61 if and only if its length is at most 61 − s + scale.
	exact, largest := r.scale-zeros, smallBits+int(r.scale)-most.BitLen()
	s = min(exact, uint(max(largest, 0)), 62)
	return s, s < exact, largest >= 0
}

// conditions returns those with a multiplier as a layer that inputs and outputs enter.
func (n *safetyNet) conditions(forms []form, mu []weight) (y *fixedLayer, ok bool) {
	y = newFixedLayer(len(mu), n.inputs+n.outputs)
	y.s, y.rounded = n.f, true
	var x fixing
	for j, m := range mu {
		y.bias = append(y.bias, x.rat(forms[m.at].offset, n.f))
		for _, t := range forms[m.at].terms {
			y.put(j, t.k, x.rat(t.coef, n.f))
		}
	}
	return y, !x.large
}

// weight returns a multiplier of a claim in units; it is one in units of 2^−g, g = min(F, 20).
func (n *safetyNet) weight(v *big.Int) int64 { return v.Int64() << (n.f - min(n.f, 20)) }

// fixing makes integers of numbers, and remembers if one is not small.
type fixing struct{ large bool }

// floor returns ⌊num/den·2^e⌋, den > 0, if that is small.
func (x *fixing) floor(num, den *big.Int, e int) int64 {
	if num.BitLen()-den.BitLen()+e > 63 {
		x.large = true
		return 0
	}
	var t, d big.Int
	t.Div(t.Lsh(num, uint(max(e, 0))), d.Lsh(den, uint(max(-e, 0)))) // rounds down, as d > 0
	x.large = x.large || !t.IsInt64() || !small(t.Int64())
	return t.Int64()
}

// rat returns ⌊v·2^f⌋ if that is small.
func (x *fixing) rat(v *big.Rat, f uint) int64 { return x.floor(v.Num(), v.Denom(), int(f)) }
