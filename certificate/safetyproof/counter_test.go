package safetyproof

// Counterexamples: claims about safety that are wrong, each right for a checker with one slack or
// one test less, and what else such a checker would get wrong.

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

// satisfied says whether a point satisfies the first disjunct of a query, by the exact forward pass.
func satisfied(tb testing.TB, t specimen.Net, text, point string) (yes bool) {
	c := &checker{Verdict: canonical.NewVerdict(context.Background())}
	c.Guard(func() {
		n, err := readNetwork(context.Background(), t.Text())
		require.NoError(tb, err)
		in := canonical.OpenLines(specimen.Folder{"query": []byte(text)}.Open, "query")
		q := query.Read(in, n.Inputs, n.outputs, func() {})
		var x []rat
		for k, w := range strings.Split(point, " ") {
			v, ok := new(big.Rat).SetString(w)
			require.True(tb, ok && q.Boxes[0][2*k].Cmp(v) <= 0 && v.Cmp(q.Boxes[0][2*k+1]) <= 0)
			x = append(x, v)
		}
		_, y := pointwise(t, x)
		yes = true
		for _, f := range q.Disjuncts[0].Forms {
			yes = yes && f.Holds(append(x[:len(x):len(x)], y...), func() {})
		}
	})
	require.NoError(tb, c.Err())
	return yes
}

// TestSafetyCounterexamples has claims that are wrong, each of them right for a checker with one
// slack or one test less.
func TestSafetyCounterexamples(t *testing.T) {
	steep := func(slope, w float64) specimen.Layer {
		return specimen.Layer{Act: "leaky_relu", Slope: slope, W: [][]float64{{w}}, B: []float64{0}}
	}
	two := func(act string, w ...[]float64) specimen.Layer {
		return specimen.Layer{Act: act, W: w, B: make([]float64, len(w))}
	}
	for name, c := range map[string]struct {
		net        specimen.Net
		bits       int
		box, forms string
		at         string // where the disjunct is satisfied
		reason     string
	}{
		"a coefficient of 2^65 wraps to 0": {chain(unit1("relu", 1, 0), unit1("none", 0x1p29, 0)), 36, "0 1/65536", "; <= y0:-1 1", "1/65536", "not positive"},
		"a product wraps":                  {chain(unit1("none", 0x1p61, 0)), 8, "1/32 1/32", "; <= y0:-1 1", "1/32", "too large"},
		"a bias wraps":                     {chain(unit1("none", 1, 0x1p28)), 36, "0 1/2", "; <= y0:-1 1", "0", "too large"},
		"weights that need a scale of 70":  {chain(unit1("none", -0x1p-70, 0)), 44, "100000 100000", "; <= y0:-1 -1/17592186044416", "100000", "not positive"},
		"rounded weights": {chain(two("none", []float64{0x1p30, 0}, []float64{0, -0x1p-32})), 8, "0 0 1099511627776 1099511627776",
			"; <= y1:-1 -512", "0 1099511627776", "not positive"},
		"a rounded bias":              {chain(unit1("relu", 1, 1+31./8192), unit1("none", 1, 0)), 8, "0 0", "; <= y0:-64 2053/32", "0", "not positive"},
		"rounded coefficients":        {chain(unit1("relu", 1, 0), unit1("none", -1024, 0)), 8, "1 1", "; <= y0:19/2560 7", "1", "not positive"},
		"no activation between":       {chain(unit1("none", -1024, 0), unit1("none", 0x1p-9, 0)), 8, "1 1", "; <= y0:1 1", "1", "not positive"},
		"a huge slope":                {chain(specimen.Layer{Act: "leaky_relu", Slope: 0x1p60, W: [][]float64{{1}}, B: []float64{0}}), 8, "-1 1", "; <= y0:1 1", "-1", "too large"},
		"touching is no refusal":      {chain(unit1("none", 1, 0)), 8, "0 1", "; <= x0:1 0", "0", "not positive"},
		"rounded weights, going back": {chain(two("none", []float64{0x1p59, 0}, []float64{0, -0.9})), 44, "0 0 1 1", "; <= y1:-1 -19/20", "0 1", "not positive"},
		"a rounded slope, going back": {chain(steep(0x1p-8, 1000)), 8, "-1 -1", "; <= y0:255/256 3", "-1", "not positive"},
		"a rounded slope, forward":    {chain(steep(1.9/256, 1000)), 8, "-1 -1", "; <= y0:1 7", "-1", "not positive"},
		"a negative slope, forward":   {chain(specimen.Layer{Act: "leaky_relu", Slope: -1, W: [][]float64{{-1000}}, B: []float64{-1}}), 8, "0 1/256", "; <= y0:-1 3", "1/256", "not positive"},
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, satisfied(t, c.net, oneBox(c.box, c.forms), c.at), "the claim is right")
			_, err := checkSafety(c.net, nil, safetyProof(t, c.net, c.bits, oneBox(c.box, c.forms), "Z0 0\n"))
			require.ErrorContains(t, err, c.reason)
			_, err = checkSafety(c.net, nil, safetyProof(t, c.net, c.bits, oneBox(c.box, c.forms), "F0 0:1048576;;\n"))
			require.Error(t, err)
		})
	}
}

