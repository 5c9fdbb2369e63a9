package enumerate

// Error bounds at the edges of their domains: what a derivation needs is tested where it is used, and outside of that a
// bound claims nothing.

import (
	"math"
	"math/big"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

func ratOf(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// netOf builds a network of layers without repeating their widths.
func netOf(t require.TestingT, layers ...network.Layer) *network.Network {
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

func reluOf(in int, w, b []float64) network.Layer {
	return network.Layer{W: mat.NewDense(len(b), in, w), B: b, Act: network.ReLU}
}

func modelOf(t require.TestingT, n *network.Network, norm ball.Norm) *model {
	b, err := ball.New(norm, make([]float64, n.Inputs()), 1)
	require.NoError(t, err)
	m, err := compile(n, b)
	require.NoError(t, err)
	return m
}

func TestEdgeErrorClaimsNothingOutsideItsDomain(t *testing.T) {
	const e = 0x1p-30
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name          string
		a, b, p, q, e float64
		inside        bool
	}{
		{"roomy", 1, 1, 0x1p-40, 1, e, true},
		{"a quarter left", 1, 1, 0.75, 0, e, true},
		{"just enough left", 1, 1, 1 - 0x1p-9, 0, e, true},
		{"hardly anything left", 1, 1, 1 - 0x1p-11, 0, e, false},
		{"nothing left", 1, 1, 1, 0, e, false},
		{"less than nothing, a small error left", 0x1p-40, 0x1p-40, 0x1p-30, 0, e, false},
		{"a value of the wrong sign", -0x1p-60, 1, 0, 0, e, false},
		{"the other one", 1, -0x1p-60, 0, 0, e, false},
		{"both zero", 0, 0, 0, 0, e, false},
		{"an infinite value", inf, 1, 0, 0, e, false},
		{"no number", nan, 1, 0, 0, e, false},
		{"an infinite error", 1, 1, inf, 0, e, false},
	} {
		got := edgeError(c.a, c.b, c.p, c.q, c.e, 1)
		if c.inside {
			require.True(t, got >= e && got < inf, c.name)
		} else {
			require.True(t, got > describedFar, "%s: %g", c.name, got)
		}
	}
}

// Inside its domain the bound covers every true position, also at its edge.
func TestEdgeErrorCoversTheCrossing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0, 1).Draw(t, "a")
		b := rapid.Float64Range(0x1p-30, 1).Draw(t, "b")
		d := (a + b) / 2 * rapid.Float64Range(0, 1.5).Draw(t, "share")
		far := rapid.Float64Range(0, 2).Draw(t, "far")
		claimed := edgeError(a, b, d, 0, 0, far)
		if math.IsInf(claimed, 1) {
			return
		}
		at := a / (a + b)
		for _, s := range [][2]float64{{1, -1}, {-1, 1}, {1, 1}, {-1, -1}} {
			ta, tb := ratOf(a), ratOf(b)
			ta.Add(ta, ratOf(s[0]*d))
			tb.Add(tb, ratOf(s[1]*d))
			if ta.Sign() < 0 || tb.Sign() < 0 || ta.Sign()+tb.Sign() == 0 {
				continue // the true signs are those of the ends
			}
			off := new(big.Rat).Quo(ta, tb.Add(ta, tb))
			off.Sub(off, ratOf(at)).Abs(off).Mul(off, ratOf(far))
			require.True(t, off.Cmp(ratOf(claimed)) <= 0)
		}
	})
}

// A weight's bound is zero where the weight is, and nowhere else, and a rounding of it covers what the weight lost.
func TestMagnitudeOfWeightsThatLoseDigits(t *testing.T) {
	for e := -2200; e <= 0; e++ {
		w := 1.0 + 0x1p-52
		l := &layer{m: 1, in: 1, wt: make([]float64, 1), wa: make([]float64, 1), exactW: true}
		v := math.Ldexp(w, e)
		l.setWeight(0, 0, v, true)
		require.Positive(t, l.wa[0])
		require.Equal(t, math.Abs(v) >= plainWeight, l.exactW, "%d", e)
		lost := new(big.Float).SetMantExp(big.NewFloat(w), e)
		lost.Sub(lost, big.NewFloat(v)).Abs(lost)
		require.LessOrEqual(t, lost.Cmp(big.NewFloat(unit*l.wa[0])), 0, "%d", e)
	}
}

