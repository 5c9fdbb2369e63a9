package main

// A network whose units differ, from the text to the proof.

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnitsThatDifferOnTheCommandLine(t *testing.T) {
	// |x| and x, then relu(|x| − ½) and x + y carried on.
	written := writeBytes(t, "mixed.json", []byte(`{"relucell-network":1,"inputs":2,"layers":[
		{"activation":"mixed","slopes":[1,-1,1],"weights":[[1,0],[1,0],[0,1]],"bias":[0,0,0]},
		{"activation":"mixed","slopes":[0,1],"weights":[[0,1,0],[1,0,1]],"bias":[-0.5,0]}]}`))
	net := filepath.Join(t.TempDir(), "canonical.json")
	succeed(t, "convert", written, "-o", net)
	info := succeed(t, "info", net)
	require.Contains(t, info, "2 neurons")
	require.Contains(t, info, "mixed")
	require.Contains(t, succeed(t, "info", net, "--format", "json"), `"slopes":[1,-1,1]`)
	proof := filepath.Join(t.TempDir(), "proof")
	ball := []string{"--center", "0", "--radius", "1", "--norm", "linf"}
	require.Contains(t, succeed(t, append([]string{"count", net, "--proof", proof}, ball...)...), "4 activation regions, exact")
	require.Contains(t, succeed(t, "check", net, proof), "VERIFIED  exactly 4 activation regions")
	require.Contains(t, succeed(t, append([]string{"list", net}, ball...)...), "+-")
	succeed(t, append([]string{"plot", net, "--html", "-o", filepath.Join(t.TempDir(), "map.html")}, ball...)...)
}
