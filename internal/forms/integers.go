// The network in exact integers, and the exact forms along a path: what the
// tiers behind the float filter work on. One power-of-two scale a layer, no gcd.

package forms

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// Integers holds each compiled layer as integers. Values of layer l are
// integers times 2^−Scale[l].
type Integers struct {
	Layers []*IntAffine
	Scale  []int
	// slopes[l][i]·2^−slopeScale[l] is the slope below zero of unit i of layer l, nil for 0.
	slopes     [][]*big.Int
	slopeScale []int
}

// Integers builds the exact layers on first use. It returns nil where that was given up, as late
// then says for good.
func (m *Model) Integers() *Integers { return m.integersUntil(m.Late) }

// integersUntil is Integers, given up where stopped says so.
func (m *Model) integersUntil(stopped func() bool) *Integers {
	if x := m.integers.Load(); x != nil {
		return x
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.integers.Load() == nil {
		if x := m.foldIntegers(stopped); x != nil {
			m.integers.Store(x)
		}
	}
	return m.integers.Load()
}

// foldIntegers builds the exact layers.
func (m *Model) foldIntegers(stopped func() bool) *Integers {
	x := &Integers{}
	var run []network.Layer
	scale := 0
	for _, l := range m.Source.Layers() {
		run = append(run, l)
		if l.Act == network.None {
			continue
		}
		f := foldRun(run, len(x.Layers) == 0, m.Ball, stopped)
		if f == nil {
			return nil
		}
		run = nil
		x.Layers = append(x.Layers, f)
		scale += f.Scale
		x.Scale = append(x.Scale, scale)
		slopes, ss := make([]*big.Int, l.Out()), 0
		for j := range slopes {
			_, e := dyadic.Split(l.Below(j))
			ss = max(ss, -e)
		}
		for j := range slopes {
			slopes[j] = toInt(l.Below(j), ss)
		}
		x.slopes, x.slopeScale = append(x.slopes, slopes), append(x.slopeScale, ss)
		scale += ss
	}
	return x
}

// ExactPath caches the exact forms of the layers along the current path.
type ExactPath struct {
	m      *Model
	forms  [][]exact.Row
	prefix [][]int8 // the labels before layer l that forms[l] is for
}

// NewExactPath returns one at the root.
func NewExactPath(m *Model) *ExactPath { return &ExactPath{m: m} }

// At returns the exact form of neuron j of layer l (2^Scale[l] times the pre-activation, over y) on
// the cell with the given labels, computed when it is first asked for. Where late says so it may be
// anything; late then says so for good, and whoever uses the form asks it afterwards.
func (p *ExactPath) At(l, j int, labels []int8) exact.Row {
	x := p.m.Integers()
	if x == nil {
		return exact.Row{G: dyadic.ZeroInts(p.m.N), H: new(big.Int)}
	}
	p.stand(l, labels)
	return p.row(x, l, j, labels)
}

// stand makes the forms that are kept of layer l those of the cell.
func (p *ExactPath) stand(l int, labels []int8) {
	if p.forms == nil {
		p.forms, p.prefix = make([][]exact.Row, len(p.m.Layers)), make([][]int8, len(p.m.Layers))
	}
	need := labels[:p.m.Layers[l].First]
	switch {
	case p.forms[l] == nil:
		p.forms[l] = make([]exact.Row, p.m.Layers[l].Out)
		p.prefix[l] = append(p.prefix[l], need...)
	case !EqualLabels(p.prefix[l], need):
		clear(p.forms[l])
		copy(p.prefix[l], need)
	}
}

// row is At where the forms of the layer are those of the cell.
func (p *ExactPath) row(x *Integers, l, j int, labels []int8) exact.Row {
	row := &p.forms[l][j]
	if row.H == nil {
		*row = p.compute(x, l, j, labels)
	}
	return *row
}

// compute computes the form of neuron j of layer l, from those of the layer before.
func (p *ExactPath) compute(x *Integers, l, j int, labels []int8) exact.Row {
	f := x.Layers[l]
	row := exact.Row{G: make([]*big.Int, p.m.N)}
	if l == 0 {
		for n, k := range f.W[j].At {
			row.G[k] = f.W[j].W[n]
		}
		for k := range row.G {
			row.G[k] = orZero(row.G[k])
		}
		row.H = orZero(f.B[j])
		return row
	}
	var t, c big.Int
	row.G, row.H = dyadic.ZeroInts(p.m.N), new(big.Int)
	if f.B[j] != nil {
		row.H.Lsh(f.B[j], uint(x.Scale[l-1]+x.slopeScale[l-1]))
	}
	p.stand(l-1, labels) // once for all terms: thousands of labels are compared
	for n, w := range f.W[j].W {
		i := int(f.W[j].At[n])
		if p.m.Late() || !x.factor(&c, w, l-1, i, p.m.Label(labels, l-1, i)) {
			continue
		}
		before := p.row(x, l-1, i, labels)
		for k, g := range before.G {
			if g.Sign() != 0 {
				row.G[k].Add(row.G[k], t.Mul(&c, g))
			}
		}
		row.H.Add(row.H, t.Mul(&c, before.H))
	}
	return row
}

// factor sets c to w times what unit i of layer l with the label passes on, in
// the layer's scale, and reports false for nothing.
func (x *Integers) factor(c, w *big.Int, l, i int, label int8) bool {
	switch {
	case label > 0:
		c.Lsh(w, uint(x.slopeScale[l]))
	case label < 0 && x.slopes[l][i] != nil:
		c.Mul(w, x.slopes[l][i])
	default:
		return false
	}
	return true
}

func orZero(v *big.Int) *big.Int {
	if v == nil {
		return new(big.Int)
	}
	return v
}

func EqualLabels(a, b []int8) bool {
	if len(a) != len(b) {
		return false
	}
	for ; len(a) >= 16; a, b = a[16:], b[16:] { // by the word
		if [16]int8(a) != [16]int8(b) {
			return false
		}
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// ExactSigns evaluates the network at the point y, exactly, and writes the
// sign of every neuron. Where late says so afterwards they may be anything.
func (m *Model) ExactSigns(y []*big.Rat, signs []int8) { m.ExactSignsUntil(m.Late, y, signs) }

// ExactSignsUntil is ExactSigns, given up where stopped says so.
func (m *Model) ExactSignsUntil(stopped func() bool, y []*big.Rat, signs []int8) {
	x := m.integersUntil(stopped)
	if x == nil {
		clear(signs)
		return
	}
	// y = Y·2^−scale for dyadic y.
	scale := 0
	for _, v := range y {
		scale = max(scale, v.Denom().BitLen()-1)
	}
	a := make([]*big.Int, len(y))
	for i, v := range y {
		a[i] = new(big.Int).Lsh(v.Num(), uint(scale))
		a[i].Quo(a[i], v.Denom())
	}
	var t big.Int
	for l, f := range x.Layers {
		z := make([]*big.Int, f.Rows)
		for j := range z {
			z[j] = new(big.Int)
			if stopped() {
				continue
			}
			if f.B[j] != nil {
				z[j].Lsh(f.B[j], uint(scale))
			}
			for n, w := range f.W[j].W {
				if v := a[f.W[j].At[n]]; v != nil {
					z[j].Add(z[j], t.Mul(w, v))
				}
			}
			if m.Layers[l].Ends != nil {
				continue
			}
			s := z[j].Sign()
			if ly := m.Layers[l]; j < ly.Neurons {
				signs[ly.First+j] = int8(s)
			}
			switch {
			case s > 0:
				z[j].Lsh(z[j], uint(x.slopeScale[l]))
			case s < 0 && x.slopes[l][j] != nil:
				z[j].Mul(z[j], x.slopes[l][j])
			default:
				z[j] = nil
			}
		}
		m.Layers[l].largest(z, signs, uint(x.slopeScale[l]))
		scale += f.Scale + x.slopeScale[l]
		a = z
	}
}
