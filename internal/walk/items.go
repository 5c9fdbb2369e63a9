// A walk in items, which many machines share. An item is a cell, named by its path. It is walked
// depth first for a budget of work; what is then left is handed back as paths, which are items of
// their own. This is lazy task creation (Mohr, Kranz and Halstead, 1991) with a budget where they
// ask for idle hands: whoever walks, an item ends where its work says.

package walk

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/internal/tree"
)

// ErrNowhere says that a path is not that of a cell: it takes a side where there is no split.
var ErrNowhere = errors.New("the path is not that of a cell")

// Items walks items, one at a time.
type Items struct {
	run      *Run
	w        *worker
	question int64
}

// NewItems prepares a walk in items. Of the configuration only NewTree and Tuning matter. A
// question of the solver is so much work beyond what the tally counts for it.
func NewItems(cfg Config, question int64) *Items {
	cfg.Keep, cfg.Workers, cfg.Limit, cfg.Gap, cfg.Bracketed = Forget{}, 1, 0, 0, false
	r := New(cfg)
	return &Items{run: r, w: r.crew.spare(), question: question}
}

// Walk walks the cell of a path for a budget in the unit of [tree.Tally].Work, and tells the sink:
// what it is told is one subtree in preorder, in which cells that are left are Open. The answer has
// no text. Once ctx has ended the error is that of ctx, and nothing else is to be walked. Of what
// is walked of an item only where it ends depends on what was walked before.
func (i *Items) Walk(ctx context.Context, path []int8, budget int64, sink Sink) (journal.Answer, error) {
	unhook := context.AfterFunc(ctx, i.run.Halt)
	defer unhook()
	w := i.w
	w.clean()
	w.path = append(w.path, path...)
	if err := i.lead(ctx, path); err != nil {
		return journal.Answer{}, err
	}
	a := &allotment{budget: budget, question: i.question}
	a.start = a.work(w)
	w.pace = a
	w.hear(sink)
	w.walk()
	switch {
	case w.err != nil:
		return journal.Answer{}, w.err
	case ctx.Err() != nil || w.left.Vague: // a stop alone leaves cells vague
		return journal.Answer{}, errors.Join(context.Cause(ctx), ctx.Err())
	}
	did := odometer{regions: w.regions, tally: *w.tree.Tally()}
	out := journal.Answer{Record: journal.Record{Path: slices.Clone(path), Tally: did.journal()}}
	for _, n := range w.parked {
		out.Open = append(out.Open, journal.Cell{Path: n.path, Upper: n.upper})
	}
	return out, nil
}

// Bound bounds the regions of the cell of a path, as Walk does where it leaves that cell open.
func (i *Items) Bound(ctx context.Context, path []int8) (*big.Int, error) {
	unhook := context.AfterFunc(ctx, i.run.Halt)
	defer unhook()
	i.w.clean()
	if err := i.lead(ctx, path); err != nil {
		return nil, err
	}
	upper := i.w.tree.Bound(true)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return upper, nil
}

// lead takes the tree to the cell of a path.
func (i *Items) lead(ctx context.Context, path []int8) error {
	e, arrived := tree.Lead(i.w.tree, path)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case arrived:
		return nil
	case e.Kind == tree.Failed && i.w.tree.Err() != nil:
		return i.w.tree.Err()
	}
	return ErrNowhere
}

// allotment is the pace of an item. Once its budget is spent, plus sides are left open, but for
// those that look small: where the minus side took less than a share of the budget, the plus side
// is walked too, since an item has a price of its own. A split's minus side is a part of that of
// each split above, so from the first side that is left on, all are, and what is left are the last
// leaves in preorder. Where plus sides are larger than they look, an overrun of another budget ends
// everything.
type allotment struct {
	start, budget int64
	question      int64   // as in NewItems
	begun         []int64 // the work when each side of the path was entered, from the item's cell on
	last          int64   // what the side that was left last has taken
}

// shareOfBudget is the part of a budget, one in so many, that a cell must be likely to take to be
// an item: at two seconds a budget it is some sixty milliseconds, and an item's price is below one.
const shareOfBudget = 32

// work is what has been done.
func (a *allotment) work(w *worker) int64 {
	t := w.tree.Tally()
	return t.Work + a.question*t.Questions
}

func (a *allotment) enter(w *worker) bool {
	now := a.work(w)
	a.begun = append(a.begun, now)
	did := now - a.start
	switch {
	case did < a.budget:
		return true
	case w.path[len(w.path)-1] > 0 && a.last >= max(1, a.budget/shareOfBudget):
		return false
	}
	return did < 2*a.budget
}

func (a *allotment) leave(w *worker) {
	n := len(a.begun) - 1
	a.last, a.begun = a.work(w)-a.begun[n], a.begun[:n]
}

func (*allotment) spend()          {}
func (*allotment) park()           {}
func (*allotment) keeps() bool     { return true }
func (*allotment) vague(w *worker) { w.left.Vague = true }
