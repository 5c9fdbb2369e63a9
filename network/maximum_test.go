package network_test

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// evaluate is the network at a point and its pattern there, layer by layer in fractions.
func evaluate(n *network.Network, x []*big.Rat) (y []*big.Rat, p network.Pattern) {
	p = network.Pattern{}
	for _, l := range n.Layers() {
		var z []*big.Rat
		for i, b := range l.B {
			v := new(big.Rat).SetFloat64(b)
			for j := range x {
				v.Add(v, new(big.Rat).Mul(new(big.Rat).SetFloat64(l.W.At(i, j)), x[j]))
			}
			z = append(z, v)
		}
		x = nil
		if l.Act != network.Max {
			for j, v := range z {
				if s := int8(v.Sign()); l.IsNeuron(j) {
					if p = append(p, s); s < 0 {
						v.Mul(v, new(big.Rat).SetFloat64(l.Below(j)))
					}
				}
				x = append(x, v)
			}
			continue
		}
		for _, k := range l.Pieces {
			best := 0
			for i, v := range z[:k] {
				if v.Cmp(z[best]) > 0 {
					best = i
				}
			}
			for i, v := range z[:k] {
				if s := int8(v.Cmp(z[best])); k > 1 && i == best {
					p = append(p, 1)
				} else if k > 1 {
					p = append(p, s)
				}
			}
			x, z = append(x, z[best]), z[k:]
		}
	}
	return x, p
}

// A network with maxima, the one of masks, and the affine map of a pattern are one function.
func TestMaximaAreEvaluatedExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n := gen.Maxima(rng, 1+rng.IntN(3), 6)
		x, exact, rats := make([]float64, n.Inputs()), make([]*big.Float, n.Inputs()), make([]*big.Rat, n.Inputs())
		for i := range x {
			x[i] = float64(rng.IntN(9)-4) / 2
			exact[i], rats[i] = big.NewFloat(x[i]), new(big.Rat).SetFloat64(x[i])
		}
		want, pattern := evaluate(n, rats)
		got, signs := n.ForwardExact(exact)
		require.Equal(t, pattern, signs)
		require.Len(t, signs, n.Signs())
		require.Equal(t, n.Signs(), n.Masked().Neurons())
		w, b := n.Affine(signs)
		near := n.Forward(x)
		for i, v := range want {
			g, _ := got[i].Rat(nil)
			require.Zero(t, v.Cmp(g))
			f, _ := v.Float64()
			require.InDelta(t, f, near[i], 1e-4)
			sum, _ := b[i].Rat(nil)
			for k := range x {
				c, _ := w[i][k].Rat(nil)
				sum.Add(sum, c.Mul(c, rats[k]))
			}
			require.Zero(t, v.Cmp(sum), "the affine map of %s", signs)
		}
		text := n.Canonical()
		again, err := network.ReadCanonical(bytes.NewReader(text))
		require.NoError(t, err)
		require.Equal(t, n.Fingerprint(), again.Fingerprint())
	})
}

// max(x, 2) and x carried on, spelled.
func TestMaximaHaveOneSpelling(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(3, 1, []float64{1, 0, 1}), B: []float64{0, 2, 0}, Act: network.Max, Pieces: []int{2, 1}}})
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, n.WriteCanonical(&text))
	require.Equal(t, `{"relucell-network":1,"inputs":1,"layers":[
{"activation":"max","pieces":[2,1],"weights":[["0x1p+0"],["0x0p+0"],["0x1p+0"]],"bias":["0x0p+0","0x1p+1","0x0p+0"]}
]}
`, text.String())
	require.Equal(t, "1-1-2", n.Widths())
	require.Equal(t, "+0", n.Pattern([]float64{2}).String(), "two pieces that are as large")
}

func TestMaximaAreRefusedWithTheField(t *testing.T) {
	for text, want := range map[string]string{
		`"activation":"max"`:                         "pieces: missing, max needs one number per unit",
		`"activation":"max","pieces":[1]`:            "pieces: 1 in all, expected 2, one per row of the weights",
		`"activation":"max","pieces":[0,2]`:          "pieces: entry 0 is 0, expected a number from 1 to 65536",
		`"activation":"max","pieces":[1,-1]`:         "expected a whole number",
		`"activation":"relu","pieces":[2]`:           "pieces: 1 are given, but only max has them",
		`"activation":"max","pieces":[2],"slope":1`:  "slope: given, but only leaky_relu has one",
		`"activation":"max","pieces":[2],"pieces":1`: `field "pieces" is given twice`,
	} {
		_, err := network.ReadCanonical(strings.NewReader(`{"relucell-network":1,"inputs":1,"layers":[{` + text + `,"weights":[[1],[2]],"bias":[0,0]}]}`))
		require.ErrorContains(t, err, want, text)
	}
	n, err := network.ReadCanonical(strings.NewReader(`{"relucell-network":1,"inputs":1,"layers":[{"activation":"max","pieces":[1,1],"weights":[[1],[2]],"bias":[0,0]}]}`))
	require.NoError(t, err)
	require.Equal(t, network.None, n.Layers()[0].Act, "single pieces are carried on")
}
