package enumerate_test

// Counts that are killed and resumed: whatever is left of the checkpoint, the count and the
// bytes of the proof are those of a run that nothing disturbed.

import (
	"context"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/proof"
)

// fine makes small counts leave many records.
var fine = enumerate.Forced{Regions: 8, Records: 5, Dead: 512}

// resumed is one run with a checkpoint. Without a proof, observer is nil.
func resumed(t fataler, c gen.Case, file string, opt enumerate.Options, f enumerate.Forced) enumerate.Result {
	t.Helper()
	opt.Checkpoint = file
	r, err := enumerate.CountForced(context.Background(), c.Net, c.Ball, opt, f)
	require.NoError(t, err)
	return r
}

// resumable opens the proof in the folder.
func resumable(t fataler, c gen.Case, folder string, partSize int) *proof.Writer {
	t.Helper()
	h := proof.HeaderOf(c.Net, c.Ball)
	h.PartSize, h.Resumable = partSize, true
	w, err := proof.NewWriter(filepath.Join(folder, "proof"), h)
	require.NoError(t, err)
	return w
}

// filesOf returns every file of a folder but the checkpoint.
func filesOf(t fataler, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		if e.Name() == "checkpoint" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(text)
	}
	return files
}

// A checkpoint cut off anywhere, as a kill or a power cut may leave it.
func TestResumeFromATornCheckpoint(t *testing.T) {
	c := gen.Case{Net: he(1, 2, 6, 6), Ball: ballAt(t, ball.LInf, 2, 0, 4)}
	want := count(t, c.Net, c.Ball, 1)
	file := filepath.Join(t.TempDir(), "checkpoint")
	r := resumed(t, c, file, enumerate.Options{Workers: 1}, fine)
	require.Equal(t, want.Lower, r.Lower)
	require.Zero(t, r.Resumed)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	seen := map[int64]bool{}
	for n := range len(whole) + 1 {
		require.NoError(t, os.WriteFile(file, whole[:n], 0o644))
		r := resumed(t, c, file, enumerate.Options{Workers: 1 + n%3}, fine)
		require.True(t, r.Exact)
		require.Equal(t, want.Lower, r.Lower, "cut at byte %d", n)
		seen[r.Resumed] = true
		if n%8 > 0 {
			continue
		}
		again := resumed(t, c, file, enumerate.Options{Workers: 1}, fine)
		require.Equal(t, want.Lower.Int64(), again.Resumed, "a checkpoint that was cut off at byte %d and went on", n)
	}
	require.Greater(t, len(seen), 3)
}

// A byte that changed on the disk spoils a record or the file, never the count.
func TestResumeFromADamagedCheckpoint(t *testing.T) {
	c := gen.Case{Net: he(1, 2, 6, 6), Ball: ballAt(t, ball.L2, 2, 0, 4)}
	want := count(t, c.Net, c.Ball, 1)
	file := filepath.Join(t.TempDir(), "checkpoint")
	resumed(t, c, file, enumerate.Options{Workers: 1}, fine)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	refused, used := 0, 0
	for i := range whole {
		bad := append([]byte(nil), whole...)
		bad[i] ^= 1 << (i % 8)
		require.NoError(t, os.WriteFile(file, bad, 0o644))
		r, err := enumerate.CountForced(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: 1, Checkpoint: file}, fine)
		if err != nil {
			var e *enumerate.CheckpointError
			require.ErrorAs(t, err, &e)
			left, _ := os.ReadFile(file)
			require.Equal(t, bad, left, "a refused file was touched")
			refused++
			continue
		}
		require.Equal(t, want.Lower, r.Lower, "byte %d", i)
		used++
	}
	require.Positive(t, refused)
	require.Positive(t, used)
}

func TestCheckpointOfAnotherCountIsRefused(t *testing.T) {
	c := gen.Case{Net: he(1, 2, 6, 6), Ball: ballAt(t, ball.L2, 2, 0, 4)}
	folder := t.TempDir()
	file := filepath.Join(folder, "checkpoint")
	resumed(t, c, file, enumerate.Options{}, fine)
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	w := resumable(t, c, folder, 0)
	defer w.Abort()
	for name, bad := range map[string]struct {
		c       gen.Case
		text    string
		opt     enumerate.Options
		problem string
	}{
		"network":  {gen.Case{Net: he(2, 2, 6, 6), Ball: c.Ball}, string(good), enumerate.Options{}, "of another network"},
		"norm":     {gen.Case{Net: c.Net, Ball: ballAt(t, ball.L1, 2, 0, 4)}, string(good), enumerate.Options{}, "of another ball"},
		"radius":   {gen.Case{Net: c.Net, Ball: ballAt(t, ball.L2, 2, 0, 4.5)}, string(good), enumerate.Options{}, "of another ball"},
		"proof":    {c, string(good), enumerate.Options{Observer: w}, "another proof, or none"},
		"format":   {c, strings.Replace(string(good), "checkpoint 1", "checkpoint 9", 1), enumerate.Options{}, "of another version"},
		"program":  {c, strings.Replace(string(good), "\nprogram \"", "\nprogram \"x", 1), enumerate.Options{}, "another version of the program"},
		"no file":  {c, "some text of the user's", enumerate.Options{}, "not a checkpoint"},
		"its head": {c, string(good[:30]) + "\nnonsense\n", enumerate.Options{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(bad.text), 0o644))
			bad.opt.Checkpoint = file
			_, err := enumerate.Count(context.Background(), bad.c.Net, bad.c.Ball, bad.opt)
			var e *enumerate.CheckpointError
			require.ErrorAs(t, err, &e)
			require.Contains(t, e.Problem, bad.problem)
			require.NotContains(t, err.Error(), "\n")
			left, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, bad.text, string(left), "a refused file was touched")
		})
	}
	_, err = enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Checkpoint: folder})
	require.ErrorContains(t, err, "cannot be opened")
	_, err = enumerate.CountPlain(context.Background(), c.Net, c.Ball, lp.NewReference(), enumerate.Options{Checkpoint: file})
	require.ErrorContains(t, err, "no checkpoint")
	_, err = enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Checkpoint: file, Observer: deaf{}})
	require.ErrorContains(t, err, "Snapshotter")
}

