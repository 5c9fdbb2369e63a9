package proof

// The writer's promises: bytes that depend on the tree alone, one spelling of
// numbers, and files that are there whole or not at all.

import (
	"math"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
)

// unit is the ball of the headers here.
func unit(tb testing.TB) ball.Ball {
	b, err := ball.New(ball.L2, []float64{0}, 1)
	require.NoError(tb, err)
	return b
}

func tempProof(tb testing.TB, name string) string { return filepath.Join(tb.TempDir(), name) }

func TestAbortLeavesNothing(t *testing.T) {
	h := Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: unit(t), PartSize: 200}
	grow := func(w *Writer) {
		for range 3 {
			w.Split()
		}
		for i := range 4 {
			for range 10 {
				w.Pruned(3, 1, false, &enumerate.Multipliers{Self: 5, Back: []int32{2, 1, 0}, Lambda: []int64{1, 1, int64(100 + i)}})
			}
			w.Region([]float64{0})
			if i > 0 {
				w.SplitEnd()
			}
		}
	}
	for name, end := range map[string]func(*Writer){
		"abort":            func(w *Writer) { grow(w); w.Abort() },
		"a wrong count":    func(w *Writer) { grow(w); require.ErrorContains(t, w.Close(big.NewInt(5)), "counted 5") },
		"a tree cut short": func(w *Writer) { w.Split(); grow(w); require.Error(t, w.Close(nil)) },
		"an infinite witness": func(w *Writer) {
			w.Region([]float64{math.Inf(1)})
			require.ErrorContains(t, w.Close(nil), "finite")
		},
		"a witness beyond the caps": func(w *Writer) {
			w.RegionBig([]*big.Float{new(big.Float).SetMantExp(big.NewFloat(1), -maxExponent-1)})
			require.ErrorContains(t, w.Close(nil), "exponent 40001")
		},
		"a multiplier beyond the caps": func(w *Writer) {
			w.Pruned(0, 1, false, &enumerate.Multipliers{BigSelf: big.NewInt(1), Back: []int32{0}, BigLambda: []*big.Int{new(big.Int).Lsh(big.NewInt(1), 4*maxDigits)}})
			w.Region([]float64{0})
			require.ErrorContains(t, w.Close(nil), "bits")
		},
		"an unfinished fork": func(w *Writer) {
			f := w.Fork()
			f.Split()
			w.Join(f)
			require.Error(t, w.Close(nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := tempProof(t, "p")
			w, err := NewWriter(path, h)
			require.NoError(t, err)
			end(w)
			w.Abort()
			require.Empty(t, filesIn(t, filepath.Dir(path)))
			require.Error(t, w.Close(nil), "nothing closes a proof that was given up")
		})
	}
}

func TestNewWriterRefusesBadInput(t *testing.T) {
	good := Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: unit(t)}
	_, err := NewWriter(filepath.Join(t.TempDir(), "no", "such", "folder"), good)
	require.Error(t, err)
	bad := good
	bad.Net = "abc"
	_, err = NewWriter(tempProof(t, "p"), bad)
	require.ErrorContains(t, err, "sha256")
}

// BenchmarkWriter measures nodes a second, in memory up to Close.
func BenchmarkWriter(b *testing.B) {
	h := Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: unit(b)}
	w, err := NewWriter(tempProof(b, "p"), h)
	require.NoError(b, err)
	x := []float64{0.123, -0.456, 1e-3, 0.25}
	b.ReportAllocs()
	for b.Loop() {
		w.Split()
		w.Region(x)
		for range 5 {
			w.Pruned(1, 1, false, &enumerate.Multipliers{Self: 1, Back: []int32{0}, Lambda: []int64{3}})
		}
		w.Pruned(9, -1, false, &enumerate.Multipliers{Self: 16, Back: []int32{30, 7, 0}, Lambda: []int64{4, 5, 16}})
		w.Region(x)
		w.SplitEnd()
		w.text, w.whole = w.text[:0], 0
	}
	w.Abort()
}

