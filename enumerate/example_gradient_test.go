package enumerate_test

import (
	"context"
	"fmt"
	"math"

	"github.com/relucell/relucell/enumerate"
)

// steepest is a visitor: the largest norm of the first output's gradient over all regions it hears
// of.
type steepest struct{ norm float64 }

func (s *steepest) Region(r enumerate.Region) {
	W, _ := r.Affine()
	sum := 0.0
	for _, w := range W[0] {
		g, _ := w.Float64()
		sum += g * g
	}
	s.norm = max(s.norm, math.Sqrt(sum))
}
func (s *steepest) Fork() enumerate.Visitor  { return new(steepest) }
func (s *steepest) Join(o enumerate.Visitor) { s.norm = max(s.norm, o.(*steepest).norm) }

// Whoever wants something of all regions writes a Visitor. All workers call it.
func ExampleVisitor() {
	net, b := folded()
	s := new(steepest)
	r, err := enumerate.Count(context.Background(), net, b, enumerate.Options{Visitor: s})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%v regions, the largest gradient is %v\n", r.Lower, s.norm)
	// Output: 4 regions, the largest gradient is 1
}
