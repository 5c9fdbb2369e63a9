package main

// Numbers beyond float64: an exact answer has them, and floats beside it are left out.

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// JSON has no infinite numbers: lipschitz and bound ended with "unsupported value: +Inf".
func TestFloatsBeyondTheirRangeAreLeftOut(t *testing.T) {
	steep := writeBytes(t, "steep.json", []byte(`{"relucell-network":1,"inputs":1,"layers":[
{"activation":"none","weights":[["0x1p+1000"]],"bias":["0x0p+0"]},
{"activation":"none","weights":[["0x1p+1000"]],"bias":["0x0p+0"]}
]}
`))
	far := writeBytes(t, "far.json", []byte(`{"relucell-network":1,"inputs":1,"layers":[
{"activation":"relu","weights":[["0x1p-100"]],"bias":["-0x1p+1000"]}
]}
`))
	most := `"lower":1.7976931348623157e+308,`
	out := succeed(t, "lipschitz", steep, "--center", "0", "--radius", "1", "--of", "linf", "--format", "json")
	require.Contains(t, out, `"exact":"1148`)
	require.Contains(t, out, most+`"pattern"`)
	require.Contains(t, succeed(t, "lipschitz", steep, "--center", "0", "--radius", "1", "--of", "linf"), "(a fraction of 603 digits), exact")
	out = succeed(t, "bound", far, "--center", "0", "--radius", "1", "--norm", "linf", "--terms", "crown", "--format", "json")
	require.Contains(t, out, `"nearest":{"neuron":0,"exact":"1358`)
	require.Contains(t, out, strings.TrimSuffix(most, ",")+"}")
	require.Contains(t, succeed(t, "bound", far, "--center", "0", "--radius", "1"), "at distance 1.7976931348623157e+308 at least")
}

// A picture of an output that is large and constant was a panic.
func TestReachOfALargeConstant(t *testing.T) {
	constant := writeBytes(t, "constant.json", []byte(`{"relucell-network":1,"inputs":2,"layers":[
{"activation":"none","weights":[["0x0p+0","0x0p+0"],["0x1p+0","0x1p+0"]],"bias":["0x1p+502","0x0p+0"]}
]}
`))
	succeed(t, "reach", constant, "--box=-1:1", "-o", filepath.Join(t.TempDir(), "image.svg"))
}
