package landscape

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/lp/nnls"
	"github.com/relucell/relucell/network"
)

var anything = context.Background()

// drawn returns points from a normal law with the values y = sin 2x₁ + 0.3·noise.
func drawn(t require.TestingT, n, dim int, seed uint64) *Data {
	d, err := New(sines(n, dim, seed))
	require.NoError(t, err)
	return d
}

// brute counts the sign vectors of which some w has all signs that are not 0, by asking each in
// fractions: does a subset-free elimination find a point of the open cone?
func brute(d *Data) map[string]bool {
	found := map[string]bool{}
	var walk func(p network.Pattern)
	walk = func(p network.Pattern) {
		if !strictly(d, p) {
			return
		}
		if len(p) == d.N() {
			found[p.String()] = true
			return
		}
		if norm(d.Rows[len(p)]) == 0 {
			walk(append(p[:len(p):len(p)], 0))
			return
		}
		walk(append(p[:len(p):len(p)], -1))
		walk(append(p[:len(p):len(p)], 1))
	}
	walk(nil)
	return found
}

// strictly says whether {w : p_i·x̃_i·w > 0} has a point, by Fourier and Motzkin's elimination.
func strictly(d *Data, p network.Pattern) bool {
	var rows [][]*big.Rat
	for i, s := range p {
		if s == 0 {
			continue
		}
		row := make([]*big.Rat, d.P)
		for k, v := range d.Rows[i] {
			row[k] = new(big.Rat).SetFloat64(float64(s) * v)
		}
		rows = append(rows, row)
	}
	for k := range d.P {
		var up, down, rest [][]*big.Rat
		for _, r := range rows {
			switch r[k].Sign() {
			case 1:
				up = append(up, r)
			case -1:
				down = append(down, r)
			default:
				rest = append(rest, r)
			}
		}
		for _, u := range up {
			for _, v := range down {
				sum := make([]*big.Rat, d.P)
				for j := range sum {
					a := new(big.Rat).Quo(u[j], u[k])
					sum[j] = a.Sub(a, new(big.Rat).Quo(v[j], v[k]))
				}
				rest = append(rest, sum)
			}
		}
		rows = rest
	}
	return len(rows) == 0 // else it says that 0 > 0
}

func TestCountOfPatternsInGeneralPosition(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 3))
		n, dim := 1+rng.IntN(12), 1+rng.IntN(3)
		cells, err := Patterns(anything, drawn(t, n, dim, seed))
		require.NoError(t, err)
		require.Equal(t, General(n, dim+1), big.NewInt(int64(len(cells))), "n %d, d %d", n, dim)
	}
	for _, want := range []struct{ n, dim, cells int64 }{{10, 2, 92}, {20, 2, 382}, {20, 3, 2320}, {40, 2, 1562}} {
		require.Equal(t, big.NewInt(want.cells), General(int(want.n), int(want.dim)+1))
	}
}

// Copies of points, points on a line, a row that is 0, data in a subspace: the list is that of all
// sign vectors, and every gate is strictly inside.
func TestPatternsOfDegenerateDataAreThoseOfBruteForce(t *testing.T) { patternsAreBruteForce(t, 60) }

func TestSoakPatternsOfDegenerateData(t *testing.T) {
	soak(t)
	patternsAreBruteForce(t, 3000)
}

func patternsAreBruteForce(t *testing.T, sets uint64) {
	fewer := 0
	for seed := range sets {
		rng := rand.New(rand.NewPCG(seed, 4))
		n, dim, bias := 2+rng.IntN(4), 1+rng.IntN(3), seed%2 == 0
		x, y := make([][]float64, n), make([]float64, n)
		for i := range x {
			x[i] = make([]float64, dim)
			for k := range x[i] {
				x[i][k] = float64(rng.IntN(3) - 1)
			}
			if seed%3 == 0 {
				x[i][dim-1] = 0 // in a subspace
			}
			if i > 0 && rng.IntN(3) == 0 {
				copy(x[i], x[rng.IntN(i)])
			}
		}
		d, err := New(x, y, bias)
		require.NoError(t, err)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		want := brute(d)
		for _, c := range cells {
			require.True(t, want[c.Signs.String()], "seed %d: %s", seed, c.Signs)
			require.Equal(t, c.Signs, d.signs(c.Gate))
			require.Positive(t, c.Margin)
		}
		require.Len(t, cells, len(want), "seed %d", seed)
		if big.NewInt(int64(len(cells))).Cmp(General(n, d.P)) < 0 {
			fewer++
		}
	}
	require.Greater(t, fewer, 20)
}

// At w = 0 all of 1[X·w ≥ 0] are 1, a pattern that no gate has here.
func TestPatternsAreThoseOfStrictSigns(t *testing.T) {
	d, err := New([][]float64{{1, 0}, {-1, 0}}, []float64{0, 0}, false)
	require.NoError(t, err)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	require.Len(t, cells, 2)
	for _, c := range cells {
		require.NotEqual(t, c.On(0), c.On(1))
	}
}

