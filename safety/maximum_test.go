package safety

// Queries about networks with maxima.

import (
	"context"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// randomMaxima is a network of randomNet one layer of which is of maxima, over what was there or
// behind it.
func randomMaxima(t require.TestingT, rng *rand.Rand) *network.Network {
	layers := append([]network.Layer(nil), randomNet(t, rng).Layers()...)
	at := rng.IntN(len(layers) + 1)
	in := layers[0].In()
	if at > 0 {
		in = layers[at-1].Out()
	}
	out := in // as what follows expects
	if at == len(layers) {
		out = 1 + rng.IntN(2)
	}
	l := network.Layer{Act: network.Max}
	rows := 0
	for range out {
		k := 1 + rng.IntN(4)
		l.Pieces, rows = append(l.Pieces, k), rows+k
	}
	w := mat.NewDense(rows, in, nil)
	for j := range rows {
		for k := range in {
			w.Set(j, k, float64(rng.IntN(5)-2))
		}
		l.B = append(l.B, float64(rng.IntN(3)-1))
	}
	l.W = w
	n, err := network.New(append(layers[:at:at], append([]network.Layer{l}, layers[at:]...)...))
	require.NoError(t, err)
	return n
}

// Verdicts about maxima are those of all cells, with a proof or without, and the proofs are
// checked.
func TestMaximaAgainstTheTwin(t *testing.T) {
	runs := 150
	if os.Getenv("RELUCELL_SOAK") != "" {
		runs = 20_000
	}
	count, kinds := map[Verdict]int{}, 0
	for name, tune := range tunings {
		for i := range runs / len(tunings) {
			rng := rand.New(rand.NewPCG(41, uint64(i)))
			n := randomMaxima(t, rng)
			spec := randomSpecification(rng, n)
			want := Holds
			if twin(n, read(t, spec)) {
				want = Violated
			}
			s := newSubject(context.Background(), n, read(t, spec))
			s.tuning = tune
			r, err := newSearch(context.Background(), s, Options{Workers: 1}, time.Now())
			require.NoError(t, err)
			res := r.run()
			require.Equal(t, want, res.Verdict, "%s, case %d: %s", name, i, res.Stopped)
			if res.Witness != nil {
				requireMakes(t, n, res.Witness)
			}
			got, text := proved(t, n, spec, tune, 1)
			require.Equal(t, want, got, "%s, case %d", name, i)
			if text != "" {
				_, again := proved(t, n, spec, tune, 3)
				require.Equal(t, text, again)
				kinds++
			}
			count[want]++
		}
	}
	require.Greater(t, count[Holds], runs/5)
	require.Greater(t, count[Violated], runs/5)
	require.Greater(t, kinds, runs/5)
}

// requireMakes insists that the network with its maxima makes of the input what the witness says.
func requireMakes(t require.TestingT, n *network.Network, w *Witness) {
	x := w.Input
	for _, l := range n.Layers() {
		x = layerAt(l, x)
	}
	require.Len(t, x, len(w.Output))
	for i := range x {
		require.Zero(t, x[i].Cmp(w.Output[i]))
	}
}

// layerAt evaluates a layer in fractions.
func layerAt(l network.Layer, x []*big.Rat) (y []*big.Rat) {
	var z []*big.Rat
	for j, b := range l.B {
		v := new(big.Rat).SetFloat64(b)
		for k := range x {
			v.Add(v, new(big.Rat).Mul(new(big.Rat).SetFloat64(l.W.At(j, k)), x[k]))
		}
		if l.Act != network.Max && v.Sign() < 0 {
			v.Mul(v, new(big.Rat).SetFloat64(l.Below(j)))
		}
		z = append(z, v)
	}
	if l.Act != network.Max {
		return z
	}
	for _, k := range l.Pieces {
		top := z[0]
		for _, v := range z[1:k] {
			if v.Cmp(top) > 0 {
				top = v
			}
		}
		y, z = append(y, top), z[k:]
	}
	return y
}
