package safetyproof

import (
	"context"
	"math/big"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/specimen"
)

// outputs evaluates a network with maxima in fractions.
func outputs(t specimen.Net, x []rat) []rat {
	for _, y := range t.Layers {
		var z []rat
		for j, w := range y.W {
			v := plus(ofFloat(y.B[j]), sumOf(len(w), func(k int) rat { return times(ofFloat(w[k]), x[k]) }))
			if y.Act != "max" && v.Sign() < 0 {
				v = times(v, ofFloat(y.Below(j)))
			}
			z = append(z, v)
		}
		if x = z; y.Act == "max" {
			x = nil
			for _, k := range y.Pieces {
				x, z = append(x, most(z[0], z[1:k]...)), z[k:]
			}
		}
	}
	return x
}

// outputs evaluates the layers as they were read for proofs of safety.
func (n *network) slowly(x []rat) []rat {
	for _, r := range n.Layers {
		var y []rat
		for j := range r.Bias {
			v := new(big.Rat).SetInt(&r.Bias[j])
			for i := r.Start[j]; i < r.Start[j+1]; i++ {
				v = plus(v, times(new(big.Rat).SetInt(&r.Z[i]), x[r.From[i]]))
			}
			if v = times(v, power(-int(r.Scale))); v.Sign() < 0 {
				v = times(v, times(new(big.Rat).SetInt(&r.Slopes[j]), power(-int(r.Fine))))
			}
			y = append(y, v)
		}
		x = y
	}
	return x
}

// Maxima are read as tournaments of neurons, which are the same function.
func TestSafetyReadsMaximaAsTournaments(t *testing.T) {
	maxima := 0
	for seed := range int64(400) {
		r := rand.New(rand.NewSource(seed))
		net := specimen.DrawnMaxima(r, 1+r.Intn(3))
		n, err := readNetwork(context.Background(), net.Text())
		require.NoError(t, err)
		neurons := 0
		for _, y := range net.Layers {
			for _, k := range y.Pieces {
				neurons += k - 1
				maxima += k - 1
			}
			for j := range y.W {
				if y.Pieces == nil && y.Below(j) != 1 {
					neurons++
				}
			}
		}
		require.Len(t, n.unit, neurons)
		for range 4 {
			x := make([]rat, net.Inputs)
			for k := range x {
				x[k] = big.NewRat(int64(r.Intn(33)-16), 8)
			}
			sameRats(t, outputs(net, x), n.slowly(x))
		}
	}
	require.Greater(t, maxima, 400)
}

func sameRats(t *testing.T, want, got []rat) {
	require.Len(t, got, len(want))
	for i := range want {
		require.Zero(t, want[i].Cmp(got[i]))
	}
}

// max(x, −x, 1/2) is at most 1 in [−1, 1], at least 1/2, and nothing less or more.
func TestSafetyOfAMaximumByHand(t *testing.T) {
	net := specimen.Net{Inputs: 1, Layers: []specimen.Layer{{Act: "max", Pieces: []int{3}, W: [][]float64{{1}, {-1}, {0}}, B: []float64{0, 0, 0.5}}}}
	tree := "N0\nN1\nE0 0:1;\nE0 0:1;\nN1\nE0 0:1;\nE0 0:1;\n" // the box refutes all
	for condition, holds := range map[string]bool{
		"; < y0:-1 1":     true, // y > 1
		"; <= y0:-1 1":    false,
		"; < y0:-1 9/10":  false,
		"; < y0:-1 11/10": true,
	} {
		_, err := checkSafety(net, nil, safetyProof(t, net, 36, oneBox("-1 1", condition), tree))
		require.Equal(t, holds, err == nil, "%s: %v", condition, err)
	}
	for reason, tree := range map[string]string{
		"neuron":  "N2\nE0 0:1;\nE0 0:1;\n", // there are two
		"neither": "N0\nE0 0:1;\nE0 0:1;\n", // the second one is open
	} {
		_, err := checkSafety(net, nil, safetyProof(t, net, 36, oneBox("-1 1", "; < y0:-1 1"), tree))
		require.ErrorContains(t, err, reason)
	}
}
