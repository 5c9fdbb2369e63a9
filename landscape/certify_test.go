package landscape

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// everySet is the twin: of all programmes and all sets of their columns, least squares without
// signs in fractions where that gives numbers that are not negative.
func everySet(t *testing.T, d *Data, cells []Cell, m int, out bool) (best *big.Rat) {
	p, err := newProgrammes(anything, d, cells, m, out)
	require.NoError(t, err)
	c := newCertifier(p)
	require.NoError(t, p.walk(anything, 1, 0, func(_ float64, l *level) error {
		s := &solving{certifier: c, columns: c.columns(l)}
		for set := range 1 << len(s.columns) {
			var chosen []int
			for k := range s.columns {
				if set>>k&1 != 0 {
					chosen = append(chosen, k)
				}
			}
			if !s.free(chosen) {
				continue
			}
			right := true
			for _, v := range s.numbers {
				right = right && v.Sign() >= 0
			}
			if right && (best == nil || s.value.Cmp(best) < 0) {
				best = s.value
			}
		}
		return nil
	}))
	return best
}

// degenerate has copies, a row of zeros, points on a line, and values that are all met.
func degenerate(t *testing.T, seed uint64) (d *Data, m int, out bool) {
	rng := rand.New(rand.NewPCG(seed, 77))
	n, dim := 1+rng.IntN(5), 1+rng.IntN(2)
	var x [][]float64
	var y []float64
	for i := range n {
		row := make([]float64, dim)
		for k := range row {
			row[k] = float64(rng.IntN(5) - 2)
			if seed%5 == 0 {
				row[k] = math.Ldexp(rng.NormFloat64(), rng.IntN(60)-30)
			}
		}
		if i > 0 && rng.IntN(4) == 0 {
			copy(row, x[rng.IntN(i)])
		}
		x, y = append(x, row), append(y, float64(rng.IntN(7)-3))
	}
	return mustNew(t, x, y, rng.IntN(2) == 0), 1 + rng.IntN(2), rng.IntN(3) == 0
}

func TestTheLeastOfAllProgrammesIsThatOfAllSets(t *testing.T) {
	solved := int64(0)
	for seed := range uint64(20) {
		d, m, out := degenerate(t, seed)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		if products(len(cells), m).Int64() > 250 {
			continue
		}
		w, c, err := Certify(anything, d, cells, m, out)
		require.NoError(t, err)
		require.Zero(t, c.Least.Cmp(everySet(t, d, cells, m, out)), "seed %d: %v", seed, c.Least)
		require.LessOrEqual(t, c.Least.Cmp(w.Risk), 0)
		solved += c.Solved
	}
	require.Positive(t, solved)
}

// The certificate does not rest on floats: whatever they propose, the answer is the same.
func TestFloatsDoNotDecideTheLeast(t *testing.T) {
	d := drawn(t, 6, 1, 3)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	w, want, err := Certify(anything, d, cells, 2, false)
	require.NoError(t, err)
	p, err := newProgrammes(anything, d, cells, 2, false)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	c := newCertifier(p)
	refused := 0
	require.NoError(t, p.walk(anything, 1, 0, func(_ float64, l *level) error {
		for k := range l.x {
			switch rng.IntN(4) {
			case 0:
				l.x[k] = rng.NormFloat64()
			case 1:
				l.x[k] = math.NaN()
			case 2:
				l.x[k] = 1e300 * rng.Float64()
			}
		}
		solved := c.Solved
		b, err := c.bound(anything, l)
		require.NoError(t, err)
		require.GreaterOrEqual(t, p.value(b).Cmp(c.Least), 0)
		for _, m := range l.members {
			require.EqualValues(t, 1, b.holds.Bit(m.number()))
		}
		refused += int(c.Solved - solved)
		return nil
	}))
	require.Zero(t, c.Least.Cmp(want.Least))
	require.Positive(t, refused)
	require.Less(t, int64(refused), w.Programmes.Int64())
}

// A bracket of the tables of the documentation: the network's risk is the least there is, but for
// the rounding of its weights.
func TestTheNetworkIsTheLeast(t *testing.T) {
	d := drawn(t, 8, 2, 1)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	w, c, err := Certify(anything, d, cells, 2, false)
	require.NoError(t, err)
	gap := new(big.Rat).Sub(w.Risk, c.Least)
	gap.Quo(gap, c.Least)
	require.Less(t, gap.Cmp(big.NewRat(1, 1e9)), 0, "%v", gap)
	require.Less(t, 5*c.Solved, w.Programmes.Int64(), "integers alone bound most of them")
	// Nothing random is below.
	rng := rand.New(rand.NewPCG(2, 2))
	for range 5 {
		require.GreaterOrEqual(t, d.Risk(descend(d, 2, 2000, 0, rng)).Cmp(c.Least), 0)
	}
	ended, stop := context.WithCancel(context.Background())
	stop()
	_, _, err = Certify(ended, d, cells, 2, false)
	require.ErrorIs(t, err, context.Canceled)
}

// Floats lose rays of such numbers, and told 14 where two is the least: the network of the
// fractions is looked at too.
func TestTheNetworkOfTheLeastIsNotLostInFloats(t *testing.T) {
	d := mustNew(t, [][]float64{{5e-324}, {1e-300}, {-5e-324}}, []float64{1, 2, 3}, true)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	w, c, err := Certify(anything, d, cells, 1, false)
	require.NoError(t, err)
	require.Zero(t, c.Least.Cmp(everySet(t, d, cells, 1, false)))
	gap := new(big.Rat).Sub(w.Risk, c.Least)
	require.Less(t, gap.Cmp(big.NewRat(1, 1e9)), 0)
	require.LessOrEqual(t, c.Solved, w.Programmes.Int64())
}

// What moves a residual inwards is the solution of a system; nearly dependent columns have none.
func TestInnerIsBelowEveryColumnInUse(t *testing.T) {
	d := drawn(t, 7, 2, 4)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	p, err := newProgrammes(anything, d, cells, 1, false)
	require.NoError(t, err)
	c := newCertifier(p)
	require.NoError(t, p.walk(anything, 1, 0, func(_ float64, l *level) error {
		require.True(t, c.inner(l))
		for k, x := range l.x {
			if x > 0 {
				require.Negative(t, mat.Dot(mat.NewVecDense(d.N(), l.columns[k]), mat.NewVecDense(d.N(), c.round)))
			}
		}
		return nil
	}))
}
