// The unrolled network against the recurrence itself, in exact arithmetic.

package rnn

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// exactly is the recurrence in fractions, and the signs of its pre-activations.
func (r *RNN) exactly(x []*big.Rat) (out []*big.Rat, signs network.Pattern) {
	sum := func(b float64, w []float64, x []*big.Rat) *big.Rat {
		s := new(big.Rat).SetFloat64(b)
		for i, v := range w {
			s.Add(s, new(big.Rat).Mul(new(big.Rat).SetFloat64(v), x[i]))
		}
		return s
	}
	h := make([]*big.Rat, r.Units())
	for j := range h {
		h[j] = new(big.Rat)
	}
	for d := r.Inputs(); len(x) > 0; x = x[d:] {
		next := make([]*big.Rat, len(h))
		for j := range next {
			z := sum(r.B[j], r.U.RawRowView(j), x)
			z.Add(z, sum(0, r.W.RawRowView(j), h))
			if r.B2 != nil {
				z.Add(z, new(big.Rat).SetFloat64(r.B2[j]))
			}
			if signs = append(signs, int8(z.Sign())); z.Sign() < 0 {
				z = new(big.Rat)
			}
			next[j] = z
		}
		h = next
	}
	for k, c := range r.C {
		out = append(out, sum(c, r.V.RawRowView(k), h))
	}
	return out, signs
}

// at holds the unrolled network to the recurrence at a point, function and pattern.
func (r *RNN) at(t require.TestingT, n *network.Network, x []float64) {
	point, exact := make([]*big.Rat, len(x)), make([]*big.Float, len(x))
	for i, v := range x {
		point[i], exact[i] = new(big.Rat).SetFloat64(v), big.NewFloat(v)
	}
	want, signs := r.exactly(point)
	got, pattern := n.ForwardExact(exact)
	require.Equal(t, signs, pattern)
	require.Len(t, got, len(want))
	for k := range want {
		v, _ := got[k].Rat(nil)
		require.Zero(t, want[k].Cmp(v))
	}
}

func TestUnrolledIsTheRecurrence(t *testing.T) {
	points := 0
	rapid.Check(t, func(t *rapid.T) {
		r, steps := drawRNN(t), rapid.IntRange(1, 5).Draw(t, "steps")
		n, err := r.Unroll(steps)
		require.NoError(t, err)
		require.Equal(t, steps*r.Inputs(), n.Inputs())
		require.Equal(t, steps*r.Units(), n.Neurons(), "what is carried is no neuron")
		for range 10 {
			x := rapid.SliceOfN(rapid.Float64Range(-4, 4), n.Inputs(), n.Inputs()).Draw(t, "x")
			r.at(t, n, x)
			points++
		}
	})
	require.GreaterOrEqual(t, points, 1000)
}

// The outputs of every step are those of the network unrolled over so many, and no other neuron is
// needed for them.
func TestEveryStepIsTheLastOfAShorterSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, steps := drawRNN(t), rapid.IntRange(1, 5).Draw(t, "steps")
		all, err := r.Sequences(steps)
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "cut") {
			point := make([]float64, all.Outputs())
			all, err = network.Inputs(all, point, []int{all.Outputs() - 1, 0}[:min(2, all.Outputs())]...)
			require.NoError(t, err)
		}
		n, err := r.UnrollOn(all, true)
		require.NoError(t, err)
		require.Equal(t, steps*r.Outputs(), n.Outputs())
		require.Equal(t, steps*r.Units(), n.Neurons(), "what is carried is no neuron")
		x := make([]*big.Float, all.Inputs())
		for i := range x {
			x[i] = big.NewFloat(rapid.Float64Range(-4, 4).Draw(t, "x"))
		}
		sequence, _ := all.ForwardExact(x)
		got, pattern := n.ForwardExact(x)
		point := make([]*big.Rat, len(sequence))
		for i, v := range sequence {
			point[i], _ = v.Rat(nil)
		}
		for s := 1; s <= steps; s++ {
			want, signs := r.exactly(point[:s*r.Inputs()])
			require.Equal(t, signs, pattern[:len(signs)])
			for k := range want {
				v, _ := got[(s-1)*r.Outputs()+k].Rat(nil)
				require.Zero(t, want[k].Cmp(v))
			}
		}
	})
}

