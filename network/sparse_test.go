package network_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// drawSparse draws a matrix with many zeros, in both storages.
func drawSparse(t *rapid.T, rows, cols int) (*network.Sparse, *mat.Dense) {
	s, d := network.NewSparse(cols), mat.NewDense(rows, cols, nil)
	for i := range rows {
		row := d.RawRowView(i)
		var at []int32
		var v []float64
		for j := range row {
			if rapid.IntRange(0, 3).Draw(t, "nonzero") == 0 {
				row[j] = float64(rapid.IntRange(-3, 3).Draw(t, "w")) / 4
				at, v = append(at, int32(j)), append(v, row[j]) // zeros among them
			}
		}
		if i%2 == 0 {
			s.Append(at, v)
		} else {
			s.AppendDense(row)
		}
	}
	return s, d
}

// drawTwins draws a network in both storages.
func drawTwins(t *rapid.T) (sparse, dense *network.Network) {
	var a, b []network.Layer
	in := rapid.IntRange(1, 4).Draw(t, "inputs")
	for range rapid.IntRange(1, 4).Draw(t, "layers") {
		out := rapid.IntRange(1, 5).Draw(t, "units")
		s, d := drawSparse(t, out, in)
		l := network.Layer{W: s, B: make([]float64, out), Act: network.Mixed, Slopes: make([]float64, out)}
		for j := range out {
			l.B[j] = float64(rapid.IntRange(-2, 2).Draw(t, "b")) / 2
			l.Slopes[j] = rapid.SampledFrom([]float64{0, 1, -1, 0.25}).Draw(t, "slope")
		}
		a = append(a, l)
		l.W = d
		b, in = append(b, l), out
	}
	sparse, err := network.New(a)
	require.NoError(t, err)
	dense, err = network.New(b)
	require.NoError(t, err)
	return sparse, dense
}

func TestSparseIsTheDenseMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "cols")
		s, d := drawSparse(t, rows, cols)
		require.True(t, mat.Equal(s, d))
		require.True(t, mat.Equal(s.Columns(), d.T()))
		require.True(t, mat.Equal(s.Smaller(), d))
		l := network.Layer{W: s}
		require.True(t, mat.Equal(l.Dense(), d))
		stored := 0
		for i := range rows {
			require.Equal(t, d.RawRowView(i), s.RawRowView(i))
			row := make([]float64, cols)
			last := -1
			for c, w := range l.Entries(i) {
				require.Greater(t, c, last)
				require.NotZero(t, w)
				row[c], last = w, c
				stored++
			}
			require.Equal(t, d.RawRowView(i), row)
			for c, w := range (network.Layer{W: d}).Entries(i) {
				require.Equal(t, row[c], w)
				row[c] = 0
			}
			require.Equal(t, make([]float64, cols), row)
		}
		require.Equal(t, stored, s.Stored())
	})
}

func TestStorageChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sparse, dense := drawTwins(t)
		require.Equal(t, dense.Fingerprint(), sparse.Fingerprint())
		x := make([]float64, dense.Inputs())
		for k := range x {
			x[k] = rapid.Float64Range(-2, 2).Draw(t, "x")
		}
		require.InDeltaSlice(t, dense.Forward(x), sparse.Forward(x), 1e-9)
		p := dense.Pattern(x)
		require.Equal(t, p, sparse.Pattern(x))
		w, b := dense.Affine(p)
		v, c := sparse.Affine(p)
		require.Equal(t, w, v)
		require.Equal(t, b, c)
	})
}

func TestNewChecksSparseRows(t *testing.T) {
	s := network.NewSparse(2)
	s.Append([]int32{1}, []float64{math.Inf(1)})
	_, err := network.New([]network.Layer{{W: s, B: []float64{0}}})
	require.EqualError(t, err, "layer 0: weights: entry (0,1) is +Inf, expected a finite number")
	_, err = network.New([]network.Layer{{W: mat.NewDense(1, 1, nil), B: []float64{0}}, {W: s, B: []float64{0}}})
	require.EqualError(t, err, "layer 1: weights: 2 columns, expected 1, the width of the layer before")
	require.Panics(t, func() { s.Append([]int32{1, 1}, []float64{1, 1}) })
	require.Panics(t, func() { s.Append([]int32{2}, []float64{1}) })
	require.Panics(t, func() { s.Append([]int32{-1}, []float64{1}) })
}

func TestSmallerKeepsWhatIsSmaller(t *testing.T) {
	for stored, want := range map[int]bool{0: true, 63: true, 64: false, 128: false} {
		s, row := network.NewSparse(128), make([]float64, 128)
		for i := range stored {
			row[i] = 1
		}
		for range 128 {
			s.AppendDense(row)
		}
		_, kept := s.Smaller().(*network.Sparse)
		require.Equal(t, want, kept, stored)
	}
}

func TestSparseRowsRefusesWhatIsNone(t *testing.T) {
	v := []float64{1, 2}
	require.Equal(t, 2.0, network.SparseRows(3, []int{0, 2}, []int32{0, 2}, v).At(0, 2))
	for name, f := range map[string]func(){
		"descending":   func() { network.SparseRows(3, []int{0, 2}, []int32{2, 0}, v) },
		"twice":        func() { network.SparseRows(3, []int{0, 2}, []int32{1, 1}, v) },
		"out of range": func() { network.SparseRows(2, []int{0, 2}, []int32{0, 2}, v) },
		"zero":         func() { network.SparseRows(3, []int{0, 2}, []int32{0, 2}, []float64{1, 0}) },
		"too few":      func() { network.SparseRows(3, []int{0, 1}, []int32{0, 2}, v) },
	} {
		require.Panics(t, f, name)
	}
}

// TestRowsOfZerosAreSparse: a row without columns is not a dense row.
func TestRowsOfZerosAreSparse(t *testing.T) {
	appended := network.NewSparse(2)
	appended.AppendDense([]float64{0, 0})
	for name, s := range map[string]*network.Sparse{"appended": appended, "given": network.SparseRows(2, []int{0, 0}, nil, nil), "columns": appended.Columns()} {
		at, v := network.Layer{W: s}.Row(0)
		require.NotNil(t, at, name)
		require.Empty(t, v, name)
	}
}
