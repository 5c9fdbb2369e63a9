// What a way of deciding stability has to say: for each neuron, whether it
// keeps its sign on the whole ball; and the one road from there to a bound.
//
// A neuron with z ≥ 0 on the ball is stably active, one with z ≤ 0 stably inactive. Neither is
// strict: on an open cell an affine z ≥ 0 is positive or identically zero, so
// such a neuron has one child on every cell and splits nothing.

package bound

import (
	"context"
	"errors"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// status is what is known of a unit on the ball.
type status uint8

const (
	unsettled status = iota
	active           // z ≥ 0 on the ball
	inactive         // z ≤ 0 on the ball
)

// stability holds one status per unit of each layer; that of units without activation says nothing.
type stability struct {
	units [][]status
	// pieces are, by layer and unit, those of maxima that may be the largest somewhere on the ball;
	// nil in other layers. A maximum of one is active. See fold.
	pieces [][][]int
}

// LayerTerms is what a local bound feeds the recursion with, for one layer.
type LayerTerms struct {
	// Layer is the index of the layer in the network, Width its units.
	Layer, Width int
	// Affine says that the layer has no activation.
	Affine bool
	// Cutting (k) is the number of neurons that may change sign in the ball, Active (p) that of
	// stably active neurons and units without activation, Inactive that of stably inactive neurons.
	Cutting, Active, Inactive int
	// Dim (d) bounds the dimension of the layer's input on any region.
	Dim int
	// RankCut and RankOut bound the rank of the rows that cut, and of those that carry dimension.
	RankCut, RankOut int
	// Count is what the recursion takes.
	Count LayerCount
}

// Explainer is implemented by bounds that are a recursion over layers; Terms shows what they feed
// it with, to be held beside the measured terms.
type Explainer interface {
	Bound
	Terms(ctx context.Context, n *network.Network, b ball.Ball) ([]LayerTerms, error)
}

// maskedRankBudget caps rows·columns·min(rows, columns) of a rank taken over the rows and columns
// that live in the ball; above it the rank of the whole layer serves.
const maskedRankBudget = 200_000

// terms returns the recursion's terms under the given stability of the whole network.
func (a *analysis) terms(ctx context.Context, s *stability) ([]LayerTerms, error) {
	ts := make([]LayerTerms, 0, len(a.whole.Layers()))
	d := a.whole.Inputs()
	var dead []bool // inputs of the layer that are constant on the ball
	for i, l := range a.whole.Layers() {
		t := LayerTerms{Layer: i, Width: l.Out(), Affine: l.Act == network.None, Dim: d}
		rows := func(j int) []int { return []int{j} }
		if l.Act == network.Max {
			rows = func(u int) []int { return s.pieces[i][u] }
		}
		var cut, out []int // rows
		var more []int     // pieces beyond the first, of maxima that cut
		leaky, carry := 0, 0
		nowDead := make([]bool, l.Out())
		for j, u := range s.units[i] {
			switch {
			case !l.IsNeuron(j) || u == active:
				t.Active++
			case u == unsettled:
				t.Cutting++
				cut, more = append(cut, rows(j)...), append(more, len(rows(j))-1)
				if l.Act == network.Max || l.Below(j) != 0 {
					leaky++
				}
			default:
				t.Inactive++
				nowDead[j] = l.Below(j) == 0
			}
			if !nowDead[j] {
				carry++
				out = append(out, rows(j)...)
			}
		}
		var err, outErr error
		t.RankCut, err = a.rankOf(ctx, i, cut, dead)
		t.RankOut, outErr = a.rankOf(ctx, i, out, dead)
		if err = errors.Join(err, outErr); err != nil {
			return nil, err
		}
		t.Count = LayerCount{K: t.Cutting, P: carry - t.Cutting, Leaky: leaky,
			RankCut: t.RankCut, RankOut: t.RankOut}
		if l.Act == network.Max {
			t.Count.Ways = waysOf(more, a.whole.Inputs())
		}
		if t.RankCut == 0 { // without gradient nothing cuts, and nothing carries
			t.Count.P, t.Count.K = carry, 0
		}
		if t.RankOut == 0 {
			t.Count.P = 0
		}
		_, d = t.Count.caps(d)
		ts = append(ts, t)
		dead = nowDead
	}
	return ts, nil
}

// rankOf bounds the rank of some rows of layer i on the columns that are not dead. It does not grow
// when rows or columns are taken away. 0 says that the rows are constant on the ball.
func (a *analysis) rankOf(ctx context.Context, i int, units []int, dead []bool) (int, error) {
	if len(units) == 0 {
		return 0, nil
	}
	ranks, err := a.ranks(ctx)
	if err != nil {
		return 0, err
	}
	l := a.whole.Layers()[i]
	r, cols := min(len(units), ranks[i]), l.In()
	if len(units)*cols*min(len(units), cols) > maskedRankBudget {
		return r, nil
	}
	masked := make([][]float64, len(units))
	for k, j := range units {
		if masked[k] = l.W.RawRowView(j); dead != nil {
			masked[k] = append([]float64(nil), masked[k]...)
		}
		for c, isDead := range dead {
			if isDead {
				masked[k][c] = 0
			}
		}
	}
	live, err := rankUpper(ctx, masked)
	return min(r, live), err
}

// decider is a way to decide stability, and possibly to count the cells of one layer.
type decider func(ctx context.Context, a *analysis) (*stability, *layerCells, error)

// layerCells is an upper bound on the cells that one layer makes of the ball; layers before it have
// no neurons.
type layerCells struct {
	layer int
	cells *big.Int // nil: none known
}

// plain makes a decider of a way that decides stability alone.
func plain(f func(ctx context.Context, a *analysis) (*stability, error)) decider {
	return func(ctx context.Context, a *analysis) (*stability, *layerCells, error) {
		s, err := f(ctx, a)
		return s, &layerCells{}, err
	}
}

// localBound is the recursion over what a decider leaves unsettled.
type localBound struct {
	name   string
	decide decider
}

func (l *localBound) Name() string { return l.name }
func (l *localBound) Kind() Kind   { return Upper }
func (l *localBound) Scope() Scope { return Local }

func (l *localBound) Value(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	ts, err := l.Terms(ctx, n, b)
	if err != nil {
		return nil, err
	}
	return recursionOf(ts, n.Inputs()), nil
}

// Terms returns the recursion's terms, layer by layer.
func (l *localBound) Terms(ctx context.Context, n *network.Network, b ball.Ball) ([]LayerTerms, error) {
	if err := CheckDims(n, b); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a := analysisOf(ctx, n, b)
	s, c, err := l.decide(ctx, a)
	if err != nil {
		return nil, err
	}
	ts, err := a.terms(ctx, a.fold(s))
	if err != nil {
		return nil, err
	}
	if c.cells != nil {
		ts[c.layer].Count.Cells = c.cells
	}
	return ts, nil
}

// recursionOf returns the recursion's value on terms.
func recursionOf(ts []LayerTerms, d int) *big.Int {
	cs := make([]LayerCount, len(ts))
	for i, t := range ts {
		cs[i] = t.Count
	}
	return Recursion(cs, d)
}
