// What a caller sees: options, results, and the observer through which a proof
// is written.

package enumerate

import (
	"math/big"
	"time"
)

// Options says how to count. The zero value counts with every worker of the
// machine and no limit. No option but a stop changes the answer.
type Options struct {
	// Workers is the number of regions walked at a time; 0 means GOMAXPROCS.
	Workers int
	// Limit stops the walk once at least so many regions are certified, after about as much work
	// again for a narrower bracket, in which a small count may become exact; 0 means none.
	Limit int64
	// Gap stops the walk once upper ≤ (1+Gap)·lower; 0 means never.
	Gap float64
	// Observer, when set, is told every step of the walk in preorder.
	Observer Observer
	// Visitor, when set, is told every region. It goes with neither Observer nor Checkpoint.
	Visitor Visitor
	// Progress, when set, is called from time to time, from one goroutine at a time, and once
	// at the end with the answer's bracket.
	Progress func(Progress)
	// ProgressEvery is the time between two calls of Progress; 0 means 200 ms.
	ProgressEvery time.Duration
	// Checkpoint, when set, names a file in which completed subtrees are recorded. A count that was
	// killed or stopped goes on from there when it is started with the same file, with the same
	// answer and, where Observer is set, the same steps; Observer must then be a Snapshotter. A
	// file that is anything but a checkpoint of this network, ball, observer and version is refused
	// by a CheckpointError. The file stays: a caller who has the exact count removes it.
	Checkpoint string
}

// Progress is a snapshot of a running walk.
type Progress struct {
	// Lower and Upper are a certified bracket of the count.
	Lower, Upper *big.Int
	// Estimate is an estimate of the count, 0 when there is none yet.
	Estimate float64
	// Resumed is the number of regions taken from the checkpoint so far.
	Resumed int64
	Elapsed time.Duration
}

// Decisions counts decisions by the tier that made them. Those by a cell's vertices are among
// Float, also where a sign at one was told in integers.
type Decisions struct {
	Float, Integer, Solve int64
}

// Result is the answer of a count: Lower ≤ count ≤ Upper.
type Result struct {
	Lower, Upper *big.Int
	// Exact says that Lower = Upper = count.
	Exact bool
	// GapReached says that the walk ended because Options.Gap was reached.
	GapReached bool
	Decisions  Decisions
	// Questions is the number of questions that reached the solver; Pivots what they cost.
	Questions, Pivots int64
	// Resumed is the number of regions that were taken from the checkpoint. The counters above
	// include what those cost when they were found.
	Resumed int64
	// Elapsed is the walk's own time.
	Elapsed time.Duration
}

// Observer is told every node of the walk, in preorder, neurons in network order. It knows nothing
// of solvers, the walk knows nothing of formats. [NoObserver] has all its methods, to embed; who
// wants the regions alone takes a [Visitor].
type Observer interface {
	// Split: both sides live. The minus subtree follows, then the plus subtree, then SplitEnd.
	Split()
	SplitEnd()
	// Pruned: the side opposite to live (+1 or −1) is empty, as shown by
	// self·s·z + Σ lambda[i]·s_i·z_i ≤ 0 on the ball, s = −live, over the given ancestors (global
	// 0-based neuron indices, ascending, each with sign + or −). The walk goes on in the live side.
	Pruned(live int8, self int64, ancestors []int32, lambda []int64)
	// PrunedBig is Pruned for multipliers beyond int64.
	PrunedBig(live int8, self *big.Int, ancestors []int32, lambda []*big.Int)
	// Zero: the pre-activation is identically zero on the cell.
	Zero()
	// Region: a final cell with its exact witness.
	Region(x []float64)
	RegionBig(x []*big.Float)
	// Open: a cell left unexplored, with a witness that it is not empty.
	Open(x []float64)
	OpenBig(x []*big.Float)
	// Fork returns an observer for a subtree that is walked elsewhere; Join, called with it at
	// the point in preorder where the subtree belongs, takes its nodes in.
	Fork() Observer
	Join(Observer)
}

// NoObserver hears nothing. A type that embeds it and has some methods of its own is an observer of
// those nodes; it wants a Fork and a Join of its own, or what other workers walk is not told to it.
type NoObserver struct{}

func (NoObserver) Split()                                        {}
func (NoObserver) SplitEnd()                                     {}
func (NoObserver) Pruned(int8, int64, []int32, []int64)          {}
func (NoObserver) PrunedBig(int8, *big.Int, []int32, []*big.Int) {}
func (NoObserver) Zero()                                         {}
func (NoObserver) Region([]float64)                              {}
func (NoObserver) RegionBig([]*big.Float)                        {}
func (NoObserver) Open([]float64)                                {}
func (NoObserver) OpenBig([]*big.Float)                          {}
func (o NoObserver) Fork() Observer                              { return o }
func (NoObserver) Join(Observer)                                 {}
