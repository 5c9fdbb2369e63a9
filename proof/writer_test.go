package proof

// The writer's promises: bytes that depend on the tree alone, one spelling of
// numbers, and files that are there whole or not at all.

import (
	"math"
	"math/big"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
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
				w.Pruned(1, 5, []int32{1, 2, 3}, []int64{1, 1, int64(100 + i)})
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
			require.ErrorContains(t, w.Close(nil), "exponent -20001")
		},
		"a multiplier beyond the caps": func(w *Writer) {
			w.PrunedBig(1, big.NewInt(1), []int32{0}, []*big.Int{new(big.Int).Lsh(big.NewInt(1), 4*maxDigits)})
			w.Region([]float64{0})
			require.ErrorContains(t, w.Close(nil), "multiplier")
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
			w.Pruned(1, 1, nil, nil)
		}
		w.Pruned(-1, 16, []int32{3, 7, 9}, []int64{4, 5, 16})
		w.Region(x)
		w.SplitEnd()
		w.text, w.whole = w.text[:0], 0
	}
	w.Abort()
}
