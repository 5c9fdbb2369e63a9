package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// A pass that goes from pattern to pattern says of each what a new one says.
func TestAffinePassesKeepNothingThatChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(anyFloat()).Draw(t, "network")
		pass, p := n.NewAffinePass(), make(network.Pattern, n.Neurons())
		for range 6 {
			for j := range p {
				if rapid.IntRange(0, 2).Draw(t, "change") == 0 {
					p[j] = int8(rapid.IntRange(-1, 1).Draw(t, "sign"))
				}
			}
			w, b := pass.Affine(p)
			wantW, wantB := n.Affine(p)
			for i := range b {
				require.Zero(t, wantB[i].Cmp(b[i]))
				for k := range w[i] {
					require.Zero(t, wantW[i][k].Cmp(w[i][k]))
				}
			}
		}
	})
}
