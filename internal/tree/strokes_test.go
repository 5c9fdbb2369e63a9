// What is shown at a stroke is what steps show.

package tree

import (
	"context"
	"fmt"
	"math/big"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/network"
)

// texts writes down what is told in preorder: of multipliers nothing, of points the exact pattern
// there.
type texts struct {
	net     *network.Network
	text    []byte
	regions int
}

func (x *texts) add(format string, a ...any) { x.text = fmt.Appendf(x.text, format, a...) }

func (x *texts) Narrowed(k int, side int8, _ float64, _ *judge.Multipliers) { x.add("%d]%d ", k, side) }
func (x *texts) Pruned(j int, live int8, named bool, _ *judge.Multipliers) {
	x.add("%d:%d%t ", j, live, named)
}
func (x *texts) Split()    { x.add("* ") }
func (x *texts) SplitEnd() { x.add(". ") }

func (x *texts) Region(t Tree) {
	at, wide := t.Witness(true)
	if wide == nil {
		for _, v := range at {
			wide = append(wide, big.NewFloat(v))
		}
	}
	_, pattern := x.net.ForwardExact(wide)
	x.regions++
	x.add("W%s ", pattern)
}

// walk tells all that there is to tell, and returns how many cells were shown at a stroke, and how
// many of their regions.
func (x *texts) walk(t Tree) (strokes, regions int) {
	switch ev := t.Next(false); {
	case ev.Kind == Final && ev.Told:
		return 1, int(ev.Regions)
	case ev.Kind == Final:
		x.Region(t)
	case ev.Kind == Split:
		x.Split()
		for _, s := range []int8{-1, 1} {
			t.Enter(s)
			n, r := x.walk(t)
			strokes, regions = strokes+n, regions+r
			t.Leave()
		}
		x.SplitEnd()
	default:
		panic(ev.Kind)
	}
	return strokes, regions
}

// At a stroke the same is told as step by step: the same tree, the same sides are empty, and points
// of the same regions, all of which differ. That it is true the judge sees to, and the checker
// (enumerate/proof_test.go).
func TestAStrokeTellsWhatStepsDo(t *testing.T) {
	strokes, regions, all, refused := 0, 0, 0, 0
	for seed := range uint64(300) {
		c := gen.RandomCase(gen.NewRand(seed), gen.RandomOptions{})
		switch {
		case seed%5 == 0:
			c = gen.TernaryCase(gen.NewRand(seed), 2+int(seed%3), 6, 4)
		case seed%7 == 0:
			c = maximaCase(t, seed)
		}
		m, err := NewSubject(context.Background(), c.Net, c.Ball)
		require.NoError(t, err)
		if !KeepsVertices(m, nil) {
			continue
		}
		steps := tuning.Usual
		steps.LeafMost = 0
		got, want := texts{net: c.Net}, texts{net: c.Net}
		for _, side := range []struct {
			told *texts
			p    *Policy
		}{{&got, nil}, {&want, &Policy{Tuning: &steps}}} {
			tr := NewVertices(m, side.p, new(atomic.Bool), new(Fallbacks), Proofs)
			tr.Tell(side.told)
			tr.Reset()
			n, r := side.told.walk(tr)
			if strokes, regions = strokes+n, regions+r; side.p != nil {
				require.Zero(t, r-n) // no more than a region each
			} else if n == 0 {
				refused++
			}
		}
		all += want.regions
		require.Equal(t, string(want.text), string(got.text), "case %d (%s)", seed, c.Name)
	}
	require.Greater(t, strokes, 500)
	require.Greater(t, regions, all/4)
	require.Greater(t, refused, 10)
}
