package constrained_test

import (
	"bytes"
	"context"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/constrained"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx"
)

// matrix draws a few constraints.
func matrix(rng *rand.Rand, dim int) (rows [][]*big.Int) {
	for range 1 + rng.IntN(2*dim) {
		r := make([]*big.Int, dim)
		for k := range r {
			r[k] = big.NewInt(rng.Int64N(7) - 3)
		}
		rows = append(rows, r)
	}
	return rows
}

// dense draws an affine layer.
func dense(rng *rand.Rand, in, out int, act network.Activation) network.Layer {
	w := mat.NewDense(out, in, nil)
	b := make([]float64, out)
	for j := range out {
		for k := range in {
			w.Set(j, k, rng.NormFloat64())
		}
		b[j] = rng.NormFloat64()
	}
	return network.Layer{W: w, B: b, Act: act}
}

// draw draws a cone that is not 0 and a network whose outputs lie in it.
func draw(t require.TestingT, rng *rand.Rand, opts constrained.Options) (rows [][]*big.Int, d *cone.Description, n *network.Network) {
	for {
		dim := 1 + rng.IntN(5)
		rows = matrix(rng, dim)
		d, err := cone.Describe(context.Background(), dim, rows, cone.Options{})
		require.NoError(t, err)
		count := len(d.Rays) + len(d.Lineality)
		if count == 0 || len(d.Lineality) == dim {
			continue
		}
		n, err = network.New([]network.Layer{dense(rng, 2, 4, network.ReLU), dense(rng, 4, count, network.None)})
		require.NoError(t, err)
		n, err = constrained.Layer(n, d, opts)
		require.NoError(t, err)
		return rows, d, n
	}
}

// holds says whether row·y ≤ 0 for all rows at a point, by exact evaluation.
func holds(n *network.Network, rows [][]*big.Int, x []float64) bool {
	at := make([]*big.Float, len(x))
	for k, v := range x {
		at[k] = big.NewFloat(v)
	}
	y, _ := n.ForwardExact(at)
	for _, r := range rows {
		s := new(big.Rat)
		for k, v := range y {
			q, _ := v.Rat(nil)
			s.Add(s, q.Mul(q, new(big.Rat).SetInt(r[k])))
		}
		if s.Sign() > 0 {
			return false
		}
	}
	return true
}

// A thousand layers, written as ONNX and read again, are shown to satisfy their constraints, and do
// at points. With one number of one ray changed, so that the ray leaves the cone, none is.
func TestAThousandLayersAreCheckedAndOneWrongNumberIsFound(t *testing.T) {
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		rows, d, n := draw(t, rng, constrained.Options{ReLU: seed%2 == 0, Scale: seed%3 == 0})
		var file bytes.Buffer
		require.NoError(t, onnx.Write(&file, n, false))
		again, _, err := onnx.Read(&file)
		require.NoError(t, err)
		gap, err := constrained.Check(again, rows)
		require.NoError(t, err)
		require.Nil(t, gap)
		require.True(t, holds(again, rows, []float64{rng.NormFloat64(), rng.NormFloat64()}))
		wrong := spoiled(rng, n, d, rows)
		require.NotNil(t, wrong)
		gap, err = constrained.Check(wrong, rows)
		require.NoError(t, err)
		require.NotNil(t, gap)
		require.NotEmpty(t, gap.String())
	}
}

// spoiled changes a number of the last layer that makes a vector leave the cone.
func spoiled(rng *rand.Rand, n *network.Network, d *cone.Description, rows [][]*big.Int) *network.Network {
	layers := append([]network.Layer(nil), n.Layers()...)
	last := &layers[len(layers)-1]
	for range 100 {
		w := mat.DenseCopyOf(last.W)
		j, k := rng.IntN(w.RawMatrix().Cols), rng.IntN(w.RawMatrix().Rows)
		w.Set(k, j, []float64{w.At(k, j) - 1./1024, w.At(k, j) + 1./1024, -w.At(k, j)}[rng.IntN(3)])
		v := make([]float64, w.RawMatrix().Rows)
		mat.Col(v, j, w)
		in, _ := cone.Contains(rows, cone.RowOf(v))
		if j >= len(d.Rays) {
			for k := range v {
				v[k] = -v[k]
			}
			out, _ := cone.Contains(rows, cone.RowOf(v))
			in = in && out
		}
		if !in {
			last.W = w
			m, err := network.New(layers)
			if err != nil {
				return nil
			}
			return m
		}
	}
	return nil
}

// Whatever Check shows is so at every point, for networks that are nearly constrained and for
// others.
func TestWhatIsShownHolds(t *testing.T) {
	shown := 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		rows, _, n := draw(t, rng, constrained.Options{})
		layers := append([]network.Layer(nil), n.Layers()...)
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0: // something behind it
			layers = append(layers, dense(rng, n.Outputs(), n.Outputs(), network.None))
		case 1: // a constant
			last := &layers[len(layers)-1]
			last.B = make([]float64, n.Outputs())
			last.B[0] = rng.NormFloat64()
		case 2: // a unit that may be below 0
			mid := &layers[len(layers)-2]
			mid.Act, mid.Slopes, mid.Slope = network.LeakyReLU, nil, 0.5
		}
		m, err := network.New(layers)
		require.NoError(t, err)
		gap, err := constrained.Check(m, rows)
		require.NoError(t, err)
		if gap != nil {
			return
		}
		shown++
		for range 5 {
			require.True(t, holds(m, rows, []float64{10 * rng.NormFloat64(), 10 * rng.NormFloat64()}))
		}
	})
	require.NotZero(t, shown)
}

