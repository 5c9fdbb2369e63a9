package cone

// Vectors of integers, and elimination. Rows stay primitive, so that their numbers are minors of
// the matrix divided by what they have in common, and rows that a pivot does not concern are not
// touched: sparse matrices in hundreds of dimensions are reduced at once.

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// echelon is a reduced echelon form in the making, from the right: row i ends, within the width, at
// its pivot, and all other rows are 0 there. What lies beyond the width goes along.
type echelon struct {
	width  int
	rows   [][]*big.Int
	pivots []int // column of each row's pivot
}

// push adds a row, unless within the width it depends on those that are there.
func (e *echelon) push(row []*big.Int) bool {
	v := row
	for i, r := range e.rows {
		v = eliminate(v, r, e.pivots[i])
	}
	c := e.width - 1
	for c >= 0 && v[c].Sign() == 0 {
		c--
	}
	if c < 0 {
		return false
	}
	v = Primitive(v)
	for i, r := range e.rows {
		e.rows[i] = eliminate(r, v, c)
	}
	e.rows, e.pivots = append(e.rows, v), append(e.pivots, c)
	return true
}

// sortedPivots returns the pivots' columns, ascending.
func (e *echelon) sortedPivots() []int { return slices.Sorted(slices.Values(e.pivots)) }

// kernel returns a basis of {x : row·x = 0}: for each column without a pivot the vector that is 0
// at all others. Rows end at their pivots, so the vector begins at its column: the basis is in
// reduced echelon form.
func (e *echelon) kernel() (basis [][]*big.Int) {
	pivot := make([]bool, e.width)
	for _, c := range e.pivots {
		pivot[c] = true
	}
	for f := range e.width {
		if pivot[f] {
			continue
		}
		v, common := dyadic.ZeroInts(e.width), big.NewInt(1)
		for i, r := range e.rows {
			if r[f].Sign() != 0 {
				common = leastCommon(common, r[e.pivots[i]])
			}
		}
		v[f].Set(common)
		for i, r := range e.rows {
			if r[f].Sign() != 0 {
				at := v[e.pivots[i]]
				at.Quo(common, r[e.pivots[i]])
				at.Neg(at.Mul(at, r[f]))
			}
		}
		basis = append(basis, Primitive(v))
	}
	return basis
}

// Kernel returns the basis of {x : row·x = 0 for all rows} in reduced echelon form, each vector
// primitive with a positive pivot. Rows have dim numbers each.
func Kernel(dim int, rows [][]*big.Int) [][]*big.Int {
	e := echelon{width: dim}
	for _, r := range rows {
		e.push(r)
	}
	return e.kernel()
}

// simplicial returns the rays of {x : row·x ≤ 0} for as many independent rows as dimensions: on ray
// i hold all rows but row i.
func simplicial(rows [][]*big.Int) [][]*big.Int {
	n := len(rows)
	e := echelon{width: n}
	for i, r := range rows {
		unit := dyadic.ZeroInts(n)
		unit[i].SetInt64(1)
		e.push(append(r[:n:n], unit...))
	}
	// Row k says that its second half, times the matrix, is pivot_k at column pivots_k alone.
	common := big.NewInt(1)
	for k, r := range e.rows {
		common = leastCommon(common, r[e.pivots[k]])
	}
	rays := make([][]*big.Int, n)
	for i := range rays {
		rays[i] = dyadic.ZeroInts(n)
		for k, r := range e.rows {
			if at := rays[i][e.pivots[k]]; r[n+i].Sign() != 0 {
				at.Quo(common, r[e.pivots[k]])
				at.Neg(at.Mul(at, r[n+i]))
			}
		}
		rays[i] = Primitive(rays[i])
	}
	return rays
}

// eliminate returns the primitive multiple of v minus one of r that is 0 in a column and has v's
// direction elsewhere, or v itself if it is 0 there.
func eliminate(v, r []*big.Int, column int) []*big.Int {
	if v[column].Sign() == 0 {
		return v
	}
	g := new(big.Int).GCD(nil, nil, new(big.Int).Abs(v[column]), new(big.Int).Abs(r[column]))
	a, b := new(big.Int).Quo(r[column], g), new(big.Int).Quo(v[column], g)
	if a.Sign() < 0 {
		a.Neg(a)
		b.Neg(b)
	}
	w, t := make([]*big.Int, len(v)), new(big.Int)
	for k := range w {
		w[k] = new(big.Int).Mul(a, v[k])
		if r[k].Sign() != 0 {
			w[k].Sub(w[k], t.Mul(b, r[k]))
		}
	}
	return Primitive(w)
}

// Primitive returns a vector of integers divided by their greatest common divisor; 0 stays 0.
func Primitive(v []*big.Int) []*big.Int {
	g, t := new(big.Int), new(big.Int)
	for _, x := range v {
		if g.GCD(nil, nil, g, t.Abs(x)); g.IsUint64() && g.Uint64() == 1 {
			return v
		}
	}
	if g.Sign() == 0 {
		return v
	}
	w := make([]*big.Int, len(v))
	for k, x := range v {
		w[k] = new(big.Int).Quo(x, g)
	}
	return w
}

// leastCommon returns the least common multiple of a > 0 and b ≠ 0, above 0.
func leastCommon(a, b *big.Int) *big.Int {
	b = new(big.Int).Abs(b)
	g := new(big.Int).GCD(nil, nil, a, b)
	return b.Mul(b, g.Quo(a, g))
}

func isZero(v []*big.Int) bool {
	return !slices.ContainsFunc(v, func(x *big.Int) bool { return x.Sign() != 0 })
}

func negated(v []*big.Int) []*big.Int {
	w := dyadic.ZeroInts(len(v))
	for k, x := range v {
		w[k].Neg(x)
	}
	return w
}

func dot(a, b []*big.Int) *big.Int {
	var s, t big.Int
	for k, x := range a {
		if x.Sign() != 0 && b[k].Sign() != 0 {
			s.Add(&s, t.Mul(x, b[k]))
		}
	}
	return &s
}

// addTo adds f·b to v.
func addTo(v []*big.Int, f *big.Int, b []*big.Int) {
	var t big.Int
	for k, x := range b {
		if x.Sign() != 0 {
			v[k].Add(v[k], t.Mul(f, x))
		}
	}
}

// columns returns the rows' numbers in some columns, in the columns' order.
func columns(rows [][]*big.Int, of []int) [][]*big.Int {
	of = slices.Sorted(slices.Values(of))
	list := make([][]*big.Int, len(rows))
	for i, r := range rows {
		list[i] = make([]*big.Int, len(of))
		for k, c := range of {
			list[i][k] = r[c]
		}
	}
	return list
}

// compare is the lexicographic order.
func compare(a, b []*big.Int) int {
	return slices.CompareFunc(a, b, func(x, y *big.Int) int { return cmp.Compare(x.Cmp(y), 0) })
}
