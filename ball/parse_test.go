package ball

// What a user may type, and what is refused with which words.

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseCenter(t *testing.T) {
	for in, want := range map[string][]float64{
		"0,0.5":         {0, 0.5},
		" -1 , 0x1p-3 ": {-1, 0.125},
		"1e3,-0":        {1000, 0},
	} {
		got, err := ParseCenter(in, 2)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for in, want := range map[string]string{
		"":        "center: 1 numbers, expected 2, one per input",
		"0":       "center: 1 numbers, expected 2, one per input",
		"0,0,0":   "center: 3 numbers, expected 2, one per input",
		"0,x":     `center: coordinate 1 is "x", expected a finite number`,
		"NaN,0":   `center: coordinate 0 is "NaN", expected a finite number`,
		"0,-Inf":  `center: coordinate 1 is "-Inf", expected a finite number`,
		"0,1_0":   `center: coordinate 1 is "1_0", expected a finite number`,
		"0,1e999": "center: coordinate 1 is 1e999, beyond float64, expected a finite number",
	} {
		_, err := ParseCenter(in, 2)
		require.EqualError(t, err, want, "%q", in)
	}
}

// A word of three megabytes was an error of as many.
func TestALongWordIsQuotedShortly(t *testing.T) {
	long := strings.Repeat("9", 1<<20)
	_, err := ReadCenter([]byte(long), 1)
	require.ErrorContains(t, err, "9…, beyond float64, expected a finite number")
	_, err = ParseRadius(long)
	require.ErrorContains(t, err, "9…, beyond float64")
	_, err = ParseBox(long, 1)
	require.ErrorContains(t, err, `9…", expected lo:hi`)
	_, err = ParseBox(long+":1", 1)
	require.Less(t, len(err.Error()), 300)
}

func TestReadCenter(t *testing.T) {
	for _, in := range []string{"[0.5, -2]", `["0x1p-1", "-2"]`, "0.5,-2\n", "0.5\n-2\n", "0.5 -2", "0.5,\r\n-2", "\ufeff0.5,-2", "\ufeff[0.5, -2]"} {
		got, err := ReadCenter([]byte(in), 2)
		require.NoError(t, err, "%q", in)
		require.Equal(t, []float64{0.5, -2}, got)
	}
	for in, want := range map[string]string{
		"[0.5":        "center: unexpected end of JSON input",
		"[0.5, null]": "center: coordinate 1 is",
		"[0.5, {}]":   "center: coordinate 1 is",
		"[[1],[2]]":   "center: coordinate 0 is",
		"":            "center: 0 numbers, expected 2",
		"a,b":         "center: coordinate 0 is",
	} {
		_, err := ReadCenter([]byte(in), 2)
		require.ErrorContains(t, err, want, "%q", in)
	}
}

func TestParseRadius(t *testing.T) {
	r, err := ParseRadius("0x1p-80")
	require.NoError(t, err)
	require.Equal(t, 0x1p-80, r)
	for in, want := range map[string]string{
		"0":     "radius: 0, expected a finite number greater than 0",
		"-1":    "radius: -1, expected a finite number greater than 0",
		"nan":   `radius: "nan", expected a finite number greater than 0`,
		"1e400": "radius: 1e400, beyond float64, expected a finite number greater than 0",
		"":      `radius: "", expected a finite number greater than 0`,
	} {
		_, err := ParseRadius(in)
		require.EqualError(t, err, want)
	}
}

func TestParseBox(t *testing.T) {
	b, err := ParseBox("-1:1", 3)
	require.NoError(t, err)
	require.Equal(t, []float64{-1, -1, -1}, b.Lo())
	require.Equal(t, []float64{1, 1, 1}, b.Hi())
	b, err = ParseBox("-1:1, 0:0.5", 2)
	require.NoError(t, err)
	require.Equal(t, []float64{-1, 0}, b.Lo())
	require.Equal(t, []float64{1, 0.5}, b.Hi())
	for in, want := range map[string]string{
		"1":         `box: coordinate 0 is "1", expected lo:hi`,
		"1:0":       "box: coordinate 0 has bounds 1:0, expected the lower below the upper",
		"0:1,0:1":   "box: 2 pairs lo:hi, expected one, or one for each of the 3 inputs",
		"0:inf":     `box: coordinate 0 is "0:inf": "inf", expected a finite number`,
		"a:1":       `box: coordinate 0 is "a:1": "a", expected a finite number`,
		"0:1:2":     `box: coordinate 0 is "0:1:2": "1:2", expected a finite number`,
		"0:1,,0:1":  `box: coordinate 1 is "", expected lo:hi`,
		"0:1,1:1,0": `box: coordinate 2 is "0", expected lo:hi`,
	} {
		_, err := ParseBox(in, 3)
		require.EqualError(t, err, want, "%q", in)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0,0", "-1:1", "-1:1,0:2", "[1,2]", "0x1p-3,1e5", ":", ",", "[\"1\"]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCenter(s, 2); err == nil {
			_, err = New(L2, c, 1)
			require.NoError(t, err)
		}
		if c, err := ReadCenter([]byte(s), 2); err == nil {
			_, err = New(L1, c, 1)
			require.NoError(t, err)
		}
		if b, err := ParseBox(s, 2); err == nil {
			require.Equal(t, 2, b.Dim())
		}
	})
}
