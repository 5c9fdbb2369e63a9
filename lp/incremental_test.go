package lp_test

// The incremental solvers themselves, below the small interface: a random tree of cells is
// descended as a walk does (ask, split, enter one side, leave, enter the other), and every
// answer is held against the exact tier.

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/lp/lptest"
)

// tree is a solver on its way through cells, with what is known of the current one.
type tree struct {
	s     lp.Incremental
	norm  ball.Norm
	draw  func() lp.Form
	cons  []lp.Constraint
	rows  []exact.Row
	count *tally
	// beside[i] is a point on the other side of constraint i, in the cell of those before it.
	beside [][]*big.Rat
	// second[i] says that constraint i is the second side of its split to be entered.
	second []bool
	// limit is the depth at which the tree ends.
	limit int
	// fresh makes another solver like s; nil stands for lp.NewIncremental.
	fresh func(norm ball.Norm, n int) lp.Incremental
}

// question asks s about a side of the first m constraints and verifies the answer. p is inside
// their cell. It returns a point of the asked side, nil if that is empty.
func (tr *tree) question(t *rapid.T, s lp.Incremental, m int, f lp.Form, sign float64, p []*big.Rat) []*big.Rat {
	in := instance{norm: tr.norm, cell: tr.cons[:m], ask: lp.Constraint{Form: f, Sign: sign}, rows: tr.rows[:m], p: p}
	in.obj = exactRow(in.ask)
	truth, _, _, err := exact.Side(tr.norm, in.obj, in.rows, p)
	require.NoError(t, err)
	r := asked(s, f, sign)
	require.Equal(t, m, s.Depth())
	if r == nil {
		tr.count.add(0)
		return truth
	}
	certified := tr.certify(in, r)
	if certified != 0 {
		require.Equal(t, truth != nil, certified > 0, "a certificate contradicts the exact tier")
	}
	tr.count.add(certified)
	if r.Meets && certified == 0 { // the second try of a walk
		if point, ok := s.Margin(f.G, f.H, sign); ok && exact.Interior(tr.norm, append([]exact.Row{in.obj}, in.rows...), ball.Rats(point)) {
			require.NotNil(t, truth)
		}
		asked(s, f, sign)
	}
	return truth
}

// asked asks as a walk does: again after an error, as of a cell that is thin beside rounding, and
// then leaves the question to the exact tier.
func asked(s lp.Incremental, f lp.Form, sign float64) *lp.Reply {
	r, err := s.Ask(f.G, f.H, sign)
	if err != nil && s.Refresh() {
		r, err = s.Ask(f.G, f.H, sign)
	}
	if err != nil {
		return nil
	}
	return r
}

// certify turns a reply into the answer of a plain solver and certifies that.
func (tr *tree) certify(in instance, r *lp.Reply) int {
	if !r.Meets {
		a := lp.Answer{Self: 1, Lambda: make([]float64, len(in.cell))}
		for i, id := range r.ID {
			a.Lambda[id] += r.Lambda[i]
		}
		return proved(in, a)
	}
	if r.Interior {
		return proved(in, lp.Answer{Meets: true, Witness: append([]float64(nil), r.Point...)})
	}
	// On the segment from p to the point, beyond the crossing.
	w := ball.Rats(r.Point)
	for k := range w {
		w[k].Sub(w[k], in.p[k])
	}
	for num := int64(63); num > 0; num -= 2 {
		y := make([]*big.Rat, len(w))
		for k := range w {
			y[k] = new(big.Rat).Mul(w[k], big.NewRat(num, 64))
			y[k].Add(y[k], in.p[k])
		}
		if exact.Interior(in.norm, append([]exact.Row{in.obj}, in.rows...), y) {
			return 1
		}
	}
	return 0
}

// cell asks about forms until one cuts the cell, then goes into both sides.
func (tr *tree) cell(t *rapid.T, p []*big.Rat) {
	if len(tr.cons) == tr.limit {
		return
	}
	for range 3 {
		f := tr.draw()
		side := exact.RowOf(f.G, f.H).Eval(p).Sign()
		if side == 0 || exact.RowOf(f.G, f.H).Neg().Eval(p).Sign() == 0 {
			continue
		}
		tr.disturb(t, f, p)
		away := -float64(side)
		other := tr.question(t, tr.s, len(tr.cons), f, away, p)
		if other == nil {
			continue
		}
		if !tr.s.Split() {
			continue
		}
		tr.side(t, f, away, other, p, false)
		tr.side(t, f, -away, p, other, true)
		return
	}
}

