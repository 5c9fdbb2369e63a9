package reach

// Descriptions and pieces against what they must be: volumes that add up, vertices that satisfy all
// rows, images that are the network's, and pieces that hold just what satisfies the query.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/vnnlib"
)

// drawn returns a small network and a polytope ball.
func drawn(seed int64) (*network.Network, ball.Ball) {
	r := rand.New(rand.NewSource(seed))
	inputs := 1 + r.Intn(3)
	values := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			if v[i] = r.NormFloat64(); seed%2 == 0 {
				v[i] = float64(r.Intn(7)-3) / 2
			}
		}
		return v
	}
	a, b := 1+r.Intn(4), 1+r.Intn(3)
	n := gen.Build(gen.ReLU(values(inputs*a), values(a)), gen.ReLU(values(a*b), values(b)), gen.Affine(values(b*2), values(2)))
	if seed%3 == 0 {
		return n, gen.Must(ball.New(ball.L1, values(inputs), 1.5))
	}
	lo, hi := values(inputs), make([]float64, inputs)
	for k := range hi {
		hi[k] = lo[k] + 0.5 + r.Float64()
	}
	return n, gen.Must(ball.NewBox(lo, hi))
}

func eachRegion(t testing.TB, n *network.Network, b ball.Ball, f func(i int, r enumerate.Region)) {
	i := 0
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		f(i, r)
		i++
	}
}

func value(r Row, x []*big.Rat) *big.Rat {
	v, _ := r.H.Rat(nil)
	for k, g := range r.G {
		c, _ := g.Rat(nil)
		v.Add(v, c.Mul(c, x[k]))
	}
	return v
}

func TestDescriptions(t *testing.T) {
	for seed := range int64(40) {
		n, b := drawn(seed)
		eachRegion(t, n, b, func(i int, r enumerate.Region) {
			d, err := Describe(context.Background(), i, r)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(d.Vertices), n.Inputs()+1)
			tight := make([]int, len(d.Rows))
			for v, x := range d.Vertices {
				require.True(t, b.Contains(x))
				for k, row := range d.Rows {
					s := value(row, x).Sign()
					require.GreaterOrEqual(t, s, 0)
					if s == 0 {
						tight[k]++
					}
				}
				y := twin.Forward(n, x)
				for k := range y {
					require.Equal(t, y[k].RatString(), d.Image[v][k].RatString())
				}
			}
			for _, k := range tight { // each row is that of a facet
				require.GreaterOrEqual(t, k, n.Inputs())
			}
			w := make([]*big.Rat, len(d.Witness))
			for k, x := range d.Witness {
				w[k], _ = x.Rat(nil)
			}
			for _, row := range d.Rows {
				require.Positive(t, value(row, w).Sign())
			}
		})
	}
}

// query reads a query about a network with so many inputs in a box.
func query(t testing.TB, n int, lo, hi float64, condition string) *vnnlib.Query {
	var s strings.Builder
	for k := range n {
		fmt.Fprintf(&s, "(declare-const X_%d Real)\n", k)
	}
	s.WriteString("(declare-const Y_0 Real)\n(declare-const Y_1 Real)\n")
	for k := range n {
		fmt.Fprintf(&s, "(assert (>= X_%d %f))\n(assert (<= X_%d %f))\n", k, lo, k, hi)
	}
	q, err := vnnlib.Read(strings.NewReader(s.String()+condition), vnnlib.Options{})
	require.NoError(t, err)
	return q
}

// TestPiecesAreWhatSatisfiesTheQuery takes a query and its complement: their volumes add up to that
// of ball and box, and points inside a piece satisfy it.
func TestPiecesAreWhatSatisfiesTheQuery(t *testing.T) {
	const (
		some = "(assert (or (>= Y_0 0.26) (and (<= Y_1 0.51) (>= (+ Y_0 Y_1) -0.51))))"
		rest = "(assert (and (<= Y_0 0.26) (or (>= Y_1 0.51) (<= (+ Y_0 Y_1) -0.51))))"
		all  = "(assert (or (>= Y_0 0.26) (<= Y_0 0.26)))"
	)
	for seed := range int64(40) {
		n, b := drawn(seed)
		volume := func(lo, hi float64, condition string) *big.Rat {
			q, sum := query(t, n.Inputs(), lo, hi, condition), new(big.Rat)
			eachRegion(t, n, b, func(_ int, r enumerate.Region) {
				pieces, err := Inverse(context.Background(), r, q)
				require.NoError(t, err)
				for _, p := range pieces {
					require.Positive(t, p.Volume.Sign())
					sum.Add(sum, p.Volume)
					mean := make([]*big.Rat, n.Inputs())
					for k := range mean {
						mean[k] = new(big.Rat)
						for _, v := range p.Vertices {
							mean[k].Add(mean[k], v[k])
						}
						mean[k].Quo(mean[k], big.NewRat(int64(len(p.Vertices)), 1))
					}
					require.True(t, b.Contains(mean))
					require.True(t, q.Satisfied(mean, twin.Forward(n, mean)))
				}
			})
			return sum
		}
		whole, _ := enumerate.BallVolume(b)
		require.Equal(t, whole.RatString(), volume(-100, 100, all).RatString())
		require.Equal(t, whole.RatString(), new(big.Rat).Add(volume(-100, 100, some), volume(-100, 100, rest)).RatString(), "seed %d", seed)
		part := volume(-0.5, 0.75, all)
		require.Equal(t, part.RatString(), new(big.Rat).Add(volume(-0.5, 0.75, some), volume(-0.5, 0.75, rest)).RatString(), "seed %d", seed)
	}
}

