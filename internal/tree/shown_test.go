// What is shown of a cell is a function of the path to it.

package tree

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/internal/vertices"
)

// paths writes down what is told of each cell, by its path.
type paths struct {
	at   string
	told map[string]string
}

func (p *paths) Narrowed(k int, side int8, x float64, m *judge.Multipliers) {
	p.note("narrowed %d %d %x %v", k, side, x, *m)
}

func (p *paths) Pruned(j int, live int8, named bool, m *judge.Multipliers) {
	p.note("pruned %d %d %t %v", j, live, named, *m)
}

func (p *paths) Split()    { p.note("split") }
func (p *paths) SplitEnd() { p.note("split end") }

func (p *paths) Region(t Tree) {
	x, wide := t.Witness(true)
	p.note("region %x %v", x, wide)
}

// hear hears of what a cell is.
func (p *paths) hear(t Tree, e Event) {
	switch {
	case e.Told:
		p.note("at a stroke: %d", e.Regions)
	case e.Kind == Final:
		p.Region(t)
	case e.Kind == Split:
		p.Split()
	}
}

func (p *paths) note(format string, a ...any) {
	p.told[p.at] += fmt.Sprintf(format+"\n", a...)
}

// explorer walks a tree in an order of its own: the plus side first here and there, and from a
// split on with another tree, before the minus side was walked, after it, or both: one that takes
// the split over, or one that is led there, as for an item of a queue, and knows the path alone.
type explorer struct {
	make  func() Tree
	coin  *rand.Rand
	share float64 // of the splits at which it does so
	told  *paths
}

func (e *explorer) chance() bool { return e.coin.Float64() < e.share }

func (e *explorer) explore(t Tree, path []int8) {
	e.told.at = fmt.Sprint(path)
	t.Tell(e.told)
	ev := t.Next(false)
	e.told.hear(t, ev)
	switch ev.Kind {
	case Final:
	case Split:
		sides := []int8{-1, 1}
		if e.chance() {
			sides = []int8{1, -1}
		}
		for _, s := range sides {
			to := t
			if s > 0 && ev.Shared && e.chance() {
				to = e.make()
				to.CopyFrom(t, len(path))
			}
			if below := append(path, s); e.make != nil && e.coin.IntN(8) == 0 && e.chance() {
				item := e.make()
				if at, ok := Lead(item, below); !ok {
					panic(fmt.Sprintf("%v: %v", below, at.Kind))
				}
				e.explore(item, below)
			} else {
				to.Enter(s)
				e.explore(to, below)
				to.Leave()
			}
		}
	default:
		panic(fmt.Sprintf("%v: %v", path, ev.Kind))
	}
}

// maximaCase is a network with maxima, of small integers, in some ball.
func maximaCase(t *testing.T, seed uint64) (c gen.Case) {
	rng := gen.NewRand(seed)
	var err error
	c.Name, c.Net = "maxima", gen.Maxima(rng, 1+rng.IntN(4), 7)
	c.Ball, err = ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], make([]float64, c.Net.Inputs()), 2)
	require.NoError(t, err)
	return c
}

// shownCases are cases with cells kept by their vertices: drawn ones, degenerate ones of small
// integers, very large balls, and maxima. Their tables make strokes fail at cells above others, or
// always take constraints that are no facets off the vertices.
func shownCases(t *testing.T, each func(seed uint64, name string, m *Subject, p *Policy)) {
	for seed := range uint64(240) {
		c := gen.RandomCase(gen.NewRand(seed), gen.RandomOptions{})
		if seed%3 == 0 {
			c = gen.TernaryCase(gen.NewRand(seed), 3, 5, 4)
		}
		if seed >= 120 {
			c = maximaCase(t, seed)
		}
		if seed%4 == 1 && seed < 120 && c.Net.Inputs() <= 3 {
			c.Ball = gen.BallOf(gen.NewRand(seed), c.Ball.Norm(), make([]float64, c.Net.Inputs()), 0x1p60)
		}
		m, err := NewSubject(context.Background(), c.Net, c.Ball)
		require.NoError(t, err)
		if !KeepsVertices(m, nil) || m.Central() {
			continue
		}
		tune := tuning.Usual
		if tune.LeafMost = []int{1, 3, tune.LeafMost}[seed/3%3]; seed%2 == 0 {
			tune.SpareBits = 64
		}
		each(seed, fmt.Sprintf("case %d (%s)", seed, c.Name), m, &Policy{Tuning: &tune})
	}
}

