package landscape_test

import (
	"context"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/landscape"
)

// The values of |x| at five points: the patterns of a neuron there, a bracket of the optimum with
// weight decay over all widths, and the local minima of one neuron.
func Example() {
	ctx := context.Background()
	d, _ := landscape.New([][]float64{{-2}, {-1}, {0}, {1}, {2}}, []float64{2, 1, 0, 1, 2}, true)
	cells, _ := landscape.Patterns(ctx, d)
	fmt.Println(len(cells), "patterns")

	o, _ := landscape.Decayed(ctx, d, cells, big.NewRat(1, 10))
	fmt.Println("gap below a millionth:", o.Gap().Cmp(big.NewRat(1, 1e6)) < 0)

	c, _ := landscape.TakeCensus(ctx, d, cells, 1)
	fmt.Println(c.Minimal, "of", c.Cells, "cells have minima, the lowest", c.Values[0].Risk)
	// Output:
	// 10 patterns
	// gap below a millionth: true
	// 5 of 20 cells have minima, the lowest 14/5
}
