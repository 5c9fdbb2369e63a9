// Sharing the walk: an idle worker is handed the shallowest subtree that a busy one has not begun
// (work stealing, Blumofe and Leiserson 1999: the oldest task is the largest). Nodes do not depend
// on who walks them.

package walk

import "sync/atomic"

// crew are the workers that have nothing to do.
type crew struct {
	run  *Run
	free atomic.Int32 // how many more may walk
	idle []*worker    // under the lock of run.total
}

// handover is a subtree that another worker walks.
type handover struct {
	state atomic.Int32 // one of the three below
	done  chan struct{}
	sink  Sink
	did   odometer
	err   error
}

const (
	handoverRunning int32 = iota
	handoverFinished
	handoverAwaited
)

// spare returns a worker to use.
func (c *crew) spare() *worker {
	t := &c.run.total
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return w
	}
	w := &worker{run: c.run, tree: c.run.cfg.NewTree(&c.run.stop), keep: c.run.cfg.Keep.fork()}
	w.clean()
	return w
}

// claim takes the turn of an idle worker.
func (c *crew) claim() bool {
	for {
		n := c.free.Load()
		if n <= 0 {
			return false
		}
		if c.free.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// offer hands the shallowest split to an idle worker, if there is one.
func (w *worker) offer() {
	c := &w.run.crew
	if c.free.Load() <= 0 {
		return
	}
	f := w.shallowest()
	if f == nil || !c.claim() {
		return
	}
	other := c.spare()
	h := &handover{done: make(chan struct{}), sink: w.sink.Fork()}
	other.path = append(other.path[:0], w.path[:f.depth]...)
	other.tree.CopyFrom(w.tree, f.depth)
	other.hear(h.sink)
	other.keep.start(other.path)
	f.given = h
	w.books.give(w, f, other)
	go other.serve(h)
}

// shallowest returns the first split whose plus side can be handed over, nil if there is none.
func (w *worker) shallowest() *frame {
	for i := range w.frames {
		if f := &w.frames[i]; f.given == nil && f.side <= 0 {
			return f
		}
	}
	return nil
}

// serve walks the plus side of the split at which the tree stands. The worker's turn passes to the
// one that waits for it, or becomes free.
func (w *worker) serve(h *handover) {
	start := w.keep.clock()
	if w.enter(1) {
		w.loop()
		w.leave()
	}
	h.did = w.keep.since(w, start)
	h.err = w.err
	r := w.run
	if w.err != nil {
		r.Halt()
	}
	r.retire(w)
	if h.state.CompareAndSwap(handoverRunning, handoverFinished) {
		r.crew.free.Add(1)
	}
	close(h.done)
}

// join waits for a subtree that was handed over; meanwhile the worker's turn is another's.
func (w *worker) join(h *handover) {
	if h.state.CompareAndSwap(handoverRunning, handoverAwaited) {
		w.books.waiting(w)
		w.run.crew.free.Add(1)
	}
	start := w.keep.clock()
	<-h.done
	w.keep.join(h.did, start)
	if h.err != nil && w.err == nil {
		w.err = h.err
	}
	if w.err == nil {
		w.sink.Join(h.sink)
	}
}
