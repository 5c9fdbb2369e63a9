package safety

// Proofs: verdicts stay what they are, bytes do not depend on workers, and integers are bounds.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/safetyproof"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
	"github.com/relucell/relucell/vnnlib"
)

// proved answers with a proof, and returns its text, empty where the verdict is another. Every
// proof is held to the checker.
func proved(t require.TestingT, n *network.Network, spec string, tune tuning, workers int) (Verdict, string) {
	s := newSubject(context.Background(), n, read(t, spec))
	s.tuning = tune
	r, err := newSearch(context.Background(), s, Options{Workers: workers, Prove: true}, time.Now())
	require.NoError(t, err)
	res := r.run()
	require.Empty(t, res.Stopped)
	if res.Proof == nil {
		require.Equal(t, Violated, res.Verdict)
		return res.Verdict, ""
	}
	defer res.Proof.Close()
	var text bytes.Buffer
	require.NoError(t, res.Proof.Write(&text, n.Fingerprint(), fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(spec)))))
	if workers == 1 {
		requireChecked(t, n, spec, text.Bytes())
	}
	return res.Verdict, text.String()
}

func requireChecked(t require.TestingT, n *network.Network, spec string, proof []byte) {
	folder, err := os.MkdirTemp("", "proof")
	require.NoError(t, err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "proof")
	require.NoError(t, os.WriteFile(path, proof, 0o600))
	var canonical bytes.Buffer
	require.NoError(t, n.WriteCanonical(&canonical))
	report, err := safetyproof.Check(context.Background(), canonical.Bytes(), &safetyproof.Spec{Name: "spec", Text: []byte(spec)}, path, safetyproof.Options{Workers: 1})
	require.NoError(t, err, "%s\n%s", spec, proof)
	require.True(t, report.Checked && !report.Witness)
}

var tunings = map[string]tuning{
	"as usual":                    usual(2),
	"boxes, then signs":           {0, 0, 6, usualEntries},
	"signs alone":                 {0, 0, 0, usualEntries},
	"boxes, then programmes":      {2, 200, 5, usualEntries},
	"programmes for all from now": {200, 200, 0, usualEntries},
	"what promises more":          {0, 200, 6, usualEntries},
	"boxes, then uphill":          {2, 0, 5, 0},
	"uphill":                      {200, 0, 5, 0},
}

// TestProofsAgainstTheTwin holds verdicts with proofs to the enumeration of all cells, and the
// bytes of one worker to those of others.
func TestProofsAgainstTheTwin(t *testing.T) {
	runs := 80
	if os.Getenv("RELUCELL_SOAK") != "" {
		runs = 5000
	}
	for name, tune := range tunings {
		t.Run(name, func(t *testing.T) {
			kinds := map[byte]int{}
			for i := range runs {
				rng := rand.New(rand.NewPCG(29, uint64(i)))
				n := randomNet(t, rng)
				spec := randomSpecification(rng, n)
				want := Holds
				if twin(n, read(t, spec)) {
					want = Violated
				}
				got, text := proved(t, n, spec, tune, 1)
				require.Equal(t, want, got, i)
				if text == "" {
					continue
				}
				for _, workers := range []int{2, 4} {
					_, again := proved(t, n, spec, tune, workers)
					require.Equal(t, text, again, i)
				}
				require.Regexp(t, `^relucell-safety 1\nnet sha256:[0-9a-f]{64}\nspec sha256:[0-9a-f]{64}\nbits [0-9]+\nquery `, text)
				_, tree, _ := strings.Cut(text, "\ntree\n")
				for line := range strings.Lines(tree) {
					kinds[line[0]]++
				}
			}
			require.Positive(t, kinds['E'], "touching needs exact lines")
			require.Positive(t, kinds['N']+kinds['X'])
		})
	}
}

