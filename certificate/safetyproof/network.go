package safetyproof

// Fixed-point integers for proofs of safety: numbers of 61 bits, sums of 128, and a network whose
// numbers are such. docs/safety-proof.md §4.1 is what this file does.

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/nettext"
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

// tooLarge is the panic about a number that is not small.
type tooLarge struct{}

// small returns v, which has to be small.
func small(v int64) int64 {
	if v <= -1<<smallBits || v >= 1<<smallBits {
		panic(tooLarge{})
	}
	return v
}

// fits says whether all numbers are small that run comes to.
func fits(run func()) (yes bool) {
	defer func() {
		if fault := recover(); fault != nil && fault != any(tooLarge{}) {
			panic(fault)
		}
	}()
	run()
	return true
}

// wide is an integer of 128 bits in two's complement.
type wide struct{ hi, lo uint64 }

// product returns a·b.
func product(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return wide{hi - uint64(a>>63&b+b>>63&a), lo}
}

func (w *wide) add(v wide) {
	var c uint64
	w.lo, c = bits.Add64(w.lo, v.lo, 0)
	w.hi, _ = bits.Add64(w.hi, v.hi, c)
}

// floor returns ⌊w/2^s⌋ for s < 128, which has to be small.
func (w wide) floor(s uint) int64 {
	high := int64(w.hi)
	v := int64(w.lo>>s | w.hi<<(64-s))
	if s >= 64 {
		v, s = high>>(s-64), 63
	}
	if high>>s != v>>63 {
		panic(tooLarge{})
	}
	return small(v)
}

// entries are those that are not 0 of a row or a column: v[i] stands at place at[i].
type entries struct {
	at []int32
	v  []int64
}

func (e *entries) clear() { e.at, e.v = e.at[:0], e.v[:0] }

func (e *entries) put(at int32, v int64) {
	if v != 0 {
		e.at, e.v = append(e.at, at), append(e.v, v)
	}
}

// sums are sums of products, by places; between two uses all are 0.
type sums struct {
	of          []wide
	every, some []int32 // places
}

// add adds the entries times x to the sums at their places; or their sizes.
func (z *sums) add(e *entries, x int64, sizes bool) {
	v, of := e.v[:len(e.at)], z.of
	for i, j := range e.at {
		w := v[i]
		if sizes {
			w = max(w, -w)
		}
		of[j].add(product(w, x))
	}
}

// take takes a sum.
func (z *sums) take(j int32) wide {
	sum := z.of[j]
	z.of[j] = wide{}
	return sum
}

// first returns so many places, from 0.
func (z *sums) first(n int) []int32 {
	for k := len(z.every); k < n; k++ {
		z.every = append(z.every, int32(k))
	}
	return z.every[:n]
}

// fixedLayer is a layer in integers: weights w·2^−s with ⌊·⌋ if it is rounded, and biases and
// slopes in units of 2^−F.
type fixedLayer struct {
	first         int
	rows, columns []entries
	s             uint
	rounded       bool
	bias          []int64
	low, high     []int64 // ⌊2^F·a⌋ and ⌈2^F·a⌉, a the slope below 0
	bend          []int64 // the sign of 1 − a: 0 for a unit that is no neuron
}

func newFixedLayer(units, width int) *fixedLayer {
	return &fixedLayer{rows: make([]entries, units), columns: make([]entries, width)}
}

// put sets the weight of unit j for value k.
func (y *fixedLayer) put(j, k int, v int64) {
	y.rows[j].put(int32(k), v)
	y.columns[k].put(int32(j), v)
}

// network is a network for proofs of safety: exact, all its layers, and in integers.
type network struct {
	hash            string
	inputs, outputs int
	raw             []*nettext.Layer
	// unit is the unit of each neuron, units counted through all layers. carries is 1 for each
	// other unit, which is as on the side +, and 0 for neurons.
	unit    []int
	carries []int8
	f       uint
	fixed   []*fixedLayer // nil if numbers are too large
}