// TestSafetyChordOfASmallSlope: the chord of a unit of slope 0.01 is rounded below that slope.
func TestSafetyChordOfASmallSlope(t *testing.T) {
	for _, v := range []struct {
		slope  float64
		lo, hi int64
	}{{0.01, -16758734, 2}, {1.01, -16758734, 2}, {0.01, -2, 16758734}, {1.01, -2, 16758734}, {-0.01, -16758734, 2}, {99.99, -16758734, 2}} {
		for _, s := range []int64{1, -1} {
			c := &safetyCase{t: chain(specimen.Layer{Act: "leaky_relu", Slope: v.slope, W: [][]float64{{1}}, B: []float64{0}}), f: 12, lo: []int64{v.lo}, hi: []int64{v.hi}}
			c.d.Forms = []query.Form{{Combination: query.Combination{1: whole(s), query.Constant: whole(0)}}}
			c.c.Mu = []claims.Weight{{At: 0, V: big.NewInt(1 << 12)}}
			b, _ := c.bounds(t)
			for _, x := range []int64{v.lo, v.lo / 2, 0, v.hi / 2, v.hi} {
				require.True(t, c.holdsAt(t, b, []rat{big.NewRat(x, 1<<12)}))
			}
		}
	}
}

// TestSafetyMixturesAreRounded: 19/2560 is between one unit and two, and 255/256 of one unit is
// less than one, so that nothing is left of x0 in integers.
func TestSafetyMixturesAreRounded(t *testing.T) {
	net, query := chain(unit1("relu", 1, 0)), oneBox("-1024 -1024", "; <= x0:19/2560 7")
	require.True(t, satisfied(t, net, query, "-1024"))
	for _, line := range []string{"F0 0:255;;\n", "F0 0:256;;\n", "Z0 0\n"} {
		_, err := checkSafety(net, nil, safetyProof(t, net, 8, query, line))
		require.ErrorContains(t, err, "not positive", line)
	}
}

// TestSafetySidesOfExactLines: a sign goes before the bounds, which say 0 ≤ z ≤ 0 on the side +:
// there |x| is x.
func TestSafetySidesOfExactLines(t *testing.T) {
	net := chain(unit1("leaky_relu", 1, 0))
	query := oneBox("-1 -1/64", "; <= y0:-1 0; <= x0:-1 -1/256") // −1/64 and 4 units of slack
	_, err := checkSafety(net, nil, safetyProof(t, net, 8, query, "N0\nE0 1:1;\nE0 0:1;\n"))
	require.NoError(t, err)
	_, err = checkSafety(net, nil, safetyProof(t, net, 8, query, "N0\nE0 0:1;\nE0 0:1;\n"))
	require.ErrorContains(t, err, "not positive")
	c := &safetyCase{t: net, f: 8, lo: []int64{-256}, hi: []int64{-4}, signs: []signed{{0, 1}}}
	b, _ := c.bounds(t)
	require.True(t, b.bounded)
	require.Equal(t, []int64{0, 0, 1}, []int64{b.units[0].l, b.units[0].u, int64(b.units[0].side)})
}

