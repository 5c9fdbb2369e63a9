// The dual simplex of the row form, from nothing: it knows that a variable of
// the box may jump from one bound to the other, so that one step passes as many
// coordinates as it can (the long-step rule of Fourer, "Notes on the dual simplex
// method", 1994).

package lp

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
)

// rowsDual maximises c·x + h over {A·x + b ≥ 0} and the ball.
//
// Multipliers μ ≥ 0 of the rows give d = c + Σ μ_i A_i and the upper bound h + Σ μ_i b_i + sup d·x
// over the ball; the simplex lowers it. Only the rows that were violated on the way are in work,
// each with a slack t_i = A_i·x + b_i. Basic variables, one per row of work, have reduced cost 0,
// all others are at a bound: box [−rad, rad] by the sign of d; l1 lifted and slacks at 0.
type rowsDual struct {
	stopper
	rowsBasis
	val   []float64 // of the basic variables
	mu    []float64
	d, x  []float64
	alpha []float64 // rate of d along the step
	v     []float64 // rate of mu
	rhs   []float64
	brk   []rowsBreak
	less  []rowsWeight // scratch: the breaks on either side of one
	more  []rowsWeight
	steps int64
}

const (
	// rowsZero is the size below which a normalised value (rows have |h|+Σ|g| in [1,2), so slacks
	// are at most 2) is taken for rounding noise. It steers proposals only.
	rowsZero = 1.0 / (1 << 38)
	// rowsPivot is the least pivot: rates below it would magnify noise beyond use.
	rowsPivot = 1.0 / (1 << 34)
	// rowsFlat is the size below which a reduced cost or a difference of steps counts as a tie.
	rowsFlat = 1.0 / (1 << 48)
	// rowsNudge is the largest shift of a reduced cost that breaks ties when cycling is feared:
	// below what counts for the answer, above what counts as a tie.
	rowsNudge = 1.0 / (1 << 41)
	// rowsFear is the number of steps after which that happens, again and again, and rowsCap the
	// number at which the solver gives up, both per row.
	rowsFear = 8
	rowsCap  = 80
)

var errRowsLoop = errors.New("row solver: too many steps")

func (p *rowsDual) reset(norm ball.Norm, nv int) {
	p.l1, p.nv = norm == ball.L1, nv
	p.d, p.x, p.alpha = make([]float64, nv), make([]float64, nv), make([]float64, nv)
	if p.l1 {
		p.ball.a = make([]float64, nv)
		for i := range p.ball.a {
			p.ball.a[i] = -1
		}
	}
}

// solve maximises obj over the cell with every boundary moved inwards by shift. It reports
// whether the maximum is positive, at x; otherwise mu are multipliers of the rows of work.
func (p *rowsDual) solve(cons []rowsRow, obj *rowsRow, shift float64) (meets bool, err error) {
	p.cons, p.shift, p.rad, p.steps = cons, shift, 1-shift, 0
	p.start(obj)
	limit := rowsCap * (len(cons) + 2)
	for it := 0; it < limit; it++ {
		if p.stopped() {
			return false, ErrStopped
		}
		bound := p.bound(obj)
		if math.IsNaN(bound) {
			return false, errNotFinite
		}
		if bound < -rowsZero*(1+floats.Sum(p.mu)) {
			return false, nil
		}
		r, viol, side := p.violated()
		if r < 0 {
			if p.include() {
				continue
			}
			return floats.Dot(obj.a, p.x)+obj.h > rowsZero, nil
		}
		if it%(rowsFear*(len(cons)+2)) == rowsFear*(len(cons)+2)-1 {
			p.nudge()
		}
		if !p.step(r, viol, side) {
			p.run(bound, viol)
			return false, nil
		}
		p.steps++
		p.evaluate()
	}
	return false, errRowsLoop
}

// start takes the maximum over the ball alone.
func (p *rowsDual) start(obj *rowsRow) {
	p.used = resize(p.used, len(p.cons))
	clear(p.used)
	p.work, p.basis, p.val, p.mu = p.work[:0], p.basis[:0], p.val[:0], p.mu[:0]
	copy(p.d, obj.a)
	if !p.l1 {
		for j, c := range p.d {
			p.x[j] = math.Copysign(p.rad, c)
		}
		return
	}
	clear(p.x)
	q := floats.MaxIdx(p.d)
	top := p.d[q]
	floats.AddConst(-top, p.d)
	p.x[q] = p.rad
	p.work, p.basis, p.val, p.mu = append(p.work, -1), append(p.basis, int32(q)), append(p.val, p.rad), append(p.mu, top)
	p.inverse(0)
	p.inv[0][0] = -1
}

// bound returns the upper bound that mu proves.
func (p *rowsDual) bound(obj *rowsRow) float64 {
	t := obj.h
	for i, m := range p.mu {
		t += m * p.offset(i)
	}
	if !p.l1 {
		t += p.rad * floats.Norm(p.d, 1)
	}
	return t
}

