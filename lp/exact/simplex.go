package exact

// The largest value of a form on a closed cell of a polytopal ball, by the
// primal simplex method on an integer tableau. Fraction-free pivots are
// Edmonds's (1967) and Bareiss's (1968); the pivoting rule that cannot cycle is
// Bland's (1977).
//
// The cell comes with a strictly interior point, so there is no phase one: the
// origin moves there, every slack starts positive, and the coordinates are
// free nonbasic variables. A free variable that enters the basis never leaves
// it, so its row is dropped at once; the point is read off the slacks of the
// ball's own faces.

import (
	"errors"
	"math/big"

	"relucell/ball"
)

// errInterior is the caller's bug or an earlier tier's: the theorems below need it.
var errInterior = errors.New("exact: the given point is not strictly inside the cell")

// Maximum is the result of Maximize.
type Maximum struct {
	// Value is obj(Y), and Y a point of the closed cell that attains it. The largest, unless
	// the search was asked to stop at a positive one.
	Value *big.Rat
	Y     []*big.Rat
	// Self ≥ 1 and Lambda ≥ 0, one per row, when Value ≤ 0, and nil otherwise:
	// Self·obj + Σ Lambda_i·rows_i ≤ 0 on the polytopal ball. No common divisor.
	Self   *big.Int
	Lambda []*big.Int
}

// Maximize maximises obj over {y : rows(y) ≥ 0} ∩ the closed unit ball of the
// norm, given a rational point p strictly inside all of it. For l2 the outer
// box [−1,1]ⁿ takes the place of the ball, so multipliers hold on the ball too.
// With stopPositive it may stop at the first point found with a positive value.
// It always terminates. An error means that the dimensions differ or that p is
// not strictly inside.
func Maximize(norm ball.Norm, obj Row, rows []Row, p []*big.Rat, stopPositive bool) (Maximum, error) {
	if err := checkDims(len(p), append([]Row{obj}, rows...)); err != nil {
		return Maximum{}, err
	}
	if norm != ball.L1 {
		norm = ball.LInf
	}
	at := newPoint(p)
	if !at.interior(norm, rows) {
		return Maximum{}, errInterior
	}
	var t *tableau
	if norm == ball.L1 {
		t = lifted(obj, rows, at)
	} else {
		t = boxed(obj, rows, at)
	}
	t.run(stopPositive)
	return t.maximum(norm, len(rows), len(p)), nil
}

// tableau is a dictionary d·x_B = a_0 + Σ a_j·x_N(j) over integers, d > 0.
// rows[0] is the objective, its column 0 and everyone's the constants. Slacks
// have identities 0, 1, …: those of the rows, then those of the ball's faces; a
// free variable has identity −1. All constants are in units of 1/unit.
type tableau struct {
	rows     [][]big.Int
	basic    []int // identity of rows[i], i ≥ 1
	nonbasic []int // identity of column j, j ≥ 1
	d        big.Int
	unit     *big.Int
	t1, t2   big.Int
}

func newTableau(rows, vars int, unit *big.Int) *tableau {
	t := &tableau{
		rows:     make([][]big.Int, rows+1),
		basic:    make([]int, rows+1),
		nonbasic: make([]int, vars+1),
		unit:     unit,
	}
	flat := make([]big.Int, (rows+1)*(vars+1))
	for i := range t.rows {
		t.rows[i], flat = flat[:vars+1], flat[vars+1:]
		t.basic[i] = i - 1
	}
	for j := range t.nonbasic {
		t.nonbasic[j] = -1
	}
	t.d.SetInt64(1)
	return t
}

// boxed builds the tableau of rows ∩ [−1,1]ⁿ in v = den·(y − p): identity
// m+2k is the face 1 − y_k ≥ 0, m+2k+1 is 1 + y_k ≥ 0.
func boxed(obj Row, rows []Row, p point) *tableau {
	m, n := len(rows), len(p.num)
	t := newTableau(m+2*n, n, p.den)
	for i, r := range append([]Row{obj}, rows...) {
		p.eval(&t.rows[i][0], &t.t1, r)
		for k, g := range r.G {
			t.rows[i][k+1].Set(g)
		}
	}
	for k, v := range p.num {
		up, down := t.rows[1+m+2*k], t.rows[2+m+2*k]
		up[0].Sub(p.den, v)
		up[k+1].SetInt64(-1)
		down[0].Add(p.den, v)
		down[k+1].SetInt64(1)
	}
	return t
}

// lifted builds the tableau of rows ∩ the l1 ball, whose 2ⁿ facets become the
// 2n+1 constraints a_k ≥ 0 (identity m+2k), b_k ≥ 0 (m+2k+1), Σ(a_k+b_k) ≤ 1
// (m+2n) on y = a − b. It starts at a = p⁺+δ, b = p⁻+δ with
// δ = (1 − Σ|p_k|)/4n, strictly inside.
func lifted(obj Row, rows []Row, p point) *tableau {
	m, n := len(rows), len(p.num)
	four := big.NewInt(4 * int64(n))
	t := newTableau(m+2*n+1, 2*n, new(big.Int).Mul(four, p.den))
	for i, r := range append([]Row{obj}, rows...) {
		row := t.rows[i]
		p.eval(&row[0], &t.t1, r)
		row[0].Mul(&row[0], four)
		for k, g := range r.G {
			row[1+2*k].Set(g)
			row[2+2*k].Neg(g)
		}
	}
	delta := new(big.Int).Set(p.den)
	for _, v := range p.num {
		delta.Sub(delta, t.t1.Abs(v))
	}
	last := t.rows[1+m+2*n]
	last[0].Mul(delta, big.NewInt(2*int64(n)))
	for k, v := range p.num {
		for side := range 2 {
			j := 1 + 2*k + side
			row := t.rows[m+j]
			row[0].Set(delta)
			if (v.Sign() > 0) == (side == 0) {
				row[0].Add(delta, t.t1.Mul(four, t.t2.Abs(v)))
			}
			row[j].SetInt64(1)
			last[j].SetInt64(-1)
		}
	}
	return t
}

