package safety

// The nodes that wait, the least bound first, and how the search ends.
//
// What waits has a bounded size. The least bound first finds a counterexample soon, but keeps all
// that is open: half of what was visited, each node with what is known of its units. So beyond
// waitingRoom the children of a node go to a second queue, which is emptied before the first one
// goes on, the deepest first. A node of depth d is taken from there when no deeper one waits, so w
// workers leave at most 2w nodes of each depth, however long the search is. What a node is does not
// depend on when it is taken: verdicts and proofs are the same.

import (
	"container/heap"
	"context"
	"sync"
	"sync/atomic"
)

// waitingRoom is the size of nodes, in bytes, that may wait for the least bound.
const waitingRoom = 1 << 30

// queue is what the workers of a search share.
type queue struct {
	ctx     context.Context
	mu      sync.Mutex
	wake    *sync.Cond
	waiting nodes
	deep    deepest // what waits beyond room
	held    int     // the size of what waits in waiting
	room    int
	busy    int // workers that look at a node or make a round
	rounds  int
	climb   int64 // the number of nodes that the next round waits for
	found   *Witness
	err     error
	visited atomic.Int64
}

// open is the number of nodes that are not decided.
func (q *queue) open() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int64(len(q.waiting) + len(q.deep.nodes) + q.busy)
}

// take waits for a node. A round is one of climbing, on the node's disjuncts, after which the node
// waits again; 0 is none. It returns nil at the end.
func (q *queue) take() (*node, int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.ctx.Err() != nil || q.found != nil || q.err != nil || q.empty() && q.busy == 0 {
			return nil, 0
		}
		if !q.empty() {
			q.busy++
			n := q.next()
			if q.visited.Load() >= q.climb {
				q.climb *= roundsApart
				q.rounds++
				return n, q.rounds
			}
			return n, 0
		}
		q.wake.Wait()
	}
}

func (q *queue) empty() bool { return len(q.waiting) == 0 && len(q.deep.nodes) == 0 }

// next takes a node out.
func (q *queue) next() *node {
	if len(q.deep.nodes) > 0 {
		return heap.Pop(&q.deep).(*node)
	}
	n := heap.Pop(&q.waiting).(*node)
	q.held -= n.size()
	return n
}

// put lets a node wait.
func (q *queue) put(n *node) {
	size := n.size()
	if q.held+size > q.room {
		heap.Push(&q.deep, n)
		return
	}
	q.held += size
	heap.Push(&q.waiting, n)
}

// give returns what became of a node, and says whether the search has ended.
func (q *queue) give(children []*node, found *Witness, err error) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	for _, c := range children {
		q.put(c)
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

// deepest is a heap with the deepest node first.
type deepest struct{ nodes }

func (h deepest) Less(i, j int) bool {
	a, b := h.nodes[i], h.nodes[j]
	return a.depth() > b.depth() || a.depth() == b.depth() && a.key < b.key
}
