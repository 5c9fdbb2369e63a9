package extremum_test

import (
	"context"
	"fmt"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/extremum"
)

// The largest value of |x| − |y| on a box, and its slope.
func Example() {
	net := gen.Build(gen.ReLU([]float64{1, 0, -1, 0, 0, 1, 0, -1}, []float64{0, 0, 0, 0}), gen.Affine([]float64{1, 1, -1, -1}, []float64{0}))
	b, _ := ball.NewBox([]float64{-1, 0.25}, []float64{0.5, 1})
	f, _ := extremum.ParseForm("y0", net.Outputs())
	top, _ := extremum.Maximum(context.Background(), net, b, f, extremum.Options{})
	fmt.Println(top.Lower, top.Exact(), top.Point)
	l, _ := extremum.Lipschitz(context.Background(), net, b, ball.LInf)
	fmt.Println(l.Upper)
	r, _ := extremum.ClassRadius(context.Background(), net, []float64{1, 0.5}, ball.LInf, 1)
	fmt.Println(r.Upper)
	// Output:
	// 3/4 true [-1/1 1/4]
	// 2/1
	// 0.25
}
