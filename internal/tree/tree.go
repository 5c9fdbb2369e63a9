// Package tree decides cells: where in the tree of activation patterns a walk stands, which neurons
// keep a sign there, and where the cell splits. It knows nothing of where the walk goes next
// (package walk) nor of who is told.
//
// Four kinds of [Tree] answer the same questions. [Solved] asks a solver and certifies what that
// proposes; [Vertices] keeps a cell by its vertices and reads the signs there, with a solved tree
// that stands in for it where a sign is not certain; [Line] keeps an interval, in integers alone,
// and stands in on lines; [Plain] computes everything from nothing at each question, and is the
// slow twin of the first two.
package tree

import (
	"math/big"

	"github.com/relucell/relucell/internal/judge"
)

// Kind says what a cell has turned out to be.
type Kind int8

const (
	// Split: both sides of a neuron live. The caller enters them.
	Split Kind = iota
	// Final: the cell is a region, or was found to hold so many at a stroke.
	Final
	// Open: a stop left the cell undecided. It is certainly not empty.
	Open
	// Vague: a stop left the cell undecided, and nothing tells that it is not empty.
	Vague
	// Failed: no tier could decide; the tree's Err says why.
	Failed
)

// Event is what Next has come to.
type Event struct {
	Kind Kind
	// Regions is the number of regions of a Final cell.
	Regions int64
	// Shared says of a Split that CopyFrom can take it to another tree.
	Shared bool
	// Told says of a Final cell that the Teller has been told its splits and regions.
	Told bool
}

// Tree is a place in the tree of patterns: the cell of a path, the sides taken at the splits from
// the root. All that it answers but its counters is a function of that path.
type Tree interface {
	// Reset goes to the root, the whole ball.
	Reset()
	// Next decides one neuron of the cell after the other, in network order, and says what the cell
	// is. After a Split the caller goes on with Enter, else with Leave or Reset. With passing, the
	// cell lies on the way to one that is known to be below: it is not left open by a stop, nor are
	// its regions counted at a stroke.
	Next(passing bool) Event
	// Enter goes to a side, −1 or +1, of the split that Next came to. It costs little: the work is
	// left to Next.
	Enter(side int8)
	// Undecided leaves the cell as it is, Open or Vague, without looking at it.
	Undecided() Event
	// Leave goes back to the split above, whose other side may then be entered.
	Leave()
	// CopyFrom makes the tree stand at the split of other, a tree of the same kind, that has so
	// many sides before it and whose second side has not been entered. It may be called while other
	// stands below.
	CopyFrom(other Tree, depth int)
	// Bound is an upper bound of the regions of the cell; close takes a closer look, where that may
	// pay.
	Bound(close bool) *big.Int
	// SplitBound bounds the regions of the plus side and of the whole cell of the split with so
	// many sides before it; MinusBound those of the other side.
	SplitBound(depth int) (plus, cell *big.Int)
	MinusBound(depth int) *big.Int
	// Rough is a bound that costs next to nothing, for a walk that is late.
	Rough() *big.Int
	// Labels are the signs of the neurons that are decided. They change with the tree.
	Labels() []int8
	// Witness is a point strictly inside the cell, as exact floats, or in wide where float64 does
	// not hold it; short asks for few digits. It is certain after Final and Open. Trees that keep
	// no witnesses return nil.
	Witness(short bool) (x []float64, wide []*big.Float)
	// Tell sets who is told of the neurons that are settled. Trees that keep no multipliers tell
	// nobody.
	Tell(Teller)
	// Tally is what the tree has done. The caller may change it.
	Tally() *Tally
	// Err says why the tree failed, nil if it did not.
	Err() error
}

// Teller is told what a proof has to say (docs/certificate.md), in an order in which each statement
// follows from those before. Multipliers are valid during the call.
type Teller interface {
	// Narrowed: coordinate k of the input is at most x on the cell, with side +1, or at least x,
	// with −1. All that is told of a layer comes after what is narrowed on entering it.
	Narrowed(k int, side int8, x float64, m *judge.Multipliers)
	// Pruned: neuron j of the layer has the sign live on the cell, for the other side is empty.
	// Neurons that have one sign on the box of the cell, or on the ball, are not told of. With
	// named, the neuron becomes a constraint of the cell beside those of the splits.
	Pruned(j int, live int8, named bool, m *judge.Multipliers)
	// Split: both sides live. The minus subtree follows, then the plus subtree, then SplitEnd.
	Split()
	SplitEnd()
	// Region: the tree stands at a final cell. Where it tells of several, it has the witness of
	// each in turn, and labels of none.
	Region(Tree)
}

// Silent tells nobody.
type Silent struct{}

// Narrowed does nothing.
func (Silent) Narrowed(int, int8, float64, *judge.Multipliers) {}

// Pruned does nothing.
func (Silent) Pruned(int, int8, bool, *judge.Multipliers) {}

// Split does nothing.
func (Silent) Split() {}

// SplitEnd does nothing.
func (Silent) SplitEnd() {}

// Region does nothing.
func (Silent) Region(Tree) {}

// Decisions counts decisions by the tier that made them. Those by the signs at vertices are among
// Float.
type Decisions struct{ Float, Integer, Solve int64 }

// Tally is what deciding has come to.
type Tally struct {
	Decisions
	// Questions is the number of those that reached a solver, Refreshes how often its state was
	// made anew, Pivots its steps.
	Questions, Refreshes, Pivots int64
	// Work measures effort in values at vertices, or what takes as long. It steers, and decides
	// nothing.
	Work int64
}

// Add adds another tally, so many times.
func (t *Tally) Add(o *Tally, times int64) {
	t.Float += times * o.Float
	t.Integer += times * o.Integer
	t.Solve += times * o.Solve
	t.Questions += times * o.Questions
	t.Refreshes += times * o.Refreshes
	t.Pivots += times * o.Pivots
	t.Work += times * o.Work
}

// Lead goes from the root along a path and reports whether it arrived; else the event at which it
// ended says why. What is decided on the way is not counted among the decisions: it was before.
func Lead(t Tree, path []int8) (Event, bool) {
	before := t.Tally().Decisions
	t.Reset()
	for _, s := range path {
		if e := t.Next(true); e.Kind != Split {
			return e, false
		}
		t.Enter(s)
	}
	t.Tally().Decisions = before
	return Event{}, true
}
