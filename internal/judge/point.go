// Points of a cell, and the signs of all units there: by a forward pass in floats whose signs are
// certain or known not to be, by one with a bound that follows the values, and exactly.

package judge

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/forms"
)

// Point is a point of the unit ball, and what is known of the signs of the units there.
type Point struct {
	Y []float64 // in unit coordinates
	// Big is the point where float64 cannot hold it.
	Big []*big.Rat
	Z   []int8 // signs of all pre-activations, 0 where not certain
}

// NewPoint returns the centre of the ball, with no signs known.
func NewPoint(m *forms.Model) Point {
	return Point{Y: make([]float64, m.N), Z: make([]int8, m.Neurons)}
}

// CopyFrom makes the point the same as o.
func (p *Point) CopyFrom(o *Point) {
	copy(p.Y, o.Y)
	copy(p.Z, o.Z)
	p.Big = o.Big
}

// Rats returns the point as rationals.
func (p *Point) Rats() []*big.Rat {
	if p.Big != nil {
		return p.Big
	}
	r := make([]*big.Rat, len(p.Y))
	for i, v := range p.Y {
		r[i] = new(big.Rat).SetFloat64(v)
	}
	return r
}

// Look sets the signs by a forward pass.
func (j *Judge) Look(p *Point) {
	j.pass.signs(p.Y, p.Z, nil)
}

// SetExact makes p an exact point, whose signs are then exact. Where late says so afterwards they
// may be anything.
func (j *Judge) SetExact(p *Point, x []*big.Rat) {
	p.Big = nil
	for k, v := range x {
		f, exact := dyadic.FromRat(v)
		p.Y[k] = f
		if !exact {
			p.Big = x
		}
	}
	j.Model.ExactSigns(x, p.Z)
}

// Certain says that the point is strictly inside the ball, has the labels of the first id neurons,
// and sign s at neuron id: by the float filter. Where it says no the signs may be anything.
func (j *Judge) Certain(p *Point, id int, s int8) bool {
	if !j.Policy.AllowFloat() || !forms.Inside(j.Model.Norm, p.Y) {
		return false
	}
	j.pass.signs(p.Y, p.Z, j.Labels[:id])
	if p.Z[id] == s && j.Agrees(p, id) {
		return true
	}
	j.pass.signsTight(p.Y, p.Z, j.Labels[:id])
	return p.Z[id] == s && j.Agrees(p, id)
}

// Agrees says that the signs at the point, as far as they are known, are the labels of the first id
// neurons.
func (j *Judge) Agrees(p *Point, id int) bool {
	return forms.EqualLabels(p.Z[:id], j.Labels[:id])
}

// Confirm says by which tier it is certain that the point has the labels of the first id neurons;
// None: it has not.
func (j *Judge) Confirm(p *Point, id int) Tier {
	if j.Agrees(p, id) {
		if p.Big != nil {
			return Solve
		}
		return Float
	}
	if p.Big == nil {
		j.pass.signsTight(p.Y, p.Z, nil)
		if j.Agrees(p, id) {
			return Float
		}
	}
	// Never given up: few points need it, and where one does a proof needs it or the walk has time.
	j.Model.ExactSignsUntil(func() bool { return false }, p.Rats(), p.Z)
	if j.Agrees(p, id) {
		return Integer
	}
	return None
}
