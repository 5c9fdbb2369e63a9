// The affine pieces of the network around a point, exactly where it matters.

package bound

import (
	"context"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// slopes returns what layer l multiplies each pre-activation by near a point with pre-activations
// z: 1, the slope, and 0 for a neuron that is identically zero there.
func slopes(l network.Layer, z dyadic.Vector) []float64 {
	s := make([]float64, len(z.N))
	for j := range s {
		switch {
		case !l.IsNeuron(j) || z.N[j].Sign() > 0:
			s[j] = 1
		case z.N[j].Sign() < 0:
			s[j] = l.Below(j)
		}
	}
	return s
}

// exactGradient returns the gradient, over the input, of pre-activation j of layer i on the affine
// piece around the point of the pass c. Units before it with z = 0 must be identically zero there.
func exactGradient(ctx context.Context, n *network.Network, c *center, i, j int) (dyadic.Vector, error) {
	g := dyadic.Floats(n.Layers()[i].W.RawRowView(j))
	for k := i - 1; k >= 0; k-- {
		l := n.Layers()[k]
		var err error
		if g, err = g.Times(slopes(l, c.z[k])).Affine(ctx, l.In(), columnsOf(l), nil); err != nil {
			return dyadic.Vector{}, err
		}
	}
	return g, nil
}
