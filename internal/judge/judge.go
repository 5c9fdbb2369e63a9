// Package judge decides what a walk over regions may not get wrong: four predicates, each first in
// floats with an error bound, where that leaves it open in integers, and last in rationals.
//
//   - A side of a form is empty on a cell: its multipliers, which a solver proposes, make a
//     combination f = s·z + Σ λᵢ sᵢ zᵢ with λᵢ ≥ 0 that is at most 0 on the ball (Farkas' lemma;
//     Empty, Settled, Solve).
//   - A form vanishes (Vanishes).
//   - A point has given signs at the units (Certain, Confirm, SetExact).
//   - A point is inside the cell (Certain).
//
// What is said to be certain is true of the exact network, whatever was proposed. Nothing here
// depends on the order of the walk.
package judge

import (
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/lp/exact"
)

// Policy lets tests say of tiers whether they may decide this time: each of the first two does,
// when set. Nil is as usual.
type Policy struct {
	Float, Integer func() bool
	// Proposed is told of each proposal for an empty side.
	Proposed func(c *Judge, z *forms.Form, s float64, ids []int32, lam []float64)
}

// AllowFloat says that floats may decide this time.
func (p *Policy) AllowFloat() bool   { return p == nil || p.Float == nil || p.Float() }
func (p *Policy) allowInteger() bool { return p == nil || p.Integer == nil || p.Integer() }

// Constraint is a constraint of the current cell: s·z > 0.
type Constraint struct {
	*forms.Form
	ID int32
	S  float64
	// Name is how many of the constraints that a proof can name come before it.
	Name int32
}

// Tier names what decided.
type Tier int

// The tiers: floats with an error bound, multipliers in integers or signs in integers, and an exact
// solve. None: nothing did.
const (
	None Tier = iota
	Float
	Integer
	Solve
)

// Judge decides questions of the current cell. One per worker.
type Judge struct {
	filter
	// Labels are the signs of all neurons on the cell, those before the layer in question at least.
	// They are the caller's to change.
	Labels []int8
	// Out holds, in a proof, the multipliers of the last side found empty.
	Out    Multipliers
	Policy *Policy

	path    *forms.ExactPath
	pass    *passer
	exact   []exact.Row // scratch of Judge.rowsOf
	support support
	reach   []float64 // scratch of Within
}

// New returns a judge for the cell that is the whole ball, whose labels are the caller's.
func New(m *forms.Model, labels []int8, p *Policy) *Judge {
	return &Judge{filter: filter{Model: m, f: make([]float64, m.N)}, Labels: labels, Policy: p,
		path: forms.NewExactPath(m), pass: newPasser(m), reach: make([]float64, m.N)}
}

// Row returns s times the exact form of unit u of layer l on the cell, in integers of that layer's
// scale. Where the model's Late says so afterwards it may be anything.
func (j *Judge) Row(l, u int, s float64) exact.Row {
	r := j.path.At(l, u, j.Labels)
	if s < 0 {
		return r.Neg()
	}
	return r
}

// rowOf returns s times the exact form of a form, as Row does.
func (j *Judge) rowOf(z *forms.Form, s float64) exact.Row {
	if z.Than == 0 {
		return j.Row(z.Layer, z.Unit, s)
	}
	i, k := z.Unit, z.Than-1
	if s < 0 {
		i, k = k, i
	}
	a, b := j.path.At(z.Layer, i, j.Labels), j.path.At(z.Layer, k, j.Labels)
	r := exact.Row{G: make([]*big.Int, len(a.G)), H: new(big.Int).Sub(a.H, b.H)}
	for k := range r.G {
		r.G[k] = new(big.Int).Sub(a.G[k], b.G[k])
	}
	return r
}

// rowsOf returns the exact rows s·z of a form and of constraints of the cell, until it is called
// again.
func (j *Judge) rowsOf(z *forms.Form, s float64, ids []int32) []exact.Row {
	j.exact = append(j.exact[:0], j.rowOf(z, s))
	for _, id := range ids {
		a := &j.Cell[id]
		j.exact = append(j.exact, j.rowOf(a.Form, a.S))
	}
	return j.exact
}

