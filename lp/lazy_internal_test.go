package lp

// Sides of splits are made when they are asked about. The slow twin makes them at once, and answers
// the same to the last bit.

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
)

// maker is a solver that can be told to make its cell.
type maker interface {
	Incremental
	made()
}

type lazyVertex struct{ Vertex }

func (v *lazyVertex) made() { v.here() }

type lazyProjection struct{ Projection }

func (q *lazyProjection) made() { q.here() }

// pair is a lazy solver and its twin on the same way.
type pair struct {
	lazy, eager maker
	n           int
	draw        *rapid.Generator[float64]
	kept        int // cells that were asked about after their split
}

// form draws one.
func (p *pair) form(t *rapid.T) (g []float64, h float64) {
	return rapid.SliceOfN(p.draw, p.n, p.n).Draw(t, "g"), p.draw.Draw(t, "h")
}

// ask asks both the same, and holds the answers against each other.
func (p *pair) ask(t *rapid.T, g []float64, h, s float64) bool {
	require.Equal(t, p.eager.Seen(g, h, s), p.lazy.Seen(g, h, s))
	want, wantErr := p.eager.Ask(g, h, s)
	got, err := p.lazy.Ask(g, h, s)
	if require.Equal(t, wantErr, err); err != nil {
		return false
	}
	told := func(r *Reply) string { // numbers that are none among them
		if r.Meets {
			return fmt.Sprint(r.Interior, r.Point)
		}
		return fmt.Sprint(r.ID, r.Lambda)
	}
	require.Equal(t, want.Meets, got.Meets)
	require.Equal(t, told(want), told(got))
	return got.Meets
}

// cell asks about some forms, goes into both sides of one, and sometimes asks about the cell
// between.
func (p *pair) cell(t *rapid.T, depth int) {
	for range rapid.IntRange(0, 3).Draw(t, "questions") {
		g, h := p.form(t)
		if p.ask(t, g, h, -1) {
			p.lazy.Margin(g, h, -1)
			p.eager.Margin(g, h, -1)
		}
	}
	g, h := p.form(t)
	if depth == 0 || !p.ask(t, g, h, 1) {
		return
	}
	split := p.eager.Split()
	if p.eager.made(); !p.lazy.Split() || !split {
		return // a lazy one may find out later
	}
	for _, s := range []float64{-1, 1} {
		if rapid.Bool().Draw(t, "asked between") {
			p.kept++
			g, h := p.form(t)
			p.ask(t, g, h, 1)
		}
		if rapid.IntRange(0, 9).Draw(t, "copied") == 0 {
			of := *p
			of.lazy, of.eager = like(p.lazy), like(p.eager)
			depth := p.lazy.Depth()
			of.lazy.CopyFrom(bare(p.lazy), depth)
			of.eager.CopyFrom(bare(p.eager), depth)
			of.enter(t, s, 0)
		}
		p.enter(t, s, depth-1)
		if rapid.IntRange(0, 9).Draw(t, "refreshed") == 0 {
			require.Equal(t, p.eager.Refresh(), p.lazy.Refresh())
		}
	}
}

// enter goes into a side.
func (p *pair) enter(t *rapid.T, s float64, depth int) {
	p.lazy.Enter(s)
	p.eager.Enter(s)
	p.eager.made()
	p.cell(t, depth)
	p.lazy.Leave()
	p.eager.Leave()
}

func like(m maker) maker {
	if _, ok := m.(*lazyVertex); ok {
		return &lazyVertex{}
	}
	return &lazyProjection{}
}

func bare(m maker) Incremental {
	switch s := m.(type) {
	case *lazyVertex:
		return &s.Vertex
	case *lazyProjection:
		return &s.Projection
	}
	return nil
}

func TestSidesMadeLaterAreThoseMadeAtOnce(t *testing.T) {
	for name, draw := range map[string]*rapid.Generator[float64]{
		"small":   rapid.Map(rapid.IntRange(-3, 3), func(v int) float64 { return float64(v) }),
		"generic": rapid.Float64Range(-1, 1),
	} {
		for _, norm := range []ball.Norm{ball.LInf, ball.L1, ball.L2} {
			t.Run(fmt.Sprint(norm, " ", name), func(t *testing.T) {
				kept := 0
				rapid.Check(t, func(t *rapid.T) {
					p := pair{lazy: &lazyVertex{}, eager: &lazyVertex{}, draw: draw, n: rapid.IntRange(1, 5).Draw(t, "n")}
					if norm == ball.L2 {
						p.lazy, p.eager, p.n = &lazyProjection{}, &lazyProjection{}, rapid.SampledFrom([]int{1, 2, 3, 5, projFew + 1}).Draw(t, "n")
					}
					p.lazy.Reset(norm, p.n)
					p.eager.Reset(norm, p.n)
					p.cell(t, 4)
					kept += p.kept
				})
				require.NotZero(t, kept)
			})
		}
	}
}