func TestInverseOfTouching(t *testing.T) {
	// |x| ≤ 0 holds at 0 alone: no piece; |x| ≤ 1/4 on half of [−1/2, 1/2].
	n := gen.Build(gen.ReLU([]float64{1, -1}, []float64{0, 0}), gen.Affine([]float64{1, 1, 0, 0}, []float64{0, 0}))
	b := gen.Must(ball.NewBox([]float64{-0.5}, []float64{0.5}))
	for condition, want := range map[string]string{"(assert (<= Y_0 0.0))": "0", "(assert (<= Y_0 0.25))": "1/2", "(assert (<= Y_1 0.0))": "1", "(assert (>= Y_1 0.5))": "0"} {
		sum := new(big.Rat)
		eachRegion(t, n, b, func(_ int, r enumerate.Region) {
			pieces, err := Inverse(context.Background(), r, query(t, 1, -1, 1, condition))
			require.NoError(t, err)
			for _, p := range pieces {
				sum.Add(sum, p.Volume)
			}
		})
		require.Equal(t, want, sum.RatString(), condition)
	}
}

func TestLines(t *testing.T) {
	n, b := drawn(4)
	eachRegion(t, n, b, func(i int, r enumerate.Region) {
		d, err := Describe(context.Background(), i, r)
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, d.WriteJSON(&out))
		require.Equal(t, 1, strings.Count(out.String(), "\n"))
		var j descriptionJSON
		require.NoError(t, json.Unmarshal(out.Bytes(), &j))
		require.Equal(t, i, j.Region)
		require.Equal(t, r.Pattern.String(), j.Pattern)
		require.Len(t, j.Image, len(j.Vertices))
		require.NotNil(t, j.Rows)
	})
}

func TestRoundBallsHaveNoVertices(t *testing.T) {
	n, _ := drawn(1)
	for seed := int64(2); n.Inputs() == 1; seed++ {
		n, _ = drawn(seed)
	}
	c := make([]float64, n.Inputs())
	b := gen.Must(ball.New(ball.L2, c, 1))
	eachRegion(t, n, b, func(i int, r enumerate.Region) {
		d, err := Describe(context.Background(), i, r)
		require.NoError(t, err)
		require.Nil(t, d.Vertices)
		for j, s := range r.Pattern {
			require.Equal(t, s != 0, hasRow(d, j))
		}
		require.ErrorContains(t, d.WriteInequalities(&bytes.Buffer{}, b), "no polyhedron")
		require.ErrorContains(t, d.WriteVertices(&bytes.Buffer{}, true), "without vertices")
	})
}

func hasRow(d *Description, j int) bool {
	for _, r := range d.Rows {
		if r.Neuron == j {
			return true
		}
	}
	return false
}

// TestCddReadsThem has cddlib find the vertices of the H-representations.
func TestCddReadsThem(t *testing.T) {
	for _, program := range []string{"cddexec_gmp", "lrs"} {
		t.Run(program, func(t *testing.T) {
			path, err := exec.LookPath(program)
			if err != nil {
				t.Skipf("%s is not installed (libcdd-tools, lrslib): the formats are not tried on it", program)
			}
			for seed := range int64(4) {
				n, b := drawn(seed)
				eachRegion(t, n, b, func(i int, r enumerate.Region) {
					d, err := Describe(context.Background(), i, r)
					require.NoError(t, err)
					var in bytes.Buffer
					require.NoError(t, d.WriteInequalities(&in, b))
					cmd := exec.Command(path, "--rep")
					if program == "lrs" {
						file := filepath.Join(t.TempDir(), "in.ine")
						require.NoError(t, os.WriteFile(file, in.Bytes(), 0o600))
						cmd = exec.Command(path, file)
					}
					cmd.Stdin = &in
					out, err := cmd.CombinedOutput()
					require.NoError(t, err, string(out))
					require.Equal(t, sorted(d.Vertices), vertexLines(string(out)), "%s", out)
				})
			}
		})
	}
}

func sorted(points [][]*big.Rat) (lines []string) {
	for _, words := range fractions(points) {
		lines = append(lines, strings.Join(words, " "))
	}
	slices.Sort(lines)
	return lines
}

// vertexLines returns the vertices of the last V-representation: lrs begins again with longer
// numbers.
func vertexLines(text string) (lines []string) {
	text = text[strings.LastIndex(text, "begin"):]
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "1" && !strings.Contains(line, "rational") {
			lines = append(lines, strings.Join(words[1:], " "))
		}
	}
	slices.Sort(lines)
	return lines
}
