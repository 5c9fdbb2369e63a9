package landscape

import (
	"context"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

var tenth = big.NewRat(1, 10)

// descend trains a network of a width by gradient descent from a random start, in floats.
func descend(d *Data, width, steps int, beta float64, rng *rand.Rand) *Model {
	m := &Model{}
	for range width {
		w := make([]float64, d.P)
		for k := range w {
			w[k] = rng.NormFloat64()
		}
		m.W, m.A = append(m.W, w), append(m.A, rng.NormFloat64()/math.Sqrt(float64(width)))
	}
	for range steps {
		gw, ga := make([][]float64, width), make([]float64, width)
		r := make([]float64, d.N())
		z := make([][]float64, width)
		for j, w := range m.W {
			z[j], gw[j] = make([]float64, d.N()), make([]float64, d.P)
			for i, row := range d.Rows {
				for k := range row {
					z[j][i] += row[k] * w[k]
				}
				r[i] += m.A[j] * max(z[j][i], 0)
			}
		}
		for i := range r {
			r[i] -= d.Y[i]
		}
		rate := 0.02 / float64(d.N()*width)
		for j, w := range m.W {
			ga[j] = beta * m.A[j]
			copy(gw[j], w)
			scale(gw[j], beta)
			for i, row := range d.Rows {
				if z[j][i] > 0 {
					ga[j] += r[i] * z[j][i]
					axpy(gw[j], r[i]*m.A[j], row)
				}
			}
			axpy(w, -rate, gw[j])
			m.A[j] -= rate * ga[j]
		}
	}
	if !m.finite() {
		panic("the descent has no end")
	}
	return m
}

func decayed(t *testing.T, d *Data, beta *big.Rat) (*Optimum, []Cell) {
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	o, err := Decayed(anything, d, cells, beta)
	require.NoError(t, err)
	return o, cells
}

// proved writes the proof of an optimum's bound.
func proved(t *testing.T, d *Data, p Dual) (text []byte, path string) {
	n, err := d.Property(p)
	require.NoError(t, err)
	return provedCount(t, n)
}

// provedCount writes the proof of the count of a network's regions in the unit ball.
func provedCount(t *testing.T, n *network.Network) (text []byte, path string) {
	b := UnitBall(n.Inputs())
	path = filepath.Join(t.TempDir(), "p")
	_, err := proof.Prove(anything, n, b, path, enumerate.Options{})
	require.NoError(t, err)
	buffer := n.Canonical()
	return buffer, path
}

// The bracket is as narrow as floats allow, verified by the checker, and holds all that gradient
// descent finds at any width.
func TestBracketOfTheOptimum(t *testing.T) { bracketed(t, [][2]int{{10, 2}, {20, 2}}) }

func TestSoakBracketOfTheOptimum(t *testing.T) {
	soak(t)
	bracketed(t, [][2]int{{20, 3}, {40, 2}})
}

func bracketed(t *testing.T, rows [][2]int) {
	for _, row := range rows {
		d := drawn(t, row[0], row[1], 1)
		o, _ := decayed(t, d, tenth)
		require.Positive(t, o.Lower.Sign())
		require.Negative(t, o.Gap().Cmp(big.NewRat(1, 1e6)), "%v", o.Gap().FloatString(12))
		require.GreaterOrEqual(t, o.Gap().Sign(), 0)
		text, path := proved(t, d, o.Dual)
		p, lower, err := CheckBound(anything, d, text, path, tenth)
		require.NoError(t, err)
		require.Equal(t, o.Dual, p)
		require.Zero(t, lower.Cmp(o.Lower))
		rng := rand.New(rand.NewPCG(1, 1))
		for _, width := range []int{1, 4, 20} {
			require.Positive(t, d.Objective(descend(d, width, 2000, 0.1, rng), tenth).Cmp(o.Lower))
		}
	}
}

// The certificate is of u as it is written: one that is off by a thousandth has neurons on.
func TestAStaleDualIsRefused(t *testing.T) {
	d := drawn(t, 10, 2, 1)
	o, _ := decayed(t, d, tenth)
	stale := Dual{U: append([]float64(nil), o.U...), M: o.M}
	_, top := brink(d, o)
	for i, row := range d.Rows {
		stale.U[i] += 1e-3 * math.Copysign(1, top.sign) * max(0, dotOf(row, top.w)) // where |g| is largest it grows
	}
	never, err := d.never(anything, stale)
	require.NoError(t, err)
	require.False(t, never)
	text, path := proved(t, d, stale)
	_, _, err = CheckBound(anything, d, text, path, tenth)
	require.ErrorContains(t, err, "is not shown to be on nowhere")
	honest, _ := proved(t, d, o.Dual)
	_, _, err = CheckBound(anything, d, honest, path, tenth)
	require.Error(t, err, "the proof is of another network")
	raised, err := Bracket(anything, d, nil, o.Model, tenth)
	require.NoError(t, err)
	require.True(t, raised.M >= 0.1, "no cells: M goes up until nothing is on")
	require.LessOrEqual(t, raised.Lower.Cmp(o.Upper), 0)
}

// brink returns the atom at which the dual form is the largest.
func brink(d *Data, o *Optimum) (float64, atom) {
	best, at := 0.0, atom{}
	for _, w := range o.Model.W {
		g := 0.0
		for i, row := range d.Rows {
			g += o.U[i] * max(0, dotOf(row, w)) / norm(w)
		}
		if math.Abs(g) > best {
			best, at = math.Abs(g), atom{w: w, sign: g}
		}
	}
	return best, at
}

func dotOf(a, b []float64) (sum float64) {
	for k, v := range a {
		sum += v * b[k]
	}
	return sum
}

// M is a float, and t·M ≤ β holds in fractions: a quotient that is rounded to the nearest would do
// in half of all cases.
func TestTheShareOfTheDualIsNotRounded(t *testing.T) {
	d := drawn(t, 6, 1, 2)
	for _, m := range []float64{0.1, math.Nextafter(0.1, 1), 0.3, 1e-300, 3} {
		p := Dual{U: d.Y, M: m}
		product, square := new(big.Rat), new(big.Rat)
		for _, v := range d.Y {
			y := new(big.Rat).SetFloat64(v)
			square.Add(square, y.Mul(y, y))
		}
		product.Set(square)
		share := new(big.Rat).Quo(tenth, new(big.Rat).SetFloat64(m))
		if share.Cmp(big.NewRat(1, 1)) > 0 {
			share.SetInt64(1)
		}
		want := new(big.Rat).Mul(share, product)
		want.Sub(want, share.Mul(share, share).Mul(share, square).Mul(share, big.NewRat(1, 2)))
		require.Zero(t, want.Cmp(d.Bound(p, tenth)))
	}
}

// β covers the bias weights: with the bias as one more coordinate and no bias the optimum is the
// same.
func TestDecayCoversTheBias(t *testing.T) {
	x, y, _ := sines(8, 1, 5)
	d, err := New(x, y, true)
	require.NoError(t, err)
	wide := make([][]float64, len(x))
	for i := range x {
		wide[i] = append(append([]float64(nil), x[i]...), 1)
	}
	e, err := New(wide, y, false)
	require.NoError(t, err)
	a, _ := decayed(t, d, tenth)
	b, _ := decayed(t, e, tenth)
	require.Zero(t, a.Upper.Cmp(b.Upper))
	require.Zero(t, a.Lower.Cmp(b.Lower))
}

func TestOptimumOfLittle(t *testing.T) {
	for name, c := range map[string]struct {
		x    [][]float64
		y    []float64
		beta *big.Rat
		want *big.Rat // nil: any
	}{
		"nothing to fit":    {[][]float64{{1}, {2}}, []float64{0, 0}, tenth, new(big.Rat)},
		"the decay is all":  {[][]float64{{1}, {2}}, []float64{1, -1}, big.NewRat(1000, 1), big.NewRat(1, 1)},
		"one point":         {[][]float64{{1}}, []float64{3}, tenth, nil},
		"a copy that fails": {[][]float64{{1}, {1}}, []float64{3, -3}, tenth, big.NewRat(9, 1)},
		"tiny":              {[][]float64{{1e-200}, {2e-200}}, []float64{1e-200, 0}, tenth, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := New(c.x, c.y, true)
			require.NoError(t, err)
			o, _ := decayed(t, d, c.beta)
			require.LessOrEqual(t, o.Lower.Cmp(o.Upper), 0)
			if c.want != nil {
				require.LessOrEqual(t, o.Lower.Cmp(c.want), 0)
				require.GreaterOrEqual(t, o.Upper.Cmp(c.want), 0)
				require.Negative(t, o.Gap().Cmp(big.NewRat(1, 1e6)))
			}
		})
	}
	d := drawn(t, 3, 1, 1)
	for _, beta := range []*big.Rat{new(big.Rat), big.NewRat(-1, 1), dyadic.Rat(big.NewInt(1), 2000)} {
		_, err := Decayed(anything, d, nil, beta)
		require.ErrorContains(t, err, "expected one above 0")
	}
}

