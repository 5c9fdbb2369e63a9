package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rnnText is the recurrent network of package network/rnn's documentation.
const rnnText = `{"relucell-rnn":1,"inputs":1,
"U":[["0x1p+0"],["-0x1p+0"]],
"W":[["0x1p+0","0x0p+0"],["0x0p+0","0x1p+0"]],
"b":["0x0p+0","0x1p-1"],
"V":[["0x1p+0","0x1p+0"]],
"c":["0x0p+0"]}
`

func TestUnrolledNetworksAreCountedAndProved(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(file("rnn.json"), []byte(rnnText), 0o666))
	out := succeed(t, "unroll", file("rnn.json"), "--steps", "3", "-o", file("net.json"))
	require.Contains(t, out, "3-2-2-2-1, 6 neurons")
	succeed(t, "count", file("net.json"), "--box=-1:1", "--proof", file("net.proof"))
	require.Contains(t, succeed(t, "check", file("net.json"), file("net.proof")), "VERIFIED")

	every := succeed(t, "unroll", file("rnn.json"), "--steps", "3", "--every-step", "-o", file("every.json"))
	require.Contains(t, every, "3-2-2-2-3, 6 neurons")

	// A plane first, and the same plane afterwards, have the same count.
	plane := []string{"--origin=0,0.25,-0.5", "--direction=1,0,1", "--direction=0,1,-1"}
	succeed(t, append([]string{"unroll", file("rnn.json"), "--steps", "3", "-o", file("a.json")}, plane...)...)
	succeed(t, append([]string{"slice", file("net.json"), "-o", file("b.json")}, plane...)...)
	count := func(net string) string {
		_, text, _ := strings.Cut(succeed(t, "count", file(net), "--box=-1:1"), "Regions")
		line, _, _ := strings.Cut(text, "\n")
		return line
	}
	require.Equal(t, count("b.json"), count("a.json"))
	raw, err := os.ReadFile(file("net.json"))
	require.NoError(t, err)
	require.Equal(t, string(raw), succeed(t, "unroll", file("rnn.json"), "--steps", "3", "-o", "-"))
}

func TestUnrollRefusesBadInputInOneLine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "rnn.json")
	require.NoError(t, os.WriteFile(path, []byte(rnnText), 0o666))
	bad := filepath.Join(dir, "bad.json")
	require.NoError(t, os.WriteFile(bad, []byte(strings.Replace(rnnText, `"c":["0x0p+0"]`, `"c":[]`, 1)), 0o666))
	text := filepath.Join(dir, "a.txt")
	require.NoError(t, os.WriteFile(text, nil, 0o666))
	out := filepath.Join(dir, "out.json")
	for want, args := range map[string][]string{
		"--steps: 0, expected a whole number":       {path, "-o", out},
		"--steps: 70000, expected from 1 to 65536":  {path, "--steps", "70000", "-o", out},
		"--output: \"\", expected a file name":      {path, "--steps", "3"},
		"rnn.json is the network itself":            {path, "--steps", "3", "-o", path},
		"bad.json: text of a recurrent network: c:": {bad, "--steps", "3", "-o", out},
		"--through: 2 numbers, expected 3":          {path, "--steps", "3", "--through=0,1", "--through=1,1,1", "-o", out},
		"--every-step: given for a graph":           {filepath.Join(dir, "a.onnx"), "--steps", "3", "--every-step", "-o", out},
		"unknown ending \".txt\"":                   {text, "--steps", "3", "-o", out},
		"no such file":                              {filepath.Join(dir, "a.npz"), "--steps", "3", "-o", out},
	} {
		_, errs, code := relucell(t, append([]string{"unroll"}, args...)...)
		require.Equal(t, 2, code, "%s: %s", want, errs)
		require.Contains(t, errs, want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}