// An affine network satisfies a constraint for all inputs if A·W = 0, and a ReLU in the last place
// is never below 0.
func TestNetworksWithoutALastLayerOfVectors(t *testing.T) {
	w := mat.NewDense(2, 1, []float64{1, -1})
	sum := [][]*big.Int{{big.NewInt(1), big.NewInt(1)}}
	affine, err := network.New([]network.Layer{{W: w, B: []float64{0.5, -0.75}}})
	require.NoError(t, err)
	gap, err := constrained.Check(affine, sum)
	require.NoError(t, err)
	require.Nil(t, gap)
	gap, err = constrained.Check(affine, [][]*big.Int{{big.NewInt(-2), big.NewInt(-2)}})
	require.NoError(t, err)
	require.Equal(t, "constraint 0: the constant is 1/2, expected at most 0", gap.String())
	gap, err = constrained.Check(affine, [][]*big.Int{{big.NewInt(0), big.NewInt(1)}})
	require.NoError(t, err)
	require.Equal(t, "constraint 0: the coefficient of input 0 is -1, expected 0", gap.String())

	relu, err := network.New([]network.Layer{{W: w, B: []float64{1, 1}, Act: network.ReLU}})
	require.NoError(t, err)
	gap, err = constrained.Check(relu, [][]*big.Int{{big.NewInt(-1), big.NewInt(-1)}})
	require.NoError(t, err)
	require.Nil(t, gap)
	gap, err = constrained.Check(relu, sum)
	require.NoError(t, err)
	require.Equal(t, "constraint 0: the coefficient of unit 0 of layer 0 is 1, expected at most 0", gap.String())
	_, err = constrained.Check(relu, [][]*big.Int{{big.NewInt(1)}})
	require.EqualError(t, err, "row 0 has 1 numbers, expected 2, one for each output")
}

// |β| is two ReLU units on one hyperplane, and one unit of slope −1: the regions are the same.
func TestAbsoluteValuesCutAtOneHyperplane(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	_, d, n := draw(t, rng, constrained.Options{})
	layers := n.Layers()
	units, out := layers[1], layers[2]
	count := len(d.Rays)
	w, v := mat.NewDense(units.Out()+count, units.In(), nil), mat.NewDense(n.Outputs(), units.Out()+count, nil)
	b := make([]float64, units.Out()+count)
	slopes := make([]float64, len(b)) // σ(β) and σ(−β) beside the lines, which are carried
	for j := range units.Out() {
		copyColumn(v, j, out.W, j, 1)
		w.SetRow(j, units.W.RawRowView(j))
		b[j] = units.B[j]
		if j >= count {
			slopes[j] = 1
			continue
		}
		other := units.Out() + j
		copyColumn(v, other, out.W, j, 1)
		for k := range units.In() {
			w.Set(other, k, -units.W.At(j, k))
		}
		b[other] = -units.B[j]
	}
	two, err := network.New([]network.Layer{layers[0], {W: w, B: b, Act: network.Mixed, Slopes: slopes}, {W: v, B: make([]float64, n.Outputs())}})
	require.NoError(t, err)
	in, err := ball.New(ball.LInf, make([]float64, 2), 3)
	require.NoError(t, err)
	one, err := enumerate.Count(context.Background(), n, in, enumerate.Options{})
	require.NoError(t, err)
	both, err := enumerate.Count(context.Background(), two, in, enumerate.Options{})
	require.NoError(t, err)
	require.Equal(t, one.Lower, both.Lower)
}

func copyColumn(to *mat.Dense, j int, from mat.Matrix, k int, times float64) {
	rows, _ := from.Dims()
	for i := range rows {
		to.Set(i, j, times*from.At(i, k))
	}
}

// Integers that float32 rounds are refused in a file of float32, and those that float64 rounds at
// all.
func TestIntegersThatWouldBeRoundedAreRefused(t *testing.T) {
	wide := new(big.Int).Lsh(big.NewInt(1), 25)
	wide.Add(wide, big.NewInt(1))
	d := &cone.Description{Dim: 2, Rays: [][]*big.Int{{wide, big.NewInt(1)}}}
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}}})
	require.NoError(t, err)
	c, err := constrained.Layer(n, d, constrained.Options{})
	require.NoError(t, err)
	require.ErrorContains(t, onnx.Write(&bytes.Buffer{}, c, true), "float32")
	require.NoError(t, onnx.Write(&bytes.Buffer{}, c, false))
	wider := new(big.Int).Lsh(wide, 60)
	d.Rays[0][0] = wider.Add(wider, big.NewInt(1))
	_, err = constrained.Layer(n, d, constrained.Options{})
	require.ErrorContains(t, err, "is no float64, expected one of at most 53 bits")
	_, err = constrained.Property(c, d.Rays)
	require.ErrorContains(t, err, "is no float64, expected one of at most 53 bits")
}

func TestLayersThatDoNotFitAreRefused(t *testing.T) {
	half := &cone.Description{Dim: 2, Rays: [][]*big.Int{{big.NewInt(1), big.NewInt(0)}}, Lineality: [][]*big.Int{{big.NewInt(0), big.NewInt(1)}}}
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}}})
	require.NoError(t, err)
	_, err = constrained.Layer(n, half, constrained.Options{})
	require.EqualError(t, err, "1 outputs, expected 2, a coefficient for each ray (1) and line (1) of the cone")
	_, err = constrained.Layer(n, &cone.Description{Dim: 2}, constrained.Options{})
	require.EqualError(t, err, "the cone is 0 alone, expected one with a ray or a line")
	n, err = network.New([]network.Layer{{W: mat.NewDense(2, 1, []float64{1, 1}), B: []float64{0, 0}, Act: network.ReLU}})
	require.NoError(t, err)
	_, err = constrained.Layer(n, half, constrained.Options{})
	require.EqualError(t, err, "the last layer has the activation relu, expected an affine one, whose outputs are coefficients")
}