func TestCheckBoundRefuses(t *testing.T) {
	d := drawn(t, 5, 1, 3)
	o, _ := decayed(t, d, tenth)
	text, path := proved(t, d, o.Dual)
	ended, end := context.WithCancelCause(anything)
	why := errors.New("enough")
	end(why)
	_, _, err := CheckBound(ended, d, text, path, tenth)
	require.ErrorIs(t, err, why)
	other := drawn(t, 5, 1, 4)
	_, _, err = CheckBound(anything, other, text, path, tenth)
	require.ErrorContains(t, err, "row 0 is not point 0 of the data")
	_, _, err = CheckBound(anything, drawn(t, 6, 1, 3), text, path, tenth)
	require.ErrorContains(t, err, "expected 2-6-2-2")
	_, _, err = CheckBound(anything, d, []byte("{}"), path, tenth)
	require.Error(t, err)
	n, err := d.Property(o.Dual)
	require.NoError(t, err)
	b, err := newSmallBall(2)
	require.NoError(t, err)
	_, err = proof.Prove(anything, n, b, path, enumerate.Options{})
	require.NoError(t, err)
	_, _, err = CheckBound(anything, d, text, path, tenth)
	require.ErrorContains(t, err, "expected l2 0x1p+0 0x0p+0 0x0p+0")
}