// TestTheCorpusIsProvedAgain answers the queries of the corpus, of which package certificate checks
// the proofs.
func TestTheCorpusIsProvedAgain(t *testing.T) {
	dir := filepath.Join("..", "testdata", "safety")
	table, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	rows := 0
	for row := range strings.Lines(string(table)) {
		cells := strings.Split(row, " | ")
		if len(cells) != 4 || !strings.HasPrefix(row, "| `") {
			continue
		}
		rows++
		n, _, err := load.Read(filepath.Join(dir, strings.Trim(cells[1], "`")), load.Options{})
		require.NoError(t, err)
		spec, err := os.ReadFile(filepath.Join(dir, strings.Trim(cells[2], "`")))
		require.NoError(t, err)
		v, text := proved(t, n, string(spec), usual(n.Inputs()), 1)
		require.Equal(t, Holds, v, cells[0])
		_, again := proved(t, n, string(spec), usual(n.Inputs()), 4)
		require.Equal(t, text, again, cells[0])
	}
	require.Greater(t, rows, 10)
}

// TestIntegersAreBounds evaluates points of nodes in fractions: no unit is outside of its bounds in
// integers, and no mixture below its own.
func TestIntegersAreBounds(t *testing.T) {
	units, forms := 0, 0
	for i := range 400 {
		rng := rand.New(rand.NewPCG(31, uint64(i)))
		n := floatNet(t, rng)
		q := ask(t, n, boxOf(n.Inputs()), "(<= (+ Y_0 (* 0.3 X_0)) 0.1)", fmt.Sprintf("(<= (* -0.7 Y_%d) 0.7)", n.Outputs()-1))
		s := newSubject(context.Background(), n, q)
		f := newFixed(s, weightsOf(s), []uint{8, 12, 20, 36}[rng.IntN(4)])
		z := newFixedZone(f)
		node, x := &node{disjunct: []int32{0}}, make([]float64, n.Inputs())
		for k := range x {
			scale := float64(f.one)
			l := float64(rng.IntN(1<<12) - 1<<11)
			w := float64([]int{0, 1, 2, 5, 1 << 8}[rng.IntN(5)])
			node.lo, node.hi = append(node.lo, l/scale), append(node.hi, (l+w)/scale)
			x[k] = (l + w*rng.Float64()) / scale
		}
		pre := exactPre(s, x)
		for q, v := range pre {
			if v.Sign() != 0 && rng.IntN(6) == 0 && f.neuron[q] >= 0 {
				node.signs = append(node.signs, sign{int32(q), int8(v.Sign())})
			}
		}
		st := z.bound(node, rng.IntN(2) == 0)
		require.NotEqual(t, empty, st, i)
		if st != bounded {
			continue
		}
		value := func(v int64) *big.Rat { return big.NewRat(v, f.one) }
		for q, v := range pre {
			units++
			require.LessOrEqual(t, value(z.l[q]).Cmp(v), 0, "case %d, unit %d", i, q)
			require.GreaterOrEqual(t, value(z.u[q]).Cmp(v), 0, "case %d, unit %d", i, q)
		}
		m := &claim{alone: -1, mu: []int64{rng.Int64N(1 << f.grain()), rng.Int64N(1 << f.grain())}, beta: make([]int64, s.units), alpha: make([]int16, s.units)}
		for q := range m.alpha {
			m.alpha[q] = int16(rng.IntN(258) - 1)
		}
		for _, g := range node.signs {
			m.beta[g.unit] = rng.Int64N(1 << f.grain())
		}
		bound, ok := z.back.mixed(m)
		y, v := s.output(rational64(x)), new(big.Rat)
		for r := range s.conditions[0] {
			c := s.conditions[0][r].exact.Value(rational64(x), y)
			v.Add(v, new(big.Rat).Mul(c, big.NewRat(m.mu[r], 1<<f.grain())))
			if b, ok := z.back.zoned(&f.forms[0][r]); ok {
				require.LessOrEqual(t, value(b).Cmp(c), 0, "case %d", i)
			}
		}
		for q, b := range m.beta {
			v.Sub(v, new(big.Rat).Mul(big.NewRat(b*int64(z.signs[q]), 1<<f.grain()), pre[q]))
		}
		if ok {
			forms++
			require.LessOrEqual(t, value(bound).Cmp(v), 0, "case %d", i)
		}
	}
	require.Greater(t, units, 1000)
	require.Greater(t, forms, 100)
}

