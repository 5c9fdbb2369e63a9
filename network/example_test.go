// The worked example of the package documentation.

package network_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

func Example() {
	// |x₁| − x₂, with two neurons for the absolute value, and two that carry x₂.
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(4, 2, []float64{1, 0, -1, 0, 0, 1, 0, -1}), B: make([]float64, 4), Act: network.ReLU},
		{W: mat.NewDense(1, 4, []float64{1, 1, -1, 1}), B: make([]float64, 1)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := []float64{-3, 1}
	p := n.Pattern(x)
	w, b := n.Affine(p)
	fmt.Println(n.Forward(x), p, w[0][0], w[0][1], b[0])
	// Output: [2] -++- -1 -1 0
}
