// Accuracy and loss, from the network as it is counted, not from the trainer.

package experiment

import (
	"math"

	"github.com/relucell/relucell/network"
)

// score returns the share of the samples classified rightly, and the mean cross-entropy of the
// softmax of the outputs, in nats. Both are float64 arithmetic.
func score(n *network.Network, s samples) (accuracy, loss float64) {
	pass := n.NewPass()
	for i, x := range s.x {
		out := pass.Forward(x)
		best := 0
		for j, v := range out {
			if v > out[best] {
				best = j
			}
		}
		sum := 0.0
		for _, v := range out {
			sum += math.Exp(v - out[best])
		}
		if best == s.class[i] {
			accuracy++
		}
		loss += math.Log(sum) + out[best] - out[s.class[i]]
	}
	count := float64(len(s.x))
	return accuracy / count, loss / count
}
