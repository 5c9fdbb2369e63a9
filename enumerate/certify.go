// The tiers that certify an empty side. A solver's multipliers are a
// proposal; what counts is that f = s·z + Σ λ_i s_i z_i ≤ 0 holds on the ball, and
// that is checked here: in floats with an error bound, then in integers.

package enumerate

import (
	"math"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
)

// form is the affine form of one neuron on the current cell, in y.
type form struct {
	g []float64
	h float64
	// err bounds sup over the unit ball, and over the cube around it, of |computed − true|; 0 means exact. It may be
	// infinite.
	err float64
	// mag is an upper bound of |h| + Σ|g|.
	mag float64
	// quantum divides every coefficient when err is 0; 0 when unknown.
	quantum float64
	// layer and unit locate the neuron, shift is the power of two its row was multiplied by.
	layer, unit, shift int
}

// ancestor is a constraint of the current cell: s·z > 0.
type ancestor struct {
	*form
	id int32
	s  float64
}

// tier names what decided.
type tier int

const (
	tierNone tier = iota
	tierFloat
	tierInteger
	tierSolve
)

// certifier checks proposals against the current ancestors. One per worker.
type certifier struct {
	m      *model
	anc    []ancestor
	path   exactPath
	labels []int8
	f      []float64
	proof  bool // integer multipliers are wanted
	policy *policy
	out    tree.Multipliers
	round  []float64 // rounded multipliers, self first
	// Scratch of onSupport.
	rows   []exact.Row
	coords []int
	square []float64
}

// policy lets tests force tiers and put a solver of their own in: each of the
// first two, when set, says whether the tier may decide this time.
type policy struct {
	float, integer func() bool
	solver         func(norm ball.Norm, n int) lp.Incremental
	outlined       func(t *Solved, z *form, s float64)                                // told of each side found empty by an outline
	undescribed    bool                                                               // cells are not kept by their vertices
	described      func(t *Vertices)                                                  // told of each cell that is
	proposed       func(c *certifier, z *form, s float64, ids []int32, lam []float64) // told of each proposal for an empty side
	oracle         lp.Solver                                                          // of the plain walk, which asks nothing else
	cellwise       bool                                                               // nor are regions counted at a stroke
	hasty          bool                                                               // a stop has no grace
	tune           *tuning.Table                                                      // nil for the usual one
}

func (p *policy) newSolver(m *model) lp.Incremental {
	switch {
	case p != nil && p.solver != nil:
		return p.solver(m.norm, m.n)
	case m.norm == ball.L2 && m.n > 2 && m.central():
		return lp.NewCone(m.n)
	}
	return lp.NewIncremental(m.norm, m.n)
}

func (p *policy) allowFloat() bool   { return p == nil || p.float == nil || p.float() }
func (p *policy) allowInteger() bool { return p == nil || p.integer == nil || p.integer() }

// sup returns sup of g·y over the unit ball, to a relative error below γ_{n+2}.
func supUnit(norm ball.Norm, g []float64) float64 {
	t := 0.0
	switch norm {
	case ball.L1:
		for _, v := range g {
			t = max(t, math.Abs(v))
		}
	case ball.L2:
		for _, v := range g {
			t += v * v
		}
		if t < tinySquares {
			return supTiny(g)
		}
		t = math.Sqrt(t)
	default:
		for _, v := range g {
			t += math.Abs(v)
		}
	}
	return t
}

// tinySquares is the sum of squares below which squares that underflowed may matter: above it, up
// to 2²⁶ of them, each off by at most 2⁻¹⁰⁷⁵, change the sum by less than 2⁻¹⁴⁹ of itself.
const tinySquares = 0x1p-900

// supTiny is supUnit for l2 where squares underflow: it multiplies by 2⁶⁰⁰ first, which is
// exact, as all |g| are below 2⁻⁴⁴⁹. The product that undoes it is off by at most 2⁻¹⁰⁷⁵, which
// underflow covers.
func supTiny(g []float64) float64 {
	t := 0.0
	for _, v := range g {
		v *= 0x1p600
		t += v * v
	}
	return math.Sqrt(t) * 0x1p-600
}

// combine writes f = scale0·s·z + Σ lam_i s_i z_i and returns its offset, the
// bound of what the forms' own errors contribute, and Σ lam·mag.
func (c *certifier) combine(z *form, s, self float64, ids []int32, lam []float64) (h, err, mag float64) {
	f := c.f[:len(z.g)]
	for k, g := range z.g {
		f[k] = s * self * g
	}
	h, err, mag = s*self*z.h, self*z.err, self*z.mag
	for i, id := range ids {
		a := &c.anc[id]
		t := lam[i] * a.s
		for k, g := range a.g[:len(f)] {
			f[k] += t * g
		}
		h += t * a.h
		err += lam[i] * a.err
		mag += lam[i] * a.mag
	}
	return h, err, mag
}