func TestWhatIsShownDependsOnThePathAlone(t *testing.T) {
	regions, lines, strokes := 0, 0, 0
	shownCases(t, func(seed uint64, name string, m *Subject, p *Policy) {
		for _, wants := range []Wants{Witnesses, Proofs} {
			var first map[string]string
			for round, share := range []float64{0, 0, 0.3, 0.8} {
				e := explorer{make: func() Tree { return NewVertices(m, p, new(atomic.Bool), new(Fallbacks), wants) },
					coin: rand.New(rand.NewPCG(seed, uint64(round))), share: share, told: &paths{told: map[string]string{}}}
				if round == 1 {
					e.share = 1
				}
				root := e.make()
				root.Reset()
				e.explore(root, nil)
				if first == nil {
					first = e.told.told
				}
				require.Equal(t, first, e.told.told, "%s, order %d", name, round)
			}
			for _, s := range first {
				regions += strings.Count(s, "region")
				lines += strings.Count(s, "pruned")
				strokes += strings.Count(s, "at a stroke")
			}
		}
	})
	require.Greater(t, regions, 2000)
	require.Greater(t, lines, 2000)
	require.Greater(t, strokes, 500)
}

// A tree that is asked to leave cells open does so, or tells the same of them: what is told of a
// cell that is complete goes into a record, whenever the halt came.
func TestAHaltChangesNothingThatIsTold(t *testing.T) {
	left, strokes := 0, 0
	shownCases(t, func(_ uint64, name string, m *Subject, p *Policy) {
		var halt atomic.Bool
		e := explorer{coin: rand.New(rand.NewPCG(0, 0)), told: &paths{told: map[string]string{}}}
		root := NewVertices(m, p, &halt, new(Fallbacks), Proofs)
		root.Reset()
		e.explore(root, nil)
		all := e.told.told
		for _, path := range slices.Sorted(maps.Keys(all)) {
			want := all[path]
			if e.coin.IntN(4) > 0 {
				continue
			}
			var sides []int8
			for _, f := range strings.Fields(strings.Trim(path, "[]")) {
				s, err := strconv.Atoi(f)
				require.NoError(t, err)
				sides = append(sides, int8(s))
			}
			root.Tell(Silent{})
			_, ok := Lead(root, sides)
			require.True(t, ok)
			halt.Store(true)
			again := &paths{at: path, told: map[string]string{}}
			root.Tell(again)
			ev := root.Next(false)
			again.hear(root, ev)
			if halt.Store(false); ev.Kind == Open {
				left++
				continue
			}
			if ev.Told {
				strokes++
			}
			require.Equal(t, want, again.told[path], "%s, %s", name, path)
		}
	})
	require.Greater(t, left, 200)
	require.Greater(t, strokes, 50)
}