// Lines have one spelling (docs/certificate.md).
func TestSpellingOfLines(t *testing.T) {
	w, err := NewWriter(tempProof(t, "p"), Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: unit(t)})
	require.NoError(t, err)
	defer w.Abort()
	one := &enumerate.Multipliers{Self: 1, Back: []int32{0}, Lambda: []int64{1}}
	w.Pruned(12, 1, false, one)
	w.Pruned(0, -1, true, &enumerate.Multipliers{Self: 2, Back: []int32{702, 701, 52, 51, 26, 25}, Lambda: []int64{1, 2, 3, 4, 5, 6}})
	w.Pruned(3, -1, false, &enumerate.Multipliers{BigSelf: big.NewInt(1), Back: []int32{1}, BigLambda: []*big.Int{big.NewInt(7)}})
	w.Pruned(3, 1, true, one)
	w.Narrowed(1, 1, 0.625, one)
	w.Narrowed(0, -1, -12, one)
	w.Region([]float64{-0.5, 0, 3})
	w.Open([]float64{4, -2})
	w.Region([]float64{0x1p-1074, 0x1p1000})
	w.RegionBig([]*big.Float{big.NewFloat(0), big.NewFloat(-6)})
	require.Equal(t, "+12 a\n<0 2AAaZz2Ba3Az4Aa5z6\n-3 b7\n>3 a\n]1 5 3 a\n[0 -12 0 a\nW1-1 0 6\n?0 4-2\nW1074 1 "+
		new(big.Int).Lsh(big.NewInt(1), 2074).String()+"\nW0 0-6\n", string(w.text))
}

// tell tells a writer of a random tree; here and there a subtree goes to a fork, with forks.
func tell(w enumerate.Observer, tree, forks *rand.Rand, depth int) {
	if forks != nil && forks.IntN(3) == 0 {
		f := w.Fork()
		tell(f, tree, forks, depth)
		w.Join(f)
		return
	}
	for range tree.IntN(3) {
		w.Pruned(tree.IntN(9), 1, tree.IntN(4) == 0, &enumerate.Multipliers{Self: tree.Int64N(99) + 1, Back: []int32{0}, Lambda: []int64{tree.Int64N(9) + 1}})
	}
	switch {
	case depth > 0 && tree.IntN(8) > 0:
		w.Split()
		tell(w, tree, forks, depth-1)
		tell(w, tree, forks, depth-1)
		w.SplitEnd()
	case tree.IntN(8) == 0:
		w.Open([]float64{tree.Float64()})
	default:
		w.Region([]float64{tree.Float64()})
	}
}

func TestBytesDependOnTheTreeAlone(t *testing.T) {
	for seed := range uint64(6) {
		for _, size := range []int{0, 120, 1000} {
			for _, name := range []string{"p", "p.gz"} {
				var first map[string]string
				for run := range uint64(4) {
					path := tempProof(t, name)
					w, err := NewWriter(path, Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: unit(t), PartSize: size})
					require.NoError(t, err)
					var forks *rand.Rand
					if run > 0 {
						forks = rand.New(rand.NewPCG(seed, run))
					}
					tell(w, rand.New(rand.NewPCG(seed, 0)), forks, 8)
					require.NoError(t, w.Close(nil))
					if files := filesIn(t, filepath.Dir(path)); first == nil {
						first = files
					} else {
						require.Equal(t, first, files, "the bytes depend on the forks")
					}
				}
				require.Equal(t, size > 0, len(first) > 1)
			}
		}
	}
}

func TestIntegersAreSpelledInDecimal(t *testing.T) {
	for _, v := range []int64{0, 7, 10, 99, 100, 999, 1000, -1, -999, math.MaxInt64, math.MinInt64} {
		require.Equal(t, "x"+strconv.FormatInt(v, 10), string(appendInt([]byte("x"), v)))
	}
	for v := range int64(2000) {
		require.Equal(t, strconv.FormatInt(v, 10), string(appendInt(nil, v)))
	}
}
