package extremum

// How far around a point the class of a network stays the same. In linf the answer is a bisection:
// package safety decides one box after the other. In l2 and l1 it is a walk: on a region the points
// of another class are a polyhedron, whose point nearest to the centre is a fraction.

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
	"github.com/relucell/relucell/safety"
	"github.com/relucell/relucell/vnnlib"
)

// Radius says within which distance of a point the class stays the same.
//
// The class of a point is the one output that is larger than all others; a network of one output
// has the classes y0 > 0 and y0 < 0. At a tie a point has no class. The class changes at a point
// that has another one or none.
type Radius struct {
	// Class is that of the centre: an output, or for one output 1 if it is positive and else 0.
	Class int
	// The class changes nowhere in the closed ball of radius Lower; it changes at Point, which lies
	// in that of radius Upper. Both are neighbouring float64, Lower at least 0. Where it changes
	// nowhere within the largest radius asked about, that is Lower, Point is nil and Upper +Inf.
	Lower, Upper float64
	Point        []*big.Rat
	// Other is the output that is at least as large as that of the class at Point.
	Other int
	// Square is the square of the distance, exactly, in l2 alone, and Distance itself in l1 alone.
	Square, Distance *big.Rat
	// Boxes were decided, in l2 and l1 those around balls, and Regions looked at in l2 and l1.
	Boxes, Regions int64
}

// ErrTie says that the centre has no class.
var ErrTie = errors.New("a tie of the largest outputs at the centre, expected one that is larger than all others (or an only output that is not 0)")

// ClassRadius finds the radius around a point in linf, l2 or l1, up to a largest one. When ctx ends
// first the error is its cause, and Radius holds what is certain by then, Upper +Inf or where Point
// is.
func ClassRadius(ctx context.Context, n *network.Network, center []float64, norm ball.Norm, most float64) (Radius, error) {
	if norm == ball.Box {
		return Radius{}, fmt.Errorf("a radius in the norm %v, expected linf, l2 or l1", norm)
	}
	if len(center) != n.Inputs() {
		return Radius{}, fmt.Errorf("a centre of %d coordinates, expected %d", len(center), n.Inputs())
	}
	if !(most > 0) || math.IsInf(most, 0) {
		return Radius{}, fmt.Errorf("a largest radius of %v, expected a finite number greater than 0", most)
	}
	c := &change{stops: stops{ctx}, net: n, center: ball.Rats(center), found: Radius{Upper: math.Inf(1)}}
	if err := c.classify(center); err != nil {
		return c.found, err
	}
	enough := 1.0
	if norm != ball.LInf {
		enough = closely
	}
	err := c.boxes(most, enough) // the box around a ball holds it
	if err != nil || norm == ball.LInf || c.found.Point == nil {
		return c.found, err
	}
	return c.found, c.nearest(metrics[norm], center, most)
}

// Keeps returns the forms of the outputs that are positive wherever the class is that of r: it less
// each of the others, or for one output that or its negative.
func (r Radius) Keeps(outputs int) []Form {
	if outputs == 1 {
		return []Form{lead(1, 0, 0, int64(2*r.Class-1))}
	}
	var list []Form
	for i := range outputs {
		if i != r.Class {
			list = append(list, lead(outputs, r.Class, i, 1))
		}
	}
	return list
}

// lead is the output plus, less the output minus if that is another one, times a sign.
func lead(outputs, plus, minus int, sign int64) Form {
	f := Form{C: make([]*big.Rat, outputs), Offset: new(big.Rat)}
	for i := range f.C {
		f.C[i] = new(big.Rat)
	}
	f.C[plus].SetInt64(sign)
	if minus != plus {
		f.C[minus].SetInt64(-sign)
	}
	return f
}

// closely is how close to each other the bounds in linf are to be before the regions of a ball are
// walked: the walk grows with the ball, and the last bits of a bisection cost as much as the first.
const closely = 1.125

// least is the share of the largest radius below which floats are halved in their order, until the
// lower end is as near to the upper one: 64 boxes at most, in the place of a thousand.
const least = 0x1p-40

// change is a search for the nearest change of class.
type change struct {
	stops
	net    *network.Network
	center []*big.Rat
	forms  []Form // positive at the centre, all of them; what is ≤ 0 changes the class
	others []int
	found  Radius
}

