package files

// Tables of points are read, or refused in a line that says where.

import (
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTables(t *testing.T) {
	for text, c := range map[string]struct {
		table Table
		want  Points
	}{
		"1,2\n3,4":                         {Table{Inputs: 2}, Points{X: [][]float64{{1, 2}, {3, 4}}, Lines: []int{1, 2}}},
		"my points\n# of mine\n1,2 \n":     {Table{Inputs: 2}, Points{X: [][]float64{{1, 2}}, Lines: []int{3}}},
		",x,y\n0,1,2\n":                    {Table{Inputs: 3}, Points{X: [][]float64{{0, 1, 2}}, Lines: []int{2}}},
		"\ufeff\"1\",2\r\n\r\n3,4\r\n":     {Table{Inputs: 2, Class: true}, Points{X: [][]float64{{1, 2}, {3, 4}}, Lines: []int{1, 3}}},
		"x1,x2,7\n1, 2,b \n-3e2,0x1p-1,\n": {Table{Inputs: 2, Class: true}, Points{X: [][]float64{{1, 2}, {-300, 0.5}}, Class: []string{"b", ""}, Lines: []int{2, 3}}},
		"x,class\n1,a\n":                   {Table{Class: true}, Points{X: [][]float64{{1}}, Class: []string{"a"}, Lines: []int{2}}},
	} {
		p, err := c.table.Read(strings.NewReader(text))
		require.NoError(t, err, "%q", text)
		require.Equal(t, &c.want, p, "%q", text)
	}
}

func TestTablesThatAreRefused(t *testing.T) {
	plain, classes, learnt := Table{Inputs: 2}, Table{Inputs: 2, Class: true}, Table{Class: true, Most: math.MaxFloat32}
	for _, c := range []struct {
		table      Table
		text, want string
	}{
		{plain, "", "no points, expected at least one line of numbers"},
		{plain, "x,y\n", "no points, expected at least one line of numbers"},
		{plain, "1,2,3\n", "line 1: 3 columns, expected 2, one per input"},
		{plain, "title\n1\n", "line 2: 1 columns, expected 2, one per input"},
		{plain, ",\n1,2\n", `line 1: column 1: "", expected a finite number`},
		{plain, "1e999,x\n1,2\n", `line 1: column 1: "1e999", beyond float64, expected a finite number`},
		{plain, "1,2\n3,x\n", `line 2: column 2: "x", expected a finite number`},
		{plain, "1,2\n3," + strings.Repeat("x", 31), `line 2: column 2: "` + strings.Repeat("x", 30) + `…", expected a finite number`},
		{classes, "x,y,c\n1,2\n", "line 2: 2 columns, expected 3 as in the first line"},
		{classes, "x\n1,2\n", "line 1: 1 columns, expected 2 coordinates and perhaps a class"},
		{classes, "1,nan,a\n", `line 1: column 2: "nan", expected a finite number`},
		{learnt, "x\n", "line 1: one column, expected at least one number and a class"},
		{learnt, "1,2,a\n1e39,2,a\n", `line 2: column 1: "1e39", expected a finite number of at most 3.4e+38`},
	} {
		_, err := c.table.Read(strings.NewReader(c.text))
		require.EqualError(t, err, c.want, "%q", c.text)
	}
	_, err := plain.Read(strings.NewReader("1,2\n\"3,4\n"))
	require.ErrorContains(t, err, "not CSV: ")
	require.ErrorContains(t, err, "line 2")
	require.ErrorContains(t, err, ", expected comma-separated values")
}

// What is read is written anew, exactly, and read again as the same points.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"0,0\n", "x,y\n1,2\n", "# c\n0x1p-3,1e5\n", "\"1\",2", "1,2,3", "\n\n", "x1,x2,class\n1,2,b\n", "1,\"2\n", "1,2\n,\n"} {
		f.Add(s, 2, true)
		f.Add(s, 0, true)
		f.Add(s, 1, false)
	}
	f.Fuzz(func(t *testing.T, text string, n int, class bool) {
		table := Table{Inputs: n & 3, Class: class || n&3 == 0}
		p, err := table.Read(strings.NewReader(text))
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.NotEmpty(t, p.X)
		require.Len(t, p.Lines, len(p.X))
		var again strings.Builder
		w := csv.NewWriter(&again)
		for i, x := range p.X {
			require.True(t, i == 0 || p.Lines[i-1] < p.Lines[i])
			var row []string
			for _, v := range x {
				require.False(t, math.IsNaN(v) || math.IsInf(v, 0))
				row = append(row, strconv.FormatFloat(v, 'x', -1, 64))
			}
			if p.Class != nil {
				row = append(row, p.Class[i])
			}
			require.Contains(t, []int{len(x), len(x) + 1}, len(row))
			require.NoError(t, w.Write(row))
		}
		w.Flush()
		q, err := table.Read(strings.NewReader(again.String()))
		require.NoError(t, err)
		require.Equal(t, p.X, q.X)
		require.Equal(t, p.Class, q.Class)
	})
}
