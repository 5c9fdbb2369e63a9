// The bounds of this package, in the order in which they are listed.

package bound

// registry returns the entries. Upper bounds first, the coarsest kind first.
func registry() []entry {
	global := func(name string, f ValueFunc) entry {
		return entry{Func(name, Upper, Global, f), true}
	}
	return []entry{
		global("2^N", powerOfTwo),
		global("zaslavsky", zaslavskyProduct),
		global("montufar", montufar),
		global("serra", serra),
		global("serra-rank", serraRank),
		global("hinz-montufar", hinzMontufar),
		global("hinz-serra", hinzSerra),
		global("coefficients", coefficientsGlobal),
		{&localBound{"lipschitz", lipschitz}, true},
		{&localBound{"lipschitz-masked", lipschitzMasked}, true},
		{&localBound{"interval", interval}, true},
		{&localBound{"zonotope", zonotope}, true},
		{&localBound{"crown", crown}, true},
		{&localBound{"lp", lpTightened}, false},
		{Func("coefficients-local", Upper, Local, coefficientsLocal), true},
		{Func("samples", Lower, Local, samples), true},
		{Func("boundary", Lower, Local, boundaryLower), true},
	}
}
