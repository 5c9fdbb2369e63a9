//go:build clp && cgo

// The bridge to CLP, and what it takes to cross it alive. The binding frees a
// model in a finaliser, which may run while C still computes on it unless the
// Go object is kept reachable past the last call. LoadProblem into a used model
// leaks what was loaded before, so every programme gets a model of its own. And CLP
// takes NaN without a word. Its "optimal" may be so in scaled terms alone, with a
// secondary status to say so: rows come scaled, so its own scaling is off, and that status counts.

package clp

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	binding "github.com/lanl/clp"

	"github.com/relucell/relucell/lp"
)

// ErrMissing is returned by New in a build without CLP; never by this one.
var ErrMissing = errors.New("built without CLP: rebuild with -tags clp (needs cgo and coinor-libclp-dev)")

const (
	// tolerance is CLP's slack on rows and columns, which are scaled to length 1: the least it
	// takes, a thousandth of its default.
	tolerance = 1e-10
	// iterationsPerLine·(rows + columns) iterations are allowed, as in the reference.
	iterationsPerLine = 50
)

// New returns the plain solver over CLP: every question a fresh model.
func New() (lp.Solver, error) { return lp.NewScratch(backend{}), nil }

type backend struct{}

// Maximise implements lp.Backend: by the primal method, or by the dual one where that gives up.
func (backend) Maximise(p lp.Programme) (v, duals []float64, err error) {
	if !finite(p) {
		return nil, nil, errors.New("a coefficient of the programme is not finite")
	}
	if v, duals, err = solve(p, (*binding.Simplex).Primal); err != nil {
		v, duals, err = solve(p, (*binding.Simplex).Dual)
	}
	return v, duals, err
}

// handsOver is a status that CLP has within: the dual method has ended where the primal one is to
// go on from.
const handsOver = 10

// method is Primal or Dual of the binding.
type method func(*binding.Simplex, binding.ValuesPass, binding.StartFinishOptions) binding.SimplexStatus

// solve runs one method on a model of its own.
func solve(p lp.Programme, run method) (v, duals []float64, err error) {
	matrix := binding.NewPackedMatrix()
	model := binding.NewSimplex()
	// Whatever happens below, neither is finalised before this function returns.
	defer runtime.KeepAlive(model)
	defer runtime.KeepAlive(matrix)

	matrix.SetDimensions(0, len(p.Objective))
	for _, a := range p.A {
		var line []binding.Nonzero
		for k, c := range a {
			if c != 0 {
				line = append(line, binding.Nonzero{Index: k, Value: c})
			}
		}
		matrix.AppendRow(line)
	}
	columns := make([]binding.Bounds, len(p.Objective))
	for k := range columns {
		columns[k] = binding.Bounds{Lower: math.Inf(-1), Upper: math.Inf(1)}
	}
	rows := make([]binding.Bounds, len(p.B))
	for i, b := range p.B {
		rows[i] = binding.Bounds{Lower: math.Inf(-1), Upper: b}
	}
	model.LoadProblem(matrix, columns, p.Objective, rows, nil)
	model.SetScaling(binding.NoScaling)
	model.SetOptimizationDirection(binding.Maximize)
	model.SetPrimalTolerance(tolerance)
	model.SetMaxIterations(iterationsPerLine * (len(p.A) + len(p.Objective)))
	status := run(model, binding.NoValuesPass, binding.NoStartFinishOptions)
	if status == handsOver {
		status = model.Primal(binding.NoValuesPass, binding.NoStartFinishOptions)
	}
	if second := model.SecondaryStatus(); status != binding.Optimal || second != binding.SecondaryNone {
		return nil, nil, fmt.Errorf("status %d, secondary %d, expected an optimum (0, 0)", status, second)
	}
	v, duals = model.PrimalColumnSolution(), model.DualRowSolution()
	for i, u := range duals {
		// The sign of CLP's duals goes with the direction it optimises in: what a
		// row adds to the maximum is |u|.
		duals[i] = math.Abs(u)
	}
	for _, x := range append(append([]float64(nil), v...), duals...) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, nil, errors.New("a number of its optimum is not finite")
		}
	}
	return v, duals, nil
}

func finite(p lp.Programme) bool {
	ok := true
	check := func(xs []float64) {
		for _, x := range xs {
			ok = ok && !math.IsNaN(x) && !math.IsInf(x, 0)
		}
	}
	check(p.Objective)
	check(p.B)
	for _, a := range p.A {
		check(a)
	}
	return ok
}
