package safety

// The branch and bound: workers take nodes from a queue, and give back what is left of them.

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// firstRound is the number of nodes after which a round of climbing is made; every round waits
	// roundsApart times as long as the one before, and takes some times as long.
	firstRound, roundsApart = 100, 5
	// progressEvery is the time between two calls of Options.Progress.
	progressEvery = 200 * time.Millisecond
)

// search is one answer being looked for.
type search struct {
	*subject
	cancel  context.CancelFunc
	parent  context.Context
	opt     Options
	started time.Time

	queue queue
	*proofs

	programmesAsked, exactAsked, givenUp atomic.Int64
}

func newSearch(ctx context.Context, s *subject, opt Options, started time.Time) (*search, error) {
	r := &search{subject: s, parent: ctx, opt: opt, started: started}
	s.ctx, r.cancel = context.WithCancel(ctx)
	r.queue = queue{ctx: s.ctx, climb: firstRound, room: waitingRoom}
	r.queue.wake = sync.NewCond(&r.queue.mu)
	if opt.Prove {
		if err := r.prove(); err != nil {
			return nil, err
		}
	}
	for b := range s.query.Boxes {
		if opt.Prove {
			break
		}
		n := &node{}
		n.lo, n.hi = s.around(s.query.Boxes[b])
		r.queue.waiting = append(r.queue.waiting, n)
	}
	for d := range s.query.Disjuncts {
		n := r.queue.waiting[s.query.Disjuncts[d].Box]
		n.disjunct = append(n.disjunct, int32(d))
	}
	for _, n := range r.queue.waiting {
		r.queue.held += n.size()
	}
	return r, nil
}

// prove makes the search one with a proof.
func (r *search) prove() (err error) {
	r.proofs = &proofs{tree: &tree{roots: make([][]piece, len(r.query.Boxes)), room: keptSize}}
	if r.header, err = header(r.query); err != nil {
		return err
	}
	if r.fixed, r.queue.waiting, err = r.proving(); err == nil {
		r.bits = r.fixed.bits
	}
	return err
}

// run searches to the end.
func (r *search) run() Result {
	defer r.cancel()
	go func() { // a stop wakes those who wait
		<-r.ctx.Done()
		r.queue.mu.Lock()
		r.queue.wake.Broadcast()
		r.queue.mu.Unlock()
	}()
	watched := r.watch()
	var crew sync.WaitGroup
	for range r.opt.Workers {
		crew.Go(func() { r.work() })
	}
	crew.Wait()
	r.cancel()
	<-watched
	return r.result()
}

func (r *search) result() Result {
	res := Result{Nodes: r.queue.visited.Load(), Programmes: r.programmesAsked.Load(), Exact: r.exactAsked.Load()}
	switch {
	case r.queue.found != nil:
		res.Verdict, res.Witness = Violated, r.queue.found
	case r.parent.Err() != nil:
		res.Stopped = context.Cause(r.parent).Error()
	case r.queue.err != nil:
		res.Stopped = r.queue.err.Error()
	case r.givenUp.Load() > 0 && r.proofs != nil:
		res.Stopped = "some boxes cannot be split any further, and what refutes them is longer than a line or a path of a proof may be: leave the proof out"
	case r.givenUp.Load() > 0:
		res.Stopped = "some boxes cannot be split any further, and their numbers are beyond what can be bounded"
	default:
		res.Verdict = Holds
	}
	if r.proofs != nil {
		if res.Verdict == Holds {
			res.Proof = &Proof{r.header, r.bits, r.tree}
		} else {
			r.tree.discard()
		}
	}
	return res
}

// watch calls Progress until the search ends.
func (r *search) watch() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for r.opt.Progress != nil {
			select {
			case <-r.ctx.Done():
				return
			case <-tick.C:
				r.opt.Progress(Progress{r.queue.visited.Load(), r.queue.open(), time.Since(r.started)})
			}
		}
	}()
	return done
}

// work takes nodes until there are none.
func (r *search) work() {
	w := newWorker(r)
	for {
		n, round := r.queue.take()
		if n == nil {
			return
		}
		var children []*node
		var found *Witness
		var err error
		if round > 0 {
			found = w.attacks(n, round)
			children = []*node{n}
		} else {
			children, found, err = w.visit(n)
			r.queue.visited.Add(1)
			if n.halvings == 0 && len(n.signs) == 0 && len(children) > 0 { // a root that is not refuted at once
				found = w.attacks(children[0], 0)
			}
		}
		if r.queue.give(children, found, err) {
			r.cancel()
		}
	}
}

// attacks looks for a counterexample to each disjunct of a node, in the whole box of the disjunct.
func (w *worker) attacks(n *node, round int) *Witness {
	for _, d := range n.disjunct {
		lo, hi := w.around(w.query.Boxes[w.query.Disjuncts[d].Box])
		rng := rand.New(rand.NewPCG(w.opt.Seed, uint64(round)<<32|uint64(d)))
		var found *Witness
		if round == 0 {
			found = w.walker.attack(d, lo, hi, rng)
		} else {
			points := tries
			for range round - 1 {
				points *= more
			}
			found = w.walker.round(d, lo, hi, max(points/len(n.disjunct), climbersShare), rng)
		}
		if found != nil || w.ctx.Err() != nil {
			return found
		}
	}
	return nil
}
