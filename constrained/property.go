package constrained

import (
	"fmt"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Property returns the network with a ReLU unit behind it for each row, which is on where row·y >
// 0. Rows that floats do not hold are errors.
func Property(n *network.Network, rows [][]*big.Int) (*network.Network, error) {
	list := make([][]float64, len(rows))
	for i, r := range rows {
		for k, x := range r {
			f, exact := dyadic.FromInt(x, 0)
			if !exact {
				return nil, fmt.Errorf("row %d: number %d, %s, is no float64, expected one of at most 53 bits: it becomes a weight", i, k, x)
			}
			list[i] = append(list[i], f)
		}
	}
	return network.Property(n, list, make([]float64, len(rows)))
}
