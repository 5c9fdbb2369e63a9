// What a cell leaves open in the layers after its own: the cell is boxed in by two questions
// a coordinate, and intervals go through the rest of the network from there. A cell is much
// smaller than the ball, so that many a neuron that changes sign in the ball keeps it in the cell.
//
// The box is certified as any empty side is: for the form y_k − 2, which is negative on the
// ball, the solver returns the multipliers of its largest value on the cell, and the supremum of
// the combination over the ball, rounded up, bounds y_k + λ·(constraints) − 2 and so y_k.

package tree

import (
	"math"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/lp"
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

// closed widens the interval by its errors, with gamma for the roundings of a sum. Where something
// overflowed, mag did too, and the ends are infinite or no numbers, of which nothing is concluded.
func (a interval) closed(gamma float64) interval {
	e := forms.Slack*(a.err+gamma*a.mag) + forms.Underflow
	return interval{lo: a.lo - e, hi: a.hi + e}
}

// valued starts a sum with a number.
func valued(v float64) interval { return interval{lo: v, hi: v, mag: math.Abs(v)} }

// greedy says that the solver answers by the largest value on the cell, whatever it is asked to
// exceed; those of l2 and the row form stop where they know enough.
func greedy(s lp.Incremental) bool {
	_, ok := s.(*lp.Vertex)
	return ok
}

// boxInputs is the number of inputs up to which cells are boxed in: that takes two questions or
// more for each, which should stay below the cost of walking the cell a stint further.
const boxInputs = 32

// boxShares are the shares of the way from the witness to the ball's side at which a side of the
// box is tried where the solver is not greedy.
var boxShares = [...]float64{0.5, 0.25, 0.125}

// box returns intervals that certainly hold the coordinates on the cell.
func (t *questions) box(lv *level) []interval {
	at := make([]interval, t.m.N)
	g := make([]float64, t.m.N)
	for k := range at {
		y := lv.Y[k]
		g[k] = 1
		at[k].hi = t.boxSide(g, y)
		g[k] = -1
		at[k].lo = -t.boxSide(g, -y)
		g[k] = 0
	}
	return at
}

// boxSide bounds g·y on the current cell, for g = ±e_k with the value y at a point of it. The
// numbers that are added back are at most 2, and so is what that rounds by, in units.
func (t *questions) boxSide(g []float64, y float64) float64 {
	z := forms.Form{G: g, Mag: 3}
	if greedy(t.solver) {
		z.H = -2
		return min(1, 2+t.atMost(&z)+2*forms.Unit)
	}
	most := 1.0
	for _, f := range boxShares {
		at := y + f*(1-y)
		z.H = -at
		v := at + t.atMost(&z) + 2*forms.Unit
		if !(v < most) {
			break
		}
		most = v
	}
	return most
}

// atMost bounds the form on the cell, by the multipliers that the solver has for that; +Inf where
// it has none.
func (t *questions) atMost(z *forms.Form) float64 {
	t.tally.Questions++
	r, err := t.solver.Ask(z.G, z.H, 1)
	if err != nil || r.Meets {
		return math.Inf(1)
	}
	return t.judge.AtMost(z, r.ID, r.Lambda)
}

// tailIn is Subject.tail on a cell in a box, before the neurons of layer l that are undecided, with
// what acc has of the others.
func (w *trunk) tailIn(l int, undecided func(u int) bool, acc *forms.Sums, at []interval) []bound.LayerCount {
	list := append([]bound.LayerCount(nil), w.m.tail(l)...)
	z := w.ahead(l, undecided, acc, at)
	for i := l + 1; ; i++ {
		ly := w.m.Layers[i]
		w.m.tighten(list, l, i, countSettled(ly, z))
		if i+1 == len(w.m.Layers) {
			return list
		}
		next := w.m.Layers[i+1]
		sum := make([]interval, next.Out)
		for u := range sum {
			sum[u] = valued(next.B[u])
		}
		for v := range z {
			feed(next, sum, v, activated(ly, v, z[v]))
		}
		z = closeAll(next, sum)
	}
}

// ahead bounds the pre-activations of layer l+1 on a cell in a box: the neurons decided by the
// accumulated forms, as are the units that carry their value on, those that are still open by
// intervals.
func (w *trunk) ahead(l int, undecided func(u int) bool, acc *forms.Sums, at []interval) []interval {
	ly, next := w.m.Layers[l], w.m.Layers[l+1]
	n, m := w.m.N, next.Out
	cols := acc.Cols
	sum := make([]interval, m)
	for u := range sum {
		sum[u] = valued(cols[n*m+u])
		sum[u].err = cols[(n+1)*m+u]
		for k, a := range at {
			sum[u].add(cols[k*m+u], math.Abs(cols[k*m+u]), a)
		}
	}
	for i := range ly.Neurons {
		if !undecided(i) {
			continue
		}
		f := w.Form(l, i)
		v := valued(f.H)
		v.err = f.Err
		for k, a := range at {
			v.add(f.G[k], math.Abs(f.G[k]), a)
		}
		feed(next, sum, i, activated(ly, i, v.closed(next.Gamma)))
	}
	return closeAll(next, sum)
}

// feed adds what unit i of the layer before passes on.
func feed(ly *forms.Layer, sum []interval, i int, v interval) {
	at, w, most := ly.Column(i)
	for u, g := range w {
		to := u
		if at != nil {
			to = int(at[u])
		}
		sum[to].add(g, most[u], v)
	}
}

// closeAll widens by the layer's rounding, which gamma covers: that of a weight, of a leaky factor,
// of each product, and of at most as many additions as there are inputs, coordinates and a bias.
func closeAll(ly *forms.Layer, sum []interval) []interval {
	for u := range sum {
		sum[u] = sum[u].closed(ly.Gamma)
	}
	return sum
}

// activated bounds what unit j passes on.
func activated(ly *forms.Layer, j int, v interval) interval {
	lo, hi := ly.Activate(j, v.lo), ly.Activate(j, v.hi)
	if lo > hi {
		lo, hi = hi, lo
	}
	if v.lo < 0 && v.hi > 0 { // 0 is between, where the slope changes
		lo = min(lo, 0)
	}
	return interval{lo: lo, hi: hi}
}

// countSettled is what the recursion wants to know of a layer whose pre-activations are in z.
func countSettled(ly *forms.Layer, z []interval) bound.LayerCount {
	c := bound.LayerCount{}
	for u, v := range z {
		switch a := ly.Slopes[u]; {
		case a == 1, v.lo > 0, v.hi < 0 && a != 0:
			c.P++
		case v.hi >= 0 || v.hi != v.hi:
			c.K++
			if a != 0 {
				c.Leaky++
			}
		}
	}
	return c
}

// tighten puts the count of layer i into a tail after layer l, if it says more.
func (m *Subject) tighten(list []bound.LayerCount, l, i int, c bound.LayerCount) {
	at := m.tails.at[i] - m.tails.at[l] - 1
	if c.K < list[at].K {
		list[at] = c
	}
}