// A form whose terms underflowed is not zero, not even where the bounds of its terms underflowed too; one of no terms is.
func TestFormsThatUnderflowAreNotZero(t *testing.T) {
	const big = 0x1p1000
	deep := reluOf(3, []float64{big, 0, 0, -big, 1, 0, 0, 0, 1}, make([]float64, 3))
	n := netOf(t, reluOf(1, []float64{-1, 1, -1}, []float64{0, 0, -4}), deep, deep, deep)
	m := modelOf(t, n, ball.LInf)
	w := NewSolved(m, nil, new(atomic.Bool), false)
	copy(w.labels, []int8{-1, 1, -1, 0, 1, 0, 0, 1, 0, 0, 1, 0})
	w.loadFirst()
	for l := 1; l < len(m.layers); l++ {
		acc := &accumulator{}
		w.begin(acc, l)
		for j := range m.layers[l-1].m {
			w.pass(acc, l-1, j, w.labels[m.layers[l-1].first+j])
		}
		w.load(l, acc)
		for j := range m.layers[l].m {
			require.Equal(t, j != 1, w.form(l, j).zero(), "layer %d, unit %d", l, j)
			require.Equal(t, j != 1, w.vanishes(w.form(l, j)), "layer %d, unit %d", l, j)
		}
	}
	require.True(t, w.form(3, 1).lost())
}

// Where a partial sum overflows, the value is infinite and its bound need not be: no sign is certain.
func TestSignsBehindAnOverflowAreNotCertain(t *testing.T) {
	const wide = 24
	ones, mixed := make([]float64, wide*wide), make([]float64, wide*wide)
	for i := range ones {
		ones[i], mixed[i] = 1, 1
		if i%wide >= wide/2 {
			mixed[i] = -1
		}
	}
	for depth := 280; depth <= 290; depth++ { // values grow by 12 a layer, from ¼ to beyond 2¹⁰²³
		layers := []network.Layer{reluOf(1, ones[:wide], make([]float64, wide))}
		for range depth {
			layers = append(layers, reluOf(wide, ones, make([]float64, wide)))
		}
		layers = append(layers, reluOf(wide, mixed, make([]float64, wide)))
		m := modelOf(t, netOf(t, layers...), ball.LInf)
		p, tight, static := newPasser(m), make([]int8, m.neurons), make([]int8, m.neurons)
		p.signs([]float64{0.5}, static)
		p.signsTight([]float64{0.5}, tight)
		for j := range wide { // the mixed sums are zero
			require.Zero(t, tight[m.neurons-1-j], "%d", depth)
			require.Zero(t, static[m.neurons-1-j], "%d", depth)
		}
	}
}

// What an FMA leaves of a product is its rounding error only while that does not underflow.
func TestPointsWhoseResidualUnderflowsAreNotPlain(t *testing.T) {
	n := netOf(t, reluOf(1, []float64{1}, []float64{0}))
	for e := -1060; e <= -900; e += 4 {
		b, err := ball.New(ball.LInf, []float64{0}, math.Ldexp(1+0x1p-52, e))
		require.NoError(t, err)
		m, err := compile(n, b)
		require.NoError(t, err)
		w := NewSolved(m, nil, new(atomic.Bool), false)
		y := []float64{0.5 + 0x1p-53}
		if w.plainPoint(y) {
			want := new(big.Rat).Mul(ratOf(b.Radius()), ratOf(y[0]))
			require.Zero(t, want.Cmp(ratOf(w.scratch.xs[0])), "%d", e)
		}
	}
}
