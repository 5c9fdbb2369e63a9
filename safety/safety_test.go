package safety

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/vnnlib"
)

// build makes a network of rows of weights, the bias last in each.
func build(t require.TestingT, acts []network.Activation, layers ...[][]float64) *network.Network {
	var out []network.Layer
	for i, rows := range layers {
		in := len(rows[0]) - 1
		l := network.Layer{W: mat.NewDense(len(rows), in, nil), B: make([]float64, len(rows)), Act: acts[i]}
		for j, r := range rows {
			l.Dense().SetRow(j, r[:in])
			l.B[j] = r[in]
		}
		if l.Act == network.LeakyReLU {
			l.Slope = 0.25
		}
		out = append(out, l)
	}
	n, err := network.New(out)
	require.NoError(t, err)
	return n
}

// ask reads a query whose assertions are given.
func ask(t require.TestingT, n *network.Network, asserts ...string) *vnnlib.Query {
	return read(t, specification(n, asserts...))
}

func read(t require.TestingT, text string) *vnnlib.Query {
	q, err := vnnlib.Read(strings.NewReader(text), vnnlib.Options{})
	require.NoError(t, err)
	return q
}

// specification is a query whose assertions are given.
func specification(n *network.Network, asserts ...string) string {
	var s strings.Builder
	for k := range n.Inputs() {
		fmt.Fprintf(&s, "(declare-const X_%d Real)", k)
	}
	for k := range n.Outputs() {
		fmt.Fprintf(&s, "(declare-const Y_%d Real)", k)
	}
	for _, a := range asserts {
		fmt.Fprintf(&s, "(assert %s)", a)
	}
	return s.String()
}

func verdict(t require.TestingT, n *network.Network, q *vnnlib.Query) Verdict {
	res, err := Verify(context.Background(), n, q, Options{Workers: 1})
	require.NoError(t, err)
	require.Empty(t, res.Stopped)
	if res.Witness != nil {
		require.True(t, q.Satisfied(res.Witness.Input, res.Witness.Output))
	}
	return res.Verdict
}

// absolute is |x|.
func absolute(t require.TestingT) *network.Network {
	return build(t, []network.Activation{network.ReLU, network.None}, [][]float64{{1, 0}, {-1, 0}}, [][]float64{{1, 1, 0}})
}

func TestTouchingIsViolatedAndBeingBelowIsNot(t *testing.T) {
	abs := absolute(t)
	box := "(and (>= X_0 -1) (<= X_0 0.7))"
	for condition, want := range map[string]Verdict{
		"(<= Y_0 0)":                                    Violated,
		"(< Y_0 0)":                                     Holds,
		"(>= Y_0 1)":                                    Violated, // at a corner
		"(> Y_0 1)":                                     Holds,
		"(and (<= Y_0 X_0) (<= Y_0 (- X_0)))":           Violated, // only at the kink
		"(and (<= Y_0 X_0) (< Y_0 (- X_0)))":            Holds,
		"(= Y_0 X_0)":                                   Violated, // along an edge
		"(and (= Y_0 X_0) (< X_0 0))":                   Holds,
		"(and (= Y_0 X_0) (> X_0 0.7))":                 Holds,
		"(and (= Y_0 X_0) (>= X_0 0.7))":                Violated,
		"(= Y_0 0.1)":                                   Violated,
		"(and (= X_0 0.1) (= Y_0 0.1))":                 Violated, // a fixed input that is no float
		"(and (= X_0 0.1) (< Y_0 0.1))":                 Holds,
		"(and (= X_0 0.1) (> Y_0 0.1))":                 Holds,
		"(or (< Y_0 0) (and (= X_0 -1) (>= Y_0 1)))":    Violated,
		"(or (< Y_0 0) (> Y_0 1))":                      Holds,
		"(= (+ X_0 Y_0) 0.0000000000000000000001)":      Violated, // half of it is no float
		"(and (<= Y_0 2) (>= Y_0 3))":                   Holds,
		"(<= X_0 2)":                                    Violated, // no output is mentioned
		"(and (> X_0 0.7) (<= Y_0 5))":                  Holds,
		"(>= X_0 1)":                                    Holds, // the box is empty
		"(and (>= Y_0 0.3) (<= Y_0 0.3) (<= X_0 -0.3))": Violated,
	} {
		t.Run(condition, func(t *testing.T) {
			require.Equal(t, want, verdict(t, abs, ask(t, abs, box, condition)))
		})
	}
}

