package lp_test

// The row form, which serves many dimensions, held against the exact tier and the
// vertex form in few, where both can be asked.

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
)

var polytopal = []ball.Norm{ball.LInf, ball.L1, ball.Box}

func newRows(norm ball.Norm, n int) lp.Incremental {
	s := new(lp.Rows)
	s.Reset(norm, n)
	return s
}

func newVertex(norm ball.Norm, n int) lp.Incremental {
	s := new(lp.Vertex)
	s.Reset(norm, n)
	return s
}

func TestRowsAgainstTheExactTier(t *testing.T) {
	for _, norm := range polytopal {
		for name, forms := range map[string]func(*rapid.T, int) func() lp.Form{"small integers": smallForm, "997ths": genericForm} {
			t.Run(norm.String()+", "+name, func(t *testing.T) {
				var count tally
				rapid.Check(t, func(t *rapid.T) {
					n := rapid.IntRange(1, 6).Draw(t, "n")
					tr := &tree{s: newRows(norm, n), norm: norm, draw: forms(t, n), count: &count, limit: 5, fresh: newRows}
					p := make([]*big.Rat, n)
					for k := range p {
						p[k] = big.NewRat(int64(rapid.IntRange(-7, 7).Draw(t, "p")), int64(16*n+1))
					}
					tr.cell(t, p)
					require.Zero(t, tr.s.Depth())
				})
				count.requireMost(t)
			})
		}
	}
}

// The two solvers go down the same cells; where both are certified they say the same.
func TestRowsAgreesWithVertex(t *testing.T) {
	for _, norm := range polytopal {
		for name, forms := range map[string]func(*rapid.T, int) func() lp.Form{"small integers": smallForm, "997ths": genericForm} {
			t.Run(norm.String()+", "+name, func(t *testing.T) {
				var count tally
				rapid.Check(t, func(t *rapid.T) {
					n := rapid.IntRange(1, 12).Draw(t, "n")
					p := make([]*big.Rat, n)
					for k := range p {
						p[k] = big.NewRat(int64(rapid.IntRange(-7, 7).Draw(t, "p")), int64(16*n+1))
					}
					rows, vertex := newRows(norm, n), newVertex(norm, n)
					tr := &tree{norm: norm, draw: forms(t, n)}
					for range rapid.IntRange(0, 12).Draw(t, "forms") {
						f := tr.draw()
						side := float64(exact.RowOf(f.G, f.H).Eval(p).Sign())
						if side == 0 {
							continue
						}
						in := instance{norm: norm, cell: tr.cons, rows: tr.rows, ask: lp.Constraint{Form: f, Sign: -side}, p: p}
						in.obj = exactRow(in.ask)
						a, err := rows.Ask(f.G, f.H, -side)
						require.NoError(t, err)
						b, err := vertex.Ask(f.G, f.H, -side)
						require.NoError(t, err)
						mine, its := tr.certify(in, a), tr.certify(in, b)
						count.add(mine)
						require.True(t, mine == its || mine == 0 || its == 0, "two certificates contradict")
						if mine != 1 || its != 1 || !rows.Split() || !vertex.Split() {
							continue
						}
						rows.Enter(side)
						vertex.Enter(side)
						c := lp.Constraint{Form: f, Sign: side}
						tr.cons, tr.rows = append(tr.cons, c), append(tr.rows, exactRow(c))
					}
				})
				count.requireMost(t)
			})
		}
	}
}

// Many dimensions, some forms implied by others: every answer is certified against exact rows.
func TestRowsInManyDimensions(t *testing.T) {
	for _, norm := range polytopal {
		var count tally
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.IntRange(50, 120).Draw(t, "n")
			rng := rapid.Uint64().Draw(t, "seed")
			number := func() float64 { // xorshift: rapid would draw each number apart
				rng |= 1
				rng ^= rng << 13
				rng ^= rng >> 7
				rng ^= rng << 17
				return float64(rng>>11)/(1<<52) - 1
			}
			p := make([]*big.Rat, n)
			for k := range p {
				p[k] = big.NewRat(int64(k%7-3), int64(16*n+1))
			}
			rows := newRows(norm, n)
			tr := &tree{norm: norm}
			for range 10 {
				f := lp.Form{G: make([]float64, n), H: number()}
				for k := range f.G {
					f.G[k] = number()
				}
				if m := len(tr.cons); m > 2 && rapid.Bool().Draw(t, "implied") { // positive on the cell
					a, b := tr.cons[m-1], tr.cons[m-2]
					f.H = 0.5 + a.Sign*a.Form.H + 3*b.Sign*b.Form.H
					for k := range f.G {
						f.G[k] = a.Sign*a.Form.G[k] + 3*b.Sign*b.Form.G[k]
					}
				}
				side := float64(exact.RowOf(f.G, f.H).Eval(p).Sign())
				in := instance{norm: norm, cell: tr.cons, rows: tr.rows, ask: lp.Constraint{Form: f, Sign: -side}, p: p}
				in.obj = exactRow(in.ask)
				a, err := rows.Ask(f.G, f.H, -side)
				require.NoError(t, err)
				got := tr.certify(in, a)
				count.add(got)
				if got <= 0 {
					continue
				}
				require.True(t, rows.Seen(f.G, f.H, -side))
				require.True(t, rows.Split())
				rows.Enter(side)
				c := lp.Constraint{Form: f, Sign: side}
				tr.cons, tr.rows = append(tr.cons, c), append(tr.rows, exactRow(c))
			}
		})
		count.requireMost(t)
	}
}

// A margin is inside the cell by more than rounding.
func TestRowsMargin(t *testing.T) {
	for _, norm := range polytopal {
		s := newRows(norm, 3)
		for _, f := range []lp.Form{{G: []float64{1, 0, 0}}, {G: []float64{0, 1, 1}}} {
			r, err := s.Ask(f.G, f.H, 1)
			require.NoError(t, err)
			require.True(t, r.Meets)
			require.True(t, s.Split())
			s.Enter(1)
		}
		p, ok := s.Margin([]float64{0, 1, -1}, 0, 1)
		require.True(t, ok, norm)
		require.Greater(t, p[0], 0.01)
		require.Greater(t, p[1]+p[2], 0.01)
		require.Greater(t, p[1]-p[2], 0.01)
		require.False(t, s.Split(), "a margin is no question")
		_, ok = s.Margin([]float64{1, 0, 0}, 0, -1)
		require.False(t, ok)
		_, ok = s.Margin([]float64{math.NaN(), 0, 0}, 0, -1)
		require.False(t, ok)
	}
}

func TestRowsOnBadNumbers(t *testing.T) {
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, 0}
	for _, norm := range polytopal {
		s := newRows(norm, 2)
		for _, g := range bad {
			for _, h := range bad {
				for _, sign := range []float64{-1, 1} {
					r, err := s.Ask([]float64{g, 0}, h, sign)
					if err != nil {
						require.False(t, s.Split(), "%v %g %g", norm, g, h)
					} else if math.IsNaN(g) || math.IsNaN(h) {
						t.Fatalf("%v: an answer about a form that is no number: %+v", norm, r)
					}
				}
			}
		}
		r, err := s.Ask([]float64{1, 0}, 0, 1)
		require.NoError(t, err)
		require.True(t, r.Meets)
		r, err = s.Ask([]float64{1, 0}, -3, 1)
		require.NoError(t, err)
		require.False(t, r.Meets)
	}
}
