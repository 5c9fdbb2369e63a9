package certificate

// Exact leaves and witnesses: the network as it is, without rounding.

import (
	"math/big"
	"strings"
)

// affineForm is Σ a·v + Σ x·(inputs) + offset, times 2^−scale.
type affineForm struct {
	a, x   []big.Int
	offset *big.Int
	scale  uint
}

// exactly says whether the mixture is positive on the node's box, or, with a strict condition in
// it, not negative. lo and hi are those of the disjunct's box and of the grid.
func (w *safetyWorker) exactly(n *safetyNode, c *claim) (ok bool, reason string) {
	f, common, strict := w.mixture(c)
	if f == nil {
		return false, "the conditions have a common denominator of more than 131072 bits"
	}
	beta := make([]big.Int, w.net.units) // times −sign
	for _, v := range c.beta {
		q := w.net.unit[v.at]
		if beta[q].Mul(v.v, common); w.bounds.signs[q] > 0 {
			beta[q].Neg(&beta[q])
		}
	}
	first := w.net.units
	for i := len(w.net.raw) - 1; i >= 0; i-- {
		r := w.net.raw[i]
		first -= len(r.bias)
		if !w.sides(f, r, first, beta[first:]) {
			return false, "a neuron that matters is neither fixed nor stable"
		}
		if f.through(r); w.ctx.Err() != nil {
			return false, w.ctx.Err().Error()
		}
	}
	return w.least(f, n, strict)
}

// lcm returns the least common denominator, nil where that is too long.
func lcm(numbers []*big.Rat) *big.Int {
	common, g := big.NewInt(1), new(big.Int)
	for _, v := range numbers {
		g.GCD(nil, nil, common, v.Denom())
		if common.Mul(common, g.Quo(v.Denom(), g)); common.BitLen() > maxCommon {
			return nil
		}
	}
	return common
}

// over returns v times a common denominator.
func over(v *big.Rat, common *big.Int) *big.Int {
	t := new(big.Int).Quo(common, v.Denom())
	return t.Mul(t, v.Num())
}

// mixture returns Σ μ·u, times the least common denominator of the conditions; nil if that is too
// long.
func (w *safetyWorker) mixture(c *claim) (f *affineForm, common *big.Int, strict bool) {
	var numbers []*big.Rat
	var at []weight // of each number, where it belongs, and its μ
	outside := w.net.inputs + w.net.outputs
	for _, m := range c.mu {
		u := &w.query.disjuncts[c.d].forms[m.at]
		strict = strict || u.strict
		numbers, at = append(numbers, u.offset), append(at, weight{outside, m.v})
		for _, t := range u.terms {
			numbers, at = append(numbers, t.coef), append(at, weight{t.k, m.v})
		}
	}
	if common = lcm(numbers); common == nil {
		return nil, nil, false
	}
	sums := make([]big.Int, outside+1)
	for i, v := range numbers {
		to, t := &sums[at[i].at], over(v, common)
		to.Add(to, t.Mul(t, at[i].v))
	}
	return &affineForm{x: sums[:w.net.inputs], a: sums[w.net.inputs:outside], offset: &sums[outside]}, common, strict
}

// sides replaces coefficients of a layer's values by those of its pre-activations.
func (w *safetyWorker) sides(f *affineForm, r *rawLayer, first int, beta []big.Int) bool {
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
		a.Add(a, t.Lsh(&beta[j], f.scale+r.fine))
	}
	f.offset.Lsh(f.offset, r.fine)
	f.scale += r.fine
	return true
}

// through replaces coefficients of a layer's pre-activations by those of what enters it.
func (f *affineForm) through(r *rawLayer) {
	next := make([]big.Int, r.width)
	var t big.Int
	f.offset.Lsh(f.offset, r.scale)
	for j := range f.a {
		a := &f.a[j]
		if a.Sign() == 0 {
			continue
		}
		f.offset.Add(f.offset, t.Mul(a, &r.bias[j]))
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
	sum, t, unit := new(big.Rat).SetInt(f.offset), new(big.Rat), new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), w.net.f))
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
	common := lcm(x)
	if common == nil {
		return nil
	}
	values, scale := make([]big.Int, len(x)), uint(0) // times 2^−scale/common
	for k, v := range x {
		values[k].Set(over(v, common))
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
	common.Lsh(common, scale)
	y := make([]*big.Rat, len(values))
	for k := range y {
		y[k] = new(big.Rat).SetFrac(&values[k], common)
	}
	return y
}

// witness checks a file that holds a point.
func (c *safetyCheck) witness(in *lines) {
	in.require(string(in.next()) == "relucell-witness 1", "expected \"relucell-witness 1\"")
	c.header(in)
	in.require(c.spec != nil, "a counterexample is held against a specification, which was not given")
	d := in.index(in.after("disjunct ", "expected \"disjunct\" and its number"), len(c.query.disjuncts), "expected one of the disjuncts, counted from 0")
	text := in.after("x ", "expected x and the point")
	var v []*big.Rat
	words := strings.Split(text, " ")
	in.require(len(words) == c.net.inputs, "expected as many numbers as inputs")
	for _, w := range words {
		v = append(v, rational(in, w))
		in.require(v[len(v)-1].RatString() == w, "expected numbers in lowest terms")
	}
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
