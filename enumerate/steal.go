// Sharing the walk: an idle worker is handed the shallowest subtree that a busy
// one has not begun (work stealing, Blumofe and Leiserson 1999: the oldest
// task is the largest). Nodes do not depend on who walks them.

package enumerate

import (
	"math/big"
	"sync/atomic"
)

// handover is a subtree that another worker walks.
type handover struct {
	state atomic.Int32 // one of the three below
	done  chan struct{}
	obs   Observer
	did   odometer // with a checkpoint
	err   error
}

const (
	handoverRunning int32 = iota
	handoverFinished
	handoverAwaited
)

// offer hands the shallowest frame to an idle worker, if there is one.
func (w *walker) offer() {
	if w.run.free.Load() <= 0 {
		return
	}
	f := w.shallowest()
	if f == nil || !w.run.take() {
		return
	}
	c, h := w.hand(f)
	go c.serve(h, *f)
}

// shallowest returns the first frame that was not handed over, nil if there is none.
func (w *walker) shallowest() *frame {
	for i := range w.frames {
		if w.frames[i].given == nil {
			return &w.frames[i]
		}
	}
	return nil
}

// hand prepares another walker for the plus side of a frame.
func (w *walker) hand(f *frame) (*walker, *handover) {
	h := &handover{done: make(chan struct{})}
	if w.obs != nil {
		h.obs = w.obs.Fork()
	}
	c := w.run.spare()
	c.adopt(w, f)
	c.obs = h.obs
	f.given = h
	if w.run.bracketed {
		w.boundFrame(f)
		c.account = &account{opens: 1, upper: f.plus}
		w.publish(c.account)
	}
	return c, h
}

// take claims an idle worker.
func (r *run) take() bool {
	for {
		n := r.free.Load()
		if n <= 0 {
			return false
		}
		if r.free.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// spare returns a walker to use.
func (r *run) spare() *walker {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.spares); n > 0 {
		w := r.spares[n-1]
		r.spares = r.spares[:n-1]
		return w
	}
	return newWalker(r)
}

// adopt copies the path to frame f of o: the cell, and what its plus side needs.
func (w *walker) adopt(o *walker, f *frame) {
	w.frames = w.frames[:0]
	w.path = append(w.path[:0], o.path[:f.depth]...)
	w.off, w.err, w.account = 0, nil, nil
	w.left, w.leftUpper = 0, new(big.Int)
	w.saved, w.joined = f.saved, odometer{}
	copy(w.labels, o.labels)
	w.base = 0
	if o.described { // where another walker takes over, it counts levels from the root
		w.base = f.depth
	}
	src, dst := o.levels[f.d], w.level(w.base)
	dst.acc.cols = append(dst.acc.cols[:0], src.acc.cols...)
	dst.acc.exact = src.acc.exact
	w.states[f.l].reserve(w.m.layers[f.l], f.l, w.m.n)
	w.states[f.l].copyFrom(o.states[f.l])
	w.pivots0 = w.solver.Pivots()
	if w.described = o.described; w.described {
		w.adoptDescription(o, f)
		return
	}
	w.solver.CopyFrom(o.solver, f.depth)
	w.pivots0 = w.solver.Pivots()
	dst.setWitness(src)
	dst.far.setWitness(src.far)
	w.unconstrained()
	for _, a := range o.cert.anc[:f.depth] {
		z := *a.form
		z.g = append([]float64(nil), z.g...)
		a.form = &z
		w.constrain(a)
	}
}

// copyFrom copies the forms and what is settled; both hold the same layer.
func (st *layerState) copyFrom(o *layerState) {
	copy(st.rows, o.rows)
	for j := range st.forms {
		z, y := &st.forms[j], &o.forms[j]
		z.h, z.err, z.mag, z.quantum = y.h, y.err, y.mag, y.quantum
	}
	copy(st.done, o.done)
	st.entry = -1 // the cell of entry is not on this walker's stack
	for j := range o.proofs {
		st.proofs[j].copyFrom(&o.proofs[j])
	}
}

// serve walks the plus side of the frame. The worker's turn passes to the
// one that waits for it, or becomes free.
func (w *walker) serve(h *handover, f frame) {
	if w.run.journal != nil {
		w.serveKept(h, f)
	} else {
		w.side(f.l, f.j, w.base, 1, true)
	}
	h.err = w.err
	if w.err != nil {
		w.run.quit()
	}
	w.closeAccount()
	r := w.run
	r.retire(w)
	if h.state.CompareAndSwap(handoverRunning, handoverFinished) {
		r.free.Add(1)
	}
	close(h.done)
}

// join waits for a handed-over subtree; meanwhile the worker's turn is another's.
func (w *walker) join(h *handover) {
	if h.state.CompareAndSwap(handoverRunning, handoverAwaited) {
		w.publishWaiting()
		w.run.free.Add(1)
	}
	if w.run.journal != nil {
		w.awaitKept(h)
	}
	<-h.done
	if h.err != nil && w.err == nil {
		w.err = h.err
	}
	if w.obs != nil && w.err == nil {
		w.obs.Join(h.obs)
	}
}
