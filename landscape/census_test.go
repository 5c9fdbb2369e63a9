package landscape

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/internal/dyadic"
)

// whole numbers in one dimension.
func integers1(t require.TestingT, n int, seed uint64) *Data {
	rng := rand.New(rand.NewPCG(seed, 11))
	var x [][]float64
	var y []float64
	for _, v := range rng.Perm(3 * n)[:n] {
		x, y = append(x, []float64{float64(v - n)}), append(y, float64(rng.IntN(21)-10))
	}
	d, err := New(x, y, true)
	require.NoError(t, err)
	return d
}

func census(t require.TestingT, d *Data, m int) (*Census, []Cell) {
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	c, err := TakeCensus(anything, d, cells, m)
	require.NoError(t, err)
	return c, cells
}

// settle goes downhill from v, one vector for each neuron of a sign, as long as it stays in the
// cell where it is; it is nil if it meets a wall, or is slow.
func settle(d *Data, v [][]float64, signs []int) [][]float64 {
	start, now := make([]string, len(v)), make([]float64, d.N())
	for j := range v {
		start[j] = d.signs(v[j]).String()
	}
	rate := 0.0
	for _, row := range d.Rows {
		rate += dotOf(row, row)
	}
	rate = 0.9 / (rate * float64(len(v)))
	for step := 0; ; step++ {
		for i, row := range d.Rows {
			now[i] = -d.Y[i]
			for j := range v {
				if start[j][i] == '+' {
					now[i] += float64(signs[j]) * dotOf(row, v[j])
				}
			}
		}
		size := 0.0
		for j := range v {
			g := make([]float64, d.P)
			for i, row := range d.Rows {
				if start[j][i] == '+' {
					axpy(g, float64(signs[j])*now[i], row)
				}
			}
			size = max(size, norm(g))
			axpy(v[j], -rate, g)
		}
		if size < 1e-10 {
			break
		}
		if step == 200_000 {
			return nil // no end yet
		}
		if step%50 == 0 {
			for j := range v {
				if d.signs(v[j]).String() != start[j] {
					return nil
				}
			}
		}
	}
	const wall = 1e-6 // nearer than this it may lie on it
	for j := range v {
		for _, row := range d.Rows {
			if math.Abs(dotOf(row, v[j])) < wall {
				return nil
			}
		}
		if d.signs(v[j]).String() != start[j] {
			return nil
		}
	}
	return v
}

// Gradient descent that settles inside a cell has found the value that the census has for it.
func TestDescentsSettleAtTheCensus(t *testing.T) {
	const sets, starts = 20, 50
	settled := 0
	for seed := range uint64(sets) {
		d, known := allProducts(t, seed)
		rng := rand.New(rand.NewPCG(seed, 12))
		for range starts {
			signs := []int{1 - 2*rng.IntN(2), 1 - 2*rng.IntN(2)}
			v := [][]float64{{rng.NormFloat64(), 3 * rng.NormFloat64()}, {rng.NormFloat64(), 3 * rng.NormFloat64()}}
			if settledRightly(t, d, known, v, signs) {
				settled++
			}
		}
	}
	require.Greater(t, settled, sets)
}

// As many descents in every cell, each from a point inside: a sum of its rays.
func TestSoakDescentsInEveryCell(t *testing.T) {
	soak(t)
	const sets, starts = 20, 50
	settled := 0
	for seed := range uint64(sets) {
		d, known := allProducts(t, seed)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		e, err := newEdges(anything, d, cells)
		require.NoError(t, err)
		at := map[string]int{}
		for i, c := range cells {
			at[c.Signs.String()] = i
		}
		rng := rand.New(rand.NewPCG(seed, 13))
		for _, p := range known {
			for range starts {
				var v [][]float64
				for _, c := range p.cells {
					w := make([]float64, d.P)
					for _, r := range e.of[at[c.Signs.String()]] {
						share := rng.ExpFloat64() / 10
						for k, x := range e.primitive[r] {
							f, _ := x.Float64()
							w[k] += f * share
						}
					}
					v = append(v, w)
				}
				if settledRightly(t, d, known, v, p.signs) {
					settled++
				}
			}
		}
	}
	require.Greater(t, settled, 20*sets)
}

// allProducts returns data and all products of two signed cells, by how they are spelt.
func allProducts(t *testing.T, seed uint64) (*Data, map[string]product) {
	d := integers1(t, 5, seed)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	known := map[string]product{}
	require.NoError(t, eachProduct(anything, newWhole(d), cells, 2, func(p product) {
		p.signs, p.cells = slices.Clone(p.signs), slices.Clone(p.cells)
		known[p.String()] = p
	}))
	require.Equal(t, 210, len(known))
	return d, known
}

