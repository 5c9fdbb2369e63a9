package lp_test

// The plain solvers, held against the exact tier: a witness is strictly inside, or
// the multipliers pass after rounding or on their support. Cells are drawn around a known
// interior point, with small integers (degenerate everywhere) and with random floats.

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
)

var norms = []ball.Norm{ball.L2, ball.LInf, ball.L1, ball.Box}

// instance is a question, in floats and exactly.
type instance struct {
	norm ball.Norm
	cell []lp.Constraint
	ask  lp.Constraint
	rows []exact.Row
	obj  exact.Row
	p    []*big.Rat
}

func exactRow(c lp.Constraint) exact.Row {
	r := exact.RowOf(c.Form.G, c.Form.H)
	if c.Sign < 0 {
		return r.Neg()
	}
	return r
}

func drawInstance(t *rapid.T, maxDim, maxRows int) instance {
	n := rapid.IntRange(1, maxDim).Draw(t, "n")
	in := instance{norm: rapid.SampledFrom(norms).Draw(t, "norm")}
	small := rapid.Bool().Draw(t, "small")
	number := func() float64 {
		if small {
			return float64(rapid.IntRange(-2, 2).Draw(t, "g"))
		}
		return float64(rapid.IntRange(-1000, 1000).Draw(t, "g")) / 997
	}
	form := func() lp.Constraint {
		c := lp.Constraint{Form: lp.Form{G: make([]float64, n), H: number()}, Sign: 1}
		for k := range c.Form.G {
			c.Form.G[k] = number()
		}
		return c
	}
	for range n {
		in.p = append(in.p, big.NewRat(int64(rapid.IntRange(-7, 7).Draw(t, "p")), int64(8*n)))
	}
	for range rapid.IntRange(0, maxRows).Draw(t, "rows") {
		c := form()
		sign := exactRow(c).Eval(in.p).Sign()
		if sign == 0 {
			continue
		}
		c.Sign = float64(sign)
		in.cell, in.rows = append(in.cell, c), append(in.rows, exactRow(c))
	}
	in.ask = form()
	if len(in.cell) > 0 && rapid.IntRange(0, 3).Draw(t, "opposite") == 0 {
		in.ask = in.cell[0]
		in.ask.Sign = -in.ask.Sign
	}
	in.obj = exactRow(in.ask)
	return in
}

func ask(t require.TestingT, s lp.Solver, in instance) lp.Answer {
	require.NoError(t, s.Reset(in.norm, len(in.p)))
	for _, c := range in.cell {
		s.Push(c)
	}
	a, err := s.Ask(in.ask)
	require.NoError(t, err)
	return a
}

// proved certifies an answer: +1 the side meets, −1 it is empty, 0 not certified.
func proved(in instance, a lp.Answer) int {
	if a.Witness != nil {
		if exact.Interior(in.norm, append([]exact.Row{in.obj}, in.rows...), ball.Rats(a.Witness)) {
			return 1
		}
	}
	if a.Meets {
		return 0
	}
	// Multipliers are of the forms as given; rows are those times powers of two.
	largest := a.Self
	for _, l := range a.Lambda {
		largest = max(largest, l)
	}
	for _, bits := range []int{4, 8, 16, 32, 48} {
		self := rounded(a.Self, largest, bits, in.ask, in.obj)
		lambda := make([]*big.Int, len(a.Lambda))
		for i, l := range a.Lambda {
			lambda[i] = rounded(l, largest, bits, in.cell[i], in.rows[i])
		}
		if self.Sign() > 0 && exact.NonPositive(in.norm, exact.Combine(self, in.obj, lambda, in.rows)) {
			return -1
		}
	}
	var support []exact.Row
	for i, l := range a.Lambda {
		if l > 0x1p-30*largest {
			support = append(support, in.rows[i])
		}
	}
	if _, self, _, err := exact.Side(in.norm, in.obj, support, in.p); err == nil && self != nil {
		return -1
	}
	return 0
}

// unitBits holds every power of two that rows of the tests are scaled by.
const unitBits = 1100

