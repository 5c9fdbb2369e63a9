package safety

// The exact end: where all units of a node are settled, the network is affine on it, and whether a
// point satisfies a disjunct there is a linear programme in fractions.
//
// The signs of units that the node does not fix are certain on its box by their bounds, so they
// are no constraints. Fixed signs are constraints s·z ≥ 0, which leave the affine map right also
// where z is 0. The region is closed, conditions ≤ first: minimise t over the box with all
// forms ≤ t. There is a point if and only if the least t is at most 0, so touching is decided.
// Where some conditions are strict, the rest must hold and the strict ones be below 0: minimise t
// with the strict forms ≤ t and the rest ≤ 0, satisfiable if and only if the least t is below 0.

import (
	"errors"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/vnnlib"
)

var errLeaf = errors.New("an exact programme's point does not satisfy its conditions")

// leaf decides disjunct d on a node whose units are all settled, on these sides: it returns a
// witness or what refutes the disjunct, or neither after a stop.
func (w *worker) leaf(n *node, d int32, sides []int8) (*Witness, *claim, error) {
	w.exactAsked.Add(1)
	forms, ok := w.exactForms(sides)
	if !ok {
		return nil, nil, w.ctx.Err()
	}
	b := w.query.Boxes[w.query.Disjuncts[d].Box]
	lo, width := within(n, b)
	if lo == nil {
		return nil, &claim{disjunct: d, exact: &exactClaim{}}, nil // the node lies between the box and the floats around it
	}
	rows := signRows(n, forms)
	out := w.layers[len(w.layers)-1].first
	for _, f := range w.query.Disjuncts[d].Forms {
		r := make(rational, w.inputs+1)
		for k := range r {
			r[k] = new(big.Rat)
		}
		r[w.inputs].Set(f.Offset)
		for _, t := range f.X {
			r[t.Index].Add(r[t.Index], t.Coef)
		}
		for _, t := range f.Y {
			for k, v := range forms.val[out+t.Index].times(t.Coef) {
				r[k].Add(r[k], v)
			}
		}
		rows = append(rows, exactRow{coef: r, strict: f.Strict})
	}
	x, weights, err := feasible(w.ctx.Err, rows, lo, width)
	if err != nil {
		return nil, nil, err
	}
	if x == nil {
		return nil, &claim{disjunct: d, exact: w.exactWeights(n, weights, sides)}, nil
	}
	found := w.witness(int(d), x)
	if found == nil && w.ctx.Err() == nil {
		return nil, nil, errLeaf
	}
	return found, nil, w.ctx.Err()
}

// contradicts returns weights of a node's signs that contradict one another, nil where there is a
// point that has them. Units before those of the signs have sides.
func (w *worker) contradicts(n *node, sides []int8) (*exactClaim, error) {
	w.exactAsked.Add(1)
	forms, ok := w.exactForms(sides)
	if !ok {
		return nil, w.ctx.Err()
	}
	lo, width := within(n, w.query.Boxes[w.query.Disjuncts[n.disjunct[0]].Box])
	if lo == nil {
		return nil, nil
	}
	x, weights, err := feasible(w.ctx.Err, signRows(n, forms), lo, width)
	if x != nil || err != nil {
		return nil, err
	}
	return w.exactWeights(n, weights, sides), nil
}

// within returns the part of a box that is the node's; nothing where that is empty.
func within(n *node, b vnnlib.Box) (lo, width []*big.Rat) {
	lo, width = make([]*big.Rat, len(n.lo)), make([]*big.Rat, len(n.lo))
	for k := range lo {
		var hi *big.Rat
		lo[k], hi = b.Lo[k], b.Hi[k]
		// An infinite end, of a box beyond the floats, is no rational and no bound.
		if v := new(big.Rat).SetFloat64(n.lo[k]); v != nil && v.Cmp(lo[k]) > 0 {
			lo[k] = v
		}
		if v := new(big.Rat).SetFloat64(n.hi[k]); v != nil && v.Cmp(hi) < 0 {
			hi = v
		}
		if width[k] = new(big.Rat).Sub(hi, lo[k]); width[k].Sign() < 0 {
			return nil, nil
		}
	}
	return lo, width
}

// signRows are the conditions −s·z ≤ 0.
func signRows(n *node, forms exactForms) (rows []exactRow) {
	for _, s := range n.signs {
		rows = append(rows, exactRow{coef: forms.pre[s.unit].times(big.NewRat(-int64(s.s), 1))})
	}
	return rows
}

// exactWeights makes integers of weights of the signs and then of the conditions.
func (s *subject) exactWeights(n *node, weights []*big.Rat, sides []int8) *exactClaim {
	whole, _ := common(weights)
	g := new(big.Int)
	for _, v := range whole {
		g.GCD(nil, nil, g, v)
	}
	if g.Sign() > 0 {
		for _, v := range whole {
			v.Quo(v, g)
		}
	}
	e := &exactClaim{mu: whole[len(n.signs):], beta: make([]*big.Int, s.units), side: append([]int8(nil), sides...)}
	for i, g := range n.signs {
		e.beta[g.unit] = whole[i]
	}
	return e
}

// rational is a form of the inputs in fractions, the constant last.
type rational []*big.Rat

func (r rational) times(f *big.Rat) rational {
	out := make(rational, len(r))
	for k, v := range r {
		out[k] = new(big.Rat).Mul(v, f)
	}
	return out
}

// exactForms are the forms of pre-activations and values on a node whose units are settled. They
// are not ok after a stop. sides are those of the units, −1 below 0.
type exactForms struct{ pre, val []rational }

func (s *subject) exactForms(sides []int8) (e exactForms, ok bool) {
	e = exactForms{make([]rational, s.units), make([]rational, s.units)}
	// A form is a column of n+1 points: the forms' values there, times the layer's power of two.
	n := s.inputs
	before := make([][]*big.Int, n+1)
	for k := range before {
		before[k] = make([]*big.Int, n)
		for i := range before[k] {
			before[k][i] = new(big.Int)
		}
		if k < n {
			before[k][k].SetInt64(1)
		}
	}
	zero, one := new(big.Int), big.NewInt(1)
	exp := 0
	for i := range s.layers {
		y := &s.layers[i]
		next, to := make([][]*big.Int, n+1), 0
		for k := range before {
			den := zero // coefficients have no bias
			if k == n {
				den = one
			}
			if next[k], to = y.exactly(s.ctx, before[k], exp, den); next[k] == nil {
				return e, false
			}
		}
		for j := range y.out {
			e.pre[y.first+j] = column(next, j, to)
		}
		for k := range next {
			next[k], exp = y.pass(next[k], to, func(j int) bool { return sides[y.first+j] < 0 })
		}
		for j := range y.out {
			e.val[y.first+j] = column(next, j, exp)
		}
		before = next
	}
	return e, true
}

func column(rows [][]*big.Int, j, e int) rational {
	f := make(rational, len(rows))
	for k := range rows {
		f[k] = dyadic.Rat(rows[k][j], e)
	}
	return f
}
