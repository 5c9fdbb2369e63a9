package safety

// Linear forms that come back through the network: a form of a layer's values is bounded from below
// by a form of the values before, until it is a form of the inputs, whose minimum on a box is
// known.
//
// What is kept of a form f is a row A of coefficients of the present layer's values a, and a
// constant C, with f ≥ A·a + C on the node but for rounding. A unit's value is replaced by its
// lower line where its coefficient is positive and by its upper line where that is negative. Beside
// it go two sums of sizes: E = Σ over all layers Σ_q |A_q|·size_q, A_q the coefficient of z_q and
// size_q a bound of Σ_j |w_qj|·|a_j| + |b_q|, and the sum of |A_q|·|offset of the line|. What is
// rounded:
//
//   - A_q times a slope: one rounding, times |z_q| ≤ size_q.
//   - A'_j = Σ_q A_q w_qj: at most γ Σ_q |A_q w_qj|, times |a_j| ≤ most_j: in all at most
//     γ Σ_q |A_q| size_q.
//   - C, a sum of at most two terms for each unit, products below |A_q||b_q| and |A_q||offset|, and
//     one for each condition: at most γ times the sum of these.
//   - the minimum over the box: at most γ Σ_k |A_k| most_k.
//   - where a row starts as a sum of a disjunct's conditions: at most γ times the sum of the sizes
//     of their terms, which E holds as well.
//
// So γ times both sums, and a little for underflow, bounds it all: gamma has room for twice the
// number of terms. Each product that underflows is off by at most 2⁻¹⁰⁷⁵, times most or size where
// it is a coefficient: tiny sums these up. An overflow makes the sums infinite or undefined, and
// the bound −Inf or undefined, which refutes nothing.

import (
	"math"
)

// backward holds forms that come back.
type backward struct {
	*zone
	a, next patches   // rows of coefficients
	c, e    []float64 // constants; sums of sizes
	// alpha, where not nil, has the slope of the line through 0 of each open unit.
	alpha []float64
	// beta, where not nil, is added to the coefficients of pre-activations.
	beta []float64
	// weight, where not nil, is set to the coefficients of each unit's value, in row 0 …
	weight []float64
}

// start makes room for rows of the width of a layer.
func (b *backward) start(rows, width int) {
	b.a.shape(rows, width)
	b.c, b.e = resized(b.c, rows), resized(b.e, rows)
	clear(b.c)
	clear(b.e)
	b.alpha, b.beta, b.weight = nil, nil, nil
}

func (b *backward) row(r int) []float64 { return b.a.whole(r) }

// together is how many units' forms come back together: their rows stay in a processor's cache.
const together = 8

// tighten bounds the open units of layer i by forms that come back.
func (b *backward) tighten(i int) {
	y := &b.layers[i]
	if y.plain {
		return
	}
	var some [together]int
	n := 0
	for j := range y.out {
		if b.unsettled(y.first+j, y.below[j]) {
			some[n] = j
			n++
		}
		if n == together || j == y.out-1 && n > 0 {
			b.tightenSome(i, some[:n])
			n = 0
		}
	}
}

// tightenSome bounds some units of layer i.
func (b *backward) tightenSome(i int, units []int) {
	y := &b.layers[i]
	b.start(2*len(units), y.in)
	for r, j := range units {
		for side, s := range [2]float64{1, -1} {
			b.a.addRow(2*r+side, s, y.w[j])
			b.c[2*r+side], b.e[2*r+side] = s*y.b[j], math.Abs(y.b[j])
		}
	}
	b.toInputs(i - 1)
	for r, j := range units {
		q := y.first + j
		before := between(b.l[q], b.u[q], y.below[j]).width()
		if v := b.least(2 * r); v > b.l[q] { // undefined bounds say nothing
			b.l[q] = v
		}
		if v := -b.least(2*r + 1); v < b.u[q] {
			b.u[q] = v
		}
		b.lost[q] = before - between(b.l[q], b.u[q], y.below[j]).width()
	}
}

// unsettled says that the unit's bounds let it have both signs, unless the node gives it one.
func (b *backward) unsettled(q int, below float64) bool {
	return below != 1 && b.l[q] < 0 && b.u[q] > 0
}

