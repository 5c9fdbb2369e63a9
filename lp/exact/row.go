package exact

// Integer affine forms, points over one denominator, and the three tests of
// "f ≤ 0 on the unit ball" that prove a pruned side. They use no square root
// and no division, so that tangency is exact.

import (
	"fmt"
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
)

// Row is an affine form Σ G_k y_k + H with integer coefficients, meaning
// Row(y) ≥ 0 (or > 0 for an open cell) where it is used as a constraint.
type Row struct {
	G []*big.Int
	H *big.Int
}

// NewRow returns the form h + Σ g_k y_k of small integers.
func NewRow(h int64, g ...int64) Row {
	r := Row{G: make([]*big.Int, len(g)), H: big.NewInt(h)}
	for k, v := range g {
		r.G[k] = big.NewInt(v)
	}
	return r
}

// RowOf returns the form h + Σ g_k y_k of finite floats, exactly, times the
// power of two that makes all its numbers integers with no common factor 2. It panics on
// a number that is not finite.
func RowOf(g []float64, h float64) Row {
	all := append([]float64{h}, g...)
	for _, v := range all {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("exact: coefficient %g is not a finite number", v))
		}
	}
	d := dyadic.Floats(all)
	r := Row{G: make([]*big.Int, len(g)), H: &d.N[0]}
	for k := range r.G {
		r.G[k] = &d.N[k+1]
	}
	return r
}

// Neg returns −r.
func (r Row) Neg() Row {
	n := Row{G: make([]*big.Int, len(r.G)), H: new(big.Int).Neg(r.H)}
	for k, g := range r.G {
		n.G[k] = new(big.Int).Neg(g)
	}
	return n
}

// Minus returns r − o.
func (r Row) Minus(o Row) Row {
	d := Row{G: make([]*big.Int, len(r.G)), H: new(big.Int).Sub(r.H, o.H)}
	for k, g := range r.G {
		d.G[k] = new(big.Int).Sub(g, o.G[k])
	}
	return d
}

// Eval returns r(y) exactly.
func (r Row) Eval(y []*big.Rat) *big.Rat {
	p := newPoint(y)
	num := new(big.Int)
	p.eval(num, new(big.Int), r)
	return new(big.Rat).SetFrac(num, p.den)
}

// Combine returns self·obj + Σ lambda_i·rows_i.
func Combine(self *big.Int, obj Row, lambda []*big.Int, rows []Row) Row {
	f := Row{G: make([]*big.Int, len(obj.G)), H: new(big.Int).Mul(self, obj.H)}
	for k, g := range obj.G {
		f.G[k] = new(big.Int).Mul(self, g)
	}
	var t big.Int
	for i, l := range lambda {
		if l.Sign() == 0 {
			continue
		}
		f.H.Add(f.H, t.Mul(l, rows[i].H))
		for k, g := range rows[i].G {
			f.G[k].Add(f.G[k], t.Mul(l, g))
		}
	}
	return f
}

// NonPositive reports whether f ≤ 0 on the closed unit ball of the norm
// ([−1,1]ⁿ for a box), exactly. The supremum of G·y is the dual norm of G:
// Σ|G_k| for linf, max|G_k| for l1, the square root of ΣG_k² for l2, where
// f ≤ 0 iff H ≤ 0 and ΣG_k² ≤ H².
func NonPositive(norm ball.Norm, f Row) bool {
	if f.H.Sign() > 0 {
		return false
	}
	var sup, t big.Int
	switch norm {
	case ball.L2:
		for _, g := range f.G {
			sup.Add(&sup, t.Mul(g, g))
		}
		return sup.Cmp(t.Mul(f.H, f.H)) <= 0
	case ball.L1:
		for _, g := range f.G {
			if sup.CmpAbs(g) < 0 {
				sup.Abs(g)
			}
		}
	default:
		for _, g := range f.G {
			sup.Add(&sup, t.Abs(g))
		}
	}
	return sup.CmpAbs(f.H) <= 0
}

// point is num/den with den > 0: one denominator, so that signs of forms are
// integer work.
type point struct {
	num []*big.Int
	den *big.Int
}

func newPoint(y []*big.Rat) point {
	p := point{num: make([]*big.Int, len(y)), den: big.NewInt(1)}
	var g big.Int
	for _, v := range y {
		g.GCD(nil, nil, p.den, v.Denom())
		p.den.Mul(p.den, g.Quo(v.Denom(), &g))
	}
	for k, v := range y {
		p.num[k] = new(big.Int).Mul(v.Num(), g.Quo(p.den, v.Denom()))
	}
	return p
}

// rats returns the point as rationals.
func (p point) rats() []*big.Rat {
	y := make([]*big.Rat, len(p.num))
	for k, v := range p.num {
		y[k] = new(big.Rat).SetFrac(v, p.den)
	}
	return y
}

// eval sets dst to den·r(p), which has the sign of r(p).
func (p point) eval(dst, t *big.Int, r Row) {
	dst.Mul(r.H, p.den)
	for k, g := range r.G {
		if g.Sign() != 0 {
			dst.Add(dst, t.Mul(g, p.num[k]))
		}
	}
}

// inside reports whether p is strictly inside the unit ball of the norm.
func (p point) inside(norm ball.Norm) bool {
	var s, t big.Int
	switch norm {
	case ball.L2:
		for _, v := range p.num {
			s.Add(&s, t.Mul(v, v))
		}
		return s.Cmp(t.Mul(p.den, p.den)) < 0
	case ball.L1:
		for _, v := range p.num {
			s.Add(&s, t.Abs(v))
		}
		return s.Cmp(p.den) < 0
	}
	for _, v := range p.num {
		if v.CmpAbs(p.den) >= 0 {
			return false
		}
	}
	return true
}

// interior reports whether p is strictly inside the ball and all rows.
func (p point) interior(stop until, norm ball.Norm, rows []Row) bool {
	if !p.inside(norm) {
		return false
	}
	var v, t big.Int
	for _, r := range rows {
		if p.eval(&v, &t, r); v.Sign() <= 0 || stop.stopped() {
			return false
		}
	}
	return true
}

// Interior reports whether y is strictly inside the unit ball of the norm and
// every row is > 0 there, exactly.
func Interior(norm ball.Norm, rows []Row, y []*big.Rat) bool {
	return newPoint(y).interior(nil, norm, rows)
}

// primitive divides the numbers by their greatest common divisor, in place.
func primitive(v ...*big.Int) {
	var g big.Int
	for _, x := range v {
		if x.Sign() == 0 {
			continue
		}
		if g.GCD(nil, nil, &g, new(big.Int).Abs(x)); g.IsInt64() && g.Int64() == 1 {
			return
		}
	}
	if g.Sign() == 0 {
		return
	}
	for _, x := range v {
		x.Quo(x, &g)
	}
}

func checkDims(n int, rows []Row) error {
	for i, r := range rows {
		if len(r.G) != n {
			return fmt.Errorf("row %d has %d coefficients, expected %d", i, len(r.G), n)
		}
	}
	return nil
}
