// Package walk goes through the tree of activation patterns of a network: one loop, with its stack,
// over whatever decides cells (package tree). It knows in which order cells are walked, who walks
// them and who is told; it knows nothing of forms, solvers and vertices.
//
//	worker.go    the loop: depth first, minus side before plus
//	run.go       one walk and its workers
//	crew.go      idle workers, who are handed subtrees (work stealing)
//	books.go     the bracket at any moment
//	frontier.go  best first: cells that wait, the largest bound first
//	stint.go     how far a cell whose turn it is is walked
//	items.go     the walk in items, which many machines share
//	keep.go      records of completed subtrees, for a later run
//	watch.go     progress, gaps, and when to turn best first
//	estimate.go  an estimate of the count by random descents
//
// All numbers that steer a walk and change no count are in package tuning.
package walk
