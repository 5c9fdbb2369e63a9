package safety

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/internal/looks"
)

// A wide convolution's rows, gigabytes, were cleared at a stroke, and those that come back were all
// taken to the inputs after a stop: it waited ten seconds. Now all that is long looks at the
// context, wherever it ends, and what is not finished claims nothing.
func TestStopsWhileAZoneIsBoundedClaimNothing(t *testing.T) {
	seen := map[state]int{}
	for i := range 40 {
		n := floatNet(t, rand.New(rand.NewPCG(11, uint64(i))))
		q := ask(t, n, boxOf(n.Inputs()), fmt.Sprintf("(<= Y_0 %d)", -1<<40)) // never
		s := newSubject(context.Background(), n, q)
		root := func() *node {
			k := &node{disjunct: []int32{0}}
			for range n.Inputs() {
				k.lo, k.hi = append(k.lo, -1), append(k.hi, 1)
			}
			return k
		}
		m := &mixture{mu: []float64{1}, beta: make([]float64, s.units)}
		for left := 0; ; left++ {
			ctx := looks.After(s.ctx, left)
			s := *s
			s.ctx = ctx
			z := newZone(&s)
			st := z.bound(root())
			seen[st]++
			if ctx.Ended() {
				require.Equal(t, stopped, st)
				continue
			}
			require.Equal(t, bounded, st)
			before := ctx.Made()
			if v := z.back.mixed(0, m); ctx.Made() > before && ctx.Ended() {
				require.False(t, v > 0, "a form that did not come back refutes nothing: %g", v)
				continue
			}
			break
		}
	}
	require.Positive(t, seen[stopped])
	require.Equal(t, 0, seen[unbounded])
}
