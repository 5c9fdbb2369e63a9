// One neuron on a cell: its affine form in floats, with a bound of what that is off by.

package forms

import "math"

// Form is the affine form of one neuron on the current cell, in y.
type Form struct {
	G []float64
	H float64
	// Err bounds sup over the unit ball, and over the cube around it, of |computed − true|; 0 means
	// exact. It may be infinite.
	Err float64
	// ErrH bounds that of H alone, in a wide model.
	ErrH float64
	// Mag is an upper bound of |H| + Σ|G|.
	Mag float64
	// Quantum divides every coefficient when Err is 0; 0 when unknown.
	Quantum float64
	// Layer and Unit locate the neuron, Shift is the power of two its row was multiplied by.
	Layer, Unit, Shift int
	// Than is 0, or says of a form of a maximum that it is Unit's less that of unit Than − 1.
	Than int
}

// Rounding bounds what a sum of products is off by: err is what the terms' own errors add up to,
// mag a bound of the sum of their magnitudes, and terms how many roundings there are of each, but
// for a few.
//
// A number that is computed by k roundings, each relative to it by the unit roundoff u, is off by
// at most γ_k = ku/(1−ku) of it (Higham, "Accuracy and Stability of Numerical Algorithms", §3.1),
// and by at most 2⁻¹⁰⁷⁵ more for each product that underflows. In g·y+h, with |y_k| ≤ 1, a term has
// at most n+1 roundings: of its product, and of n additions. In a combination Σλᵢzᵢ of k+1 forms of
// n+1 coefficients, whose largest value on the ball is added up then, it has k+2 and n+3. So terms
// is n for the one and n+k for the other, 8 more cover the rest and the roundings of mag itself,
// slack what γ is above ku and the roundings of this line, and underflow what its name says.
//
// Domain: terms is below maxFan, and nothing overflows, or else mag does too, and the bound is
// infinite or no number, beyond which nothing is certain.
func Rounding(err, mag float64, terms int) float64 {
	return Slack*(err+float64(terms+8)*Unit*mag) + Underflow
}

// Rounding bounds what the form's computed value at a point of the cube around the unit ball is off
// by.
func (z *Form) Rounding() float64 { return Rounding(z.Err, z.Mag, len(z.G)) }

// CertainAt says that the true form is certainly not zero at the point that y is off by at most err
// in each coordinate. Domain: y is in the cube around the unit ball, or outside by 2⁻⁸ at most,
// which slack covers.
func (z *Form) CertainAt(y []float64, err float64) bool {
	t, sum := z.H, 0.0
	for k, g := range z.G {
		t += g * y[k]
		sum += math.Abs(g)
	}
	return math.Abs(t) > z.Rounding()+Slack*sum*err
}

// lose makes a form whose floats say nothing 0, with an error that covers it: what it was is at
// most its magnitude off 0, which overflow may have made infinite, or no number.
func (z *Form) lose() {
	clear(z.G)
	if z.Err += z.Mag; z.Err != z.Err {
		z.Err = math.Inf(1)
	}
	z.H, z.Mag, z.ErrH = 0, 0, z.Err
}

// Lost says that floats say nothing of the form.
func (z *Form) Lost() bool { return z.Mag == 0 && z.Err != 0 }

// Zero says that the form is known to be zero by its floats.
func (z *Form) Zero() bool { return z.Mag == 0 && z.Err == 0 }
