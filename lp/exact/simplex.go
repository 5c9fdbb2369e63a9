package exact

// The largest value of a form on a closed cell of a polytopal ball, by the dual
// simplex method on an integer tableau that holds only the rows it has met.
//
// The maximum over the ball alone is at a corner that one reads off the signs of
// the form. From there, while the point violates a row, that row joins the
// tableau and dual pivots repair it: a maximum rests on n rows of perhaps sixty, and the others
// never cost a pivot. All the while the value is an upper bound with
// multipliers, so a question whether it is ≤ 0 may end early. Fraction-free
// pivots are Edmonds's (1967) and Bareiss's (1968), the dual method Lemke's (1954), the rule
// that cannot cycle Bland's (1977), rows on demand Dantzig, Fulkerson and Johnson's (1954).

import (
	"errors"
	"math/big"

	"github.com/relucell/relucell/ball"
)

var (
	// errInterior is the caller's bug or an earlier tier's: the theorems here need the point.
	errInterior = errors.New("the given point is not strictly inside the cell")
	// errContradiction cannot happen with a point inside: a fault of this package.
	errContradiction = errors.New("the rows of a cell contradict each other")
)

// Maximum is the result of Maximize.
type Maximum struct {
	// Value is the largest value, obj(Y), and Y a point of the closed cell that attains it.
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
// It always terminates. An error means that the dimensions differ or that p is
// not strictly inside.
func Maximize(norm ball.Norm, obj Row, rows []Row, p []*big.Rat) (Maximum, error) {
	return MaximizeUntil(nil, norm, obj, rows, p)
}

// MaximizeUntil is Maximize, given up with ErrStopped once stop reports true, which it must then go
// on doing.
func MaximizeUntil(stop func() bool, norm ball.Norm, obj Row, rows []Row, p []*big.Rat) (Maximum, error) {
	m, err := maximize(stop, norm, obj, rows, p)
	if until(stop).stopped() {
		return Maximum{}, ErrStopped
	}
	return m, err
}

func maximize(stop until, norm ball.Norm, obj Row, rows []Row, p []*big.Rat) (Maximum, error) {
	if err := checkDims(len(p), append([]Row{obj}, rows...)); err != nil {
		return Maximum{}, err
	}
	if norm != ball.L1 {
		norm = ball.LInf
	}
	if !newPoint(p).interior(stop, norm, rows) {
		return Maximum{}, errInterior
	}
	t := newTableau(norm, obj, rows, newScout(stop, rows))
	if err := t.run(false); err != nil {
		return Maximum{}, err
	}
	out := Maximum{Value: t.value(), Y: t.point().rats()}
	if out.Value.Sign() <= 0 {
		out.Self, out.Lambda = t.multipliers()
	}
	return out, nil
}

// tableau is a dictionary d·x_B = a_0 + Σ a_j·x_N(j) over integers, d > 0, in variables
// that are all ≥ 0. Line 0 is the objective, column 0 the constants. Identities: i < m the
// slack of rows[i]; m+j the variable of column j+1 at the start; m+columns+k a face of
// the ball that is not among those.
//
// Box: y_k = s_k·(1 − x_k), s_k = ±1 the corner; the faces left are x_k ≤ 2.
// l1: y = a − b, a and b ≥ 0, Σ(a+b) + s = 1, whose corner is one of them at 1,
// say v. The variables are the others, v's place being taken by s; the face left is v ≥ 0.
type tableau struct {
	norm     ball.Norm
	rows     []Row
	scout    scout
	corner   []int // box: s_k; l1: the column of v
	n        int
	lines    [][]big.Int
	basic    []int
	nonbasic []int
	line     []int // of the variable of column j at the start, 0 while nonbasic
	d        big.Int
	t1, t2   big.Int
}

func newTableau(norm ball.Norm, obj Row, rows []Row, s scout) *tableau {
	n := len(obj.G)
	t := &tableau{norm: norm, rows: rows, scout: s, n: n}
	columns := n
	if norm == ball.L1 {
		columns = 2 * n
		best := 0
		for k, g := range obj.G {
			if g.CmpAbs(obj.G[best]) > 0 {
				best = k
			}
		}
		v := 2 * best
		if obj.G[best].Sign() < 0 {
			v++
		}
		t.corner = []int{v}
	} else {
		t.corner = make([]int, n)
		for k, g := range obj.G {
			if t.corner[k] = 1; g.Sign() < 0 {
				t.corner[k] = -1
			}
		}
	}
	t.d.SetInt64(1)
	t.line = make([]int, columns)
	t.nonbasic = make([]int, columns+1)
	for j := range columns {
		t.nonbasic[j+1] = len(rows) + j
	}
	t.basic = []int{-1}
	t.lines = [][]big.Int{t.start(obj)}
	return t
}

// start writes a form in the variables of the start.
func (t *tableau) start(r Row) []big.Int {
	a := make([]big.Int, len(t.line)+1)
	a[0].Set(r.H)
	if t.norm != ball.L1 {
		for k, g := range r.G {
			if t.corner[k] > 0 {
				a[k+1].Neg(g)
			} else {
				a[k+1].Set(g)
			}
			a[0].Sub(&a[0], &a[k+1])
		}
		return a
	}
	// With c the coefficient of v, any other variable costs c more than its own: it displaces v.
	v := t.corner[0]
	c := new(big.Int).Set(r.G[v/2])
	if v%2 == 1 {
		c.Neg(c)
	}
	a[0].Add(&a[0], c)
	for k, g := range r.G {
		a[2*k+1].Sub(g, c)
		a[2*k+2].Neg(g)
		a[2*k+2].Sub(&a[2*k+2], c)
	}
	a[v+1].Neg(c)
	return a
}

// run goes on until the point is in the cell, or, to show emptiness, until the
// value is ≤ 0.
//
// It ends: rows join once each, and in between dual pivots under Bland's rule never
// repeat a basis.
func (t *tableau) run(untilEmpty bool) error {
	for !t.scout.stop.stopped() {
		for r := t.leaving(); r > 0; r = t.leaving() {
			if t.scout.stop.stopped() {
				return ErrStopped
			}
			if untilEmpty && t.lines[0][0].Sign() <= 0 {
				return nil
			}
			s := t.entering(r)
			if s == 0 {
				return errContradiction
			}
			t.pivot(r, s)
		}
		if untilEmpty && t.lines[0][0].Sign() <= 0 || !t.join() {
			return nil
		}
	}
	return ErrStopped
}

// leaving picks the line of least identity whose value is negative, 0 if none is.
func (t *tableau) leaving() int {
	best := 0
	for i := 1; i < len(t.lines); i++ {
		if t.lines[i][0].Sign() < 0 && (best == 0 || t.basic[i] < t.basic[best]) {
			best = i
		}
	}
	return best
}

// entering picks the column that raises line r at the least cost a unit, of least
// identity among equals, so that no cost turns positive; 0 if nothing raises it.
func (t *tableau) entering(r int) int {
	best := 0
	cost, line := t.lines[0], t.lines[r]
	for j := 1; j < len(line); j++ {
		if line[j].Sign() <= 0 {
			continue
		}
		if best == 0 {
			best = j
			continue
		}
		// −cost_j/line_j against −cost_best/line_best.
		c := t.t1.Mul(&cost[j], &line[best]).Cmp(t.t2.Mul(&cost[best], &line[j]))
		if c > 0 || c == 0 && t.nonbasic[j] < t.nonbasic[best] {
			best = j
		}
	}
	return best
}

// pivot swaps basic line r with column s. With e = a_rs > 0, line r becomes
// e·x_s = −a_r0 − Σ_{j≠s} a_rj·x_j + d·x_r, and any other line i, once x_s is
// replaced, e·x_i = Σ_{j≠s} (a_ij·e − a_is·a_rj)/d·x_j + a_is·x_r: the division is exact
// since every entry is a minor of the lines in the variables of the start.
func (t *tableau) pivot(r, s int) {
	row := t.lines[r]
	e := new(big.Int).Set(&row[s])
	one := t.d.IsInt64() && t.d.Int64() == 1
	for i, other := range t.lines {
		still := other[s].Sign() == 0
		if i == r || still && e.Cmp(&t.d) == 0 {
			continue
		}
		if t.scout.stop.stopped() {
			return // run sees it next
		}
		for j := range other {
			cross := !still && row[j].Sign() != 0
			if j == s || other[j].Sign() == 0 && !cross {
				continue
			}
			t.t1.Mul(&other[j], e)
			if cross {
				t.t1.Sub(&t.t1, t.t2.Mul(&other[s], &row[j]))
			}
			if one {
				other[j].Set(&t.t1)
			} else {
				other[j].Quo(&t.t1, &t.d)
			}
		}
	}
	for j := range row {
		row[j].Neg(&row[j])
	}
	row[s].Set(&t.d)
	t.d.Set(e)
	m := len(t.rows)
	if j := t.basic[r] - m; j >= 0 && j < len(t.line) {
		t.line[j] = 0
	}
	t.basic[r], t.nonbasic[s] = t.nonbasic[s], t.basic[r]
	if j := t.basic[r] - m; j >= 0 && j < len(t.line) {
		t.line[j] = r
	}
}

// join adds a row or face that the point violates, and reports whether there was one.
func (t *tableau) join() bool {
	m := len(t.rows)
	if k := t.faceViolated(); k >= 0 {
		t.add(m+len(t.line)+k, t.face(k))
		return true
	}
	at := t.point()
	i := t.scout.violated(at, t.rows)
	if i < 0 {
		return false
	}
	t.add(i, t.start(t.rows[i]))
	return true
}

// add appends a line given in the variables of the start: those that are basic now are
// replaced by their own lines.
func (t *tableau) add(id int, a []big.Int) {
	b := make([]big.Int, len(a))
	b[0].Mul(&a[0], &t.d)
	for j, r := range t.line {
		c := &a[j+1]
		if c.Sign() == 0 || r == 0 {
			continue
		}
		for k := range b {
			if t.lines[r][k].Sign() != 0 {
				b[k].Add(&b[k], t.t1.Mul(c, &t.lines[r][k]))
			}
		}
	}
	for k := 1; k < len(b); k++ {
		if j := t.nonbasic[k] - len(t.rows); j >= 0 && j < len(t.line) {
			b[k].Add(&b[k], t.t1.Mul(&a[j+1], &t.d))
		}
	}
	t.lines, t.basic = append(t.lines, b), append(t.basic, id)
}

// at returns d·x_j at the point, x_j a variable of the start.
func (t *tableau) at(j int) *big.Int {
	if r := t.line[j]; r > 0 {
		return &t.lines[r][0]
	}
	return new(big.Int)
}

// faceViolated returns which face outside the start's variables the point violates, or −1.
func (t *tableau) faceViolated() int {
	if t.norm == ball.L1 {
		if t.last().Sign() < 0 {
			return 0
		}
		return -1
	}
	t.t1.Lsh(&t.d, 1)
	for k := range t.n {
		if t.at(k).Cmp(&t.t1) > 0 {
			return k
		}
	}
	return -1
}

// last returns d·v = d − Σ d·x_j of l1.
func (t *tableau) last() *big.Int {
	v := new(big.Int).Set(&t.d)
	for j := range t.line {
		v.Sub(v, t.at(j))
	}
	return v
}

// face writes 2 − x_k, or v = 1 − Σ x_j.
func (t *tableau) face(k int) []big.Int {
	a := make([]big.Int, len(t.line)+1)
	if t.norm != ball.L1 {
		a[0].SetInt64(2)
		a[k+1].SetInt64(-1)
		return a
	}
	a[0].SetInt64(1)
	for j := range t.line {
		a[j+1].SetInt64(-1)
	}
	return a
}

// point returns y.
func (t *tableau) point() point {
	p := point{num: make([]*big.Int, t.n), den: &t.d}
	for k := range p.num {
		y := new(big.Int)
		if t.norm == ball.L1 {
			p.num[k] = y.Sub(t.share(2*k), t.share(2*k+1))
			continue
		}
		if y.Sub(&t.d, t.at(k)); t.corner[k] < 0 {
			y.Neg(y)
		}
		p.num[k] = y
	}
	return p
}

// share returns d times the part a_k or b_k of l1.
func (t *tableau) share(j int) *big.Int {
	if j == t.corner[0] {
		return t.last()
	}
	return t.at(j)
}

func (t *tableau) value() *big.Rat { return new(big.Rat).SetFrac(&t.lines[0][0], &t.d) }

// multipliers reads d·obj = a_0 + Σ a_j·x_j, an identity with all a_j ≤ 0: moving
// the rows' slacks to the left gives the multipliers, and what stays on the
// right, the constant and the faces, is ≤ 0 on the ball when the value is.
func (t *tableau) multipliers() (self *big.Int, lambda []*big.Int) {
	self = new(big.Int).Set(&t.d)
	lambda = make([]*big.Int, len(t.rows))
	for i := range lambda {
		lambda[i] = new(big.Int)
	}
	for j := 1; j < len(t.nonbasic); j++ {
		if id := t.nonbasic[j]; id < len(t.rows) {
			lambda[id].Neg(&t.lines[0][j])
		}
	}
	primitive(append([]*big.Int{self}, lambda...)...)
	return self, lambda
}
