package safety

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Rows in blocks are those without, number by number, also in memory that was used before.
func TestPatchesAreRows(t *testing.T) {
	var p, q patches
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 3).Draw(t, "rows"), rapid.IntRange(0, 1100).Draw(t, "columns")
		narrow := rapid.IntRange(0, cols).Draw(t, "columns of the other")
		p.shape(rows, cols)
		q.shape(rows, narrow)
		slowP, slowQ := slowRows(rows, cols), slowRows(rows, narrow)
		for range rapid.IntRange(0, 8).Draw(t, "steps") {
			j, k := rapid.IntRange(0, rows-1).Draw(t, "j"), rapid.IntRange(0, rows-1).Draw(t, "k")
			a := float64(rapid.IntRange(-4, 4).Draw(t, "a"))
			if narrow > 0 {
				w := row{at: []int32{int32(rapid.IntRange(0, narrow-1).Draw(t, "at"))}, v: []float64{3}}
				q.addRow(k, a, w)
				w.addTo(slowQ[k], a)
			}
			p.add(j, a, &q, k)
			for i, v := range slowQ[k] {
				slowP[j][i] += a * v
			}
			if rapid.IntRange(0, 9).Draw(t, "all") == 0 {
				q.whole(k)
			}
		}
		for j := range rows {
			total, seen := 0.0, slowRows(1, cols)[0]
			for lo, hi := p.run(j, 0); lo < hi; lo, hi = p.run(j, hi) {
				copy(seen[lo:hi], p.row(j)[lo:hi])
			}
			for _, v := range slowP[j] {
				total += math.Abs(v)
			}
			require.Equal(t, total, p.norm(j))
			require.Equal(t, slowP[j], seen)
			require.Equal(t, slowP[j], append([]float64{}, p.whole(j)...))
		}
	})
}

func slowRows(rows, cols int) [][]float64 {
	m := make([][]float64, rows)
	for j := range m {
		m[j] = make([]float64, cols)
	}
	return m
}
