// The network in exact integers, and the exact forms along a path: what the
// tiers behind the float filter work on. One power-of-two scale a layer, no gcd.

package enumerate

import (
	"math/big"

	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// exactModel holds each compiled layer as integers. Values of layer l are
// integers times 2^−zScale[l].
type exactModel struct {
	layers []*intAffine
	zScale []int
	// slopeInt·2^−slopeScale is the slope of a leaky layer.
	slopeInt   []*big.Int
	slopeScale []int
}

// exactNet builds the exact layers on first use. It returns nil where that was given up, as late then says for good.
func (m *model) exactNet() *exactModel { return m.exactNetUntil(m.late) }

// exactNetUntil is exactNet, given up where stopped says so.
func (m *model) exactNetUntil(stopped func() bool) *exactModel {
	if x := m.exact.Load(); x != nil {
		return x
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.exact.Load() == nil {
		if x := m.foldExact(stopped); x != nil {
			m.exact.Store(x)
		}
	}
	return m.exact.Load()
}

// foldExact builds the exact layers.
func (m *model) foldExact(stopped func() bool) *exactModel {
	x := &exactModel{}
	var run []network.Layer
	scale := 0
	for _, l := range m.source.Layers() {
		run = append(run, l)
		if l.Act == network.None {
			continue
		}
		f := foldRun(run, len(x.layers) == 0, m.ball, stopped)
		if f == nil {
			return nil
		}
		run = nil
		x.layers = append(x.layers, f)
		scale += f.scale
		x.zScale = append(x.zScale, scale)
		si, ss := (*big.Int)(nil), 0
		if l.Act == network.LeakyReLU {
			_, e := splitFloat(l.Slope)
			ss = max(0, -e)
			si = toInt(l.Slope, ss)
		}
		x.slopeInt, x.slopeScale = append(x.slopeInt, si), append(x.slopeScale, ss)
		scale += ss
	}
	return x
}

// exactPath caches the exact forms of the layers along the current path.
type exactPath struct {
	m      *model
	forms  [][]exact.Row
	prefix [][]int8 // the labels before layer l that forms[l] is for
}

// at returns the exact form of neuron j of layer l (2^zScale[l] times the
// pre-activation, over y) on the cell with the given labels. Where late says so it may be anything; late then says so for
// good, and whoever uses the form asks it afterwards.
func (p *exactPath) at(l, j int, labels []int8) exact.Row {
	return p.layer(l, labels)[j]
}

func (p *exactPath) layer(l int, labels []int8) []exact.Row {
	if p.forms == nil {
		p.forms, p.prefix = make([][]exact.Row, len(p.m.layers)), make([][]int8, len(p.m.layers))
	}
	need := labels[:p.m.layers[l].first]
	if p.forms[l] != nil && equalLabels(p.prefix[l], need) {
		return p.forms[l]
	}
	rows := make([]exact.Row, p.m.layers[l].m)
	x := p.m.exactNet()
	if x == nil {
		blank := exact.Row{G: zeros(p.m.n), H: new(big.Int)}
		for j := range rows {
			rows[j] = blank
		}
		return rows
	}
	f := x.layers[l]
	if l == 0 {
		for j := range rows {
			rows[j] = exact.Row{G: make([]*big.Int, p.m.n), H: orZero(f.b[j])}
			for k := range rows[j].G {
				rows[j].G[k] = orZero(f.w[j*f.cols+k])
			}
		}
	} else {
		p.propagate(rows, l, p.layer(l-1, labels), labels)
	}
	p.forms[l], p.prefix[l] = rows, append(p.prefix[l][:0], need...)
	return rows
}

// propagate computes the forms of layer l from those of the layer before.
func (p *exactPath) propagate(rows []exact.Row, l int, before []exact.Row, labels []int8) {
	x := p.m.exactNet()
	if x == nil {
		return
	}
	f, first := x.layers[l], p.m.layers[l-1].first
	var t, c big.Int
	aScale := x.zScale[l-1] + x.slopeScale[l-1]
	for j := range rows {
		rows[j] = exact.Row{G: make([]*big.Int, p.m.n), H: new(big.Int)}
		for k := range rows[j].G {
			rows[j].G[k] = new(big.Int)
		}
		if f.b[j] != nil {
			rows[j].H.Lsh(f.b[j], uint(aScale))
		}
		for i := range before {
			w := f.w[j*f.cols+i]
			if p.m.late() {
				w = nil
			}
			if w == nil || !x.factor(&c, w, l-1, labels[first+i]) {
				continue
			}
			for k, g := range before[i].G {
				if g.Sign() != 0 {
					rows[j].G[k].Add(rows[j].G[k], t.Mul(&c, g))
				}
			}
			rows[j].H.Add(rows[j].H, t.Mul(&c, before[i].H))
		}
	}
}

// factor sets c to w times what a unit of layer l with the label passes on, in
// the layer's scale, and reports false for nothing.
func (x *exactModel) factor(c, w *big.Int, l int, label int8) bool {
	switch {
	case label > 0:
		c.Lsh(w, uint(x.slopeScale[l]))
	case label < 0 && x.slopeInt[l] != nil:
		c.Mul(w, x.slopeInt[l])
	default:
		return false
	}
	return true
}

func zeros(n int) []*big.Int {
	z := make([]*big.Int, n)
	for i := range z {
		z[i] = new(big.Int)
	}
	return z
}

func orZero(v *big.Int) *big.Int {
	if v == nil {
		return new(big.Int)
	}
	return v
}

func equalLabels(a, b []int8) bool {
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

// exactSigns evaluates the network at the point y, exactly, and writes the
// sign of every pre-activation. Where late says so afterwards they may be anything.
func (m *model) exactSigns(y []*big.Rat, signs []int8) { m.exactSignsUntil(m.late, y, signs) }

// exactSignsUntil is exactSigns, given up where stopped says so.
func (m *model) exactSignsUntil(stopped func() bool, y []*big.Rat, signs []int8) {
	x := m.exactNetUntil(stopped)
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
	for l, f := range x.layers {
		z := make([]*big.Int, f.rows)
		for j := range z {
			z[j] = new(big.Int)
			if stopped() {
				continue
			}
			if f.b[j] != nil {
				z[j].Lsh(f.b[j], uint(scale))
			}
			for i, w := range f.w[j*f.cols : (j+1)*f.cols] {
				if w != nil && a[i] != nil {
					z[j].Add(z[j], t.Mul(w, a[i]))
				}
			}
			s := z[j].Sign()
			signs[m.layers[l].first+j] = int8(s)
			switch {
			case s > 0:
				z[j].Lsh(z[j], uint(x.slopeScale[l]))
			case s < 0 && x.slopeInt[l] != nil:
				z[j].Mul(z[j], x.slopeInt[l])
			default:
				z[j] = nil
			}
		}
		scale += f.scale + x.slopeScale[l]
		a = z
	}
}

// rats converts a float64 point.
func rats(y []float64) []*big.Rat {
	r := make([]*big.Rat, len(y))
	for i, v := range y {
		r[i] = new(big.Rat).SetFloat64(v)
	}
	return r
}
