// What the generators promise: determinism, exact weights, the known
// arrangements, and transformations that leave the count alone.

package gen

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
)

// text spells a network out, for comparison.
func text(n *network.Network) string {
	s := ""
	for _, l := range n.Layers() {
		s += fmt.Sprintln(l.Act, l.Slope, l.B, mat.Formatted(l.W))
	}
	return s
}

func TestSameSeedSameCase(t *testing.T) {
	for seed := range uint64(20) {
		a := RandomCase(NewRand(seed), RandomOptions{})
		b := RandomCase(NewRand(seed), RandomOptions{})
		require.Equal(t, text(a.Net), text(b.Net))
		require.Equal(t, a.Ball, b.Ball)
	}
	require.NotEqual(t, text(Random(NewRand(1), RandomOptions{})), text(Random(NewRand(2), RandomOptions{})))
}

func TestRandomKeepsItsOptions(t *testing.T) {
	norms, leakies, affines := map[ball.Norm]bool{}, 0, 0
	for seed := range uint64(300) {
		c := RandomCase(NewRand(seed), RandomOptions{Precision: Float32})
		require.Equal(t, c.Net.Inputs(), c.Ball.Dim())
		require.True(t, c.Net.Inputs() >= 1 && c.Net.Inputs() <= 8)
		require.True(t, len(c.Net.Hidden()) >= 1 && len(c.Net.Hidden()) <= 4)
		require.True(t, c.Net.Neurons() <= 16)
		norms[c.Ball.Norm()] = true
		for i, l := range c.Net.Layers() {
			if l.Act == network.LeakyReLU {
				leakies++
			}
			if l.Act == network.None && i < len(c.Net.Layers())-1 {
				affines++
			}
			for _, w := range l.Dense().RawMatrix().Data {
				require.Equal(t, w, float64(float32(w)))
			}
		}
		plain := Random(NewRand(seed), RandomOptions{Inputs: 2, Widths: []int{3, 4}, OnlyReLU: true, NoAffine: true})
		require.Equal(t, []int{3, 4}, plain.Hidden())
		require.Len(t, plain.Layers(), 3)
	}
	require.Len(t, norms, 4)
	require.Positive(t, leakies)
	require.Positive(t, affines)
}

func TestTernaryWeights(t *testing.T) {
	seen := map[float64]bool{}
	for seed := range uint64(20) {
		n := Ternary(NewRand(seed), 3, 4, 5, 1)
		require.Equal(t, []int{4, 5}, n.Hidden())
		for _, l := range n.Layers() {
			for _, w := range l.Dense().RawMatrix().Data {
				seen[w] = true
			}
			for _, b := range l.B {
				require.Contains(t, []float64{-0.5, 0, 0.5}, b)
			}
		}
	}
	require.Equal(t, map[float64]bool{-1: true, 0: true, 1: true}, seen)
	require.Panics(t, func() { Ternary(NewRand(0), 2, 3) })
}

func TestArrangementNormals(t *testing.T) {
	r := Resonance(3).Layers()[0]
	require.Equal(t, 7, r.Out())
	require.Equal(t, []float64{0, 1, 1}, r.W.RawRowView(5))
	h := Threshold(2).Layers()[0]
	require.Equal(t, 4, h.Out())
	require.Equal(t, 3, h.In())
	require.Equal(t, []float64{1, 0, 0}, h.W.RawRowView(0))
	require.Equal(t, []float64{1, 1, 1}, h.W.RawRowView(3))
	g := Generic(16, 3, NewRand(1))
	require.Equal(t, []int{16}, g.Hidden())
	require.Equal(t, 3, g.Inputs())
}

func TestTentMapPatterns(t *testing.T) {
	n, b := TentMap(2)
	intervals, err := twin.Intervals(n, b)
	require.NoError(t, err)
	var got []string
	for _, i := range intervals {
		got = append(got, i.Pattern.String()+" "+i.Lo.RatString()+" "+i.Hi.RatString())
	}
	require.Equal(t, []string{
		"+-+- 0 1/4", "+-++ 1/4 1/2",
		"+++- 3/4 1", "++++ 1/2 3/4",
	}, got)
}

func TestMontufarSmall(t *testing.T) {
	n, b, want := Montufar(1, 3, 1, 0)
	require.Equal(t, "3", want.String())
	intervals, err := twin.Intervals(n, b)
	require.NoError(t, err)
	require.Len(t, intervals, 3)
	require.Equal(t, "1/3", intervals[0].Hi.RatString())
}

func TestWideNarrowWideWidths(t *testing.T) {
	n := WideNarrowWide(NewRand(3), 4, 9, 2)
	require.Equal(t, []int{9, 2, 9}, n.Hidden())
}

func TestAtBoundaryIsExact(t *testing.T) {
	hit := 0
	for seed := range uint64(50) {
		rng := NewRand(seed)
		n := Random(rng, RandomOptions{Inputs: 2, Precision: Float32})
		x := []float64{0.75, -1.25}
		m, ok := AtBoundary(n, 0, x)
		if !ok {
			require.Same(t, n, m)
			continue
		}
		hit++
		z := new(big.Rat).SetFloat64(m.Layers()[0].B[0])
		for k, w := range m.Layers()[0].W.RawRowView(0) {
			z.Add(z, new(big.Rat).Mul(new(big.Rat).SetFloat64(w), new(big.Rat).SetFloat64(x[k])))
		}
		require.Zero(t, z.Sign())
	}
	require.Positive(t, hit)
}

func TestTransformationsLeaveTheirInputAlone(t *testing.T) {
	n := Ternary(NewRand(5), 2, 3, 3, 1)
	before, rng := text(n), NewRand(1)
	for _, m := range []*network.Network{
		AppendCopies(n, rng), AppendNegations(n, rng), AppendZeros(n), PermuteNeurons(n, rng), ScaleNeurons(n, rng),
	} {
		require.NotEqual(t, before, text(m))
	}
	_, _, err := ScaleBall(n, AtOrigin(ball.L2, 2), 5)
	require.NoError(t, err)
	_, err = RoundFloat32(n)
	require.NoError(t, err)
	require.Equal(t, before, text(n))
}

func TestTransformationsTakeANetworkThatEndsInReLU(t *testing.T) {
	n := Build(ReLU([]float64{1, 2}, []float64{0}))
	require.Equal(t, []int{2}, AppendCopies(n, NewRand(1)).Hidden())
	require.Equal(t, []int{1}, ScaleNeurons(n, NewRand(1)).Hidden())
}

func TestScaleBallRefusesToRound(t *testing.T) {
	n := OneLayer([]float64{1}, []float64{0})
	_, _, err := ScaleBall(n, AtOrigin(ball.L2, 1), 1100)
	require.ErrorContains(t, err, "layer 0: weights")
	zero := OneLayer([]float64{0}, []float64{0})
	_, _, err = ScaleBall(zero, AtOrigin(ball.L2, 1), 1100)
	require.ErrorContains(t, err, "ball")
}

func TestRoundFloat32(t *testing.T) {
	n := OneLayer([]float64{0.1}, []float64{0.2})
	m, err := RoundFloat32(n)
	require.NoError(t, err)
	require.Equal(t, float64(float32(0.1)), m.Layers()[0].W.At(0, 0))
	again, err := RoundFloat32(m)
	require.NoError(t, err)
	require.Equal(t, text(m), text(again))
	_, err = RoundFloat32(OneLayer([]float64{1e300}, []float64{0}))
	require.ErrorContains(t, err, "layer 0: weights")
}
