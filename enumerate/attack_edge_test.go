package enumerate

// Attacks on the error of a vertex on an edge, around the edge of its domain: where its formula, used beyond that, once
// claimed too little.

import (
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"

	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/internal/dyadic"
)

// measureFormulas holds the error of a vertex on an edge against the worst true values that its derivation allows, around
// the edge of its domain: what no network need have shown yet.
func measureFormulas(c *attack.Case) attack.Marks {
	m, rng := attack.NewMarks(), rand.New(rand.NewPCG(c.Seed, 3))
	power := func(least int) float64 { return math.Ldexp(1+rng.Float64(), -rng.IntN(least)) }
	for range measuredFormulas {
		// Errors are not negative, and an edge is no longer than the cube is wide.
		a, b, e, far := power(60), power(60), power(40)*describedFar/2, power(40)
		d := (a + b) / 2 * (1 + (2*rng.Float64()-1)*power(30)/2)
		claimed := edgeError(a, b, d, 0, e, far)
		if !(claimed >= 0 && claimed <= describedFar) {
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

// edges notes how near the edges that the split of a cell cuts come to where the bound of a vertex on them ends.
func (a *audit) edges(w *Vertices, word int, lv *hull) {
	c := w.cells
	if lv.open == 0 {
		return
	}
	b := bits.TrailingZeros64(lv.open)
	for _, u := range lv.at {
		for _, v := range lv.at {
			su, sv := c.sign(word, u), c.sign(word, v)
			// Where another sign is to be told at the new vertex, that is solved for when its error is large.
			_, unknown := su.with(sv)
			if su.plus>>b&1 != 0 && sv.minus>>b&1 != 0 && unknown&lv.open&^(1<<b) == 0 && c.adjacent(lv.at, u, v) {
				a.marks.Guide(edgeDomain, nearEdge(w, word, b, u, v))
			}
		}
	}
}

// nearEdge is below ½ in the domain of edgeError, the less the farther from its edge. Beyond it is the larger, on a scale of powers of
// two, the larger what the computed vertex is off by is beside the size of what the formula would claim there.
func nearEdge(w *Vertices, word, b int, u, v int32) float64 {
	const scale = 60 // powers of two
	c := w.cells
	p, q, r := &c.vertices[u], &c.vertices[v], &c.rows[word][b]
	e, far := max(p.err, q.err), 0.0
	for k := range c.n {
		far = max(far, math.Abs(p.x[k]-q.x[k]))
	}
	d, rp, rq := r.p+r.q*e, r.at(&p.x), -r.at(&q.x)
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
func realError(w *Vertices, word, b int, u, v int32, t float64) float64 {
	c := w.cells
	p, q := &c.vertices[u], &c.vertices[v]
	l := layerOfWord(w.m, word)
	x := trueVertexOf(w, p.on&q.on, exactly(w).signed(l, w.m.layers[l].neuronAt(word, uint(b)), 1))
	off := 0.0
	for k := range x {
		d := x[k].Sub(x[k], ratOf(p.x[k]+t*(q.x[k]-p.x[k])))
		off = max(off, math.Abs(dyadic.UpRat(d)))
	}
	return off
}
