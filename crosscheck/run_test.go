// The crosscheck of this project's own bounds: soundness, order, monotonicity,
// and what is promised when no boundary is near.

package crosscheck

import (
	"context"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// trainedNetworks returns those of testdata.
func trainedNetworks(t testing.TB) []*network.Network {
	var all []*network.Network
	for _, name := range []string{"two_moons_2-16-16-1.json", "iris_sized_4-16-16-3.json"} {
		f, err := os.Open(filepath.Join("..", "testdata", name))
		require.NoError(t, err)
		n, err := network.ReadCanonical(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		all = append(all, n)
	}
	return all
}

// ownBounds are all bounds of the project.
func ownBounds() []bound.Bound {
	return append(bound.All(), NewDial(1), NewDial(2), NewDial(99))
}

func requireAllHold(t *testing.T, seed uint64, cases int) *Report {
	t.Helper()
	ctx := context.Background()
	rep, err := Run(ctx, gen.Cases(seed, cases, gen.CaseOptions{Networks: trainedNetworks(t)}), ownBounds(), RunOptions{Workers: 2, Limit: 5000,
		Each: func(r Record) { requireDial(t, r); requireAudited(t, r) }})
	require.NoError(t, err)
	require.Equal(t, cases, rep.Cases)
	require.Empty(t, rep.WrongCounts)
	for _, f := range rep.Violations {
		t.Errorf("%s", Describe(f))
	}
	for _, d := range rep.Dominances {
		for _, f := range d.Failures {
			t.Errorf("claim %s ≤ %s: %s", d.Finer, d.Coarser, Describe(f))
		}
		require.Positive(t, d.Cases)
	}
	require.Positive(t, rep.Exact)
	for _, s := range rep.Bounds {
		require.NoError(t, s.FirstError)
	}
	require.True(t, rep.Sound())
	return rep
}

// requireAudited has the count proved and checked, if it is in the sample.
func requireAudited(t *testing.T, r Record) {
	if r.Exact && Sampled(r.Case.Net, r.Case.Ball, r.Lower) {
		require.NoError(t, Audit(context.Background(), r.Case.Net, r.Case.Ball, r.Lower), r.Case.Name)
	}
}

// requireDial: at m = L the dial is the count.
func requireDial(t *testing.T, r Record) {
	last := r.Results[len(r.Results)-1]
	require.Equal(t, "dial-99", last.Name)
	if r.Exact && r.Lower.Cmp(big.NewInt(defaultDialBudget)) < 0 {
		require.Equal(t, r.Lower.String(), last.Value.String(), r.Case.Name)
	}
}

func TestBoundsAgainstCounts(t *testing.T) { requireAllHold(t, 1, 300) }

func TestSoakBoundsAgainstCounts(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("RELUCELL_SOAK is not set")
	}
	requireAllHold(t, 2, 10_000)
}

// Each local upper bound is claimed to be below the global recursion, so that requireAllHold tries
// it.
func TestLocalBelowGlobalIsClaimedOfEveryLocalBound(t *testing.T) {
	have := map[Dominance]bool{}
	for _, d := range Dominances() {
		have[d] = true
	}
	for _, b := range Bounds() {
		if b.Kind() == bound.Upper && b.Scope() == bound.Local {
			require.True(t, have[Dominance{b.Name(), "serra-rank"}], b.Name())
		}
	}
}

// lpTies is how often lp may shrink with a growing ball: where the ball touches a boundary to
// within rounding, its programmes are stopped by their tolerance (1 of 16,000 pairs here).
const lpTies = 0.001

func requireMonotone(t *testing.T, seed uint64, cases int) {
	ctx := context.Background()
	pairs, ties := 0, 0
	for c := range gen.Cases(seed, cases, gen.CaseOptions{}) {
		if c.Ball.Norm() == ball.Box || c.Ball.Radius() > 64 {
			continue
		}
		for _, factor := range []float64{1.25, 2} {
			pairs++
			larger := gen.Must(ball.New(c.Ball.Norm(), c.Ball.Center(), factor*c.Ball.Radius()))
			for _, name := range append([]string{"lp"}, monotoneInRadius...) {
				small, large := valueOf(t, ctx, name, c.Net, c.Ball), valueOf(t, ctx, name, c.Net, larger)
				if name == "lp" && small.Cmp(large) > 0 {
					ties++
					continue
				}
				require.LessOrEqual(t, small.Cmp(large), 0, "%s: %s is %s, and %s in %g times the radius", c.Name, name, small, large, factor)
			}
		}
	}
	require.LessOrEqual(t, float64(ties), lpTies*float64(pairs))
}

func valueOf(t *testing.T, ctx context.Context, name string, n *network.Network, b ball.Ball) *big.Int {
	bd, ok := bound.ByName(name)
	require.True(t, ok, name)
	v, err := bd.Value(ctx, n, b)
	require.NoError(t, err)
	return v
}

func TestBoundsThatGrowWithTheRadius(t *testing.T) { requireMonotone(t, 3, 300) }

func TestSoakBoundsThatGrowWithTheRadius(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("RELUCELL_SOAK is not set")
	}
	requireMonotone(t, 4, 10_000)
}

