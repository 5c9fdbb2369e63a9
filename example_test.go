package relucell_test

// The program of the README.

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/relucell/relucell"
	"github.com/relucell/relucell/ball"
)

func Example() {
	folder, err := os.MkdirTemp("", "relucell")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	ctx, path := context.Background(), filepath.Join(folder, "moons.proof")

	b, err := ball.New(ball.LInf, []float64{0.5, 0.25}, 1)
	if err != nil {
		log.Fatal(err)
	}
	p, err := relucell.Open("testdata/two_moons_2-16-16-1.onnx", b)
	if err != nil {
		log.Fatal(err)
	}
	count, err := p.Prove(ctx, path, relucell.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count.Lower, "regions, exact:", count.Exact)
	rising, corners := 0, 0
	for r, err := range p.Regions(ctx, relucell.Options{}) {
		if err != nil {
			log.Fatal(err)
		}
		if r.Affine().W.At(0, 0) > 0 {
			rising++
		}
		v, err := r.Vertices()
		if err != nil {
			log.Fatal(err)
		}
		corners += len(v)
	}
	fmt.Println("the output rises with x1 on", rising, "of them; they have", corners, "corners")
	report, err := p.Check(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("checked:", report.Count, report.Ball)
	// Output:
	// 345 regions, exact: true
	// the output rises with x1 on 149 of them; they have 1380 corners
	// checked: 345 linf 0x1p+0 0x1p-1 0x1p-2
}