func TestALastLayerWithReLU(t *testing.T) {
	n := build(t, []network.Activation{network.ReLU}, [][]float64{{1, 0}})
	box := "(and (>= X_0 -1) (<= X_0 1))"
	require.Equal(t, Holds, verdict(t, n, ask(t, n, box, "(<= Y_0 -1)")))
	require.Equal(t, Holds, verdict(t, n, ask(t, n, box, "(< Y_0 0)")))
	require.Equal(t, Violated, verdict(t, n, ask(t, n, box, "(<= Y_0 0)")))
	require.Equal(t, Violated, verdict(t, n, ask(t, n, box, "(>= Y_0 1)")))
}

// TestAMaximumWhereThreeHyperplanesMeet has its only point at (1/3, 1/3), which is no float.
func TestAMaximumWhereThreeHyperplanesMeet(t *testing.T) {
	n := build(t, []network.Activation{network.ReLU, network.None},
		[][]float64{{3, 0, -1}, {-3, 0, 1}, {0, 3, -1}, {0, -3, 1}, {1, -1, 0}}, [][]float64{{1, 1, 1, 1, 1, 0}})
	box := "(and (>= X_0 0) (<= X_0 1) (>= X_1 0) (<= X_1 1))"
	require.Equal(t, Violated, verdict(t, n, ask(t, n, box, "(<= Y_0 0)")))
	require.Equal(t, Holds, verdict(t, n, ask(t, n, box, "(< Y_0 0)")))
	require.Equal(t, Holds, verdict(t, n, ask(t, n, box, "(<= Y_0 -1e-300)")))
}

// TestNumbersThatOverflowAreNotBounds: weights at the ends of the range are left to fractions.
func TestNumbersThatOverflowAreNotBounds(t *testing.T) {
	for _, w := range []float64{math.MaxFloat64, 0x1p1000, 0x1p600, 0x1p300, 0x1p-300, 0x1p-1000, 0x1p-1074} {
		n := build(t, []network.Activation{network.ReLU, network.ReLU, network.None},
			[][]float64{{w, 0}, {-w, 0}}, [][]float64{{w, 0, 0}, {0, w, 0}}, [][]float64{{1, 1, 0}})
		for condition, truth := range map[string]Verdict{"(<= Y_0 0)": Violated, "(< Y_0 0)": Holds} {
			q := ask(t, n, "(and (>= X_0 -1) (<= X_0 1))", condition)
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			res, err := Verify(ctx, n, q, Options{Workers: 1})
			cancel()
			require.NoError(t, err)
			require.Equal(t, truth, res.Verdict, "%g: %s", w, res.Stopped)
		}
	}
}

// TestBoxesBeyondTheFloats, or at the ends of their range.
func TestBoxesBeyondTheFloats(t *testing.T) {
	abs := absolute(t)
	for _, end := range []string{"1e400", "1.7e308", "1e200", "1e-330", "5e-324"} {
		box := fmt.Sprintf("(and (>= X_0 (- %s)) (<= X_0 %s))", end, end)
		require.Equal(t, Violated, verdict(t, abs, ask(t, abs, box, "(>= Y_0 "+end+")")))
		require.Equal(t, Holds, verdict(t, abs, ask(t, abs, box, "(> Y_0 "+end+")")))
		require.Equal(t, Holds, verdict(t, abs, ask(t, abs, box, "(< Y_0 0)")))
		require.Equal(t, Violated, verdict(t, abs, ask(t, abs, box, "(<= Y_0 0)")))
	}
}

// TestAgainstTheTwin holds the search to the enumeration of all cells on small networks with small
// integers, where conditions touch.
func TestAgainstTheTwin(t *testing.T) {
	runs := 250
	if os.Getenv("RELUCELL_SOAK") != "" {
		runs = 20_000
	}
	for name, tune := range tunings {
		t.Run(name, func(t *testing.T) { agreeWithTwin(t, 1, runs/3, tune) })
	}
}

func agreeWithTwin(t *testing.T, seed uint64, runs int, tune tuning) {
	count := map[Verdict]int{}
	for i := range runs {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		n := randomNet(t, rng)
		q := randomQuery(t, rng, n)
		want := Holds
		if twin(n, q) {
			want = Violated
		}
		s := newSubject(context.Background(), n, q)
		s.tuning = tune
		r, err := newSearch(context.Background(), s, Options{Workers: 1}, time.Now())
		require.NoError(t, err)
		res := r.run()
		require.Equal(t, want, res.Verdict, "case %d of seed %d: %s", i, seed, res.Stopped)
		count[want]++
	}
	require.Greater(t, count[Holds], runs/5)
	require.Greater(t, count[Violated], runs/5)
}

// TestAgainstTheTwinAtTheEndsOfTheRange: units scaled by powers of two so far apart that floats
// overflow, underflow and lose everything.
func TestAgainstTheTwinAtTheEndsOfTheRange(t *testing.T) {
	for i := range 150 {
		rng := rand.New(rand.NewPCG(17, uint64(i)))
		plain := randomNet(t, rng)
		var layers []network.Layer
		for _, l := range plain.Layers() {
			y := network.Layer{W: mat.DenseCopyOf(l.W), B: append([]float64(nil), l.B...), Act: l.Act, Slope: l.Slope, Slopes: l.Slopes}
			for j := range y.B {
				e := rng.IntN(500) - 250
				for k, v := range y.W.RawRowView(j) {
					y.Dense().Set(j, k, math.Ldexp(v, e))
				}
				y.B[j] = math.Ldexp(y.B[j], e)
			}
			layers = append(layers, y)
		}
		n, err := network.New(layers)
		require.NoError(t, err)
		q := randomQuery(t, rng, n)
		want := Holds
		if twin(n, q) {
			want = Violated
		}
		require.Equal(t, want, verdict(t, n, q), i)
	}
}

// randomNet has one or two inputs, rarely three, and few units of all kinds but maxima.
func randomNet(t require.TestingT, rng *rand.Rand) *network.Network {
	in := 1 + rng.IntN(2)
	var layers []network.Layer
	for i := range 1 + rng.IntN(3) {
		out := 1 + rng.IntN(3)
		l := network.Layer{W: mat.NewDense(out, in, nil), B: make([]float64, out)}
		for j := range out {
			for k := range in {
				l.Dense().Set(j, k, float64(rng.IntN(7)-3))
			}
			l.B[j] = float64(rng.IntN(5) - 2)
		}
		switch rng.IntN(5) {
		case 0:
			l.Act = network.None
		case 1:
			l.Act, l.Slope = network.LeakyReLU, []float64{0.25, -1, 2, 0.1}[rng.IntN(4)]
		case 2:
			l.Act, l.Slopes = network.Mixed, make([]float64, out)
			for j := range l.Slopes {
				l.Slopes[j] = []float64{0, 1, -1, 3, 0.5, -2.5}[rng.IntN(6)]
			}
		default:
			l.Act = network.ReLU
		}
		_ = i
		layers, in = append(layers, l), out
	}
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

// randomQuery asks whether conditions hold whose offsets are often such that the best point of a
// grid just satisfies one.
func randomQuery(t require.TestingT, rng *rand.Rand, n *network.Network) *vnnlib.Query {
	return read(t, randomSpecification(rng, n))
}

func randomSpecification(rng *rand.Rand, n *network.Network) string {
	var asserts []string
	lo, hi := make([]int, n.Inputs()), make([]int, n.Inputs()) // in sixths
	for k := range lo {
		lo[k] = 6 * (rng.IntN(5) - 3)
		hi[k] = lo[k] + 6*rng.IntN(4)
		asserts = append(asserts, fmt.Sprintf("(and (>= X_%d %d) (<= X_%d %d))", k, lo[k]/6, k, hi[k]/6))
	}
	s := newSubject(context.Background(), n, &vnnlib.Query{})
	var parts []string
	for range 1 + rng.IntN(2) {
		part := "(and"
		for range 1 + rng.IntN(3) {
			part += " " + randomCondition(rng, s, lo, hi)
		}
		parts = append(parts, part+")")
	}
	return specification(n, append(asserts, "(or "+strings.Join(parts, " ")+")")...)
}

func randomCondition(rng *rand.Rand, s *subject, lo, hi []int) string {
	form, e, c := "", make([]*big.Rat, s.outputs), make([]*big.Rat, s.inputs)
	for k := range e {
		e[k] = big.NewRat(int64(rng.IntN(5)-2), 1)
		form += fmt.Sprintf(" (* %s Y_%d)", e[k].RatString(), k)
	}
	for k := range c {
		c[k] = new(big.Rat)
		if rng.IntN(3) == 0 {
			c[k].SetInt64(int64(rng.IntN(5) - 2))
			form += fmt.Sprintf(" (* %s X_%d)", c[k].RatString(), k)
		}
	}
	var least *big.Rat
	for range 1 + rng.IntN(40) {
		x := make([]*big.Rat, s.inputs)
		for k := range x {
			x[k] = big.NewRat(int64(lo[k]+rng.IntN(hi[k]-lo[k]+1)), 6)
		}
		v := new(big.Rat)
		for k, y := range s.output(x) {
			v.Add(v, y.Mul(y, e[k]))
		}
		for k := range x {
			v.Add(v, new(big.Rat).Mul(c[k], x[k]))
		}
		if least == nil || v.Cmp(least) < 0 {
			least = v
		}
	}
	// Only some values are decimals. The form is multiplied by what makes the value whole.
	d := new(big.Rat).SetInt(least.Denom())
	op := []string{"<=", "<", "<=", "<", "="}[rng.IntN(5)]
	return fmt.Sprintf("(%s (* %s (+%s)) %s)", op, d.RatString(), form, least.Num())
}

func boxOf(n int) string {
	s := "(and"
	for k := range n {
		s += fmt.Sprintf(" (>= X_%d -1e9) (<= X_%d 1e9)", k, k)
	}
	return s + ")"
}

func rational64(x []float64) []*big.Rat {
	r := make([]*big.Rat, len(x))
	for k, v := range x {
		r[k] = new(big.Rat).SetFloat64(v)
	}
	return r
}

// floatNet has weights of all sizes, and units of all kinds.
func floatNet(t require.TestingT, rng *rand.Rand) *network.Network {
	in := 1 + rng.IntN(4)
	spread := []int{1, 5, 60}[rng.IntN(3)]
	var layers []network.Layer
	for range 1 + rng.IntN(4) {
		out := 1 + rng.IntN(6)
		l := network.Layer{W: mat.NewDense(out, in, nil), B: make([]float64, out), Act: network.Mixed, Slopes: make([]float64, out)}
		for j := range out {
			for k := range in {
				l.Dense().Set(j, k, math.Ldexp(rng.NormFloat64(), rng.IntN(spread)-spread/2))
			}
			l.B[j] = math.Ldexp(rng.NormFloat64(), rng.IntN(spread)-spread/2)
			l.Slopes[j] = []float64{0, 0, 0, 1, 0.01, -1, 1.7}[rng.IntN(7)]
		}
		layers, in = append(layers, l), out
	}
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

func TestAStopIsHonoured(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	wide := func(out, in int) [][]float64 {
		rows := make([][]float64, out)
		for j := range rows {
			for range in + 1 {
				rows[j] = append(rows[j], rng.NormFloat64())
			}
		}
		return rows
	}
	n := build(t, []network.Activation{network.ReLU, network.ReLU, network.ReLU, network.None}, wide(400, 6), wide(400, 400), wide(400, 400), wide(1, 400))
	q := ask(t, n, boxOf(6), "(= Y_0 (* 12345.678 X_0))", "(= Y_0 (* 54321.876 X_1))", "(= Y_0 (* 1 X_2))", "(= Y_0 (* 7 X_3))", "(= Y_0 (* 11 X_4))", "(= Y_0 (* 13 X_5))", "(>= Y_0 1)")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	res, err := Verify(ctx, n, q, Options{})
	require.NoError(t, err)
	if res.Verdict == Unknown {
		require.NotEmpty(t, res.Stopped)
		require.Less(t, res.Elapsed, 30*time.Second) // a second on a quiet machine
	}
}

func TestAnotherSizeIsAnError(t *testing.T) {
	abs := absolute(t)
	two := build(t, []network.Activation{network.None}, [][]float64{{1, 1, 0}})
	_, err := Verify(context.Background(), two, ask(t, abs, "(and (>= X_0 0) (<= X_0 1))"), Options{})
	require.ErrorContains(t, err, "inputs: 1 are declared, expected 2")
}

// TestVerdictsDoNotDependOnWorkers also has the workers meet.
func TestVerdictsDoNotDependOnWorkers(t *testing.T) {
	for i := range 30 {
		rng := rand.New(rand.NewPCG(11, uint64(i)))
		n := randomNet(t, rng)
		q := randomQuery(t, rng, n)
		want := verdict(t, n, q)
		res, err := Verify(context.Background(), n, q, Options{Workers: 4, Seed: 5})
		require.NoError(t, err)
		require.Equal(t, want, res.Verdict, i)
	}
}
