package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tinyTraining is a study of a second.
var tinyTraining = []string{"experiment", "training", "--data", "moons", "--seeds", "2", "--epochs", "0,2", "--points", "3", "--hidden", "4,4"}

func TestTrainingIsReplayedFromItsManifest(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	out := succeed(t, append(tinyTraining, "-o", a, "--figures", "none")...)
	require.Contains(t, out, "boundaries moved away from training points")
	require.Contains(t, out, "more regions at training than at random points, radius 0.1")
	out = succeed(t, "experiment", "training", "--replay", filepath.Join(a, "manifest.json"), "-o", b, "--figures", "svg")
	require.Contains(t, out, "Replayed: all 4 networks and 3 tables are as the manifest has them.")
	for _, name := range []string{"measurements.csv", "manifest.json", "networks/moons-adam-seed2-epoch2.json"} {
		x, err := os.ReadFile(filepath.Join(a, name))
		require.NoError(t, err)
		y, err := os.ReadFile(filepath.Join(b, name))
		require.NoError(t, err)
		require.Equal(t, string(x), string(y), name)
	}
	require.FileExists(t, filepath.Join(b, "figures", "moons-adam-count.svg"))
	out = succeed(t, "info", filepath.Join(b, "networks", "moons-adam-seed2-epoch2.json"))
	require.Contains(t, out, "4")
}

func TestTrainingRefusesBadInputInOneLine(t *testing.T) {
	dir := t.TempDir()
	table := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		return path
	}
	out := filepath.Join(dir, "out")
	for want, args := range map[string][]string{
		"line 2: 2 columns, expected 3":     {"--data", table("ragged.csv", "1,2,0\n3,1\n"), "-o", out},
		`column 2: "x", expected a finite`:  {"--data", table("text.csv", "1,2,0\n3,x,1\n"), "-o", out},
		"expected at least two classes":     {"--data", table("one.csv", "1,2,0\n3,4,0\n"), "-o", out},
		`column 1: "NaN", expected a finit`: {"--data", table("nan.csv", "1,2,0\nNaN,4,1\n"), "-o", out},
		`"make data" fetches it`:            {"--data", "digits", "--cache", dir, "-o", out},
		"--output: missing":                 {},
		"expected a new folder":             {"-o", dir},
		"not a directory":                   {"-o", table("file", "x")},
		`--optimizer: "lbfgs"`:              {"--optimizer", "lbfgs", "-o", out},
		"--epochs: 1 after 3":               {"--epochs", "3,1", "-o", out},
		"--seeds: given beside --replay":    {"--replay", "m.json", "--seeds", "3", "-o", out},
		"expected an experiment's manifest": {"--replay", table("m.json", "{"), "-o", out},
	} {
		_, errs, code := relucell(t, append([]string{"experiment", "training"}, args...)...)
		require.Equal(t, 2, code, want)
		require.Contains(t, errs, want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		require.NoDirExists(t, out)
	}
}

func TestAnInterruptedTrainingSaysHowToGoOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	args := []string{"experiment", "training", "--data", "moons", "--seeds", "1", "--epochs", "0,200000", "--points", "2", "-o", dir}
	cmd := exec.Command(binary, args...)
	var errs strings.Builder
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "parts", "moons-adam-seed1-epoch0.json"))
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.Error(t, cmd.Wait())
	require.Equal(t, exitStopped, cmd.ProcessState.ExitCode())
	require.Contains(t, errs.String(), "the same command goes on from what is done in "+dir)
}
