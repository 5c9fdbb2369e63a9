//go:build clp && cgo

// The bridge to CLP, and what it takes to cross it alive. The binding frees a
// model in a finaliser, which may run while C still computes on it unless the
// Go object is kept reachable past the last call. LoadProblem into a used model
// leaks what was loaded before, so every programme gets a model of its own. And CLP
// takes NaN without a word.

package clp

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	binding "github.com/lanl/clp"

	"relucell/lp"
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

// Maximise implements lp.Backend.
func (backend) Maximise(p lp.Programme) (v, duals []float64, err error) {
	if !finite(p) {
		return nil, nil, errors.New("clp: a coefficient of the programme is not finite")
	}
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
	model.SetOptimizationDirection(binding.Maximize)
	model.SetPrimalTolerance(tolerance)
	model.SetMaxIterations(iterationsPerLine * (len(p.A) + len(p.Objective)))
	if status := model.Primal(binding.NoValuesPass, binding.NoStartFinishOptions); status != binding.Optimal {
		return nil, nil, fmt.Errorf("clp: status %d (secondary %d), expected an optimum", status, model.SecondaryStatus())
	}
	v, duals = model.PrimalColumnSolution(), model.DualRowSolution()
	for i, u := range duals {
		// The sign of CLP's duals goes with the direction it optimises in: what a
		// row adds to the maximum is |u|.
		duals[i] = math.Abs(u)
	}
	for _, x := range append(append([]float64(nil), v...), duals...) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, nil, errors.New("clp: a number of its optimum is not finite")
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
