// The ratio test of the row form: how far a step lowers the bound, past the variables that jump to
// their other bound on the way (the long-step rule).

package lp

import "math"

// rowsBreak is a reduced cost that reaches 0 at step theta, where the slope of the bound
// grows by weight.
type rowsBreak struct {
	rowsWeight
	rate float64
	id   int32
}

// rowsWeight is the part of a break that is sorted.
type rowsWeight struct{ theta, weight float64 }

// breaks collects the reduced costs that reach 0. Basic ones have rate 0.
func (p *rowsDual) breaks() {
	p.brk = p.brk[:0]
	if p.l1 {
		for j, a := range p.alpha {
			if a > rowsPivot {
				p.brk = append(p.brk, rowsBreak{rowsWeight{max(-p.d[j], 0) / a, math.Inf(1)}, a, int32(j)})
			}
		}
	} else {
		p.flips()
	}
	for i, v := range p.v {
		if v < -rowsPivot {
			// The reduced cost of slack i is −mu, its rate −v.
			p.brk = append(p.brk, rowsBreak{rowsWeight{max(p.mu[i], 0) / -v, math.Inf(1)}, -v, int32(p.nv + i)})
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
	theta := p.last(viol)
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

// last returns where the step ends: the least theta up to which weights sum up to rest, +Inf for
// none. The breaks are parted as for a median (Hoare's quickselect), without branches that no one
// could predict: each is written to both sides, and counted on one.
func (p *rowsDual) last(rest float64) float64 {
	n := len(p.brk)
	p.less, p.more = resize(p.less, n), resize(p.more, n)
	less, more := p.less, p.more
	for i := range less {
		less[i] = p.brk[i].rowsWeight
	}
	for b := less; len(b) > 0; {
		mid := b[len(b)/2].theta
		sum, same, l, m := 0.0, 0.0, 0, 0
		for _, e := range b { // one of the two: nothing is overwritten before it is read
			less[l], more[m] = e, e
			under, over := one(e.theta < mid), one(e.theta > mid)
			l, m = l+under, m+over
			if under+over == 0 {
				same += e.weight
			}
		}
		for _, e := range less[:l] {
			sum += e.weight
		}
		switch {
		case sum >= rest:
			b = less[:l]
		case sum+same >= rest:
			return mid
		default:
			rest -= sum + same
			b = more[:m]
		}
	}
	return math.Inf(1)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
