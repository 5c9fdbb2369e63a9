// A bound of one's own, and where a bound is loose.

package bound_test

import (
	"context"
	"fmt"
	"math/big"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

// A bound of one's own in a few lines: one hidden layer of k neurons makes at most Zaslavsky's sum;
// here the cruder (k+1)^n of a grid, held beside the others.
func ExampleFunc() {
	grid := bound.Func("grid", bound.Upper, bound.Global, func(_ context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
		if len(n.Hidden()) != 1 {
			return nil, fmt.Errorf("grid: %d hidden layers, expected one", len(n.Hidden()))
		}
		k, d := big.NewInt(int64(n.Neurons()+1)), big.NewInt(int64(n.Inputs()))
		return k.Exp(k, d, nil), nil
	})
	net, _ := network.New([]network.Layer{
		{W: mat.NewDense(3, 2, []float64{1, 0, 0, 1, 1, 1}), B: []float64{0, 0, -3}, Act: network.ReLU},
		{W: mat.NewDense(1, 3, []float64{1, -1, 1}), B: []float64{0.25}},
	})
	unit, _ := ball.New(ball.L2, []float64{0, 0}, 1)
	bounds := []bound.Bound{grid}
	for _, name := range []string{"serra", "interval", "samples"} {
		b, _ := bound.ByName(name)
		bounds = append(bounds, b)
	}
	for _, r := range bound.Evaluate(context.Background(), bounds, net, unit) {
		fmt.Println(r.Name, r.Kind, r.Value)
	}
	// Output:
	// grid upper 16
	// serra upper 7
	// interval upper 4
	// samples lower 4
}

func ExampleExplainer() {
	net, _ := network.New([]network.Layer{
		{W: mat.NewDense(3, 2, []float64{1, 0, 0, 1, 1, 1}), B: []float64{0, 0, -3}, Act: network.ReLU},
		{W: mat.NewDense(1, 3, []float64{1, -1, 1}), B: []float64{0.25}},
	})
	unit, _ := ball.New(ball.L2, []float64{0, 0}, 1)
	b, _ := bound.ByName("interval")
	terms, _ := b.(bound.Explainer).Terms(context.Background(), net, unit)
	for _, t := range terms {
		fmt.Printf("layer %d: k=%d p=%d inactive=%d d=%d\n", t.Layer, t.Cutting, t.Active, t.Inactive, t.Dim)
	}
	// Output:
	// layer 0: k=2 p=0 inactive=1 d=2
	// layer 1: k=0 p=1 inactive=0 d=2
}

func ExampleNearestBoundary() {
	net, _ := network.New([]network.Layer{{W: mat.NewDense(1, 2, []float64{1, 1}), B: []float64{-1}, Act: network.ReLU}})
	d, _ := bound.NearestBoundary(context.Background(), net, ball.L2, []float64{0, 0})
	fmt.Println(d.Squared, d.Lower, d.Upper)
	// Output: 1/2 0.7071067811865475 0.7071067811865476
}

func ExampleRecursion() {
	// a cell of a 5-dimensional input: 3 neurons unsettled and 2 active, then 4 unsettled
	fmt.Println(bound.Recursion([]bound.LayerCount{{K: 3, P: 2}, {K: 4}}, 5))
	// Output: 120
}