// A row that is 0 is on nowhere.
func TestAZeroRowIsOff(t *testing.T) {
	d, err := New([][]float64{{0, 0}, {1, 2}}, []float64{0, 0}, false)
	require.NoError(t, err)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	require.Len(t, cells, 2)
	for _, c := range cells {
		require.Zero(t, c.Signs[0])
		require.False(t, c.On(0))
	}
}

// In float64 and in any order of the terms, the gates that say so give their patterns.
func TestSureGatesGiveTheirPatternsInFloats(t *testing.T) {
	sure := 0
	for seed := range uint64(20) {
		d := drawn(t, 15, 2, seed)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		for _, c := range cells {
			for i, row := range d.Rows {
				if d.Sure(&c, 53) {
					require.Equal(t, c.On(i), nnls.Dot(row, c.Gate) > 0)
				}
			}
			if d.Sure(&c, 24) {
				sure++
			}
		}
	}
	require.Greater(t, sure, 2000)
}

// Float32 was said to be enough for gates of rows of which it makes 0, or no number; and float64
// for products of which it makes 0.
func TestGatesWereSureBeyondTheRange(t *testing.T) {
	for _, row := range [][]float64{{1e-50}, {1e60, 1e60}} {
		d, err := New([][]float64{row}, []float64{0}, false)
		require.NoError(t, err)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		for _, c := range cells {
			require.Positive(t, c.Margin)
			require.False(t, d.Sure(&c, 24), "%v", row)
		}
	}
	d, err := New([][]float64{{0x1p-1074, 0x1p-1074}}, []float64{0}, false)
	require.NoError(t, err)
	for _, w := range []float64{0.25, 1} {
		require.False(t, d.Sure(&Cell{Signs: []int8{1}, Gate: []float64{w, w}, Margin: 1}, 53))
	}
}

// Numbers and gates that are no float32 are rounded: the gates that say so give their patterns
// there.
func TestSureGatesGiveTheirPatternsInFloat32(t *testing.T) {
	sure := 0
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 32))
		x := make([][]float64, 8)
		for i := range x {
			x[i] = []float64{rng.NormFloat64(), 0}
			x[i][1] = x[i][0] * (1 + math.Ldexp(rng.NormFloat64(), -18)) // thin cells
		}
		d, err := New(x, make([]float64, len(x)), false)
		require.NoError(t, err)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		for _, c := range cells {
			if !d.Sure(&c, 24) {
				continue
			}
			sure++
			for i, row := range d.Rows {
				z := float32(0)
				for k, v := range row {
					z += float32(float32(v) * float32(c.Gate[k]))
				}
				require.Equal(t, c.On(i), z > 0)
			}
		}
	}
	require.Greater(t, sure, 40)
}

// Rows that differ by an ulp: the cells between them are thin, and their gates are exact.
func TestThinCellsHaveExactGates(t *testing.T) {
	d, err := New([][]float64{{1, 0.1}, {1, 0x1.999999999999bp-4}, {0.5, -3}}, []float64{0, 0, 0}, false)
	require.NoError(t, err)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	require.Len(t, cells, 6)
	thin := 0
	for _, c := range cells {
		require.Equal(t, c.Signs, d.signs(c.Gate))
		if !d.Sure(&c, 53) {
			thin++
		}
	}
	require.Equal(t, 2, thin)
}

func TestReadData(t *testing.T) {
	d, err := Read(strings.NewReader("x1,x2,y\n1,2,0.5\n3,4,-1\n"), true)
	require.NoError(t, err)
	require.Equal(t, [][]float64{{1, 2, 1}, {3, 4, 1}}, d.Rows)
	require.Equal(t, []float64{0.5, -1}, d.Y)
	for text, want := range map[string]string{
		"1,2,a\n":   `line 1: column 3: "a", expected a finite number`,
		"x,y\n1,\n": `line 2: column 2: "", expected a finite number`,
		"1,1e101\n": "line 1: column 2",
		"1e101,1\n": "line 1: column 1",
		"1,NaN\n":   "expected a finite number",
		"1,2\n1\n":  "line 2: 1 columns, expected 2",
		"":          "no points",
		"x1,y\n":    "no points",
		// It was taken for a header, and the bound was one of fewer points.
		"1/2,1\n2,3\n":   `line 1: column 1: "1/2", expected a finite number`,
		"1,2\n\"a,b\n,1": "not CSV",
	} {
		_, err := Read(strings.NewReader(text), true)
		require.ErrorContains(t, err, want, text)
	}
}

func TestTablesOfPatterns(t *testing.T) {
	d, err := New([][]float64{{-1}, {1}}, []float64{0, 0}, true)
	require.NoError(t, err)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	var table, gates strings.Builder
	require.NoError(t, WritePatterns(&table, cells, 2))
	require.NoError(t, WriteGates(&gates, cells, 2))
	require.Equal(t, "w0,w1,margin,d0,d1\n0,-1,1,0,0\n1,0,1,0,1\n-1,0,1,1,0\n0,1,1,1,1\n", table.String())
	require.Equal(t, "0,1,-1,0\n-1,0,0,1\n", gates.String())
}
