package plot

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

func TestReadPoints(t *testing.T) {
	p, err := ReadPoints(strings.NewReader("x1,x2,class\n1, 2,b\n-3e2,0x1p-1,a\n"), 2)
	require.NoError(t, err)
	require.Equal(t, &Points{X: [][]float64{{1, 2}, {-300, 0.5}}, Class: []int{1, 0}, Classes: []string{"a", "b"}}, p)
	p, err = ReadPoints(strings.NewReader("\ufeff1,2\r\n\r\n3,4\r\n"), 2)
	require.NoError(t, err)
	require.Equal(t, &Points{X: [][]float64{{1, 2}, {3, 4}}}, p)
}

func TestReadPointsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":               "no points",
		"x,y\n":          "no points",
		"1,2\n3\n":       "line 2: 1 columns, expected 2",
		"1,2\n3,4,5\n":   "line 2: 3 columns, expected 2",
		"1,2,3,4\n":      "line 1: 4 columns, expected 2 coordinates and perhaps a class",
		"1\n":            "line 1: 1 columns, expected 2",
		"1,2\nthree,4\n": `line 2: column 1: "three", expected a finite number`,
		"1,two\n":        `line 1: column 2: "two", expected a finite number`,
		"x,y\n1,NaN\n":   `line 2: column 2: "NaN", expected a finite number`,
		"1,2\n1,-Inf\n":  `line 2: column 2: "-Inf", expected a finite number`,
		"1,2\n1,1e999\n": "expected a finite number",
		"1,2\n1,\n":      `column 2: "", expected`,
		"1,\"2\n":        "not CSV",
		"1,1,a\n1,1,b\n1,1,c\n1,1,d\n1,1,e\n1,1,f\n1,1,g\n1,1,h\n1,1,i\n1,1,j\n1,1,k\n": "11 different classes, expected at most 10",
	} {
		_, err := ReadPoints(strings.NewReader(text), 2)
		require.ErrorContains(t, err, want, "%q", text)
	}
}

func FuzzReadPoints(f *testing.F) {
	f.Add("x1,x2,class\n1,2,b\n", 2)
	f.Add("1\n2\n", 1)
	f.Add("1,\"2\n", 2)
	f.Fuzz(func(t *testing.T, text string, n int) {
		n = 1 + (n&3+4)%4
		p, err := ReadPoints(strings.NewReader(text), n)
		if err != nil {
			return
		}
		require.NotEmpty(t, p.X)
		for i, x := range p.X {
			require.Len(t, x, n)
			if p.Class != nil {
				require.Less(t, p.Class[i], len(p.Classes))
			}
		}
	})
}

func TestPointsOnASlice(t *testing.T) {
	n, _, err := load.Read("../testdata/iris_sized_4-16-16-3.onnx", load.Options{})
	require.NoError(t, err)
	const solveError = 1e-12 // least squares of small numbers
	p := &Points{X: [][]float64{{5, 3, 1, 0}, {6, 7, 8, 9}}}
	s, err := network.Inputs(n, []float64{0, 0, 0, 0}, 2, 0)
	require.NoError(t, err)
	q, err := p.OnSlice(s, 1)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{1, 5}, q.X[0], solveError)
	require.InDeltaSlice(t, []float64{8, 6}, q.X[1], solveError)
	s, err = network.Through(n, p.X[0], []float64{5, 4, 1, 0}, p.X[1])
	require.NoError(t, err)
	q, err = p.OnSlice(s, 2)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{0, 0}, q.X[0], solveError)
	require.InDeltaSlice(t, []float64{0, 1}, q.X[1], solveError)
}
