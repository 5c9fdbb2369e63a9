package plot

import (
	"context"
	"testing"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck"
)

// BenchmarkNew makes the map of a network with some hundred thousand regions.
func BenchmarkNew(b *testing.B) {
	n := crosscheck.Random(crosscheck.NewRand(7), crosscheck.RandomOptions{Inputs: 2, Widths: []int{200, 200}, Law: crosscheck.He, OnlyReLU: true, NoAffine: true})
	box := newBall(b, ball.LInf, []float64{0, 0}, 4)
	for b.Loop() {
		m, err := New(context.Background(), n, box)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(m.Regions)), "regions")
	}
}
