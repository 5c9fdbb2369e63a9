package certificate

// What a writer replaces, and what it does when it cannot write.

import (
	"math/rand"
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
		_, err := NewWriter(path, resumableHeader(0))
		require.ErrorContains(t, err, path+" is no regular file")
	}
	// Also what appears during the walk.
	proof := filepath.Join(folder, "proof")
	h := resumableHeader(0)
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
		h := resumableHeader(1 << 10)
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
	h := resumableHeader(0)
	h.Resumable = false
	w, err := NewWriter(filepath.Join(t.TempDir(), "proof"), h)
	require.NoError(t, err)
	w.Split()
	var lost *WriteError
	require.NotErrorAs(t, w.Close(nil), &lost)
}

// The parts of a proof that was written through a link lie beside the file, not beside the link.
func TestPartsAreFoundBehindALink(t *testing.T) {
	net := randomNet(rand.New(rand.NewSource(1)), true, []string{"relu"}, 2, 4, 4, 1)
	path := tempProof(t, "p")
	n := prove(t, net, unitBalls(2)[0], path, 1, false, 0, 120)
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(path, link))
	rep, err := Check(net.text(), link, Options{})
	require.NoError(t, err)
	require.Equal(t, n, rep.Count)
	require.Positive(t, rep.Parts)
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	_, err = Check(net.text(), link, Options{})
	require.Error(t, err)
}
