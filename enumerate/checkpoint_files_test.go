package enumerate_test

// The files of a checkpoint and of a proof: whose they are, and what a walk does when they fail.

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/proof"
)

// Compaction used to go through X.tmp, and took a user's file of that name.
func TestCompactionTouchesNobodysFile(t *testing.T) {
	c := gen.Case{Net: he(1, 4, 14, 14), Ball: ballAt(t, ball.LInf, 4, 0, 1)}
	folder := t.TempDir()
	file, mine := filepath.Join(folder, "disk"), filepath.Join(folder, "disk.tmp")
	link := filepath.Join(folder, "checkpoint")
	require.NoError(t, os.Symlink("disk", link))
	require.NoError(t, os.WriteFile(mine, []byte("precious"), 0o644))
	require.NoError(t, os.WriteFile(link+".tmp", []byte("precious"), 0o644))
	// What a compaction left that was killed, and what looks like it.
	prefix := fmt.Sprintf(".relucell-checkpoint-%x-", sha256.Sum256([]byte("disk")))[:len(".relucell-checkpoint-")+16] + "-"
	left, other := filepath.Join(folder, prefix+"1.tmp"), filepath.Join(folder, ".relucell-checkpoint-0123456789abcdef-1.tmp")
	grain := enumerate.Forced{Regions: 1, Records: 4, Dead: 4096}
	resumed(t, c, link, enumerate.Options{Limit: 500}, grain)
	held, err := os.Open(file) // so that its number goes to no other file
	require.NoError(t, err)
	defer held.Close()
	before, err := held.Stat()
	require.NoError(t, err)
	for _, path := range []string{left, other} {
		require.NoError(t, os.WriteFile(path, nil, 0o644))
	}
	require.True(t, resumed(t, c, link, enumerate.Options{}, grain).Exact)
	after, err := os.Stat(file)
	require.NoError(t, err)
	require.False(t, os.SameFile(before, after), "it was compacted")
	require.Equal(t, before.Mode(), after.Mode())
	to, err := os.Readlink(link)
	require.NoError(t, err)
	require.Equal(t, "disk", to)
	for _, path := range []string{mine, link + ".tmp"} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "precious", string(text))
	}
	require.NoFileExists(t, left)
	require.FileExists(t, other)
}

func TestACheckpointThatIsNoFileIsRefused(t *testing.T) {
	c := gen.Case{Net: he(1, 2, 6, 6), Ball: ballAt(t, ball.L2, 2, 0, 4)}
	_, err := enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Checkpoint: os.DevNull})
	var e *enumerate.CheckpointError
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.Problem, "is a device, expected a regular file or a new name")
}

// A proof whose parts cannot be written, from the middle of the walk on, costs neither the count
// nor the checkpoint.
func TestALostProofDoesNotCostTheCount(t *testing.T) {
	c := gen.Case{Net: he(1, 4, 14, 14), Ball: ballAt(t, ball.LInf, 4, 0, 1)}
	want := count(t, c.Net, c.Ball, 1).Lower
	for _, kept := range []bool{false, true} {
		for _, workers := range []int{1, 3} {
			folder := filepath.Join(t.TempDir(), "gone")
			require.NoError(t, os.Mkdir(folder, 0o755))
			h := proof.HeaderOf(c.Net, c.Ball)
			h.PartSize, h.Resumable = 1<<10, kept
			w, err := proof.NewWriter(filepath.Join(folder, "proof"), h)
			require.NoError(t, err)
			require.NoError(t, os.Remove(folder)) // as a disk that is full
			opt := enumerate.Options{Workers: workers, Observer: w}
			if kept {
				opt.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
			}
			r, err := enumerate.CountForced(context.Background(), c.Net, c.Ball, opt, fine)
			require.NoError(t, err)
			require.True(t, r.Exact)
			require.Equal(t, want, r.Lower)
			var lost *proof.WriteError
			require.ErrorAs(t, w.Close(r.Lower), &lost)
			require.ErrorIs(t, lost, os.ErrNotExist)
			if kept {
				again := resumed(t, c, opt.Checkpoint, enumerate.Options{Observer: resumable(t, c, t.TempDir(), 1<<10)}, fine)
				require.Equal(t, want, again.Lower)
			}
		}
	}
}