// deaf is an observer that keeps nothing.
type deaf struct{ enumerate.Observer }

func TestCheckpointIsForOneProcessAtATime(t *testing.T) {
	c := gen.Case{Net: he(1, 2, 6, 6), Ball: ballAt(t, ball.L2, 2, 0, 4)}
	file := filepath.Join(t.TempDir(), "checkpoint")
	tried := false
	opt := enumerate.Options{Workers: 1, Observer: busy{resumable(t, c, t.TempDir(), 0), func() {
		tried = true
		_, err := enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Checkpoint: file})
		require.ErrorContains(t, err, "in use")
	}}}
	resumed(t, c, file, opt, fine)
	require.True(t, tried)
}

// busy does something at each region.
type busy struct {
	enumerate.Snapshotter
	do func()
}

func (b busy) Region([]float64)       { b.do() }
func (b busy) RegionBig([]*big.Float) { b.do() }
func (b busy) Fork() enumerate.Observer {
	return busy{b.Snapshotter.Fork().(enumerate.Snapshotter), b.do}
}
func (b busy) Join(o enumerate.Observer)       { b.Snapshotter.Join(o.(busy).Snapshotter) }
func (b busy) Snapshot(int) ([]byte, error)    { return nil, nil }
func (b busy) Restore(n int64, _ []byte) error { return nil }

// Stopped again and again, each time a little later, by other numbers of workers, in one file and
// in parts: the count, the decisions and the bytes of the proof are those of one run, and no file
// is left over.
func TestResumedProofsAreThoseOfOneRun(t *testing.T) {
	for _, c := range []gen.Case{
		{Name: "generic", Net: he(1, 4, 11, 11), Ball: ballAt(t, ball.LInf, 4, 0, 1)},
		{Name: "deep, l2", Net: he(3, 3, 8, 8, 8, 8), Ball: ballAt(t, ball.L2, 3, 0, 4)},
		{Name: "central", Net: gen.Threshold(3), Ball: ballAt(t, ball.L1, 4, 0, 1)},
		{Name: "ternary", Net: gen.Ternary(gen.NewRand(9), 4, 8, 8, 1), Ball: ballAt(t, ball.Box, 4, 0, 2)},
	} {
		for _, partSize := range []int{0, 1 << 14} {
			t.Run(c.Name, func(t *testing.T) {
				want := prove(t, c.Net, c.Ball, 1, partSize)
				folder := t.TempDir()
				file := filepath.Join(folder, "checkpoint")
				most := int64(0)
				for i := 1; ; i++ {
					w := resumable(t, c, folder, partSize)
					limit := int64(i) * (want.result.Lower.Int64()/6 + 1)
					r := resumed(t, c, file, enumerate.Options{Workers: []int{1, 3, 2, 8}[i%4], Limit: limit, Observer: w}, fine)
					requireBracket(t, want.result.Lower, r, c.Name)
					require.GreaterOrEqual(t, r.Resumed, most*2/3-8*fine.Regions, "most of what was found was recorded")
					most = r.Lower.Int64()
					if !r.Exact {
						w.Abort() // as a kill would leave it
						continue
					}
					require.Equal(t, want.result.Decisions, r.Decisions)
					require.Equal(t, want.result.Questions, r.Questions)
					require.NoError(t, w.Close(r.Lower))
					break
				}
				got := filesOf(t, folder)
				require.Len(t, got, len(want.files), "files left over")
				for name, text := range want.files {
					require.True(t, text == got[name], name)
				}
				// Once more, from a checkpoint that is complete, and with parts under their final
				// names.
				w := resumable(t, c, folder, partSize)
				r := resumed(t, c, file, enumerate.Options{Observer: w}, fine)
				require.Equal(t, want.result.Lower.Int64(), r.Resumed)
				require.NoError(t, w.Close(r.Lower))
				require.Equal(t, got, filesOf(t, folder))
			})
		}
	}
}

