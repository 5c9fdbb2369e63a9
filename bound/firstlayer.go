// The first layer is exact: neuron j cuts the open ball iff |z_j(c)| < sup over the ball of
// |w·(x−c)|, which is r‖w‖ in the dual norm (the support function). Floats
// decide it with room to spare nearly always; what lies within their error is
// decided in integers, so that a tangent hyperplane is not taken for a cut.

package bound

import (
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
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
	if cutsBall(a.ball, dyadic.Floats(a.net.Layers()[0].W.RawRowView(j)), z.Rat(j)) {
		return unsettled
	}
	if v.sign >= 0 {
		return active
	}
	return inactive
}

// cutsBall reports whether the form with gradient g and value v at the centre takes both signs in
// the open ball: |v| < sup |g·(x−c)|, in exact arithmetic; for l2 by squares.
func cutsBall(b ball.Ball, g dyadic.Vector, v *big.Rat) bool {
	size, reach := new(big.Rat).Abs(v), dualNorm(b, g)
	switch b.Norm() {
	case ball.L2:
		r := ratOf(b.Radius())
		return size.Mul(size, size).Cmp(reach.Mul(reach, r.Mul(r, r))) < 0
	case ball.Box:
		return size.Cmp(reach) < 0
	}
	return size.Cmp(reach.Mul(reach, ratOf(b.Radius()))) < 0
}

// dualNorm returns sup |g·y| over ‖y‖ ≤ 1 in the ball's norm, for l2 its square; for a box over
// the box with its middle at 0.
func dualNorm(b ball.Ball, g dyadic.Vector) *big.Rat {
	s, t, exp := new(big.Int), new(big.Int), g.Exp
	switch b.Norm() {
	case ball.L2:
		s, exp = dotInts(g.N, g.N), 2*exp
	case ball.L1:
		for i := range g.N {
			if g.N[i].CmpAbs(s) > 0 {
				s.Abs(&g.N[i])
			}
		}
	case ball.Box:
		w := dyadic.BigFloats(b.Scale())
		exp += w.Exp
		for i := range g.N {
			s.Add(s, t.Mul(t.Abs(&g.N[i]), &w.N[i]))
		}
	default:
		for i := range g.N {
			s.Add(s, t.Abs(&g.N[i]))
		}
	}
	return dyadic.Rat(s, exp)
}

func ratOf(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }
