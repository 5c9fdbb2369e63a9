package relucell_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell"
	"github.com/relucell/relucell/ball"
)

func TestGraphOfThreeLines(t *testing.T) {
	b, err := ball.New(ball.L2, []float64{0, 0}, 1)
	require.NoError(t, err)
	p, err := relucell.Open("testdata/degenerate/concurrent.json", b)
	require.NoError(t, err)
	g, err := p.Graph(context.Background())
	require.NoError(t, err)
	require.Len(t, g.Regions, 6)
	require.Len(t, g.Edges, 6)
	require.EqualValues(t, 2, g.Degree())
}