// rounded returns l/largest to so many bits, in units of 2^−unitBits of the row.
func rounded(l, largest float64, bits int, c lp.Constraint, r exact.Row) *big.Int {
	v := new(big.Rat).SetInt64(int64(math.RoundToEven(math.Ldexp(l/largest, bits))))
	// r = scale·c: the multiplier of r is that of c over scale.
	for k, g := range append([]float64{c.Form.H}, c.Form.G...) {
		if g == 0 {
			continue
		}
		x := r.H
		if k > 0 {
			x = r.G[k-1]
		}
		scale := new(big.Rat).SetFrac(x, big.NewInt(1))
		scale.Quo(scale, new(big.Rat).SetFloat64(c.Sign*g))
		v.Quo(v, scale)
		break
	}
	v.Mul(v, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), unitBits)))
	return new(big.Int).Quo(v.Num(), v.Denom())
}

// tally counts what happened, so that a test cannot pass by certifying nothing.
type tally struct{ meets, empty, open int }

func (c *tally) add(sign int) {
	switch sign {
	case 1:
		c.meets++
	case -1:
		c.empty++
	default:
		c.open++
	}
}

// logged logs the tally, and says whether it is worth a demand: with -short rapid draws a fifth of
// the cases, too few to ask how many of each kind came up.
func (c *tally) logged(t *testing.T) bool {
	t.Logf("meets %d, empty %d, not certified %d", c.meets, c.empty, c.open)
	return !testing.Short()
}

func (c *tally) require(t *testing.T) {
	if !c.logged(t) {
		return
	}
	require.Greater(t, c.meets, 10)
	require.Greater(t, c.empty, 10)
	// What floats leave open is rare: thin slivers, near tangents.
	require.LessOrEqual(t, 50*c.open, c.meets+c.empty)
}

func TestReferenceIsCertified(t *testing.T) {
	var count tally
	s := lp.NewReference()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t, 6, 12)
		a := ask(t, s, in)
		sign := proved(in, a)
		require.False(t, a.Meets && sign != 1, "a witness with a margin beyond rounding is one")
		count.add(sign)
	})
	count.require(t)
}

// Coefficients of all exponents: cells thinner than any tolerance. Much may stay open, nothing
// is an error, and no witness with a margin is wrong.
func TestReferenceOnWildExponents(t *testing.T) {
	s := lp.NewReference()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t, 4, 8)
		for i := range in.cell {
			e := rapid.IntRange(-400, 400).Draw(t, "exponent")
			c := &in.cell[i]
			for k := range c.Form.G {
				c.Form.G[k] = math.Ldexp(c.Form.G[k], e-rapid.IntRange(0, 80).Draw(t, "less"))
			}
			c.Form.H = math.Ldexp(c.Form.H, e-rapid.IntRange(0, 80).Draw(t, "less"))
			sign := exactRow(lp.Constraint{Form: c.Form, Sign: 1}).Eval(in.p).Sign()
			if sign == 0 {
				t.Skip("the point is on a row")
			}
			c.Sign = float64(sign)
			in.rows[i] = exactRow(*c)
		}
		in.obj = exactRow(in.ask) // an opposite shares the gradient of its row
		a := ask(t, s, in)
		require.False(t, a.Meets && proved(in, a) != 1)
	})
}

