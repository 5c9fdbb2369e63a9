// Stops at each moment at which a tree is asked, asks or tells somebody something: none may end in
// an error, and every cell that is left open has a point of its own.

package tree

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
)

// looker gives a model up at the look after so many.
type looker struct {
	m          *Subject
	made, left int
	seen       map[string]bool // the patterns at points of cells
}

func (k *looker) look() {
	if k.made++; k.made > k.left {
		k.m.GiveUp()
	}
}

func (k *looker) allow() bool { k.look(); return true }

func (k *looker) Narrowed(int, int8, float64, *judge.Multipliers) { k.look() }
func (k *looker) Pruned(int, int8, bool, *judge.Multipliers)      { k.look() }
func (k *looker) Split()                                          { k.look() }
func (k *looker) SplitEnd()                                       { k.look() }
func (k *looker) Region(Tree)                                     { k.look() }

// lookingSolver is a solver of the plain walk whose every question is a look.
type lookingSolver struct {
	lp.Solver
	*looker
}

func (s lookingSolver) Ask(c lp.Constraint) (lp.Answer, error) {
	s.look()
	return s.Solver.Ask(c)
}

// walk visits all cells, and returns how many there are that are not empty. Labels of regions are
// held against the exact pattern at the point, and no two points are in one region.
func (k *looker) walk(t *testing.T, tr Tree) (cells int64) {
	k.look()
	switch e := tr.Next(false); e.Kind {
	case Failed:
		require.NoError(t, tr.Err(), "a stop at look %d of %d", k.left, k.made)
	case Split:
		for _, s := range []int8{-1, 1} {
			k.look()
			tr.Enter(s)
			cells += k.walk(t, tr)
			tr.Leave()
		}
	case Open:
		k.visit(t, tr)
		cells = 1
	case Final:
		if cells = e.Regions; !e.Told && cells == 1 {
			if pattern := k.visit(t, tr); pattern != nil {
				require.Equal(t, pattern, network.Pattern(tr.Labels()))
			}
		}
	}
	return cells
}

// visit returns the pattern at the cell's point, nil where the tree keeps none.
func (k *looker) visit(t *testing.T, tr Tree) network.Pattern {
	x, wide := tr.Witness(true)
	if x == nil && wide == nil {
		return nil
	}
	for _, v := range x {
		wide = append(wide, big.NewFloat(v))
	}
	_, pattern := k.m.Net.ForwardExact(wide)
	require.False(t, k.seen[pattern.String()], "a stop at look %d of %d: two points of one region", k.left, k.made)
	k.seen[pattern.String()] = true
	return pattern
}

// requireStops stops a tree at each look. The lower end of a bracket is never above the count.
func requireStops(t *testing.T, net *network.Network, b ball.Ball, plant func(m *Subject, k *looker) Tree) {
	t.Helper()
	run := func(left int) (made int, cells int64) {
		m, err := NewSubject(t.Context(), net, b)
		require.NoError(t, err)
		k := &looker{m: m, left: left, seen: map[string]bool{}}
		tr := plant(m, k)
		tr.Tell(k)
		tr.Reset()
		cells = k.walk(t, tr)
		return k.made, cells
	}
	all, want := run(math.MaxInt)
	require.Greater(t, want, int64(1))
	for left := range all {
		_, cells := run(left)
		require.LessOrEqual(t, cells, want, "a stop at look %d", left)
	}
}

// identicalPieces are networks on a ball in which the pieces of maxima are t or −t, t going through
// zero at the centre, or a small constant, and floats cannot tell which are identical. In the last
// two, whose first layer splits the ball at its centre, a maximum is decided ahead for all parts of
// a cell that another one splits.
func identicalPieces(t *testing.T) (nets []*network.Network, b ball.Ball) {
	unit, middle, above := math.Ldexp(1, 13), math.Ldexp(1, 51), 0x1.0000000000001p51
	for _, of := range []struct {
		pieces []int
		signs  []float64 // of t, 0 for the constant
		first  int       // units of the first layer
	}{
		{[]int{1, 3}, []float64{-1, 1, -1, 1}, 1},
		{[]int{2, 3}, []float64{1, 0, 1, 1, -1}, 2},
		{[]int{3, 3, 2}, []float64{1, 0, 1, -1, 1, 1, 1, 1}, 2},
	} {
		w, bias := mat.NewDense(len(of.signs), of.first, nil), make([]float64, len(of.signs))
		for i, s := range of.signs {
			w.Set(i, 0, s*unit)
			if bias[i] = -s * above; s == 0 {
				bias[i] = math.Ldexp(1, -61)
			}
		}
		sum := mat.NewDense(1, len(of.pieces), nil)
		for i := range of.pieces {
			sum.Set(0, i, 1)
		}
		in, off := []float64{1 / unit, 1}, []float64{1 / unit / 2, -middle}
		net, err := network.New([]network.Layer{
			{W: mat.NewDense(of.first, 1, in[:of.first]), B: off[:of.first], Act: network.ReLU},
			{W: w, B: bias, Act: network.Max, Pieces: of.pieces},
			{W: sum, B: []float64{-math.Ldexp(1, -59)}, Act: network.ReLU},
		})
		require.NoError(t, err)
		nets = append(nets, net)
	}
	b, err := ball.New(ball.LInf, []float64{middle}, math.Ldexp(1, -60))
	require.NoError(t, err)
	return nets, b
}

// policy has every question of the judge be a look.
func (k *looker) policy() *Policy {
	return &Policy{Policy: judge.Policy{Float: k.allow, Integer: k.allow}}
}

// The labels of a class were looked for after the split, where a walk that was late by then took
// identical pieces for others: a proof ended with "a witness lost its cell" in place of a bracket.
func TestAStopBetweenASplitAndItsSidesKeepsIdenticalPieces(t *testing.T) {
	nets, b := identicalPieces(t)
	for i, net := range nets {
		for _, proof := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d, proof %t", i, proof), func(t *testing.T) {
				requireStops(t, net, b, func(m *Subject, k *looker) Tree {
					return NewSolved(m, k.policy(), new(atomic.Bool), proof)
				})
			})
		}
	}
}

// So did the plain walk; and a question that was given up, or an exact solve of forms that were,
// ended it with that for an error.
func TestAStopOfThePlainWalkIsNoFailure(t *testing.T) {
	nets, b := identicalPieces(t)
	for _, net := range nets {
		requireStops(t, net, b, func(m *Subject, k *looker) Tree {
			oracle := lp.NewReference()
			oracle.(lp.Stoppable).StopWhen(m.Late)
			return NewPlain(m, new(atomic.Bool), true, lookingSolver{oracle, k})
		})
	}
}

// A stop while the solved tree was led to a cell ended a proof with "stopped before a cell had a
// point to show", though the cell's vertices had one.
func TestAStopOnTheWayOfAStandInLeavesItsCellOpen(t *testing.T) {
	rng := rand.New(rand.NewPCG(28, 99))
	inputs := 1 + rng.IntN(3)
	net := gen.Maxima(rng, inputs, 5)
	b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], make([]float64, inputs), 2)
	require.NoError(t, err)
	for _, wants := range []Wants{Counts, Witnesses, Proofs} {
		requireStops(t, net, b, func(m *Subject, k *looker) Tree {
			return NewVertices(m, k.policy(), new(atomic.Bool), new(Fallbacks), wants)
		})
	}
}
