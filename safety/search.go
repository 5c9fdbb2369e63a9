package safety

// The branch and bound: nodes wait in a heap, the least bound first, and workers take them.

import (
	"container/heap"
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// firstRound is the number of nodes after which a round of climbing is made; every round waits
	// roundsApart times as long as the one before, and takes some times as long.
	firstRound, roundsApart = 50, 5
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

	mu      sync.Mutex
	wake    *sync.Cond
	waiting nodes
	busy    int // workers that look at a node or make a round
	rounds  int
	next    int64 // the number of nodes that the next round waits for
	found   *Witness
	err     error
	*proofs

	visited, programmesAsked, exactAsked, givenUp atomic.Int64
}

func newSearch(ctx context.Context, s *subject, opt Options, started time.Time) (*search, error) {
	r := &search{subject: s, parent: ctx, opt: opt, started: started, next: firstRound}
	s.ctx, r.cancel = context.WithCancel(ctx)
	r.wake = sync.NewCond(&r.mu)
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
		r.waiting = append(r.waiting, n)
	}
	for d := range s.query.Disjuncts {
		n := r.waiting[s.query.Disjuncts[d].Box]
		n.disjunct = append(n.disjunct, int32(d))
	}
	return r, nil
}

// prove makes the search one with a proof.
func (r *search) prove() (err error) {
	r.proofs = &proofs{tree: &tree{roots: make([][]piece, len(r.query.Boxes))}}
	if r.header, err = header(r.query); err != nil {
		return err
	}
	if r.fixed, r.waiting, err = r.proving(); err == nil {
		r.bits = r.fixed.bits
	}
	return err
}

// run searches to the end.
func (r *search) run() Result {
	defer r.cancel()
	go func() { // a stop wakes those who wait
		<-r.ctx.Done()
		r.mu.Lock()
		r.wake.Broadcast()
		r.mu.Unlock()
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
	res := Result{Nodes: r.visited.Load(), Programmes: r.programmesAsked.Load(), Exact: r.exactAsked.Load()}
	switch {
	case r.found != nil:
		res.Verdict, res.Witness = Violated, r.found
	case r.parent.Err() != nil:
		res.Stopped = context.Cause(r.parent).Error()
	case r.err != nil:
		res.Stopped = r.err.Error()
	case r.givenUp.Load() > 0 && r.proofs != nil:
		res.Stopped = "some boxes cannot be split any further, and what refutes them is longer than a line of a proof may be: leave the proof out"
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
				r.mu.Lock()
				open := len(r.waiting) + r.busy
				r.mu.Unlock()
				r.opt.Progress(Progress{r.visited.Load(), int64(open), time.Since(r.started)})
			}
		}
	}()
	return done
}

// work takes nodes until there are none.
func (r *search) work() {
	w := &worker{search: r, zone: newZone(r.subject), walker: newWalker(r.subject)}
	if r.proofs != nil {
		w.exact = newFixedZone(r.proofs.fixed)
	}
	for {
		n, round := r.take()
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
			r.visited.Add(1)
			if n.halvings == 0 && len(n.signs) == 0 && len(children) > 0 { // a root that is not refuted at once
				found = w.attacks(children[0], 0)
			}
		}
		r.give(children, found, err)
	}
}

// take waits for a node. A round is one of climbing, on the node's disjuncts, after which the node
// waits again; 0 is none. It returns nil at the end.
func (r *search) take() (*node, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if r.ctx.Err() != nil || r.found != nil || r.err != nil || len(r.waiting) == 0 && r.busy == 0 {
			return nil, 0
		}
		if len(r.waiting) > 0 {
			r.busy++
			n := heap.Pop(&r.waiting).(*node)
			if r.visited.Load() >= r.next {
				r.next *= roundsApart
				r.rounds++
				return n, r.rounds
			}
			return n, 0
		}
		r.wake.Wait()
	}
}

// give returns what became of a node.
func (r *search) give(children []*node, found *Witness, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy--
	for _, c := range children {
		heap.Push(&r.waiting, c)
	}
	if found != nil && r.found == nil {
		r.found = found
	}
	if err != nil && r.err == nil && r.ctx.Err() == nil {
		r.err = err
	}
	if r.found != nil || r.err != nil {
		r.cancel()
	}
	r.wake.Broadcast()
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
			found = w.walker.round(d, lo, hi, points, rng)
		}
		if found != nil || w.ctx.Err() != nil {
			return found
		}
	}
	return nil
}

// nodes is a heap.
type nodes []*node

func (h nodes) Len() int           { return len(h) }
func (h nodes) Less(i, j int) bool { return h[i].key < h[j].key }
func (h nodes) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *nodes) Push(x any)        { *h = append(*h, x.(*node)) }
func (h *nodes) Pop() any {
	last := len(*h) - 1
	n := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return n
}
