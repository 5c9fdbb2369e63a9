package enumerate

// Attacks on the error of a vertex on an edge, around the edge of its domain: where its formula,
// used beyond that, once claimed too little.

import (
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"

	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/vertices"
)

// measureFormulas holds the error of a vertex on an edge against the worst true values that its
// derivation allows, around the edge of its domain: what no network need have shown yet.
func measureFormulas(c *attack.Case) attack.Marks {
	m, rng := attack.NewMarks(), rand.New(rand.NewPCG(c.Seed, 3))
	power := func(least int) float64 { return math.Ldexp(1+rng.Float64(), -rng.IntN(least)) }
	for range measuredFormulas {
		measureNearEdge(m, power)
		// Errors are not negative, and an edge is no longer than the cube is wide.
		a, b, e, far := power(60), power(60), power(40)*vertices.MaxError/2, power(40)
		d := (a + b) / 2 * (1 + (2*rng.Float64()-1)*power(30)/2)
		claimed := vertices.EdgeError(a, b, d, 0, e, far)
		if !(claimed >= 0 && claimed <= vertices.MaxError) {
			continue // the vertex is solved for then
		}
		for s := -1.0; s <= 1; s += 2 { // the crossing as near to one end as it may be, whose signs are those of the values
			ta, tb := ratOf(a), ratOf(b)
			ta.Add(ta, ratOf(s*d))
			tb.Sub(tb, ratOf(s*d))
			if ta.Sign() < 0 {
				ta.SetInt64(0)
			}
			if tb.Sign() < 0 {
				tb.SetInt64(0)
			}
			sum := new(big.Rat).Add(ta, tb)
			if sum.Sign() == 0 {
				continue
			}
			off := ta.Quo(ta, sum)
			off.Sub(off, ratOf(a/(a+b))).Abs(off).Mul(off, ratOf(far))
			m.Note(formulaOfEdge, off.Add(off, ratOf(e)), claimed)
		}
	}
	return m
}

// measureNearEdge does so with the error in a wide model: of values a and b, off by d and e, and
// ends off by du and dv, each as far as it may be.
func measureNearEdge(m attack.Marks, power func(least int) float64) {
	a, b := power(900), power(60)
	if a > b {
		a, b = b, a
	}
	d, e, du, dv, far := a*power(60), b*power(60), power(900), power(60)*vertices.MaxError, power(40)
	t := a / (a + b)
	claimed := vertices.NearEdgeError(a, b, d, e, du, dv, far, power(900))
	if !(claimed <= vertices.MaxError) {
		return
	}
	for s := -1.0; s <= 1; s += 2 {
		ta, tb := ratOf(a), ratOf(b)
		ta.Add(ta, ratOf(s*d))
		tb.Sub(tb, ratOf(s*e))
		if ta.Sign() < 0 || tb.Sign() < 0 {
			continue // the signs of the ends are the true ones
		}
		share := ta.Quo(ta, tb.Add(ta, tb))
		off := new(big.Rat).Sub(share, ratOf(t))
		off.Abs(off).Mul(off, ratOf(far))
		ends := new(big.Rat).Sub(big.NewRat(1, 1), share)
		ends.Mul(ends, ratOf(du))
		m.Note(formulaOfNearEdge, off.Add(off, ends.Add(ends, share.Mul(share, ratOf(dv)))), claimed)
	}
}

// edges notes how near the edges that the split of a cell cuts come to where the bound of a vertex
// on them ends.
func (a *audit) edges(w *tree.Vertices) {
	c := tree.CellOf(w)
	word := c.Word
	if c.Cut == 0 {
		return
	}
	b := bits.TrailingZeros64(c.Cut)
	for _, u := range c.List {
		for _, v := range c.List {
			su, sv := c.Sign(word, u), c.Sign(word, v)
			// Where another sign is to be told at the new vertex, that is solved for when its error
			// is large.
			_, unknown := su.With(sv)
			if su.Plus>>b&1 != 0 && sv.Minus>>b&1 != 0 && unknown&c.Cut&^(1<<b) == 0 && c.Adjacent(c.List, u, v) {
				a.marks.Guide(edgeDomain, nearEdge(w, word, b, u, v))
			}
		}
	}
}

// nearEdge is below ½ in the domain of EdgeError, the less the farther from its edge. Beyond it is
// the larger, on a scale of powers of two, the larger what the computed vertex is off by is beside
// the size of what the formula would claim there.
func nearEdge(w *tree.Vertices, word, b int, u, v int32) float64 {
	const scale = 60 // powers of two
	c := tree.CellOf(w)
	p, q, r := &c.Vertices[u], &c.Vertices[v], &c.Rows[word][b]
	e, far := max(p.Err, q.Err), 0.0
	for k := range c.N {
		far = max(far, math.Abs(p.X[k]-q.X[k]))
	}
	d, rp, rq := r.P+r.Q*e, r.At(&p.X), -r.At(&q.X)
	sum := rp + rq
	switch {
	case sum >= 2*d:
		return d / sum
	case !(rp > 0 && rq > 0):
		return 0.5
	}
	claim := e - far*d/(2*d-sum)
	return 0.5 + min(max(math.Log2(realError(w, word, b, u, v, rp/sum)/math.Abs(claim))/scale+1, 0), 2)/4
}

// realError is what a vertex that is computed at the share t from u to v is off by.
func realError(w *tree.Vertices, word, b int, u, v int32, t float64) float64 {
	c := tree.CellOf(w)
	p, q := &c.Vertices[u], &c.Vertices[v]
	l := tree.CellOf(w).LayerOf(word)
	x := trueVertexOf(w, p.On&q.On, w.Judge().Row(l, c.NeuronAt(l, word, uint(b)), 1))
	off := 0.0
	for k := range x {
		d := x[k].Sub(x[k], ratOf(p.X[k]+t*(q.X[k]-p.X[k])))
		off = max(off, math.Abs(dyadic.UpRat(d)))
	}
	return off
}
