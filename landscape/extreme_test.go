package landscape

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/internal/dyadic"
)

// Numbers from one end of the range to the other: there is an error, or a bracket that is one and
// networks whose risk is theirs.
func TestExtremeData(t *testing.T) {
	answers := 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n, dim, reach := 1+rng.IntN(4), 1+rng.IntN(2), []int{2, 40, 330}[rng.IntN(3)]
		value := func() float64 {
			v := float64(rng.IntN(7) - 3)
			return max(min(math.Ldexp(v, rng.IntN(2*reach)-reach), mostValue), -mostValue)
		}
		var x [][]float64
		var y []float64
		for range n {
			p := make([]float64, dim)
			for k := range p {
				p[k] = value()
			}
			x, y = append(x, p), append(y, value())
		}
		d := mustNew(t, x, y, rng.IntN(2) == 0)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		if o, err := Decayed(anything, d, cells, tenth); err == nil {
			answers++
			require.LessOrEqual(t, o.Lower.Cmp(o.Upper), 0)
			require.GreaterOrEqual(t, o.Lower.Sign(), 0)
			require.Zero(t, o.Upper.Cmp(d.Objective(o.Model, tenth)))
		}
		if w, err := Widest(anything, d, cells, 1, false); err == nil {
			require.Zero(t, w.Risk.Cmp(d.Risk(w.Model)))
		}
		c, err := TakeCensus(anything, d, cells, 1)
		require.NoError(t, err)
		for _, v := range c.Values {
			require.GreaterOrEqual(t, v.Risk.Sign(), 0)
			require.LessOrEqual(t, v.Risk.Cmp(d.Risk(&Model{})), 0, "no cell is worse than nothing")
		}
	})
	require.Positive(t, answers)
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"x,y\n1,2\n", "1,2,3\n4,5,6\n", "1\n", "1,a\n", "\ufeff1,2", "1e101,2\n", "\"", "1,0x1p-1074\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Read(strings.NewReader(s), true)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.Len(t, d.Y, d.N())
		for _, row := range d.Rows {
			require.Len(t, row, d.P)
			require.Equal(t, 1.0, row[d.P-1])
		}
	})
}

// The middle of an interval of numbers that put a gate into its cell may be beyond float64: it was
// taken for 2^1024, and -Inf was told as a gate.
func TestGatesAreNumbers(t *testing.T) {
	d := mustNew(t, [][]float64{{5e-324, -1e100}, {9.999999999999998e16, 9.999999999999998e16}, {5e-324, 1e50}, {1, 1e100}, {5e-324, 5e-324}}, make([]float64, 5), true)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	require.Len(t, cells, 20)
	for _, c := range cells {
		require.NotNil(t, c.Gate)
		for _, v := range c.Gate {
			require.False(t, math.IsInf(v, 0))
		}
		for i, row := range d.integers {
			z, _ := dot(row, dyadic.Floats(c.Gate))
			require.Equal(t, int(c.Signs[i]), z.Sign())
		}
	}
}

// The products of all pairs of two hundred thousand rows ended the process.
func TestTooManyPointsAreRefused(t *testing.T) {
	x := make([][]float64, mostPoints+1)
	for i := range x {
		x[i] = []float64{float64(i)}
	}
	_, err := Patterns(anything, mustNew(t, x, make([]float64, len(x)), true))
	require.EqualError(t, err, "16385 points, expected at most 16384 for a list of patterns")
}
