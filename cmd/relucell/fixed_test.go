package main

// Boxes that fix inputs: the count is that of the network sliced to the others.

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const threeInputs = `{"relucell-network":1,"inputs":3,"layers":[
{"activation":"relu","weights":[["0x1p+0","0x0p+0","-0x1p+0"],["0x0p+0","0x1p+0","0x1p-1"],["0x1p+0","0x1p+0","-0x1p+1"]],"bias":["0x0p+0","0x0p+0","0x0p+0"]}
]}
`

// A coordinate with lo = hi was refused.
func TestABoxThatFixesAnInputCountsTheSlice(t *testing.T) {
	net, dir := writeBytes(t, "three.json", []byte(threeInputs)), t.TempDir()
	proof, slice := filepath.Join(dir, "proof"), filepath.Join(dir, "slice.json")
	box := "--box=-1:1,-1:1,0.5:0.5" // x − ½, y + ¼, x + y − 1
	for _, command := range [][]string{{"count", net, box, "--proof", proof}, {"list", net, box}, {"bound", net, box}} {
		_, errs, code := relucell(t, command...)
		require.Zero(t, code, errs)
		require.Contains(t, errs, "--inputs 0,1 --origin=0,0,0.5", command)
	}
	out, _, code := relucell(t, "count", net, box, "--format", "json")
	require.Zero(t, code)
	require.Contains(t, out, `"regions":{"lower":"6","upper":"6"}`)
	require.Contains(t, out, `"lo":[-1,-1]`)
	require.Contains(t, out, `"notes":["--box fixes 1 input`)
	succeed(t, "slice", net, "--inputs", "0,1", "--origin=0,0,0.5", "-o", slice)
	require.Contains(t, succeed(t, "check", slice, proof), "exactly 6 activation regions")
	plot := filepath.Join(dir, "map.html")
	drawn, errs, code := relucell(t, "plot", net, box, "-o", plot)
	require.Zero(t, code, errs)
	require.Contains(t, drawn, "6 activation regions")
	html, err := os.ReadFile(plot)
	require.NoError(t, err)
	require.Contains(t, string(html), `"inputs":["x0","x1"]`)
	_, errs, code = relucell(t, "plot", net, "--box=-1:1", "-o", plot)
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "3 inputs, expected 2, or a plane")
	for says, box := range map[string]string{"every input is fixed": "0:0", "lower below the upper": "0:0,1:0,0:1"} {
		_, errs, code := relucell(t, "count", net, "--box="+box)
		require.Equal(t, exitInput, code)
		require.Contains(t, errs, says)
	}
}
