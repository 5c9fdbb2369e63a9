package enumerate_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// steepest keeps the largest gradient norm it is told of.
type steepest struct{ norm float64 }

func (s *steepest) Region(r enumerate.Region) {
	s.norm = max(s.norm, floats.Norm(r.Affine().W.RawRowView(0), 2))
}
func (s *steepest) Fork() enumerate.Visitor  { return new(steepest) }
func (s *steepest) Join(o enumerate.Visitor) { s.norm = max(s.norm, o.(*steepest).norm) }

// The largest gradient of a network over all regions of a ball, by
// all workers.
func ExampleVisitor() {
	rng, weights := rand.New(rand.NewPCG(1, 2)), make([]float64, 3*16+16)
	for i := range weights {
		weights[i] = rng.NormFloat64()
	}
	net, _ := network.New([]network.Layer{
		{W: mat.NewDense(16, 3, weights[:48]), B: make([]float64, 16), Act: network.ReLU},
		{W: mat.NewDense(1, 16, weights[48:]), B: []float64{0}},
	})
	b, _ := ball.New(ball.L2, []float64{0.5, 0, 0}, 1)
	s := new(steepest)
	r, err := enumerate.Count(context.Background(), net, b, enumerate.Options{Visitor: s})
	fmt.Printf("%v regions, the steepest with a gradient of %.3f, error: %v\n", r.Lower, s.norm, err)
	// Output: 242 regions, the steepest with a gradient of 5.008, error: <nil>
}
