package judge

// Forms and signs where floats underflow and overflow.

import (
	"context"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/network"
)

func ratOf(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func ratsOf(y []float64) []*big.Rat {
	r := make([]*big.Rat, len(y))
	for k, v := range y {
		r[k] = ratOf(v)
	}
	return r
}

// netOf builds a network of layers without repeating their widths.
func netOf(t require.TestingT, layers ...network.Layer) *network.Network {
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

func reluOf(in int, w, b []float64) network.Layer {
	return network.Layer{W: mat.NewDense(len(b), in, w), B: b, Act: network.ReLU}
}

func modelOf(t require.TestingT, n *network.Network, norm ball.Norm) *forms.Model {
	b, err := ball.New(norm, make([]float64, n.Inputs()), 1)
	require.NoError(t, err)
	m, err := forms.Compile(context.Background(), n, b)
	require.NoError(t, err)
	return m
}

// A form whose terms underflowed is not zero, not even where the bounds of its terms underflowed
// too; one of no terms is.
func TestFormsThatUnderflowAreNotZero(t *testing.T) {
	const big = 0x1p1000
	deep := reluOf(3, []float64{big, 0, 0, -big, 1, 0, 0, 0, 1}, make([]float64, 3))
	n := netOf(t, reluOf(1, []float64{-1, 1, -1}, []float64{0, 0, -4}), deep, deep, deep)
	m := modelOf(t, n, ball.LInf)
	labels := []int8{-1, 1, -1, 0, 1, 0, 0, 1, 0, 0, 1, 0}
	c := New(m, labels, nil)
	w := forms.NewPath(m)
	w.LoadFirst()
	for l := 1; l < len(m.Layers); l++ {
		acc := new(forms.Sums)
		w.Begin(acc, l)
		for j := range m.Layers[l-1].Out {
			w.Pass(acc, l-1, j, labels[m.Layers[l-1].First+j])
		}
		w.Load(l, acc, labels)
		for j := range m.Layers[l].Out {
			require.Equal(t, j != 1, w.Form(l, j).Zero(), "layer %d, unit %d", l, j)
			require.Equal(t, j != 1, c.Vanishes(w.Form(l, j)), "layer %d, unit %d", l, j)
		}
	}
	require.True(t, w.Form(3, 1).Lost())
}

// Where a partial sum overflows, the value is infinite and its bound need not be: no sign is
// certain.
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
		p, tight, static := newPasser(m), make([]int8, m.Neurons), make([]int8, m.Neurons)
		p.signs([]float64{0.5}, static, nil)
		p.signsTight([]float64{0.5}, tight, nil)
		for j := range wide { // the mixed sums are zero
			require.Zero(t, tight[m.Neurons-1-j], "%d", depth)
			require.Zero(t, static[m.Neurons-1-j], "%d", depth)
		}
	}
}
