package forms

import (
	"context"
	"maps"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// drawSparse draws a network of layers with few weights, some of units that differ, some affine.
func drawSparse(t *rapid.T) *network.Network {
	var layers []network.Layer
	in := rapid.IntRange(1, 3).Draw(t, "inputs")
	for i := range 3 {
		out := rapid.IntRange(40, 60).Draw(t, "units")
		l := network.Layer{B: make([]float64, out), Act: network.ReLU}
		if rapid.Bool().Draw(t, "mixed") {
			l.Act, l.Slopes = network.Mixed, make([]float64, out)
		}
		if i == 1 && rapid.Bool().Draw(t, "affine") {
			l.Act, l.Slopes = network.None, nil
		}
		w, row := network.NewSparse(in), make([]float64, in)
		for j := range out {
			clear(row)
			for range 2 {
				row[rapid.IntRange(0, in-1).Draw(t, "column")] = float64(rapid.IntRange(-9, 9).Draw(t, "w")) / 7
			}
			w.AppendDense(row)
			l.B[j] = float64(rapid.IntRange(-3, 3).Draw(t, "b"))
			if l.Slopes != nil {
				l.Slopes[j] = rapid.SampledFrom([]float64{0, 1, -1, 0.3}).Draw(t, "slope")
			}
		}
		l.W, in = w, out
		layers = append(layers, l)
	}
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

// allEntries returns the layer with all its weights.
func allEntries(l *Layer) *Layer {
	d := *l
	d.start, d.at = nil, nil
	d.W, d.WMag = make([]float64, l.In*l.Out), make([]float64, l.In*l.Out)
	for i := range l.In {
		at, w, mag := l.Column(i)
		for k, j := range at {
			d.set(i, int(j), w[k], mag[k])
		}
		if at == nil {
			copy(d.W[i*l.Out:], w)
			copy(d.WMag[i*l.Out:], mag)
		}
	}
	return &d
}

// TestFewWeightsAreTheSameForms: a layer that keeps its weights other than 0 alone has the same
// numbers, to the last bit, as one that keeps all.
func TestFewWeightsAreTheSameForms(t *testing.T) {
	sparse := 0
	rapid.Check(t, func(t *rapid.T) {
		n := drawSparse(t)
		b, err := ball.New(ball.L2, make([]float64, n.Inputs()), 1.5)
		require.NoError(t, err)
		few, err := Compile(context.Background(), n, b)
		require.NoError(t, err)
		all, err := Compile(context.Background(), n, b)
		require.NoError(t, err)
		for i, l := range all.Layers {
			if l.start != nil {
				sparse++
			}
			d := allEntries(l)
			for j := range l.Out {
				require.Equal(t, maps.Collect(d.Into(j)), maps.Collect(l.Into(j)))
				for i, mag := range l.Into(j) {
					require.Equal(t, d.WMag[i*l.Out+j], mag)
				}
			}
			all.Layers[i] = d
		}
		all.setStatic(context.Background())
		labels := make([]int8, few.Neurons)
		for j := range labels {
			labels[j] = rapid.SampledFrom([]int8{-1, 1}).Draw(t, "label")
		}
		p, q := follow(few, labels), follow(all, labels)
		x := NewExactPath(few)
		for l := range few.Layers {
			require.Equal(t, all.Layers[l].Static, few.Layers[l].Static)
			require.Equal(t, q.Forms(l), p.Forms(l))
			j := rapid.IntRange(0, few.Layers[l].Out-1).Draw(t, "unit")
			requireNear(t, few, p.Form(l, j), x.At(l, j, labels).G, few.Integers().Scale[l])
		}
	})
	require.Positive(t, sparse)
}

// follow returns the path of these labels.
func follow(m *Model, labels []int8) *Path {
	p, acc := NewPath(m), &Sums{}
	p.LoadFirst()
	for l := 1; l < len(m.Layers); l++ {
		p.Begin(acc, l)
		before := m.Layers[l-1]
		for j := range before.Neurons {
			p.Pass(acc, l-1, j, labels[before.First+j])
		}
		p.Load(l, acc, labels)
	}
	return p
}

// requireNear holds a form against its exact gradient, integers times 2^−scale.
func requireNear(t *rapid.T, m *Model, z *Form, g []*big.Int, scale int) {
	for k, v := range g {
		want := new(big.Float).SetMantExp(new(big.Float).SetInt(v), z.Shift-scale)
		diff := want.Sub(want, big.NewFloat(z.G[k]))
		require.LessOrEqual(t, diff.Abs(diff).Cmp(big.NewFloat(z.Err)), 0)
	}
}

// A form that was out of range looked its column up in every row: a layer of 10⁵ units took
// minutes, and looked at no stop.
func TestFormsWithoutTermsLookAtTheirOwnWeightsAlone(t *testing.T) {
	const wide = 1 << 17
	first, second := network.NewSparse(1), network.NewSparse(wide)
	for j := range int32(wide) {
		first.Append([]int32{0}, []float64{1})
		second.Append([]int32{j}, []float64{1})
	}
	n, err := network.New([]network.Layer{
		{W: first, B: make([]float64, wide), Act: network.ReLU},
		{W: second, B: make([]float64, wide), Act: network.ReLU},
	})
	require.NoError(t, err)
	b, err := ball.New(ball.L2, []float64{0}, 1)
	require.NoError(t, err)
	m, err := Compile(context.Background(), n, b)
	require.NoError(t, err)
	m.Layers[1].Quantum = 0 // nothing is known to be exact but a sum of no terms
	labels := make([]int8, m.Neurons)
	for j := range labels[:wide] {
		labels[j] = -1
	}
	labels[1] = 1
	p := follow(m, labels)
	require.True(t, p.Form(1, 0).Zero())
	require.False(t, p.Form(1, 1).Zero())
	require.True(t, p.Form(1, wide-1).Zero())
}

// All values at once are those column by column: exactly, where sums of whole numbers are.
func TestAllColumnsAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Map(rapid.IntRange(-9, 9), func(v int) float64 { return float64(v) })
		l := &Layer{In: rapid.IntRange(1, 40).Draw(t, "inputs"), Out: rapid.IntRange(1, 40).Draw(t, "outputs")}
		kept := rapid.IntRange(0, 9).Draw(t, "weights kept")
		l.makeRoom(l.In * l.Out * kept / 9)
		for j := range l.Out {
			for i := range l.In {
				if w := whole.Draw(t, "weight"); l.start == nil || (i+j)%9 < kept {
					l.set(i, j, w, math.Abs(w))
				}
			}
		}
		l.close()
		a := rapid.SliceOfN(whole, l.In, l.In).Draw(t, "values")
		z := rapid.SliceOfN(whole, l.Out, l.Out).Draw(t, "sums")
		want := slices.Clone(z)
		for i, v := range a {
			l.AddColumn(want, v, i)
		}
		l.AddAll(z, a)
		require.Equal(t, want, z)
	})
}
