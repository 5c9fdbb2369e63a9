// Package safety decides whether a network can do what a query forbids: is there an input in a box,
// and an output of the network at it, that satisfy all conditions of a disjunct? The network is the
// function on the reals that its weights define, and the query is a [vnnlib.Query] with exact
// fractions. So the answer is a matter of fact, and touching counts: a point on the border of a
// condition ≤ satisfies it.
//
//	res, err := safety.Verify(ctx, net, query, safety.Options{})
//	switch res.Verdict {
//	case safety.Holds:    // no point satisfies the query, proved
//	case safety.Violated: // res.Witness does, evaluated exactly
//	case safety.Unknown:  // stopped before either was certain
//	}
//
// The search is a branch and bound. A node is a box and signs of some neurons. A zonotope goes
// forward through the network, and linear forms come back (backward.go): they bound every neuron
// and every condition on the node. What is not refuted is split, by the input that lets in most
// looseness, or by a neuron: once few neurons are open, or where fewer splits of neurons promise as
// much, as with many inputs (outlook.go), or do as much where estimates disagree (trial.go). From
// there on a linear programme is asked at each node, or, where it would be large or neurons of
// several layers are open, multipliers go uphill from those of the node above (raise.go). Beside it
// random starts and gradients look for a counterexample. Nodes that wait have a bounded size
// (queue.go).
//
// Floats decide nothing beyond an error bound. Zonotopes carry the rounding of every step in a
// radius of their own (zonotope.go), forms that come back carry a magnitude which bounds it
// (backward.go), and multipliers of a programme are proposals that are evaluated by such a form.
// Where a node is so small that all neurons are settled and floats still cannot tell, the question
// is a linear programme in fractions (leaf.go).
//
// A maximum is a tournament of ReLUs, which is the same function ([network.Network.Tournament]), so
// that nothing here knows of maxima.
//
// With [Options.Prove] an answer Holds comes with a [Proof], for a checker that shares nothing with
// this package. Boxes are then halved on a grid of integers, and what floats refute is refuted once
// more in integers, with the rounding of the checker, before it is written (fixed.go, commit.go).
// Nothing that shapes the tree of nodes depends on the order in which they are visited, so neither
// do the bytes of a proof.
//
// The approach is that of Xiang, Tran and Johnson (2017), safety by exact output sets, turned
// around: not every region is visited, only boxes that are not refuted as a whole. Zonotopes are
// those of Singh, Gehr, Mirman, Püschel and Vechev (2018), forms that come back those of Zhang,
// Weng, Chen, Hsieh and Daniel (2018), the programme over triangles that of Ehlers (2017), and
// multipliers that go uphill those of Wang et al. (2021), but that nothing rounded is believed.
package safety

import (
	"context"
	"fmt"
	"math/big"
	"runtime"
	"time"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/vnnlib"
)

// Verdict is the answer to a query.
type Verdict uint8

const (
	// Unknown says that the search was stopped, or that numbers were beyond what it can bound.
	Unknown Verdict = iota
	// Holds says that no point satisfies the query.
	Holds
	// Violated says that a point does.
	Violated
)

// String returns "unknown", "holds" or "violated".
func (v Verdict) String() string { return [...]string{"unknown", "holds", "violated"}[v] }

// Options says how to search; the zero value uses every worker of the machine.
type Options struct {
	// Workers is the number of workers, 0 for one per processor. The verdict does not depend on it.
	Workers int
	// Seed chooses the random starts of the search for a counterexample. It may decide which
	// counterexample is found, and when.
	Seed uint64
	// Prove asks for a proof of the verdict Holds.
	Prove bool
	// Progress, if not nil, is called a few times a second, from one goroutine at a time.
	Progress func(Progress)
}

// Progress is how far a search is.
type Progress struct {
	// Nodes is the number of nodes looked at, Open that of nodes that wait.
	Nodes, Open int64
	Elapsed     time.Duration
}

// Witness is a counterexample: exact numbers.
type Witness struct {
	// Disjunct is the index in Query.Disjuncts of one that holds.
	Disjunct int
	// Input is the point, Output what the network makes of it.
	Input, Output []*big.Rat
}

// Result is an answer with what it cost.
type Result struct {
	Verdict Verdict
	// Witness is there where the verdict is Violated.
	Witness *Witness
	// Proof is there where the verdict is Holds and a proof was asked for. It must be closed.
	Proof *Proof
	// Stopped says why the verdict is Unknown; empty otherwise.
	Stopped string
	// Nodes is the number of nodes looked at; Programmes that of linear programmes over triangles;
	// Exact that of programmes in fractions.
	Nodes, Programmes, Exact int64
	Elapsed                  time.Duration
}

// Verify answers the query about the network. When ctx ends first, the verdict is Unknown, within a
// second. An error says that the query is about networks of another size, or is a [*ProofError].
func Verify(ctx context.Context, net *network.Network, q *vnnlib.Query, opt Options) (Result, error) {
	start := time.Now()
	if err := q.Fits(net.Inputs(), net.Outputs()); err != nil {
		return Result{}, err
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if t := terms(net, q); t > maxTerms {
		return Result{}, fmt.Errorf("network: %d inputs, units and conditions of an alternative, expected at most %d, the domain of the error bounds", t, maxTerms)
	}
	s, err := newSearch(ctx, newSubject(ctx, net, q), opt, start)
	if err != nil {
		return Result{}, err
	}
	res := s.run()
	res.Elapsed = time.Since(start)
	return res, nil
}
