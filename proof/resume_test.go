package proof

// Subtrees taken out of one writer and put into another.

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
)

// resumableHeader is a header with parts as small as they get.
func resumableHeader(t *testing.T, partSize int) Header {
	return Header{Net: "sha256:" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		Ball: unit(t), PartSize: partSize, Resumable: true}
}

// grow tells the writer a full tree of 2^depth regions.
func grow(w *Writer, depth int, x float64) {
	if depth == 0 {
		w.Region([]float64{x})
		return
	}
	w.Split()
	w.Pruned(0, 1, false, &enumerate.Multipliers{Self: 1, Back: []int32{0}, Lambda: []int64{1}})
	grow(w, depth-1, 2*x)
	w.Narrowed(0, -1, -0.75, &enumerate.Multipliers{Self: 3, Back: []int32{0}, Lambda: []int64{2}})
	grow(w, depth-1, 2*x+1)
	w.SplitEnd()
}

func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(b)
	}
	return files
}

func TestSnapshotsFitIntoALaterWriter(t *testing.T) {
	for _, name := range []string{"p", "p.gz"} {
		for _, partSize := range []int{0, 1 << 10} {
			calm, rough := t.TempDir(), t.TempDir()
			w, err := NewWriter(filepath.Join(calm, name), resumableHeader(t, partSize))
			require.NoError(t, err)
			grow(w, 8, 1)
			require.NoError(t, w.Close(nil))

			w, err = NewWriter(filepath.Join(rough, name), resumableHeader(t, partSize))
			require.NoError(t, err)
			w.Split()
			w.Pruned(0, 1, false, &enumerate.Multipliers{Self: 1, Back: []int32{0}, Lambda: []int64{1}})
			mark := w.Mark()
			grow(w, 7, 2)
			text, err := w.Snapshot(mark)
			require.NoError(t, err)
			text = append([]byte(nil), text...)
			w.Abort()
			require.Equal(t, partSize > 0, len(filesIn(t, rough)) > 0, "the parts outlive the writer")

			w, err = NewWriter(filepath.Join(rough, name), resumableHeader(t, partSize))
			require.NoError(t, err)
			w.Split()
			w.Pruned(0, 1, false, &enumerate.Multipliers{Self: 1, Back: []int32{0}, Lambda: []int64{1}})
			require.NoError(t, w.Restore(1<<7, text))
			w.Narrowed(0, -1, -0.75, &enumerate.Multipliers{Self: 3, Back: []int32{0}, Lambda: []int64{2}})
			grow(w, 7, 3)
			w.SplitEnd()
			require.NoError(t, w.Close(nil))
			require.Equal(t, filesIn(t, calm), filesIn(t, rough))
		}
	}
}

func TestRestoreWithoutItsPartsChangesNothing(t *testing.T) {
	folder := t.TempDir()
	w, err := NewWriter(filepath.Join(folder, "p"), resumableHeader(t, 1<<10))
	require.NoError(t, err)
	grow(w, 8, 1)
	text, err := w.Snapshot(0)
	require.NoError(t, err)
	require.Contains(t, string(text), "\n@ part-")
	other, err := NewWriter(filepath.Join(t.TempDir(), "p"), resumableHeader(t, 1<<10))
	require.NoError(t, err)
	defer other.Abort()
	require.Error(t, other.Restore(1<<8, text))
	require.Zero(t, other.Mark())
	require.Empty(t, other.parts)
	require.NoError(t, other.err)
	w.Abort()
}

func TestSnapshotNeedsAResumableWriter(t *testing.T) {
	h := resumableHeader(t, 0)
	h.Resumable = false
	w, err := NewWriter(filepath.Join(t.TempDir(), "p"), h)
	require.NoError(t, err)
	defer w.Abort()
	w.Region([]float64{0})
	_, err = w.Snapshot(0)
	require.ErrorIs(t, err, errNotResumable)
	require.ErrorIs(t, w.Restore(1, []byte("W0 0\n")), errNotResumable)
}
