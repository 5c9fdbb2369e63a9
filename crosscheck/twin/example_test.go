package twin_test

import (
	"fmt"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
)

func ExampleCountIntervals() {
	net, b := gen.TentMap(3)
	n, err := twin.CountIntervals(net, b)
	fmt.Println(n, err)
	// Output: 8 <nil>
}

func ExamplePolygons() {
	net, b := gen.Folding(1)
	polygons, err := twin.Polygons(net, b)
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
