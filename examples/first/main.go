// A first program with relucell, in a module of its own, as whoever imports it has one: it counts
// the regions of a network in a box, shows some of them, writes a proof of the count, and has that
// checked.
//
//	go run . [PROOF]
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/relucell/relucell"
	"github.com/relucell/relucell/ball"
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
	b, err := ball.New(ball.LInf, []float64{0.5, 0.25}, 1)
	if err != nil {
		return err
	}
	p, err := relucell.Open("../../testdata/two_moons_2-16-16-1.onnx", b)
	if err != nil {
		return err
	}
	count, err := p.Prove(ctx, path, relucell.Options{})
	if err != nil {
		return err
	}
	fmt.Println(count.Lower, "regions, exact:", count.Exact)
	for r, err := range p.Regions(ctx, relucell.Options{Workers: 1, Limit: 2}) {
		if err != nil {
			return err
		}
		corners, err := r.Vertices()
		if err != nil {
			return err
		}
		fmt.Println(r.Pattern, "around", r.Point(), "has", len(corners), "vertices and the slope", r.Affine().W.RawRowView(0))
	}
	report, err := p.Check(ctx, path)
	fmt.Print(report)
	return err
}
