// Bounds that know which hyperplanes of the first layer meet inside the ball:
// between the recursion, which lets all meet everywhere, and the exact count.
//
// The first layer with neurons sees the input through an affine map, so its neurons are hyperplanes
// in the ball (of maxima, those on which two of their pieces are equal), and arrangement.go bounds
// the number of cells they make: exactly for an l2 ball ("first-layer": full intersections), or
// from pairs alone ("first-layer-pairs"). The rest of the network is the recursion: cells with j
// inactive neurons still number at most C(K,j), and all cells together no more than the arrangement
// has, so filling up from j = 0 until these are used up bounds the sum as in recursion.go. Other
// terms are those of "combined".
//
// The count of an arrangement can be exponential in the number of inputs. When its budget ends,
// full intersections fall back on pairs, pairs on Zaslavsky's sum; each is an upper bound of the
// one before.

package bound

import (
	"context"
	"errors"
	"math/big"
	"math/bits"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// cliqueBudget caps the cliques visited: a tenth of a second.
const cliqueBudget = 5_000_000

func firstLayer(ctx context.Context, a *analysis) (*stability, *layerCells, error) {
	return a.withFirst(ctx, true)
}

func firstLayerPairs(ctx context.Context, a *analysis) (*stability, *layerCells, error) {
	return a.withFirst(ctx, false)
}

func (a *analysis) withFirst(ctx context.Context, full bool) (*stability, *layerCells, error) {
	s, err := settledByAny(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	f := &layerCells{}
	for a.whole.Layers()[f.layer].Act == network.None {
		if f.layer++; f.layer == len(a.whole.Layers()) {
			return s, &layerCells{}, nil
		}
	}
	arr := &arrangement{ctx: ctx, ball: a.ball, work: arrangementWork}
	planes, ok, err := a.firstPlanes(ctx, f.layer, s)
	if !ok || err != nil {
		return s, &layerCells{}, err
	}
	if full {
		if v, ok := arr.count(nil, planes); ok {
			f.cells = v
		}
	}
	// Beyond l2 the flats are not decided exactly in all dimensions, and degenerate planes may then
	// have fewer cliques than flats counted: take the smaller.
	if f.cells == nil || a.ball.Norm() != ball.L2 {
		if v := arr.cliqueCells(planes); f.cells == nil || v != nil && v.Cmp(f.cells) < 0 {
			f.cells = v
		}
	}
	return s, f, ctx.Err()
}

// firstPlanes returns the distinct hyperplanes of layer i's unsettled neurons that cut the open
// ball, and those on which two pieces of a maximum are equal; the layers before are affine. It
// returns false where there are too many pairs of pieces for the budget of an arrangement to pair
// their hyperplanes.
func (a *analysis) firstPlanes(ctx context.Context, i int, s *stability) (ps []*plane, ok bool, err error) {
	l, at, f := a.whole.Layers()[i], slices.Index(a.of, i), a.fold(s)
	add := func(f dyadic.Vector) {
		n := len(f.N) - 1
		if g := (dyadic.Vector{N: f.N[:n], Exp: f.Exp}); cutsBall(a.ball, g, f.Rat(n)) {
			if p := newPlane(f.N[:n], &f.N[n]); p != nil && !contains(ps, p) {
				ps = append(ps, p)
			}
		}
	}
	pairs := 0
	if l.Act == network.Max {
		for _, rows := range f.pieces[i] {
			pairs += len(rows) * (len(rows) - 1) / 2
		}
	}
	if float64(pairs)*float64(pairs)*8*float64(a.net.Inputs()) > arrangementWork {
		return nil, false, nil
	}
	for u, status := range f.units[i] {
		if status != unsettled || !l.IsNeuron(u) {
			continue
		}
		rows := []int{u}
		if l.Act == network.Max {
			rows = f.pieces[i][u]
		}
		var forms []dyadic.Vector
		for _, row := range rows {
			form, err := a.formAt(ctx, at, row)
			if err = errors.Join(err, ctx.Err()); err != nil {
				return nil, false, err
			}
			for _, other := range forms {
				add(form.Add(other.Times(slices.Repeat([]float64{-1}, len(other.N)))))
			}
			if forms = append(forms, form); l.Act != network.Max {
				add(form)
			}
		}
	}
	return ps, true, nil
}

// formAt returns the exact form of unit j of layer i on the affine piece around the centre: its
// gradient, and then its value there.
func (a *analysis) formAt(ctx context.Context, i, j int) (dyadic.Vector, error) {
	c := a.center()
	g, err := exactGradient(ctx, a.net, c, i, j)
	if err != nil {
		return g, err
	}
	n := len(g.N)
	value := dyadic.Zeros(n + 1) // bring gradient and value to one scale
	value.N[n].Set(&c.z[i].N[j])
	value.Exp = c.z[i].Exp
	return dyadic.Vector{N: append(g.N, big.Int{}), Exp: g.Exp}.Add(value), nil
}

// cliqueCells returns the number of sets of at most n planes that meet in pairs inside the ball, an
// upper bound on the cells, or nil when a budget ends. Parallel planes do not meet.
func (a *arrangement) cliqueCells(planes []*plane) *big.Int {
	k, words := len(planes), (len(planes)+63)/64
	a.work = arrangementWork
	adj := make([][]uint64, k) // neighbours of lower index
	for i, h := range planes {
		adj[i] = make([]uint64, words)
		norm2 := dotInts(h.g, h.g)
		for j, q := range planes[:i] {
			if a.work -= 16 * len(h.g); a.work < 0 || a.ctx.Err() != nil {
				return nil
			}
			if t := q.trace(h, norm2); t != nil && a.meets([]*plane{h, t}) {
				adj[i][j/64] |= 1 << (j % 64)
			}
		}
	}
	all := make([]uint64, words)
	for i := range k {
		all[i/64] |= 1 << (i % 64)
	}
	budget := cliqueBudget
	n := countCliques(adj, all, a.ball.Dim(), &budget)
	if budget < 0 {
		return nil
	}
	return big.NewInt(n)
}

// countCliques counts the cliques of at most size members within the candidates, the empty one
// included.
func countCliques(adj [][]uint64, candidates []uint64, size int, budget *int) int64 {
	total := int64(1)
	if *budget--; size == 0 || *budget < 0 {
		return total
	}
	next := make([]uint64, len(candidates))
	for w, word := range candidates {
		for ; word != 0; word &= word - 1 {
			i := w*64 + bits.TrailingZeros64(word)
			for q := range next {
				next[q] = candidates[q] & adj[i][q]
			}
			total += countCliques(adj, next, size-1, budget)
			if *budget < 0 {
				return total
			}
		}
	}
	return total
}
