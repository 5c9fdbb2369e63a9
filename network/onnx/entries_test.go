package onnx

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

func TestEntriesAddUpInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 5).Draw(t, "rows"), rapid.IntRange(1, 5).Draw(t, "cols")
		room, want := 1000, mat.NewDense(rows, cols, nil)
		e := newEntries(&room, rows, cols)
		for range rapid.IntRange(0, 30).Draw(t, "entries") {
			i, j := rapid.IntRange(0, rows-1).Draw(t, "i"), rapid.IntRange(0, cols-1).Draw(t, "j")
			v := float64(rapid.IntRange(-2, 2).Draw(t, "v"))
			e.Set(i, j, v)
			want.Set(i, j, want.At(i, j)+v)
		}
		require.True(t, mat.Equal(want, e.matrix()))
	})
}

func TestEntriesAreNotRounded(t *testing.T) {
	room := 10
	e := newEntries(&room, 1, 2)
	e.Set(0, 1, 1)
	e.Set(0, 1, 0x1p-60)
	require.Nil(t, e.matrix())
}

// TestWeightsAreCounted: those other than 0, and a row without any as one.
func TestWeightsAreCounted(t *testing.T) {
	model := func(size int) []byte {
		return encode(t, newChain(1, 1, size, size).doubles("w", []int64{1, 1, 3, 3}, 1, 0, 0, 0, 1, 0, 0, 0, 1).
			node("Conv", []string{"x", "w"}).node("Relu", []string{"x"}).model())
	}
	const size = 34 // 32 × 32 rows of three weights
	n, _, err := read(model(size), 3*32*32)
	require.NoError(t, err)
	w, sparse := n.Layers()[0].W.(*network.Sparse)
	require.True(t, sparse)
	require.Equal(t, 3*32*32, w.Stored())
	_, _, err = read(model(size), 3*32*32-1)
	require.ErrorContains(t, err, `(Conv): its layers have more than 67108864 weights other than 0 in all, the most that is supported`)
	_, _, err = read(encode(t, newChain(1, 1, 1).doubles("w", []int64{1, 1, 1}, 1).node("Conv", []string{"x", "w"}, intsAttr("pads", 50, 50)).model()), 100)
	require.ErrorContains(t, err, "weights other than 0")
}

// TestLookedAtEntriesAreCounted: a product of zeros costs time too.
func TestLookedAtEntriesAreCounted(t *testing.T) {
	c := newChain(1, 64, 64).doubles("w", []int64{64, 64}, make([]float64, 64*64)...).node("MatMul", []string{"x", "w"})
	_, _, err := read(encode(t, c.model()), 1<<14)
	require.ErrorContains(t, err, "its layers are made of more than 131072 entries in all, zeros among them")
	_, _, err = read(encode(t, c.model()), 1<<15)
	require.NoError(t, err)
	batch := newChain(200, 4).doubles("w", []int64{4, 4}, filled(16, 1)...).node("MatMul", []string{"x", "w"})
	_, _, err = read(encode(t, batch.model()), 1<<10)
	require.ErrorContains(t, err, `(Input "v0" has a fixed batch of 200, whose rows are read together: export it with a batch of 1)`)
}

// TestTooManyEntriesAreNotWritten: a Gemm spells them all.
func TestTooManyEntriesAreNotWritten(t *testing.T) {
	w := network.NewSparse(1 << 14)
	for range 1<<12 + 1 {
		w.Append(nil, nil)
	}
	n, err := network.New([]network.Layer{{W: w, B: make([]float64, 1<<12+1)}})
	require.NoError(t, err)
	require.ErrorContains(t, Write(io.Discard, n, true), "layer 0: weights: 4097 × 16384 entries, expected at most 67108864")
}

// What comes by rows has no row noted for each entry, up to the first that does not.
func TestEntriesByRowsAndNot(t *testing.T) {
	for _, order := range [][]int{{0, 0, 2, 2, 4}, {1, 1, 3}, {4}, {}, {2, 2, 0, 3, 3}, {0, 1, 2, 1}, {3, 3, 1, 0, 4}} {
		for _, reserved := range []int{0, 2, 10} {
			room, want := 1000, mat.NewDense(5, 5, nil)
			e := newEntries(&room, 5, 5)
			e.reserve(reserved)
			for k, i := range order {
				e.Set(i, k, float64(k+1))
				want.Set(i, k, float64(k+1))
			}
			require.True(t, mat.Equal(want, e.matrix()), "%v", order)
		}
	}
}
