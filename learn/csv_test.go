package learn

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRead(t *testing.T) {
	s, err := Read(strings.NewReader("x,y,f\n1,2,3\n-0.5,1e-3,0\n"))
	require.NoError(t, err)
	require.Equal(t, &Samples{Inputs: 2, X: []float64{1, 2, -0.5, 1e-3}, Y: []float64{3, 0}}, s)
	for text, want := range map[string]string{
		"":               "no points",
		"1,2\n3\n":       "line 2: 1 columns, expected 2",
		"1,2\n3,x\n":     `line 2: column 2: "x", expected a finite number: the value at the point`,
		"1,NaN\n":        `line 1: column 2: "NaN"`,
		"1,2\ny,2\n":     `line 2: column 1: "y"`,
		"1,1e999\n2,3\n": `column 2: "1e999"`,
	} {
		_, err := Read(strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("1,2,3\n4,5,6\n")
	f.Add("a,b\n0,1e9\n")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := Read(strings.NewReader(text)); err == nil {
			require.Len(t, s.X, s.Inputs*len(s.Y))
			require.NotZero(t, s.Len())
		}
	})
}
