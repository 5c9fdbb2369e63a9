package enumerate_test

// The worked examples of the package documentation.

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// folded is | |x| − ½ |⁺ in the interval (−1, 1).
func folded() (*network.Network, ball.Ball) {
	net, err := network.New([]network.Layer{
		{W: mat.NewDense(2, 1, []float64{1, -1}), B: []float64{0, 0}, Act: network.ReLU},
		{W: mat.NewDense(1, 2, []float64{1, 1}), B: []float64{-0.5}, Act: network.ReLU},
	})
	if err != nil {
		panic(err)
	}
	b, err := ball.New(ball.LInf, []float64{0}, 1)
	if err != nil {
		panic(err)
	}
	return net, b
}

func Example() {
	net, b := folded()
	r, err := enumerate.Count(context.Background(), net, b, enumerate.Options{})
	fmt.Println(r.Lower, r.Upper, r.Exact, err)
	for region, err := range enumerate.Regions(context.Background(), net, b, enumerate.Options{Workers: 1}) {
		fmt.Println(region.Pattern, err)
	}
	// Output:
	// 4 4 true <nil>
	// -+- <nil>
	// -++ <nil>
	// +-- <nil>
	// +-+ <nil>
}

// A count that is stopped is a bracket that holds the truth.
func ExampleCount_limit() {
	net, b := folded()
	r, err := enumerate.Count(context.Background(), net, b, enumerate.Options{Workers: 1, Limit: 2})
	fmt.Println(r.Lower.Int64() >= 2, r.Lower.Int64() <= 4, r.Upper.Int64() >= 4, err)
	// Output: true true true <nil>
}

// Every region comes with a point strictly inside it.
func ExampleRegions() {
	net, b := folded()
	for region, err := range enumerate.Regions(context.Background(), net, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		x, _ := region.Point()[0].Float64()
		fmt.Println(region.Pattern, net.Pattern([]float64{x}))
	}
	// Output:
	// -+- -+-
	// -++ -++
	// +-- +--
	// +-+ +-+
}
