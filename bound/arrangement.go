// Hyperplanes inside the ball: how many cells a first layer makes of it.
//
// Theorem. Let K be a non-empty open convex set of a flat F, and H_1 … H_k distinct hyperplanes
// of F, each of which meets K. The number r of cells that they make of K is
//
//	1 + Σ_i r_i,   r_i the number of cells that the distinct traces of H_1 … H_{i−1} on H_i, those
//	               that meet K, make of K∩H_i.
//
// Proof. H_i splits exactly those cells of {H_1 … H_{i−1}} that it meets. What it cuts out of two
// different cells lies in different cells of the traces on K∩H_i, what it cuts out of one is convex
// and met by no trace, and every cell of the traces comes from such a cell. So there are r_i of
// them. ∎
//
// Unfolded, r is at most the number of sets S of at most dim F hyperplanes with independent normals
// whose common intersection meets K, as each step of the recursion adds one hyperplane to S; it is
// equal when no two traces on any flat coincide, that is in general position. (Dropping coinciding
// traces is what makes the count exact in special position: it leaves Whitney's sets without broken
// circuits.) The larger count of sets that merely meet K in pairs is cliqueCells.
//
// A trace that is taken in although it does not meet K only adds to the sum, so the result is an
// upper bound as long as nothing that meets K is left out. For an l2 ball whether a flat meets the
// open ball is decided exactly, by the squared distance from the centre: with the normals made
// orthogonal it is Σ v_i²/‖g_i‖². For the others a flat is left out only on a certificate:
// multipliers for which f = Σ λ_i f_i, zero on the flat, has no zero in the open ball,
// |f(c)| ≥ sup|f−f(c)|, checked in exact arithmetic; a small linear programme proposes them, so in
// practice only ties are taken in needlessly.

package bound

import (
	"context"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
)

// plane is {y : g·y + v = 0} in y = x−c: the integers g, v, of common divisor 1, first nonzero of g
// positive.
type plane struct {
	g []big.Int
	v big.Int
}

// newPlane reduces the form with gradient g and value v; nil if g is zero.
func newPlane(g []big.Int, v *big.Int) *plane {
	div, sign := new(big.Int), 0
	for k := range g {
		if s := g[k].Sign(); s != 0 {
			if sign == 0 {
				sign = s
			}
			div.GCD(nil, nil, div, new(big.Int).Abs(&g[k]))
		}
	}
	if sign == 0 {
		return nil
	}
	div.GCD(nil, nil, div, new(big.Int).Abs(v))
	if sign < 0 {
		div.Neg(div)
	}
	p := &plane{g: make([]big.Int, len(g))}
	for k := range g {
		p.g[k].Quo(&g[k], div)
	}
	p.v.Quo(v, div)
	return p
}

func (p *plane) equal(q *plane) bool {
	if p.v.Cmp(&q.v) != 0 {
		return false
	}
	for k := range p.g {
		if p.g[k].Cmp(&q.g[k]) != 0 {
			return false
		}
	}
	return true
}

func dotInts(a, b []big.Int) *big.Int {
	s, t := new(big.Int), new(big.Int)
	for k := range a {
		s.Add(s, t.Mul(&a[k], &b[k]))
	}
	return s
}

// trace returns p's trace on q: p with its normal made orthogonal to q's, nil when they are
// parallel.
func (p *plane) trace(q *plane, norm2 *big.Int) *plane {
	d := dotInts(p.g, q.g)
	g, t := make([]big.Int, len(p.g)), new(big.Int)
	for k := range g {
		g[k].Mul(norm2, &p.g[k])
		g[k].Sub(&g[k], t.Mul(d, &q.g[k]))
	}
	v := new(big.Int).Mul(norm2, &p.v)
	return newPlane(g, v.Sub(v, t.Mul(d, &q.v)))
}

// arrangement counts cells of a ball.
type arrangement struct {
	ctx  context.Context
	ball ball.Ball
	work int // what is left of the budget, in products of coordinates
}

const (
	// arrangementWork caps the coordinates touched by one count: about a second.
	arrangementWork = 4_000_000
	// meetTie is the relative distance from tangency below which the float test leaves a flat to
	// the exact one; the float test's error is at most (5+k)·2⁻⁶⁴ for k normals, which meetMost
	// keeps below half of that. The numbers are big.Floats, which neither overflow nor underflow
	// here.
	meetTie, meetMost = 0x1p-40, 1 << 20
)

// count returns r for the given distinct planes, which meet the ball's part of the flat spanned by
// the orthogonal planes of flat; false when the budget or the context ends.
func (a *arrangement) count(flat, planes []*plane) (*big.Int, bool) {
	total := big.NewInt(1)
	if len(flat) == a.ball.Dim() {
		return total, true
	}
	for i, h := range planes {
		if i == 0 {
			total.Add(total, big.NewInt(1))
			continue
		}
		on := append(flat[:len(flat):len(flat)], h)
		norm2 := dotInts(h.g, h.g)
		var traces []*plane
		for _, q := range planes[:i] {
			if a.work -= 8 * len(h.g) * (1 + len(on)); a.work < 0 || a.ctx.Err() != nil {
				return nil, false
			}
			t := q.trace(h, norm2)
			if t == nil || contains(traces, t) || !a.meets(append(on[:len(on):len(on)], t)) {
				continue
			}
			traces = append(traces, t)
		}
		r, ok := a.count(on, traces)
		if !ok {
			return nil, false
		}
		total.Add(total, r)
	}
	return total, true
}

func contains(ps []*plane, p *plane) bool { return slices.ContainsFunc(ps, p.equal) }

// meets reports whether the flat, given by planes with orthogonal normals, may meet the open ball:
// for l2 exactly, else false only with a certificate.
func (a *arrangement) meets(flat []*plane) bool {
	if a.ball.Norm() == ball.L2 {
		return a.meetsL2(flat)
	}
	last := flat[len(flat)-1]
	if !a.formMeets(&last.v, last.g) {
		return false
	}
	return !a.certifiedEmpty(flat)
}

func (a *arrangement) formMeets(v *big.Int, g []big.Int) bool {
	return cutsBall(a.ball, dyadic.Vector{N: g}, new(big.Rat).SetInt(v))
}

// meetsL2 compares the squared distance from the centre with r².
func (a *arrangement) meetsL2(flat []*plane) bool {
	const prec = 64
	d2, t := new(big.Float).SetPrec(prec), new(big.Float).SetPrec(prec)
	for _, p := range flat {
		v := new(big.Float).SetPrec(prec).SetInt(&p.v)
		t.Quo(v.Mul(v, v), new(big.Float).SetPrec(prec).SetInt(dotInts(p.g, p.g)))
		d2.Add(d2, t)
	}
	r := new(big.Float).SetPrec(2 * prec).SetFloat64(a.ball.Radius())
	r.Mul(r, r)
	gap := new(big.Float).Sub(d2, r)
	if t.Mul(r, big.NewFloat(meetTie)); len(flat) <= meetMost {
		if gap.Cmp(t) > 0 {
			return false
		}
		if gap.Neg(gap).Cmp(t) > 0 {
			return true
		}
	}
	exact := new(big.Rat)
	for _, p := range flat {
		q := new(big.Rat).SetFrac(new(big.Int).Mul(&p.v, &p.v), dotInts(p.g, p.g))
		exact.Add(exact, q)
	}
	r2 := ratOf(a.ball.Radius())
	return exact.Cmp(r2.Mul(r2, r2)) < 0
}