// What edges say of a vertex is what a linear system does.
func TestEdgesSayWhatEquationsDo(t *testing.T) {
	compared := 0
	for seed := range uint64(60) {
		c := gen.RandomCase(gen.NewRand(seed), gen.RandomOptions{})
		m, err := NewSubject(context.Background(), c.Net, c.Ball)
		require.NoError(t, err)
		if !KeepsVertices(m, nil) || m.Central() {
			continue
		}
		coin := rand.New(rand.NewPCG(seed, 0))
		look := func(tr *Vertices) {
			var g vertices.Point
			for k := range m.N {
				g[k] = coin.NormFloat64()
			}
			at := tr.here().at
			top := tr.cells.Top(&g, at)
			var edges, equations vertices.Cone
			if !tr.shown.evidence.Along(top, &g, at, &edges) {
				return
			}
			require.True(t, tr.shown.evidence.Express(top, &g, &equations))
			got, want := map[int32]float64{}, map[int32]float64{}
			for i, id := range edges.IDs {
				got[id] = edges.Lambda[i]
			}
			for i, id := range equations.IDs {
				want[id] = equations.Lambda[i]
			}
			require.Len(t, got, len(want))
			for id, l := range want {
				require.InEpsilon(t, 1+l, 1+got[id], 1e-6, "case %d (%s), constraint %d", seed, c.Name, id)
			}
			compared++
		}
		e := explorer{coin: coin, told: &paths{told: map[string]string{}}}
		root := NewVertices(m, &Policy{OnCell: look}, new(atomic.Bool), new(Fallbacks), Proofs)
		root.Reset()
		e.explore(root, nil)
	}
	require.Greater(t, compared, 2000)
}

// supremum is the largest value on the cube of g·y and what a cone adds to it, by which g·y is
// bounded on the cell.
func supremum(tr *Vertices, g *vertices.Point, c *vertices.Cone) float64 {
	sum, sup := *g, 0.0
	for i, id := range c.IDs {
		a := &tr.judge.Cell[id]
		for k, v := range a.G {
			sum[k] += c.Lambda[i] * a.S * v
		}
		sup += c.Lambda[i] * a.S * a.H
	}
	for _, v := range sum {
		sup += math.Abs(v)
	}
	return sup
}

// Where many hyperplanes meet, taking facets off bounds a form by its largest value on the cell, as
// least squares do.
func TestPeelingSaysWhatLeastSquaresDo(t *testing.T) {
	compared, refused := 0, 0
	look := func(coin *rand.Rand, tr *Vertices) {
		var g vertices.Point
		for k := range tr.m.N {
			g[k] = float64(coin.IntN(7) - 3)
		}
		at, e := tr.here().at, tr.shown.evidence
		top := tr.cells.Top(&g, at)
		largest := 0.0
		for k, v := range tr.cells.Vertices[top].X {
			largest += g[k] * v
		}
		var edges, squares vertices.Cone
		if e.Along(top, &g, at, &edges) || !e.Express(top, &g, &squares) {
			return
		}
		if compared++; !e.Peel(top, &g, at, &edges) {
			refused++
			return
		}
		require.LessOrEqual(t, len(edges.IDs), tr.m.N)
		for _, l := range edges.Lambda {
			require.Positive(t, l)
		}
		require.InDelta(t, largest, supremum(tr, &g, &edges), 1e-6*(1+math.Abs(largest)))
		require.InDelta(t, largest, supremum(tr, &g, &squares), 1e-6*(1+math.Abs(largest)))
	}
	cases := []gen.Case{{Net: gen.Resonance(3), Ball: gen.AtOrigin(ball.LInf, 3)}, {Net: gen.Resonance(4), Ball: gen.AtOrigin(ball.LInf, 4)},
		{Net: gen.Threshold(4), Ball: gen.AtOrigin(ball.LInf, 5)}}
	for seed := range uint64(150) {
		cases = append(cases, gen.TernaryCase(gen.NewRand(seed), 2+int(seed%3), 6, 4))
	}
	for i, c := range cases {
		m, err := NewSubject(context.Background(), c.Net, c.Ball)
		require.NoError(t, err)
		if !KeepsVertices(m, nil) || m.Norm == ball.L1 || m.Norm == ball.L2 {
			continue
		}
		coin := rand.New(rand.NewPCG(uint64(i), 0))
		e := explorer{coin: coin, told: &paths{told: map[string]string{}}}
		root := NewVertices(m, &Policy{OnCell: func(tr *Vertices) { look(coin, tr) }}, new(atomic.Bool), new(Fallbacks), Proofs)
		root.Reset()
		e.explore(root, nil)
	}
	require.Greater(t, compared, 1000)
	require.Zero(t, refused)
}
