// The first layer is exact: neuron j cuts the open ball iff |z_j(c)| < sup over the ball of
// |w·(x−c)|, which is r‖w‖ in the dual norm (the support function). Floats
// decide it with room to spare nearly always; what lies within their error is
// decided in integers, so that a tangent hyperplane is not taken for a cut.

package bound

import (
	"math/big"

	"github.com/relucell/relucell/ball"
)

// nearTie is how near |z(c)| must be to the computed reach, relatively, for the exact test to be
// worth its time. It has no part in soundness: the float error is at most about n·2⁻⁵⁰, below
// this for fan-ins under a million; beyond, a tie stays unsettled.
const nearTie = 0x1p-30

// reach returns an upper bound on sup |w·(x−c)| over the ball; hw as halfWidths returns it.
func reach(b ball.Ball, w, hw []float64) float64 {
	switch b.Norm() {
	case ball.L2:
		return mulUp(norm2Up(w), b.Radius())
	case ball.L1:
		return mulUp(maxAbs(w), b.Radius())
	}
	return sumAbsUp(w, hw)
}

func maxAbs(w []float64) float64 {
	m := 0.0
	for _, v := range w {
		m = max(m, v, -v)
	}
	return m
}

// settle decides the sign of v + δ for δ in [lo, hi], lo ≤ 0 ≤ hi.
func settle(v bracket, lo, hi float64) status {
	switch {
	case v.lo >= -lo:
		return active
	case v.hi <= -hi:
		return inactive
	}
	return unsettled
}

// settleFirst decides neuron j of layer 0: exactly, but for the caveat at nearTie.
func (a *analysis) settleFirst(j int, reach float64) status {
	v := a.center().v[0][j]
	if s := settle(v, -reach, reach); s != unsettled {
		return s
	}
	if max(v.lo, -v.hi) < reach*(1-nearTie) {
		return unsettled
	}
	z := a.center().z[0]
	if cutsBall(a.ball, exactVector(a.net.Layers()[0].W.RawRowView(j)), z.rat(j)) {
		return unsettled
	}
	if v.sign >= 0 {
		return active
	}
	return inactive
}

// cutsBall reports whether the form with gradient g and value v at the centre takes both signs in
// the open ball: |v| < sup |g·(x−c)|, in exact arithmetic; for l2 by squares.
func cutsBall(b ball.Ball, g dyadics, v *big.Rat) bool {
	lhs, rhs := new(big.Rat).Abs(v), new(big.Rat)
	switch b.Norm() {
	case ball.L2:
		lhs.Mul(lhs, lhs)
		rhs.Mul(sumSquares(g), new(big.Rat).Mul(ratOf(b.Radius()), ratOf(b.Radius())))
	case ball.L1:
		m := new(big.Int)
		for i := range g.n {
			if g.n[i].CmpAbs(m) > 0 {
				m.Abs(&g.n[i])
			}
		}
		rhs.Mul(dyadicRat(m, g.exp), ratOf(b.Radius()))
	default:
		rhs = boxReach(b, g)
	}
	return lhs.Cmp(rhs) < 0
}

// sumSquares returns Σ g_k².
func sumSquares(g dyadics) *big.Rat {
	s, t := new(big.Int), new(big.Int)
	for i := range g.n {
		s.Add(s, t.Mul(&g.n[i], &g.n[i]))
	}
	return dyadicRat(s, 2*g.exp)
}

// boxReach returns Σ |g_k|·w_k over the half-widths of a box or an linf ball.
func boxReach(b ball.Ball, g dyadics) *big.Rat {
	n := len(g.n)
	var w dyadics
	if b.Norm() == ball.Box {
		both := exactVector(append(append([]float64{}, b.Hi()...), b.Lo()...))
		w = dyadics{n: make([]big.Int, n), exp: both.exp - 1}
		for k := range w.n {
			w.n[k].Sub(&both.n[k], &both.n[n+k])
		}
	} else {
		r := exactVector([]float64{b.Radius()})
		w = dyadics{n: make([]big.Int, n), exp: r.exp}
		for k := range w.n {
			w.n[k].Set(&r.n[0])
		}
	}
	s, t := new(big.Int), new(big.Int)
	for k := range w.n {
		s.Add(s, t.Mul(t.Abs(&g.n[k]), &w.n[k]))
	}
	return dyadicRat(s, g.exp+w.exp)
}

func ratOf(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }
