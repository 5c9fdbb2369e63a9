// The numerical parts, each against a slower or an independent twin.

package bound

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// TestRecursionInSmallIntegersIsTheBigOne, with every field of LayerCount drawn.
func TestRecursionInSmallIntegersIsTheBigOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(0, 12)
		var ls []LayerCount
		for range rapid.IntRange(0, 5).Draw(t, "layers") {
			ls = append(ls, LayerCount{K: small.Draw(t, "k"), P: small.Draw(t, "p"), Leaky: small.Draw(t, "leaky"),
				RankCut: small.Draw(t, "cut"), RankOut: small.Draw(t, "out")})
		}
		d := rapid.IntRange(0, smallDim).Draw(t, "d")
		v, ok := recursionSmall(ls, d)
		want := recursionBig(ls, d)
		require.Equal(t, want.IsUint64(), ok || !want.IsUint64(), "gave up without overflow: %v", want)
		if ok {
			require.Equal(t, want.String(), new(big.Int).SetUint64(v).String())
		}
		require.Equal(t, want.String(), Recursion(ls, d).String())
	})
}

// TestRecursionUsesUpItsCells: with all the cells there may be nothing changes, with one the sum is
// its largest term.
func TestRecursionUsesUpItsCells(t *testing.T) {
	ls := []LayerCount{{K: 4}, {K: 3}}
	plainValue := Recursion(ls, 2)
	ls[0].Cells = zaslavsky(4, 2)
	require.Equal(t, plainValue, Recursion(ls, 2))
	ls[0].Cells = big.NewInt(1)
	require.Equal(t, zaslavsky(3, 2), Recursion(ls, 2))
}

// TestSpectralNormIsAnUpperBound, and a tight one, against a singular value decomposition.
func TestSpectralNormIsAnUpperBound(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 60 {
		m, n, scale := 1+rng.IntN(30), 1+rng.IntN(30), math.Ldexp(1, rng.IntN(900)-450)
		rows, dense := make([][]float64, m), mat.NewDense(m, n, nil)
		for r := range rows {
			rows[r] = make([]float64, n)
			for c := range rows[r] {
				v := rng.NormFloat64()
				if i%3 == 0 {
					v = math.Round(v)
				}
				rows[r][c] = v * scale
				dense.Set(r, c, v)
			}
		}
		var svd mat.SVD
		require.True(t, svd.Factorize(dense, mat.SVDNone))
		s := svd.Values(nil)[0]
		top, err := spectralUp(t.Context(), rows)
		require.NoError(t, err)
		got := top / scale
		require.GreaterOrEqual(t, got, s*(1-1e-12))
		require.LessOrEqual(t, got, s*(1+1e-3)+1e-300)
	}
	// exactly known: orthogonal rows of norm 5, so that no slack is hidden by a rounded reference
	five, err := spectralUp(t.Context(), [][]float64{{3, 4}, {4, -3}})
	require.NoError(t, err)
	require.GreaterOrEqual(t, five, 5.0)
	require.InDelta(t, 5, five, 1e-6)
}

// TestRankIsNeverBelowTheTruth: products of thin integer matrices have a known rank.
func TestRankIsNeverBelowTheTruth(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for range 200 {
		m, n, k := 1+rng.IntN(8), 1+rng.IntN(8), 1+rng.IntN(4)
		a, b, p := mat.NewDense(m, k, nil), mat.NewDense(k, n, nil), mat.NewDense(m, n, nil)
		a.Apply(func(_, _ int, _ float64) float64 { return float64(rng.IntN(7) - 3) }, a)
		b.Apply(func(_, _ int, _ float64) float64 { return float64(rng.IntN(7) - 3) }, b)
		p.Mul(a, b)
		var rows [][]float64
		for i := range m {
			rows = append(rows, p.RawRowView(i))
		}
		r, err := rankUpper(t.Context(), rows)
		require.NoError(t, err)
		require.LessOrEqual(t, r, min(m, n, k))
		var svd mat.SVD
		require.True(t, svd.Factorize(p, mat.SVDNone))
		require.Equal(t, svd.Rank(1e-9), r)
	}
	// a multiple of the prime is zero modulo it, but not zero
	for want, rows := range map[int][][]float64{2: {{1, 0}, {0, rankPrime}}, 0: {{0, 0}, {0, 0}}} {
		r, err := rankUpper(t.Context(), rows)
		require.NoError(t, err)
		require.Equal(t, want, r)
	}
}

// TestExactPassIsTheRationalOne on a leaky network.
func TestExactPassIsTheRationalOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for range 50 {
		l := network.Layer{W: mat.NewDense(3, 2, nil), B: []float64{rng.NormFloat64(), 0, 1e-9}, Act: network.LeakyReLU, Slope: rng.NormFloat64() * 8}
		l.Dense().Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, l.W)
		n, err := network.New([]network.Layer{l})
		require.NoError(t, err)
		x := []float64{rng.NormFloat64() * 1e6, rng.NormFloat64() * 1e-6}
		c, err := passExactly(t.Context(), n, dyadic.Floats(x))
		require.NoError(t, err)
		for j := range l.B {
			z := ratOf(l.B[j])
			for k, w := range l.W.RawRowView(j) {
				z.Add(z, new(big.Rat).Mul(ratOf(w), ratOf(x[k])))
			}
			require.Zero(t, z.Cmp(c.z[0].Rat(j)))
			if z.Sign() < 0 {
				z.Mul(z, ratOf(l.Slope))
			}
			require.Zero(t, z.Cmp(c.a[0].Rat(j)))
			v := c.v[0][j]
			require.LessOrEqual(t, ratOf(v.lo).Cmp(c.z[0].Rat(j)), 0)
			require.GreaterOrEqual(t, ratOf(v.hi).Cmp(c.z[0].Rat(j)), 0)
		}
	}
}

// TestSpansHoldEverySample: the deviation of each pre-activation at exact samples lies in each
// method's span.
func TestSpansHoldEverySample(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	for i := range 60 {
		n := randomNetwork(t, rng, 3)
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[i%3], []float64{rng.NormFloat64(), 0, 1e5}, math.Ldexp(1, -rng.IntN(30)))
		require.NoError(t, err)
		a := newAnalysis(n, b)
		_, iv, err := a.intervals(t.Context())
		require.NoError(t, err)
		cr, err := a.crown(context.Background())
		require.NoError(t, err)
		lp, err := a.programmes(context.Background())
		require.NoError(t, err)
		s := newSampler(a, uint64(i))
		for range 30 {
			y := make([]float64, 3)
			s.draw(y, true)
			at, err := passExactly(t.Context(), n, s.point(y))
			require.NoError(t, err)
			for l := range at.z {
				for j := range at.z[l].N {
					d := new(big.Rat).Sub(at.z[l].Rat(j), a.center().z[l].Rat(j))
					for name, spans := range map[string][][]span{"interval": iv, "crown": cr.spans, "lp": lp.spans} {
						z := spans[l][j]
						require.LessOrEqual(t, ratOf(z.lo).Cmp(d), 0, "%s layer %d unit %d", name, l, j)
						require.GreaterOrEqual(t, ratOf(z.hi).Cmp(d), 0, "%s layer %d unit %d", name, l, j)
					}
				}
			}
		}
	}
}

// randomNetwork returns four layers of mixed kinds.
func randomNetwork(t *testing.T, rng *rand.Rand, in int) *network.Network {
	var ls []network.Layer
	for i := range 4 {
		out := 2 + rng.IntN(5)
		l := network.Layer{W: mat.NewDense(out, in, nil), B: make([]float64, out), Act: network.ReLU}
		l.Dense().Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, l.W)
		for j := range l.B {
			l.B[j] = rng.NormFloat64() / 4
			if i == 0 {
				l.B[j] -= 1e5 * l.W.At(j, in-1)
			}
		}
		switch rng.IntN(5) {
		case 0:
			l.Act = network.None
		case 1:
			l.Act, l.Slope = network.LeakyReLU, []float64{0.1, -0.5, 3}[rng.IntN(3)]
		}
		ls, in = append(ls, l), out
	}
	n, err := network.New(ls)
	require.NoError(t, err)
	return n
}

