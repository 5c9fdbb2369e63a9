// What the documentation says of bounds among themselves, as data, so that
// each claim is tried on each case and a claim that fails is found.

package crosscheck

import (
	"math/big"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
)

// Dominance claims that the upper bound Finer is never above the upper bound Coarser.
type Dominance struct{ Finer, Coarser string }

// Dominances returns the claims of docs/bounds.md. Two claims in opposite
// directions say that two bounds are equal.
func Dominances() []Dominance {
	all := []Dominance{
		{"zaslavsky", "2^N"}, {"montufar", "zaslavsky"}, {"serra", "montufar"}, {"serra-rank", "serra"},
		{"hinz-montufar", "montufar"}, {"montufar", "hinz-montufar"},
		{"hinz-serra", "serra"}, {"serra", "hinz-serra"},
		{"coefficients", "serra-rank"}, {"coefficients-local", "coefficients"},
		{"lipschitz-masked", "lipschitz"}, {"zonotope", "interval"}, {"crown", "interval"}, {"lp", "crown"},
		{"coefficients-local", "interval"},
		{"combined", "lipschitz-masked"}, {"combined", "zonotope"}, {"combined", "crown"}, {"combined", "coefficients-local"},
		{"first-layer", "first-layer-pairs"}, {"first-layer-pairs", "lipschitz-masked"},
		{"first-layer-pairs", "zonotope"}, {"first-layer-pairs", "crown"},
		{"dial-1", "crown"}, {"dial-2", "dial-1"}, {"dial-3", "dial-2"},
	}
	for _, b := range bound.All() { // local is below global
		if b.Kind() == bound.Upper && b.Scope() == bound.Local {
			all = append(all, Dominance{b.Name(), "serra-rank"})
		}
	}
	return append(all, Dominance{"dial-1", "serra-rank"})
}

// DominanceResult says how often a claim was tried, and where it failed.
type DominanceResult struct {
	Dominance
	// Cases is the number of cases with both values, Equal those in which they are equal.
	Cases, Equal int
	// Failures are the cases in which the finer bound is above the coarser one.
	Failures []Failure
}

// claims returns those of Dominances that speak of two of the bounds.
func claims(bounds []bound.Bound) []*DominanceResult {
	have := map[string]bool{}
	for _, b := range bounds {
		have[b.Name()] = true
	}
	var all []*DominanceResult
	for _, d := range Dominances() {
		if have[d.Finer] && have[d.Coarser] {
			all = append(all, &DominanceResult{Dominance: d})
		}
	}
	return all
}

// try holds a claim against the values of one case.
func (d *DominanceResult) try(c gen.Case, values map[string]*big.Int) {
	finer, coarser := values[d.Finer], values[d.Coarser]
	if finer == nil || coarser == nil {
		return
	}
	d.Cases++
	switch finer.Cmp(coarser) {
	case 0:
		d.Equal++
	case 1:
		d.Failures = append(d.Failures, Failure{Case: c, Bound: d.Finer, Kind: bound.Upper, Value: finer, Than: d.Coarser, Limit: coarser})
	}
}
