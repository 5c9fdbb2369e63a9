// The counts that testdata/README.md states, on networks that were really trained.

package twin

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

func TestTwoMoonsCountsOfTheTable(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "testdata", "two_moons_2-16-16-1.json"))
	require.NoError(t, err)
	defer f.Close()
	n, err := network.ReadCanonical(f)
	require.NoError(t, err)
	center := []float64{0.5, 0.25}
	for _, row := range []struct {
		radius       float64
		l1, l2, linf string
	}{
		{0.25, "19", "34", "46"},
		{0.5, "94", "131", "170"},
		{1, "279", "327", "345"},
		{2, "413", "444", "448"},
	} {
		require.Equal(t, row.l1, exactCount(t, n, gen.Must(ball.New(ball.L1, center, row.radius))))
		require.Equal(t, row.l2, exactCount(t, n, gen.Must(ball.New(ball.L2, center, row.radius))))
		require.Equal(t, row.linf, exactCount(t, n, gen.Must(ball.New(ball.LInf, center, row.radius))))
	}
	require.Equal(t, "423", exactCount(t, n, gen.Must(ball.NewBox([]float64{-1.5, -1}, []float64{2.5, 1.5}))))
}
