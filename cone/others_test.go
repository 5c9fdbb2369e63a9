package cone_test

// Rays against cddlib's exact mode and lrslib, where they are installed (libcdd-tools, lrslib), and
// against what both have answered elsewhere.

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/cone"
)

// ask has a program turn an H-representation into a V-representation.
func ask(t *testing.T, program string, m *cone.Matrix) *cone.Matrix {
	file := filepath.Join(t.TempDir(), "in.ine")
	var b bytes.Buffer
	require.NoError(t, m.Write(&b))
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o666))
	c := exec.Command(program, "in.ine")
	c.Dir = filepath.Dir(file)
	out, err := c.Output()
	require.NoError(t, err)
	if program == "scdd_gmp" {
		out, err = os.ReadFile(filepath.Join(c.Dir, "in.ext"))
		require.NoError(t, err)
	}
	v, err := cone.ReadMatrix(bytes.NewReader(out))
	require.NoError(t, err, "%s", out)
	require.True(t, v.Vertices)
	return v
}

// same holds generators of another program to a description: its lines span the same space, and its
// rays are the same modulo that.
func same(t *testing.T, d *cone.Description, v *cone.Matrix) {
	var lines, rays [][]*big.Int
	for i, r := range v.Rows {
		x := whole(r[1:])
		switch {
		case r[0].Sign() != 0:
			require.Equal(t, words(ints(make([]int64, d.Dim)...)), words(x), "a cone has one vertex")
		case slices.Contains(v.Linearity, i):
			lines = append(lines, x)
		default:
			rays = append(rays, reduced(d, x))
		}
	}
	for _, l := range lines {
		require.Equal(t, words(ints(make([]int64, d.Dim)...)), words(reduced(d, l)), "a line")
	}
	require.Len(t, lines, len(d.Lineality))
	slices.SortFunc(rays, compare)
	rays = slices.CompactFunc(rays, func(a, b []*big.Int) bool { return compare(a, b) == 0 }) // lrs repeats some
	require.Equal(t, text(&cone.Description{Rays: d.Rays}), text(&cone.Description{Rays: rays}))
}

// reduced makes a vector 0 at the pivots of the lines.
func reduced(d *cone.Description, x []*big.Int) []*big.Int {
	for _, l := range d.Lineality {
		p := slices.IndexFunc(l, func(v *big.Int) bool { return v.Sign() != 0 })
		y := make([]*big.Int, len(x))
		for k := range x {
			y[k] = new(big.Int).Mul(l[p], x[k])
			y[k].Sub(y[k], new(big.Int).Mul(x[p], l[k]))
		}
		x = cone.Primitive(y)
	}
	return x
}

// strange draws a cone of at most six dimensions that is as often as not degenerate: with lines,
// redundant and repeated rows, equations, a linear space, or nothing but 0.
func strange(rng *rand.Rand) (dim int, rows [][]*big.Int) {
	dim = 1 + rng.IntN(6)
	most := []int64{1, 3, 9}[rng.IntN(3)]
	rank := 1 + rng.IntN(dim) // rows are combinations of so many, which leaves lines
	basis := make([][]*big.Int, rank)
	for i := range basis {
		basis[i] = ints(make([]int64, dim)...)
		for k := range basis[i] {
			basis[i][k].SetInt64(rng.Int64N(2*most+1) - most)
		}
	}
	for range 1 + rng.IntN(12) {
		r := ints(make([]int64, dim)...)
		for _, b := range basis {
			r = sum(r, scaled(b, rng.Int64N(5)-2))
		}
		rows = append(rows, r)
		switch rng.IntN(8) {
		case 0:
			rows = append(rows, scaled(r, -1))
		case 1:
			rows = append(rows, scaled(r, 2))
		case 2:
			rows = append(rows, sum(r, rows[rng.IntN(len(rows))]))
		}
	}
	return dim, rows
}

// hashes are those of the canonical descriptions of all cones of the test below, a line each.
func hashes(t *testing.T) string {
	var b strings.Builder
	for seed := range uint64(cones) {
		dim, rows := strange(rand.New(rand.NewPCG(seed, 7)))
		fmt.Fprintf(&b, "%d %x\n", seed, sha256.Sum256([]byte(strings.Join(text(describe(t, dim, rows, cone.Lex)), "\n"))))
	}
	for _, n := range []int{5, 6} {
		dim, rows := metric(n)
		fmt.Fprintf(&b, "MET_%d %x\n", n, sha256.Sum256([]byte(strings.Join(text(describe(t, dim, rows, cone.Lex)), "\n"))))
	}
	return b.String()
}

const answered = "testdata/answered.txt"

// The file was written where both programs gave these rays.
func TestRaysAreThoseThatOtherProgramsGave(t *testing.T) {
	want, err := os.ReadFile(answered)
	require.NoError(t, err)
	require.Equal(t, string(want), hashes(t))
}

var update = flag.Bool("update", false, "write down what other programs answer: with the soak switch, and both installed")

// cones is how many cones are drawn.
const cones = 200

func TestRaysAreThoseOfOtherPrograms(t *testing.T) {
	for _, program := range []string{"scdd_gmp", "lrs"} {
		t.Run(program, func(t *testing.T) {
			if _, err := exec.LookPath(program); err != nil {
				require.False(t, *update, "%s is not installed", program)
				t.Skipf("%s is not installed: Debian has it in libcdd-tools or lrslib", program)
			}
			kinds := map[string]int{}
			for seed := range uint64(cones) {
				dim, rows := strange(rand.New(rand.NewPCG(seed, 7)))
				d := describe(t, dim, rows, cone.Lex)
				switch {
				case len(d.Rays) == 0 && len(d.Lineality) == 0:
					kinds["origin"]++
				case len(d.Rays) == 0:
					kinds["linear space"]++
				case len(d.Lineality) == 0:
					kinds["pointed"]++
				default:
					kinds["with lines"]++
				}
				if !slices.ContainsFunc(rows, func(r []*big.Int) bool { return slices.ContainsFunc(r, func(x *big.Int) bool { return x.Sign() != 0 }) }) {
					continue // these programs expect a constraint
				}
				m := cone.Inequalities(dim, rows, fmt.Sprint("seed ", seed))
				same(t, d, ask(t, program, m))
				again, err := m.Homogeneous()
				require.NoError(t, err)
				require.Equal(t, text(d), text(describe(t, dim, cone.WholeRows(again), cone.MaxCut)))
			}
			for _, kind := range []string{"origin", "linear space", "pointed", "with lines"} {
				require.NotZero(t, kinds[kind], kind)
			}
			for _, n := range []int{5, 6} {
				if n == 6 && program == "lrs" && !soaking() {
					continue // takes it seconds
				}
				dim, rows := metric(n)
				same(t, describe(t, dim, rows, cone.Lex), ask(t, program, cone.Inequalities(dim, rows, "")))
			}
		})
	}
	if *update {
		require.True(t, soaking() && !t.Failed())
		require.NoError(t, os.MkdirAll(filepath.Dir(answered), 0o777))
		require.NoError(t, os.WriteFile(answered, []byte(hashes(t)), 0o666))
	}
}
