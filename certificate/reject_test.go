package certificate

// The corpus of proofs that must be refused: its README is the table of this test.

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/specimen"
)

func TestTheCorpusOfRejects(t *testing.T) {
	dir := filepath.Join("..", "testdata", "reject")
	files := specimen.ReadFolder(t, dir)
	used := map[string]bool{"README.md": true}
	for _, row := range strings.Split(string(files["README.md"]), "\n") {
		cells := strings.Split(row, " | ")
		if len(cells) != 4 || !strings.HasPrefix(row, "| `") {
			continue
		}
		proof, net := strings.Trim(cells[0], "|` "), strings.Trim(cells[1], "` ")
		require.False(t, used[proof], "%s has two rows", proof)
		used[proof], used[net] = true, true
		t.Run(proof, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, net))
			require.NoError(t, err)
			for workers := 1; workers <= 2; workers++ {
				rep, err := Check(text, filepath.Join(dir, proof), Options{Workers: workers})
				require.Nil(t, rep)
				require.ErrorAs(t, err, new(*Error))
				specimen.RequireRefused(t, err, cells[2])
			}
		})
	}
	for name := range files {
		require.True(t, used[name] || strings.HasPrefix(name, "part-"), "%s is in no row", name)
	}
	require.Greater(t, len(used), 60)
}
