package lp_test

// The worked examples of the package documentation.

import (
	"fmt"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
)

func Example() {
	s := lp.NewReference()
	if err := s.Reset(ball.LInf, 2); err != nil {
		fmt.Println(err)
		return
	}
	s.Push(lp.Constraint{Form: lp.Form{G: []float64{1, 0}}, Sign: +1}) // y₀ > 0
	s.Push(lp.Constraint{Form: lp.Form{G: []float64{1, 1}}, Sign: -1}) // y₀ + y₁ < 0
	a, err := s.Ask(lp.Constraint{Form: lp.Form{G: []float64{0, 1}, H: -0.5}, Sign: +1})
	fmt.Println(a.Meets, err)
	a, err = s.Ask(lp.Constraint{Form: lp.Form{G: []float64{0, 1}, H: 0.5}, Sign: +1})
	fmt.Println(a.Meets, err)
	// Output:
	// false <nil>
	// true <nil>
}

func ExampleIncremental() {
	v := lp.NewIncremental(ball.LInf, 2)
	r, err := v.Ask([]float64{1, 1}, 0, -1) // y₀ + y₁ < 0
	fmt.Println(r.Meets, err)
	fmt.Println(v.Split())
	v.Enter(-1)
	r, err = v.Ask([]float64{1, 0}, -1, +1) // y₀ > 1
	fmt.Println(v.Depth(), r.Meets, err)
	v.Leave()
	// Output:
	// true <nil>
	// true
	// 1 false <nil>
}
