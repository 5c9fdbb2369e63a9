package main

// Counts killed by SIGKILL and resumed, by the real binary.

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// killed runs the command and kills it after a while. It reports false if that had ended, well.
func killed(t *testing.T, after time.Duration, args ...string) bool {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	kill.Stop()
	if err != nil {
		require.Equal(t, -1, cmd.ProcessState.ExitCode(), errs.String()) // by a signal
	}
	return err != nil
}

// killAndResume kills a count so many times, over moments spread over its length, and holds what
// the last run says and proves against a run that nothing disturbed.
func killAndResume(t *testing.T, kills int, proof string, count ...string) {
	calm, rough := filepath.Join(t.TempDir(), proof), filepath.Join(t.TempDir(), proof)
	begun := time.Now()
	want := parseCount(t, succeed(t, append(count, "--format", "json", "--proof", calm)...))
	took := time.Since(begun)
	checkpoint := filepath.Join(t.TempDir(), "checkpoint")
	args := append(count, "--format", "json", "--proof", rough, "--checkpoint", checkpoint)
	for i := range kills {
		after := took * time.Duration(1+i%10) / 15
		if !killed(t, after, append(args, "--workers", []string{"2", "1", "3"}[i%3])...) {
			require.NoFileExists(t, checkpoint)
			require.NoError(t, os.Remove(rough)) // finished before it was killed: once more from nothing
		}
	}
	got := parseCount(t, succeed(t, args...))
	require.Equal(t, want.Regions, got.Regions)
	require.True(t, *got.Exact)
	require.Equal(t, want.Decisions, got.Decisions)
	require.NoFileExists(t, checkpoint)
	requireSameFiles(t, filepath.Dir(calm), filepath.Dir(rough))
	require.Contains(t, succeed(t, "check", count[1], rough, "--format", "json"), `"relation":"=","count":"`+want.Regions.Lower+`"`)
}

func requireSameFiles(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadDir(a)
	require.NoError(t, err)
	y, err := os.ReadDir(b)
	require.NoError(t, err)
	require.Len(t, y, len(x))
	for i := range x {
		require.Equal(t, x[i].Name(), y[i].Name())
		p, err := os.ReadFile(filepath.Join(a, x[i].Name()))
		require.NoError(t, err)
		q, err := os.ReadFile(filepath.Join(b, y[i].Name()))
		require.NoError(t, err)
		require.True(t, bytes.Equal(p, q), x[i].Name())
	}
}

func TestKilledCountsResume(t *testing.T) {
	killAndResume(t, 6, "p", "count", writeNet(t, gen.Resonance(5)), "--center", "0", "--radius", "1")
}

func TestSoakKilledCountsResume(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	killAndResume(t, 50, "p.gz", "count", writeNet(t, gen.Threshold(5)), "--center", "0", "--radius", "1", "--norm", "linf")
	killAndResume(t, 50, "p", "count", writeNet(t, gen.Threshold(5)), "--center", "0", "--radius", "1")
}

func TestCheckpointOfAStoppedCount(t *testing.T) {
	net, folder := writeNet(t, gen.Threshold(5)), t.TempDir()
	checkpoint := filepath.Join(folder, "c")
	args := []string{"count", net, "--center", "0", "--radius", "1", "--norm", "linf", "--checkpoint", checkpoint}
	out, errs, code := relucell(t, append(args, "--limit", "60000")...)
	require.Equal(t, exitStopped, code, errs)
	require.Contains(t, out, "Resume    "+checkpoint+": begun from nothing, the same command goes on from here")
	for name, other := range map[string][]string{
		"of another ball":               {"count", net, "--center", "0", "--radius", "2", "--norm", "linf", "--checkpoint", checkpoint},
		"of another network":            {"count", writeNet(t, gen.Resonance(4)), "--center", "0", "--radius", "1", "--norm", "linf", "--checkpoint", checkpoint},
		"kept with another proof":       append(args, "--proof", filepath.Join(folder, "p")),
		"not a checkpoint":              {"count", net, "--center", "0", "--radius", "1", "--checkpoint", writeBytes(t, "mine", []byte("precious\n"))},
		"is the network itself":         {"count", net, "--center", "0", "--radius", "1", "--checkpoint", net},
		"is the proof":                  {"count", net, "--center", "0", "--radius", "1", "--proof", folder + "/./q", "--checkpoint", folder + "/q"},
		"--oracle native":               append(args, "--oracle", "reference"),
		"expected the name":             {"count", net, "--center", "0", "--radius", "1", "--checkpoint", ""},
		"given beside a table of balls": {"count", net, "--center", "0", "--radii", "1,2", "--checkpoint", checkpoint},
	} {
		_, errs, code := relucell(t, other...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, name)
		require.Equal(t, 1, strings.Count(errs, "\n"))
	}
	j := parseCount(t, succeed(t, append(args, "--format", "json")...))
	require.Equal(t, "94572", j.Regions.Lower)
	require.NotEmpty(t, j.Resumed)
	require.NoFileExists(t, checkpoint)
}
