// Regions one by one: to an iterator, or to a visitor that hears of them from all workers.

package enumerate

import (
	"context"
	"errors"
	"iter"
	"runtime"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/walk"
	"github.com/relucell/relucell/network"
)

// Visitor is told every region of a count, see [Options]. What it is told in one goroutine at a
// time is a subtree of the walk, in preorder: minus before plus.
type Visitor interface {
	Region(Region)
	// Fork returns a visitor for a subtree that another worker walks at the same time; Join, called
	// with it when that is done and at the point in preorder where it belongs, takes in what it was
	// told.
	Fork() Visitor
	Join(Visitor)
}

// visited tells a visitor.
type visited struct {
	walk.Deaf
	v  Visitor
	of *origin
}

func (s visited) Region(t tree.Tree) { s.v.Region(s.of.at(t)) }
func (s visited) Fork() walk.Sink    { return visited{v: s.v.Fork(), of: s.of} }
func (s visited) Join(o walk.Sink)   { s.v.Join(o.(visited).v) }

// Regions returns an iterator over the regions. With one worker they come in the order of the walk,
// minus before plus, and are walked as they are asked for; with more, in any order, and some are
// walked ahead. A break ends the walk, and so does opt.Limit: at most so many are yielded. An error
// comes last, with a Region of which nothing is to be asked; ctx ends the walk early with its
// cause. Gap, Observer, Visitor and Checkpoint are refused by [ErrInput].
func Regions(ctx context.Context, net *network.Network, b ball.Ball, opt Options) iter.Seq2[Region, error] {
	return func(yield func(Region, error) bool) {
		err := opt.forRegions()
		d := &delivery{of: newOrigin(net, b), yield: yield, limit: opt.Limit}
		if opt.Limit = 0; opt.Workers <= 0 {
			opt.Workers = runtime.GOMAXPROCS(0)
		}
		switch {
		case err != nil:
		case opt.Workers == 1:
			err = d.walk(ctx, opt, d.hand)
		default:
			err = d.collect(ctx, opt)
		}
		if err == nil && !d.stopped {
			err = ctx.Err()
		}
		if err != nil && !d.stopped {
			yield(Region{}, err)
		}
	}
}

// forRegions says what of the options has no place here.
func (o *Options) forRegions() error {
	if o.Gap != 0 || o.Observer != nil || o.Visitor != nil || o.Checkpoint != "" {
		return marked{errors.New("Regions takes no Gap, Observer, Visitor or Checkpoint"), ErrInput}
	}
	return nil
}

// delivery hands regions to an iterator's caller.
type delivery struct {
	of      *origin
	yield   func(Region, error) bool
	limit   int64 // of regions that may still be yielded, 0 for any number
	halt    func()
	stopped bool // nothing more is to be yielded
}

// delivered tells a delivery, through take.
type delivered struct {
	walk.Deaf
	of   *origin
	take func(Region)
}

func (s delivered) Region(t tree.Tree) { s.take(s.of.at(t)) }
func (s delivered) Fork() walk.Sink    { return s }

// walk has each region told to take, by all workers.
func (d *delivery) walk(ctx context.Context, opt Options, take func(Region)) error {
	_, err := count(ctx, d.of.net, d.of.ball, opt, plan{each: func(halt func()) walk.Sink {
		d.halt = halt
		return delivered{of: d.of, take: take}
	}})
	return err
}

// hand yields a region.
func (d *delivery) hand(r Region) {
	if d.stopped {
		return
	}
	if d.stopped = true; d.yield(r, nil) && d.limit != 1 { // and it stays so where yield panics
		d.limit, d.stopped = max(d.limit-1, 0), false
		return
	}
	d.halt()
}

// collect yields what several workers find. None of them is left when it returns.
func (d *delivery) collect(ctx context.Context, opt Options) error {
	found, enough, err := make(chan Region, opt.Workers), make(chan struct{}), error(nil)
	go func() {
		defer close(found)
		err = d.walk(ctx, opt, func(r Region) {
			select {
			case found <- r:
			case <-enough:
			}
		})
	}()
	defer func() { // also where yield panics, or ends its goroutine: hand has not halted the walk then
		if close(enough); d.stopped {
			d.halt()
		}
		for range found {
		}
	}()
	for r := range found {
		if d.hand(r); d.stopped {
			return nil
		}
	}
	return err
}
