// What a bound is, and the list of those at hand. The interface is four
// methods, so that a bound of one's own takes twenty lines.

package bound

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Kind says on which side of the count a bound lies.
type Kind string

const (
	// Upper bounds are never below the count.
	Upper Kind = "upper"
	// Lower bounds are never above the count.
	Lower Kind = "lower"
)

// Scope says what a bound looks at.
type Scope string

const (
	// Global bounds look at the network alone; they hold for every ball.
	Global Scope = "global"
	// Local bounds look at the ball too.
	Local Scope = "local"
)

// Bound bounds the number of activation regions of n that meet b.
type Bound interface {
	// Name is short, lower case, and unique in a list.
	Name() string
	Kind() Kind
	Scope() Scope
	// Value returns the bound, at least 1. The ball has as many coordinates as the network has
	// inputs; anything else is an error, and so is a context that ends before a sound value is at
	// hand. The value is the caller's to keep.
	Value(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error)
}

// ValueFunc is the signature of Bound.Value.
type ValueFunc func(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error)

// Func makes a Bound of a function. It checks the dimensions before each call.
func Func(name string, kind Kind, scope Scope, f func(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error)) Bound {
	return &funcBound{name: name, kind: kind, scope: scope, value: f}
}

type funcBound struct {
	name  string
	kind  Kind
	scope Scope
	value ValueFunc
}

func (f *funcBound) Name() string { return f.name }
func (f *funcBound) Kind() Kind   { return f.kind }
func (f *funcBound) Scope() Scope { return f.scope }

func (f *funcBound) Value(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	if err := CheckDims(n, b); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return f.value(ctx, n, b)
}

// CheckDims says whether the ball is one of the network's inputs.
func CheckDims(n *network.Network, b ball.Ball) error {
	if b.Dim() != n.Inputs() {
		return fmt.Errorf("ball: %d coordinates, expected %d, the inputs of the network", b.Dim(), n.Inputs())
	}
	return nil
}

// entry is a bound with its place in the lists.
type entry struct {
	bound Bound
	cheap bool // polynomial, and fast: within a second at 784 inputs and 4 layers of 256
}

// All returns every bound of the package, in a fixed order: upper bounds from the coarsest to the
// finest kind, global before local, then lower bounds.
func All() []Bound {
	var bs []Bound
	for _, e := range registry() {
		bs = append(bs, e.bound)
	}
	return bs
}

// Cheap returns those of All that are polynomial and fast.
func Cheap() []Bound {
	var bs []Bound
	for _, e := range registry() {
		if e.cheap {
			bs = append(bs, e.bound)
		}
	}
	return bs
}

// ByName returns the bound of that name.
func ByName(name string) (Bound, bool) {
	for _, e := range registry() {
		if e.bound.Name() == name {
			return e.bound, true
		}
	}
	return nil, false
}

// Result is the outcome of one bound.
type Result struct {
	Name    string
	Kind    Kind
	Scope   Scope
	Value   *big.Int // nil when Err is set
	Err     error
	Elapsed time.Duration
}

// Evaluate evaluates the bounds one after another, in the given order. They share what they
// compute about the ball (the first that needs it pays for it). A bound that fails has its error in
// its Result; the others still run.
func Evaluate(ctx context.Context, bounds []Bound, n *network.Network, b ball.Ball) []Result {
	ctx = Shared(ctx, n, b)
	rs := make([]Result, len(bounds))
	for i, bd := range bounds {
		start := time.Now()
		v, err := bd.Value(ctx, n, b)
		if err == nil && v == nil {
			err = fmt.Errorf("bound %s: it returned neither a value nor an error", bd.Name())
		}
		rs[i] = Result{Name: bd.Name(), Kind: bd.Kind(), Scope: bd.Scope(), Value: v, Err: err, Elapsed: time.Since(start)}
	}
	return rs
}