// classify finds the class of the centre, and the forms that keep it.
func (c *change) classify(center []float64) error {
	x := make([]*big.Float, len(center))
	for k, v := range center {
		x[k] = big.NewFloat(v)
	}
	y, _ := c.net.ForwardExact(x)
	class := 0
	for i := range y {
		if y[i].Cmp(y[class]) > 0 {
			class = i
		}
	}
	if len(y) == 1 {
		if y[0].Sign() == 0 {
			return ErrTie
		}
		class = (y[0].Sign() + 1) / 2
		c.others = []int{0}
	}
	for i := range y {
		if len(y) > 1 && i != class {
			if y[i].Cmp(y[class]) == 0 {
				return ErrTie
			}
			c.others = append(c.others, i)
		}
	}
	c.found.Class = class
	c.forms = c.found.Keeps(len(y))
	return nil
}

// boxes decides boxes around the centre up to a radius, until Upper is at most enough times Lower,
// or both are neighbours.
func (c *change) boxes(most, enough float64) error {
	for next := most; ; {
		w, err := c.decide(next)
		if err != nil {
			return err
		}
		if w == nil {
			if c.found.Lower = next; next == most {
				return nil
			}
		} else {
			c.take(w.Input, w.Output)
			c.found.Upper = dyadic.UpRat(c.far(w.Input))
		}
		low := c.found.Lower
		next = low + (c.found.Upper-low)/2
		if c.found.Upper < least*most && low < least*c.found.Upper {
			next = between(low, c.found.Upper)
		}
		if next <= low || next >= c.found.Upper || c.found.Upper <= enough*low {
			return nil
		}
	}
}

// take takes a point at which the class changes, where the outputs are y.
func (c *change) take(x, y []*big.Rat) {
	for i, f := range c.forms {
		if f.At(y).Sign() <= 0 {
			c.found.Other = c.others[i]
			break
		}
	}
	c.found.Point = x
}

// far is how far a point is from the centre in linf.
func (c *change) far(x []*big.Rat) *big.Rat {
	far := new(big.Rat)
	for k, v := range x {
		if d := new(big.Rat).Sub(v, c.center[k]); far.Cmp(d.Abs(d)) < 0 {
			far = d
		}
	}
	return far
}

// decide says whether the class changes in the closed box of a radius, and where.
func (c *change) decide(r float64) (*safety.Witness, error) {
	c.found.Boxes++
	res, err := safety.Verify(c.ctx, c.net, c.query(r), safety.Options{})
	switch {
	case err != nil:
		return nil, err
	case c.ctx.Err() != nil && res.Verdict == safety.Unknown:
		return nil, context.Cause(c.ctx)
	case res.Verdict == safety.Unknown:
		return nil, fmt.Errorf("the box of radius %v is undecided: %s", r, res.Stopped)
	}
	return res.Witness, nil
}

// query asks for a point of the box of a radius at which the class changes.
func (c *change) query(r float64) *vnnlib.Query {
	half, b := new(big.Rat).SetFloat64(r), vnnlib.Box{}
	for _, v := range c.center {
		b.Lo, b.Hi = append(b.Lo, new(big.Rat).Sub(v, half)), append(b.Hi, new(big.Rat).Add(v, half))
	}
	var any []vnnlib.Form
	for _, f := range c.forms {
		g := vnnlib.Form{Offset: f.Offset}
		for i, v := range f.C {
			if v.Sign() != 0 {
				g.Y = append(g.Y, vnnlib.Term{Index: i, Coef: v})
			}
		}
		any = append(any, g)
	}
	return vnnlib.In(b, c.net.Outputs(), any)
}

// metric is how a walk measures: by sizes, which are the squares of distances in l2 and distances
// in l1.
type metric struct {
	norm ball.Norm
	// size is that of a vector, and of one of this length on an axis.
	size func(y ...*big.Rat) *big.Rat
	// above is the least float64 that is at least the length of a vector of a size.
	above func(size *big.Rat) float64
	// nearest is the point of {rows ≥ 0, form ≥ 0} nearest to 0 where one lies in the open unit
	// ball, nil where none lies in the closed one. inside lies strictly inside rows and ball.
	nearest func(stop func() bool, form exact.Row, rows []exact.Row, inside []*big.Rat) ([]*big.Rat, error)
	// keep is where an answer has the size of what was found.
	keep func(r *Radius) **big.Rat
}

