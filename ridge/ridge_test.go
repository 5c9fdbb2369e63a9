package ridge

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

var anything = context.Background()

// forward evaluates a network at floats, and returns fractions.
func forward(n *network.Network, x []*big.Rat) []*big.Rat {
	p := make([]*big.Float, len(x))
	for k, v := range x {
		p[k] = new(big.Float).SetPrec(2000).SetRat(v)
	}
	y, _ := n.ForwardExact(p)
	out := make([]*big.Rat, len(y))
	for i, v := range y {
		out[i], _ = v.Rat(nil)
	}
	return out
}

// drawn returns a network with one layer of neurons: of any slopes, or maxima of two, with neurons
// on one hyperplane, dead ones, and affine layers before and behind.
func drawn(rng *rand.Rand) *network.Network {
	in, units, out := 1+rng.IntN(3), 1+rng.IntN(5), 1+rng.IntN(2)
	value := func() float64 { return float64(rng.IntN(9)-4) / 4 }
	if rng.IntN(2) == 0 {
		value = func() float64 { return math.Ldexp(rng.NormFloat64(), rng.IntN(40)-20) }
	}
	values := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = value()
		}
		return v
	}
	var layers []network.Layer
	if rng.IntN(3) == 0 {
		layers = append(layers, gen.Affine(values(in*in), values(in)))
	}
	if rng.IntN(3) == 0 {
		l := gen.Affine(values(2*units*in), values(2*units))
		l.Act = network.Max
		rows := l.W.(*mat.Dense)
		for range units {
			l.Pieces = append(l.Pieces, 2)
		}
		if rng.IntN(2) == 0 {
			rows.SetRow(1, rows.RawRowView(0))
		}
		layers = append(layers, l)
	} else {
		l := gen.Affine(values(units*in), values(units))
		l.Act = network.Mixed
		for range units {
			l.Slopes = append(l.Slopes, []float64{0, 0, -1, 0.3, 1, 2}[rng.IntN(6)])
		}
		if units > 1 && rng.IntN(2) == 0 { // the same hyperplane twice
			rows, f := l.W.(*mat.Dense), []float64{1, -1, 3, -0.5}[rng.IntN(4)]
			for k := range in {
				rows.Set(1, k, f*rows.At(0, k))
			}
			l.B[1] = f * l.B[0]
		}
		layers = append(layers, l)
	}
	layers = append(layers, gen.Affine(values(units*out), values(out)))
	if rng.IntN(3) == 0 {
		layers = append(layers, gen.Affine(values(out*out), values(out)))
	}
	return gen.Build(layers...)
}

func point(rng *rand.Rand, n int) []*big.Rat {
	x := make([]*big.Rat, n)
	for k := range x {
		x[k] = new(big.Rat).SetFloat64(math.Ldexp(rng.NormFloat64(), rng.IntN(8)))
	}
	return x
}

func texts(v []*big.Rat) (s []string) {
	for _, x := range v {
		s = append(s, x.RatString())
	}
	return s
}

func TestTheSumIsTheNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		n := drawn(rng)
		s, err := Of(anything, n)
		require.NoError(t, err)
		small, err := s.Network()
		require.NoError(t, err)
		require.Equal(t, len(s.Ridges), small.Neurons())
		named := len(s.Unused)
		for _, r := range append(s.Ridges, s.Cancelled...) {
			named += len(r.Neurons)
		}
		require.Equal(t, n.Neurons(), named)
		for range 4 {
			x := point(rng, n.Inputs())
			want := texts(forward(n, x))
			require.Equal(t, want, texts(s.At(x)))
			require.Equal(t, want, texts(forward(small, x)))
		}
		again, err := Of(anything, small)
		require.NoError(t, err)
		require.True(t, s.Minus(again).IsZero())
		require.Nil(t, s.Minus(again).Witness())
		same, err := again.Network()
		require.NoError(t, err)
		require.Equal(t, small.Fingerprint(), same.Fingerprint())
	})
}

