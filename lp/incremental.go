// The interface of the incremental solvers. A walk asks, splits, and
// descends; each child inherits the state in which the question was answered,
// so that no question ever starts from nothing.

package lp

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// Reply is what an incremental solver answers. Its slices belong to the
// solver and are overwritten by the next question.
type Reply struct {
	// Meets says that Point is set, otherwise ID and Lambda are.
	Meets bool
	// Point lies in the closed cell and the closed ball, strictly on the asked side.
	Point []float64
	// Interior says that Point is meant to be strictly inside the cell too. Otherwise a
	// witness is found on the segment from an interior point of the cell to Point.
	Interior bool
	// ID and Lambda are the multipliers of the constraints of the cell, named by the order
	// in which they were entered, for a multiplier 1 of the asked side.
	ID     []int32
	Lambda []float64
}

// Incremental is a solver whose cells form a stack. All it says is a
// proposal; the caller certifies.
type Incremental interface {
	// Reset makes the cell the interior of the unit ball of the norm in n dimensions.
	Reset(norm ball.Norm, n int)
	// Ask answers whether {s·(g·y + h) > 0} meets the cell. An error (a loop that did not
	// end, numbers that are not finite) is never an answer.
	Ask(g []float64, h, s float64) (*Reply, error)
	// Seen says that the solver knows a point of the closed cell strictly on side s of the
	// form, without looking for one.
	Seen(g []float64, h, s float64) bool
	// Split prepares both sides of the form asked last, whose answer was Meets. It reports
	// false when the state did not allow it; the caller may Refresh and ask again. Work may be
	// left to the first question about a side, which then answers with an error where it fails.
	// The cell itself can still be asked about.
	Split() bool
	// Enter goes down to the side s of the form that Split prepared; Leave comes back. Both
	// sides may be entered, one after the other.
	Enter(s float64)
	Leave()
	// Depth returns the number of constraints of the cell.
	Depth() int
	// Refresh recomputes the state from the constraints, to shed rounding errors.
	Refresh() bool
	// Margin looks, by whatever means the solver has, for a point of {s·(g·y + h) > 0} deep
	// inside the cell. It is the slow second try of a caller whose witness failed.
	Margin(g []float64, h, s float64) (point []float64, ok bool)
	// CopyFrom makes this solver's cell a copy of the other's as it was (and still is on its
	// stack) with depth constraints. Both must be of the same type. If that cell has been
	// split, only its first side may have been entered; the copy can enter both.
	CopyFrom(other Incremental, depth int)
	// Pivots returns the number of pivots or steps since the solver was made.
	Pivots() int64
}

// path is what incremental solvers keep: the constraints of the cell, and what each knows of it and
// of the cells above.
type path[L, C any] struct {
	cons   []C
	levels []*L
	top    int
	pivots int64
}

func (p *path[L, C]) level(i int) *L {
	for len(p.levels) <= i {
		p.levels = append(p.levels, new(L))
	}
	return p.levels[i]
}

// at returns the level of the cell that had so many constraints.
func (p *path[L, C]) at(depth int) *L { return p.levels[p.top-(len(p.cons)-depth)] }

// more adds a constraint, in memory of one that was there before.
func (p *path[L, C]) more() *C {
	if i := len(p.cons); i < cap(p.cons) {
		p.cons = p.cons[:i+1]
	} else {
		p.cons = append(p.cons, *new(C))
	}
	return &p.cons[len(p.cons)-1]
}

// Leave implements Incremental.
func (p *path[L, C]) Leave() {
	p.top--
	p.cons = p.cons[:len(p.cons)-1]
}

// Depth implements Incremental.
func (p *path[L, C]) Depth() int { return len(p.cons) }

// Pivots implements Incremental.
func (p *path[L, C]) Pivots() int64 { return p.pivots }

// rowsFrom is the number of inputs from which the row form is the faster one. Random networks of
// one and two layers, in regions per second against the vertex form: in cubes that few hyperplanes
// cut
// 0.8 to 2.4 times at 32 inputs, 1.8 to 3.4 at 64, 3 to 21 at 96 and 128; in cubes that most of
// them cut 0.4 to 0.5 at 32, 0.7 to 1.0 at 48, 0.9 to 1.1 at 64.
const rowsFrom = 48

// NewIncremental returns the incremental solver for the norm: the projection for l2, and for box,
// linf and l1 the vertex form or, in many dimensions, the row form.
func NewIncremental(norm ball.Norm, n int) Incremental {
	var s Incremental
	switch {
	case norm == ball.L2:
		s = new(Projection)
	case n >= rowsFrom:
		s = new(Rows)
	default:
		s = new(Vertex)
	}
	s.Reset(norm, n)
	return s
}

// unitScale returns the power of two that brings |h|+Σ|g| into [1,2).
func unitScale(g []float64, h float64) (float64, error) {
	m := math.Abs(h)
	for _, x := range g {
		m += math.Abs(x)
	}
	if m >= 0x1p-1000 && m < 0x1p1000 { // 2^(1−e) by its exponent alone
		return math.Float64frombits((2046 - math.Float64bits(m)>>52) << 52), nil
	}
	if !(m <= math.MaxFloat64) {
		return 0, errNotFinite
	}
	_, e := math.Frexp(m)
	scale := math.Ldexp(1, 1-e)
	if math.IsInf(scale, 0) || scale == 0 {
		return 0, errNotFinite
	}
	return scale, nil
}

// margins are the distances to every boundary that Margin tries where it shrinks the cell, widest
// first.
var margins = [...]float64{1.0 / (1 << 5), 1.0 / (1 << 10), 1.0 / (1 << 15), 1.0 / (1 << 20), 1.0 / (1 << 28)}
