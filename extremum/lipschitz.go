package extremum

// The Lipschitz constant of a network on a ball: the ball is convex and the network continuous and
// affine on each region, so the constant is the largest operator norm of a region's map (Jordan and
// Dimakis 2020).

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/network"
)

// Constant is a Lipschitz constant and a region where it is attained.
type Constant struct {
	// Lower ≤ the constant ≤ Upper. For linf and l1 both are equal. For l2 they are the same or
	// neighbouring float64.
	Lower, Upper *big.Rat
	// Pattern is that of a region on which the operator norm lies between them, and Inside a point
	// in it.
	Pattern network.Pattern
	Inside  []*big.Float
	// Regions were looked at, Exact of them in integers.
	Regions, Exact int64
}

// Lipschitz returns the smallest L with ‖f(x) − f(x′)‖ ≤ L·‖x − x′‖ for all x, x′ of the ball, in
// the norm l2, linf or l1 on both sides. When ctx ends first its cause is the error.
func Lipschitz(ctx context.Context, n *network.Network, b ball.Ball, norm ball.Norm) (Constant, error) {
	var best Constant
	if norm == ball.Box {
		return best, fmt.Errorf("the norm of a box, expected l2, linf or l1")
	}
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return best, err
		}
		best.Regions++
		if best.Upper != nil && normAbove(r.Affine(), norm) <= dyadic.DownRat(best.Upper) {
			continue
		}
		best.Exact++
		improved := false
		r.AffineIntegers(func(rows [][]*big.Int, exp int) {
			if norm == ball.L2 {
				improved, err = best.spectral(ctx, rows, exp)
			} else {
				improved = best.sums(rows, exp, norm)
			}
		})
		if err != nil {
			return best, err
		}
		if improved {
			best.Pattern, best.Inside = r.Pattern, r.Point()
		}
	}
	return best, nil
}

// normAbove bounds the operator norm of a map from above: by its largest row or column sum, and for
// l2 by the root of their product or the Frobenius norm. Sums are off by their entries' errors and
// what they round (forms.Rounding); a root rounds once.
func normAbove(a enumerate.Affine, norm ball.Norm) float64 {
	m, n := a.W.Dims()
	var rows, squares float64
	columns := make([]float64, n)
	for i := range m {
		sum := 0.0
		for k := range n {
			w := math.Abs(a.W.At(i, k)) + a.WErr[i]
			sum += w
			columns[k] += w
			squares += w * w
		}
		rows = larger(rows, sum)
	}
	up := func(v float64) float64 { return v + forms.Rounding(0, v, m*n) }
	column := 0.0
	for _, c := range columns {
		column = larger(column, c)
	}
	switch norm {
	case ball.LInf:
		return up(rows)
	case ball.L1:
		return up(column)
	}
	if v := up(math.Sqrt(up(squares))); v < up(math.Sqrt(up(up(rows)*up(column)))) {
		return v
	}
	return up(math.Sqrt(up(up(rows) * up(column))))
}

// larger is the larger of two, and no number if one is none.
func larger(a, b float64) float64 { return math.Max(a, b) }

// sums takes the largest row sum (linf) or column sum (l1) of |W|, if it is more than what is
// known.
func (c *Constant) sums(rows [][]*big.Int, exp int, norm ball.Norm) bool {
	n := len(rows[0]) - 1
	outer, inner := len(rows), n
	at := func(i, k int) *big.Int { return rows[i][k] }
	if norm == ball.L1 {
		outer, inner, at = n, len(rows), func(i, k int) *big.Int { return rows[k][i] }
	}
	var most, sum, t big.Int
	for i := range outer {
		sum.SetInt64(0)
		for k := range inner {
			sum.Add(&sum, t.Abs(at(i, k)))
		}
		if most.Cmp(&sum) < 0 {
			most.Set(&sum)
		}
	}
	v := dyadic.Rat(&most, exp)
	if c.Upper != nil && v.Cmp(c.Upper) <= 0 {
		return false
	}
	c.Lower, c.Upper = v, v
	return true
}

// spectral encloses the largest singular value of W between neighbouring floats, if it is more than
// what is known. When ctx ends first its cause is the error.
func (c *Constant) spectral(ctx context.Context, rows [][]*big.Int, exp int) (bool, error) {
	lower, upper, err := largestSingular(ctx, rows, exp, c.Upper)
	if ctx.Err() != nil { // which may have cut anything short
		return false, context.Cause(ctx)
	}
	if lower != nil {
		c.Lower, c.Upper = lower, upper
	}
	return lower != nil, err
}