// copied is a network of the same function, with one ReLU layer: neurons permuted, scaled by powers
// of two, and turned round, σ(z) = z + σ(−z), where a unit that carries z on makes up for it.
func copied(n *network.Network, rng *rand.Rand) *network.Network {
	hidden, last := n.Layers()[0], n.Layers()[1]
	units := hidden.Out()
	var h, o [][]float64 // rows of the hidden layer with biases, columns of the last
	var slopes []float64
	for _, j := range rng.Perm(units) {
		f, row, col := math.Ldexp(1, rng.IntN(21)-10), append([]float64(nil), hidden.W.RawRowView(j)...), make([]float64, last.Out())
		row = append(row, hidden.B[j])
		for i := range col {
			col[i] = last.W.At(i, j) / f
		}
		if rng.IntN(2) == 0 {
			h, o, slopes = append(h, scaled(row, f)), append(o, col), append(slopes, 1)
			f = -f
		}
		h, o, slopes = append(h, scaled(row, f)), append(o, col), append(slopes, 0)
	}
	l := network.Layer{W: mat.NewDense(len(h), n.Inputs(), nil), Act: network.Mixed, Slopes: slopes}
	m := network.Layer{W: mat.NewDense(last.Out(), len(h), nil), B: last.B}
	for j, row := range h {
		l.W.(*mat.Dense).SetRow(j, row[:n.Inputs()])
		l.B = append(l.B, row[n.Inputs()])
		m.W.(*mat.Dense).SetCol(j, o[j])
	}
	return gen.Build(l, m)
}

func scaled(v []float64, f float64) []float64 {
	w := make([]float64, len(v))
	for k := range v {
		w[k] = f * v[k]
	}
	return w
}

func shallow(rng *rand.Rand) *network.Network {
	return gen.Random(rng, gen.RandomOptions{Widths: []int{1 + rng.IntN(6)}, Inputs: 1 + rng.IntN(4), OnlyReLU: true, NoAffine: true})
}

// A copy with permuted, rescaled and turned neurons is the same function, and has the same network.
func TestAPermutedRescaledFlippedCopyIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		n := shallow(rng)
		s, err := Of(anything, n)
		require.NoError(t, err)
		c, err := Of(anything, copied(n, rng))
		require.NoError(t, err)
		require.Nil(t, s.Minus(c).Witness())
		a, err := s.Network()
		require.NoError(t, err)
		b, err := c.Network()
		require.NoError(t, err)
		require.Equal(t, a.Fingerprint(), b.Fingerprint())
	})
}

// One bit of a weight is told, and a point shows it.
func TestOneBitMakesAnotherFunction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		n := shallow(rng)
		layers := gen.CopyLayers(copied(n, rng))
		l := layers[rng.IntN(2)]
		i, k := rng.IntN(l.Out()), rng.IntN(l.In())
		w := l.W.(*mat.Dense)
		w.Set(i, k, math.Nextafter(w.At(i, k), 9))
		other := gen.Build(layers...)
		s, err := Of(anything, n)
		require.NoError(t, err)
		o, err := Of(anything, other)
		require.NoError(t, err)
		x := s.Minus(o).Witness()
		require.NotNil(t, x)
		require.NotEqual(t, texts(s.At(x)), texts(o.At(x)))
		if y := forward(n, x); areDyadic(x) { // big.Float holds the point
			require.NotEqual(t, texts(y), texts(forward(other, x)))
		}
	})
}

func areDyadic(x []*big.Rat) bool {
	for _, v := range x {
		if v.Denom().TrailingZeroBits()+1 != uint(v.Denom().BitLen()) {
			return false
		}
	}
	return true
}

// A ball says nothing about Rⁿ: here both are 0 on the unit ball.
func TestEqualOnABallIsNotEqual(t *testing.T) {
	far := gen.Build(gen.ReLU([]float64{1, 0}, []float64{-5}), gen.Affine([]float64{1}, []float64{0}))
	zero := gen.Build(gen.Affine([]float64{0, 0}, []float64{0}))
	s, err := Of(anything, far)
	require.NoError(t, err)
	o, err := Of(anything, zero)
	require.NoError(t, err)
	require.Empty(t, o.Ridges)
	x := s.Minus(o).Witness()
	require.NotNil(t, x)
	require.Greater(t, x[0].Cmp(big.NewRat(5, 1)), 0)
}

