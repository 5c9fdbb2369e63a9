package proof

// Text laid aside: memory stays below a bound, and nothing of it shows in the bytes.

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// chain tells the writer a path of so many splits. The minus side of each is a full tree of
// 2^depth regions, which a fork is told if there is a function for that; done is called after each.
func chain(w *Writer, splits, depth int, forked bool, done func()) {
	for i := range splits {
		w.Split()
		if forked {
			f := w.fork()
			grow(f, depth, float64(i))
			w.Join(f)
		} else {
			grow(w, depth, float64(i))
		}
		done()
	}
	w.Region([]float64{0.5})
	for range splits {
		w.SplitEnd()
		done()
	}
}

// Each of 128 open splits holds almost the text of a part. What the writer holds is a few parts.
func TestMemoryDoesNotGrowWithTheRegions(t *testing.T) {
	const partSize, depth, splits = 256 << 10, 13, 128
	h := resumableHeader(t, partSize)
	h.Resumable = false
	w, err := NewWriter(tempProof(t, "p"), h)
	require.NoError(t, err)
	defer w.Abort()
	longest, most := 0, 0
	chain(w, splits, depth, false, func() {
		longest, most = max(longest, w.length()), max(most, cap(w.text))
	})
	require.EqualValues(t, splits<<depth+1, w.regions)
	require.Greater(t, longest, splits*partSize/2, "what is open")
	require.Less(t, most, 6*partSize, "what is in memory")
	require.Empty(t, w.away)
	require.Len(t, w.aside.free, int(w.aside.end)/w.blockSize(), "all blocks are free again")
	require.NoError(t, w.Close(nil))
}

// A fork that is complete keeps next to nothing in memory until it is joined.
func TestACompleteForkIsLight(t *testing.T) {
	w, err := NewWriter(tempProof(t, "p"), resumableHeader(t, 0))
	require.NoError(t, err)
	defer w.Abort()
	for range 10 {
		f := w.fork()
		grow(f, 12, 1)
		require.Greater(t, f.length(), forkHeld)
		require.LessOrEqual(t, cap(f.text), forkHeld)
	}
}

func TestTextLaidAsideDoesNotShow(t *testing.T) {
	for _, name := range []string{"p", "p.gz"} {
		folders := []string{t.TempDir(), t.TempDir(), t.TempDir()}
		for i, folder := range folders {
			w, err := NewWriter(filepath.Join(folder, name), resumableHeader(t, 2<<10))
			require.NoError(t, err)
			chain(w, 20, 5, i > 0, func() {
				if i == 2 { // all is laid aside, and half comes back, all the time
					w.shed(0)
					w.recall(w.length() / 2)
				}
			})
			text, err := w.Snapshot(0)
			require.NoError(t, err)
			require.Contains(t, string(text), "\n@ part-")
			require.NoError(t, w.Close(nil))
			require.NotEmpty(t, w.aside.end)
		}
		require.Equal(t, filesIn(t, folders[0]), filesIn(t, folders[1]))
		require.Equal(t, filesIn(t, folders[0]), filesIn(t, folders[2]))
	}
}

// Text that could not be laid aside, or not be had back, ends the proof.
func TestALostBlockBreaksTheProof(t *testing.T) {
	w, err := NewWriter(tempProof(t, "p"), resumableHeader(t, 0))
	require.NoError(t, err)
	grow(w, 10, 1)
	w.shed(0)
	require.NoError(t, w.aside.file.Close())
	_, err = w.Snapshot(0)
	require.Error(t, err)
	var lost *WriteError
	require.ErrorAs(t, w.Close(nil), &lost)
}