var metrics = map[ball.Norm]metric{
	ball.L2: {ball.L2, squares, dyadic.RootAbove,
		func(stop func() bool, form exact.Row, rows []exact.Row, _ []*big.Rat) ([]*big.Rat, error) {
			return exact.Nearest(stop, append(slices.Clone(rows), form))
		},
		func(r *Radius) **big.Rat { return &r.Square }},
	ball.L1: {ball.L1, lengths, dyadic.UpRat, nearestL1, func(r *Radius) **big.Rat { return &r.Distance }},
}

func squares(y ...*big.Rat) *big.Rat {
	s := new(big.Rat)
	for _, v := range y {
		s.Add(s, new(big.Rat).Mul(v, v))
	}
	return s
}

func lengths(y ...*big.Rat) *big.Rat {
	s := new(big.Rat)
	for _, v := range y {
		s.Add(s, new(big.Rat).Abs(v))
	}
	return s
}

// nearest finds the nearest change in l2 or l1, by the regions of a ball that holds the point
// known.
func (c *change) nearest(m metric, center []float64, most float64) error {
	var way []*big.Rat
	for k, v := range c.found.Point {
		way = append(way, new(big.Rat).Sub(v, c.center[k]))
	}
	r := math.Nextafter(min(most, m.above(m.size(way...))), math.Inf(1))
	b, err := ball.New(m.norm, center, r)
	if err != nil {
		return err
	}
	c.found.Point, c.found.Upper = nil, math.Inf(1)
	filters := make([]*filter, len(c.forms))
	for i, f := range c.forms {
		filters[i] = newFilter(f.Neg(), b, c.stopped)
	}
	for g, err := range enumerate.Regions(c.ctx, c.net, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return err
		}
		c.found.Regions++
		for i, f := range filters {
			if f.mayExceed(g, -math.SmallestNonzeroFloat64) {
				if err := c.project(m, g, i, r); err != nil {
					return err
				}
			}
		}
	}
	size := m.keep(&c.found)
	if *size == nil || (*size).Cmp(m.size(new(big.Rat).SetFloat64(most))) > 0 {
		c.found.Lower, c.found.Upper, c.found.Point, *size = most, math.Inf(1), nil, nil
		return nil
	}
	c.found.Upper = m.above(*size)
	c.found.Lower = math.Nextafter(c.found.Upper, 0)
	return nil
}

// project takes the point nearest to the centre in a region's closure at which a form is ≤ 0, if it
// is nearer than the one known.
func (c *change) project(m metric, g enumerate.Region, i int, r float64) error {
	cell, err := g.CellUntil(c.stopped)
	if err != nil {
		return c.because(err)
	}
	var row exact.Row
	g.AffineIntegers(func(rows [][]*big.Int, exp int) {
		form, _ := c.forms[i].Neg().over(rows, exp)
		row, _ = cell.RowOf(form)
	})
	y, err := m.nearest(c.stopped, row, cell.Rows, cell.Inside)
	if y == nil {
		return c.because(err)
	}
	size, known := m.size(y...), m.keep(&c.found)
	size.Mul(size, m.size(new(big.Rat).SetFloat64(r)))
	if *known == nil || size.Cmp(*known) < 0 {
		*known = size
		x := cell.InputOf(y)
		g.AffineIntegers(func(rows [][]*big.Int, exp int) { c.take(x, outputs(rows, exp, x)) })
	}
	return nil
}

// outputs returns the outputs at x of a map in integers times 2^exp.
func outputs(rows [][]*big.Int, exp int, x []*big.Rat) []*big.Rat {
	y := make([]*big.Rat, len(rows))
	for i, row := range rows {
		y[i] = new(big.Rat).SetInt(row[len(x)])
		for k, v := range x {
			if row[k].Sign() != 0 && v.Sign() != 0 {
				y[i].Add(y[i], new(big.Rat).Mul(new(big.Rat).SetInt(row[k]), v))
			}
		}
		y[i].Mul(y[i], dyadic.Rat(big.NewInt(1), exp))
	}
	return y
}
