// Best first within bounded memory: while a bracket is wanted, the subtrees
// with the largest bounds are walked first, so that the sum of the bounds of what is
// open falls fast. A few tasks wait in a pool; a worker whose own subtrees have become
// small makes way for a larger one.

package enumerate

import (
	"container/heap"
	"math/big"
	"sync"
)

const (
	// poolSize is the number of tasks that wait. Each holds the state of a path,
	// some hundred kilobytes for a network of hundreds of neurons.
	poolSize = 16
	// turn is the number of splits between two looks at the pool.
	turn = 1024
)

// pool holds the waiting tasks, largest first.
type pool struct {
	mu    sync.Mutex
	tasks taskHeap
}

type taskHeap []*task

func (h taskHeap) Len() int           { return len(h) }
func (h taskHeap) Less(i, j int) bool { return h[i].size.Cmp(h[j].size) > 0 }
func (h taskHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *taskHeap) Push(x any)        { *h = append(*h, x.(*task)) }
func (h *taskHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return t
}

// push adds a task unless the pool is full.
func (p *pool) push(t *task) {
	p.mu.Lock()
	defer p.mu.Unlock()
	heap.Push(&p.tasks, t)
}

// room says whether another task may wait.
func (p *pool) room() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.tasks) < poolSize
}

// pop takes the largest task, nil if there is none.
func (p *pool) pop() *task {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tasks) == 0 {
		return nil
	}
	return heap.Pop(&p.tasks).(*task)
}

// popAbove takes the largest task if it is more than twice the size.
func (p *pool) popAbove(size *big.Int) *task {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tasks) == 0 || p.tasks[0].size.Cmp(new(big.Int).Lsh(size, 1)) <= 0 {
		return nil
	}
	return heap.Pop(&p.tasks).(*task)
}

// rebalance is called at a split, now and then: it puts the shallowest frame
// into the pool, and makes way for a larger task.
func (w *walker) rebalance() {
	r := w.run
	if r.stop.Load() || w.off > 0 {
		return
	}
	if f := w.shallowest(); f != nil && r.pool.room() {
		t := w.hand(f)
		if r.take() {
			t.start()
		} else {
			r.pool.push(t)
		}
	}
	_, own := w.pending(true)
	if t := r.pool.popAbove(own); t != nil {
		w.publish()
		me := &task{size: own, resume: make(chan struct{})}
		r.pool.push(me)
		t.start()
		<-me.resume
	}
}
