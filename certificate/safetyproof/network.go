package safetyproof

// A network for proofs of safety: as it is, and in the integers of package fixed.

import (
	"context"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/fixed"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

const (
	// maxWeights bounds the weights other than 0 of a network, and maxRows the entries of all
	// columns of a layer's rows on a node, which has no bounds where there are more.
	maxWeights, maxRows = 1 << 26, 1 << 27
)

// network is a network for proofs of safety: exact, all its layers, and in integers.
type network struct {
	*nettext.Plain
	outputs int
	// unit is the unit of each neuron, units counted through all layers. carries is 1 for each
	// other unit, which is as on the side +, and 0 for neurons.
	unit    []int
	carries []int8
	f       uint
	fixed   []*fixed.Layer // nil if numbers are too large
}

func readNetwork(ctx context.Context, text []byte) (*network, error) {
	p, err := nettext.ReadPlain(ctx, text)
	if err != nil {
		return nil, err
	}
	n, weights := &network{Plain: p}, 0
	for _, r := range p.Layers {
		weights += len(r.From)
		n.outputs = len(r.Bias)
		for j := range r.Slopes {
			n.carries = append(n.carries, 1)
			if one := new(big.Int).Lsh(big.NewInt(1), r.Fine); r.Slopes[j].Cmp(one) != 0 {
				last := len(n.carries) - 1
				n.carries[last], n.unit = 0, append(n.unit, last)
			}
		}
	}
	if weights > maxWeights {
		return nil, &canonical.Error{File: "network", Reason: fmt.Sprintf("it has more than %d weights other than 0, the most that proofs of safety are about", maxWeights)}
	}
	return n, nil
}

// fix computes all numbers with f fractional bits, unless stop ends it. Where one is too large, no
// node has bounds.
func (n *network) fix(f uint, stop func()) { n.f, n.fixed = f, fixed.Fix(n.Layers, f, stop) }

// inUnits returns ⌊v·2^F⌋, which has to be small.
func (n *network) inUnits(v *big.Rat) int64 { return fixed.FloorOf(v.Num(), v.Denom(), int(n.f)) }

// conditions returns those with a multiplier as a layer that inputs and outputs enter.
func (n *network) conditions(forms []query.Form, mu []claims.Weight) *fixed.Layer {
	y := fixed.NewLayer(len(mu), n.Inputs+n.outputs)
	y.Shift, y.Rounded = n.f, true
	for j, m := range mu {
		for k, c := range forms[m.At].Combination {
			if v := n.inUnits(c); k == query.Constant {
				y.Bias = append(y.Bias, v)
			} else {
				y.Put(j, k, v)
			}
		}
	}
	return y
}

// weight returns a multiplier of a claim in units; it is one in units of 2^−g, g = min(F, 20).
func (n *network) weight(v *big.Int) int64 { return v.Int64() << (n.f - min(n.f, 20)) }
