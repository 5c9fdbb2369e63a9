package certificate

// The corpus of proofs of safety that must be refused: its README is the table of this test.

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheCorpusOfSafetyRejects(t *testing.T) {
	dir := filepath.Join("..", "testdata", "reject-safety")
	files := folder(t, dir)
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
				rep, err := CheckSafety(background, files[net], s, filepath.Join(dir, name), SafetyOptions{Workers: workers})
				require.Nil(t, rep)
				var e *Error
				require.ErrorAs(t, err, &e)
				found := false
				for _, reason := range strings.Split(cells[3], " or ") {
					found = found || strings.Contains(err.Error(), reason)
				}
				require.True(t, found, "%v, expected %s", err, cells[3])
				require.NotContains(t, err.Error(), "\n")
			}
		})
	}
	for name := range files {
		require.True(t, used[name], "%s is in no row", name)
	}
	require.Greater(t, len(used), 50)
}