// settledRightly says whether a descent settles in the cell where it begins, which then holds
// minima of that value.
func settledRightly(t *testing.T, d *Data, known map[string]product, v [][]float64, signs []int) bool {
	if v = settle(d, v, signs); v == nil {
		return false
	}
	m := &Model{W: v, A: []float64{float64(signs[0]), float64(signs[1])}}
	words := []string{spellOn(signs[0], &Cell{Signs: d.signs(v[0])}), spellOn(signs[1], &Cell{Signs: d.signs(v[1])})}
	p, ok := known[strings.Join(words, " ")]
	if !ok {
		p, ok = known[words[1]+" "+words[0]]
	}
	require.True(t, ok)
	require.True(t, p.minimal, "%v", words)
	got, _ := dyadic.FromRat(d.Risk(m))
	want, _ := dyadic.FromRat(p.risk)
	require.InDelta(t, want, got, 1e-9*math.Max(1, want))
	return true
}

// A line through the data is fitted by one neuron that is on at all of them.
func TestCensusOfALine(t *testing.T) {
	d, err := New([][]float64{{0}, {1}, {2}}, []float64{1, 2, 3}, true)
	require.NoError(t, err)
	c, _ := census(t, d, 1)
	require.Zero(t, c.Linear.Sign())
	require.Equal(t, "12", c.Cells.String())
	require.Equal(t, "6", c.Surface.String())
	require.Zero(t, c.Values[0].Risk.Sign())
	require.Equal(t, "+111", c.Values[0].Cell)
	require.Equal(t, big.NewRat(14, 1), c.Values[len(c.Values)-1].Risk, "off everywhere")
}

// The least squares of a cell may lie on its wall, where it is no minimum of the open cell: y = |x|
// at −1, 0, 1 is fitted by neurons whose line passes through the middle point.
func TestAMinimumOnAWallIsNone(t *testing.T) {
	d, err := New([][]float64{{-1}, {0}, {1}}, []float64{0, 0, 1}, true)
	require.NoError(t, err)
	c, cells := census(t, d, 1)
	found := 0
	require.NoError(t, eachProduct(anything, newWhole(d), cells, 1, func(p product) {
		if p.String() == "+011" { // x, which is 0 at 0
			found++
			require.Zero(t, p.risk.Sign())
			require.False(t, p.minimal)
		}
	}))
	require.Equal(t, 1, found)
	require.Equal(t, "+001", c.Values[0].Cell, "there a whole ray of lines fits, strictly")
}

// Exactly: where floats of the least squares are off by an ulp the fractions are not.
func TestTheValueOfACellIsAFraction(t *testing.T) {
	d, err := New([][]float64{{0}, {1}, {3}}, []float64{1, 0, 1}, true)
	require.NoError(t, err)
	c, _ := census(t, d, 1)
	require.Equal(t, "9/14", c.Linear.RatString())
	d, err = New([][]float64{{0}, {1.0 / 1024}, {3.0 / 1024}}, []float64{0x1p-40, 0, 0x1p-40}, true)
	require.NoError(t, err)
	c, _ = census(t, d, 1)
	require.Equal(t, new(big.Rat).Mul(big.NewRat(9, 14), dyadic.Rat(big.NewInt(1), -80)), c.Linear)
}

// Cells are counted without order and with signs, and all of them are looked at.
func TestCensusCountsProductsOnce(t *testing.T) {
	for _, want := range []struct {
		n, m  int
		cells string
	}{{5, 1, "20"}, {5, 2, "210"}, {6, 2, "300"}} {
		d := integers1(t, want.n, 1)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		seen := map[string]bool{}
		require.NoError(t, eachProduct(anything, newWhole(d), cells, want.m, func(p product) { seen[p.String()] = true }))
		require.Equal(t, want.cells, products(len(cells), want.m).String())
		require.Len(t, seen, int(products(len(cells), want.m).Int64()))
	}
	d := integers1(t, 12, 1)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	_, err = TakeCensus(anything, d, cells, 9)
	require.ErrorContains(t, err, "fewer neurons, or fewer points")
}

// Many neurons in few cells: all sets of signs were run through, and most are the same ones again.
func TestCensusOfManyNeurons(t *testing.T) {
	d := mustNew(t, [][]float64{{2}}, []float64{3}, true)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	seen := int64(0)
	require.NoError(t, eachProduct(anything, newWhole(d), cells, 12, func(product) { seen++ }))
	require.Equal(t, products(2, 12).Int64(), seen)
}
