package crosscheck_test

import (
	"fmt"

	"relucell/crosscheck"
)

func ExampleCountIntervals() {
	net, b := crosscheck.TentMap(3)
	n, err := crosscheck.CountIntervals(net, b)
	fmt.Println(n, err)
	// Output: 8 <nil>
}

func ExamplePolygons() {
	net, b := crosscheck.Folding(1)
	polygons, err := crosscheck.Polygons(net, b)
	for _, p := range polygons {
		fmt.Println(p.Pattern, p.Area().RatString())
	}
	fmt.Println(err)
	// Output:
	// -+-+ 1
	// -++- 1
	// +--+ 1
	// +-+- 1
	// <nil>
}