func TestReferenceKnown(t *testing.T) {
	plane := func(h float64, g ...float64) lp.Constraint {
		return lp.Constraint{Form: lp.Form{G: g, H: h}, Sign: 1}
	}
	less := func(h float64, g ...float64) lp.Constraint {
		return lp.Constraint{Form: lp.Form{G: g, H: h}, Sign: -1}
	}
	origin := []*big.Rat{new(big.Rat), new(big.Rat)}
	right := []*big.Rat{big.NewRat(1, 2), new(big.Rat)}
	for _, c := range []struct {
		name string
		norm ball.Norm
		cell []lp.Constraint
		ask  lp.Constraint
		p    []*big.Rat
		want int
	}{
		{"tangent l2", ball.L2, nil, plane(-5, 3, 4), origin, -1},
		{"beyond l2", ball.L2, nil, plane(-6, 3, 4), origin, -1},
		{"in l2", ball.L2, nil, plane(-4, 3, 4), origin, 1},
		{"corner of linf", ball.LInf, nil, plane(-7, 3, 4), origin, -1},
		{"in the corner of the box", ball.Box, nil, plane(-1.5, 1, 1), origin, 1},
		{"face of l1", ball.L1, nil, plane(-1, 1, 1), origin, -1},
		{"in l1", ball.L1, nil, plane(-3, 3, 4), origin, 1},
		{"opposite", ball.L2, []lp.Constraint{plane(0, 1, 0)}, less(0, 1, 0), right, -1},
		{"same", ball.L2, []lp.Constraint{plane(0, 1, 0)}, plane(0, 1, 0), right, 1},
		{"zero gradient, positive", ball.L2, []lp.Constraint{plane(2, 0, 0)}, plane(1, 0, 0), origin, 1},
		{"zero gradient, negative", ball.L1, nil, less(1, 0, 0), origin, -1},
		{"identically zero", ball.LInf, nil, plane(0, 0, 0), origin, -1},
		{"sliver at 0", ball.L2, []lp.Constraint{plane(0, 1, 0)}, less(-0x1p-60, 1, 0), right, 1},
		{"weights 2^300", ball.LInf, []lp.Constraint{plane(0, 0x1p300, 0)}, less(-0x1p299, 0x1p300, 0), right, 1},
		{"weights 2^-300", ball.L2, []lp.Constraint{plane(0, 0x1p-300, 0)}, less(0x1p-301, 0x1p-300, 0), right, -1},
		{"far offset", ball.L2, []lp.Constraint{plane(0x1p500, 1, 0)}, plane(-0x1p500, 1, 0), origin, -1},
		{"tiny gradient", ball.L1, []lp.Constraint{plane(1, 0x1p-1074, 0)}, plane(0, 0x1p-1074, 0x1p-1074), origin, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := instance{norm: c.norm, cell: c.cell, ask: c.ask, obj: exactRow(c.ask), p: c.p}
			for _, k := range c.cell {
				in.rows = append(in.rows, exactRow(k))
			}
			for name, s := range solvers(t) {
				a := ask(t, s, in)
				got := proved(in, a)
				if name == "clp" && c.name == "sliver at 0" {
					// Below CLP's tolerance: open, but never wrong.
					require.NotEqual(t, -c.want, got)
					continue
				}
				require.Equal(t, c.want, got, "%s: %+v", name, a)
			}
		})
	}
}

func TestReferenceRefuses(t *testing.T) {
	for name, s := range solvers(t) {
		require.Error(t, s.Reset(ball.L2, 0), name)
		require.NoError(t, s.Reset(ball.L2, 1))
		for _, c := range []lp.Constraint{
			{Form: lp.Form{G: []float64{math.NaN()}}, Sign: 1},
			{Form: lp.Form{G: []float64{1}, H: math.Inf(1)}, Sign: 1},
			{Form: lp.Form{G: []float64{1, 1}}, Sign: 1},
			{Form: lp.Form{G: []float64{1}}, Sign: 0},
		} {
			_, err := s.Ask(c)
			require.Error(t, err)
		}
		s.Push(lp.Constraint{Form: lp.Form{G: []float64{0}, H: -1}, Sign: 1})
		_, err := s.Ask(lp.Constraint{Form: lp.Form{G: []float64{1}}, Sign: 1})
		require.ErrorContains(t, err, "constraint 0 does not meet the ball")
		s.Pop()
		_, err = s.Ask(lp.Constraint{Form: lp.Form{G: []float64{1}}, Sign: 1})
		require.NoError(t, err)
	}
}

// failing is a backend that gives up, as CLP does with a status other than optimal.
type failing struct{}

func (failing) Maximise(lp.Programme) (v, duals []float64, err error) {
	return nil, nil, assert.AnError
}

func TestBackendFailureIsAnError(t *testing.T) {
	s := lp.NewScratch(failing{})
	require.NoError(t, s.Reset(ball.LInf, 1))
	_, err := s.Ask(lp.Constraint{Form: lp.Form{G: []float64{1}}, Sign: 1})
	require.ErrorIs(t, err, assert.AnError)
}
