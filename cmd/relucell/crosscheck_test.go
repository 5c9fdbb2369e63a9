package main

// crosscheck, sweeps and terms, through the built command.

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const moonsText = data + "two_moons_2-16-16-1.json"

func TestCrosscheckPrintsATablePerBound(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "report.svg")
	out := succeed(t, "crosscheck", "--cases", "40", "--seed", "3", "-o", picture)
	for _, word := range []string{"40 cases", "Geo. mean", "first-layer", "dial-1", "claims of dominance held in every case", "0 violations"} {
		require.Contains(t, out, word)
	}
	svg, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Contains(t, string(svg), "against the radius")

	rows, err := csv.NewReader(strings.NewReader(succeed(t, "crosscheck", "--cases", "10", "--bounds", "serra,dial-2", "--format", "csv"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3)
	require.Contains(t, succeed(t, "crosscheck", moonsText, "--center", "0", "--radius", "0.25", "--bounds", "crown", "--format", "markdown"), "| crown |")
	require.Contains(t, succeed(t, "crosscheck", moonsText, "--cases", "5", "--bounds", "crown"), "5 cases")
	require.True(t, json.Valid([]byte(succeed(t, "crosscheck", "--cases", "5", "--source", "small-balls", "--format", "json"))))
}

func TestCrosscheckCatchesAWrongBoundAndReplaysIt(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	dir := t.TempDir()
	wrong := filepath.Join(dir, "wrong.sh")
	require.NoError(t, os.WriteFile(wrong, []byte("while read -r line; do echo 2; done\n"), 0o644))
	command, failures := sh+" "+wrong, filepath.Join(dir, "failures")
	out, errs, code := relucell(t, "crosscheck", "--cases", "30", "--bounds", "crown", "--bound-command", command, "--failures", failures)
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "VIOLATION")
	require.Contains(t, errs, "--replay")
	file := filepath.Join(failures, "wrong_sh-1.case.json")
	out, _, code = relucell(t, "crosscheck", "--replay", file, "--bound-command", command)
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "the proof beside it is verified")
	require.Contains(t, out, "it fails")
	require.Contains(t, succeed(t, "check", filepath.Join(failures, "wrong_sh-1.net.json"), filepath.Join(failures, "wrong_sh-1.proof")), "VERIFIED")

	right := filepath.Join(dir, "wrong.sh")
	require.NoError(t, os.WriteFile(right, []byte("while read -r line; do echo 200000; done\n"), 0o644))
	require.Contains(t, succeed(t, "crosscheck", "--replay", file, "--bound-command", command), "it does not fail any more")
	_, errs, code = relucell(t, "crosscheck", "--replay", file)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "is not at hand")
	_, errs, code = relucell(t, "crosscheck", "--cases", "3", "--bound-command", sh+" -c exit")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "ended")
}

func TestCrosscheckWritesACorpus(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "corpus")
	require.Contains(t, succeed(t, "crosscheck", "--cases", "5", "--corpus", dir), "5 cases")
	require.FileExists(t, filepath.Join(dir, "index.json"))
	require.FileExists(t, filepath.Join(dir, "proofs", "0004.proof"))
}

// Of all commands that draw, this one refused .pdf.
func TestCrosscheckDrawsEveryFormat(t *testing.T) {
	for ending, begins := range map[string]string{"svg": "<?xml", "png": "\x89PNG", "PDF": "%PDF"} {
		file := filepath.Join(t.TempDir(), "report."+ending)
		succeed(t, "crosscheck", moonsText, "--center", "0", "--radius", "0.25", "--bounds", "crown", "-o", file)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, begins, string(data[:len(begins)]))
	}
}

