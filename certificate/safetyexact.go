package certificate

// Exact leaves and witnesses: the network as it is, without rounding.

import (
	"math/big"
	"strings"
)

// affineForm is Σ a·v + Σ x·(inputs) + offset, times 2^−scale.
type affineForm struct {
	a, x   []big.Int
	offset big.Int
	scale  uint
}

// exactly says whether the mixture is positive on the node's box, or, with a strict condition in it,
// not negative. lo and hi are those of the disjunct's box and of the grid.
func (w *safetyWorker) exactly(n *safetyNode, c *claim) (ok bool, reason string) {
	f, common, strict, reason := w.mixture(c)
	if reason != "" {
		return false, reason
	}
	beta := map[int]*big.Int{}
	for _, v := range c.beta {
		q := w.net.unit[v.at]
		m := new(big.Int).Mul(v.v, common)
		if w.bounds.signs[q] > 0 {
			m.Neg(m)
		}
		beta[q] = m
	}
	first := w.net.units
	for i := len(w.net.raw) - 1; i >= 0; i-- {
		r := w.net.raw[i]
		first -= len(r.bias)
		if !w.sides(f, r, first, beta) {
			return false, "a neuron that matters is neither fixed nor stable"
		}
		if f.through(r); w.ctx.Err() != nil {
			return false, w.ctx.Err().Error()
		}
	}
	return w.least(f, n, strict)
}

// mixture returns Σ μ·u, times the least common denominator.
func (w *safetyWorker) mixture(c *claim) (f *affineForm, common *big.Int, strict bool, reason string) {
	f = &affineForm{a: make([]big.Int, w.net.outputs), x: make([]big.Int, w.net.inputs)}
	d := &w.query.disjuncts[c.d]
	common = big.NewInt(1)
	each := func(do func(to *big.Int, v *big.Rat, mu *big.Int)) {
		for _, m := range c.mu {
			u := &d.forms[m.at]
			do(&f.offset, u.offset, m.v)
			for _, t := range u.terms {
				if to := t.k - w.net.inputs; to >= 0 {
					do(&f.a[to], t.coef, m.v)
				} else {
					do(&f.x[t.k], t.coef, m.v)
				}
			}
		}
	}
	var g big.Int
	each(func(_ *big.Int, v *big.Rat, _ *big.Int) {
		if common.BitLen() <= maxCommon {
			g.GCD(nil, nil, common, v.Denom())
			common.Mul(common, g.Quo(v.Denom(), &g))
		}
	})
	if common.BitLen() > maxCommon {
		return nil, nil, false, "the conditions have a common denominator of more than 131072 bits"
	}
	each(func(to *big.Int, v *big.Rat, mu *big.Int) {
		g.Quo(common, v.Denom())
		to.Add(to, g.Mul(g.Mul(&g, v.Num()), mu))
	})
	for _, m := range c.mu {
		strict = strict || d.forms[m.at].strict
	}
	return f, common, strict, ""
}

// sides replaces coefficients of a layer's values by those of its pre-activations.
func (w *safetyWorker) sides(f *affineForm, r *rawLayer, first int, beta map[int]*big.Int) bool {
	var t big.Int
	b := w.bounds
	for j := range f.a {
		a, q := &f.a[j], first+j
		side := b.signs[q]
		switch {
		case r.slopeSign(j) == 0:
			side = +1
		case side == 0 && b.bounded:
			side = b.side[q]
		}
		if a.Sign() != 0 && side == 0 {
			return false
		}
		if side < 0 {
			a.Mul(a, &r.slopes[j])
		} else {
			a.Lsh(a, r.fine)
		}
		if m := beta[q]; m != nil {
			a.Add(a, t.Lsh(m, f.scale+r.fine))
		}
	}
	f.offset.Lsh(&f.offset, r.fine)
	f.scale += r.fine
	return true
}

// through replaces coefficients of a layer's pre-activations by those of what enters it.
func (f *affineForm) through(r *rawLayer) {
	next := make([]big.Int, r.width)
	var t big.Int
	f.offset.Lsh(&f.offset, r.scale)
	for j := range f.a {
		a := &f.a[j]
		if a.Sign() == 0 {
			continue
		}
		f.offset.Add(&f.offset, t.Mul(a, &r.bias[j]))
		for i := r.start[j]; i < r.start[j+1]; i++ {
			to := &next[r.from[i]]
			to.Add(to, t.Mul(a, &r.z[i]))
		}
	}
	f.a, f.scale = next, f.scale+r.scale
}

