package extremum

// The maximum of a form over the regions.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// Options says how to search; the zero value searches to the end.
type Options struct {
	// AtLeast, if not nil, ends the search as soon as a point is found at which a form is at least
	// this. One that is there is found, also where it is the maximum itself.
	AtLeast *big.Rat
	// Above, if not nil, asks for a point at which a form is more than this, and for no maximum.
	// Where there is none Upper is this, and Lower and Point are nil.
	Above *big.Rat
}

// Extreme is an extreme value of a form, and where it is attained.
type Extreme struct {
	// Lower ≤ the largest value ≤ Upper; for [Minimum], the smallest one. In a polytope both are
	// equal; in the l2 ball they are within two float64 of each other. Upper is nil where
	// Options.AtLeast or Above ended the search.
	Lower, Upper *big.Rat
	// Point is a point of the closed ball; the form is Lower there (Upper, for Minimum).
	Point []*big.Rat
	// Pattern is that of a region in whose closure the point is.
	Pattern network.Pattern
	// Regions were looked at, and Programmes asked about in integers.
	Regions, Programmes int64
}

// Exact says that the extreme value is Lower.
func (e Extreme) Exact() bool { return e.Upper != nil && e.Lower.Cmp(e.Upper) == 0 }

// Maximum returns the largest value of the form of the outputs on the closed ball. When ctx ends
// first its cause is the error. Other errors are those of [enumerate.Regions].
func Maximum(ctx context.Context, n *network.Network, b ball.Ball, f Form, opt Options) (Extreme, error) {
	all, err := Maxima(ctx, n, b, []Form{f}, opt)
	if len(all) == 0 {
		return Extreme{}, err
	}
	return all[0], err
}

// Maxima is [Maximum] of several forms in one walk. What was found until an error is returned with
// it.
func Maxima(ctx context.Context, n *network.Network, b ball.Ball, list []Form, opt Options) ([]Extreme, error) {
	searches := make([]*search, len(list))
	for i, f := range list {
		if len(f.C) != n.Outputs() {
			return nil, fmt.Errorf("a form of %d outputs, expected %d", len(f.C), n.Outputs())
		}
		searches[i] = &search{stops: stops{ctx}, form: f, filter: newFilter(f, b, stops{ctx}.stopped), opt: opt, round: b.Norm() == ball.L2 && b.Dim() > 1, floor: math.Inf(-1)}
		if opt.Above != nil {
			searches[i].floor, searches[i].best.Upper = dyadic.DownRat(opt.Above), opt.Above
		}
	}
	found := func() []Extreme {
		all := make([]Extreme, len(searches))
		for i, s := range searches {
			all[i] = s.best
		}
		return all
	}
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
		done := false
		for _, s := range searches {
			if err == nil {
				err = s.region(r)
			}
			done = done || s.done()
		}
		if err != nil {
			return found(), err
		}
		if done {
			for _, s := range searches {
				s.best.Upper = nil
			}
			break
		}
	}
	return found(), nil
}

// Minimum returns the smallest value of the form: Upper is attained at Point, and Lower bounds it
// from below. AtLeast has no place here.
func Minimum(ctx context.Context, n *network.Network, b ball.Ball, f Form) (Extreme, error) {
	e, err := Maximum(ctx, n, b, f.Neg(), Options{})
	if err == nil {
		e = e.Neg()
	}
	return e, err
}

// Neg is the smallest value of −f, e being the largest of f, or the other way round.
func (e Extreme) Neg() Extreme {
	neg := func(v *big.Rat) *big.Rat {
		if v == nil {
			return nil
		}
		return new(big.Rat).Neg(v)
	}
	e.Lower, e.Upper = neg(e.Upper), neg(e.Lower)
	return e
}

// stops is a context as packages below ask about it, by whether to give up.
type stops struct{ ctx context.Context }

func (s stops) stopped() bool { return s.ctx.Err() != nil }

// because is the context's cause where an error says that something was given up.
func (s stops) because(err error) error {
	if errors.Is(err, exact.ErrStopped) {
		return context.Cause(s.ctx)
	}
	return err
}

// search is a search for a maximum.
type search struct {
	stops
	form   Form
	filter *filter
	opt    Options
	round  bool // the ball is one of l2
	best   Extreme
	floor  float64 // not above best.Lower
}

// region looks at a region.
func (s *search) region(r enumerate.Region) error {
	s.best.Regions++
	if !s.filter.mayExceed(r, s.floor) {
		return nil
	}
	s.best.Programmes++
	var form []*big.Int
	var den *big.Rat
	r.AffineIntegers(func(rows [][]*big.Int, exp int) { form, den = s.form.over(rows, exp) })
	n := len(form) - 1
	if !slices.ContainsFunc(form[:n], func(g *big.Int) bool { return g.Sign() != 0 }) {
		s.constant(r, den.Quo(new(big.Rat).SetInt(form[n]), den))
		return nil
	}
	cell, err := r.CellUntil(s.stopped)
	if err != nil {
		return s.because(err)
	}
	q := &question{search: s, cell: cell}
	q.row, q.times = cell.RowOf(form)
	q.times.Mul(q.times, den)
	before := s.best.Lower
	switch {
	case s.opt.Above != nil:
		_, err = q.exceeds(s.opt.Above)
	case s.round:
		if err = q.reach(s.opt.AtLeast); err == nil && !s.done() {
			err = q.enclose()
		}
	default:
		err = q.solve()
	}
	if err == nil && s.best.Lower != before {
		s.best.Pattern, s.floor = r.Pattern, dyadic.DownRat(s.best.Lower)
	}
	return err
}

