// The exact affine map of a pattern, in integers with a power of two for each layer. What patterns
// near each other have in common is computed once.

package network

import (
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// Affine returns the affine map x ↦ W·x + b, W of Outputs × Inputs, that the
// network is on the cell of pattern p: nothing is rounded, the precision of an
// entry is what it needs. A neuron of sign 0 contributes 0. It panics when p has
// not one sign per neuron.
func (n *Network) Affine(p Pattern) (W [][]*big.Float, b []*big.Float) {
	return n.NewAffinePass().Affine(p)
}

// AffinePass computes the affine maps of one pattern after the other, and keeps of the last one
// what the next may share. It is for one goroutine at a time.
type AffinePass struct {
	net    *Network // masked
	of     *Network
	layers []rowLayer
	last   Pattern
	wide   []uint64     // a row, in the words of the layer behind its own
	out    [][]*big.Int // what Integers returned last
}

// rowLayer is a layer with the affine maps of its units' pre-activations, each a row of the
// coefficients of the inputs and an offset, in integers times 2^e.
type rowLayer struct {
	Layer
	first, end int   // its first neuron, and that of the next layer
	sign       []int // of each unit, the place of its neuron among those of the layer, −1 if it is none
	// The weights are integers times 2^weights, the slopes times 2^slopes. The products of weights,
	// slopes and rows before are those of the rows times 2^shift.
	weights, slopes, e, shift int
	bits                      int // the numbers of the rows are less than 2^bits
	words                     int // of each number
	signs                     Pattern
	rows                      [][]uint64 // nil: not computed for the signs before
}

// NewAffinePass returns a pass through n.
func (n *Network) NewAffinePass() *AffinePass {
	p, first := &AffinePass{net: n.Masked(), of: n}, 0
	n = p.net
	for _, l := range n.layers {
		r := rowLayer{Layer: l, first: first, signs: make(Pattern, l.Out()), rows: make([][]uint64, l.Out())}
		r.scale(p.layers)
		place := 0
		for i := range l.Out() {
			r.sign = append(r.sign, -1)
			if l.IsNeuron(i) {
				r.sign[i], place = place, place+1
			}
			r.signs[i] = 1
		}
		first += place
		r.end = first
		p.layers = append(p.layers, r)
	}
	p.out = make([][]*big.Int, n.Outputs())
	for i := range p.out {
		p.out[i] = dyadic.ZeroInts(n.Inputs() + 1)
	}
	return p
}

// scale finds the powers of two of a layer, and a bound of the numbers of its rows: a sum of k
// products is less than k times the largest weight, slope and number before.
func (l *rowLayer) scale(before []rowLayer) {
	entries, largest := 0, 0 // weights in a row, and 2^largest is above them
	for i := range l.B {
		l.weights = min(l.weights, dyadic.Least(l.stored(i)))
		entries = max(entries, len(l.stored(i)))
	}
	for i := range l.B {
		for _, w := range l.stored(i) {
			m, e := dyadic.Split(w)
			largest = max(largest, bitsOf(m)+e-l.weights)
		}
		_, e := dyadic.Split(l.Below(i))
		l.slopes = min(l.slopes, e)
	}
	products, scale := largest, l.weights
	if len(before) > 0 {
		b := &before[len(before)-1]
		scale += b.e + b.slopes
		products += b.bits + b.slopeBits() + bits.Len(uint(entries))
	}
	l.e = scale
	for _, v := range l.B {
		if m, e := dyadic.Split(v); m != 0 {
			l.e = min(l.e, e)
		}
	}
	l.shift = scale - l.e
	l.bits = products + l.shift
	for _, v := range l.B {
		if m, e := dyadic.Split(v); m != 0 {
			l.bits = max(l.bits, bitsOf(m)+e-l.e)
		}
	}
	l.bits++ // the products and the offset
	l.words = dyadic.WordsFor(l.bits)
}

// slopeBits is such that the slopes are less than 2^slopeBits in integers times 2^slopes.
func (l *rowLayer) slopeBits() int {
	most := 1 - l.slopes
	for i := range l.B {
		m, e := dyadic.Split(l.Below(i))
		most = max(most, bitsOf(m)+e-l.slopes)
	}
	return most
}

// bitsOf returns the bits of |m|, of an integer other than the least.
func bitsOf(m int64) int { return bits.Len64(uint64(max(m, -m))) }

// Affine is Network.Affine.
func (p *AffinePass) Affine(s Pattern) (W [][]*big.Float, b []*big.Float) {
	rows, exp := p.Integers(s)
	for _, row := range rows {
		x := make([]*big.Float, len(row))
		for k, v := range row {
			x[k] = new(big.Float).SetInt(v) // not rounded: it has as many bits as v
			x[k].SetMantExp(x[k], exp)
		}
		n := len(x) - 1
		W, b = append(W, x[:n:n]), append(b, x[n])
	}
	return W, b
}

// Integers is Affine in integers times 2^exp: for each output the coefficients of the inputs, and
// then the offset. They are valid until the next call.
func (p *AffinePass) Integers(s Pattern) (rows [][]*big.Int, exp int) {
	if len(s) != p.neurons() {
		panic(fmt.Sprintf("network: pattern of %d signs, the network has %d neurons", len(s), p.neurons()))
	}
	p.enter(s)
	at := len(p.layers) - 1
	l := &p.layers[at]
	var f big.Int
	for i, row := range p.out {
		m, shift := l.factor(i, l.signs[i])
		if m == 0 {
			for _, v := range row {
				v.SetInt64(0)
			}
			continue
		}
		load(row, p.row(at, i), l.words)
		if f.Lsh(f.SetInt64(m), uint(shift)); !f.IsInt64() || f.Int64() != 1 {
			for _, v := range row {
				v.Mul(v, &f)
			}
		}
	}
	return p.out, l.e + l.slopes
}

// neurons is the number of neurons, which the network counts each time.
func (p *AffinePass) neurons() int { return p.layers[len(p.layers)-1].end }

// load sets the numbers of z to those of a row.
func load(z []*big.Int, row []uint64, words int) {
	for k, v := range z {
		dyadic.LoadWords(v, row[k*words:(k+1)*words])
	}
}

// enter brings up to date, or forgets, what depends on signs that have changed.
func (p *AffinePass) enter(s Pattern) {
	same := 0
	for same < len(p.last) && p.last[same] == s[same] {
		same++
	}
	for i := len(p.layers) - 1; i >= 0; i-- { // a layer while the one before is as it was
		l := &p.layers[i]
		if l.first > same {
			if before := p.layers[i-1]; before.first > same {
				clear(l.rows)
			} else {
				p.change(i, s[before.first:])
			}
		}
	}
	for i := range p.layers {
		if l := &p.layers[i]; l.end > same || p.last == nil {
			for j, k := range l.sign {
				if k >= 0 {
					l.signs[j] = s[l.first+k]
				}
			}
		}
	}
	p.last = append(p.last[:0], s...)
}

// change brings the rows of layer l up to date where the neurons before will have other signs, but
// the rows that they had: each adds to a row what it passes on, less what it passed on.
func (p *AffinePass) change(l int, signs Pattern) {
	ly, before := &p.layers[l], &p.layers[l-1]
	for j, k := range before.sign {
		if k < 0 || signs[k] == before.signs[j] {
			continue
		}
		var passed []uint64
		old, oldShift := before.factor(j, before.signs[j])
		now, nowShift := before.factor(j, signs[k])
		for i, row := range ly.rows {
			if row == nil {
				continue
			}
			m, e := dyadic.Split(ly.W.At(i, j))
			if m == 0 {
				continue
			}
			if passed == nil {
				passed = p.before(l, j)
			}
			if e += ly.shift - ly.weights; old != 0 {
				dyadic.AddMul(row, passed, ly.words, -m, old, e+oldShift)
			}
			if now != 0 {
				dyadic.AddMul(row, passed, ly.words, m, now, e+nowShift)
			}
		}
	}
}

// before returns the row of unit j of the layer before l, in the words of l. It is valid until the
// next call.
func (p *AffinePass) before(l, j int) []uint64 {
	words, own := p.layers[l].words, p.layers[l-1].words
	row := p.row(l-1, j)
	if words == own {
		return row
	}
	n := (p.net.Inputs() + 1) * words
	p.wide = slices.Grow(p.wide[:0], n)[:n]
	dyadic.Widen(p.wide, words, row, own)
	return p.wide
}

// factor returns m and e ≥ 0: unit j passes its pre-activation on, with a sign, times m·2^e, in
// integers times 2^slopes.
func (l *rowLayer) factor(j int, s int8) (m int64, e int) {
	m, e = 1, 0
	if s < 0 {
		m, e = dyadic.Split(l.Below(j))
	}
	if s == 0 || m == 0 {
		return 0, 0
	}
	return m, e - l.slopes
}

// row returns the row of unit i of layer l.
func (p *AffinePass) row(l, i int) []uint64 {
	ly, n := &p.layers[l], p.net.Inputs()
	if ly.rows[i] != nil {
		return ly.rows[i]
	}
	k := ly.words
	row, one := make([]uint64, (n+1)*k), make([]uint64, k)
	one[0] = 1
	for j, v := range ly.Entries(i) {
		m, e := dyadic.Split(v)
		e += ly.shift - ly.weights
		if l == 0 {
			dyadic.AddMul(row[j*k:(j+1)*k], one, k, m, 1, e)
		} else if f, shift := p.layers[l-1].factor(j, p.layers[l-1].signs[j]); f != 0 && m != 0 {
			dyadic.AddMul(row, p.before(l, j), k, m, f, e+shift)
		}
	}
	if m, e := dyadic.Split(ly.B[i]); m != 0 {
		dyadic.AddMul(row[n*k:], one, k, m, 1, e-ly.e)
	}
	ly.rows[i] = row
	return row
}

// Neuron returns the pre-activation of neuron j on the cell of pattern s, in integers times 2^exp:
// the coefficients of the inputs and then the offset. Of a piece of a maximum it is what that is
// above the piece that wins, the first of sign +; where there is none, the piece itself. It panics
// as Integers does, and when there is no such neuron.
func (p *AffinePass) Neuron(s Pattern, j int) (row []*big.Int, exp int) {
	if len(s) != p.neurons() || j < 0 || j >= len(s) {
		panic(fmt.Sprintf("network: neuron %d of a pattern of %d signs, the network has %d neurons", j, len(s), p.neurons()))
	}
	p.enter(s)
	at := 0
	for at+1 < len(p.layers) && p.layers[at+1].first <= j {
		at++
	}
	l := &p.layers[at] // it has neurons: one without begins where the layer behind it does
	for i, left := 0, j-l.first; ; i++ {
		if l.IsNeuron(i) {
			if left == 0 {
				return p.aboveWinner(at, i), l.e
			}
			left--
		}
	}
}

// aboveWinner returns row i of layer l or, where it is that of a piece of a maximum, that less the
// row of the piece that wins. Where none of its maximum does, there is nothing to take off.
func (p *AffinePass) aboveWinner(l, i int) []*big.Int {
	row := p.numbers(l, i)
	first := 0
	for _, k := range p.of.layers[l].Pieces {
		if first += k; i >= first {
			continue
		}
		for w := first - k; w < first; w++ {
			if p.layers[l].signs[w] > 0 {
				for c, v := range p.numbers(l, w) {
					row[c].Sub(row[c], v)
				}
				break
			}
		}
		break
	}
	return row
}

// numbers returns row i of layer l as numbers of the caller's own.
func (p *AffinePass) numbers(l, i int) []*big.Int {
	z := dyadic.ZeroInts(p.net.Inputs() + 1)
	load(z, p.row(l, i), p.layers[l].words)
	return z
}
