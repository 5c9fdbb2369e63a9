package certificate

// The writer's promises: bytes that depend on the tree alone, one spelling of
// numbers, and files that are there whole or not at all.

import (
	"math"
	"math/big"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestBytesDependOnTheTreeAlone(t *testing.T) {
	for seed := range int64(6) {
		r := rand.New(rand.NewSource(seed))
		net := randomNet(r, seed%2 == 0, []string{"relu", "leaky_relu"}, 2, 4, 4, 1)
		for _, size := range []int{0, 120, 1000} {
			for _, name := range []string{"p", "p.gz"} {
				var first memory
				for run := range int64(3) {
					path := tempProof(t, name)
					n := prove(t, net, unitBalls(2)[0], path, run, run > 0, 0, size)
					files := folder(t, filepath.Dir(path))
					if first == nil {
						first = files
					}
					require.Equal(t, first, files, "the bytes depend on the forks")
					rep, err := Check(net.text(), path, Options{Workers: 1 + int(run)})
					require.NoError(t, err)
					require.Equal(t, n, rep.Count)
					require.LessOrEqual(t, int64(len(files)-1), rep.Parts)
					require.Equal(t, len(files) > 1, rep.Parts > 0)
				}
			}
		}
	}
}

func TestRunsAreMergedAcrossForks(t *testing.T) {
	net := tnet{inputs: 1, layers: []tlayer{{act: "relu", w: [][]float64{{0}, {0}, {0}}, b: []float64{1, -1, 1}}}}
	h := Header{Net: net.hash(t), Ball: Ball{Norm: "linf", Center: []float64{0}, Radius: 1}}
	for forks := range 4 {
		path := tempProof(t, "p")
		w, err := NewWriter(path, h)
		require.NoError(t, err)
		stack := []*Writer{w}
		top := w
		for j, live := range []int8{1, -1, 1} {
			if j == forks || forks == 3 {
				top = top.Fork()
				stack = append(stack, top)
			}
			top.Pruned(live, int64(j+1), nil, nil)
		}
		top.Region([]float64{0})
		for i := len(stack) - 1; i > 0; i-- {
			stack[i-1].Join(stack[i])
		}
		require.NoError(t, w.Close(big.NewInt(1)))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(string(text), "\n=+-+\nW 0x0p+0\ncount 1\n"), string(text))
		_, err = Check(net.text(), path, Options{})
		require.NoError(t, err)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	h := Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: Ball{Norm: "l2", Center: []float64{0}, Radius: 1}, PartSize: 200}
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
			require.Empty(t, folder(t, filepath.Dir(path)))
			require.Error(t, w.Close(nil), "nothing closes a proof that was given up")
		})
	}
}

func TestNewWriterRefusesBadInput(t *testing.T) {
	good := Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: Ball{Norm: "l2", Center: []float64{0}, Radius: 1}}
	_, err := NewWriter(filepath.Join(t.TempDir(), "no", "such", "folder"), good)
	require.Error(t, err)
	bad := good
	bad.Net = "abc"
	_, err = NewWriter(tempProof(t, "p"), bad)
	require.ErrorContains(t, err, "sha256")
	bad = good
	bad.Ball.Norm = "l3"
	_, err = NewWriter(tempProof(t, "p"), bad)
	require.ErrorContains(t, err, "l3")
}

func TestSpellingOfNumbers(t *testing.T) {
	for _, c := range []struct {
		v    float64
		text string
	}{
		{0, "0x0p+0"}, {math.Copysign(0, -1), "0x0p+0"}, {1, "0x1p+0"}, {-0.5, "-0x1p-1"}, {0.1875, "0x1.8p-3"}, {8, "0x1p+3"},
		{0.01, "0x1.47ae147ae147bp-7"}, {math.SmallestNonzeroFloat64, "0x1p-1074"}, {math.MaxFloat64, "0x1.fffffffffffffp+1023"},
		{3 * math.SmallestNonzeroFloat64, "0x1.8p-1073"}, {0x1p-1022, "0x1p-1022"}, {0x1.8p-1023, "0x1.8p-1023"},
	} {
		require.Equal(t, c.text, string(appendFloat(nil, c.v)))
		require.Equal(t, c.text, string(appendBig(nil, big.NewFloat(c.v))))
	}
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		s := string(appendFloat(nil, v))
		require.Equal(t, s, string(appendBig(nil, big.NewFloat(v))))
		m, e, ok := dyadic(s)
		require.True(t, ok, s)
		back := new(big.Float).SetMantExp(new(big.Float).SetInt(m), e)
		require.Zero(t, back.Cmp(big.NewFloat(v)), s)
	})
}

func TestNumbersHaveOneSpelling(t *testing.T) {
	long := "0x1." + strings.Repeat("f", maxDigits)
	for _, s := range []string{long + "p+3", "0x1p+20000", "-0x1p-20000", "0x1.23456789abcdef01p-1"} {
		_, _, ok := dyadic(s)
		require.True(t, ok, s)
	}
	for _, s := range []string{"", "0", "1", "-", "+0x1p+0", "0x1", "0x1p", "0x1p+", "0x1p-", "0x1p0", "0x1p+00", "0x1p-0", "0x1p-01", "0x1p+01", "0x1.p+0", "0x1.0p+0",
		"0x1.80p+0", "0x1.Fp+0", "0X1p+0", "0x1P+0", "0x2p+0", "0x0p+1", "-0x0p+0", "0x0.8p+0", "0x1p+20001", "0x1p-99999999999999999999", long + "fp+3", "0x1.gp+0",
		"0x1.8.8p+0", "0x11p+0", "nan", "inf", "0x1p+0 ", " 0x1p+0", "0x1_0p+0", "0x1p+1_0", "--0x1p+0", "0x1p+0p+0"} {
		_, _, ok := dyadic(s)
		require.False(t, ok, s)
	}
	var z big.Int
	for _, s := range []string{"", "00", "01", "-1", "+1", "1_0", "0x1", strings.Repeat("9", maxDigits+1)} {
		require.False(t, natural([]byte(s), &z), s)
	}
	for _, s := range []string{"0", "18446744073709551615", "18446744073709551616", "9999999999999999999", strings.Repeat("9", maxDigits)} {
		require.True(t, natural([]byte(s), &z))
		require.Equal(t, s, z.String())
	}
}

// BenchmarkWriter measures nodes a second, in memory up to Close.
func BenchmarkWriter(b *testing.B) {
	h := Header{Net: "sha256:" + strings.Repeat("0", 64), Ball: Ball{Norm: "l2", Center: []float64{0}, Radius: 1}}
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

// dyadic reads a number from text.
func dyadic(s string) (m *big.Int, e int, ok bool) {
	m = new(big.Int)
	e, ok = number([]byte(s), m)
	return m, e, ok
}
