package safetyproof

// Nodes of networks at random, on which the checker and its twin must agree number by number.

import (
	"context"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

// signed is a neuron with a sign.
type signed struct {
	q int
	s int8
}

// signsOf returns the signs of so many neurons.
func signsOf(given []signed, neurons int) []int8 {
	signs := make([]int8, neurons)
	for _, s := range given {
		signs[s.q] = s.s
	}
	return signs
}

// safetyCase is a node of a network with forms.
type safetyCase struct {
	t      specimen.Net
	f      int
	lo, hi []int64
	signs  []signed
	second bool
	room   int
	d      query.Disjunct
	c      claims.Claim
}

// drawSafety draws a case. Where numbers are drawn as large, most of them do not fit.
func drawSafety(t *rapid.T) *safetyCase {
	c := &safetyCase{f: rapid.SampledFrom([]int{8, 8, 8, 12, 20, 36, 44}).Draw(t, "F"), second: rapid.Bool().Draw(t, "R"), room: rapid.SampledFrom([]int{maxRows, maxRows, maxRows, 1, 4, 12}).Draw(t, "room")}
	large := rapid.IntRange(0, 9).Draw(t, "large") == 0
	shift := rapid.SampledFrom([]int{0, 0, 0, 0, 0, -50, -70}).Draw(t, "shift")
	number := rapid.Custom(func(t *rapid.T) float64 {
		m := rapid.Int64Range(-1<<rapid.SampledFrom([]int{1, 3, 24, 53}).Draw(t, "bits"), 1<<20).Draw(t, "m")
		e := -rapid.IntRange(0, 20).Draw(t, "e")
		if large {
			e = rapid.IntRange(-80, 70).Draw(t, "E")
		}
		for max(m, -m) > 1<<40 && e > -30 {
			e--
		}
		return ldexp(m, e+shift)
	})
	widths := []int{rapid.IntRange(1, 3).Draw(t, "n")}
	c.t.Inputs = widths[0]
	neurons := 0
	for range rapid.IntRange(1, 3).Draw(t, "layers") {
		y := specimen.Layer{Act: rapid.SampledFrom([]string{"relu", "relu", "none", "leaky_relu", "mixed"}).Draw(t, "act")}
		if y.Slope = rapid.SampledFrom([]float64{0.01, -1, 3, -0.3, 1.5, 0.999999999, 1.000000001}).Draw(t, "slope"); y.Act != "leaky_relu" {
			y.Slope = 0
		}
		n := rapid.IntRange(1, 3).Draw(t, "width")
		if y.Act == "mixed" && n == 1 {
			y.Act = "relu"
		}
		for j := range n {
			y.W = append(y.W, rapid.SliceOfN(number, widths[len(widths)-1], widths[len(widths)-1]).Draw(t, "w"))
			y.B = append(y.B, number.Draw(t, "b"))
			if y.Act == "mixed" {
				y.Slopes = append(y.Slopes, []float64{0, 1, -2.5, 0.7}[(j+n)%4])
			}
			if y.Below(j) != 1 {
				neurons++
			}
		}
		c.t.Layers, widths = append(c.t.Layers, y), append(widths, n)
	}
	for range c.t.Inputs {
		lo := rapid.Int64Range(-4<<c.f, 4<<c.f).Draw(t, "lo")
		width := rapid.SampledFrom([]int64{0, 1, 2, 7, 1 << (c.f - 2), 1 << c.f, 3 << c.f}).Draw(t, "side")
		c.lo, c.hi = append(c.lo, lo), append(c.hi, lo+width)
	}
	for q := range neurons {
		if s := rapid.IntRange(-2, 2).Draw(t, "sign"); s == 1 || s == -1 {
			c.signs = append(c.signs, signed{q, int8(s)})
		}
	}
	c.drawClaim(t, neurons, widths[len(widths)-1])
	return c
}

func (c *safetyCase) drawClaim(t *rapid.T, neurons, outputs int) {
	huge := power(rapid.SampledFrom([]int{0, 0, 0, 8, 36}).Draw(t, "size"))
	fraction := rapid.Custom(func(t *rapid.T) rat {
		if rapid.IntRange(0, 9).Draw(t, "huge") == 0 {
			return times(huge, whole(rapid.Int64Range(-1<<16, 1<<16).Draw(t, "p")))
		}
		return big.NewRat(rapid.Int64Range(-2000, 2000).Draw(t, "p"), rapid.SampledFrom([]int64{1, 1, 2, 3, 10, 2560}).Draw(t, "q"))
	})
	for range rapid.IntRange(1, 3).Draw(t, "forms") {
		f := query.Form{Combination: query.Combination{query.Constant: fraction.Draw(t, "offset")}}
		for k := range c.t.Inputs + outputs {
			if v := fraction.Draw(t, "coef"); v.Sign() != 0 && (k >= c.t.Inputs || rapid.Bool().Draw(t, "of input")) {
				f.Combination[k] = v
			}
		}
		c.d.Forms = append(c.d.Forms, f)
	}
	multiplier := func(top int64) *big.Int { return big.NewInt(rapid.Int64Range(1, top).Draw(t, "weight")) }
	for j := range c.d.Forms {
		if j == 0 || rapid.Bool().Draw(t, "in it") {
			c.c.Mu = append(c.c.Mu, claims.Weight{At: j, V: multiplier(1 << rapid.SampledFrom([]int{1, 20, 32}).Draw(t, "top"))})
		}
	}
	given := map[int]bool{}
	for _, s := range c.signs {
		if given[s.q] = true; rapid.Bool().Draw(t, "in it") {
			c.c.Beta = append(c.c.Beta, claims.Weight{At: s.q, V: multiplier(1 << 24)})
		}
	}
	for q := range neurons {
		if !given[q] && rapid.Bool().Draw(t, "in it") {
			c.c.Alpha = append(c.c.Alpha, claims.Weight{At: q, V: big.NewInt(rapid.Int64Range(0, 256).Draw(t, "alpha"))})
		}
	}
	c.c.Kind = 'F'
}

func ldexp(m int64, e int) float64 {
	v, _ := times(whole(m), power(e)).Float64()
	return v
}

// bounds returns the checker's bounds of the case, and the twin's.
func (c *safetyCase) bounds(t require.TestingT) (*bounds, *twinNode) {
	n, err := readNetwork(context.Background(), c.t.Text())
	require.NoError(t, err)
	n.fix(uint(c.f), func() {})
	b := newBounds(canonical.NewVerdict(context.Background()), n)
	if c.room > 0 {
		b.room = c.room
	}
	for range 2 { // what a claim about a node leaves behind is nothing to the next node
		b.of(&node{lo: c.lo, hi: c.hi, signs: signsOf(c.signs, len(n.unit)), second: c.second})
		if b.bounded {
			b.multipliers(&c.c)
		}
	}
	b.multipliers(&claims.Claim{})
	sign := map[int]int{}
	for _, s := range c.signs {
		sign[s.q] = int(s.s)
	}
	return b, twinBounds(twinLayers(c.t, c.f), c.f, c.lo, c.hi, sign, c.second, b.room)
}

func sameInts(t require.TestingT, want []rat, got []int64, what string) {
	require.Len(t, got, len(want), what)
	for k := range want {
		require.Zero(t, want[k].Cmp(whole(got[k])), "%s %d: %v, expected %v", what, k, got[k], want[k])
	}
}

func TestSafetyBoundsAgreeWithTheTwin(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, againstTheTwin(seen))
	for _, what := range []string{"beyond", "bounded", "open", "F", "Z", "zonotope"} {
		require.NotZero(t, seen[what], what)
	}
}

