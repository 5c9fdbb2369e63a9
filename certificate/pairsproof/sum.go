package pairsproof

// A network with one layer of neurons as a sum over hyperplanes, for bounds in pairs.

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/fractions"
	"github.com/relucell/relucell/certificate/internal/nettext"
)

// sumNet is Σ c·|p| + r for each output, p the forms of hyperplanes.
type sumNet struct {
	*canonical.Verdict
	hash    string
	inputs  int
	forms   [][]*big.Rat // of the hyperplanes: the gradient, and then the offset
	plane   []int        // of each neuron; −1 where it is constant
	outputs []sumOutput
}

type sumOutput struct{ c, rest []*big.Rat }

// newSum returns a network as such sums.
func newSum(v *canonical.Verdict, of *nettext.Plain) *sumNet {
	n := &sumNet{Verdict: v, hash: of.Hash, inputs: of.Inputs}
	// The values of units are forms in the inputs, 1, and then the sizes of the neurons, if any.
	var values, neurons [][]*big.Rat
	for k := range n.inputs {
		values = append(values, unitVector(n.inputs+1, k))
	}
	for _, r := range of.Layers {
		z := n.behind(r, values)
		if !slices.ContainsFunc(r.Slopes, func(a big.Int) bool { return fractions.Dyadic(&a, r.Fine).Cmp(big.NewRat(1, 1)) != 0 }) {
			values = z
			continue
		}
		whole := canonical.Position{File: "network"}
		whole.Require(neurons == nil, "it has neurons in two layers, expected them in one for a proof in pairs")
		values, neurons = halved(r, z)
	}
	n.group(neurons, values)
	return n
}

// unitVector has 1 at k, or nowhere for k < 0.
func unitVector(length, k int) []*big.Rat {
	v := make([]*big.Rat, length)
	for i := range v {
		v[i] = new(big.Rat)
	}
	if k >= 0 {
		v[k].SetInt64(1)
	}
	return v
}

// behind returns the pre-activations of a layer behind these values.
func (n *sumNet) behind(r *nettext.Layer, values [][]*big.Rat) (z [][]*big.Rat) {
	for v := range r.Bias {
		f := unitVector(len(values[0]), -1)
		f[n.inputs] = fractions.Dyadic(&r.Bias[v], r.Scale)
		for i := r.Start[v]; i < r.Start[v+1]; i++ {
			n.Stop()
			f = added(f, multiple(values[r.From[i]], fractions.Dyadic(&r.Z[i], r.Scale)))
		}
		z = append(z, f)
	}
	return z
}

// halved returns the values of units with neurons among them, z·(1+a)/2 + |z|·(1−a)/2, and the
// forms of the neurons, whose sizes are entries behind those of z.
func halved(r *nettext.Layer, z [][]*big.Rat) (values, neurons [][]*big.Rat) {
	one, half := big.NewRat(1, 1), big.NewRat(1, 2)
	sizes := map[int]*big.Rat{} // of units that are neurons
	for j, f := range z {
		a := fractions.Dyadic(&r.Slopes[j], r.Fine)
		if a.Cmp(one) != 0 {
			c := new(big.Rat).Sub(one, a)
			sizes[j], neurons = c.Mul(c, half), append(neurons, f)
		}
		a.Add(a, one)
		values = append(values, multiple(f, a.Mul(a, half)))
	}
	k := 0
	for j := range values {
		at := -1
		if sizes[j] != nil {
			at = k
			k++
		}
		tail := unitVector(len(neurons), at)
		if at >= 0 {
			tail[at] = sizes[j]
		}
		values[j] = append(values[j], tail...)
	}
	return values, neurons
}

// group adds up the neurons of each hyperplane, and what is constant.
func (n *sumNet) group(neurons, values [][]*big.Rat) {
	for _, v := range values {
		n.outputs = append(n.outputs, sumOutput{rest: v[: n.inputs+1 : n.inputs+1]})
	}
	known := map[string]int{}
	for j, z := range neurons {
		n.Stop()
		first := slices.IndexFunc(z[:n.inputs], func(g *big.Rat) bool { return g.Sign() != 0 })
		plane, size := -1, new(big.Rat).Abs(z[n.inputs])
		if first >= 0 {
			key := fractions.Text(multiple(z, new(big.Rat).Inv(z[first])))
			var old bool
			if plane, old = known[key]; !old {
				plane = len(n.forms)
				known[key], n.forms = plane, append(n.forms, z)
				for i := range n.outputs {
					n.outputs[i].c = append(n.outputs[i].c, new(big.Rat))
				}
			}
			size.Abs(size.Quo(z[first], n.forms[plane][first]))
		}
		n.plane = append(n.plane, plane)
		for i, v := range values {
			add, o := new(big.Rat).Mul(v[n.inputs+1+j], size), &n.outputs[i]
			if plane < 0 {
				o.rest[n.inputs] = add.Add(add, o.rest[n.inputs])
			} else {
				o.c[plane].Add(o.c[plane], add)
			}
		}
	}
}
