package certificate

// The Lipschitz constant of a network on the ball of a proof, in the norm l2, linf or l1 on both
// sides: the least L with ‖f(x) − f(x′)‖ ≤ L·‖x − x′‖ for all x, x′ of the ball. It is the largest
// operator norm of the maps of the regions (Jordan and Dimakis 2020), and the proof says which
// regions there are.
//
// For the regions are open sets on each of which f is affine, and finitely many hyperplanes hold
// all other points of the ball. Let x, x′ be inside the ball, which is convex, and such that no
// more than finitely many points of the segment lie on these; almost all x′ are, for a given x.
// Then f is affine on finitely many parts of the segment, so ‖f(x) − f(x′)‖ is at most the sum of
// their lengths times the largest norm; and f is continuous, so that goes for all x, x′. A region
// is open and not empty, so its own norm is met by points in it: the constant is no less.
//
// The operator norm of W is its largest row sum of |W| for linf, its largest column sum for l1, and
// for l2 the root of the largest eigenvalue of W·Wᵀ, or of Wᵀ·W. It is at most q ≥ 0 if and only if
// q²·I − W·Wᵀ is positive semidefinite, and less than q if and only if that is positive definite.

import (
	"fmt"
	"math/big"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// Lipschitz is a claim about the Lipschitz constant of a network on the ball of a proof.
type Lipschitz struct {
	norm         string
	lower, upper *big.Rat
}

// NewLipschitz returns the claim that the constant, in the norm l2, linf or l1 on both sides, is at
// least lower and at most upper; for Options. An error says that these are no such numbers.
func NewLipschitz(norm string, lower, upper *big.Rat) (*Lipschitz, error) {
	switch {
	case norm != "l2" && norm != "linf" && norm != "l1":
		return nil, fmt.Errorf("the norm %q, expected l2, linf or l1", norm)
	case lower.Sign() < 0 || lower.Cmp(upper) > 0:
		return nil, fmt.Errorf("bounds of a Lipschitz constant, expected the lower one to be at least 0 and at most the upper one")
	}
	return &Lipschitz{norm, lower, upper}, nil
}

// Steepest is a region on which the norm of the network's map is as claimed.
type Steepest struct {
	// Region is its number in the order of the proof, from 0, and Pattern has its signs.
	Region  int64
	Pattern string
	// Norm is the Lipschitz constant itself, for linf and l1; nil for l2. There the region is the
	// first one whose norm is at least the lower bound.
	Norm *big.Rat
}

// steepness holds a claim against the regions, the steepest of which so far it keeps.
type steepness struct {
	*Lipschitz
	steepest *Steepest
}

// region checks the map of the region at which the walker stands.
func (c *steepness) region(w *walker) {
	z := w.regionForms()
	m := mapOf(z.out)
	at := Steepest{Region: w.total.regions.Load() - 1, Pattern: z.pattern}
	steep := false
	if c.norm == "l2" {
		g := m.gram(w.Stop)
		w.in.Require(m.within(c.upper) <= 0 || g.less(c.upper, m.scale, w.Stop) >= 0, "the map of the network in this region has a larger norm in l2 than claimed")
		steep = c.steepest == nil && m.within(c.lower) >= 0 && g.less(c.lower, m.scale, w.Stop) <= 0
	} else {
		at.Norm = m.sum(c.norm == "l1")
		w.in.Require(at.Norm.Cmp(c.upper) <= 0, "the map of the network in this region has a larger norm in "+c.norm+" than claimed: "+at.Norm.RatString())
		steep = c.steepest == nil || at.Norm.Cmp(c.steepest.Norm) > 0
	}
	if steep {
		c.steepest = &at
	}
}

// end requires that a region is as steep as was claimed.
func (c *steepness) end(of *checker, r *Report) {
	r.Steepest = c.steepest
	if s := c.steepest; s == nil || s.Norm != nil && s.Norm.Cmp(c.lower) < 0 {
		panic(&canonical.Error{File: of.claim.File, Reason: "no region has a map of as large a norm in " + c.norm + " as claimed"})
	}
}

// linear is a matrix times 2^−scale.
type linear struct {
	rows  [][]*big.Int
	scale int
}

// mapOf returns the linear part of forms, of which there is one at least.
func mapOf(forms []*scaled) (m linear) {
	for _, f := range forms {
		m.scale = max(m.scale, f.scale)
	}
	for _, f := range forms {
		row := make([]*big.Int, len(f.v)-1)
		for k := range row {
			row[k] = new(big.Int).Lsh(&f.v[k], uint(m.scale-f.scale))
		}
		m.rows = append(m.rows, row)
	}
	return m
}

// transposed returns the transpose.
func (m linear) transposed() linear {
	t := linear{make([][]*big.Int, len(m.rows[0])), m.scale}
	for k := range t.rows {
		for _, row := range m.rows {
			t.rows[k] = append(t.rows[k], row[k])
		}
	}
	return t
}

// sum returns the largest sum of absolute values of a row, or of a column.
func (m linear) sum(columns bool) *big.Rat {
	if columns {
		m = m.transposed()
	}
	most := scaled{make([]big.Int, 1), m.scale}
	var t big.Int
	for _, row := range m.rows {
		sum := new(big.Int)
		for _, v := range row {
			sum.Add(sum, t.Abs(v))
		}
		if sum.Cmp(&most.v[0]) > 0 {
			most.v[0].Set(sum)
		}
	}
	return most.rat(0)
}

// within compares the sum of the squares of all entries, which the norm's is no more than, with q²:
// it returns −1 if it is less, 0 if both are equal, and +1 otherwise.
func (m linear) within(q *big.Rat) int {
	sum, t := new(big.Int), new(big.Int)
	for _, row := range m.rows {
		for _, v := range row {
			sum.Add(sum, t.Mul(v, v))
		}
	}
	sum.Mul(sum, t.Mul(q.Denom(), q.Denom()))
	t.Mul(q.Num(), q.Num())
	return sum.Cmp(t.Lsh(t, uint(2*m.scale)))
}

// gram is a matrix times its transpose.
type gram [][]*big.Int

// gram returns W·Wᵀ or Wᵀ·W, whichever is smaller, times 4^scale, unless stop ends it.
func (m linear) gram(stop func()) gram {
	if len(m.rows) > len(m.rows[0]) {
		m = m.transposed()
	}
	g := make(gram, len(m.rows))
	var t big.Int
	for i, row := range m.rows {
		for _, other := range m.rows {
			stop()
			v := new(big.Int)
			for k := range row {
				v.Add(v, t.Mul(row[k], other[k]))
			}
			g[i] = append(g[i], v)
		}
	}
	return g
}

// less returns +1 if q²·I − G is positive definite, 0 if it is positive semidefinite and singular,
// and −1 otherwise, for q ≥ 0 and the matrix G times 4^scale. That is LDLᵀ without fractions
// (Bareiss 1968): after positive pivots, what is left is the Schur complement times their minor, so
// it has its signs. Where a pivot is 0 its row has to vanish, and is then left out, for with an
// entry v beside it the form takes a value of each sign at some (t, ±1). Stop may end it.
func (g gram) less(q *big.Rat, scale int, stop func()) (sign int) {
	p, d := new(big.Int).Mul(q.Num(), q.Num()), new(big.Int).Mul(q.Denom(), q.Denom())
	p.Lsh(p, uint(2*scale))
	a := make(gram, len(g))
	for i, row := range g {
		for _, v := range row {
			a[i] = append(a[i], new(big.Int).Mul(v, d))
			a[i][len(a[i])-1].Neg(a[i][len(a[i])-1])
		}
		a[i][i].Add(a[i][i], p)
	}
	sign = +1
	before, t := big.NewInt(1), new(big.Int)
	for k := range a {
		switch a[k][k].Sign() {
		case -1:
			return -1
		case 0:
			for _, v := range a[k][k:] {
				if v.Sign() != 0 {
					return -1
				}
			}
			sign = 0
			continue
		}
		for i := k + 1; i < len(a); i++ {
			stop()
			for j := k + 1; j < len(a); j++ {
				v := new(big.Int).Mul(a[k][k], a[i][j])
				a[i][j] = v.Quo(v.Sub(v, t.Mul(a[i][k], a[k][j])), before)
			}
		}
		before = a[k][k]
	}
	return sign
}
