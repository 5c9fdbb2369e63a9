// What is read as a number, and what is said of a text that is none. Packages network and
// network/rnn have the fuzz targets of whole texts.

package hexjson

import (
	"bufio"
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNumbersAreReadBackExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.SliceOf(rapid.Float64().Filter(func(v float64) bool { return !math.IsInf(v, 0) && !math.IsNaN(v) })).Draw(t, "row")
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		WriteRow(w, row)
		require.NoError(t, w.Flush())
		r := NewReader(&b)
		got, err := r.Vector("row: ", nil)
		require.NoError(t, err)
		require.NoError(t, r.End("row"))
		require.Len(t, got, len(row))
		for i, v := range row {
			require.Equal(t, v, got[i]) // 0 and −0 are one number
		}
	})
}

func TestNumbersThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		`"0x1p+0`:       "ends too early, at byte",
		`"1.5"`:         `x: "1.5": expected a hexadecimal float such as`,
		`"0x1p+1024"`:   "expected a number within the range of float64",
		`"0x1p-1075"`:   "needs more than the 53 bits of a float64 or is below its range",
		`1e400`:         "x: 1e400, expected a number within the range of float64",
		`true`:          "x: found true, expected a number",
		`{"a":1,"a":2}`: "x: found {, expected a number",
	} {
		r := NewReader(strings.NewReader(text))
		_, err := r.Number("x: ")
		require.ErrorContains(t, r.Early(err), want)
	}
	r := NewReader(strings.NewReader(`0.1 2`))
	v, err := r.Number("x: ")
	require.NoError(t, err)
	require.Equal(t, 0.1, v, "a plain number is the nearest float64")
	require.ErrorContains(t, r.End("number"), "something follows the number")
}