func FuzzSafetyBounds(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(againstTheTwin(map[string]int{})))
}

// againstTheTwin draws a case, holds all bounds against the twin's, and counts what there was.
func againstTheTwin(seen map[string]int) func(t *rapid.T) {
	return func(t *rapid.T) {
		c := drawSafety(t)
		b, n := c.bounds(t)
		require.Equal(t, n.void, b.void, "void")
		require.Equal(t, n.bounded, b.bounded, "bounded")
		if b.void || !b.bounded {
			seen["beyond"]++
			return
		}
		seen["bounded"]++
		q := 0
		for i := range n.layers {
			require.Equal(t, n.layers[i].s, int(b.fixed[i].Shift))
			require.Equal(t, n.layers[i].rounded, b.fixed[i].Rounded)
			for j, w := range n.layers[i].w {
				row := make([]int64, len(w))
				for k, at := range b.fixed[i].Rows[j].At {
					row[at] = b.fixed[i].Rows[j].V[k]
				}
				sameInts(t, w, row, "weights")
			}
			for j := range n.l[i] {
				sameInts(t, []rat{n.l[i][j], n.u[i][j]}, []int64{b.units[q].l, b.units[q].u}, "l and u")
				require.Equal(t, n.side[i][j], int(b.units[q].side))
				if n.side[i][j] == 0 {
					sameInts(t, []rat{n.slope[i][j], n.off[i][j]}, []int64{b.units[q].slope, b.units[q].off}, "line")
					seen["open"]++
				}
				q++
			}
		}
		sameInts(t, n.m, b.enters, "magnitudes")
		sameInts(t, n.z, b.passes, "magnitudes")
		sameInts(t, n.c, b.c, "c")
		sameInts(t, n.r, b.r, "r")
		for e := range n.g[0] {
			column := make([]rat, len(n.g))
			for k := range column {
				column[k] = n.g[k][e]
			}
			got := make([]int64, len(n.g))
			for i, k := range b.g[e].At {
				got[k] = b.g[e].V[i]
			}
			sameInts(t, column, got, "g")
		}
		c.agree(t, b, n, seen)
	}
}

// agree holds the bounds of forms against the twin's.
func (c *safetyCase) agree(t require.TestingT, b *bounds, n *twinNode, seen map[string]int) {
	alpha, beta := map[int]int{}, map[int]rat{}
	for _, v := range c.c.Alpha {
		alpha[v.At] = int(v.V.Int64())
	}
	for _, v := range c.c.Beta {
		beta[v.At] = times(whole(int64(n.sign[v.At])), new(big.Rat).SetInt(v.V))
	}
	same := func(what string, want rat, right bool, got int64) {
		require.Equal(t, right, got != none, what)
		if right {
			seen[what]++
			sameInts(t, []rat{want}, []int64{got}, what)
		}
	}
	b.multipliers(&c.c)
	want, right := n.mixture(&c.d, c.c.Mu, alpha, beta)
	same("F", want, right, b.mixed(c.d.Forms, c.c.Mu))
	b.multipliers(&claims.Claim{})
	one := claims.Alone(c.c.Mu[0].At, b.f)
	want, right = n.mixture(&c.d, one, nil, nil)
	same("Z", want, right, b.mixed(c.d.Forms, one))
	want, right = n.zonotope(&c.d.Forms[one[0].At])
	same("zonotope", want, right, b.zoneLeast(c.d.Forms, one))
}
