package extremum

// What the tests hold the search to: a forward pass in fractions, and the values at the vertices of
// all regions, which share neither the affine maps nor the programmes with it.

import (
	"context"
	"math/big"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

var anything = context.Background()

func rat(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }

func regions(t testing.TB, n *network.Network, b ball.Ball) (all []enumerate.Region) {
	for r, err := range enumerate.Regions(anything, n, b, enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		all = append(all, r)
	}
	return all
}

// drawn returns a small network, a form of its outputs and a ball of a norm.
func drawn(seed int64, norm ball.Norm) (*network.Network, Form, ball.Ball) {
	r := rand.New(rand.NewSource(seed))
	inputs, outputs := 1+r.Intn(3), 1+r.Intn(3)
	kind := r.Intn(3)
	value := func() float64 {
		if kind == 0 {
			return r.NormFloat64()
		}
		return float64(r.Intn(7)-3) / 2
	}
	values := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = value()
		}
		return v
	}
	var layers []network.Layer
	in := inputs
	for range 1 + r.Intn(2) {
		out := 1 + r.Intn(4)
		l := gen.Affine(values(in*out), values(out))
		l.Act = []network.Activation{network.ReLU, network.ReLU, network.Abs}[r.Intn(3)]
		if seed/4%3 == 2 { // in one of three, whatever else is drawn
			l.Act = network.Max
			for left := out; left > 0; left -= l.Pieces[len(l.Pieces)-1] {
				l.Pieces = append(l.Pieces, 1+r.Intn(left))
			}
		}
		layers, in = append(layers, l), l.Out()
	}
	layers = append(layers, gen.Affine(values(in*outputs), values(outputs)))
	if r.Intn(4) == 0 {
		layers[len(layers)-1].Act = network.ReLU
	}
	f := Form{Offset: big.NewRat(int64(r.Intn(3)), 3)}
	for range outputs {
		f.C = append(f.C, big.NewRat(int64(r.Intn(5)-2), int64(1+r.Intn(3))))
	}
	c := values(inputs)
	if norm == ball.Box {
		hi := make([]float64, inputs)
		for k := range hi {
			hi[k] = c[k] + 0.25 + r.Float64()
		}
		return gen.Build(layers...), f, gen.Must(ball.NewBox(c, hi))
	}
	return gen.Build(layers...), f, gen.Must(ball.New(norm, c, []float64{1, 0.5, 2.3}[r.Intn(3)]))
}

// within returns a point of the ball, in fractions.
func within(r *rand.Rand, b ball.Ball) []*big.Rat {
	for {
		x := make([]*big.Rat, b.Dim())
		mid, half := b.Mid(), b.Scale()
		for k := range x {
			m, _ := mid[k].Rat(nil)
			h, _ := half[k].Rat(nil)
			x[k] = m.Add(m, h.Mul(h, big.NewRat(int64(r.Intn(33)-16), 16)))
		}
		if b.Contains(x) {
			return x
		}
	}
}
