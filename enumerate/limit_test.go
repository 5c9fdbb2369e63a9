// A limit's bracket must not depend on time.

package enumerate

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// A walk that had gone best first was switched to best first once more by the watch: every stint
// then stopped at its first cell, the walk crawled, and its bracket depended on time. One that is
// over is not switched either.
func TestLimitedWalkIsNotSwitchedToBestFirst(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(2, 2, []float64{1, 0, 0, 1}), B: make([]float64, 2), Act: network.ReLU}})
	require.NoError(t, err)
	b, err := ball.New(ball.L2, []float64{0, 0}, 1)
	require.NoError(t, err)
	res, err := Count(context.Background(), n, b, Options{Limit: 1000})
	require.NoError(t, err)
	require.True(t, res.Exact)
}