// toInputs takes the rows, of the values of layer i, to the inputs. Rows that a stop leaves where
// they are bound nothing: what they sum up is infinite.
func (b *backward) toInputs(i int) {
	for ; i >= 0; i-- {
		y := &b.layers[i]
		b.next.shape(len(b.c), y.in)
		for r := range b.c {
			if b.ctx.Err() != nil {
				b.e[r] = math.Inf(1)
				continue
			}
			b.activation(y, r)
			row := b.a.row(r)
			for lo, hi := b.a.run(r, 0); lo < hi; lo, hi = b.a.run(r, hi) {
				b.affineStep(y, r, lo, row[lo:hi])
			}
		}
		b.a, b.next = b.next, b.a
	}
}

// short is the length of rows up to which a call costs more than what it does.
const short = 8

// affineStep replaces coefficients of pre-activations, from unit lo on, by those of what enters.
func (b *backward) affineStep(y *layer, r, lo int, row []float64) {
	w, bias, size := y.w[lo:lo+len(row)], y.b[lo:], b.size[y.first+lo:]
	c, e := b.c[r], b.e[r]
	var to []float64 // where the rows of weights are dense
	if y.w[0].at == nil {
		to = b.next.whole(r)
	}
	for j, v := range row {
		if v == 0 {
			continue
		}
		if len(to) > short {
			blas.Daxpy(len(to), v, w[j].v, 1, to, 1)
		} else if to != nil {
			for k, x := range w[j].v {
				to[k] += v * x
			}
		} else {
			b.next.addRow(r, v, w[j])
		}
		c += v * bias[j]
		e += math.Abs(v) * size[j]
	}
	b.c[r], b.e[r] = c, e
}

// activation replaces coefficients of values by those of pre-activations.
func (b *backward) activation(y *layer, r int) {
	if b.beta != nil {
		b.row(r) // a neuron whose value does not matter may have a weight of its own
	}
	row := b.a.row(r)
	for lo, hi := b.a.run(r, 0); lo < hi; lo, hi = b.a.run(r, hi) {
		b.someUnits(y, r, lo, row[lo:hi])
	}
}

// someUnits is activation of units from lo on.
func (b *backward) someUnits(y *layer, r, lo int, row []float64) {
	first := y.first + lo
	if b.weight != nil {
		copy(b.weight[r*b.units+first:], row)
	}
	if b.alpha != nil || b.beta != nil {
		b.chosen(y, r, first, row)
		return
	}
	if y.plain {
		return
	}
	c, e := b.c[r], b.e[r]
	ln := b.lines[first : first+len(row)]
	for i, v := range row { // without branches, which would be taken at random
		by := &ln[i][math.Float64bits(v)>>63]
		shift := v * by.at
		c += shift
		e += math.Abs(shift)
		row[i] = v * by.slope
	}
	b.c[r], b.e[r] = c, e
}

// chosen is activation of units from first on where slopes are given, or weights of
// pre-activations.
func (b *backward) chosen(y *layer, r, first int, row []float64) {
	for i, v := range row {
		q := first + i
		if v != 0 && !y.plain {
			by := b.lines[q][math.Float64bits(v)>>63]
			if b.alpha != nil && by.at == 0 && b.isOpen[q] {
				by.slope = b.alpha[q]
			}
			b.c[r] += v * by.at
			b.e[r] += math.Abs(v * by.at)
			v *= by.slope
		}
		if b.beta != nil && b.beta[q] != 0 {
			b.e[r] += (math.Abs(v) + math.Abs(b.beta[q])) * b.size[q] // they may cancel
			v += b.beta[q]
		}
		row[i] = v
	}
}

// least is a certain lower bound of the form in row r, once it is one of the inputs.
func (b *backward) least(r int) float64 {
	v, e := b.c[r], b.e[r]
	for k, a := range b.row(r) {
		v += min(a*b.lo[k], a*b.hi[k])
		e += math.Abs(a) * b.mostIn[k]
	}
	return down(v - slack*(b.gamma*e+b.under()))
}

// under bounds what underflow adds to a form: 2⁻¹⁰⁷⁵ for each product, times a value.
func (b *backward) under() float64 {
	return underflow + 0x1p-1060*float64(b.terms)*(1+b.tiny)
}