// TestWideNumbersAgainstBigOnes: 128 bits, floors and ceilings.
func TestWideNumbersAgainstBigOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func() int64 { return (rng.Int64N(2*small-1) - small + 1) >> rng.IntN(62) }
	for range 20_000 {
		a, b := []int64{draw(), draw(), small - 1}, []int64{draw(), draw(), 1 - small}
		s := uint(rng.IntN(107))
		exact := new(big.Int)
		for i := range a {
			exact.Add(exact, new(big.Int).Mul(big.NewInt(a[i]), big.NewInt(b[i])))
		}
		down := new(big.Int).Rsh(exact, s)
		up := new(big.Int).Neg(new(big.Int).Rsh(new(big.Int).Neg(exact), s))
		for i, want := range []*big.Int{down, up} {
			v, ok := dot(a, b).floor(s)
			if i == 1 {
				v, ok = dot(a, b).ceil(s)
			}
			fits := want.IsInt64() && isSmall(want.Int64())
			require.Equal(t, fits, ok)
			if ok {
				require.Equal(t, want.Int64(), v)
			}
		}
	}
}

// TestTextIsInPreorder closes nodes in random orders, with text enough to lie aside.
func TestTextIsInPreorder(t *testing.T) {
	var want string
	for i := range 6 {
		rng := rand.New(rand.NewPCG(uint64(i), 3))
		tree := &tree{roots: make([][]piece, 2), room: 10_000}
		type open struct {
			p    *place
			name string
		}
		nodes := []open{{&place{}, "a"}, {&place{side: 1}, "b"}}
		for len(nodes) > 0 {
			at := rng.IntN(len(nodes))
			n := nodes[at]
			nodes = append(nodes[:at], nodes[at+1:]...)
			text := []byte(n.name + strings.Repeat(".", 37*len(n.name)*len(n.name)%9999) + "\n")
			if len(n.name) == 9 || len(n.name) > 3 && strings.HasSuffix(n.name, "lrl") {
				tree.close(n.p, text)
				continue
			}
			l, r := tree.split(n.p, text)
			nodes = append(nodes, open{l, n.name + "l"}, open{r, n.name + "r"})
		}
		require.NotNil(t, tree.file)
		var text strings.Builder
		require.NoError(t, tree.writeTo(&text))
		tree.discard()
		if i == 0 {
			want = text.String()
			require.Contains(t, want, "\nall")
			require.Less(t, strings.Index(want, "\nallr"), strings.Index(want, "\nalrl"))
		}
		require.Equal(t, want, text.String())
	}
}

