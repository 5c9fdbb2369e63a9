package safety

// The network and the query, compiled: weights in rows, conditions in floats.

import (
	"context"
	"math"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/vnnlib"
)

const (
	// unit is the unit roundoff of float64.
	unit = 0x1p-53
	// maxTerms is the domain of the error bounds: so many inputs, units and conditions of a
	// disjunct at most. Sums of that many terms have relative errors below 2⁻²⁴ if their terms are
	// not negative.
	maxTerms = 1 << 28
	// slack covers the rounding of error bounds themselves: of some ten products and sums of
	// numbers that are not negative, each a relative 2⁻²⁴ at most.
	slack = 1 + 0x1p-20
	// underflow bounds what gradual underflow adds to a sum of at most 2⁶⁰ products.
	underflow = 0x1p-1000
	// huge is the domain of bounds of neurons: beyond it, a node has no bounds.
	huge = 0x1p500
)

// terms is the number of inputs, units and conditions of the longest disjunct: a mixture adds up
// its conditions, of which a small network may have many.
func terms(n *network.Network, q *vnnlib.Query) int {
	n, _ = n.Tournament()
	t, longest := n.Inputs(), 0
	for _, l := range n.Layers() {
		t += l.Out()
	}
	for i := range q.Disjuncts {
		longest = max(longest, len(q.Disjuncts[i].Forms))
	}
	return t + longest
}

// layer is a layer of the network. Its units have indices from first on, through all layers.
type layer struct {
	in, out, first int
	w              []row
	b              []float64
	below          []float64 // the slopes for z < 0
	plain          bool      // no unit is a neuron
}

// weights is the number of weights that are not 0.
func (y *layer) weights() (n int) {
	for _, row := range y.w {
		for _, v := range row.v {
			if v != 0 {
				n++
			}
		}
	}
	return n
}

// condition is a form of the query in floats: each number is rounded once, so its error is below
// unit times itself, or below 2⁻¹⁰⁷⁴.
type condition struct {
	x, y   []float64
	offset float64
	strict bool
	exact  *vnnlib.Form
}

// subject is what a search is about.
type subject struct {
	net             *network.Network
	query           *vnnlib.Query
	layers          []layer
	inputs, outputs int
	units           int
	// gamma times the sum of the sizes of the terms bounds the rounding of a sum of products with
	// terms terms, twice over.
	gamma      float64
	terms      int
	conditions [][]condition // of each disjunct
	tuning
	// bits is that of the grid on which boxes are halved, 0 for none.
	bits uint
	// ctx ends what takes long; nothing that it cut short is believed.
	ctx context.Context
}

func newSubject(ctx context.Context, n *network.Network, q *vnnlib.Query) *subject {
	n, _ = n.Tournament() // the same function
	s := &subject{ctx: ctx, net: n, query: q, inputs: n.Inputs(), outputs: n.Outputs()}
	for _, l := range n.Layers() {
		y := layer{in: l.In(), out: l.Out(), first: s.units, w: rowsOf(l), b: l.B, plain: l.Neurons() == 0}
		for j := range l.B {
			y.below = append(y.below, l.Below(j))
		}
		s.layers = append(s.layers, y)
		s.units += y.out
	}
	s.tuning = usual(s.inputs)
	s.terms = terms(n, q)
	s.gamma = slack * 2 * float64(s.terms+20) * unit
	for _, d := range q.Disjuncts {
		var conds []condition
		for i := range d.Forms {
			conds = append(conds, s.condition(&d.Forms[i]))
		}
		s.conditions = append(s.conditions, conds)
	}
	return s
}

func (s *subject) condition(f *vnnlib.Form) condition {
	c := condition{x: make([]float64, s.inputs), y: make([]float64, s.outputs), strict: f.Strict, exact: f}
	c.offset, _ = dyadic.FromRat(f.Offset)
	for _, t := range f.X {
		c.x[t.Index], _ = dyadic.FromRat(t.Coef)
	}
	for _, t := range f.Y {
		c.y[t.Index], _ = dyadic.FromRat(t.Coef)
	}
	return c
}

// value is the condition's value in floats.
func (c *condition) value(x, y []float64) float64 {
	v := c.offset
	for k, a := range c.x {
		v += a * x[k]
	}
	for k, a := range c.y {
		v += a * y[k]
	}
	return v
}

// around returns floats around the box of a disjunct.
func (s *subject) around(b vnnlib.Box) (lo, hi []float64) {
	lo, hi = make([]float64, s.inputs), make([]float64, s.inputs)
	for k := range lo {
		lo[k], hi[k] = dyadic.DownRat(b.Lo[k]), dyadic.UpRat(b.Hi[k])
	}
	return lo, hi
}

// unitLayer returns the layer of unit q, and its index in it.
func (s *subject) unitLayer(q int32) (l, j int) {
	for l = len(s.layers) - 1; int(q) < s.layers[l].first; l-- {
	}
	return l, int(q) - s.layers[l].first
}

// belowOf returns the slope of unit q below 0.
func (s *subject) belowOf(q int32) float64 {
	l, j := s.unitLayer(q)
	return s.layers[l].below[j]
}