func TestModelsAreNetworks(t *testing.T) {
	d := drawn(t, 7, 2, 6)
	o, _ := decayed(t, d, tenth)
	n, err := d.NetworkOf(o.Model)
	require.NoError(t, err)
	for i, f := range d.Outputs(o.Model) {
		x := make([]*big.Float, 2)
		for k := range x {
			x[k] = big.NewFloat(d.Rows[i][k])
		}
		y, _ := n.ForwardExact(x)
		v, _ := y[0].Rat(nil)
		require.Zero(t, v.Cmp(f))
	}
	m, err := d.ModelOf(n)
	require.NoError(t, err)
	require.Equal(t, o.Model, m)
	_, err = drawn(t, 7, 1, 6).ModelOf(n)
	require.ErrorIs(t, err, errShape)
}

// A network that is not the data's, or has not both neurons, says nothing.
func TestOtherNetworksAreNoDual(t *testing.T) {
	d := drawn(t, 4, 1, 3)
	good := Dual{U: []float64{1, -2, 3, 0.5}, M: 0.25}
	for want, change := range map[string]func(ls []network.Layer){
		"row 0 is not point 0":       func(ls []network.Layer) { ls[0].B[0] = 1 },
		"row 2 is not point 2":       func(ls []network.Layer) { ls[0].W.(*mat.Dense).Set(2, 0, 7) },
		"g − M and −g − M":           func(ls []network.Layer) { ls[2].W.(*mat.Dense).Set(1, 0, 1) },
		"the last neurons are not g": func(ls []network.Layer) { ls[1].B[0] = 1 },
		"a limit M of -1":            func(ls []network.Layer) { ls[2].B[0], ls[2].B[1] = 1, 1 },
		"expected 2-4-2-2":           func(ls []network.Layer) { ls[0].Act = network.None },
	} {
		n, err := d.Property(good)
		require.NoError(t, err)
		p, err := d.DualOf(n)
		require.NoError(t, err)
		require.Equal(t, good, p)
		ls := slices.Clone(n.Layers())
		change(ls)
		n, err = network.New(ls)
		require.NoError(t, err)
		_, err = d.DualOf(n)
		require.ErrorContains(t, err, want)
	}
}

// signs returns the signs of x̃_i·w, exactly.
func (d *Data) signs(w []float64) network.Pattern {
	v, p := dyadic.Floats(w), make(network.Pattern, d.N())
	for i := range p {
		z, _ := dot(d.integers[i], v)
		p[i] = int8(z.Sign())
	}
	return p
}