// TestProofsOfAllKindsOfUnits: weights of all sizes and slopes of all kinds, so that layers are
// rounded, numbers overflow, and floats see more than integers.
func TestProofsOfAllKindsOfUnits(t *testing.T) {
	runs := 60
	if os.Getenv("RELUCELL_SOAK") != "" {
		runs = 5000
	}
	holds, violated := 0, 0
	for i := range runs {
		rng := rand.New(rand.NewPCG(37, uint64(i)))
		n := floatNet(t, rng)
		var asserts []string
		x := make([]*big.Rat, n.Inputs())
		for k := range x {
			end := []string{"-0.3", "-0.29999999999", "-0.3000000000000000000001", "0.7"}[rng.IntN(4)]
			asserts = append(asserts, fmt.Sprintf("(and (>= X_%d -0.3000000000000000000001) (<= X_%d %s))", k, k, end))
			x[k] = big.NewRat(-3, 10)
		}
		// A condition that fails at a corner of the box, by a little or a lot.
		s := newSubject(context.Background(), n, &vnnlib.Query{})
		y, _ := dyadic.FromRat(s.output(x)[0])
		below := y - math.Ldexp(math.Abs(y)+1e-9, rng.IntN(60)-55)
		spec := specification(n, append(asserts, fmt.Sprintf("(<= Y_0 %s)", strconv.FormatFloat(below, 'f', -1, 64)))...)
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		res, err := Verify(ctx, n, read(t, spec), Options{Workers: 1, Prove: true})
		cancel()
		require.NoError(t, err)
		require.Empty(t, res.Stopped, "case %d", i)
		if res.Verdict == Violated {
			violated++
			continue
		}
		holds++
		var text bytes.Buffer
		require.NoError(t, res.Proof.Write(&text, n.Fingerprint(), fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(spec)))))
		res.Proof.Close()
		requireChecked(t, n, spec, text.Bytes())
	}
	require.Greater(t, holds, runs/8)
	require.Greater(t, violated, runs/8)
}

// TestProofsOfSeveralAlternatives on networks with more units than programmes are asked for at
// once, so that some alternatives are refuted before others, and bounds of both levels are used.
func TestProofsOfSeveralAlternatives(t *testing.T) {
	runs, lines := 12, map[string]int{}
	if os.Getenv("RELUCELL_SOAK") != "" {
		runs = 300
	}
	for i := range runs {
		rng := rand.New(rand.NewPCG(41, uint64(i)))
		widths := []int{3, 14, 14, 14, 3}
		var rows [][][]float64
		for l := range widths[1:] {
			var layer [][]float64
			for range widths[l+1] {
				row := make([]float64, widths[l]+1)
				for k := range row {
					row[k] = rng.NormFloat64() / math.Sqrt(float64(widths[l]))
				}
				layer = append(layer, row)
			}
			rows = append(rows, layer)
		}
		n := build(t, []network.Activation{network.ReLU, network.ReLU, network.ReLU, network.None}, rows...)
		s := newSubject(context.Background(), n, &vnnlib.Query{})
		w, x := newWalker(s), make([]float64, 3)
		lo, hi := []float64{1e9, 1e9, 1e9}, []float64{-1e9, -1e9, -1e9}
		for range 4000 {
			random(rng, x, []float64{-1, -1, -1}, []float64{1, 1, 1})
			for k, y := range w.forward(x) {
				lo[k], hi[k] = min(lo[k], y), max(hi[k], y)
			}
		}
		off := func(k int) float64 { return (0.02 + 0.3*rng.Float64()) * (hi[k] - lo[k]) }
		spec := specification(n, "(and (>= X_0 -1) (<= X_0 1) (>= X_1 -1) (<= X_1 1) (>= X_2 -1) (<= X_2 1))",
			fmt.Sprintf("(or (<= Y_0 %f) (>= Y_1 %f) (and (<= Y_2 %f) (<= Y_0 Y_1)) (and (>= Y_0 %f) (>= X_0 Y_2)))", lo[0]-off(0), hi[1]+off(1), lo[2]-off(2), hi[0]+off(0)))
		tune := usual(3)
		tune.few = []int{4, 12, 24}[i%3]
		got, text := proved(t, n, spec, tune, 1)
		if got == Violated {
			continue
		}
		_, again := proved(t, n, spec, tune, 4)
		require.Equal(t, text, again)
		_, tree, _ := strings.Cut(text, "\ntree\n")
		before := ""
		for line := range strings.Lines(tree) {
			lines[line[:1]]++
			lines[before+line[:1]]++
			before = line[:1]
		}
	}
	for _, kind := range []string{"X", "N", "Z", "F", "R", "ZX", "ZF"} {
		require.Positive(t, lines[kind], "%s in %v", kind, lines)
	}
}
