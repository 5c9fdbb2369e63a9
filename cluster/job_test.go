package cluster

// What a job says is what workers read.

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

func TestAJobKeepsBallsOfEveryKind(t *testing.T) {
	n, err := network.New([]network.Layer{{Act: network.ReLU, W: mat.NewDense(1, 2, []float64{1, 2}), B: []float64{0}}})
	require.NoError(t, err)
	box, err := ball.NewBox([]float64{-1, 0}, []float64{1, 0.5})
	require.NoError(t, err)
	balls := []ball.Ball{box}
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		b, err := ball.New(norm, []float64{3, -0.25}, 2)
		require.NoError(t, err)
		balls = append(balls, b)
	}
	for _, want := range balls {
		j, err := NewJob("", n, want, false)
		require.NoError(t, err)
		got, err := j.ball()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
