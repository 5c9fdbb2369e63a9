package safety

// Multipliers by steps uphill, where units are split and a programme would be too large, or units
// of several layers are open, of which a programme says less than it costs.
//
// The bound of a mixture is concave in its weights and has a gradient in all its numbers almost
// everywhere: it is a form that came back, at the corner of the box where that is least. Going
// forward from the corner along the very lines by which the form came back gives each unit a
// pre-activation z_q, and the slopes of the bound: z_q in the weight of unit q's sign, A_q·z_q in
// the slope of its line through 0, u_j in the weight of condition j.
//
// The steps are those of Kingma and Ba ("Adam", 2015), as Xu et al. ("Fast and complete", 2021) and
// Wang et al. ("Beta-CROWN", 2021) take them. A mixture is a proposal: mixed bounds it.

import (
	"cmp"
	"math"
	"slices"
)

const (
	// ascentSteps are taken for a mixture, of firstStep of what a number may be at first and of
	// lastStep at last.
	ascentSteps         = 20
	firstStep, lastStep = 0.3, 0.05
	// drag and dragSizes are the shares that stay of the means of gradients and of their squares.
	drag, dragSizes = 0.9, 0.999
	// candidates is how many units of the largest gaps are looked at before one is split.
	candidates = 8
)

// ascent is what steps uphill keep; its memory is used again for the next.
type ascent struct {
	*zone
	walker *walker
	x      []float64 // the corner
	weight []float64 // the coefficients of units' values
	pre    []float64 // the pre-activations along the lines
	// mean and sizes are the means of gradients and of their squares: of conditions, and of units.
	mean, sizes [2][]float64
	step        float64
	bias        [2]float64 // what the means lack from their beginning at 0
}

// ascents goes uphill for disjuncts that are left on a node, the loosest first, until one stays
// open: the others wait for what its splits do to them. It returns those that are left, and the
// loosest.
func (w *worker) ascents(n *node, left []loose, claims *[]*claim) (still []loose, best loose, found *Witness) {
	slices.SortStableFunc(left, func(a, b loose) int { return cmp.Compare(a.top, b.top) })
	from := map[int32]*mixture{}
	for _, o := range left {
		from[o.disjunct] = n.from[o.disjunct]
	}
	n.from = from
	for len(left) > 0 {
		best = left[0]
		d := best.disjunct
		from[d], best.top = w.ascent.uphill(d, w.ascent.start(d, from[d]))
		if !(best.top > 0 && w.zone.back.refutes(d, from[d])) {
			copy(w.zone.back.weight[best.row*w.units:], w.ascent.weight)
			if w.ctx.Err() == nil {
				found = w.walker.try(d, w.ascent.x)
			}
			return left, best, found
		}
		*claims = append(*claims, w.claim(d, -1, from[d]))
		left = left[1:]
	}
	return nil, loose{-1, -1, math.Inf(1)}, nil
}

// start returns a mixture for disjunct d to go uphill from: that of the node above, or a plain one.
func (a *ascent) start(d int32, above *mixture) *mixture {
	m := &mixture{mu: make([]float64, len(a.conditions[d])), beta: make([]float64, a.units), alpha: make([]float64, a.units)}
	if above == nil {
		for i := range m.mu {
			m.mu[i] = 1
		}
		for _, q := range a.open {
			m.alpha[q] = a.near(q)
		}
		return m
	}
	copy(m.mu, above.mu)
	copy(m.beta, above.beta)
	for _, q := range a.open {
		m.alpha[q] = a.legalSlope(q, above.alpha[q])
	}
	return m
}

// legalSlope moves a slope between the two of a unit.
func (z *zone) legalSlope(q int32, slope float64) float64 {
	m := z.belowOf(q)
	return min(max(slope, min(m, 1)), max(m, 1))
}

// uphill returns the best mixture on the way up, and its bound.
func (a *ascent) uphill(d int32, m *mixture) (best *mixture, top float64) {
	a.begin(m)
	top = math.Inf(-1)
	for s := 0; ; s++ {
		clear(a.weight)
		if v := a.back.weighed(d, m, a.weight); v > top || best == nil {
			best, top = m.copy(), v
		}
		if top > 0 || s == ascentSteps || a.ctx.Err() != nil {
			return best, top
		}
		a.along(m)
		a.stepUp(d, m)
	}
}

