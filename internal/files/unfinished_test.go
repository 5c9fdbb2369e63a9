package files

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAbandonedFilesAreRemoved(t *testing.T) {
	dir := place(t, map[string]string{"other": "stays"})
	t.Setenv("TMPDIR", dir)
	begun, err := Temporary(dir, temporary)
	require.NoError(t, err)
	defer begun.Close()
	finished, err := Temporary(dir, temporary)
	require.NoError(t, err)
	require.NoError(t, finished.Close())
	require.NoError(t, Finish(finished.Name(), filepath.Join(dir, "finished")))
	discarded, err := Temporary(dir, temporary)
	require.NoError(t, err)
	require.NoError(t, discarded.Close())
	require.NoError(t, Discard(discarded.Name()))
	require.NoError(t, Discard(discarded.Name()), "as it was to be removed")
	folder, err := TemporaryFolder("relucell-")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "within"), nil, 0o644))
	// What has the name of a file that was removed or finished is somebody else's.
	require.NoError(t, os.WriteFile(discarded.Name(), nil, 0o644))
	require.NoError(t, os.WriteFile(finished.Name(), nil, 0o644))

	unfinished.mu.Lock()
	defer unfinished.mu.Unlock()
	unfinished.clear()
	require.ElementsMatch(t, []string{"other", "finished", filepath.Base(discarded.Name()), filepath.Base(finished.Name())}, names(t, dir))
	require.Empty(t, unfinished.names)
}
