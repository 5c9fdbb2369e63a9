// The exact affine map of a pattern, in integers with a power of two for each layer. What patterns
// near each other have in common is computed once.

package network

import (
	"fmt"
	"math/big"

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
}

// rowLayer is a layer with the affine maps of its units' pre-activations, each a row of the
// coefficients of the inputs and an offset, in integers times 2^e.
type rowLayer struct {
	Layer
	first int // its first neuron
	// The weights are integers times 2^weights, the slopes times 2^slopes.
	weights, slopes, e int
	signs              Pattern      // of the units
	rows               [][]*big.Int // nil: not computed for the signs before
}

// NewAffinePass returns a pass through n.
func (n *Network) NewAffinePass() *AffinePass {
	p, first, before := &AffinePass{net: n.Masked(), of: n}, 0, 0
	n = p.net
	for _, l := range n.layers {
		r := rowLayer{Layer: l, first: first, signs: make(Pattern, l.Out()), rows: make([][]*big.Int, l.Out())}
		for i := range l.B {
			r.weights = min(r.weights, dyadic.Least(l.stored(i)))
		}
		r.e = r.weights + before
		for j, b := range l.B {
			if m, e := dyadic.Split(b); m != 0 {
				r.e = min(r.e, e)
			}
			_, e := dyadic.Split(l.Below(j))
			r.slopes = min(r.slopes, e)
		}
		p.layers = append(p.layers, r)
		first, before = first+l.Neurons(), r.e+r.slopes
	}
	return p
}

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
	if len(s) != p.net.Neurons() {
		panic(fmt.Sprintf("network: pattern of %d signs, the network has %d neurons", len(s), p.net.Neurons()))
	}
	p.enter(s)
	at := len(p.layers) - 1
	l, n := &p.layers[at], p.net.Inputs()
	var f big.Int
	for i := range l.Out() {
		passes := l.factor(&f, i, l.signs[i])
		switch {
		case !passes:
			rows = append(rows, zeros(n+1))
		case f.IsInt64() && f.Int64() == 1:
			rows = append(rows, p.row(at, i))
		default:
			row := zeros(n + 1)
			for k, v := range p.row(at, i) {
				row[k].Mul(&f, v)
			}
			rows = append(rows, row)
		}
	}
	return rows, l.e + l.slopes
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
				p.change(i, before.SignsOf(s[before.first:]))
			}
		}
	}
	for i := range p.layers {
		if l := &p.layers[i]; l.first+l.Neurons() > same || p.last == nil {
			copy(l.signs, l.SignsOf(s[l.first:]))
		}
	}
	p.last = append(p.last[:0], s...)
}

// change brings the rows of layer l up to date where the units before have other signs, but the rows
// that they had: each adds to a row the difference of what it passes on.
func (p *AffinePass) change(l int, signs Pattern) {
	ly, before := &p.layers[l], &p.layers[l-1]
	var f, g, w, t big.Int
	for j, s := range signs {
		if s == before.signs[j] {
			continue
		}
		before.factor(&f, j, before.signs[j])
		before.factor(&g, j, s)
		g.Sub(&g, &f)
		for i, row := range ly.rows {
			m, e := dyadic.Split(ly.W.At(i, j))
			if row == nil || m == 0 {
				continue
			}
			w.Mul(&g, w.Lsh(w.SetInt64(m), uint(e-ly.weights+p.shift(l))))
			for k, v := range p.row(l-1, j) {
				if v.Sign() != 0 {
					row[k].Add(row[k], t.Mul(&w, v))
				}
			}
		}
	}
}

// shift leads from the scale of the products of layer l to that of its rows.
func (p *AffinePass) shift(l int) int {
	ly := &p.layers[l]
	if l == 0 {
		return ly.weights - ly.e
	}
	return ly.weights - ly.e + p.layers[l-1].e + p.layers[l-1].slopes
}

// factor sets f to the factor by which unit j passes its pre-activation on with a sign, in integers
// times 2^slopes, and reports false for 0.
func (l *rowLayer) factor(f *big.Int, j int, s int8) bool {
	m, e := int64(1), 0
	if s < 0 {
		m, e = dyadic.Split(l.Below(j))
	}
	if s == 0 || m == 0 {
		f.SetInt64(0)
		return false
	}
	f.Lsh(f.SetInt64(m), uint(e-l.slopes))
	return true
}

// row returns the row of unit i of layer l.
func (p *AffinePass) row(l, i int) []*big.Int {
	ly, n := &p.layers[l], p.net.Inputs()
	if ly.rows[i] != nil {
		return ly.rows[i]
	}
	row := zeros(n + 1)
	var f, w, t big.Int
	for j, v := range ly.Entries(i) {
		m, e := dyadic.Split(v)
		w.Lsh(w.SetInt64(m), uint(e-ly.weights))
		if l == 0 {
			row[j].Set(&w)
			continue
		}
		before := &p.layers[l-1]
		if !before.factor(&f, j, before.signs[j]) {
			continue
		}
		w.Mul(&w, &f)
		for k, g := range p.row(l-1, j) {
			if g.Sign() != 0 {
				row[k].Add(row[k], t.Mul(&w, g))
			}
		}
	}
	for _, v := range row {
		v.Lsh(v, uint(p.shift(l)))
	}
	if m, e := dyadic.Split(ly.B[i]); m != 0 {
		row[n].Add(row[n], t.Lsh(t.SetInt64(m), uint(e-ly.e)))
	}
	ly.rows[i] = row
	return row
}

func zeros(n int) []*big.Int {
	z := make([]*big.Int, n)
	for i := range z {
		z[i] = new(big.Int)
	}
	return z
}

// Neuron returns the pre-activation of neuron j on the cell of pattern s, in integers times 2^exp:
// the coefficients of the inputs and then the offset. They are valid until the next call with
// another pattern. Of a piece of a maximum it is what that is above the piece that wins. It panics as
// Integers does, and when there is no such neuron.
func (p *AffinePass) Neuron(s Pattern, j int) (row []*big.Int, exp int) {
	if len(s) != p.net.Neurons() || j < 0 || j >= len(s) {
		panic(fmt.Sprintf("network: neuron %d of a pattern of %d signs, the network has %d neurons", j, len(s), p.net.Neurons()))
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

// aboveWinner returns row i of layer l or, where it is that of a piece of a maximum, that less the row
// of the piece that wins.
func (p *AffinePass) aboveWinner(l, i int) []*big.Int {
	row := p.row(l, i)
	first := 0
	for _, k := range p.of.layers[l].Pieces {
		if first += k; i >= first {
			continue
		}
		for w := first - k; w < first; w++ {
			if p.layers[l].signs[w] > 0 {
				d := zeros(len(row))
				for c := range d {
					d[c].Sub(row[c], p.row(l, w)[c])
				}
				return d
			}
		}
	}
	return row
}
