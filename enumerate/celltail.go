// What a cell leaves open in the layers after its own: the cell is boxed in by two questions
// a coordinate, and intervals go through the rest of the network from there. A cell is much
// smaller than the ball, so that many a neuron that changes sign in the ball keeps it in the cell.
//
// The box is certified as any empty side is: for the form y_k − 2, which is negative on the
// ball, the solver returns the multipliers of its largest value on the cell, and the supremum of
// the combination over the ball, rounded up, bounds y_k + λ·(constraints) − 2 and so y_k.

package enumerate

import (
	"math"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
)

// interval holds a value, but for errors: those of its terms so far, and the rounding of what
// they were summed up by, of which mag is the sum of the magnitudes.
type interval struct{ lo, hi, err, mag float64 }

// add adds g·b, where the true factor is at most most.
func (a *interval) add(g, most float64, b interval) {
	lo, hi := g*b.lo, g*b.hi
	if g < 0 {
		lo, hi = hi, lo
	}
	a.lo, a.hi = a.lo+lo, a.hi+hi
	a.mag += most * max(math.Abs(b.lo), math.Abs(b.hi))
}

// closed widens the interval by its errors, with gamma for the roundings of a sum. Where something overflowed, mag did
// too, and the ends are infinite or no numbers, of which nothing is concluded.
func (a interval) closed(gamma float64) interval {
	e := slack*(a.err+gamma*a.mag) + underflow
	return interval{lo: a.lo - e, hi: a.hi + e}
}

// valued starts a sum with a number.
func valued(v float64) interval { return interval{lo: v, hi: v, mag: math.Abs(v)} }

// greedy says that the solver answers by the largest value on the cell, whatever it is asked to
// exceed; those of l2 and the row form stop where they know enough.
func greedy(s lp.Incremental) bool {
	switch s := s.(type) {
	case *lp.Vertex:
		return true
	case *lp.Polygon:
		return !s.Round()
	}
	return false
}

// boxInputs is the number of inputs up to which cells are boxed in: that takes two questions or more for
// each, which should stay below the cost of walking the cell a stint further.
const boxInputs = 32

// boxShares are the shares of the way from the witness to the ball's side at which a side of the box is
// tried where the solver is not greedy.
var boxShares = [...]float64{0.5, 0.25, 0.125}

// box returns intervals that certainly hold the coordinates on the cell.
func (t *Solved) box(lv *level) []interval {
	at := make([]interval, t.m.n)
	g := make([]float64, t.m.n)
	for k := range at {
		y := lv.y[k]
		g[k] = 1
		at[k].hi = t.boxSide(g, y)
		g[k] = -1
		at[k].lo = -t.boxSide(g, -y)
		g[k] = 0
	}
	return at
}

// boxSide bounds g·y on the current cell, for g = ±e_k with the value y at a point of it. The numbers that are
// added back are at most 2, and so is what that rounds by, in units.
func (t *Solved) boxSide(g []float64, y float64) float64 {
	z := form{g: g, mag: 3}
	if greedy(t.solver) {
		z.h = -2
		return min(1, 2+t.atMost(&z)+2*unit)
	}
	most := 1.0
	for _, f := range boxShares {
		at := y + f*(1-y)
		z.h = -at
		v := at + t.atMost(&z) + 2*unit
		if !(v < most) {
			break
		}
		most = v
	}
	return most
}

// atMost bounds the form on the current cell, by the multipliers that the solver has for that; +Inf
// where it has none.
func (t *Solved) atMost(z *form) float64 {
	t.tally.Questions++
	r, err := t.solver.Ask(z.g, z.h, 1)
	if err != nil || r.Meets || !t.cert.sound(r.ID, r.Lambda) {
		return math.Inf(1)
	}
	sup, off := t.cert.supremum(z, 1, 1, r.ID, r.Lambda)
	return sup + off
}

// tailIn is model.tail on a cell in a box, before the neurons of layer l that are undecided, with what acc has of the others.
func (w *trunk) tailIn(l int, undecided func(u int) bool, acc *accumulator, at []interval) []bound.LayerCount {
	list := append([]bound.LayerCount(nil), w.m.tail(l)...)
	z := w.ahead(l, undecided, acc, at)
	for i := l + 1; ; i++ {
		ly := w.m.layers[i]
		w.m.tighten(list, l, i, ly.countSettled(z))
		if i+1 == len(w.m.layers) {
			return list
		}
		next := w.m.layers[i+1]
		sum := make([]interval, next.m)
		for u := range sum {
			sum[u] = valued(next.b[u])
		}
		for v := range z {
			next.feed(sum, v, ly.activate(z[v]))
		}
		z = next.close(sum)
	}
}

// ahead bounds the pre-activations of layer l+1 on a cell in a box: the neurons decided by the
// accumulated forms, those that are still open by intervals.
func (w *trunk) ahead(l int, undecided func(u int) bool, acc *accumulator, at []interval) []interval {
	ly, next := w.m.layers[l], w.m.layers[l+1]
	n, m := w.m.n, next.m
	cols := acc.cols
	sum := make([]interval, m)
	for u := range sum {
		sum[u] = valued(cols[n*m+u])
		sum[u].err = cols[(n+1)*m+u]
		for k, a := range at {
			sum[u].add(cols[k*m+u], math.Abs(cols[k*m+u]), a)
		}
	}
	for i := range ly.m {
		if !undecided(i) {
			continue
		}
		f := w.form(l, i)
		v := valued(f.h)
		v.err = f.err
		for k, a := range at {
			v.add(f.g[k], math.Abs(f.g[k]), a)
		}
		next.feed(sum, i, ly.activate(v.closed(next.gamma)))
	}
	return next.close(sum)
}

// feed adds what unit i of the layer before passes on.
func (ly *layer) feed(sum []interval, i int, v interval) {
	most := ly.wa[i*ly.m : (i+1)*ly.m]
	for u, g := range ly.wt[i*ly.m : (i+1)*ly.m] {
		sum[u].add(g, most[u], v)
	}
}

// close widens by the layer's rounding, which gamma covers: that of a weight, of a leaky factor, of
// each product, and of at most as many additions as there are inputs, coordinates and a bias.
func (ly *layer) close(sum []interval) []interval {
	for u := range sum {
		sum[u] = sum[u].closed(ly.gamma)
	}
	return sum
}

// activate bounds the activation.
func (ly *layer) activate(v interval) interval {
	if v.lo >= 0 {
		return v
	}
	a := 0.0
	if ly.act == network.LeakyReLU {
		a = ly.slope
	}
	low := a * v.lo // at the lower end
	if v.hi <= 0 {
		return interval{lo: min(low, a*v.hi), hi: max(low, a*v.hi)}
	}
	return interval{lo: min(low, 0), hi: max(low, v.hi)}
}

// countSettled is what the recursion wants to know of a layer whose pre-activations are in z.
func (ly *layer) countSettled(z []interval) bound.LayerCount {
	c := bound.LayerCount{Leaky: ly.act == network.LeakyReLU}
	for _, v := range z {
		switch {
		case v.lo > 0, v.hi < 0 && c.Leaky:
			c.P++
		case v.hi >= 0 || v.hi != v.hi:
			c.K++
		}
	}
	return c
}

// tighten puts the count of layer i into a tail after layer l, if it says more.
func (m *model) tighten(list []bound.LayerCount, l, i int, c bound.LayerCount) {
	at := m.tails.at[i] - m.tails.at[l] - 1
	if c.K < list[at].K {
		list[at] = c
	}
}
