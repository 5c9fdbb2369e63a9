package safetyproof

// The corpora of proofs of safety that must be refused, and of those that must be accepted: their
// READMEs are the tables of these tests.

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/specimen"
)

func TestTheCorpusOfSafetyRejects(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "reject-safety")
	files := specimen.ReadFolder(t, dir)
	used := map[string]bool{"README.md": true}
	for _, row := range strings.Split(string(files["README.md"]), "\n") {
		cells := strings.Split(row, " | ")
		if len(cells) != 5 || !strings.HasPrefix(row, "| `") {
			continue
		}
		name, net, spec := strings.Trim(cells[0], "|` "), strings.Trim(cells[1], "`"), strings.Trim(cells[2], "`")
		require.False(t, used[name], "%s has two rows", name)
		used[name], used[net], used[spec] = true, true, true
		t.Run(name, func(t *testing.T) {
			var s *Spec
			if spec != "–" {
				s = &Spec{spec, files[spec]}
			}
			for workers := 1; workers <= 2; workers++ {
				rep, err := Check(context.Background(), files[net], s, filepath.Join(dir, name), Options{Workers: workers})
				require.Nil(t, rep)
				require.ErrorAs(t, err, new(*Error))
				specimen.RequireRefused(t, err, cells[3])
			}
		})
	}
	for name := range files {
		require.True(t, used[name], "%s is in no row", name)
	}
	require.Greater(t, len(used), 50)
}

func TestTheCorpusOfSafetyProofs(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "safety")
	files := specimen.ReadFolder(t, dir)
	used, kinds := map[string]bool{"README.md": true}, map[string]int{}
	for _, row := range strings.Split(string(files["README.md"]), "\n") {
		cells := strings.Split(row, " | ")
		if len(cells) != 4 || !strings.HasPrefix(row, "| `") {
			continue
		}
		name, spec := strings.Trim(cells[0], "|` "), strings.Trim(cells[2], "`")
		used[name], used[spec] = true, true
		net, err := os.ReadFile(filepath.Join(dir, strings.Trim(cells[1], "`")))
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			for workers := 1; workers <= 2; workers++ {
				r, err := Check(context.Background(), net, &Spec{spec, files[spec]}, filepath.Join(dir, name), Options{Workers: workers})
				require.NoError(t, err)
				require.True(t, r.Checked)
				require.False(t, r.Witness)
			}
			head, tree, ok := strings.Cut(string(files[name]), "tree\n")
			require.True(t, ok)
			lines := strings.SplitAfter(strings.TrimSuffix(tree, "\n"), "\n")
			for i, line := range lines {
				kinds[line[:1]]++
				text := head + "tree\n" + strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "") + "\n"
				_, err := Check(context.Background(), net, &Spec{spec, files[spec]}, "proof", Options{open: specimen.Folder{"proof": []byte(text)}.Open})
				if line != "R\n" { // without its bounds of the second level a proof may be one as well
					require.Error(t, err, "without %s", line)
				}
			}
		})
	}
	for name := range files {
		require.True(t, used[name], "%s is in no row", name)
	}
	for _, kind := range strings.Split("R X N Z F E V h", " ") {
		require.NotZero(t, kinds[kind], kind)
	}
	require.Greater(t, len(used), 20)
}
