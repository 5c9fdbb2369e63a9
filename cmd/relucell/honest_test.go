package main

// What a command says of a network is what is there, once.

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

// The same warning came twenty times, once for each bound.
func TestBoundsWarnOnceOfEachReason(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b, err := ball.New(ball.LInf, []float64{0, 0}, 1)
	require.NoError(t, err)
	var log bytes.Buffer
	evaluateBounds(ctx, newLogger(&log, slog.LevelWarn), gen.Maxima(gen.NewRand(1), 2, 10), b)
	require.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
	require.Contains(t, log.String(), `msg="bounds not evaluated" names=all reason="context canceled"`)
}

// Zeros of a convolution's matrix were told as parameters.
func TestInfoCountsZerosApart(t *testing.T) {
	path := writeBytes(t, "net.json", []byte(`{"relucell-network":1,"inputs":3,"layers":[{"activation":"relu","weights":[[1,0,0],[0,2,0]],"bias":[0,1]}]}`))
	require.Contains(t, succeed(t, "info", path), "1 layer, with 2 weights other than 0 and 4 that are 0, and 2 biases\n")
	require.Contains(t, succeed(t, "info", path, "--format", "json"), `"parameters":8,"zeros":4,`)
}
