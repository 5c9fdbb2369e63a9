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
		{&localBound{"lipschitz", plain(lipschitz)}, true},
		{&localBound{"lipschitz-masked", plain(lipschitzMasked)}, true},
		{&localBound{"interval", plain(interval)}, true},
		{&localBound{"zonotope", plain(zonotope)}, true},
		{&localBound{"crown", plain(crown)}, true},
		{&localBound{"lp", plain(lpTightened)}, false},
		{Func("coefficients-local", Upper, Local, coefficientsLocal), true},
		{&combinedBound{localBound{"combined", plain(settledByAny)}}, true},
		{&localBound{"first-layer-pairs", firstLayerPairs}, false},
		{&localBound{"first-layer", firstLayer}, false},
		{Func("samples", Lower, Local, samples), true},
		{Func("boundary", Lower, Local, boundaryLower), true},
	}
}