// float is the float filter. The computed f differs from the true one, anywhere
// on the unit ball, by at most Σ λ_i err_i (the forms) plus γ_{k+2}·Σ λ_i mag_i (k products and
// additions for each coefficient), and the sum h + sup g·y by γ_{n+3} of the same: so
// h + sup + slack·(err + (k+n+8)·u·mag) < 0 proves f < 0.
func (c *certifier) float(z *form, s, self float64, ids []int32, lam []float64) bool {
	if len(z.g) <= 2 && c.m.norm != ball.L2 {
		sup, off := c.supremumPlane(z, s, self, ids, lam)
		return sup+off < 0
	}
	sup, off := c.supremum(z, s, self, ids, lam)
	return sup+off < 0
}

// supremum returns the largest value of the combination on the ball, and what that is off by at most, as float derives
// it. Domain: nothing overflows, or the magnitudes do too, and the error is infinite or no number.
func (c *certifier) supremum(z *form, s, self float64, ids []int32, lam []float64) (sup, off float64) {
	h, err, mag := c.combine(z, s, self, ids, lam)
	return h + supUnit(c.m.norm, c.f[:len(z.g)]), slack*(err+float64(len(ids)+len(z.g)+8)*unit*mag) + underflow
}

// prune decides from a proposal whether the side s of z is empty, by the float
// filter or in integers. ids index the ancestors.
func (c *certifier) prune(z *form, s float64, ids []int32, lam []float64) tier {
	if !c.sound(ids, lam) {
		return tierNone
	}
	if c.policy != nil && c.policy.proposed != nil {
		c.policy.proposed(c, z, s, ids, lam)
	}
	if c.policy.allowFloat() {
		if !c.proof {
			if c.float(z, s, 1, ids, lam) {
				return tierFloat
			}
		} else {
			for _, top := range proofTops {
				if c.rounded(lam, top) && c.float(z, s, c.round[0], ids, c.round[1:]) {
					c.thin(z, s, ids)
					c.take(z, ids)
					return tierFloat
				}
			}
		}
	}
	t := tierNone
	switch {
	case c.policy.allowInteger() && c.integer(z, s, ids, lam):
		t = tierInteger
	case c.policy.allowInteger() && c.onSupport(z, s, ids, lam):
		t = tierSolve
	}
	if c.m.late() { // what these two worked on may have been given up
		return tierNone
	}
	return t
}

// sound says that the multipliers are finite, not negative, and of ancestors.
func (c *certifier) sound(ids []int32, lam []float64) bool {
	for _, v := range lam {
		if !(v >= 0) || math.IsInf(v, 0) {
			return false
		}
	}
	return c.known(ids)
}

// known says that the ids name ancestors, and in a proof none of them twice.
func (c *certifier) known(ids []int32) bool {
	for i, id := range ids {
		if id < 0 || int(id) >= len(c.anc) || c.proof && slices.Contains(ids[:i], id) {
			return false
		}
	}
	return true
}

// thin drops the smallest multiplier as long as the proof stands without it.
func (c *certifier) thin(z *form, s float64, ids []int32) {
	for {
		at := 0
		for i, r := range c.round {
			if i > 0 && r > 0 && (at == 0 || r < c.round[at]) {
				at = i
			}
		}
		if at == 0 {
			return
		}
		r := c.round[at]
		c.round[at] = 0
		if !c.float(z, s, c.round[0], ids, c.round[1:]) {
			c.round[at] = r
			return
		}
	}
}

// What the largest multiplier is rounded to, in turn. Small ones make short
// proofs: a single digit where that does.
var proofTops = [...]float64{3, 9, 32, 1 << 8, 1 << 16, 1 << 24, 1 << 32}

// rounded scales (1, lam) so that the largest is limit and rounds to integers;
// false when self would vanish.
func (c *certifier) rounded(lam []float64, limit float64) bool {
	top := 1.0
	for _, v := range lam {
		top = max(top, v)
	}
	return c.scaled(lam, limit/top)
}

// scaled rounds f·(1, lam) to integers; false when self would vanish.
func (c *certifier) scaled(lam []float64, f float64) bool {
	c.round = append(c.round[:0], math.Round(f))
	for _, v := range lam {
		c.round = append(c.round, math.Round(f*v))
	}
	return c.round[0] >= 1
}

// signed returns s times the exact form, with exactPath.at's reservation.
func (c *certifier) signed(l, j int, s float64) exact.Row {
	r := c.path.at(l, j, c.labels)
	if s < 0 {
		return r.Neg()
	}
	return r
}
