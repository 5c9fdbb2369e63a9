package network

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// sparseLines is a network in the sparse spelling, whose one line per layer it names.
const sparseLines = `{"relucell-network":1,"inputs":3,"layers":[
{"activation":"relu","columns":[[2],[]],"weights":[["0x1p+0"],[]],"bias":["0x0p+0","0x1p+0"]},
{"activation":"none","weights":[["0x1p+0","0x0p+0"]],"bias":["0x0p+0"]}
]}
`

func TestSparseSpelling(t *testing.T) {
	n, err := ReadCanonical(strings.NewReader(sparseLines))
	require.NoError(t, err)
	require.Equal(t, []float64{0, 0, 1, 0, 0, 0}, n.Layers()[0].Dense().RawMatrix().Data)
	var b bytes.Buffer
	require.NoError(t, n.writeCanonical(&b, 7)) // 3·2 + 2·1 entries
	require.Equal(t, sparseLines, b.String())
	b.Reset()
	require.NoError(t, n.writeCanonical(&b, 8))
	require.NotContains(t, b.String(), "columns")
}

func TestSparseSpellingOfAnyNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, out := rapid.IntRange(1, 5).Draw(t, "in"), rapid.IntRange(1, 5).Draw(t, "out")
		w := mat.NewDense(out, in, nil)
		for i := range out {
			for j := range in {
				w.Set(i, j, float64(rapid.SampledFrom([]int{0, 0, 0, 1, -3}).Draw(t, "w")))
			}
		}
		n, err := New([]Layer{{W: w, B: make([]float64, out)}})
		require.NoError(t, err)
		var sparse, dense bytes.Buffer
		require.NoError(t, n.writeCanonical(&sparse, 0))
		require.NoError(t, n.WriteCanonical(&dense))
		require.Equal(t, 2*n.layers[0].Nonzero() < in*out, strings.Contains(sparse.String(), "columns"))
		for _, text := range []string{sparse.String(), dense.String()} {
			m, err := ReadCanonical(strings.NewReader(text))
			require.NoError(t, err)
			require.Equal(t, n.Fingerprint(), m.Fingerprint())
		}
	})
}

// TestSparseSpellingOfWhatWasTooLarge: beyond the number of entries that the dense spelling is for.
func TestSparseSpellingOfWhatWasTooLarge(t *testing.T) {
	s := NewSparse(1 << 14)
	s.Append([]int32{7}, []float64{1})
	for range 1<<12 - 1 {
		s.Append(nil, nil)
	}
	text := func(units int, more ...Layer) string {
		n, err := New(append([]Layer{{W: s, B: make([]float64, units)}}, more...))
		require.NoError(t, err)
		b := n.Canonical()
		require.Equal(t, n.Fingerprint(), fingerprintOf(t, string(b)))
		return string(b)
	}
	require.Less(t, len(text(1<<12, Layer{W: mat.NewDense(1, 1<<12, nil), B: []float64{0}})), 1<<20)
}

func fingerprintOf(t *testing.T, text string) string {
	n, err := ReadCanonical(strings.NewReader(text))
	require.NoError(t, err)
	return n.Fingerprint()
}

func TestMalformedSparseRows(t *testing.T) {
	const first = `"columns":[[2],[]],"weights":[["0x1p+0"],[]]`
	for text, want := range map[string]string{
		`"columns":[[2,1],[]],"weights":[["0x1p+0","0x1p+0"],[]]`:         "layer 0: columns: row 0: column 1 follows column 2, expected them to ascend",
		`"columns":[[],[1,1]],"weights":[[],["0x1p+0","0x1p+0"]]`:         "layer 0: columns: row 1: column 1 follows column 1, expected them to ascend",
		`"columns":[[3],[]],"weights":[["0x1p+0"],[]]`:                    "layer 0: columns: row 0: column 3, expected one of the 3 inputs",
		`"columns":[[4294967296],[]],"weights":[["0x1p+0"],[]]`:           "layer 0: columns: row 0: column 4294967296, expected one of the layer's inputs",
		`"columns":[[-1],[]],"weights":[["0x1p+0"],[]]`:                   "layer 0: columns: found -1, expected a whole number",
		`"columns":[[2],[]],"weights":[["0x0p+0"],[]]`:                    "layer 0: columns: row 0: column 2 has the weight 0, expected none of those",
		`"columns":[[2]],"weights":[["0x1p+0"],[]]`:                       "layer 0: columns: they are not as many in each row as the weights are",
		`"columns":[[2],[1]],"weights":[["0x1p+0"],[]]`:                   "layer 0: columns: they are not as many in each row as the weights are",
		`"columns":[[2],[]],"columns":[[2],[]],"weights":[["0x1p+0"],[]]`: `layer 0: field "columns" is given twice`,
		`"columns":[[2],[],[]],"weights":[["0x1p+0"],[],[]]`:              "layer 0: bias: 2 entries, expected 3, one per row of the weights",
		`"columns":2,"weights":[["0x1p+0"],[]]`:                           "layer 0: columns: found 2, expected an array",
		`"columns":[[2],[]]`:                                              `layer 0: field "weights" is missing`,
	} {
		_, err := ReadCanonical(strings.NewReader(strings.Replace(sparseLines, first, text, 1)))
		require.EqualError(t, err, "canonical text: "+want, text)
	}
	for i := range len(sparseLines) - 2 {
		_, err := ReadCanonical(strings.NewReader(sparseLines[:i]))
		require.ErrorContains(t, err, "ends too early", fmt.Sprint(i))
	}
}
