package plot

import (
	"context"
	"testing"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

// BenchmarkNew makes the map of a network with some hundred thousand regions.
func BenchmarkNew(b *testing.B) {
	n := gen.Random(gen.NewRand(7), gen.RandomOptions{Inputs: 2, Widths: []int{200, 200}, Law: gen.He, OnlyReLU: true, NoAffine: true})
	box := newBall(b, ball.LInf, []float64{0, 0}, 4)
	for b.Loop() {
		m, err := New(context.Background(), n, box)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(m.Regions)), "regions")
	}
}
