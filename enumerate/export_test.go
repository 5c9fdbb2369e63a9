package enumerate

import (
	"context"
	"math/big"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// Forced says which tiers may decide, and which solver proposes; nil means as usual.
type Forced struct {
	Float, Integer func() bool
	// Undescribed has the solver asked where cells would be kept by their vertices.
	Undescribed bool
	Solver      func(norm ball.Norm, n int) lp.Incremental
	// Outlined, if set, is told of each side found empty by an outline whether it is, by the exact
	// tier. For one worker.
	Outlined func(empty bool, err error)
	// Described, if set, is told of each cell that is kept by its vertices whether those are the cell's, exactly. For one worker.
	Described func(err error)
	// Spare is the number of bits that a description keeps free, 0 for the usual one.
	Spare int
	// Hasty gives a stop no grace. Cell, if set, is told of each cell that is kept by its vertices, with what says that the
	// walkers are late.
	Hasty bool
	Cell  func(late func() bool)
	// Regions, Records and Dead make up the grain of a checkpoint, if one of them is set.
	Regions, Records, Dead int64
}

// CountForced is Count with forced tiers.
func CountForced(ctx context.Context, n *network.Network, b ball.Ball, opt Options, f Forced) (Result, error) {
	p := &policy{float: f.Float, integer: f.Integer, solver: f.Solver, undescribed: f.Undescribed, spare: f.Spare, hasty: f.Hasty}
	if f.Outlined != nil {
		p.outlined = func(w *walker, z *form, s float64) {
			point, _, _, err := exact.Side(w.m.norm, w.cert.signed(z.layer, z.unit, s), w.ancestorRows(), w.levels[len(w.cert.anc)].exactPoint())
			f.Outlined(point == nil, err)
		}
	}
	if f.Described != nil {
		p.described = func(w *walker, l, word, d int) { f.Described(auditCell(w, l, word, d)) }
	}
	if f.Cell != nil {
		p.described = func(w *walker, _, _, _ int) { f.Cell(w.m.late) }
	}
	if f.Regions+f.Records+f.Dead > 0 {
		p.grain = grain{regions: f.Regions, records: f.Records, dead: f.Dead, work: time.Hour}
	}
	return count(ctx, n, b, opt, p, nil)
}

// Passes are the signs of the pre-activations at a point of the unit ball, as the
// two float filters and exact arithmetic see them, and whether the point is inside.
type Passes struct {
	Static, Tight, Exact  []int8
	Inside, ExactlyInside bool
}

// Pass evaluates the network at y.
func Pass(n *network.Network, b ball.Ball, y []float64) (Passes, error) {
	m, err := compile(n, b)
	if err != nil {
		return Passes{}, err
	}
	p := Passes{Static: make([]int8, m.neurons), Tight: make([]int8, m.neurons), Exact: make([]int8, m.neurons)}
	f := newPasser(m)
	f.signs(y, p.Static)
	f.signsTight(y, p.Tight)
	m.exactSigns(rats(y), p.Exact)
	p.Inside, p.ExactlyInside = insideUnit(m.norm, y), insideUnitExact(m.norm, rats(y))
	return p, nil
}

// insideUnitExact is the exact twin.
func insideUnitExact(norm ball.Norm, y []*big.Rat) bool {
	t := new(big.Rat)
	for _, v := range y {
		a := new(big.Rat).Abs(v)
		switch norm {
		case ball.L1:
			t.Add(t, a)
		case ball.L2:
			t.Add(t, a.Mul(a, a))
		default:
			if a.Cmp(t) > 0 {
				t = a
			}
		}
	}
	return t.Cmp(big.NewRat(1, 1)) < 0
}

// Waiting is a cell that a limited count left waiting: its bound, and how many regions it has.
type Waiting struct {
	Upper   *big.Int
	Regions int64
}

// WaitingCells counts up to a limit, and then each cell left waiting to its end.
func WaitingCells(n *network.Network, b ball.Ball, limit int64) ([]Waiting, error) {
	m, err := compile(n, b)
	if err != nil {
		return nil, err
	}
	r := newRun(m)
	r.limit = limit
	r.walk(Options{Limit: limit}, 1)
	var waiting nodeHeap
	if f := r.frontier.Load(); f != nil { // else the limit was not reached
		waiting = f.nodes
	}
	var list []Waiting
	for _, c := range waiting {
		r := newRun(m)
		f := newFrontier()
		r.frontier.Store(f)
		w := newWalker(r)
		f.upper.Set(c.upper)
		w.further(f, c, 0, true)
		if w.err != nil {
			return nil, w.err
		}
		list = append(list, Waiting{c.upper, w.stats.regions})
	}
	return list, r.err
}

// BestFirstAfter says when a count goes best first, 0 for never.
func BestFirstAfter(ctx context.Context, n *network.Network, b ball.Ball, opt Options, start time.Time) (time.Duration, error) {
	m, err := compile(n, b)
	if err != nil {
		return 0, err
	}
	return prepare(ctx, m, opt).turn(opt, start), nil
}
