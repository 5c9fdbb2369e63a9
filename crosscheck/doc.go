// Package crosscheck is the only room that knows both sides of relucell: the
// exact counts and the analytic bounds. It makes the networks and balls that
// both are tried on, and holds slow exact counters for one to three inputs to
// compare the fast walk with.
//
// Run holds bounds against certified counts on any cases; Verify makes a test of
// one line out of it:
//
//	func TestMine(t *testing.T) { crosscheck.Verify(t, mine{}) }
//
// Shrink makes a failure small, WriteCase and Replay keep it with its proof,
// StartProgram speaks with a bound in another language, Dial goes from bound to
// count, Measure reports what really happens in each layer, Sweep counts over a
// table of balls, and WriteCorpus writes cases for the tests of others. The
// formats of all files are in docs/crosscheck.md.
//
// # Generators
//
// Everything that is random is drawn from a *rand.Rand that the caller seeds,
// so a case is named by its seed:
//
//	rng := crosscheck.NewRand(7)
//	net := crosscheck.Random(rng, crosscheck.RandomOptions{Inputs: 3})
//	b := crosscheck.RandomBall(rng, net)
//
// Random and Ternary draw networks; TentMap, Folding, Montufar, Resonance and their kin build
// networks whose count is a theorem; KnownCases lists those with their balls and counts;
// ExtremeCase goes to the ends of the range of float64. AppendCopies, ScaleNeurons, ScaleBall and
// the other transformations change a network without changing its count.
//
// # Exact counters
//
// Intervals, Polygons and CountPolyhedra walk the activation patterns of a network with one,
// two or three inputs in exact arithmetic, cutting the ball itself by each neuron in
// turn. They are slow and obvious, and share no code with the fast walk:
//
//	net, b := crosscheck.TentMap(3)
//	n, err := crosscheck.CountIntervals(net, b) // 8
//
// CountExactly does the same for any number of inputs, with package lp/exact
// to say which sides of a hyperplane a cell has. ExactPatterns has the patterns of one to
// three inputs.
//
// Audit repeats a fast count with a proof and has it checked; tests do so for the cases of
// which Sampled says so.
package crosscheck
