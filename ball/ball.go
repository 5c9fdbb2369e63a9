// This file holds the data and its validation. Centre, radius and bounds are
// float64 values taken as real numbers.

package ball

import (
	"fmt"
	"math"
)

// Norm names the kind of a ball.
type Norm uint8

const (
	L2 Norm = iota
	LInf
	L1
	// Box is {x : lo ≤ x ≤ hi}, a ball of no norm in general.
	Box
)

// String returns the name used in options, in JSON and in certificates.
func (n Norm) String() string {
	switch n {
	case L2:
		return "l2"
	case LInf:
		return "linf"
	case L1:
		return "l1"
	case Box:
		return "box"
	}
	return fmt.Sprintf("norm(%d)", uint8(n))
}

// ParseNorm reads l2, linf or l1. A box has bounds, not a norm.
func ParseNorm(s string) (Norm, error) {
	for _, n := range []Norm{L2, LInf, L1} {
		if s == n.String() {
			return n, nil
		}
	}
	return 0, fmt.Errorf("norm: %q, expected l2, linf or l1", s)
}

// Ball is {x : ‖x−c‖ ≤ r}, or a box. It is immutable.
type Ball struct {
	norm   Norm
	center []float64
	radius float64
	lo, hi []float64
}

// New returns the ball {x : ‖x−center‖ ≤ radius} for l2, linf or l1.
func New(norm Norm, center []float64, radius float64) (Ball, error) {
	if norm > L1 {
		return Ball{}, fmt.Errorf("norm: %v, expected l2, linf or l1", norm)
	}
	if len(center) == 0 {
		return Ball{}, fmt.Errorf("center: it is empty, expected one number per input")
	}
	for i, c := range center {
		if !finite(c) {
			return Ball{}, fmt.Errorf("center: coordinate %d is %g, expected a finite number", i, c)
		}
	}
	if !finite(radius) || radius <= 0 {
		return Ball{}, fmt.Errorf("radius: %g, expected a finite number greater than 0", radius)
	}
	return Ball{norm: norm, center: append([]float64(nil), center...), radius: radius}, nil
}

// NewBox returns the box {x : lo ≤ x ≤ hi}, with lo < hi in each coordinate.
func NewBox(lo, hi []float64) (Ball, error) {
	if len(lo) == 0 || len(lo) != len(hi) {
		return Ball{}, fmt.Errorf("box: %d lower and %d upper bounds, expected one of each per input", len(lo), len(hi))
	}
	for i := range lo {
		if !finite(lo[i]) || !finite(hi[i]) {
			return Ball{}, fmt.Errorf("box: coordinate %d has bounds %g:%g, expected finite numbers", i, lo[i], hi[i])
		}
		if lo[i] >= hi[i] {
			return Ball{}, fmt.Errorf("box: coordinate %d has bounds %g:%g, expected the lower below the upper", i, lo[i], hi[i])
		}
	}
	return Ball{norm: Box, lo: append([]float64(nil), lo...), hi: append([]float64(nil), hi...)}, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Norm returns the kind of the ball.
func (b Ball) Norm() Norm { return b.norm }

// Dim returns the number of coordinates.
func (b Ball) Dim() int {
	if b.norm == Box {
		return len(b.lo)
	}
	return len(b.center)
}

// Center returns c, nil for a box (its exact midpoint may not be a float64).
func (b Ball) Center() []float64 { return b.center }

// Radius returns r, 0 for a box.
func (b Ball) Radius() float64 { return b.radius }

// Lo returns the lower bounds of a box, nil for the others.
func (b Ball) Lo() []float64 { return b.lo }

// Hi returns the upper bounds of a box, nil for the others.
func (b Ball) Hi() []float64 { return b.hi }