// violated returns the basic variable that is farthest outside its bounds, for the length of its
// row of the inverse, by how much, and on which side: −1 below, +1 above.
func (p *rowsDual) violated() (r int, viol, side float64) {
	r = -1
	best := 0.0
	for i, v := range p.val {
		over, s := -v, -1.0
		if int(p.basis[i]) < p.nv && !p.l1 {
			over = math.Abs(v) - p.rad
			if v > 0 {
				s = 1
			}
		}
		if over <= rowsZero {
			continue
		}
		row := p.inv[i]
		if t := over * over / floats.Dot(row, row); t > best {
			best, r, viol, side = t, i, over, s
		}
	}
	return r, viol, side
}

// include brings the constraint into work that the point violates most; false if none.
func (p *rowsDual) include() bool {
	at, least := -1, -rowsZero
	for i := range p.cons {
		if p.used[i] {
			continue
		}
		c := &p.cons[i]
		if t := floats.Dot(c.a, p.x) + c.h - p.shift; t < least {
			at, least = i, t
		}
	}
	if at < 0 {
		return false
	}
	// With its slack basic, the inverse gains the row (a over the basic variables)·inverse, −1.
	w := len(p.work)
	p.inverse(w)
	last := p.inv[w]
	for i, b := range p.basis {
		if int(b) < p.nv {
			floats.AddScaled(last[:w], p.cons[at].a[b], p.inv[i][:w])
		}
	}
	last[w] = -1
	p.used[at] = true
	p.work, p.basis = append(p.work, int32(at)), append(p.basis, int32(p.nv+w))
	p.val, p.mu = append(p.val, least), append(p.mu, 0)
	return true
}

// step moves the multipliers along basic variable r, which goes to its bound on
// the given side, as far as the bound falls, and exchanges it. It reports false when
// nothing stops the bound.
func (p *rowsDual) step(r int, viol, side float64) bool {
	w := len(p.work)
	p.v, p.u = resize(p.v, w), resize(p.u, w)
	floats.ScaleTo(p.v, side, p.inv[r])
	clear(p.alpha)
	for i, v := range p.v {
		if v != 0 {
			floats.AddScaled(p.alpha, v, p.row(i).a)
		}
	}
	for _, b := range p.basis {
		if int(b) < p.nv {
			p.alpha[b] = 0
		}
	}
	p.breaks()
	q := p.stop(viol)
	if q < 0 {
		return false
	}
	e := p.brk[q]
	floats.AddScaled(p.d, e.theta, p.alpha)
	floats.AddScaled(p.mu, e.theta, p.v)
	if out := int(p.basis[r]); out < p.nv {
		p.d[out] = side * e.theta
		p.x[out] = 0
		if !p.l1 {
			p.x[out] = side * p.rad
		}
	} else {
		p.mu[out-p.nv] = e.theta // the slack of that row, from 0
	}
	if in := int(e.id); in < p.nv {
		p.d[in] = 0
	} else {
		p.mu[in-p.nv] = 0
	}
	p.exchange(r, int(e.id), side*e.rate)
	p.flip()
	return true
}

// flip puts the variables of the box at the bound that their reduced cost asks for.
func (p *rowsDual) flip() {
	if p.l1 {
		return
	}
	for j, d := range p.d {
		if d*p.x[j] < 0 && math.Abs(d) > rowsFlat {
			p.x[j] = -p.x[j]
		}
	}
}

// evaluate solves for the basic variables.
func (p *rowsDual) evaluate() {
	w := len(p.work)
	p.rhs = resize(p.rhs, w)
	for _, b := range p.basis {
		if int(b) < p.nv {
			p.x[b] = 0
		}
	}
	for i := range p.rhs {
		p.rhs[i] = -p.offset(i)
		if !p.l1 {
			p.rhs[i] -= floats.Dot(p.row(i).a, p.x)
		}
	}
	for l, b := range p.basis {
		p.val[l] = floats.Dot(p.inv[l][:w], p.rhs)
		if int(b) < p.nv {
			p.x[b] = p.val[l]
		}
	}
}

// nudge moves the reduced costs of nonbasic variables away from 0, each by an amount of
// its own, which ends ties.
func (p *rowsDual) nudge() {
	seed := uint32(1)
	next := func() float64 {
		seed = seed*1664525 + 1013904223
		return rowsNudge * (0.5 + float64(seed>>9)/(1<<24))
	}
	basic := func(id int) bool {
		for _, b := range p.basis {
			if int(b) == id {
				return true
			}
		}
		return false
	}
	for j := range p.d {
		e := next()
		if basic(j) {
			continue
		}
		if p.x[j] > 0 {
			p.d[j] += e
		} else {
			p.d[j] -= e
		}
	}
	for i := range p.mu {
		if e := next(); !basic(p.nv + i) {
			p.mu[i] += e
		}
	}
}

// run follows the direction of the last step, which nothing stops, until the bound is negative: so
// the cell itself looks empty. The caller decides what to believe.
func (p *rowsDual) run(bound, viol float64) {
	slope := viol
	for i := range p.brk {
		slope -= p.brk[i].weight
	}
	if slope > 0 {
		floats.AddScaled(p.mu, (1+math.Abs(bound)+4*float64(len(p.mu)))/slope, p.v)
	}
}