// conditions brings back the conditions of disjuncts: one row each, in order. What the inputs add
// themselves is added at the end.
func (b *backward) conditions(ds []int32) {
	rows := 0
	for _, d := range ds {
		rows += len(b.subject.conditions[d])
	}
	weight := b.weight
	b.start(rows, b.outputs)
	b.weight = resized(weight, rows*b.units)
	clear(b.weight)
	r := 0
	for _, d := range ds {
		for i := range b.subject.conditions[d] {
			b.put(r, &b.subject.conditions[d][i], 1)
			r++
		}
	}
	b.toInputs(len(b.layers) - 1)
	r = 0
	for _, d := range ds {
		for i := range b.subject.conditions[d] {
			b.finish(r, &b.subject.conditions[d][i], 1)
			r++
		}
	}
}

// zoneLeast is a certain lower bound of a condition on outputs alone by the zonotope of the
// outputs; −Inf for a condition on inputs, and where there is no zonotope.
func (b *backward) zoneLeast(c *condition) float64 {
	if b.isChild {
		return math.Inf(-1)
	}
	for _, v := range c.x {
		if v != 0 {
			return math.Inf(-1)
		}
	}
	z := b.zone
	b.next.shape(1, z.g.cols)
	v, r, e := c.offset, 0.0, math.Abs(c.offset)
	for k, y := range c.y {
		if y == 0 {
			continue
		}
		v += y * z.c[k]
		r += math.Abs(y) * z.r[k]
		e += math.Abs(y) * z.s[k]
		b.next.add(0, y, &z.g, k)
	}
	return down(v - slack*(b.next.norm(0)+r+b.gamma*(e+r)+b.under()))
}

// put adds mu times a condition's outputs and constant to row r. Each product has the error of the
// condition's own number, and of itself: both below gamma times its size.
func (b *backward) put(r int, c *condition, mu float64) {
	out := &b.layers[len(b.layers)-1]
	for k, v := range c.y {
		b.row(r)[k] += mu * v
		b.e[r] += math.Abs(mu*v) * b.most[out.first+k]
	}
	b.c[r] += mu * c.offset
	b.e[r] += math.Abs(mu * c.offset)
}

// finish adds mu times what a condition says of the inputs to row r.
func (b *backward) finish(r int, c *condition, mu float64) {
	for k, v := range c.x {
		b.row(r)[k] += mu * v
		b.e[r] += math.Abs(mu*v) * b.mostIn[k]
	}
}

// mixture is a proposal for refuting a disjunct: weights of its conditions and of signs, none
// negative and none above 1, and slopes of the lines through 0, between the unit's two.
type mixture struct {
	mu    []float64
	beta  []float64 // of units, with the sign: −β·s
	alpha []float64 // of units
}

// refutes says whether the mixture is certainly above 0 on the node. It is at most 0 at a point
// that satisfies all conditions and has the node's signs.
func (b *backward) refutes(d int32, m *mixture) bool {
	return b.legal(m) && b.mixed(d, m) > 0
}

// mixed is a certain lower bound of Σ μ_i·condition_i + Σ β_q·z_q on the node.
func (b *backward) mixed(d int32, m *mixture) float64 { return b.weighed(d, m, nil) }

// weighed is mixed, with the coefficients of units' values in weight, where they are not 0.
func (b *backward) weighed(d int32, m *mixture, weight []float64) float64 {
	conds := b.subject.conditions[d]
	kept := b.weight
	b.start(1, b.outputs)
	b.alpha, b.beta, b.weight = m.alpha, m.beta, weight
	for i := range conds {
		b.put(0, &conds[i], m.mu[i])
	}
	b.toInputs(len(b.layers) - 1)
	for i := range conds {
		b.finish(0, &conds[i], m.mu[i])
	}
	b.weight = kept
	return b.least(0)
}

// legal says whether a mixture keeps to what its type says: all that is proved with it rests on
// that.
func (b *backward) legal(m *mixture) bool {
	for _, v := range m.mu {
		if !(v >= 0 && v <= 1) {
			return false
		}
	}
	for q, v := range m.beta {
		if s := float64(b.fixed[q]); v != 0 && !(v*s < 0 && v*s >= -1) {
			return false
		}
	}
	if m.alpha == nil {
		return true
	}
	for _, q := range b.open {
		s := b.belowOf(q)
		if a := m.alpha[q]; !(a >= min(s, 1) && a <= max(s, 1)) {
			return false
		}
	}
	return true
}
