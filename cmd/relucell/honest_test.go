package main

// What a command says of a network is what is there, once.

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// A network with maxima had the same warning twenty times, once for each bound.
func TestBoundsWarnOnceOfEachReason(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, gen.Maxima(gen.NewRand(1), 2, 10).WriteCanonical(&text))
	_, errs, code := relucell(t, "count", writeBytes(t, "maxima.json", text.Bytes()), "--box=-1:1", "--bounds")
	require.Zero(t, code)
	require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	require.Contains(t, errs, `msg="bounds not evaluated" names=all reason="network: it has maxima`)
}

// Zeros of a convolution's matrix were told as parameters.
func TestInfoCountsZerosApart(t *testing.T) {
	path := writeBytes(t, "net.json", []byte(`{"relucell-network":1,"inputs":3,"layers":[{"activation":"relu","weights":[[1,0,0],[0,2,0]],"bias":[0,1]}]}`))
	require.Contains(t, succeed(t, "info", path), "1 layer, with 2 weights other than 0 and 4 that are 0, and 2 biases\n")
	require.Contains(t, succeed(t, "info", path, "--format", "json"), `"parameters":8,"zeros":4,`)
}
