package exact

// The one question, answered exactly and verified before it is returned. For
// a polytopal ball: the cell is open and not empty, so {obj > 0} meets it iff
// the maximum over the closed cell is positive, and the witness lies between
// the interior point and the maximiser. For l2 the cell's closure is cut by the
// outer box first, and by the distance to the origin.

import (
	"errors"
	"math/big"

	"github.com/relucell/relucell/ball"
)

var (
	errNoRows = errors.New("no rows, expected at least one")
	// errUnproved would be a fault of this package: what it found failed its own check.
	errUnproved = errors.New("an answer failed its verification")
	// ErrStopped is the error of a question that was given up because stop said so; it is no
	// answer.
	ErrStopped = errors.New("stopped")
)

// until says whether to give up; nil never does. Once it has said so it must keep saying it: loops
// that see it leave with whatever they have, and SideUntil, which looks last of all, drops that.
type until func() bool

func (u until) stopped() bool { return u != nil && u() }

// Side answers whether {obj > 0} meets the cell {rows > 0} ∩ int(unit ball of
// the norm), p being a rational point strictly inside the cell. Either witness is a
// point strictly inside cell and side, with a power-of-two denominator; or
// self ≥ 1 and lambda ≥ 0, one per row, are integers with
// self·obj + Σ lambda_i·rows_i ≤ 0 on the closed ball. Both are verified before
// they are returned. An error means that the dimensions differ or that p is not
// strictly inside.
func Side(norm ball.Norm, obj Row, rows []Row, p []*big.Rat) (witness []*big.Rat, self *big.Int, lambda []*big.Int, err error) {
	return SideUntil(nil, norm, obj, rows, p)
}

// SideUntil is Side, given up with ErrStopped once stop reports true, which it must then go on
// doing.
func SideUntil(stop func() bool, norm ball.Norm, obj Row, rows []Row, p []*big.Rat) (witness []*big.Rat, self *big.Int, lambda []*big.Int, err error) {
	witness, self, lambda, err = side(stop, norm, obj, rows, p)
	if until(stop).stopped() {
		return nil, nil, nil, ErrStopped
	}
	return witness, self, lambda, err
}

func side(stop until, norm ball.Norm, obj Row, rows []Row, p []*big.Rat) (witness []*big.Rat, self *big.Int, lambda []*big.Int, err error) {
	if err := checkDims(len(p), append([]Row{obj}, rows...)); err != nil {
		return nil, nil, nil, err
	}
	at := newPoint(p)
	if !at.interior(stop, norm, rows) {
		return nil, nil, nil, errInterior
	}
	all := append(append(make([]Row, 0, len(rows)+1), obj), rows...)
	if at.interior(stop, norm, all) {
		return fewestBits(stop, norm, all, at), nil, nil, nil
	}
	if sign(at, obj) == 0 && !constant(obj) {
		return beside(stop, norm, obj, all, at), nil, nil, nil
	}
	if norm == ball.L2 {
		witness, self, lambda, err = round(stop, obj, rows, all, at)
	} else {
		witness, self, lambda, err = polytopal(stop, norm, obj, rows, all, at)
	}
	switch {
	case err != nil:
		return nil, nil, nil, err
	case stop.stopped(): // there may be neither a witness nor multipliers
		return nil, nil, nil, ErrStopped
	case witness == nil && !proves(norm, self, obj, lambda, rows):
		return nil, nil, nil, errUnproved
	}
	return witness, self, lambda, nil
}

// proves checks the multipliers.
func proves(norm ball.Norm, self *big.Int, obj Row, lambda []*big.Int, rows []Row) bool {
	if self.Sign() <= 0 {
		return false
	}
	for _, l := range lambda {
		if l.Sign() < 0 {
			return false
		}
	}
	return NonPositive(norm, Combine(self, obj, lambda, rows))
}

func polytopal(stop until, norm ball.Norm, obj Row, rows, all []Row, p point) ([]*big.Rat, *big.Int, []*big.Int, error) {
	t := newTableau(norm, obj, rows, newScout(stop, rows))
	if self, lambda, err := t.empty(); self != nil || err != nil {
		return nil, self, lambda, err
	}
	return fewestBits(stop, norm, all, across(obj, p, t.point())), nil, nil, nil
}

// empty returns multipliers that show the side to be empty, none where the objective is positive
// somewhere.
func (t *tableau) empty() (self *big.Int, lambda []*big.Int, err error) {
	if err = t.run(true); err == nil && t.lines[0][0].Sign() <= 0 {
		self, lambda = t.multipliers()
	}
	return self, lambda, err
}