// largestSingular encloses the largest singular value of W between neighbouring floats, if it is
// more than known, which is a float, or nil. Once ctx has ended it may be anything.
func largestSingular(ctx context.Context, rows [][]*big.Int, exp int, known *big.Rat) (lower, upper *big.Rat, err error) {
	g := gramOf(ctx, rows)
	below := func(q float64) bool { return g.below(ctx, q, exp) }
	if known != nil {
		if f, _ := dyadic.FromRat(known); below(f) {
			return nil, nil, nil
		}
	}
	if below(0) { // W = 0
		return new(big.Rat), new(big.Rat), nil
	}
	// high is at least the norm, low is less: out from a guess, in steps that double.
	guess := guessOf(rows, exp)
	low, high, step := guess, guess, int64(1)
	for ; !below(high); step *= 2 {
		low, high = high, unordered(min(ordered(high)+step, ordered(math.MaxFloat64)))
		if low == high {
			return nil, nil, fmt.Errorf("a norm beyond the range of float64, in which it would be told; scale the network down")
		}
	}
	for step = 1; low > 0 && below(low); step *= 2 {
		high, low = low, unordered(max(ordered(low)-step, 0))
	}
	for m := between(low, high); m != low && m != high; m = between(low, high) {
		if below(m) {
			high = m
		} else {
			low = m
		}
	}
	lower, upper = new(big.Rat).SetFloat64(low), new(big.Rat).SetFloat64(high)
	if g.singular(ctx, high, exp) {
		lower = upper
	}
	return lower, upper, nil
}

// guessOf is the largest singular value in floats, or the end of their range that it is beyond.
func guessOf(rows [][]*big.Int, exp int) float64 {
	n, most := len(rows[0])-1, 0
	for _, row := range rows {
		for _, v := range row[:n] {
			most = max(most, v.BitLen())
		}
	}
	w := mat.NewDense(len(rows), n, nil)
	for i, row := range rows {
		for k, v := range row[:n] {
			f, _ := dyadic.FromInt(v, -most) // of a number out of range, nothing would come back
			w.Set(i, k, f)
		}
	}
	v := 1.0
	if svd := new(mat.SVD); svd.Factorize(w, mat.SVDNone) {
		v = svd.Values(nil)[0]
	}
	return min(max(math.Ldexp(v, exp+most), math.SmallestNonzeroFloat64), math.MaxFloat64)
}

// gram is W·Wᵀ or Wᵀ·W, the smaller one, in integers: what is not below the diagonal.
type gram [][]*big.Int

// gramOf computes it. Once ctx has ended it may be anything.
func gramOf(ctx context.Context, rows [][]*big.Int) gram {
	n, m := len(rows[0])-1, len(rows)
	size, inner := m, n
	at := func(i, k int) *big.Int { return rows[i][k] }
	if n < m {
		size, inner, at = n, m, func(i, k int) *big.Int { return rows[k][i] }
	}
	g := make(gram, size)
	var t big.Int
	for i := range g {
		g[i] = make([]*big.Int, size)
		for j := i; j < size; j++ {
			g[i][j] = new(big.Int)
			for k := 0; k < inner && ctx.Err() == nil; k++ {
				g[i][j].Add(g[i][j], t.Mul(at(i, k), at(j, k)))
			}
		}
	}
	return g
}

// below reports whether q² is at least the largest eigenvalue of the matrix times 2^(2·exp):
// whether q²·I − G is positive semidefinite.
func (g gram) below(ctx context.Context, q float64, exp int) bool {
	semidefinite, _ := g.shifted(ctx, q, exp)
	return semidefinite
}

// singular reports whether q²·I − G is singular.
func (g gram) singular(ctx context.Context, q float64, exp int) bool {
	_, definite := g.shifted(ctx, q, exp)
	return !definite
}

// shifted decides q²·I − G·2^(2·exp), for q ≥ 0, by LDLᵀ without fractions (Bareiss 1968). After
// pivots p_1, …, p_k > 0 what is left is the Schur complement times the minor p_k, so it has its
// signs. A negative pivot, or one that is 0 in a row that is not, shows a direction in which the
// matrix is negative; a row of zeros can be left out. What is left is symmetric, and what is below
// its diagonal is not computed. Once ctx has ended the answer may be any.
func (g gram) shifted(ctx context.Context, q float64, exp int) (semidefinite, definite bool) {
	m, e := dyadic.Split(q)
	up := max(0, exp-e)   // G is multiplied by 4^up,
	down := max(0, e-exp) // and q² by 4^down.
	square := new(big.Int).Mul(big.NewInt(m), big.NewInt(m))
	square.Lsh(square, uint(2*down))
	a := make(gram, len(g))
	for i := range g {
		a[i] = make([]*big.Int, len(g))
		for j := i; j < len(g); j++ {
			a[i][j] = new(big.Int).Neg(new(big.Int).Lsh(g[i][j], uint(2*up)))
		}
		a[i][i].Add(a[i][i], square)
	}
	definite = true
	before := big.NewInt(1)
	var t, u big.Int
	for k := range a {
		p := a[k][k]
		switch p.Sign() {
		case -1:
			return false, false
		case 0:
			for j := k + 1; j < len(a); j++ {
				if a[k][j].Sign() != 0 {
					return false, false
				}
			}
			definite = false
			continue
		}
		for i := k + 1; i < len(a); i++ {
			if ctx.Err() != nil {
				return true, true
			}
			for j := i; j < len(a); j++ {
				t.Mul(p, a[i][j])
				t.Sub(&t, u.Mul(a[k][i], a[k][j]))
				a[i][j].Quo(&t, before)
			}
		}
		before = p
	}
	return true, definite
}