// begin forgets the means of another ascent.
func (a *ascent) begin(m *mixture) {
	a.step, a.bias = firstStep, [2]float64{1, 1}
	a.weight, a.pre = resized(a.weight, a.units), resized(a.pre, a.units)
	for i, n := range [2]int{len(m.mu), a.units} {
		a.mean[i], a.sizes[i] = resized(a.mean[i], n), resized(a.sizes[i], n)
		clear(a.mean[i])
		clear(a.sizes[i])
	}
}

// along evaluates the network, in the walker's values, along the lines by which a mixture came
// back, from the corner of the box where it is least.
func (a *ascent) along(m *mixture) {
	a.x = a.lowest(resized(a.x, a.inputs), a.back.row(0))
	x := a.x
	for i := range a.layers {
		y := &a.layers[i]
		v := a.walker.enter(i, x)
		copy(a.pre[y.first:], v)
		for j := range v {
			q := y.first + j
			by := a.lines[q][math.Float64bits(a.weight[q])>>63]
			if by.at == 0 && a.isOpen[q] {
				by.slope = m.alpha[q]
			}
			v[j] = by.slope*v[j] + by.at
		}
		x = v
	}
}

// stepUp takes a step in all numbers of a mixture. A unit has a slope or a weight of its sign.
func (a *ascent) stepUp(d int32, m *mixture) {
	a.bias[0], a.bias[1] = a.bias[0]*drag, a.bias[1]*dragSizes
	y := a.walker.values[len(a.walker.values)-1]
	for i := range m.mu {
		if len(m.mu) > 1 { // one condition alone has the weight 1
			m.mu[i] = max(m.mu[i]+a.move(0, i, a.conditions[d][i].value(a.x, y)), 0)
		}
	}
	size := 0.0
	for _, v := range a.weight {
		size = max(size, math.Abs(v))
	}
	for q, v := range a.weight {
		switch s := float64(a.fixed[q]); {
		case s != 0:
			if m.beta[q] += size * a.move(1, q, a.pre[q]); m.beta[q]*s > 0 {
				m.beta[q] = 0
			}
		case a.isOpen[q] && v != 0 && a.lines[q][math.Float64bits(v)>>63].at == 0:
			m.alpha[q] = a.legalSlope(int32(q), m.alpha[q]+a.move(1, q, v*a.pre[q]))
		}
	}
	m.shrink()
	a.step *= stepShrink
}

// stepShrink is what is left of a step at the next.
var stepShrink = math.Pow(lastStep/firstStep, 1./ascentSteps)

// move is a step of number i, of conditions or of units, whose gradient is g.
func (a *ascent) move(kind, i int, g float64) float64 {
	mean, sizes := &a.mean[kind][i], &a.sizes[kind][i]
	*mean = drag**mean + (1-drag)*g
	*sizes = dragSizes**sizes + (1-dragSizes)*g*g
	if *sizes == 0 {
		return 0
	}
	return a.step * *mean / (1 - a.bias[0]) / math.Sqrt(*sizes/(1-a.bias[1]))
}

func (m *mixture) copy() *mixture {
	return &mixture{slices.Clone(m.mu), slices.Clone(m.beta), slices.Clone(m.alpha)}
}

// shrink makes the largest weight 1 where it is above: a mixture's weights are shares.
func (m *mixture) shrink() {
	largest := 1.0
	for _, v := range m.mu {
		largest = max(largest, v)
	}
	for _, v := range m.beta {
		largest = max(largest, math.Abs(v))
	}
	for _, w := range [][]float64{m.mu, m.beta} {
		for i := range w {
			w[i] /= largest
		}
	}
}

// strongest is the open unit whose two signs raise the bound of the loosest disjunct, by a mixture,
// the most, by the product of both rises, as far as its own line is concerned; the one of the
// largest gap where there is no mixture.
func (f *refuter) strongest(m *mixture, best loose) int32 {
	if m == nil {
		return f.widestUnit(best.row)
	}
	z := f.zone
	open := slices.Clone(z.open)
	slices.SortStableFunc(open, func(a, b int32) int { return cmp.Compare(f.gap(best.row, b), f.gap(best.row, a)) })
	most, at := 0.0, int32(-1)
	for _, q := range open[:min(len(open), candidates)] {
		kept := z.lines[q]
		rise := 1.0
		for _, slope := range [2]float64{1, z.belowOf(q)} {
			z.isOpen[q], z.lines[q] = false, lines{{slope: slope}, {slope: slope}}
			rise *= max(z.back.mixed(best.disjunct, m)-best.top, little*math.Abs(best.top))
		}
		z.isOpen[q], z.lines[q] = true, kept
		if at < 0 || rise > most {
			most, at = rise, q
		}
	}
	return at
}
