// Properties of a network as neurons of another: "f ≤ M" is "the unit f − M is never on", which the
// proof of a count shows (package certificate).

package network

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Property returns the network with a layer of ReLU units behind it, one for each row c of as many
// coefficients as there are outputs and its limit M: the unit's pre-activation is c·y − M, y the
// outputs, and nothing is rounded. They are the last neurons, from Neurons on. An error says what
// is not finite or of another length.
func Property(n *Network, rows [][]float64, limits []float64) (*Network, error) {
	if len(rows) == 0 || len(rows) != len(limits) {
		return nil, fmt.Errorf("rows: %d with %d limits, expected as many of each, and one at least", len(rows), len(limits))
	}
	w := mat.NewDense(len(rows), n.Outputs(), nil)
	l := Layer{W: w, B: make([]float64, len(rows)), Act: ReLU}
	for i, row := range rows {
		if len(row) != n.Outputs() {
			return nil, fmt.Errorf("row %d: %d coefficients, expected %d, one for each output", i, len(row), n.Outputs())
		}
		w.SetRow(i, row)
		l.B[i] = -limits[i]
	}
	return New(append(slices.Clone(n.layers), l))
}
