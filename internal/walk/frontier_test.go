// Brackets of a walk that a stop finds between depth first and best first.

package walk

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// Cells that a stop had left open before the walk turned best first were forgotten: the upper end
// was too low, and with nothing else open the count was called exact.
func TestCellsLeftBeforeTheFrontierStayInTheBracket(t *testing.T) {
	r := New(forked(newForest(1, 3), Config{Workers: 1}))
	r.total.regions, r.total.left = 5, Left{Opens: 3, Upper: big.NewInt(40)}
	r.Halt()
	require.True(t, r.goBestFirst())
	f := r.turn.frontier.Load()
	f.add([]*node{{path: []int8{1}, upper: big.NewInt(7)}})
	r.explore(f)
	require.EqualValues(t, 4, r.total.left.Opens)
	require.Equal(t, "47", r.total.left.Upper.String())
	lower, upper := r.books.bracket()
	require.EqualValues(t, 9, lower)
	require.Equal(t, "52", upper.String())
}

// A walk that had gone best first was switched to best first once more by the watch: every stint
// then stopped at its first cell, the walk crawled, and its bracket depended on time. One that is
// over is not switched either.
func TestLimitedWalkIsNotSwitchedToBestFirst(t *testing.T) {
	r := New(forked(newForest(1, 3), Config{Workers: 1, Limit: 1000}))
	r.Walk(t.Context())
	before := r.turn.frontier.Load()
	r.goBestFirst()
	require.Same(t, before, r.turn.frontier.Load())
	require.False(t, r.stop.Load())
}
