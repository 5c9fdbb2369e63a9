package safety

// What waits has a bounded size, whatever the search, and no bound changes an answer or a proof.

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// long is a query of two layers that takes hundreds of nodes, and that holds.
func long(inputs int, spread string, bound float64, rng *rand.Rand) (*network.Network, string) {
	draw := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(rng.IntN(17)-8) / 8
		}
		return v
	}
	const width = 20
	n := gen.Build(gen.ReLU(draw(inputs*width), draw(width)), gen.ReLU(draw(width*width), draw(width)), gen.Affine(draw(width), []float64{0}))
	return n, specification(n, strings.ReplaceAll(boxOf(inputs), "1e9", spread), fmt.Sprintf("(<= Y_0 %g)", bound))
}

// roomy is a search with so much room, with a proof or without.
func roomy(t *testing.T, n *network.Network, spec string, tune tuning, room int, prove bool) *search {
	s := newSubject(context.Background(), n, read(t, spec))
	s.tuning = tune
	r, err := newSearch(context.Background(), s, Options{Workers: 1, Prove: prove}, time.Now())
	require.NoError(t, err)
	r.queue.room = room
	return r
}

// TestWhatWaitsIsBounded counts what waits while up to three workers have nodes at a time, which
// they give back in any order: it is in the room, or at most two nodes of a depth for each.
func TestWhatWaitsIsBounded(t *testing.T) {
	const workers = 3
	uphill := usual(40)
	uphill.entries = 0
	for name, c := range map[string]struct {
		tune   tuning
		inputs int
		spread string
		bound  float64
	}{
		"inputs are halved": {tuning{0, 200, 64, usualEntries}, 3, "1", -6},
		"units are split":   {uphill, 40, "0.1", -11},
	} {
		for _, prove := range []bool{false, true} {
			n, spec := long(c.inputs, c.spread, c.bound, rand.New(rand.NewPCG(3, 5)))
			free := roomy(t, n, spec, c.tune, waitingRoom, prove)
			want := free.run()
			require.Equal(t, Holds, want.Verdict, name)
			text := written(t, want, n, spec)
			for _, nodes := range []int{0, 2, 7} {
				rng := rand.New(rand.NewPCG(7, uint64(nodes)))
				r := roomy(t, n, spec, c.tune, waitingRoom, prove)
				r.queue.room = nodes * r.queue.waiting[0].size()
				w, most, depth := newWorker(r), 0, 0
				var taken []*node
				for !r.queue.empty() || len(taken) > 0 {
					for !r.queue.empty() && len(taken) < workers {
						next, round := r.queue.take()
						require.Zero(t, round)
						taken, depth = append(taken, next), max(depth, next.depth())
					}
					at := rng.IntN(len(taken))
					children, found, err := w.visit(taken[at])
					require.NoError(t, err)
					require.Nil(t, found)
					taken = append(taken[:at], taken[at+1:]...)
					require.False(t, r.queue.give(children, nil, nil))
					r.queue.visited.Store(0) // no rounds
					require.LessOrEqual(t, r.queue.held, max(r.queue.room, r.queue.waitingSize()))
					require.Equal(t, r.queue.waitingSize(), r.queue.held)
					each := map[int]int{}
					for _, n := range r.queue.deep.nodes {
						each[n.depth()]++
						require.LessOrEqual(t, each[n.depth()], 2*workers)
					}
					most = max(most, len(r.queue.deep.nodes))
				}
				require.Zero(t, r.queue.held)
				require.Positive(t, most, name)
				require.LessOrEqual(t, most, 2*workers*(depth+1))
				require.Equal(t, text, written(t, r.result(), n, spec), "%s, %d nodes", name, nodes)
			}
			for _, workers := range []int{1, 4} {
				r := roomy(t, n, spec, c.tune, 0, prove)
				r.opt.Workers = workers
				got := r.run()
				require.Equal(t, want.Verdict, got.Verdict)
				require.Equal(t, want.Nodes, got.Nodes, "the tree is another one")
				require.Equal(t, text, written(t, got, n, spec))
			}
			require.Greater(t, want.Nodes, int64(40), name)
		}
	}
}

// waitingSize is the size of what waits for the least bound.
func (q *queue) waitingSize() (size int) {
	for _, n := range q.waiting {
		size += n.size()
	}
	return size
}

// written is the text of a proof, empty where there is none.
func written(t *testing.T, res Result, n *network.Network, spec string) string {
	if res.Proof == nil {
		return ""
	}
	defer res.Proof.Close()
	var text strings.Builder
	require.NoError(t, res.Proof.Write(&text, n.Fingerprint(), fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(spec)))))
	return text.String()
}