// TestSafetyABoundOfZeroProvesNothing, for the condition may be 0 too.
func TestSafetyABoundOfZeroProvesNothing(t *testing.T) {
	net, zeros := chain(unit1("none", 1, 0)), map[byte]int{}
	for k := range int64(40) {
		c := &safetyCase{t: net, f: 8, lo: []int64{0}, hi: []int64{256}}
		c.d.Forms = []query.Form{{Combination: query.Combination{1: whole(1), query.Constant: big.NewRat(k, 256)}}}
		_, n := c.bounds(t)
		v, ok := n.mixture(&c.d, []claims.Weight{{At: 0, V: big.NewInt(1 << 8)}}, nil, nil)
		require.True(t, ok)
		w, ok := n.zonotope(&c.d.Forms[0])
		require.True(t, ok)
		for line, bound := range map[string]rat{"Z0 0\n": most(v, w), "F0 0:256;;\n": v} {
			_, err := checkSafety(net, nil, safetyProof(t, net, 8, oneBox("0 1", "; <= y0:1 "+c.d.Forms[0].Combination[query.Constant].RatString()), line))
			require.Equal(t, bound.Sign() > 0, err == nil, "%d: %s: %v", k, line, bound)
			if bound.Sign() == 0 {
				zeros[line[0]]++
			}
		}
	}
	require.Equal(t, map[byte]int{'Z': 1, 'F': 1}, zeros)
}

// TestSafetySecondLevel: bounds of forms that go back cut those of all neurons behind the first
// layer, with signs or without, and of none in the first.
func TestSafetySecondLevel(t *testing.T) {
	const one = 1 << 36
	net := specimen.Net{Inputs: 3, Layers: []specimen.Layer{{Act: "relu", W: [][]float64{{1, 0, 0}, {-1, 0, 0}}, B: []float64{0, 0}}, {Act: "relu", W: [][]float64{{1, -1}}, B: []float64{0}}}}
	for _, signs := range [][]signed{nil, {{2, 1}}} {
		var first, last [2]int64
		for second := range 2 {
			c := &safetyCase{t: net, f: 36, lo: []int64{-one / 10, -2, -2}, hi: []int64{one / 10, 2, 2}, signs: signs, second: second == 1}
			b, _ := c.bounds(t)
			require.True(t, b.bounded)
			first[second], last[second] = b.units[0].u, b.units[2].u
		}
		require.Equal(t, first[0], first[1])
		require.InDelta(t, 0.15, float64(last[0])/one, 1e-6) // x + [−1/20, 1/20]
		require.InDelta(t, 0.1, float64(last[1])/one, 1e-6)  // relu(x)
	}
}

// TestSafetyFloorsAreSmall, each by itself: 2^61 is not, though the sum with a bias is.
func TestSafetyFloorsAreSmall(t *testing.T) {
	for w, want := range map[float64]string{0x1p53: "too large", 0x1p53 - 1: ""} {
		net := chain(unit1("none", w, -8))
		_, err := checkSafety(net, nil, safetyProof(t, net, 8, oneBox("1 1", "; <= y0:1 -1"), "Z0 0\n"))
		if want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, want)
		}
	}
}

// TestAWitnessIsHeldAgainstTheFormula, and not only against a disjunct that was made of it.
func TestAWitnessIsHeldAgainstTheFormula(t *testing.T) {
	net := chain(unit1("relu", 1, 0))
	text := fmt.Sprintf("relucell-witness 1\nnet %s\nspec -\ndisjunct 1\nx 1/2\n", net.Hash())
	spec := strings.Replace(safeSpec, "(> Y_0 1)", "(> Y_0 0.25)", 1)
	for _, whole := range []bool{true, false} {
		n, err := readNetwork(context.Background(), net.Text())
		require.NoError(t, err)
		c := &checker{Verdict: canonical.NewVerdict(context.Background()), net: n, specHash: "-"}
		c.Guard(func() {
			c.spec = query.ReadSpec(c.Verdict, "spec", []byte(spec), false)
			c.query = &c.spec.Query
			if !whole {
				c.spec.Formula = query.Formula{Or: true} // which holds nowhere
			}
			c.witness(canonical.OpenLines(specimen.Folder{"point": []byte(text)}.Open, "point"))
		})
		if whole {
			require.NoError(t, c.Err())
		} else {
			require.ErrorContains(t, c.Err(), "does not satisfy the formula")
		}
	}
}
