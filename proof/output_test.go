package proof

// What a writer replaces, and what it does when it cannot write.

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAWriterReplacesNothingButFiles(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(folder, "link")
	require.NoError(t, os.Symlink("target", link))
	for _, path := range []string{os.DevNull, folder, link} {
		_, err := NewWriter(path, resumableHeader(t, 0))
		require.ErrorContains(t, err, path+" is no regular file")
	}
	// Also what appears during the walk.
	proof := filepath.Join(folder, "proof")
	h := resumableHeader(t, 0)
	h.Resumable = false
	w, err := NewWriter(proof, h)
	require.NoError(t, err)
	w.Region([]float64{0})
	require.NoError(t, os.Symlink("target", proof))
	var lost *WriteError
	require.ErrorAs(t, w.Close(nil), &lost)
	require.ErrorContains(t, lost, "is no regular file")
	require.NoFileExists(t, filepath.Join(folder, "target"))
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, 2, "the two links")
}

// After a failure the text of a writer grows no more than before: it is for a walk that goes on.
func TestALostProofStaysSmall(t *testing.T) {
	for _, resumable := range []bool{false, true} {
		folder := filepath.Join(t.TempDir(), "gone")
		require.NoError(t, os.Mkdir(folder, 0o755))
		h := resumableHeader(t, 1<<10)
		h.Resumable = resumable
		w, err := NewWriter(filepath.Join(folder, "proof"), h)
		require.NoError(t, err)
		require.NoError(t, os.Remove(folder))
		grow(w, 10, 1)
		require.Less(t, len(w.text), 2<<10)
		_, err = w.Snapshot(0)
		require.Error(t, err)
		var lost *WriteError
		require.ErrorAs(t, w.Close(nil), &lost)
	}
}

// What the walk told wrongly speaks against the count, and is no WriteError.
func TestADisagreementIsNoWriteError(t *testing.T) {
	h := resumableHeader(t, 0)
	h.Resumable = false
	w, err := NewWriter(filepath.Join(t.TempDir(), "proof"), h)
	require.NoError(t, err)
	w.Split()
	var lost *WriteError
	require.NotErrorAs(t, w.Close(nil), &lost)
}