// done says that the search may end early.
func (s *search) done() bool {
	v := s.best.Lower
	return v != nil && (s.opt.AtLeast != nil && v.Cmp(s.opt.AtLeast) >= 0 || s.opt.Above != nil && v.Cmp(s.opt.Above) > 0)
}

// constant takes note of a region on which the form is v.
func (s *search) constant(r enumerate.Region, v *big.Rat) {
	if s.opt.Above != nil && v.Cmp(s.opt.Above) <= 0 {
		return
	}
	if s.best.Lower == nil || v.Cmp(s.best.Lower) > 0 {
		s.best.Lower, s.best.Pattern, s.floor, s.best.Point = v, r.Pattern, dyadic.DownRat(v), nil
		for _, x := range r.Point() {
			p, _ := x.Rat(nil)
			s.best.Point = append(s.best.Point, p)
		}
	}
	if s.best.Upper == nil || v.Cmp(s.best.Upper) > 0 {
		s.best.Upper = v
	}
}

// question is the maximum of a form on one region: row = times·form over coordinates of the unit
// ball.
type question struct {
	*search
	cell  *enumerate.Cell
	row   exact.Row
	times *big.Rat
}

// solve finds the maximum on a region that is a polytope.
func (q *question) solve() error {
	m, err := exact.MaximizeUntil(q.stopped, q.norm(), q.row, q.cell.Rows, q.cell.Inside)
	if err != nil {
		return q.because(err)
	}
	v := m.Value.Quo(m.Value, q.times)
	if q.best.Lower == nil || v.Cmp(q.best.Lower) > 0 {
		q.best.Lower, q.best.Upper, q.best.Point = v, v, q.cell.InputOf(m.Y)
	}
	return nil
}

// norm is that of the ball; in one input all balls are those of linf.
func (q *question) norm() ball.Norm {
	if q.cell.Norm == ball.L2 && !q.round {
		return ball.LInf
	}
	return q.cell.Norm
}

// enclose encloses the maximum on a region of the l2 ball, if it is more than what was found: no
// float is between the largest one not above the value at a point and Upper.
func (q *question) enclose() error {
	if q.best.Lower == nil {
		q.take(q.cell.Inside)
		q.best.Upper = q.best.Lower
	} else if more, err := q.exceeds(q.best.Lower); err != nil || !more {
		return err
	}
	high := q.ceiling()
	if math.IsInf(high, 0) {
		return errors.New("the form is beyond the range of float64, in which its maximum on an l2 ball would be told; scale it down")
	}
	low := dyadic.DownRat(q.best.Lower)
	for ; ; low = max(low, dyadic.DownRat(q.best.Lower)) {
		m := between(low, high)
		if m == low || m == high {
			break
		}
		more, err := q.exceeds(new(big.Rat).SetFloat64(m))
		if err != nil {
			return err
		}
		if !more {
			high = m
		}
	}
	if v, is := dyadic.FromRat(q.best.Lower); is && v == low { // it may be the maximum itself
		if more, err := q.exceeds(q.best.Lower); err != nil {
			return err
		} else if !more {
			high = low
		}
	}
	if top := new(big.Rat).SetFloat64(high); q.best.Upper.Cmp(top) < 0 {
		q.best.Upper = top
	}
	return nil
}

// exceeds asks whether the form is more than v on the region, and takes the point where it is.
func (q *question) exceeds(v *big.Rat) (bool, error) {
	y, _, _, err := exact.SideUntil(q.stopped, q.norm(), q.over(v), q.cell.Rows, q.cell.Inside)
	if err != nil {
		return false, q.because(err)
	}
	if y != nil {
		q.take(y)
	}
	return y != nil, nil
}

// reach takes a point of the region's closure at which the form is at least v, if there is one: an
// enclosure has the maximum between two floats, and v may be there too.
func (q *question) reach(v *big.Rat) error {
	if v == nil {
		return nil
	}
	y, err := exact.NearestTouching(q.stopped, append(slices.Clone(q.cell.Rows), q.over(v)))
	if y != nil {
		q.take(y)
	}
	return q.because(err)
}

// over returns a positive multiple of the form less v.
func (q *question) over(v *big.Rat) exact.Row {
	w := new(big.Rat).Mul(v, q.times)
	f := exact.Combine(w.Denom(), q.row, nil, nil)
	f.H.Sub(f.H, w.Num())
	return f
}

// take makes the point y the best one, at which the form is more than before.
func (q *question) take(y []*big.Rat) {
	v := q.row.Eval(y)
	q.best.Lower, q.best.Point = v.Quo(v, q.times), q.cell.InputOf(y)
}

// ceiling is a float that is not below the form on the ball.
func (q *question) ceiling() float64 {
	g := new(big.Rat)
	for _, c := range q.row.G {
		g.Add(g, new(big.Rat).SetInt(new(big.Int).Abs(c)))
	}
	g.Add(g, new(big.Rat).SetInt(q.row.H))
	return dyadic.UpRat(g.Quo(g, q.times))
}

// between returns a float between two, halfway in their order: 64 such steps meet.
func between(low, high float64) float64 {
	a, b := ordered(low), ordered(high)
	return unordered(a&b + (a^b)>>1) // the sum might overflow
}

// ordered and unordered map floats to integers in their order and back.
func ordered(f float64) int64 {
	if b := int64(math.Float64bits(f)); b >= 0 {
		return b
	}
	return math.MinInt64 - int64(math.Float64bits(f))
}

func unordered(i int64) float64 {
	if i < 0 {
		i = math.MinInt64 - i
	}
	return math.Float64frombits(uint64(i))
}
