package safety

// The nodes that wait, the least bound first, and how the search ends.

import (
	"container/heap"
	"context"
	"sync"
	"sync/atomic"
)

// queue is what the workers of a search share.
type queue struct {
	ctx     context.Context
	mu      sync.Mutex
	wake    *sync.Cond
	waiting nodes
	busy    int // workers that look at a node or make a round
	rounds  int
	next    int64 // the number of nodes that the next round waits for
	found   *Witness
	err     error
	visited atomic.Int64
}

// open is the number of nodes that are not decided.
func (q *queue) open() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int64(len(q.waiting) + q.busy)
}

// take waits for a node. A round is one of climbing, on the node's disjuncts, after which the node
// waits again; 0 is none. It returns nil at the end.
func (q *queue) take() (*node, int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.ctx.Err() != nil || q.found != nil || q.err != nil || len(q.waiting) == 0 && q.busy == 0 {
			return nil, 0
		}
		if len(q.waiting) > 0 {
			q.busy++
			n := heap.Pop(&q.waiting).(*node)
			if q.visited.Load() >= q.next {
				q.next *= roundsApart
				q.rounds++
				return n, q.rounds
			}
			return n, 0
		}
		q.wake.Wait()
	}
}

// give returns what became of a node, and says whether the search has ended.
func (q *queue) give(children []*node, found *Witness, err error) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	for _, c := range children {
		heap.Push(&q.waiting, c)
	}
	if found != nil && q.found == nil {
		q.found = found
	}
	if err != nil && q.err == nil && q.ctx.Err() == nil {
		q.err = err
	}
	q.wake.Broadcast()
	return q.found != nil || q.err != nil
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
