// An upper bound for a cell that is left unexplored.

package enumerate

import "math/big"

// cellBound bounds the regions of the current cell before neuron j of layer l:
// every undecided neuron can at most double them.
func (w *walker) cellBound(l, j int) *big.Int {
	left := 0
	for _, s := range w.states[l].done[j:] {
		if s == open {
			left++
		}
	}
	for _, ly := range w.m.layers[l+1:] {
		left += ly.m
	}
	return new(big.Int).Lsh(big.NewInt(1), uint(left))
}
