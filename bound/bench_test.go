// How long each bound takes on a network of the size of an MNIST classifier.

package bound_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

// heNetwork returns a network of He-initialised weights (normal, variance 2/fan-in) and small
// biases, ReLU but for the last layer.
func heNetwork(t testing.TB, seed uint64, widths ...int) *network.Network {
	rng := rand.New(rand.NewPCG(seed, 0))
	var ls []network.Layer
	for i := 1; i < len(widths); i++ {
		w, b := mat.NewDense(widths[i], widths[i-1], nil), make([]float64, widths[i])
		for r := range widths[i] {
			for c := range widths[i-1] {
				w.Set(r, c, rng.NormFloat64()*math.Sqrt(2/float64(widths[i-1])))
			}
			b[r] = rng.NormFloat64() / 8
		}
		l := network.Layer{W: w, B: b, Act: network.ReLU}
		if i == len(widths)-1 {
			l.Act = network.None
		}
		ls = append(ls, l)
	}
	n, err := network.New(ls)
	require.NoError(t, err)
	return n
}

func BenchmarkMNISTSized(b *testing.B) {
	n := heNetwork(b, 1, 784, 256, 256, 256, 256, 10)
	for _, norm := range []ball.Norm{ball.L2, ball.LInf} {
		r := 0.5
		if norm == ball.LInf {
			r = 0.005
		}
		bl, err := ball.New(norm, make([]float64, 784), r)
		require.NoError(b, err)
		for _, bd := range bound.Cheap() {
			b.Run(norm.String()+"/"+bd.Name(), func(b *testing.B) {
				for b.Loop() {
					v, err := bd.Value(context.Background(), n, bl)
					require.NoError(b, err)
					b.ReportMetric(float64(v.BitLen()), "bits")
				}
			})
		}
	}
}
