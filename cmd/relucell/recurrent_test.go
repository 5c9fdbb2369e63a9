package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tinyRecurrent is a study of a second.
var tinyRecurrent = []string{"experiment", "recurrent", "--steps", "4", "--hidden", "4", "--pilot", "5", "--seeds", "1", "--measure", "0,10",
	"--test", "9", "--lines", "1", "--init", "np,identity", "--optimizer", "sgd,path2", "--rates", "sgd=0.1", "--rates", "path2=0.01,0.001"}

func TestRecurrentStudiesAreReplayedFromTheirManifest(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	out := succeed(t, append(tinyRecurrent, "-o", a, "--figures", "none")...)
	require.Contains(t, out, "SGD's regions on a line are more than those of path2")
	require.Contains(t, out, "sgd made more regions on a line")
	require.Contains(t, out, "8 networks (0 trained by an earlier run)")
	out = succeed(t, "experiment", "recurrent", "--replay", filepath.Join(a, "manifest.json"), "-o", b, "--figures", "svg")
	require.Contains(t, out, "Replayed: all 8 networks and 4 tables are as the manifest has them.")
	require.FileExists(t, filepath.Join(b, "figures", "addition-regions-planes.svg"))

	// A stored network is one that unroll reads.
	net := filepath.Join(t.TempDir(), "net.json")
	out = succeed(t, "unroll", filepath.Join(b, "networks", "addition-np-path2-seed1-batch10.json"), "--steps", "4", "-o", net)
	require.Contains(t, out, "8-4-4-4-4-1, 16 neurons")
}

func TestRecurrentRefusesBadInputInOneLine(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "m.json")
	require.NoError(t, os.WriteFile(manifest, []byte(`{"relucell-experiment":1,"kind":"training"}`), 0o666))
	out := filepath.Join(dir, "out")
	for want, args := range map[string][]string{
		"--output: missing":                               {},
		`--task: "copy", expected addition`:               {"--task", "copy", "-o", out},
		"--file: missing, expected a text":                {"--task", "text", "-o", out},
		"only the task text reads one":                    {"--file", "x", "-o", out},
		`"make data" fetches it`:                          {"--task", "digits", "--cache", dir, "-o", out},
		"--steps: 1, expected 2 or more":                  {"--steps", "1", "-o", out},
		`--rates: "sgd", expected an optimiser`:           {"--rates", "sgd", "-o", out},
		`--rates: "adam=1", expected an optimiser`:        {"--rates", "adam=1", "-o", out},
		"--rates: 0 of path, expected finite":             {"--rates", "path=0", "-o", out},
		`--first-seed: "0", expected a whole number from`: {"--first-seed", "0", "-o", out},
		`--init: "he", expected of random, identity`:      {"--init", "he", "-o", out},
		"--measure: [3 1], expected ascending":            {"--measure", "3,1", "-o", out},
		"--seeds: given beside --replay":                  {"--replay", manifest, "--seeds", "3", "-o", out},
		`of kind "training", expected version 1 of kin`:   {"--replay", manifest, "-o", out},
	} {
		_, errs, code := relucell(t, append([]string{"experiment", "recurrent"}, args...)...)
		require.Equal(t, 2, code, "%s: %s", want, errs)
		require.Contains(t, errs, want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		require.NoDirExists(t, out)
	}
}