// least says whether the form is positive, or not negative where strict, on the node's grid box cut
// by the box of the query.
func (w *safetyWorker) least(f *affineForm, n *safetyNode, strict bool) (ok bool, reason string) {
	sum, t, unit := new(big.Rat).SetInt(&f.offset), new(big.Rat), new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), w.net.f))
	ends := w.query.boxes[n.box]
	for k := range f.x {
		a := f.a[k].Add(&f.a[k], f.x[k].Lsh(&f.x[k], f.scale))
		end, grid, cut := ends[2*k], n.lo[k], +1
		if a.Sign() < 0 {
			end, grid, cut = ends[2*k+1], n.hi[k], -1
		}
		if t.Quo(t.SetInt64(grid), unit); t.Cmp(end)*cut < 0 {
			t.Set(end)
		}
		if sum.Add(sum, t.Mul(t, new(big.Rat).SetInt(a))); sum.Denom().BitLen() > maxCommon {
			return false, "the ends of the box have a common denominator of more than 131072 bits"
		}
	}
	return sum.Sign() > 0 || sum.Sign() == 0 && strict, "the mixture is not positive on the node"
}

// evaluate returns the exact output at x, nil after a stop.
func (c *safetyCheck) evaluate(x []*big.Rat) []*big.Rat {
	common, g := big.NewInt(1), new(big.Int)
	for _, v := range x {
		g.GCD(nil, nil, common, v.Denom())
		common.Mul(common, g.Quo(v.Denom(), g))
		if common.BitLen() > maxCommon {
			return nil
		}
	}
	values, scale := make([]big.Int, len(x)), uint(0) // times 2^−scale/common
	for k, v := range x {
		values[k].Mul(v.Num(), g.Quo(common, v.Denom()))
	}
	var t big.Int
	for _, r := range c.net.raw {
		next := make([]big.Int, len(r.bias))
		for j := range next {
			if c.ctx.Err() != nil {
				return nil
			}
			z := &next[j]
			z.Lsh(t.Mul(&r.bias[j], common), scale)
			for i := r.start[j]; i < r.start[j+1]; i++ {
				z.Add(z, t.Mul(&r.z[i], &values[r.from[i]]))
			}
			if z.Sign() < 0 {
				z.Mul(z, &r.slopes[j])
			} else {
				z.Lsh(z, r.fine)
			}
		}
		values, scale = next, scale+r.scale+r.fine
	}
	g.Lsh(common, scale)
	y := make([]*big.Rat, len(values))
	for k := range y {
		y[k] = new(big.Rat).SetFrac(&values[k], g)
	}
	return y
}

// witness checks a file that holds a point.
func (c *safetyCheck) witness(in *lines) {
	in.require(string(in.next()) == "relucell-witness 1", "expected \"relucell-witness 1\"")
	c.header(in)
	in.require(c.spec != nil, "a counterexample is held against a specification, which was not given")
	d, rest, ok := index([]byte(in.after("disjunct ", "expected \"disjunct\" and its number")), len(c.query.disjuncts))
	in.require(ok && len(rest) == 0, "expected one of the disjuncts, counted from 0")
	text := in.after("x ", "expected x and the point")
	var v []*big.Rat
	var again strings.Builder
	for _, w := range strings.Split(text, " ") {
		in.require(len(v) < c.net.inputs, "expected as many numbers as inputs")
		v = append(v, rational(in, w))
		again.WriteString(" " + v[len(v)-1].RatString())
	}
	in.require(len(v) == c.net.inputs && again.String() == " "+text, "expected as many numbers as inputs, in lowest terms")
	y := c.evaluate(v)
	c.stop()
	in.require(y != nil, "the coordinates have a common denominator of more than 131072 bits")
	box := c.query.boxes[c.query.disjuncts[d].box]
	for k := range v {
		in.require(box[2*k].Cmp(v[k]) <= 0 && v[k].Cmp(box[2*k+1]) <= 0, "the point is outside the box of the disjunct")
	}
	v = append(v, y...)
	for _, f := range c.query.disjuncts[d].forms {
		in.require(f.holds(v), "the point does not satisfy the disjunct")
	}
	in.require(c.spec.formula.holds(v), "the point does not satisfy the formula of the specification")
	in.end()
}