// side enters one side, which holds p, and comes back.
func (tr *tree) side(t *rapid.T, f lp.Form, sign float64, p, beside []*big.Rat, second bool) {
	c := lp.Constraint{Form: f, Sign: sign}
	tr.beside, tr.second = append(tr.beside, beside), append(tr.second, second)
	tr.cons, tr.rows = append(tr.cons, c), append(tr.rows, exactRow(c))
	tr.s.Enter(sign)
	tr.cell(t, p)
	tr.s.Leave()
	last := len(tr.cons) - 1
	tr.cons, tr.rows, tr.beside, tr.second = tr.cons[:last], tr.rows[:last], tr.beside[:last], tr.second[:last]
}

// disturb does what must not change any answer: a refresh, or a copy of the state at any split of
// the path, that goes down on the same side or the other, and is asked about the same form.
func (tr *tree) disturb(t *rapid.T, f lp.Form, p []*big.Rat) {
	switch rapid.IntRange(0, 3).Draw(t, "disturb") {
	case 0:
		tr.s.Refresh()
	default:
		fresh := tr.fresh
		if fresh == nil {
			fresh = lp.NewIncremental
		}
		twin := fresh(tr.norm, len(p))
		depth := rapid.IntRange(0, len(tr.cons)).Draw(t, "copied depth")
		for depth < len(tr.cons) && tr.second[depth] { // the split is used up
			depth++
		}
		twin.CopyFrom(tr.s, depth)
		require.Equal(t, depth, twin.Depth())
		path := *tr
		path.cons, path.rows = append([]lp.Constraint(nil), tr.cons...), append([]exact.Row(nil), tr.rows...)
		if depth < len(tr.cons) { // split already: to be entered
			if c := &path.cons[depth]; rapid.Bool().Draw(t, "the other side") {
				c.Sign, p = -c.Sign, tr.beside[depth]
				path.rows[depth] = exactRow(*c)
			}
			twin.Enter(path.cons[depth].Sign)
			depth++
		}
		for _, sign := range []float64{-1, 1} {
			path.question(t, twin, depth, f, sign, p)
		}
	}
}

// smallForm and genericForm draw forms over n coordinates: with small multipliers, and with none.
func smallForm(t *rapid.T, n int) func() lp.Form {
	g := rapid.Map(rapid.IntRange(-2, 2), func(v int) float64 { return float64(v) })
	return func() lp.Form {
		f := lp.Form{G: rapid.SliceOfN(g, n, n).Draw(t, "g"), H: g.Draw(t, "h") / 2}
		for _, v := range f.G {
			if v != 0 {
				return f
			}
		}
		f.G[0] = 1
		return f
	}
}

func genericForm(t *rapid.T, n int) func() lp.Form {
	g := rapid.Map(rapid.IntRange(-1000, 1000), func(v int) float64 { return float64(v) / 997 })
	return func() lp.Form {
		f := lp.Form{G: rapid.SliceOfN(g, n, n).Draw(t, "g"), H: g.Draw(t, "h")}
		f.G[0] += 2 // a gradient that is no rounding error
		return f
	}
}

func TestIncrementalSolversAgainstTheExactTier(t *testing.T) { incrementalSolvers(t, 4, 4) }

// Deeper than in other tests, as a cell of the plane has many edges then.
func TestPlaneCellsOfManyEdgesAgainstTheExactTier(t *testing.T) { incrementalSolvers(t, 2, 6) }