func TestKnownSums(t *testing.T) {
	for name, c := range map[string]struct {
		net                       *network.Network
		ridges, cancelled, unused int
	}{
		"σ(x) − σ(−x) is x":     {gen.Build(gen.ReLU([]float64{1, -1}, []float64{0, 0}), gen.Affine([]float64{1, -1}, []float64{0})), 0, 1, 0},
		"σ(x) + σ(−x) is |x|":   {gen.Build(gen.ReLU([]float64{1, -1}, []float64{0, 0}), gen.Affine([]float64{1, 1}, []float64{0})), 1, 0, 0},
		"thrice a hyperplane":   {gen.Build(gen.ReLU([]float64{1, -2, 3}, []float64{0.5, -1, 1.5}), gen.Affine([]float64{1, 1, 1}, []float64{0})), 1, 0, 0},
		"parallel hyperplanes":  {gen.Build(gen.ReLU([]float64{1, 1}, []float64{0, 1}), gen.Affine([]float64{1, 1}, []float64{0})), 2, 0, 0},
		"dead and constant":     {gen.Build(gen.ReLU([]float64{0, 1, 0}, []float64{1, 1, -1}), gen.Affine([]float64{1, 0, 3}, []float64{0})), 0, 0, 3},
		"cancels in one output": {gen.Build(gen.ReLU([]float64{1, 2}, []float64{0, 0}), gen.Affine([]float64{2, -1, 1, 1}, []float64{0, 0})), 1, 0, 0},
		"no neurons":            {gen.Build(gen.Affine([]float64{2}, []float64{1}), gen.Affine([]float64{3}, []float64{1})), 0, 0, 0},
		"ReLU outputs":          {gen.Build(gen.ReLU([]float64{1, 2}, []float64{0, 1})), 2, 0, 0},
	} {
		s, err := Of(anything, c.net)
		require.NoError(t, err, name)
		require.Equal(t, []int{c.ridges, c.cancelled, c.unused}, []int{len(s.Ridges), len(s.Cancelled), len(s.Unused)}, name)
		n, err := s.Network()
		require.NoError(t, err, name)
		require.Equal(t, c.ridges, n.Neurons(), name)
	}
}

// Coefficients of more than 53 bits are spread over several numbers.
func TestLongCoefficientsAreKept(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1, 1, -1}, []float64{0, 0, 0}), gen.Affine([]float64{1, 0x1p-80, 0x1p-120}, []float64{0.1}))
	s, err := Of(anything, n)
	require.NoError(t, err)
	small, err := s.Network()
	require.NoError(t, err)
	require.Equal(t, 1, small.Neurons())
	again, err := Of(anything, small)
	require.NoError(t, err)
	require.True(t, s.Minus(again).IsZero())
}

func TestWhatHasNoSumOrNoNetwork(t *testing.T) {
	three := gen.Affine([]float64{1, 2, 3}, []float64{0, 0, 0})
	three.Act, three.Pieces = network.Max, []int{3}
	_, err := Of(anything, gen.Build(three))
	require.EqualError(t, err, "layer 0: unit 0 is a maximum of 3, expected of two at most; on a ball relucell diff compares networks of any depth")
	_, err = Of(anything, gen.Build(gen.ReLU([]float64{1}, []float64{0}), gen.ReLU([]float64{1}, []float64{1})))
	require.EqualError(t, err, "layers 0 and 1 have neurons, expected one layer with neurons; on a ball relucell diff compares networks of any depth")
	s, err := Of(anything, gen.Build(gen.ReLU([]float64{1e300, 1e-300}, []float64{0}), gen.Affine([]float64{1}, []float64{0})))
	require.NoError(t, err)
	_, err = s.Network()
	require.ErrorContains(t, err, "hyperplane 0: a number is beyond the range of float64")
	s, err = Of(anything, gen.Build(gen.ReLU([]float64{1e300}, []float64{0}), gen.Affine([]float64{1e300}, []float64{0})))
	require.NoError(t, err)
	_, err = s.Network()
	require.ErrorContains(t, err, "beyond the range of float64")
	ctx, cancel := context.WithCancelCause(anything)
	cancel(context.DeadlineExceeded)
	_, err = Of(ctx, gen.Build(gen.ReLU([]float64{1}, []float64{0})))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