// run pivots to an optimum, or to a positive value when stopPositive.
//
// It ends: a free variable enters at most once each, and between two such
// entries only slacks enter and leave, under Bland's rule, which never repeats a
// basis. The ball bounds every variable, so some row always blocks.
func (t *tableau) run(stopPositive bool) {
	for {
		if stopPositive && t.rows[0][0].Sign() > 0 {
			return
		}
		s := t.entering()
		if s == 0 {
			return
		}
		r := t.leaving(s)
		free := t.nonbasic[s] < 0
		t.pivot(r, s)
		if free {
			end := len(t.rows) - 1
			t.rows[r], t.basic[r] = t.rows[end], t.basic[end]
			t.rows, t.basic = t.rows[:end], t.basic[:end]
		}
	}
}

// entering picks a column whose increase raises the objective: a free one if any,
// turned around if need be, else the slack of least identity; 0 at an optimum.
func (t *tableau) entering() int {
	best := 0
	for j := 1; j < len(t.nonbasic); j++ {
		sign, id := t.rows[0][j].Sign(), t.nonbasic[j]
		if id < 0 && sign != 0 {
			if sign < 0 {
				for i := range t.rows {
					t.rows[i][j].Neg(&t.rows[i][j])
				}
			}
			return j
		}
		if sign > 0 && (best == 0 || id < t.nonbasic[best]) {
			best = j
		}
	}
	return best
}

// leaving picks the row that first blocks the increase of column s, the least
// identity among equals.
func (t *tableau) leaving(s int) int {
	best := 0
	for i := 1; i < len(t.rows); i++ {
		if t.rows[i][s].Sign() >= 0 {
			continue
		}
		if best == 0 {
			best = i
			continue
		}
		// value_i/−a_is against value_best/−a_bs, both denominators negative.
		c := t.t1.Mul(&t.rows[i][0], &t.rows[best][s]).Cmp(t.t2.Mul(&t.rows[best][0], &t.rows[i][s]))
		if c > 0 || c == 0 && t.basic[i] < t.basic[best] {
			best = i
		}
	}
	if best == 0 {
		panic("exact: unbounded in a ball")
	}
	return best
}

// pivot swaps basic row r with column s. With e = −a_rs > 0, row r reads
// e·x_s = a_r0 + Σ_{j≠s} a_rj·x_j − d·x_r, and any other row i, once x_s is
// replaced, e·x_i = Σ_{j≠s} (a_ij·e + a_is·a_rj)/d·x_j − a_is·x_r: the division is exact since
// every entry is a minor of the first tableau.
func (t *tableau) pivot(r, s int) {
	row := t.rows[r]
	e := new(big.Int).Neg(&row[s])
	one := t.d.IsInt64() && t.d.Int64() == 1
	for i := range t.rows {
		if i == r {
			continue
		}
		other := t.rows[i]
		still := other[s].Sign() == 0
		if still && e.Cmp(&t.d) == 0 {
			continue
		}
		for j := range other {
			if j == s {
				continue
			}
			cross := !still && row[j].Sign() != 0
			if other[j].Sign() == 0 && !cross {
				continue
			}
			t.t1.Mul(&other[j], e)
			if cross {
				t.t1.Add(&t.t1, t.t2.Mul(&other[s], &row[j]))
			}
			if one {
				other[j].Set(&t.t1)
			} else {
				other[j].Quo(&t.t1, &t.d)
			}
		}
		other[s].Neg(&other[s])
	}
	row[s].Neg(&t.d)
	t.d.Set(e)
	t.basic[r], t.nonbasic[s] = t.nonbasic[s], t.basic[r]
}

// maximum reads the result. At an optimum d·obj = a_00 + Σ a_0j·slack_j as an
// identity with a_0j ≤ 0: moving the rows' slacks to the left gives the
// multipliers, and what stays on the right, the constant and the faces, is ≤ 0
// on the ball when the value is.
func (t *tableau) maximum(norm ball.Norm, m, n int) Maximum {
	den := new(big.Int).Mul(&t.d, t.unit)
	slack := make([]*big.Int, 2*n) // of the faces, times den
	for i := 1; i < len(t.rows); i++ {
		if k := t.basic[i] - m; k >= 0 && k < 2*n {
			slack[k] = &t.rows[i][0]
		}
	}
	for k, v := range slack {
		if v == nil {
			slack[k] = new(big.Int)
		}
	}
	out := Maximum{Value: new(big.Rat).SetFrac(&t.rows[0][0], den), Y: make([]*big.Rat, n)}
	var v big.Int
	for k := range out.Y {
		if norm == ball.L1 {
			v.Sub(slack[2*k], slack[2*k+1])
		} else {
			v.Sub(den, slack[2*k])
		}
		out.Y[k] = new(big.Rat).SetFrac(&v, den)
	}
	if out.Value.Sign() > 0 {
		return out
	}
	out.Self = new(big.Int).Set(&t.d)
	out.Lambda = make([]*big.Int, m)
	for i := range out.Lambda {
		out.Lambda[i] = new(big.Int)
	}
	for j := 1; j < len(t.nonbasic); j++ {
		if id := t.nonbasic[j]; id >= 0 && id < m {
			out.Lambda[id].Neg(&t.rows[0][j])
		}
	}
	primitive(append([]*big.Int{out.Self}, out.Lambda...)...)
	return out
}
