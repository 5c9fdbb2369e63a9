package walk

// A tree that knows its answer: shapes drawn from a seed, so that the loop can be tried without a
// network.

import (
	"math/big"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
)

// forest says of each path whether its cell splits, and how many regions a final cell has.
type forest struct {
	seed  uint64
	depth int
}

func newForest(seed uint64, depth int) forest { return forest{seed, depth} }

// draw returns the regions of the cell of a path, 0 for one that splits.
func (f forest) draw(path []int8) int64 {
	h := f.seed
	for _, s := range path {
		h = h*0x9e3779b97f4a7c15 + uint64(s+2)
		h ^= h >> 29
	}
	rng := rand.New(rand.NewPCG(h, 1))
	if len(path) < f.depth && rng.IntN(4) > 0 {
		return 0
	}
	return 1 + rng.Int64N(3)*rng.Int64N(2)
}

// count is the slow and obvious answer.
func (f forest) count(path []int8) int64 {
	if n := f.draw(path); n > 0 {
		return n
	}
	minus := append(append([]int8(nil), path...), -1)
	plus := append(append([]int8(nil), path...), 1)
	return f.count(minus) + f.count(plus)
}

// grown is a tree of the forest.
type grown struct {
	forest
	path  []int8
	halt  *atomic.Bool
	tally tree.Tally
}

func (g *grown) Reset() { g.path = g.path[:0] }
func (g *grown) Next(passing bool) tree.Event {
	g.tally.Work++
	n := g.draw(g.path)
	switch {
	case n == 0 && !passing && g.halt.Load():
		return g.Undecided()
	case n == 0:
		return tree.Event{Kind: tree.Split, Shared: true}
	}
	return tree.Event{Kind: tree.Final, Regions: n}
}
func (g *grown) Undecided() tree.Event { return tree.Event{Kind: tree.Open} }
func (g *grown) Enter(s int8)          { g.path = append(g.path, s) }
func (g *grown) Leave()                { g.path = g.path[:len(g.path)-1] }
func (g *grown) CopyFrom(o tree.Tree, depth int) {
	g.path = append(g.path[:0], o.(*grown).path[:depth]...)
}

// bound is true, and not tight.
func (g *grown) bound(path []int8) *big.Int { return big.NewInt(2 * g.count(path)) }

func (g *grown) Bound(bool) *big.Int { return g.bound(g.path) }
func (g *grown) SplitBound(depth int) (plus, cell *big.Int) {
	return g.bound(append(append([]int8(nil), g.path[:depth]...), 1)), g.bound(g.path[:depth])
}
func (g *grown) MinusBound(depth int) *big.Int {
	return g.bound(append(append([]int8(nil), g.path[:depth]...), -1))
}
func (g *grown) Rough() *big.Int                        { return g.Bound(false) }
func (g *grown) Labels() []int8                         { return nil }
func (g *grown) Witness(bool) ([]float64, []*big.Float) { return nil, nil }
func (g *grown) Err() error                             { return nil }
func (g *grown) Tell(tree.Teller)                       {}
func (g *grown) Tally() *tree.Tally                     { return &g.tally }

// forked completes a configuration for a forest.
func forked(f forest, c Config) Config {
	c.NewTree = func(halt *atomic.Bool) tree.Tree { return &grown{forest: f, halt: halt} }
	c.Probe = c.NewTree
	c.RootBound = func() *big.Int { return big.NewInt(2 * f.count(nil)) }
	if c.Sink == nil {
		c.Sink = Deaf{}
	}
	c.Keep, c.Tuning = Forget{}, tuning.Usual
	return c
}

// told is a sink that writes down what it is told.
type told struct {
	mu   *sync.Mutex
	text *[]byte
}

func newTold() told { return told{new(sync.Mutex), new([]byte)} }

func (s told) add(text ...byte)                                { *s.text = append(*s.text, text...) }
func (s told) Pruned(int, int8, bool, *judge.Multipliers)      {}
func (s told) Narrowed(int, int8, float64, *judge.Multipliers) {}
func (s told) Split()                                          { s.add('(') }
func (s told) SplitEnd()                                       { s.add(')') }
func (s told) Region(tree.Tree)                                { s.add('r') }
func (s told) Open(tree.Tree)                                  { s.add('o') }
func (s told) Fork() Sink                                      { return newTold() }
func (s told) Join(o Sink)                                     { s.add(*o.(told).text...) }

// What a sink is told does not depend on workers, and what is counted is the count.
func TestWorkersChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newForest(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 12).Draw(t, "depth"))
		one := newTold()
		alone := New(forked(f, Config{Workers: 1, Sink: one, Ordered: true})).Walk(t.Context())
		require.Equal(t, f.count(nil), alone.Regions)
		require.Zero(t, alone.Opens)
		for _, workers := range []int{2, 5} {
			more := newTold()
			o := New(forked(f, Config{Workers: workers, Sink: more, Ordered: true, Bracketed: true})).Walk(t.Context())
			require.Equal(t, f.count(nil), o.Regions)
			require.Equal(t, string(*one.text), string(*more.text))
		}
	})
}

// A limit's bracket holds, and what one worker stops at does not depend on time.
func TestLimitsBracketTheCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newForest(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 11).Draw(t, "depth"))
		count := f.count(nil)
		c := Config{Workers: rapid.IntRange(1, 3).Draw(t, "workers"), Limit: rapid.Int64Range(1, count+1).Draw(t, "limit"), Bracketed: true,
			Ordered: rapid.Bool().Draw(t, "ordered")}
		cfg := forked(f, c)
		cfg.Tuning.Stint, cfg.Tuning.TightenMost = rapid.Int64Range(1, 9).Draw(t, "stint"), rapid.Int64Range(1, 60).Draw(t, "tighten")
		cfg.Tuning.FewBits, cfg.Tuning.Narrow = rapid.IntRange(0, 5).Draw(t, "few bits"), rapid.IntRange(0, 5).Draw(t, "narrow")
		cfg.Tuning.FrontierSize = rapid.IntRange(1, 40).Draw(t, "frontier")
		o := New(cfg).Walk(t.Context())
		require.NoError(t, o.Err)
		require.LessOrEqual(t, o.Regions+o.Opens, count)
		require.GreaterOrEqual(t, new(big.Int).Add(big.NewInt(o.Regions), o.Left.Upper).Cmp(big.NewInt(count)), 0)
		if o.Opens == 0 {
			require.Equal(t, count, o.Regions)
		}
		if c.Workers == 1 {
			again := New(cfg).Walk(t.Context())
			require.Equal(t, o.Regions, again.Regions)
			require.Equal(t, o.Left, again.Left)
		}
	})
}

// Descents estimate the count without bias.
func TestDescentsStandForTheCount(t *testing.T) {
	f := newForest(5, 7)
	p := newProber(forked(f, Config{}).Probe)
	sum, n := 0.0, 4000
	for range n {
		regions, ok := p.descend()
		require.True(t, ok)
		sum += regions
	}
	require.InEpsilon(t, f.count(nil), sum/float64(n), 0.2)
}
