package experiment

// The authors' division of a cone layer's outputs by their largest size.

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gomlx/gomlx/backends/simplego"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/constrained"
	"github.com/relucell/relucell/network/load"
)

// dividing is a cone layer of four times four pixels with the division in training.
func dividing(t *testing.T, last string) (*conic, [][]float64) {
	c, err := ConstrainedDefaults(small(6), Projection)
	require.NoError(t, err)
	d, err := cone.Describe(context.Background(), 16, cone.Checkerboard(4, 2), cone.Options{})
	require.NoError(t, err)
	vectors, err := constrained.Matrix(d, true)
	require.NoError(t, err)
	return &conic{Constrained: c, last: last, cone: d, vectors: vectors, divide: true}, c.data.table.x
}

// loss is that of the layer, number by number, and how many pictures are divided.
func (c *conic) loss(pictures [][]float64, params [][]float32) (sum float64, divided int) {
	count := c.vectors.RawMatrix().Cols
	for _, x := range pictures {
		y := make([]float64, len(x))
		for j := range count {
			beta := float64(params[1][j])
			for k, v := range x {
				beta += float64(params[0][k*count+j]) * v
			}
			if j < len(c.cone.Rays) {
				if beta = max(beta, 0); c.last == ConicAbs {
					beta = math.Abs(beta)
				}
			}
			for k := range y {
				y[k] += beta * c.vectors.At(k, j)
			}
		}
		size := floats.Norm(y, math.Inf(1))
		if size > 1 {
			divided++
		}
		for k := range y {
			e := y[k]/max(size, 1) - x[k]
			sum += e * e / float64(len(x)*len(pictures))
		}
	}
	return sum, divided
}

func TestGradientsOfTheDivisionAreDifferences(t *testing.T) {
	backend, err := simplego.New("ops_sequential")
	require.NoError(t, err)
	defer backend.Finalize()
	c, pictures := dividing(t, ConicReLU)
	rng := rand.New(rand.NewPCG(3, 3))
	count := c.vectors.RawMatrix().Cols
	params := [][]float32{make([]float32, 16*count), make([]float32, count)}
	for _, p := range params {
		for i := range p {
			p[i] = float32(0.2 * rng.NormFloat64())
		}
	}
	_, divided := c.loss(pictures, params)
	require.Positive(t, divided)
	require.Less(t, divided, len(pictures), "some of each kind")
	exec, err := graph.NewExec(backend, func(in []*graph.Node) []*graph.Node { return c.gradient(in[0], nil, in[1:]) })
	require.NoError(t, err)
	all := make([]int, len(pictures))
	for i := range all {
		all[i] = i
	}
	out, err := exec.Exec(tableOf(pictures, all), tensors.FromFlatDataAndDimensions(params[0], 16, count), tensors.FromFlatDataAndDimensions(params[1], 1, count))
	require.NoError(t, err)
	for i, p := range params {
		got, err := tensors.CopyFlatData[float32](out[i])
		require.NoError(t, err)
		for k := range p {
			v := p[k]
			p[k] = v + 0x1p-12
			up, _ := c.loss(pictures, params)
			high := float64(p[k])
			p[k] = v - 0x1p-12
			down, _ := c.loss(pictures, params)
			require.InDelta(t, (up-down)/(high-float64(p[k])), got[k], 2e-4, "parameter %d, %d", i, k)
			p[k] = v
		}
	}
}

// What is divided is a pixel and a multiple of a point that is in the cone, exactly; the networks
// in the folder are those without the division, and are called so.
func TestDividedOutputsArePixels(t *testing.T) {
	for _, after := range []int{0, 2, 9} {
		c, err := ConstrainedDefaults(small(80), Projection)
		require.NoError(t, err)
		c.Epochs, c.Blocks, c.timed, c.DivideAfter = 3, 2, time.Millisecond, &after
		dir := filepath.Join(t.TempDir(), "out")
		r, err := RunConstrained(context.Background(), c, dir)
		require.NoError(t, err)
		require.Equal(t, "cone layer, |β|, divided", r.Rows[2].Method)
		require.NoFileExists(t, filepath.Join(dir, "networks", "conic-abs.json"))
		n, _, err := load.Read(filepath.Join(dir, "networks", "conic-abs-undivided.json"), load.Options{})
		require.NoError(t, err)
		at, square, large := c.divided(n.NewPass().Forward), 0.0, 0
		for _, x := range r.test {
			plain, y := n.Forward(x), at(x)
			require.LessOrEqual(t, floats.Norm(y, math.Inf(1)), 1.0)
			if floats.Norm(plain, math.Inf(1)) > 1 {
				large++
			} else {
				require.Equal(t, plain, y)
			}
			exact := make([]*big.Float, len(x))
			for k, v := range x {
				exact[k] = big.NewFloat(v)
				square += (y[k] - v) * (y[k] - v) / float64(len(x)*len(r.test))
			}
			whole, _ := n.ForwardExact(exact)
			fractions := make([]*big.Rat, len(whole))
			for k, v := range whole {
				fractions[k], _ = v.Rat(nil)
			}
			in, _ := cone.Contains(r.rows, cone.Whole(fractions))
			require.True(t, in)
		}
		require.Positive(t, large)
		require.InDelta(t, r.Rows[2].Square, square, 1e-12)
		require.True(t, r.Rows[2].Proved)
		text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
		require.NoError(t, err)
		require.Contains(t, string(text), `"divide_after":`)
	}
}