// Found by the soak: of three planes of which two are parallel, the flats counted in a box were one
// more than the cliques.
func TestFirstLayerIsBelowItsPairsForDegeneratePlanesInABox(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1, 0, -1, -1, 0, 1, 0, 0, -1, -1, 1, -1, 0, 0, 0}, []float64{0.5, -0.5, 0, 0, 0.5}), gen.Sum(5))
	b := gen.Must(ball.NewBox([]float64{-2.5, -1.25, -0.75}, []float64{-0.5, 0.25, 2.25}))
	ctx := context.Background()
	require.LessOrEqual(t, valueOf(t, ctx, "first-layer", n, b).Cmp(valueOf(t, ctx, "first-layer-pairs", n, b)), 0)
}

// oneWhenNoBoundaryIsNear names the bounds that promise to be 1 when the nearest boundary is at
// least r away.
var oneWhenNoBoundaryIsNear = []string{"combined"}

// requireOne: a ball with exactly the radius of the distance to the nearest boundary, or a float
// below it, has one region, and these bounds know.
func requireOne(t *testing.T, seed uint64, cases int) {
	ctx, tried := context.Background(), 0
	for c := range gen.Cases(seed, cases, gen.CaseOptions{}) {
		if c.Ball.Norm() == ball.Box {
			continue
		}
		d, err := bound.NearestBoundaryOf(ctx, c.Net, c.Ball)
		require.NoError(t, err)
		one := c.Ball
		if !d.AtLeast(c.Ball.Radius()) {
			if !(d.Lower > 0) {
				continue
			}
			one = gen.Must(ball.New(c.Ball.Norm(), c.Ball.Center(), d.Lower))
			require.True(t, d.AtLeast(d.Lower), c.Name)
		}
		tried++
		r, err := enumerate.Count(ctx, c.Net, one, enumerate.Options{Workers: 1})
		require.NoError(t, err)
		require.Equal(t, "1", r.Lower.String(), c.Name)
		for _, name := range append([]string{"boundary", "samples"}, oneWhenNoBoundaryIsNear...) {
			b, ok := bound.ByName(name)
			require.True(t, ok, name)
			v, err := b.Value(ctx, c.Net, one)
			require.NoError(t, err)
			require.Equal(t, "1", v.String(), "%s: %s", c.Name, name)
		}
		if d.Neuron >= 0 && !math.IsInf(d.Upper*2, 0) { // beyond it there are two
			larger := gen.Must(ball.New(c.Ball.Norm(), c.Ball.Center(), math.Nextafter(d.Upper, math.Inf(1))))
			r, err := enumerate.Count(ctx, c.Net, larger, enumerate.Options{Workers: 1})
			require.NoError(t, err)
			require.Greater(t, r.Lower.Int64(), int64(1), c.Name)
		}
	}
	require.Greater(t, tried, cases/4)
}

func TestOneRegionWhenNoBoundaryIsNear(t *testing.T) { requireOne(t, 7, 300) }

func TestSoakOneRegionWhenNoBoundaryIsNear(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("RELUCELL_SOAK is not set")
	}
	requireOne(t, 8, 10_000)
}

// monotoneInRadius are the local bounds that never shrink when the ball grows about its centre, to
// the last bit. lp is monotone but for the tolerance of its programmes, which shows where a ball
// touches a boundary to within rounding.
var monotoneInRadius = []string{"lipschitz", "interval"}