// output returns the exact output at an exact point, nil after a stop: integers over one
// denominator, with a power of two for each layer.
func (s *subject) output(x []*big.Rat) []*big.Rat {
	a, den := common(x)
	e := 0 // the values are a·2^e/den
	for i := range s.layers {
		if a, e = s.layers[i].exactly(s.ctx, a, e, den); a == nil {
			return nil
		}
		a, e = s.layers[i].activate(a, e)
	}
	return rats(a, e, den)
}

// common brings fractions over one denominator.
func common(x []*big.Rat) ([]*big.Int, *big.Int) {
	den := big.NewInt(1)
	for _, v := range x {
		widen(den, v.Denom())
	}
	a := make([]*big.Int, len(x))
	for k, v := range x {
		a[k] = new(big.Int).Quo(den, v.Denom())
		a[k].Mul(a[k], v.Num())
	}
	return a, den
}

// widen makes den the least common multiple of itself and another.
func widen(den, by *big.Int) {
	g := new(big.Int).GCD(nil, nil, den, by)
	den.Mul(den, g.Quo(by, g))
}

// rats returns a·2^e/den.
func rats(a []*big.Int, e int, den *big.Int) []*big.Rat {
	out := make([]*big.Rat, len(a))
	for k, v := range a {
		n, d := new(big.Int).Set(v), new(big.Int).Set(den)
		if e >= 0 {
			n.Lsh(n, uint(e))
		} else {
			d.Lsh(d, uint(-e))
		}
		out[k] = new(big.Rat).SetFrac(n, d)
	}
	return out
}

// exactly returns W·a + b as integers times 2^e/den, of a·2^before/den; nil after a stop.
func (l *layer) exactly(ctx context.Context, a []*big.Int, before int, den *big.Int) ([]*big.Int, int) {
	least := 0
	for _, row := range l.w {
		least = min(least, dyadic.Least(row.v))
	}
	e := min(least+before, dyadic.Least(l.b))
	z := make([]*big.Int, l.out)
	var t, p big.Int
	for j, row := range l.w {
		if ctx.Err() != nil {
			return nil, 0
		}
		z[j] = new(big.Int)
		for i, w := range row.v {
			k := row.column(i)
			if m, we := dyadic.Split(w); m != 0 && a[k].Sign() != 0 {
				p.Mul(t.SetInt64(m), a[k])
				z[j].Add(z[j], p.Lsh(&p, uint(we+before-e)))
			}
		}
		if m, be := dyadic.Split(l.b[j]); m != 0 {
			p.Mul(t.SetInt64(m), den)
			z[j].Add(z[j], p.Lsh(&p, uint(be-e)))
		}
	}
	return z, e
}

// activate returns what the units make of z·2^e.
func (l *layer) activate(z []*big.Int, e int) ([]*big.Int, int) {
	return l.pass(z, e, func(j int) bool { return z[j].Sign() < 0 })
}

// pass is activate where it is known which units are below 0.
func (l *layer) pass(z []*big.Int, e int, isBelow func(j int) bool) ([]*big.Int, int) {
	if l.plain {
		return z, e
	}
	least := min(0, dyadic.Least(l.below))
	var t big.Int
	for j, v := range z {
		m, me := int64(1), 0
		if isBelow(j) {
			m, me = dyadic.Split(l.below[j])
		}
		if m == 0 {
			v.SetInt64(0)
			continue
		}
		v.Mul(v, t.SetInt64(m)).Lsh(v, uint(me-least))
	}
	return z, e + least
}

// confirm evaluates a point exactly, moved into the box of disjunct d where it lies outside by
// rounding, and returns it as a witness if it satisfies the query.
func (s *subject) confirm(d int, x []float64) *Witness {
	b := s.query.Boxes[s.query.Disjuncts[d].Box]
	exact := make([]*big.Rat, len(x))
	for k, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		exact[k] = inside(v, b.Lo[k], b.Hi[k])
	}
	return s.witness(d, exact)
}

// inside returns v, or the float next to it in [lo, hi], or, where there is none, an end.
func inside(v float64, lo, hi *big.Rat) *big.Rat {
	r := new(big.Rat).SetFloat64(v)
	end, next := lo, dyadic.UpRat(lo)
	switch {
	case r.Cmp(lo) < 0:
	case r.Cmp(hi) > 0:
		end, next = hi, dyadic.DownRat(hi)
	default:
		return r
	}
	if n := new(big.Rat).SetFloat64(next); n != nil && n.Cmp(lo) >= 0 && n.Cmp(hi) <= 0 {
		return n
	}
	return end
}

// witness evaluates an exact point, and returns it if it satisfies disjunct d and, as a second
// opinion, the formula of the file.
func (s *subject) witness(d int, x []*big.Rat) *Witness {
	b := s.query.Boxes[s.query.Disjuncts[d].Box]
	for k := range x {
		if x[k].Cmp(b.Lo[k]) < 0 || x[k].Cmp(b.Hi[k]) > 0 {
			return nil
		}
	}
	y := s.output(x)
	if y == nil {
		return nil
	}
	for _, f := range s.query.Disjuncts[d].Forms {
		if !f.Satisfied(x, y) {
			return nil
		}
	}
	if !s.query.Satisfied(x, y) {
		return nil
	}
	return &Witness{Disjunct: d, Input: x, Output: y}
}
