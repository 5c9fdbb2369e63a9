package relucell_test

import (
	"context"
	"errors"
	"path/filepath"
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

func TestChecksStop(t *testing.T) {
	b, err := ball.New(ball.L2, []float64{0, 0}, 1)
	require.NoError(t, err)
	p, err := relucell.Open("testdata/degenerate/concurrent.json", b)
	require.NoError(t, err)
	path, ctx := filepath.Join(t.TempDir(), "proof"), context.Background()
	_, err = p.Prove(ctx, path, relucell.Options{})
	require.NoError(t, err)
	report, err := p.Check(ctx, path)
	require.NoError(t, err)
	require.EqualValues(t, 6, report.Count)
	ended, end := context.WithCancelCause(ctx)
	why := errors.New("enough")
	end(why)
	report, err = p.Check(ended, path)
	require.ErrorIs(t, err, why)
	require.Nil(t, report)
}
