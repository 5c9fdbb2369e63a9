// The affine pieces of the network around a point, exactly where it matters.

package bound

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/network"
)

// slopes returns what layer l multiplies each pre-activation by near a point with pre-activations
// z: 1, the slope, and 0 for a neuron that is identically zero there.
func slopes(l network.Layer, z dyadics) []float64 {
	s := make([]float64, len(z.n))
	for j := range s {
		switch {
		case !l.IsNeuron(j) || z.n[j].Sign() > 0:
			s[j] = 1
		case z.n[j].Sign() < 0:
			s[j] = l.Below(j)
		}
	}
	return s
}

// exactGradient returns the gradient, over the input, of pre-activation j of layer i on the affine
// piece around the point of the pass c. Units before it with z = 0 must be identically zero there.
func exactGradient(ctx context.Context, n *network.Network, c *center, i, j int) (dyadics, error) {
	g := exactVector(n.Layers()[i].W.RawRowView(j))
	for k := i - 1; k >= 0; k-- {
		l := n.Layers()[k]
		s := exactVector(slopes(l, c.z[k]))
		for u := range g.n {
			g.n[u].Mul(&g.n[u], &s.n[u])
		}
		g.exp += s.exp
		var err error
		if g, err = timesMatrix(ctx, g, rowsOf(l)); err != nil {
			return dyadics{}, err
		}
	}
	return g, nil
}

// timesMatrix returns gᵀW.
func timesMatrix(ctx context.Context, g dyadics, rows [][]float64) (dyadics, error) {
	least, found := 0, false
	for u, r := range rows {
		if e := leastExponent(r); g.n[u].Sign() != 0 && (!found || e < least) {
			least, found = e, true
		}
	}
	out := dyadics{n: make([]big.Int, len(rows[0])), exp: g.exp + least}
	var w, t big.Int
	for u, r := range rows {
		if g.n[u].Sign() == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return dyadics{}, err
		}
		for k, f := range r {
			if m, e := split(f); m != 0 {
				t.Mul(w.SetInt64(m), &g.n[u])
				out.n[k].Add(&out.n[k], t.Lsh(&t, uint(e-least)))
			}
		}
	}
	return out, nil
}

func (d dyadics) isZero() bool {
	for i := range d.n {
		if d.n[i].Sign() != 0 {
			return false
		}
	}
	return true
}
