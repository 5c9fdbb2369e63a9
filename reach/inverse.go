package reach

// The part of a region that satisfies a query, cut out of its domain exactly: with the region's map
// a condition on the outputs is one on the inputs.

import (
	"cmp"
	"context"
	"io"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/vnnlib"
)

// Piece is a polytope with an interior within a region: its inputs are in the region's closure, and
// satisfy the conditions of a disjunct. Pieces of a region have no interior points in common. What
// satisfies a query on a set without interior, as by touching, is in none of them.
type Piece struct {
	Pattern  string
	Disjunct int
	Vertices [][]*big.Rat
	// Volume is its volume, nil in more than 5 inputs.
	Volume *big.Rat
}

// mostVolume is the most inputs in which volumes are computed: the cost grows with the factorial.
const mostVolume = 5

// Inverse returns the pieces of a region that satisfy the query. Errors are those of
// [enumerate.Region.Vertices], or ctx's cause.
func Inverse(ctx context.Context, r enumerate.Region, q *vnnlib.Query) ([]Piece, error) {
	stop := func() bool { return ctx.Err() != nil }
	p, _, err := r.PolytopeUntil(stop)
	if err != nil {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	c, err := r.CellUntil(stop)
	if err != nil {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	i := &inverse{cell: c}
	i.w, i.b = affineOf(r)
	left := []*exact.Polytope{p} // what satisfies none of the disjuncts so far
	var pieces []Piece
	for d, disjunct := range q.Disjuncts {
		rows := i.rows(q.Boxes[disjunct.Box], disjunct.Forms)
		var rest []*exact.Polytope
		for _, p := range left {
			inside, outside := divide(p, rows, stop)
			rest = append(rest, outside...)
			if inside != nil {
				pieces = append(pieces, i.piece(inside, r.Pattern.String(), d))
			}
			if stop() { // which may have cut anything short
				return nil, context.Cause(ctx)
			}
		}
		left = rest
	}
	return pieces, nil
}

// inverse turns conditions into constraints on one region.
type inverse struct {
	cell *enumerate.Cell
	w    [][]*big.Rat
	b    []*big.Rat
}

func affineOf(r enumerate.Region) (w [][]*big.Rat, b []*big.Rat) {
	rows, offsets := r.AffineExact()
	for i, row := range rows {
		v, _ := offsets[i].Rat(nil)
		w, b = append(w, ball.RatsOf(row)), append(b, v)
	}
	return w, b
}

// rows returns the constraints ≥ 0 over the unit ball of a box and conditions.
func (i *inverse) rows(box vnnlib.Box, forms []vnnlib.Form) (rows []exact.Row) {
	n := len(box.Lo)
	add := func(row []*big.Rat) {
		whole, _ := i.cell.RowOf(cone.Whole(row))
		rows = append(rows, whole)
	}
	for k := range n {
		above, below := dyadic.ZeroRats(n+1), dyadic.ZeroRats(n+1)
		above[k].SetInt64(1)
		above[n].Neg(box.Lo[k])
		below[k].SetInt64(-1)
		below[n].Set(box.Hi[k])
		add(above)
		add(below)
	}
	for _, f := range forms { // −f ≥ 0
		row := dyadic.ZeroRats(n + 1)
		row[n].Neg(f.Offset)
		for _, t := range f.X {
			row[t.Index].Sub(row[t.Index], t.Coef)
		}
		for _, t := range f.Y {
			for k, v := range i.w[t.Index] {
				row[k].Sub(row[k], new(big.Rat).Mul(t.Coef, v))
			}
			row[n].Sub(row[n], new(big.Rat).Mul(t.Coef, i.b[t.Index]))
		}
		add(row)
	}
	return rows
}

// divide cuts a polytope into the part where all rows are ≥ 0, nil if it has no interior, and parts
// with the rest, each by the first row that is ≤ 0 there. Once stop says so they may be any.
func divide(p *exact.Polytope, rows []exact.Row, stop func() bool) (inside *exact.Polytope, outside []*exact.Polytope) {
	for _, r := range rows {
		if stop() {
			break
		}
		above, below := sides(p, r)
		if below {
			o := *p
			if above {
				o.Cut(r.Neg())
			}
			outside = append(outside, &o)
		}
		if !above {
			return nil, outside
		}
		if below {
			c := *p
			c.Cut(r)
			p = &c
		}
	}
	return p, outside
}

// sides says whether the interior of p meets {r > 0}, and what is left of it else: a row that
// vanishes everywhere holds.
func sides(p *exact.Polytope, r exact.Row) (above, below bool) {
	constant := !slices.ContainsFunc(r.G, func(g *big.Int) bool { return g.Sign() != 0 })
	if constant {
		return r.H.Sign() >= 0, r.H.Sign() < 0
	}
	for k := range p.Vertices {
		s := r.Eval(p.Vertices[k].Rats()).Sign()
		above, below = above || s > 0, below || s < 0
	}
	return above, below
}

// piece describes a polytope over the unit ball.
func (i *inverse) piece(p *exact.Polytope, pattern string, d int) Piece {
	out := Piece{Pattern: pattern, Disjunct: d}
	for k := range p.Vertices {
		out.Vertices = append(out.Vertices, i.cell.InputOf(p.Vertices[k].Rats()))
	}
	if len(i.cell.Inside) <= mostVolume {
		out.Volume = p.Volume()
		for _, s := range i.cell.Scale() {
			out.Volume.Mul(out.Volume, s)
		}
	}
	return out
}

type pieceJSON struct {
	Pattern  string     `json:"pattern"`
	Disjunct int        `json:"disjunct"`
	Vertices [][]string `json:"vertices"`
	Volume   string     `json:"volume,omitempty"`
}

// WriteJSON writes one line of JSON, its numbers as fractions.
func (p *Piece) WriteJSON(w io.Writer) error {
	j := pieceJSON{Pattern: p.Pattern, Disjunct: p.Disjunct, Vertices: fractions(p.Vertices)}
	if p.Volume != nil {
		j.Volume = p.Volume.RatString()
	}
	return writeLine(w, j)
}
