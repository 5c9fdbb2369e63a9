package main

// What the README says is so: every row of its table of degenerate cases, every command that it
// shows, and its example of the library.

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func readme(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	return string(raw)
}

// degenerateRow is a row of the table: the file, the flags of the ball, the count.
var degenerateRow = regexp.MustCompile("(?m)^\\| \\[[a-z-]+\\]\\(testdata/(degenerate/[a-z-]+\\.json)\\).*\\| `(--[^`]+)` \\| ([0-9]+) \\|")

func TestDegenerateCasesOfTheReadme(t *testing.T) {
	rows := degenerateRow.FindAllStringSubmatch(readme(t), -1)
	named := map[string]bool{}
	for _, row := range rows {
		path, flags, want := data+row[1], strings.Fields(row[2]), row[3]
		named[filepath.Base(path)] = true
		t.Run(filepath.Base(path)+" "+row[2], func(t *testing.T) {
			proof := filepath.Join(t.TempDir(), "proof")
			args := append([]string{"count", path, "--format", "json"}, flags...)
			native := parseCount(t, succeed(t, append(args, "--proof", proof)...))
			require.Equal(t, &regionsJSON{want, want}, native.Regions)
			require.True(t, *native.Exact)
			require.Equal(t, native.Regions, parseCount(t, succeed(t, append(args, "--oracle", "reference")...)).Regions)
			require.Equal(t, want, fmt.Sprint(strings.Count(succeed(t, append([]string{"list", path}, flags...)...), "\n")))
			require.Contains(t, succeed(t, "check", path, proof, "--format", "json"), `"relation":"=","count":"`+want+`"`)
		})
	}
	files, err := filepath.Glob(data + "degenerate/*.json")
	require.NoError(t, err)
	require.Len(t, named, len(files), "a network of testdata/degenerate is not in the README")
}

// console matches what the README shows of a terminal; the prompt line is a command.
var console = regexp.MustCompile("(?s)```console\n(.*?)```")

// promised are the lines of output that must be there again.
var promised = regexp.MustCompile(`^(Network|Ball|Regions|Proof|VERIFIED|Query|Verdict|Witness) `)

func TestCommandsOfTheReadme(t *testing.T) {
	dir, err := filepath.Abs("../..")
	require.NoError(t, err)
	work := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(dir, "testdata"), filepath.Join(work, "testdata")))
	ran := 0
	for _, block := range console.FindAllStringSubmatch(readme(t), -1) {
		out := ""
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSuffix(line, "\n")
			if cmd, ok := strings.CutPrefix(line, "$ go run ./cmd/relucell "); ok {
				run := exec.Command(binary, strings.Fields(cmd)...)
				run.Dir = work
				raw, err := run.Output()
				require.NoError(t, err, line)
				out = string(raw)
				ran++
				continue
			}
			if promised.MatchString(line) {
				require.Contains(t, out, line)
			}
			if strings.HasPrefix(line, "{") {
				requireSameShape(t, line, out)
			}
		}
	}
	require.NotZero(t, ran)
}

// requireSameShape compares two lines of JSON, but for what the tuning of the walk changes.
func requireSameShape(t *testing.T, want, got string) {
	t.Helper()
	var w, g map[string]any
	require.NoError(t, json.Unmarshal([]byte(want), &w))
	require.NoError(t, json.Unmarshal([]byte(got), &g))
	for _, key := range []string{"decisions", "questions", "seconds"} {
		require.Contains(t, w, key)
		require.Contains(t, g, key)
		delete(w, key)
		delete(g, key)
	}
	require.Equal(t, w, g)
}

func TestLibraryExampleOfTheReadme(t *testing.T) {
	parts := regexp.MustCompile("(?s)```go\n(.*?)```\n\n```\n(.*?)```").FindStringSubmatch(readme(t))
	require.Len(t, parts, 3)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(source, []byte(parts[1]), 0o644))
	raw, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, "readmeexample", "main.go"): source}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, raw, 0o644))
	run := exec.Command("go", "run", "-overlay", overlay, "./readmeexample")
	run.Dir = root
	run.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := run.Output()
	require.NoError(t, err)
	require.Equal(t, parts[2], string(out))
}
