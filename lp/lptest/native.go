// Package lptest has the incremental solvers behind the small interface that all solvers share, so
// that one test holds them against each other. Programs drive an lp.Incremental itself.
package lptest

import (
	"fmt"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
)

// native drives an lp.Incremental as a Solver.
type native struct {
	inc   lp.Incremental
	norm  ball.Norm
	n     int
	err   error
	stack []lp.Constraint
	// names[id] is the position in stack of the id-th constraint that the incremental solver
	// was given: one that holds on the whole cell is none of its business.
	names []int
}

// NewNative returns the incremental solver as a Solver.
func NewNative() lp.Solver { return &native{} }

// Reset implements Solver.
func (v *native) Reset(norm ball.Norm, n int) error {
	if norm > ball.Box || n <= 0 {
		return fmt.Errorf("lp: a ball of norm %v in %d dimensions, expected a known norm and at least one", norm, n)
	}
	v.inc, v.norm, v.n, v.err = lp.NewIncremental(norm, n), norm, n, nil
	v.stack, v.names = v.stack[:0], v.names[:0]
	return nil
}

// Push implements Solver. A constraint that the solver cannot follow makes the
// questions below it fail.
func (v *native) Push(c lp.Constraint) {
	v.stack = append(v.stack, c)
	if v.err != nil {
		return
	}
	r, err := v.inc.Ask(c.Form.G, c.Form.H, -c.Sign)
	if err == nil && !r.Meets {
		return // redundant
	}
	if err == nil {
		r, err = v.inc.Ask(c.Form.G, c.Form.H, c.Sign)
	}
	switch {
	case err != nil:
		v.err = err
	case !r.Meets || !v.inc.Split():
		v.err = fmt.Errorf("lp: constraint %d could not be entered, expected one that meets the cell", len(v.stack)-1)
	default:
		v.inc.Enter(c.Sign)
		v.names = append(v.names, len(v.stack)-1)
	}
}

// Pop implements Solver.
func (v *native) Pop() {
	last := len(v.stack) - 1
	v.stack = v.stack[:last]
	if v.err != nil { // the one that failed may be gone: enter the others anew
		stack := append([]lp.Constraint(nil), v.stack...)
		v.inc, v.err, v.stack, v.names = lp.NewIncremental(v.norm, v.n), nil, v.stack[:0], v.names[:0]
		for _, c := range stack {
			v.Push(c)
		}
		return
	}
	if n := len(v.names) - 1; n >= 0 && v.names[n] == last {
		v.inc.Leave()
		v.names = v.names[:n]
	}
}

// Ask implements Solver.
func (v *native) Ask(c lp.Constraint) (lp.Answer, error) {
	if v.err != nil {
		return lp.Answer{}, v.err
	}
	r, err := v.inc.Ask(c.Form.G, c.Form.H, c.Sign)
	if err != nil {
		return lp.Answer{}, err
	}
	if !r.Meets {
		a := lp.Answer{Self: 1, Lambda: make([]float64, len(v.stack))}
		for i, id := range r.ID {
			a.Lambda[v.names[id]] = r.Lambda[i]
		}
		return a, nil
	}
	if !r.Interior {
		if p, ok := v.inc.Margin(c.Form.G, c.Form.H, c.Sign); ok {
			return lp.Answer{Meets: true, Witness: p}, nil
		}
	}
	return lp.Answer{Meets: true, Witness: append([]float64(nil), r.Point...)}, nil
}