// cellRows returns the exact rows s·z of the cell's constraints.
func (j *Judge) cellRows() []exact.Row {
	rows := make([]exact.Row, len(j.Cell))
	for i := range rows {
		a := &j.Cell[i]
		rows[i] = j.rowOf(a.Form, a.S)
	}
	return rows
}

// Settled returns the sign that z certainly has on the whole ball, or 0. This is Empty
// without constraints, in floats.
func (j *Judge) Settled(z *forms.Form) int8 {
	if !j.Policy.AllowFloat() {
		return 0
	}
	bound := z.Rounding()
	if math.Abs(z.H) <= bound {
		return 0
	}
	if math.Abs(z.H) > forms.Sup(j.Model.Norm, z.G)+bound {
		if z.H > 0 {
			return 1
		}
		return -1
	}
	return 0
}

// Empty says by which tier the side s of z is certain to be empty, given multipliers for
// constraints of the cell, which ids index; None: these do not show it.
func (j *Judge) Empty(z *forms.Form, s float64, ids []int32, lam []float64) Tier {
	return j.empty(z, s, ids, lam, false)
}

// empty is Empty. With touches the form is known to reach 0 on the cell's closure: no combination
// is below 0 there, and floats, which are certain of nothing else, are not asked.
func (j *Judge) empty(z *forms.Form, s float64, ids []int32, lam []float64, touches bool) Tier {
	if !j.sound(ids, lam) {
		return None
	}
	if j.Policy != nil && j.Policy.Proposed != nil {
		j.Policy.Proposed(j, z, s, ids, lam)
	}
	if !touches && j.Policy.AllowFloat() {
		if !j.Proof {
			if j.float(z, s, 1, ids, lam) {
				return Float
			}
		} else if j.small(z, s, ids, lam) {
			return Float
		}
	}
	t := None
	switch {
	case j.Policy.allowInteger() && j.integer(z, s, ids, lam):
		t = Integer
	case j.Policy.allowInteger() && j.onSupport(z, s, ids, lam):
		t = Solve
	}
	if j.Model.Late() { // what these two worked on may have been given up
		return None
	}
	return t
}

// sound says that the multipliers are finite, not negative, and of constraints that the ids name,
// in a proof none of them twice.
func (c *filter) sound(ids []int32, lam []float64) bool {
	for _, v := range lam {
		if !(v >= 0) || math.IsInf(v, 0) {
			return false
		}
	}
	seen := uint64(0) // of the first ids
	for i, id := range ids {
		if id < 0 || int(id) >= len(c.Cell) || c.Proof && (id >= 64 || seen>>id&1 != 0) && slices.Contains(ids[:i], id) {
			return false
		}
		seen |= 1 << (id & 63)
	}
	return true
}

// AtMost bounds a form on the cell, by multipliers for that; +Inf where they are none.
func (c *filter) AtMost(z *forms.Form, ids []int32, lam []float64) float64 {
	if !c.sound(ids, lam) {
		return math.Inf(1)
	}
	sup, off := c.Supremum(z, 1, 1, ids, lam)
	return sup + off
}

// Solve is the last tier, an exact answer: a point of side s of z on the cell, of which from is
// one; or nil, and then the side is empty, and Out holds the multipliers where they are wanted.
// Where stopped says so the answer may be anything, and is not to be used.
func (j *Judge) Solve(stopped func() bool, z *forms.Form, s float64, from []*big.Rat) ([]*big.Rat, error) {
	point, self, lam, err := exact.SideUntil(stopped, j.Model.Norm, j.rowOf(z, s), j.cellRows(), from)
	if err == nil && point == nil && j.Proof && !stopped() {
		j.Out.takeBig(&j.filter, z, self, lam)
	}
	return point, err
}