// TestLinearProgrammeReachesTheTriangleRelaxation on a case done by hand: x in [−1,1],
// a = relu(ε+x), a' = relu(ε−x), z = a + a' ≥ z(0) = 2ε over the two triangles, from both legs of
// slope 1.
func TestLinearProgrammeReachesTheTriangleRelaxation(t *testing.T) {
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(2, 1, []float64{1, -1}), B: []float64{0x1p-20, 0x1p-20}, Act: network.ReLU},
		{W: mat.NewDense(1, 2, []float64{1, 1}), B: []float64{0}, Act: network.ReLU},
	})
	require.NoError(t, err)
	b, err := ball.New(ball.LInf, []float64{0}, 1)
	require.NoError(t, err)
	a := newAnalysis(n, b)
	r, err := a.programmes(context.Background())
	require.NoError(t, err)
	require.InDelta(t, 0, r.spans[1][0].lo, 1e-9)
}

// TestLinearProgrammesImproveOnBackSubstitution: on average over random networks, and never the
// other way.
func TestLinearProgrammesImproveOnBackSubstitution(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for _, norm := range []ball.Norm{ball.LInf, ball.L1, ball.L2} {
		improved, total := 0, 0
		for range 20 {
			var ls []network.Layer
			in := 3
			for range 3 {
				l := network.Layer{W: mat.NewDense(8, in, nil), B: make([]float64, 8), Act: network.ReLU}
				l.Dense().Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() / math.Sqrt(float64(in)) }, l.W)
				ls, in = append(ls, l), 8
			}
			n, err := network.New(ls)
			require.NoError(t, err)
			b, err := ball.New(norm, []float64{0.5, 1, -0.5}, 0.5)
			require.NoError(t, err)
			a := newAnalysis(n, b)
			cr, err := a.crown(context.Background())
			require.NoError(t, err)
			lp, err := a.programmes(context.Background())
			require.NoError(t, err)
			for j := range 8 {
				c, l := cr.spans[2][j], lp.spans[2][j]
				if cr.units[2][j] != unsettled {
					continue
				}
				require.LessOrEqual(t, l.hi, c.hi)
				require.GreaterOrEqual(t, l.lo, c.lo)
				total++
				if l.hi-l.lo < 0.95*(c.hi-c.lo) {
					improved++
				}
			}
		}
		require.Greater(t, improved, total/2, "%v: %d of %d", norm, improved, total)
	}
}

// TestBudgetsFallBackOnSoundBounds: without budget the count of an arrangement gives up, and so do
// pairs.
func TestBudgetsFallBackOnSoundBounds(t *testing.T) {
	b, err := ball.New(ball.L2, []float64{0, 0}, 1)
	require.NoError(t, err)
	var ps []*plane
	for i := range 5 {
		ps = append(ps, newPlane([]big.Int{*big.NewInt(int64(i + 1)), *big.NewInt(1)}, big.NewInt(0)))
	}
	arr := &arrangement{ctx: context.Background(), ball: b, work: 10}
	_, ok := arr.count(nil, ps)
	require.False(t, ok)
	require.Equal(t, "16", arr.cliqueCells(ps).String(), "1 + 5 + 10: five concurrent lines meet in pairs")
	arr.work = arrangementWork
	v, ok := arr.count(nil, ps)
	require.True(t, ok)
	require.Equal(t, "10", v.String())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.Nil(t, (&arrangement{ctx: ctx, ball: b}).cliqueCells(ps))
}

// Witness is a point of a region, strictly inside the ball and off every boundary.
type Witness struct {
	Pattern network.Pattern
	// X is the exact point.
	X []*big.Float
}

// Sample draws at most count points of the open ball (the centre first) and returns a witness for
// each distinct pattern, in the order in which they were found.
func Sample(ctx context.Context, n *network.Network, b ball.Ball, count int, seed uint64) ([]Witness, error) {
	if err := CheckDims(n, b); err != nil {
		return nil, err
	}
	a := analysisOf(ctx, n, b)
	var found []Witness
	err := a.sample(ctx, count, seed, func(p network.Pattern, x dyadic.Vector) {
		w := Witness{Pattern: p, X: x.Floats()}
		if a.whole != a.net {
			_, w.Pattern = n.ForwardExact(w.X)
		}
		found = append(found, w)
	})
	return found, err
}

// zaslavsky returns Σ_{j ≤ min(d,k)} C(k,j), the most cells that k hyperplanes make of a
// d-dimensional space (Zaslavsky 1975, Schläfli before him).
func zaslavsky(k, d int) *big.Int {
	s := new(big.Int)
	for _, c := range binomials(k, min(k, max(d, 0))) {
		s.Add(s, c)
	}
	return s
}
