package safetyproof

// Exact leaves and witnesses: the network as it is, without rounding.

import (
	"math/big"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/fractions"
	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

// exactly requires that a mixture is positive on the node, or, with a strict condition in it, not
// negative.
func (c *checker) exactly(b *bounds, n *node, m *claims.Claim) {
	const long = "the conditions have a common denominator of more than 131072 bits"
	sum, strict := query.Combination{query.Constant: new(big.Rat)}, false // Σ μ·u
	for k := range c.net.Inputs + c.net.outputs {
		sum[k] = new(big.Rat)
	}
	for _, v := range m.Mu {
		c.StopBefore(m.Line)
		u := &c.query.Disjuncts[m.Disjunct].Forms[v.At]
		_, bits := sum.Add(u.Combination, query.Multiples(new(big.Rat).SetInt(v.V)))
		m.Require(bits <= fractions.MaxCommon, long)
		strict = strict || u.Strict
	}
	var ofOutputs []*big.Rat
	for k := range c.net.outputs {
		ofOutputs = append(ofOutputs, sum[c.net.Inputs+k])
	}
	a, one, ok := fractions.Common(ofOutputs)
	m.Require(ok, long)
	f := &exactForm{Verdict: c.Verdict, a: a, one: one, beta: map[int]*big.Int{}}
	for _, v := range m.Beta {
		q := c.net.unit[v.At]
		f.beta[q] = new(big.Int).Mul(v.V, big.NewInt(-int64(b.units[q].side)))
	}
	for i, first := len(c.net.Layers)-1, len(c.net.carries); i >= 0; i-- {
		first -= len(c.net.Layers[i].Bias)
		f.through(c.net.Layers[i], b.units, first, m)
	}
	// What came from the outputs is times one; to it comes what the conditions say of the inputs.
	least, t, all := new(big.Rat).SetInt(&f.offset), new(big.Rat), new(big.Rat).SetInt(one)
	least.Add(least, t.Mul(sum[query.Constant], all))
	unit := new(big.Int).Lsh(big.NewInt(1), c.net.f)
	for k := range c.net.Inputs {
		c.StopBefore(m.Line)
		v := sum[k].Mul(sum[k], all)
		v.Add(v, t.SetInt(&f.a[k]))
		// The node is on the grid, and in the box of the query.
		end, grid, inside := c.query.Boxes[n.box][2*k], n.lo[k], +1
		if v.Sign() < 0 {
			end, grid, inside = c.query.Boxes[n.box][2*k+1], n.hi[k], -1
		}
		if t.SetFrac(big.NewInt(grid), unit); t.Cmp(end)*inside < 0 {
			t.Set(end)
		}
		least.Add(least, t.Mul(t, v))
		m.Require(least.Denom().BitLen() <= fractions.MaxCommon, "the ends of the box have a common denominator of more than 131072 bits")
	}
	m.Require(least.Sign() > 0 || least.Sign() == 0 && strict, "the mixture is not positive on the node")
}

// exactForm is (Σ a·v + offset)/one, v the values of a layer; beta are what it has of
// pre-activations further down, by units.
type exactForm struct {
	*canonical.Verdict
	a      []big.Int
	offset big.Int
	one    *big.Int
	beta   map[int]*big.Int
}

// through takes the form of the values of a layer, whose first unit that is, to those that enter
// it. A side that matters has to be known.
func (f *exactForm) through(r *nettext.Layer, units []unitBounds, first int, m *claims.Claim) {
	next := make([]big.Int, r.Width)
	var t big.Int
	f.one.Lsh(f.one, r.Fine)
	f.offset.Lsh(&f.offset, r.Fine+r.Scale)
	for j := range f.a {
		f.StopBefore(m.Line)
		a, side := &f.a[j], units[first+j].side
		m.Require(side != 0 || a.Sign() == 0, "a neuron that matters is neither fixed nor stable")
		if side < 0 {
			a.Mul(a, &r.Slopes[j])
		} else {
			a.Lsh(a, r.Fine)
		}
		if beta := f.beta[first+j]; beta != nil {
			a.Add(a, t.Mul(beta, f.one))
		}
		f.offset.Add(&f.offset, t.Mul(a, &r.Bias[j]))
		for i := r.Start[j]; i < r.Start[j+1] && a.Sign() != 0; i++ {
			to := &next[r.From[i]]
			to.Add(to, t.Mul(a, &r.Z[i]))
		}
	}
	f.one.Lsh(f.one, r.Scale)
	f.a = next
}

// witness checks a file that holds a point.
func (c *checker) witness(in *canonical.Lines) {
	in.Require(string(in.Next()) == "relucell-witness 1", "expected \"relucell-witness 1\"")
	c.header(in)
	in.Require(c.spec != nil, "a counterexample is held against a specification, which was not given")
	d := in.Index(in.After("disjunct ", "expected \"disjunct\" and its number"), len(c.query.Disjuncts), "expected one of the disjuncts, counted from 0")
	text := in.After("x ", "expected x and the point")
	var v []*big.Rat
	for _, w := range strings.Split(text, " ") {
		v = append(v, fractions.Read(&in.Position, w))
	}
	in.Require(len(v) == c.net.Inputs && fractions.Text(v) == text, "expected as many numbers as inputs, in lowest terms")
	y := c.net.At(v, c.Ended)
	c.Stop()
	in.Require(y != nil, "the coordinates have a common denominator of more than 131072 bits")
	box := c.query.Boxes[c.query.Disjuncts[d].Box]
	for k := range v {
		in.Require(box[2*k].Cmp(v[k]) <= 0 && v[k].Cmp(box[2*k+1]) <= 0, "the point is outside the box of the disjunct")
	}
	v = append(v, y...)
	for _, f := range c.query.Disjuncts[d].Forms {
		in.Require(f.Holds(v, c.Stop), "the point does not satisfy the disjunct")
	}
	in.Require(c.spec.Formula.Holds(v, c.Stop), "the point does not satisfy the formula of the specification")
	in.End()
}
