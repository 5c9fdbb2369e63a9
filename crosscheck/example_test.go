package crosscheck_test

import (
	"context"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// A bound of one's own, held against counts: this one forgets that layers multiply.
func ExampleRun() {
	mine := bound.Func("widths", bound.Upper, bound.Global, func(_ context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
		return big.NewInt(int64(n.Neurons() + 1)), nil
	})
	rep, err := crosscheck.Run(context.Background(), gen.Cases(1, 50, gen.CaseOptions{}), []bound.Bound{mine}, crosscheck.RunOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Println(rep.Violations[0])
	// Output: seed 1 case 0: three concurrent lines: upper bound widths = 4 is below the count 6
}

func ExampleDial_Values() {
	net, b := gen.TentMap(4)
	values, err := crosscheck.NewDial(4).Values(context.Background(), net, b)
	fmt.Println(values, err)
	// Output: [54 54 36 24 16] <nil>
}

func ExampleMeasure() {
	net, b := gen.TentMap(3)
	layers, err := crosscheck.Measure(context.Background(), net, b)
	for _, l := range layers {
		fmt.Println(l.Cells, "regions,", l.Splitting, "neuron splits,", l.Active, "active")
	}
	fmt.Println(err)
	// Output:
	// 2 regions, 1 neuron splits, 1 active
	// 4 regions, 1 neuron splits, 1 active
	// 8 regions, 1 neuron splits, 1 active
	// <nil>
}