// incrementalSolvers holds the solvers of up to so many inputs to the exact tier, on trees so deep.
func incrementalSolvers(t *testing.T, inputs, depth int) {
	for _, norm := range norms {
		for name, forms := range map[string]func(*rapid.T, int) func() lp.Form{"small integers": smallForm, "997ths": genericForm} {
			t.Run(norm.String()+", "+name, func(t *testing.T) {
				var count tally
				rapid.Check(t, func(t *rapid.T) {
					n := rapid.IntRange(1, inputs).Draw(t, "n")
					tr := &tree{s: lp.NewIncremental(norm, n), norm: norm, draw: forms(t, n), count: &count, limit: depth}
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

// requireMost is require for a solver whose points and multipliers need not be certain: ties
// between forms with no small multipliers are for the exact tier.
func (c *tally) requireMost(t *testing.T) {
	if !c.logged(t) {
		return
	}
	require.Greater(t, c.meets, 10)
	require.Greater(t, c.empty, 10)
	require.Less(t, 10*c.open, c.meets+c.empty)
}

// Where both solvers are sure they say the same.
func TestNativeAgreesWithReference(t *testing.T) {
	var count tally
	native, reference := lptest.NewNative(), lp.NewReference()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t, 6, 12)
		a, b := ask(t, native, in), ask(t, reference, in)
		mine, its := proved(in, a), proved(in, b)
		require.True(t, mine == its || mine == 0 || its == 0, "two certificates contradict")
		count.add(mine)
	})
	count.requireMost(t)
}

// A stack that grows and shrinks gives the answers of one that only grew. (A push after a pop
// used to panic: the cell beneath had been split already.)
func TestNativePushAndPop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t, 4, 8)
		s := lptest.NewNative()
		require.NoError(t, s.Reset(in.norm, len(in.p)))
		for _, c := range in.cell {
			for range rapid.IntRange(0, 2).Draw(t, "detours") {
				s.Push(in.cell[rapid.IntRange(0, len(in.cell)-1).Draw(t, "detour")])
				s.Pop()
			}
			s.Push(c)
		}
		a, err := s.Ask(in.ask)
		require.NoError(t, err)
		mine, other := proved(in, a), proved(in, ask(t, lptest.NewNative(), in))
		require.True(t, mine == other || mine == 0 || other == 0, "two certificates contradict")
	})
}

// What is not finite, or has no extent, is an error or an answer, never a panic; and the
// solver works afterwards.
func TestIncrementalSolversOnBadNumbers(t *testing.T) {
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, 0}
	for _, norm := range norms {
		s := lp.NewIncremental(norm, 2)
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

// An answer "empty" used to leave the projection solver with a state of an impossible
// cell, on which a split and the next question panicked. The caller may know
// from elsewhere that a side as thin as these lives.
func TestSplitAfterAnEmptyAnswerPanicked(t *testing.T) {
	for _, norm := range norms {
		s := lp.NewIncremental(norm, 2)
		thin := []lp.Form{{G: []float64{1, 0}}, {G: []float64{1, 0x1p-52}, H: -0x1p-60}, {G: []float64{-1, 0x1p-52}, H: 0x1p-59}}
		entered := 0
		for _, f := range thin {
			_, err := s.Ask(f.G, f.H, 1)
			require.NoError(t, err)
			if s.Split() {
				s.Enter(1)
				entered++
			}
			s.Refresh()
			_, err = s.Ask([]float64{0, 1}, 0, 1)
			require.NoError(t, err)
		}
		require.Equal(t, entered, s.Depth())
		for range entered {
			s.Leave()
		}
		r, err := s.Ask([]float64{0, 1}, -0.5, 1)
		require.NoError(t, err)
		require.True(t, r.Meets)
	}
}

// enter goes to side s of the form, which must be possible.
func enter(t *testing.T, v lp.Incremental, s, h float64, g ...float64) {
	r, err := v.Ask(g, h, s)
	require.NoError(t, err)
	require.True(t, r.Meets)
	require.True(t, v.Split())
	v.Enter(s)
}

// requireEmpty asks, and wants exactly these multipliers, by constraint.
func requireEmpty(t *testing.T, v lp.Incremental, want map[int32]float64, s, h float64, g ...float64) {
	require.False(t, v.Seen(g, h, s))
	r, err := v.Ask(g, h, s)
	require.NoError(t, err)
	require.False(t, r.Meets)
	got := map[int32]float64{}
	for i, id := range r.ID {
		got[id] = r.Lambda[i]
	}
	require.Equal(t, want, got)
}

// What is in a reply does not depend on the scale of the rows.
func TestMultipliersFollowTheScaleOfTheRows(t *testing.T) {
	for _, e := range []int{-900, -60, 0, 60, 900} {
		t.Run(fmt.Sprint(e), func(t *testing.T) {
			v := lp.NewIncremental(ball.LInf, 2)
			u := math.Ldexp(1, e)
			enter(t, v, 1, 0.25*u, u, 0.5*u)
			requireEmpty(t, v, map[int32]float64{0: 1 / u}, -1, 0.25, 1, 0.5)
			requireEmpty(t, v, map[int32]float64{0: 1}, -1, 0.25*u, u, 0.5*u)
		})
	}
}
