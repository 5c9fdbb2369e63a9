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
// over the ball; the simplex lowers it. Only the rows that were violated on the way are in work, each with
// a slack t_i = A_i·x + b_i. Basic variables, one per row of work, have reduced cost 0, all others
// are at a bound: box [−rad, rad] by the sign of d; l1 lifted and slacks at 0.
type rowsDual struct {
	stopper
	l1    bool
	nv    int
	rad   float64
	shift float64
	ball  rowsRow // of l1
	cons  []rowsRow

	work  []int32     // names of the rows: indices of cons, −1 the l1 ball
	used  []bool      // by constraint: is in work
	basis []int32     // basic variables: below nv of the ball, nv+i the slack of row i of work
	inv   [][]float64 // inverse of the basis, by basic variable
	val   []float64   // of the basic variables
	mu    []float64
	d, x  []float64
	alpha []float64 // rate of d along the step
	v     []float64 // rate of mu
	u     []float64 // scratch
	rhs   []float64
	brk   []rowsBreak
	steps int64
}

// rowsBreak is a reduced cost that reaches 0 at step theta, where the slope of the bound
// grows by weight.
type rowsBreak struct {
	theta, weight, rate float64
	id                  int32
}

const (
	// rowsZero is the size below which a normalised value (rows have |h|+Σ|g| in [1,2), so slacks are
	// at most 2) is taken for rounding noise. It steers proposals only.
	rowsZero = 1.0 / (1 << 38)
	// rowsPivot is the least pivot: rates below it would magnify noise beyond use.
	rowsPivot = 1.0 / (1 << 34)
	// rowsFlat is the size below which a reduced cost or a difference of steps counts as a tie.
	rowsFlat = 1.0 / (1 << 48)
	// rowsNudge is the largest shift of a reduced cost that breaks ties when cycling is feared:
	// below what counts for the answer, above what counts as a tie.
	rowsNudge = 1.0 / (1 << 41)
	// rowsFear is the number of steps after which that happens, again and again, and rowsCap the number
	// at which the solver gives up, both per row.
	rowsFear = 8
	rowsCap  = 80
)

var errRowsLoop = errors.New("lp: row solver: too many steps")

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

// row returns row i of work.
func (p *rowsDual) row(i int) *rowsRow {
	if p.work[i] < 0 {
		return &p.ball
	}
	return &p.cons[p.work[i]]
}

// offset returns the constant of row i of work in the shrunk cell.
func (p *rowsDual) offset(i int) float64 {
	if p.work[i] < 0 {
		return p.rad
	}
	return p.cons[p.work[i]].h - p.shift
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

// inverse makes room for row w of the inverse, with w+1 columns in all rows.
func (p *rowsDual) inverse(w int) {
	if len(p.inv) == w {
		p.inv = append(p.inv, nil)
	}
	for i := range p.inv[:w] {
		p.inv[i] = append(p.inv[i][:w], 0)
	}
	p.inv[w] = resize(p.inv[w], w+1)
	clear(p.inv[w])
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

// violated returns the basic variable that is farthest outside its bounds, for the length of its row
// of the inverse, by how much, and on which side: −1 below, +1 above.
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

// breaks collects the reduced costs that reach 0. Basic ones have rate 0.
func (p *rowsDual) breaks() {
	p.brk = p.brk[:0]
	if p.l1 {
		for j, a := range p.alpha {
			if a > rowsPivot {
				p.brk = append(p.brk, rowsBreak{max(-p.d[j], 0) / a, math.Inf(1), a, int32(j)})
			}
		}
	} else {
		p.flips()
	}
	for i, v := range p.v {
		if v < -rowsPivot {
			// The reduced cost of slack i is −mu, its rate −v.
			p.brk = append(p.brk, rowsBreak{max(p.mu[i], 0) / -v, math.Inf(1), -v, int32(p.nv + i)})
		}
	}
	for _, b := range p.basis { // a basic slack has mu 0 and stays
		if int(b) >= p.nv {
			p.forget(b)
		}
	}
}

// flips collects the variables of the box that may jump to their other bound. Which do is
// as good as random, so all are written and the count goes up for those that count.
func (p *rowsDual) flips() {
	p.brk = resize(p.brk, p.nv+1)
	d, x := p.d[:len(p.alpha)], p.x[:len(p.alpha)]
	m := 0
	for j, a := range p.alpha {
		e := &p.brk[m]
		size := math.Abs(a)
		e.theta, e.weight, e.rate, e.id = math.Abs(d[j])/size, 2*p.rad*size, a, int32(j)
		// At the upper bound d ≥ 0, at the lower d ≤ 0, up to ties.
		if math.Copysign(a, a*x[j]) < -rowsPivot {
			m++
		}
	}
	p.brk = p.brk[:m]
}

// forget removes a break that is none, as the variable is basic.
func (p *rowsDual) forget(id int32) {
	for i := len(p.brk) - 1; i >= 0 && int(p.brk[i].id) >= p.nv; i-- {
		if p.brk[i].id == id {
			p.brk = append(p.brk[:i], p.brk[i+1:]...)
			return
		}
	}
}

// stop selects the break at which the slope, −viol at first, is no longer negative; among ties
// the one with the largest rate. It returns −1 when there is none.
func (p *rowsDual) stop(viol float64) int {
	b, rest := p.brk, viol
	theta := math.Inf(1)
	for len(b) > 0 {
		mid := b[len(b)/2].theta
		less, more := 0, len(b)
		sum, same := 0.0, 0.0
		for i := 0; i < more; { // less: b[:less], equal: b[less:i], more: b[more:]
			switch t := b[i].theta; {
			case t < mid:
				sum += b[i].weight
				b[less], b[i] = b[i], b[less]
				less++
				i++
			case t > mid:
				more--
				b[more], b[i] = b[i], b[more]
			default:
				same += b[i].weight
				i++
			}
		}
		if sum >= rest {
			b = b[:less]
			continue
		}
		if sum+same >= rest {
			theta = mid
			break
		}
		rest -= sum + same
		b = b[more:]
	}
	if math.IsInf(theta, 1) {
		return -1
	}
	at, best := -1, 0.0
	tie := rowsFlat * (1 + theta)
	for i := range p.brk {
		e := &p.brk[i]
		if math.Abs(e.theta-theta) <= tie && math.Abs(e.rate) > best {
			at, best = i, math.Abs(e.rate)
		}
	}
	return at
}

// exchange puts variable in in the place of basic variable r; pivot is what the
// row of r says of it.
func (p *rowsDual) exchange(r, in int, pivot float64) {
	w := len(p.work)
	for l := range p.u { // the column of in, over the basic variables
		if in >= p.nv {
			p.u[l] = -p.inv[l][in-p.nv]
			continue
		}
		t := 0.0
		for i, e := range p.inv[l][:w] {
			if e != 0 {
				t += e * p.row(i).a[in]
			}
		}
		p.u[l] = t
	}
	row := p.inv[r][:w]
	floats.Scale(1/pivot, row)
	for l, u := range p.u {
		if l != r && u != 0 {
			floats.AddScaled(p.inv[l][:w], -u, row)
		}
	}
	p.basis[r] = int32(in)
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
