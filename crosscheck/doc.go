// Package crosscheck is the only room that knows both sides of relucell: the
// exact counts and the analytic bounds. It holds bounds against certified counts.
//
// Run does so on any cases, such as those of package gen; Verify makes a test of one line out of
// it:
//
//	func TestMine(t *testing.T) { crosscheck.Verify(t, mine{}) }
//
// Shrink makes a failure small, WriteCase and Replay keep it with its proof, StartProgram speaks
// with a bound in another language, Dial goes from bound to count, Measure reports what really
// happens in each layer, and WriteCorpus writes cases for the tests of others. The formats of all
// files are in docs/crosscheck.md.
//
// Audit repeats a fast count with a proof and has it checked; tests do so for the cases of
// which Sampled says so.
package crosscheck
