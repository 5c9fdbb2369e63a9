package main

// What the pages of docs/ show of a terminal is so: every command is run in one folder, page by
// page, and every line that stands below it is a line of what it prints, times apart.

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// elapsed are times, which are the machine's.
var elapsed = regexp.MustCompile(`\b[0-9.]+(ns|µs|ms|s)\b`)

// elsewhere are commands that are no part of the test: they take minutes, need programs of others, or
// test the module itself.
var elsewhere = regexp.MustCompile(`experiment|polymake|^go `)

func TestCommandsOfTheDocs(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	for page, commands := range map[string]int{"trust": 10, "reach": 11, "cones": 7, "landscape": 8} {
		t.Run(page, func(t *testing.T) {
			work := t.TempDir()
			require.NoError(t, os.Symlink(filepath.Join(root, "testdata"), filepath.Join(work, "testdata")))
			require.NoError(t, os.Mkdir(filepath.Join(work, "bin"), 0o755))
			require.NoError(t, os.Symlink(binary, filepath.Join(work, "bin", "relucell")))
			text, err := os.ReadFile(filepath.Join(root, "docs", page+".md"))
			require.NoError(t, err)
			ran := 0
			for _, block := range fenced(string(text)) {
				for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
					command, shown, _ := strings.Cut(part, "\n")
					if !elsewhere.MatchString(command) {
						showsAgain(t, work, command, shown)
						ran++
					}
				}
			}
			require.Equal(t, commands, ran, "commands of docs/%s.md that are run", page)
		})
	}
}

// showsAgain runs a command of a page; to show a file that is not there is to write it.
func showsAgain(t *testing.T, dir, command, shown string) {
	t.Helper()
	if name, ok := strings.CutPrefix(command, "cat "); ok {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(shown+"\n"), 0o644))
		return
	}
	run := exec.Command("sh", "-c", command)
	run.Dir, run.Env = dir, append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	out, _ := run.CombinedOutput() // some exit with 1, and say why
	for line := range strings.SplitSeq(shown, "\n") {
		require.Contains(t, "\n"+elapsed.ReplaceAllString(string(out), "T")+"\n", "\n"+elapsed.ReplaceAllString(line, "T")+"\n", command)
	}
}

// fenced are the fenced blocks of a page, without their fences.
func fenced(page string) (blocks []string) {
	for i, part := range strings.Split("\n"+page, "\n```") {
		if i%2 == 1 {
			_, block, _ := strings.Cut(part, "\n")
			blocks = append(blocks, block)
		}
	}
	return blocks
}