func TestCrosscheckRefusesBadUsage(t *testing.T) {
	for says, args := range map[string][]string{
		"no such bound":                {"--bounds", "sera"},
		"--cases":                      {"--cases", "0"},
		"ends in .svg, .png or .pdf":   {"-o", "report.jpg"},
		"expected at least one networ": {"--radius", "1"},
		"--replay: given beside":       {"--replay", "x", "--corpus", "y"},
		"no such file":                 {"--replay", "nothing.json"},
		"executable file not found":    {"--bound-command", "no-such-program-here"},
		"without --bound-command":      {"--bound-timeout", "1s"},
		"--source":                     {"--source", "none"},
		"none.onnx":                    {"none.onnx"},
		"--corpus: given beside":       {"--corpus", "x", "-o", "y.svg"},
	} {
		_, errs, code := relucell(t, append([]string{"crosscheck"}, args...)...)
		require.Equal(t, exitInput, code, args)
		require.Contains(t, errs, says)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}

func TestCountOverATableOfBalls(t *testing.T) {
	points := filepath.Join(t.TempDir(), "points.csv")
	require.NoError(t, os.WriteFile(points, []byte("x1,x2\n0,0\n0.5,0.25\n"), 0o644))
	rows, err := csv.NewReader(strings.NewReader(succeed(t, "count", moonsText, "--centers", points, "--radii", "0.25,0.5", "--norm", "l1", "--bounds", "--format", "csv"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 5)
	require.Equal(t, []string{"1", "0.5", "0.25", "l1", "0.5", "94", "94", "true"}, rows[4][:8])
	require.Contains(t, rows[0], "first-layer")
	lines := strings.Split(strings.TrimSpace(succeed(t, "count", moonsText, "--center", "0.5,0.25", "--radii", "0.25,0.5", "--format", "json")), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[1], `"lower":"131"`)
	require.Contains(t, succeed(t, "count", moonsText, "--centers", points, "--radius", "0.25"), "center")
	out, _, code := relucell(t, "count", moonsText, "--centers", points, "--radii", "1", "--limit", "3", "--format", "csv")
	require.Equal(t, exitStopped, code)
	require.Contains(t, out, "false")
	for says, args := range map[string][]string{
		"--radii: radius: 0":         {"--centers", points, "--radii", "0"},
		"--radii: missing":           {"--centers", points},
		"--center: given beside":     {"--centers", points, "--center", "0", "--radii", "1"},
		"--box: given beside":        {"--centers", points, "--radii", "1", "--box=-1:1"},
		"--proof: given beside":      {"--centers", points, "--radii", "1", "--proof", "p"},
		"--centers: none.csv":        {"--centers", "none.csv", "--radii", "1"},
		"columns, expected 2, one p": {"--centers", data + "two_moons_points.csv", "--radii", "1"},
	} {
		_, errs, code := relucell(t, append([]string{"count", moonsText}, args...)...)
		require.Equal(t, exitInput, code, args)
		require.Contains(t, errs, says)
	}
}

func TestBoundExplainsItself(t *testing.T) {
	out := succeed(t, "bound", moonsText, "--center", "0.5,0.25", "--radius", "0.25", "--measured")
	for _, word := range []string{"Nearest", "What combined feeds the recursion with", "Regions after", "Splitting"} {
		require.Contains(t, out, word)
	}
	var j struct {
		Nearest struct{ Lower, Upper float64 }
		Terms   []struct {
			Assumed  struct{ K int }
			Measured struct {
				Regions string
				Cutting int
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(succeed(t, "bound", moonsText, "--center", "0.5,0.25", "--radius", "0.25", "--terms", "lp", "--measured", "--format", "json")), &j))
	require.Len(t, j.Terms, 2)
	require.Equal(t, "34", j.Terms[1].Measured.Regions)
	require.LessOrEqual(t, j.Terms[1].Measured.Cutting, j.Terms[1].Assumed.K)
	require.Positive(t, j.Nearest.Lower)
	_, errs, code := relucell(t, "bound", moonsText, "--center", "0", "--radius", "1", "--terms", "serra")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "expected one of lipschitz")
}
