package enumerate

import (
	"context"
	"errors"
	"math/big"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/internal/walk"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
)

// Forced says which tiers may decide, and which solver proposes; nil means as usual.
type Forced struct {
	Float, Integer func() bool
	// NoVertices has the solver asked where cells would be kept by their vertices.
	NoVertices bool
	Solver     func(norm ball.Norm, n int) lp.Incremental
	// Vertices, if set, is told of each cell that is kept by its vertices whether those are the
	// cell's, exactly. For one worker.
	Vertices func(err error)
	// Spare is the number of names of constraints that a cell keeps free, 0 for the usual one.
	Spare int
	// Hasty gives a stop no grace. Cell, if set, is told of each cell that is kept by its vertices,
	// with what says that the walkers are late.
	Hasty bool
	Cell  func(late func() bool)
	// Regions, Records and Dead make up the grain of a checkpoint, if one of them is set.
	Regions, Records, Dead int64
}

// CountForced is Count with forced tiers.
func CountForced(ctx context.Context, n *network.Network, b ball.Ball, opt Options, f Forced) (Result, error) {
	p := &tree.Policy{Policy: judge.Policy{Float: f.Float, Integer: f.Integer}, Solver: f.Solver, NoVertices: f.NoVertices}
	tune := tuning.Usual
	p.Tuning = &tune
	if f.Spare > 0 {
		tune.SpareBits = f.Spare
	}
	if f.Vertices != nil {
		p.OnCell = func(t *tree.Vertices) { f.Vertices(auditCell(t)) }
	}
	if f.Cell != nil {
		p.OnCell = func(t *tree.Vertices) { f.Cell(t.Subject().Late) }
	}
	if f.Regions+f.Records+f.Dead > 0 {
		tune.RecordRegions, tune.RecordRecords, tune.RecordDead, tune.RecordWork = f.Regions, f.Records, f.Dead, time.Hour
	}
	return count(ctx, n, b, opt, plan{policy: p, hasty: f.Hasty})
}

// Waiting is a cell that a limited count left waiting: its bound, and how many regions it has.
type Waiting struct {
	Upper   *big.Int
	Regions int64
}

// WaitingCells counts up to a limit, and then each cell left waiting to its end.
func WaitingCells(n *network.Network, b ball.Ball, limit int64) ([]Waiting, error) {
	m, err := tree.NewSubject(context.Background(), n, b)
	if err != nil {
		return nil, err
	}
	r := walk.New(prepare(context.Background(), m, Options{Workers: 1, Limit: limit}, plan{}))
	if o := r.Walk(context.Background()); o.Err != nil {
		return nil, o.Err
	}
	var list []Waiting
	for _, c := range r.Waiting() {
		t := tree.NewSolved(m, nil, new(atomic.Bool), false)
		if _, ok := tree.Lead(t, c.Path); !ok {
			return nil, errors.New("a waiting cell is not where its path leads")
		}
		list = append(list, Waiting{c.Upper, regionsBelow(t)})
	}
	return list, nil
}

// regionsBelow walks the cell of a tree to its end.
func regionsBelow(t tree.Tree) (n int64) {
	if e := t.Next(false); e.Kind != tree.Split {
		return e.Regions
	}
	for _, s := range []int8{-1, 1} {
		t.Enter(s)
		n += regionsBelow(t)
		t.Leave()
	}
	return n
}

// BestFirstAfter says when a count goes best first, 0 for never.
func BestFirstAfter(ctx context.Context, n *network.Network, b ball.Ball, opt Options, start time.Time) (time.Duration, error) {
	m, err := tree.NewSubject(context.Background(), n, b)
	if err != nil {
		return 0, err
	}
	cfg := prepare(ctx, m, opt, plan{})
	deadline, _ := ctx.Deadline()
	return cfg.TurnsAfter(start, deadline), nil
}

// SideBounds are the bounds, at a close look, of the minus side of the first split, by its solver
// and by its vertices.
func SideBounds(t require.TestingT, n *network.Network, b ball.Ball) (all []*big.Int) {
	m, err := tree.NewSubject(context.Background(), n, b)
	require.NoError(t, err)
	halt := new(atomic.Bool)
	for _, side := range []tree.Tree{tree.NewSolved(m, nil, halt, false), tree.NewVertices(m, nil, halt, new(tree.Fallbacks), tree.Counts)} {
		side.Reset()
		require.Equal(t, tree.Split, side.Next(false).Kind)
		side.Enter(-1)
		all = append(all, side.Bound(true))
	}
	return all
}

// AffineAnew is Affine without anything that other regions have left.
func AffineAnew(r Region) Affine { return newAffines(r.of.net).at(r.Pattern) }

// CountInIntegers counts on a line, all cells in integers.
func CountInIntegers(n *network.Network, b ball.Ball, opt Options) (Result, error) {
	m, err := tree.NewSubject(context.Background(), n, b)
	if err != nil {
		return Result{}, err
	}
	cfg := prepare(context.Background(), m, opt, plan{})
	cfg.NewTree = func(halt *atomic.Bool) tree.Tree { return tree.NewLine(m, halt) }
	if opt.Visitor != nil {
		cfg.Sink = visited{v: opt.Visitor, of: newOrigin(n, b)}
	}
	out := walk.New(cfg).Walk(context.Background())
	return result(m, opt, out), out.Err
}

// NormAtMost bounds the norm of a vector.
var NormAtMost = normAtMost
