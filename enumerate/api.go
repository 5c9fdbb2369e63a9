// What a caller sees: options, results, and the observer through which a proof
// is written.

package enumerate

import (
	"math/big"
	"time"

	"github.com/relucell/relucell/internal/judge"
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

// Observer is told every node of the walk, in preorder, and all that a proof of it has to say
// (docs/certificate.md). It knows nothing of solvers, the walk knows nothing of formats.
// [NoObserver] has all its methods, to embed; who wants the regions alone takes a [Visitor].
//
// A neuron is told of by its number among the neurons of its layer, from 0. On entering a layer all
// of those are silently decided that have one sign, or are zero, on the ball or on the box that
// Narrowed has told of; the others by Pruned, or by a split, always of the first that is left.
type Observer interface {
	// Split: both sides live. The minus subtree follows, then the plus subtree, then SplitEnd. Of a
	// maximum of which several classes live, the minus side is the first of them, and the plus side
	// the same cell without it: the others.
	Split()
	SplitEnd()
	// Narrowed: on the cell, input k is at most x, with side +1, or at least x, with side −1, as
	// self·side·(x_k − x) + Σ lambda_i·s_i·z_i ≤ 0 shows.
	Narrowed(k int, side int8, x float64, m *Multipliers)
	// Pruned: the side of the neuron opposite to live (+1 or −1) is empty, as
	// self·s·z + Σ lambda_i·s_i·z_i ≤ 0 shows, s = −live. The walk goes on in the live side. With
	// named, the neuron can be named after it as if it had been split. Of a piece of a maximum,
	// which is counted among the signs of its layer, live is −1 and says that its class is empty,
	// as Σ lambda_i·s_i·z_i ≤ 0 shows, whose last names are what the piece is above each other one
	// that differs.
	Pruned(neuron int, live int8, named bool, m *Multipliers)
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

// Multipliers show that a sum of forms is at most 0 on the box of a cell, or on the ball: Self ≥ 1,
// and Lambda[i] ≥ 1 for each constraint named, Back[i] of them after it on the path, the farthest
// first. Where int64 does not hold them they are in BigSelf and BigLambda instead. They are valid
// during the call that hands them out.
type Multipliers = judge.Multipliers

// NoObserver hears nothing. A type that embeds it and has some methods of its own is an observer of
// those nodes; it wants a Fork and a Join of its own, or what other workers walk is not told to it.
type NoObserver struct{}

func (NoObserver) Split()                                    {}
func (NoObserver) SplitEnd()                                 {}
func (NoObserver) Narrowed(int, int8, float64, *Multipliers) {}
func (NoObserver) Pruned(int, int8, bool, *Multipliers)      {}
func (NoObserver) Region([]float64)                          {}
func (NoObserver) RegionBig([]*big.Float)                    {}
func (NoObserver) Open([]float64)                            {}
func (NoObserver) OpenBig([]*big.Float)                      {}
func (o NoObserver) Fork() Observer                          { return o }
func (NoObserver) Join(Observer)                             {}
