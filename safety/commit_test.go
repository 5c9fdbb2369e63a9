package safety

// Which bounds a proof takes at a node.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

// TestDoubtfulBoundsAreOfTheSecondLevel: where bounds of the first level are taken for too loose, a
// proof goes to those of the second at once, which the checker accepts; and too loose they are.
func TestDoubtfulBoundsAreOfTheSecondLevel(t *testing.T) {
	doubted, loose := 0, 0
	for i := range 60 {
		rng := rand.New(rand.NewPCG(71, uint64(i)))
		layers := [][][]float64{drawn(rng, 6, 2), drawn(rng, 6, 6), drawn(rng, 6, 6), drawn(rng, 1, 6)}
		n := build(t, []network.Activation{network.ReLU, network.ReLU, network.ReLU, network.None}, layers...)
		box := "(and (>= X_0 -1) (<= X_0 1) (>= X_1 -1) (<= X_1 1))"
		look := func(spec string) (w *worker, root *node, at int, top float64) {
			r, err := newSearch(context.Background(), newSubject(context.Background(), n, read(t, spec)), Options{Workers: 1, Prove: true}, time.Now())
			require.NoError(t, err)
			w, root = newWorker(r), r.queue.waiting[0]
			require.Equal(t, bounded, w.zone.bound(root))
			w.evaluate(root)
			at, top, _ = w.refuted(0, 0)
			return w, root, at, top
		}
		_, _, _, bound := look(specification(n, box, "(<= Y_0 0)"))
		spec := specification(n, box, fmt.Sprintf("(<= Y_0 %.6f)", bound-0.01*math.Abs(bound)-0.01))
		w, root, at, top := look(spec)
		require.Greater(t, top, 0.0, i)
		if !w.doubtful(at) {
			continue
		}
		doubted++
		if w.exact.bound(root, false); !w.exact.back.proves(&claim{alone: 0}) {
			loose++
		}
		verdict, text := proved(t, n, spec, usual(2), 1)
		require.Equal(t, Holds, verdict, i)
		require.True(t, strings.HasSuffix(text, "tree\nR\nZ0 0\nholds\n"), text)
	}
	require.Greater(t, doubted, 10)
	require.Greater(t, 10*loose, 8*doubted)
}

// drawn are rows of weights, with biases.
func drawn(rng *rand.Rand, out, in int) [][]float64 {
	rows := make([][]float64, out)
	for j := range rows {
		for range in + 1 {
			rows[j] = append(rows[j], rng.NormFloat64())
		}
	}
	return rows
}
