// A first program with relucell, in a module of its own, as whoever imports it has one: it counts
// the regions of |x₁| − x₂ in a ball, prints them, and writes a proof of the count, which the
// checker then verifies.
//
//	go run . [PROOF]
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

func main() {
	path := "first.proof"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := run(context.Background(), path); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, path string) error {
	net, err := network.New([]network.Layer{
		{W: mat.NewDense(4, 2, []float64{1, 0, -1, 0, 0, 1, 0, -1}), B: make([]float64, 4), Act: network.ReLU},
		{W: mat.NewDense(1, 4, []float64{1, 1, -1, 1}), B: make([]float64, 1)},
	})
	if err != nil {
		return err
	}
	b, err := ball.New(ball.L2, []float64{1, 0.25}, 0.5)
	if err != nil {
		return err
	}
	count, err := enumerate.Count(ctx, net, b, enumerate.Options{})
	if err != nil {
		return err
	}
	fmt.Println("regions:", count.Lower, "exact:", count.Exact)
	for r, err := range enumerate.Regions(ctx, net, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return err
		}
		fmt.Println(r.Pattern, r.Point())
	}

	if _, err := proof.Prove(ctx, net, b, path, enumerate.Options{}); err != nil {
		return err
	}
	var text bytes.Buffer // all that the checker is told of the network
	if err := net.WriteCanonical(&text); err != nil {
		return err
	}
	report, err := certificate.Check(text.Bytes(), path, certificate.Options{})
	if err != nil {
		return err
	}
	fmt.Print(report)
	return nil
}