// round decides the l2 ball.
//
// Let y be the point of {all rows ≥ 0} nearest to 0, y = Σ λ_i·G_i, λ over obj and rows. Then f = Σ
// λ_i·all_i = y·x − |y|². If |y| ≥ 1, f ≤ |y| − |y|² ≤ 0 on the ball. Its λ of obj is not 0: else
// f, positive at p as a sum of positive terms (not all λ vanish, as y ≠ 0), would not be ≤ 0 there.
// The same holds when there is no y at all, f being a negative constant.
//
// If |y| < 1, only a side that is empty in the open sense is left: max obj ≤ 0 over the cell of
// the outer box has multipliers, valid on the ball inside. If the maximum is positive, some m
// is strictly inside all rows, so the half-open segment from y to m is, and near y it is in
// the ball.
func round(stop until, obj Row, rows, all []Row, p point) ([]*big.Rat, *big.Int, []*big.Int, error) {
	q := newProjection(stop, all)
	feasible := q.run(true)
	y := point{}
	if feasible {
		y = q.point()
	}
	if !feasible || beyond(y) {
		l := q.multipliers()
		return nil, l[0], l[1:], nil
	}
	t := newTableau(ball.LInf, obj, rows, q.scout.from(1))
	if self, lambda, err := t.empty(); self != nil || err != nil {
		return nil, self, lambda, err
	}
	w := across(obj, p, t.point())
	for halvings := uint(0); !stop.stopped(); halvings++ {
		if near := toward(y, w, halvings); near.interior(stop, ball.L2, all) {
			return fewestBits(stop, ball.L2, all, near), nil, nil, nil
		}
	}
	return nil, nil, nil, ErrStopped
}

func constant(r Row) bool {
	for _, g := range r.G {
		if g.Sign() != 0 {
			return false
		}
	}
	return true
}

// beside returns a witness for a p on the hyperplane of obj: near it both sides are
// inside the cell.
func beside(stop until, norm ball.Norm, obj Row, all []Row, p point) []*big.Rat {
	up := point{num: make([]*big.Int, len(p.num)), den: p.den}
	for k, g := range obj.G {
		step := new(big.Int).Mul(p.den, big.NewInt(int64(g.Sign())))
		up.num[k] = step.Add(step, p.num[k])
	}
	for halvings := uint(1); !stop.stopped(); halvings++ {
		if w := toward(p, up, halvings); w.interior(stop, norm, all) {
			return fewestBits(stop, norm, all, w)
		}
	}
	return nil
}

// across returns a point of the open segment from p, with obj(p) ≤ 0, to v, with
// obj(v) > 0: halfway from the crossing to v. Where p is inside an open convex set
// and v in its closure, it is inside, on the side {obj > 0}.
func across(obj Row, p, v point) point {
	var op, ov, t big.Int
	p.eval(&op, &t, obj)
	op.Neg(&op).Mul(&op, v.den)
	v.eval(&ov, &t, obj)
	ov.Mul(&ov, p.den)
	// The crossing is (ov·p + op·v)/(op + ov), op and ov being |obj| at p and v.
	sum := new(big.Int).Add(&op, &ov)
	w := point{num: make([]*big.Int, len(p.num)), den: sum.Mul(sum, p.den)}
	w.den.Mul(w.den, v.den)
	for k := range w.num {
		a := new(big.Int).Mul(p.num[k], v.den)
		a.Mul(a, &ov)
		t.Mul(v.num[k], p.den)
		w.num[k] = a.Add(a, t.Mul(&t, &op))
	}
	return toward(w, v, 1)
}

// toward returns a + 2^−halvings·(b − a).
func toward(a, b point, halvings uint) point {
	m := point{num: make([]*big.Int, len(a.num)), den: new(big.Int).Mul(a.den, b.den)}
	m.den.Lsh(m.den, halvings)
	rest := new(big.Int).Lsh(big.NewInt(1), halvings)
	rest.Sub(rest, big.NewInt(1)).Mul(rest, b.den)
	var t big.Int
	for k := range m.num {
		m.num[k] = new(big.Int).Mul(a.num[k], rest)
		m.num[k].Add(m.num[k], t.Mul(b.num[k], a.den))
	}
	return m
}

// fewestBits rounds a point strictly inside to the fewest bits tried that keep it so.
// The set is open, so it ends.
func fewestBits(stop until, norm ball.Norm, rows []Row, w point) []*big.Rat {
	var twice big.Int
	twice.Lsh(w.den, 1)
	for bits := uint(0); !stop.stopped(); bits += 1 + bits/4 {
		r := point{num: make([]*big.Int, len(w.num)), den: new(big.Int).Lsh(big.NewInt(1), bits)}
		for k, v := range w.num {
			// ⌊w·2^bits + 1/2⌋ = ⌊(v·2^(bits+1) + den)/(2·den)⌋
			a := new(big.Int).Lsh(v, bits+1)
			r.num[k] = a.Div(a.Add(a, w.den), &twice)
		}
		if r.interior(stop, norm, rows) {
			return r.rats()
		}
	}
	return nil
}