func readNetwork(ctx context.Context, text []byte) (*network, error) {
	p, err := nettext.ReadPlain(ctx, text)
	if err != nil {
		return nil, err
	}
	n, weights := &network{hash: p.Hash, inputs: p.Inputs, raw: p.Layers}, 0
	for _, r := range p.Layers {
		weights += len(r.From)
		n.outputs = len(r.Bias)
		for j := range r.Slopes {
			n.carries = append(n.carries, 1)
			if one := new(big.Int).Lsh(big.NewInt(1), r.Fine); r.Slopes[j].Cmp(one) != 0 {
				last := len(n.carries) - 1
				n.carries[last], n.unit = 0, append(n.unit, last)
			}
		}
	}
	if weights > maxWeights {
		return nil, &canonical.Error{File: "network", Reason: fmt.Sprintf("it has more than %d weights other than 0, the most that proofs of safety are about", maxWeights)}
	}
	return n, nil
}

// fix computes all numbers with f fractional bits, unless stop ends it. Where one is too large, no
// node has bounds.
func (n *network) fix(f uint, stop func()) {
	n.f, n.fixed = f, nil
	var layers []*fixedLayer
	if first := 0; fits(func() {
		for _, r := range n.raw {
			layers = append(layers, fix(r, f, first, stop))
			first += len(r.Bias)
		}
	}) {
		n.fixed = layers
	}
}

// fix returns a layer with f fractional bits, whose first unit that is.
func fix(r *nettext.Layer, f uint, first int, stop func()) *fixedLayer {
	y, minus := newFixedLayer(len(r.Bias), r.Width), new(big.Int)
	y.first = first
	y.s, y.rounded = shift(r, stop)
	for j := range r.Bias {
		stop()
		for i := r.Start[j]; i < r.Start[j+1]; i++ {
			y.put(j, r.From[i], shifted(&r.Z[i], int(y.s)-int(r.Scale)))
		}
		low, high := shifted(&r.Slopes[j], int(f)-int(r.Fine)), -shifted(minus.Neg(&r.Slopes[j]), int(f)-int(r.Fine))
		y.bias, y.bend = append(y.bias, shifted(&r.Bias[j], int(f)-int(r.Scale))), append(y.bend, int64(cmp.Compare(2<<f, low+high)))
		y.low, y.high = append(y.low, low), append(y.high, high)
	}
	return y
}

// shifted returns ⌊v·2^e⌋, which has to be small.
func shifted(v *big.Int, e int) int64 { return floorOf(v, big.NewInt(1), e) }

// shift returns the scale of a layer's weights.
func shift(r *nettext.Layer, stop func()) (s uint, rounded bool) {
	var most, sum, size big.Int
	zeros := r.Scale
	for j := range r.Bias {
		stop()
		sum.SetInt64(0)
		for i := r.Start[j]; i < r.Start[j+1]; i++ {
			zeros = min(zeros, r.Z[i].TrailingZeroBits())
			sum.Add(&sum, size.Abs(&r.Z[i]))
		}
		if sum.Cmp(&most) > 0 {
			most.Set(&sum)
		}
	}
	// most·2^(s−scale) < 2^61 if and only if its length is at most 61 − s + scale.
	exact, largest := r.Scale-zeros, smallBits+int(r.Scale)-most.BitLen()
	if largest < 0 {
		panic(tooLarge{})
	}
	s = min(exact, uint(largest), 62)
	return s, s < exact
}

// floorOf returns ⌊num/den·2^e⌋, den > 0, which has to be small.
func floorOf(num, den *big.Int, e int) int64 {
	var t, d big.Int
	if num.BitLen()-den.BitLen()+e <= 63 {
		t.Div(t.Lsh(num, uint(max(e, 0))), d.Lsh(den, uint(max(-e, 0)))) // rounds down, as d > 0
		if t.IsInt64() {
			return small(t.Int64())
		}
	}
	panic(tooLarge{})
}

// inUnits returns ⌊v·2^F⌋, which has to be small.
func (n *network) inUnits(v *big.Rat) int64 { return floorOf(v.Num(), v.Denom(), int(n.f)) }

// conditions returns those with a multiplier as a layer that inputs and outputs enter.
func (n *network) conditions(forms []form, mu []weight) *fixedLayer {
	y := newFixedLayer(len(mu), n.inputs+n.outputs)
	y.s, y.rounded = n.f, true
	for j, m := range mu {
		for k, c := range forms[m.at].combination {
			if v := n.inUnits(c); k == constant {
				y.bias = append(y.bias, v)
			} else {
				y.put(j, k, v)
			}
		}
	}
	return y
}

// weight returns a multiplier of a claim in units; it is one in units of 2^−g, g = min(F, 20).
func (n *network) weight(v *big.Int) int64 { return v.Int64() << (n.f - min(n.f, 20)) }
