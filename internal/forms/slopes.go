// What a unit passes on, by the sign of its pre-activation.

package forms

import "math"

// Slope is the slope of unit j where its pre-activation has the sign s.
func (l *Layer) Slope(_ int, s int8) float64 {
	if s < 0 {
		return l.Leak
	}
	return 1
}

// Carries says that unit j passes on more than a constant where its pre-activation has the sign s.
func (l *Layer) Carries(_ int, s int8) bool { return s > 0 || s < 0 && l.Leak != 0 }

// Leaky says that units pass something on where their pre-activation is negative.
func (l *Layer) Leaky() bool { return l.Leak != 0 }

// Activate is what unit j makes of a pre-activation.
func (l *Layer) Activate(_ int, z float64) float64 {
	if z < 0 {
		return l.Leak * z
	}
	return z
}

// Steepest is the largest slope of a unit, but at least 1.
func (l *Layer) Steepest() float64 { return max(1, math.Abs(l.Leak)) }
