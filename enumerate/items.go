// A count in items, for many machines: see package cluster, which sends them about.

package enumerate

import (
	"context"
	"errors"
	"math/big"
	"sync"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/walk"
	"github.com/relucell/relucell/network"
)

// ErrNowhere says that a path is not that of a cell.
var ErrNowhere = walk.ErrNowhere

// Items walks cells of one count, each named by its path: the sides, −1 or +1, taken at the splits
// from the root. It may be used by several goroutines at a time.
type Items struct {
	ctx     context.Context
	cfg     walk.Config
	subject *tree.Subject
	release func()

	mu   sync.Mutex
	idle []*walk.Items
}

// NewItems compiles a count of n in b. With proved, observers are told all that a proof says. All
// ends when ctx does. Release must be called.
func NewItems(ctx context.Context, n *network.Network, b ball.Ball, proved bool) (*Items, error) {
	m, release, err := compileFor(ctx, n, b, grace)
	if err != nil {
		release()
		if errors.Is(err, forms.ErrLate) {
			return nil, context.Cause(ctx)
		}
		return nil, marked{err, ErrInput}
	}
	opt := Options{Workers: 1}
	if proved {
		opt.Observer = NoObserver{}
	}
	return &Items{ctx: ctx, cfg: prepare(ctx, m, opt, plan{}), subject: m, release: release}, nil
}

// questionWork is the work of a question of the solver for each input, beyond what every question
// counts as. Measured from 8 to 784 inputs, by random networks and mnist: a question takes 0.2 µs
// for each input up to 40 inputs and 0.5 to 1.5 µs beyond, a value at a vertex 15 ns.
const questionWork = 48

// Release ends the use of s.
func (s *Items) Release() { s.release() }

// RootUpper bounds the whole count.
func (s *Items) RootUpper() journal.Cell { return journal.Cell{Upper: s.subject.RootBound()} }

// Walk walks the cell of a path for a budget of work, in values at vertices or what takes as long,
// and tells o, nil for nobody, a whole subtree in preorder, in which the cells that the answer
// leaves open are Open. An error is [ErrNowhere], that no tier could decide ([ErrUndecided]), or,
// once it has ended, that of the context.
func (s *Items) Walk(path []int8, budget int64, o Observer) (journal.Answer, error) {
	return with(s, func(w *walk.Items) (journal.Answer, error) { return w.Walk(s.ctx, path, budget, sinkOf(o)) })
}

// Bound bounds the regions of the cell of a path, as Walk does where it leaves that cell open. Its
// errors are those of Walk.
func (s *Items) Bound(path []int8) (*big.Int, error) {
	return with(s, func(w *walk.Items) (*big.Int, error) { return w.Bound(s.ctx, path) })
}

// with calls f with a walk that no other goroutine uses.
func with[T any](s *Items, f func(*walk.Items) (T, error)) (T, error) {
	s.mu.Lock()
	var w *walk.Items
	if n := len(s.idle); n > 0 {
		w, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	s.mu.Unlock()
	if w == nil {
		w = walk.NewItems(s.cfg, questionWork*int64(s.subject.N))
	}
	a, err := f(w)
	switch {
	case err == nil: // after an error the tree may be anywhere
		s.mu.Lock()
		s.idle = append(s.idle, w)
		s.mu.Unlock()
	case s.ctx.Err() == nil && !errors.Is(err, ErrNowhere):
		err = marked{err, ErrUndecided}
	}
	return a, err
}
