package safety

// Multipliers that go uphill: what goes forward along the lines against the form that came back by
// them, and a query that needs splits of units in two layers.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/internal/looks"
	"github.com/relucell/relucell/network"
)

// onANode is a worker at a node of a random network, with signs that a point of the box has.
func onANode(t *testing.T, rng *rand.Rand) (*worker, *node) {
	n := floatNet(t, rng)
	q := ask(t, n, boxOf(n.Inputs()), "(<= (+ Y_0 (* 0.3 X_0)) 0.1)", fmt.Sprintf("(<= (* -0.7 Y_%d) 0.7)", n.Outputs()-1))
	r, err := newSearch(context.Background(), newSubject(context.Background(), n, q), Options{Workers: 1}, time.Now())
	require.NoError(t, err)
	w, box := newWorker(r), &node{disjunct: []int32{0}}
	center := make([]float64, n.Inputs())
	for k := range center {
		center[k] = rng.NormFloat64()
		box.lo, box.hi = append(box.lo, center[k]-1), append(box.hi, center[k]+1)
	}
	for q, v := range exactPre(r.subject, center) {
		if v.Sign() != 0 && rng.IntN(3) == 0 {
			box.signs = append(box.signs, sign{int32(q), int8(v.Sign())})
		}
	}
	require.Equal(t, bounded, w.zone.bound(box))
	w.evaluate(box)
	return w, box
}

// TestAlongTheLinesIsTheForm: the conditions and pre-activations that go forward from the corner add
// up to the bound of the form that came back, but for rounding.
func TestAlongTheLinesIsTheForm(t *testing.T) {
	weighed := 0
	for i := range 200 {
		rng := rand.New(rand.NewPCG(31, uint64(i)))
		w, box := onANode(t, rng)
		m := w.ascent.start(0, nil)
		m.mu[0], m.mu[1] = rng.Float64(), rng.Float64()
		for _, g := range box.signs {
			m.beta[g.unit] = -rng.Float64() * float64(g.s)
			weighed++
		}
		for _, q := range w.zone.open {
			m.alpha[q] = w.zone.legalSlope(q, 4*rng.Float64()-2)
		}
		require.True(t, w.zone.back.legal(m))
		w.ascent.begin(m)
		clear(w.ascent.weight)
		bound := w.zone.back.weighed(0, m, w.ascent.weight)
		w.ascent.along(m)
		sum, size := 0.0, 1.0
		add := func(weight, v float64) {
			sum += weight * v
			size += math.Abs(weight * v)
		}
		for j := range m.mu {
			add(m.mu[j], w.subject.conditions[0][j].value(w.ascent.x, w.walker.values[len(w.layers)-1]))
		}
		for q, v := range w.ascent.pre {
			add(m.beta[q], v)
			size += math.Abs(w.ascent.weight[q] * v)
		}
		require.InDelta(t, bound, sum, 1e-9*size, i)
	}
	require.Greater(t, weighed, 100)
}

// TestUphillIsHigher: a mixture that is legal, whose bound is what is said and no lower than the
// first one's, and often higher.
func TestUphillIsHigher(t *testing.T) {
	higher := 0
	for i := range 200 {
		rng := rand.New(rand.NewPCG(37, uint64(i)))
		w, _ := onANode(t, rng)
		first := w.zone.back.mixed(0, w.ascent.start(0, nil))
		m, top := w.ascent.uphill(0, w.ascent.start(0, nil))
		require.True(t, w.zone.back.legal(m), i)
		require.Equal(t, w.zone.back.mixed(0, m), top, i)
		require.GreaterOrEqual(t, top, first, i)
		if top > first+0.01*math.Abs(first) {
			higher++
		}
	}
	require.Greater(t, higher, 50)
}

// TestManyInputsAndLayersAreSplitByUnits has a query of 40 inputs and two layers, of which
// programmes are too large: what holds is proved to the checker, whoever works.
func TestManyInputsAndLayersAreSplitByUnits(t *testing.T) {
	const inputs, width = 40, 20
	rng := rand.New(rand.NewPCG(3, 5))
	draw := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(rng.IntN(17)-8) / 8
		}
		return v
	}
	n := gen.Build(gen.ReLU(draw(inputs*width), draw(width)), gen.ReLU(draw(width*width), draw(width)), gen.Affine(draw(width), []float64{0}))
	box := strings.ReplaceAll(boxOf(inputs), "1e9", "0.1")
	tune := usual(inputs)
	tune.entries = 0
	spec := specification(n, box, "(<= Y_0 -15)")
	got, text := proved(t, n, spec, tune, 1)
	require.Equal(t, Holds, got)
	require.Greater(t, strings.Count(text, "\nN"), 5, text)
	require.NotContains(t, text, "\nX", "an input is halved")
	_, again := proved(t, n, spec, tune, 4)
	require.Equal(t, text, again)
	r, err := newSearch(context.Background(), newSubject(context.Background(), n, read(t, spec)), Options{Workers: 2}, time.Now())
	require.NoError(t, err)
	r.tuning = tune
	res := r.run()
	require.Equal(t, Holds, res.Verdict, "with what is known from node to node")
	require.Greater(t, res.Nodes, int64(5))
	require.Equal(t, Violated, verdict(t, n, read(t, specification(n, box, "(<= Y_0 2)"))))
}

// TestStopsWhileNodesAreLookedAt: nodes are looked at without a panic wherever a stop comes, and
// what holds is not violated. A disjunct that asks for a point of its box alone has no condition;
// where a stop kept its point from being confirmed, what to split was looked for in its weights.
func TestStopsWhileNodesAreLookedAt(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1, 1, 1, -1}, []float64{0, 0}), gen.ReLU([]float64{1, -1, 1, 1}, []float64{0, -1}), gen.Affine([]float64{1, -1}, []float64{0}))
	for condition, want := range map[string]Verdict{"(<= X_0 1)": Violated, "(<= Y_0 -1.25)": Holds, "(and (<= Y_0 0.1) (>= X_1 1) (>= Y_0 0.2))": Holds} {
		for name, tune := range tunings {
			for _, prove := range []bool{false, true} {
				stops := 0
				for ; visitedUntil(t, n, condition, tune, prove, stops, want); stops++ {
				}
				require.Positive(t, stops, name)
			}
		}
	}
}

// visitedUntil looks at the nodes of a query, one after the other, until the context was looked at
// so often, and says whether that ended it.
func visitedUntil(t *testing.T, n *network.Network, condition string, tune tuning, prove bool, left int, want Verdict) bool {
	q := read(t, specification(n, "(and (>= X_0 -1) (<= X_0 1) (>= X_1 -1) (<= X_1 1))", condition))
	r, err := newSearch(context.Background(), newSubject(context.Background(), n, q), Options{Workers: 1, Prove: prove}, time.Now())
	require.NoError(t, err)
	r.tuning = tune
	ctx := looks.After(r.ctx, left)
	r.ctx = ctx
	w, got := newWorker(r), Holds
	for waiting := r.queue.waiting; len(waiting) > 0 && !ctx.Ended(); {
		next := waiting[len(waiting)-1]
		children, found, err := w.visit(next)
		if waiting = append(waiting[:len(waiting)-1], children...); found != nil {
			got, waiting = Violated, nil
		}
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
		}
	}
	require.False(t, got == Violated && want == Holds)
	if !ctx.Ended() {
		require.Equal(t, want, got, condition)
	}
	return ctx.Ended()
}
