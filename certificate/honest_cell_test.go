package certificate

// The cells of the honest writer: forms in rationals, and what lp/exact says about their sides.

import (
	"math/big"

	balls "github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp/exact"
)

// hform is the affine form g·x + h: the entries of g and then h.
type hform []*big.Rat

func (f hform) plus(a *big.Rat, g hform) hform {
	sum := make(hform, len(f))
	for k := range f {
		sum[k] = new(big.Rat).Add(f[k], new(big.Rat).Mul(a, g[k]))
	}
	return sum
}

func (f hform) times(a *big.Rat) hform {
	out := make(hform, len(f))
	for k := range f {
		out[k] = new(big.Rat).Mul(a, f[k])
	}
	return out
}

func (f hform) at(x []*big.Rat) *big.Rat {
	v := new(big.Rat).Set(f[len(x)])
	for k := range x {
		v.Add(v, new(big.Rat).Mul(f[k], x[k]))
	}
	return v
}

func (f hform) zero() bool {
	for _, v := range f {
		if v.Sign() != 0 {
			return false
		}
	}
	return true
}

func sign(s int) *big.Rat { return big.NewRat(int64(s), 1) }

func ratOf(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// domain is mid + half·y for the y of a unit ball: the ball of a proof, or a box.
type domain struct {
	norm      balls.Norm
	mid, half []*big.Rat
}

func boxDomain(lo, hi []*big.Rat) domain {
	d := domain{norm: balls.LInf}
	for k := range lo {
		two := big.NewRat(1, 2)
		d.mid = append(d.mid, new(big.Rat).Mul(two, new(big.Rat).Add(lo[k], hi[k])))
		d.half = append(d.half, new(big.Rat).Mul(two, new(big.Rat).Sub(hi[k], lo[k])))
	}
	return d
}

func ballDomain(b tball) domain {
	if b.Norm == "box" {
		var lo, hi []*big.Rat
		for k := range b.Lo {
			lo, hi = append(lo, ratOf(b.Lo[k])), append(hi, ratOf(b.Hi[k]))
		}
		return boxDomain(lo, hi)
	}
	d := domain{norm: map[string]balls.Norm{"l1": balls.L1, "l2": balls.L2, "linf": balls.LInf}[b.Norm]}
	for _, c := range b.Center {
		d.mid, d.half = append(d.mid, ratOf(c)), append(d.half, ratOf(b.Radius))
	}
	return d
}

// row returns f in y, times an integer that makes integers of its coefficients.
func (d domain) row(f hform) (exact.Row, *big.Int) {
	n := len(d.mid)
	g := make(hform, n+1)
	for k := range n {
		g[k] = new(big.Rat).Mul(f[k], d.half[k])
	}
	g[n] = f.at(d.mid)
	times := big.NewInt(1)
	for _, v := range g {
		if q := v.Denom(); q.Cmp(times) > 0 { // all are powers of two
			times = q
		}
	}
	row := exact.NewRow(0, make([]int64, n)...)
	for k, v := range g.times(new(big.Rat).SetInt(times)) {
		if k < n {
			row.G[k].Set(v.Num())
		} else {
			row.H.Set(v.Num())
		}
	}
	return row, new(big.Int).Set(times)
}

func (d domain) nonpositive(f hform) bool {
	row, _ := d.row(f)
	return exact.NonPositive(d.norm, row)
}

func (d domain) point(y []*big.Rat) []*big.Rat {
	x := make([]*big.Rat, len(y))
	for k := range y {
		x[k] = new(big.Rat).Add(d.mid[k], new(big.Rat).Mul(d.half[k], y[k]))
	}
	return x
}

func (d domain) unit(x []*big.Rat) []*big.Rat {
	y := make([]*big.Rat, len(x))
	for k := range x {
		y[k] = new(big.Rat).Quo(new(big.Rat).Sub(x[k], d.mid[k]), d.half[k])
	}
	return y
}

// side returns a point of the cell around p where f > 0, or multipliers of f and of the names that
// prove that there is none.
func (d domain) side(f hform, named []hname, p []*big.Rat) (x []*big.Rat, self *big.Int, lambda []*big.Int) {
	obj, times := d.row(f)
	var rows []exact.Row
	var scales []*big.Int
	for _, n := range named {
		row, s := d.row(n.form)
		rows, scales = append(rows, row), append(scales, s)
	}
	y, self, lambda, err := exact.Side(d.norm, obj, rows, d.unit(p))
	if err != nil {
		panic(err)
	}
	if y != nil {
		return d.point(y), nil, nil
	}
	self = new(big.Int).Mul(self, times)
	all := new(big.Int).Set(self)
	for i := range lambda {
		lambda[i] = new(big.Int).Mul(lambda[i], scales[i])
		all.GCD(nil, nil, all, lambda[i])
	}
	self.Quo(self, all)
	for _, l := range lambda {
		l.Quo(l, all)
	}
	return nil, self, lambda
}

// hname is a neuron that lines can name: sign·z, and whether it was split.
type hname struct {
	form  hform
	split bool
}

// hnode is a node of the tree, p a point in its cell.
type hnode struct {
	layer    int
	z, forms []hform
	sign     []int // 2 is undecided
	named    []hname
	lo, hi   []*big.Rat
	entering bool
	p        []*big.Rat
}

func (n hnode) undecided() []int {
	var all []int
	for j, s := range n.sign {
		if s == 2 {
			all = append(all, j)
		}
	}
	return all
}

// shortened returns binary fractions as integers times 2^−e with the least e.
func shortened(x []*big.Rat) (v []*big.Int, e int) {
	for _, c := range x {
		e = max(e, c.Denom().BitLen()-1)
	}
	for _, c := range x {
		w := new(big.Int).Lsh(c.Num(), uint(e-(c.Denom().BitLen()-1)))
		v = append(v, w)
	}
	return v, e
}

// number spells a multiplier.
func (h *honest) number(v, times *big.Int) string {
	v = new(big.Int).Mul(v, times)
	if v.IsInt64() && v.Int64() == 1 {
		return ""
	}
	return v.String()
}

// letters spells the name that is so many before the last.
func letters(back int) string {
	s := string(rune('a' + back%26))
	for back /= 26; back > 0; back = (back - 1) / 26 {
		s = string(rune('A'+(back-1)%26)) + s
	}
	return s
}