// A proof whose parts were lost or spoilt meanwhile is walked again where they were.
func TestResumeWithoutThePartsOfTheProof(t *testing.T) {
	c := gen.Case{Net: he(1, 4, 12, 12), Ball: ballAt(t, ball.LInf, 4, 0, 1)}
	const partSize = 1 << 14
	want := prove(t, c.Net, c.Ball, 1, partSize)
	for name, harm := range map[string]func(path string) error{
		"removed": os.Remove,
		"spoilt":  func(path string) error { return os.WriteFile(path, []byte("W 0x0p+0\n"), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "checkpoint")
			w := resumable(t, c, folder, partSize)
			r := resumed(t, c, file, enumerate.Options{Workers: 2, Observer: w}, fine)
			w.Abort()
			require.True(t, r.Exact)
			parts, err := filepath.Glob(filepath.Join(folder, ".relucell-proof-*part-*"))
			require.NoError(t, err)
			require.Greater(t, len(parts), 2)
			require.NoError(t, harm(parts[len(parts)/2]))
			w = resumable(t, c, folder, partSize)
			r = resumed(t, c, file, enumerate.Options{Workers: 2, Observer: w}, fine)
			require.NoError(t, w.Close(r.Lower))
			require.Less(t, r.Resumed, r.Lower.Int64())
			require.Equal(t, want.files, filesOf(t, folder))
		})
	}
}

// However long the walk, the file holds few records, and compaction loses none.
func TestCheckpointStaysSmall(t *testing.T) {
	c := gen.Case{Net: he(1, 4, 14, 14), Ball: ballAt(t, ball.LInf, 4, 0, 1)}
	want := count(t, c.Net, c.Ball, 1).Lower
	file := filepath.Join(t.TempDir(), "checkpoint")
	grain := enumerate.Forced{Regions: 1, Records: 4, Dead: 4096}
	largest, resumes := int64(0), 0
	for limit := int64(500); ; limit += 500 {
		r := resumed(t, c, file, enumerate.Options{Workers: 1 + int(limit/500)%3, Limit: limit}, grain)
		st, err := os.Stat(file)
		require.NoError(t, err)
		largest = max(largest, st.Size())
		if r.Exact {
			require.Equal(t, want, r.Lower)
			break
		}
		require.GreaterOrEqual(t, r.Lower.Int64(), limit)
		resumes++
	}
	require.Greater(t, resumes, 3)
	require.Less(t, largest, int64(1<<15))
}

// Brackets of resumed runs contain the count at every moment.
func TestBracketsOfResumedCounts(t *testing.T) {
	for _, c := range stopCases(t) {
		want := count(t, c.Net, c.Ball, 1).Lower
		file := filepath.Join(t.TempDir(), "checkpoint")
		for i := range int64(8) {
			r := resumed(t, c, file, enumerate.Options{Workers: 1 + int(i%3), Limit: 1 + i*40, ProgressEvery: 50 * time.Microsecond, Progress: func(p enumerate.Progress) {
				if p.Lower.Cmp(want) > 0 || p.Upper.Cmp(want) < 0 {
					t.Errorf("%s: bracket %v %v without %v", c.Name, p.Lower, p.Upper, want)
				}
			}}, fine)
			requireBracket(t, want, r, c.Name)
		}
	}
}

// A stop at once still takes in all that was recorded.
func TestAStopGivesWhatTheCheckpointHolds(t *testing.T) {
	c := gen.Case{Net: he(1, 4, 12, 12), Ball: ballAt(t, ball.LInf, 4, 0, 1)}
	file := filepath.Join(t.TempDir(), "checkpoint")
	first := resumed(t, c, file, enumerate.Options{Workers: 2, Limit: 1000}, fine)
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := enumerate.Count(stopped, c.Net, c.Ball, enumerate.Options{Checkpoint: file})
	require.NoError(t, err)
	require.False(t, r.Exact)
	require.Greater(t, r.Resumed, first.Lower.Int64()/2)
	require.GreaterOrEqual(t, r.Lower.Int64(), r.Resumed)
}

// Any case, any grain, any stops.
func TestResumedCountsOfRandomCases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := gen.RandomCase(gen.NewRand(rapid.Uint64().Draw(t, "seed")), gen.RandomOptions{})
		want := count(t, c.Net, c.Ball, 1).Lower
		folder, err := os.MkdirTemp("", "relucell")
		require.NoError(t, err)
		defer os.RemoveAll(folder)
		grain := enumerate.Forced{Regions: rapid.Int64Range(1, 20).Draw(t, "regions"), Records: rapid.Int64Range(2, 9).Draw(t, "records"), Dead: 64}
		for i := 0; ; i++ {
			limit := int64(0)
			if i < 5 {
				limit = rapid.Int64Range(1, 1+want.Int64()).Draw(t, "limit")
			}
			r := resumed(t, c, filepath.Join(folder, "checkpoint"), enumerate.Options{Workers: rapid.IntRange(1, 4).Draw(t, "workers"), Limit: limit}, grain)
			require.True(t, r.Lower.Cmp(want) <= 0 && want.Cmp(r.Upper) <= 0)
			if r.Exact {
				require.Equal(t, want, r.Lower)
				break
			}
		}
	})
}