// A slice before unrolling is the slice after it, with fewer weights.
func TestUnrollingASliceIsSlicingTheUnrolled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, steps := drawRNN(t), rapid.IntRange(2, 5).Draw(t, "steps")
		all, err := r.Sequences(steps)
		require.NoError(t, err)
		whole, err := r.Unroll(steps)
		require.NoError(t, err)
		point := func() []float64 {
			return rapid.SliceOfN(rapid.Float64Range(-2, 2), all.Inputs(), all.Inputs()).Draw(t, "point")
		}
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		p, q, s := point(), point(), point()
		cut := func(n *network.Network) (*network.Network, error) {
			switch kind {
			case 0:
				return network.Through(n, p, q)
			case 1:
				return network.Through(n, p, q, s)
			case 2:
				return network.Along(n, p, q)
			}
			return network.Inputs(n, p, all.Inputs()-1, 0)
		}
		front, err := cut(all)
		if err != nil {
			t.Skip("no line or plane")
		}
		a, err := r.UnrollOn(front, false)
		require.NoError(t, err)
		b, err := cut(whole)
		require.NoError(t, err)
		require.Equal(t, b.Neurons(), a.Neurons())
		for range 5 {
			x := make([]*big.Float, a.Inputs())
			for i := range x {
				x[i] = big.NewFloat(rapid.Float64Range(-2, 2).Draw(t, "x"))
			}
			ya, pa := a.ForwardExact(x)
			yb, pb := b.ForwardExact(x)
			require.Equal(t, pb, pa)
			for k := range ya {
				require.Zero(t, ya[k].Cmp(yb[k]))
			}
		}
	})
}

func TestOneStepIsAPlainLayer(t *testing.T) {
	r, err := Read(strings.NewReader(example))
	require.NoError(t, err)
	n, err := r.Unroll(1)
	require.NoError(t, err)
	plain, err := network.New([]network.Layer{{W: r.U, B: r.B, Act: network.ReLU}, {W: r.V, B: r.C}})
	require.NoError(t, err)
	require.Equal(t, plain.Fingerprint(), n.Fingerprint())
}

// The later inputs of a sequence may have any sign: they are carried, not passed through ReLUs.
func TestLaterInputsMayBeNegative(t *testing.T) {
	r, err := Read(strings.NewReader(example))
	require.NoError(t, err)
	n, err := r.Unroll(3)
	require.NoError(t, err)
	require.Equal(t, []float64{4}, n.Forward([]float64{3, -0.5, 1}))
	require.Equal(t, []float64{4}, n.Forward([]float64{-1, -1, -0.5}))
}

func TestTooManyStepsAreRefused(t *testing.T) {
	r, err := Read(strings.NewReader(example))
	require.NoError(t, err)
	for want, steps := range map[string]int{
		"steps: 0, expected from 1 to 65536":                                      0,
		"make 200170000 weights, expected at most 67108864: cut the sequences to": 20000,
	} {
		_, err := r.Unroll(steps)
		require.ErrorContains(t, err, want)
	}
	n, err := network.New([]network.Layer{{W: mat.NewDense(2, 1, []float64{1, 1}), B: []float64{0, 0}, Act: network.ReLU}})
	require.NoError(t, err)
	_, err = r.UnrollOn(n, false)
	require.ErrorContains(t, err, "a layer with an activation")
}

// A hundred steps on a plane stay small.
func TestAHundredStepsOnAPlaneStaySmall(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	draw := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return v
	}
	r, err := New(mat.NewDense(32, 2, draw(64)), mat.NewDense(32, 32, draw(32*32)), draw(32), nil, mat.NewDense(1, 32, draw(32)), draw(1))
	require.NoError(t, err)
	all, err := r.Sequences(100)
	require.NoError(t, err)
	front, err := network.Through(all, draw(200), draw(200), draw(200))
	require.NoError(t, err)
	n, err := r.UnrollOn(front, false)
	require.NoError(t, err)
	weights := 0
	for _, l := range n.Layers() {
		weights += l.Rows() * l.In()
	}
	require.Less(t, weights, 150_000)
}
