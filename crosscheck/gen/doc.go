// Package gen makes the networks and balls that counts and bounds are tried on.
//
// Everything that is random is drawn from a *rand.Rand that the caller seeds,
// so a case is named by its seed:
//
//	rng := gen.NewRand(7)
//	net := gen.Random(rng, gen.RandomOptions{Inputs: 3})
//	b := gen.RandomBall(rng, net)
//
// Random and Ternary draw networks; TentMap, Folding, Montufar, Resonance and their kin build
// networks whose count is a theorem; KnownCases lists those with their balls and counts;
// ExtremeCase goes to the ends of the range of float64; Cases mixes all kinds. AppendCopies,
// ScaleNeurons, ScaleBall and the other transformations change a network without changing its
// count.
package gen
