// Files that have been read keep their fingerprints: those of the project, and public networks that
// are no part of it where they are at hand.

package load

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesKeepTheirFingerprints(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "fingerprints"))
	require.NoError(t, err)
	for line := range strings.Lines(string(raw)) {
		want, path, ok := strings.Cut(strings.TrimSpace(line), " ")
		require.True(t, ok, line)
		t.Run(path, func(t *testing.T) {
			file := filepath.Join("..", "..", filepath.FromSlash(path))
			if _, err := os.Stat(file); os.IsNotExist(err) && strings.HasPrefix(path, "../") {
				t.Skipf("no file %s: it is no part of the project", file)
			}
			n, _, err := Read(file, Options{})
			require.NoError(t, err)
			require.Equal(t, want, n.Fingerprint(), "a proof is about a fingerprint: change it only where the network was wrong, and tell users")
		})
	}
}
