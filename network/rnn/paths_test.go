// Path norms and curvatures against sums over all paths, in fractions.

package rnn

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// edges are the parameters of the edges of a path, by name.
type edges []string

// paths calls f with each path from an input or bias to an output over so many steps.
func (r *RNN) paths(steps int, f func(edges)) {
	for k := range r.C {
		f(edges{fmt.Sprint("c", k)})
		for j := range r.Units() {
			r.pathsTo(steps, j, edges{fmt.Sprint("V", k, ",", j)}, f)
		}
	}
}

// pathsTo calls f with the paths to unit j of a step, continued by rest.
func (r *RNN) pathsTo(step, j int, rest edges, f func(edges)) {
	if step == 0 {
		return // h_0 is 0, no path begins there
	}
	with := func(name string) edges { return append(append(edges{}, rest...), name) }
	f(with(fmt.Sprint("b", j)))
	for i := range r.Inputs() {
		f(with(fmt.Sprint("U", j, ",", i)))
	}
	for i := range r.Units() {
		r.pathsTo(step-1, i, with(fmt.Sprint("W", j, ",", i)), f)
	}
}

// parameters returns all of them by name.
func (r *RNN) parameters() map[string]float64 {
	all := map[string]float64{}
	for j := range r.Units() {
		all[fmt.Sprint("b", j)] = r.B[j]
		for i := range r.Inputs() {
			all[fmt.Sprint("U", j, ",", i)] = r.U.At(j, i)
		}
		for i := range r.Units() {
			all[fmt.Sprint("W", j, ",", i)] = r.W.At(j, i)
		}
		for k := range r.C {
			all[fmt.Sprint("V", k, ",", j)] = r.V.At(k, j)
		}
	}
	for k, c := range r.C {
		all[fmt.Sprint("c", k)] = c
	}
	return all
}

// brute returns γ², κ¹ and κ² as sums over all paths.
func (r *RNN) brute(steps int) (gamma *big.Rat, first, second map[string]*big.Rat) {
	p := r.parameters()
	gamma, first, second = new(big.Rat), map[string]*big.Rat{}, map[string]*big.Rat{}
	for name := range p {
		first[name], second[name] = new(big.Rat), new(big.Rat)
	}
	product := func(path edges, but string) *big.Rat {
		all := big.NewRat(1, 1)
		for _, name := range path {
			if name == but {
				but = "" // once
				continue
			}
			v := new(big.Rat).SetFloat64(p[name])
			all.Mul(all, v.Mul(v, v))
		}
		return all
	}
	r.paths(steps, func(path edges) {
		gamma.Add(gamma, product(path, ""))
		times := map[string]int64{}
		for _, name := range path {
			times[name]++
		}
		for name, k := range times {
			c := product(path, name) // c·p^(2k−2)
			first[name].Add(first[name], new(big.Rat).Mul(big.NewRat(k, 1), c))
			second[name].Add(second[name], new(big.Rat).Mul(big.NewRat(2*k*(k-1), 1), c))
		}
	})
	return gamma, first, second
}

// of returns what is said of a parameter.
func (p *Path) of(name string) (first, second float64) {
	var i, j int
	switch name[0] {
	case 'b', 'c':
		fmt.Sscanf(name[1:], "%d", &i)
		return map[byte][]float64{'b': p.B, 'c': p.C}[name[0]][i], 0
	}
	fmt.Sscanf(name[1:], "%d,%d", &i, &j)
	first = map[byte]*mat.Dense{'U': p.U, 'V': p.V, 'W': p.W}[name[0]].At(i, j)
	if name[0] == 'W' {
		second = p.Second.At(i, j)
	}
	return first, second
}

// summationError bounds the relative error of sums of positive numbers of a few hundred operations.
const summationError = 0x1p-43

func TestCurvatureIsTheSumOverAllPaths(t *testing.T) {
	for seed := range uint64(20) {
		units, inputs, outputs, steps := 2, 1, 1, 4
		if seed > 9 {
			units, inputs, outputs, steps = 3, 2, 2, 3
		}
		rng := rand.New(rand.NewPCG(seed, 3))
		draw := func(n int) []float64 {
			v := make([]float64, n)
			for i := range v {
				v[i] = rng.NormFloat64()
			}
			return v
		}
		if seed == 9 {
			steps = 1
		}
		r, err := New(mat.NewDense(units, inputs, draw(units*inputs)), mat.NewDense(units, units, draw(units*units)), draw(units), nil,
			mat.NewDense(outputs, units, draw(units*outputs)), draw(outputs))
		require.NoError(t, err)
		gamma, first, second := r.brute(steps)
		p := r.Path(steps, true)
		near := func(want *big.Rat, got float64, name string) {
			w, _ := want.Float64()
			require.InDelta(t, w, got, summationError*math.Abs(w), name)
		}
		near(gamma, math.Ldexp(p.Gamma2, p.Exp), "γ²")
		largest := 0.0
		for name := range first {
			k1, k2 := p.of(name)
			near(new(big.Rat).Quo(first[name], gamma), k1, name)
			near(new(big.Rat).Quo(second[name], gamma), k2, name)
			largest = max(largest, k2/k1)
		}
		if units == 2 && steps == 4 {
			require.Positive(t, largest, "self-loops are taken more than once")
		}
	}
}

// Units that are rescaled by powers of two are the same network: γ² has the same bits, and κ·p².
func TestPathsDoNotSeeTheScaleOfAUnit(t *testing.T) {
	r := drawn(t, 6, 2, false)
	rng := rand.New(rand.NewPCG(9, 9))
	by := make([]float64, 6)
	for j := range by {
		by[j] = math.Ldexp(1, rng.IntN(21)-10)
	}
	a, b := r.Path(30, true), r.rescaled(by).Path(30, true)
	require.Equal(t, math.Ldexp(a.Gamma2, a.Exp), math.Ldexp(b.Gamma2, b.Exp))
	for j := range by {
		for i := range by {
			ratio := by[j] / by[i]
			require.Equal(t, a.W.At(j, i), b.W.At(j, i)*ratio*ratio)
			require.Equal(t, a.Second.At(j, i), b.Second.At(j, i)*ratio*ratio)
		}
		require.Equal(t, a.B[j], b.B[j]*by[j]*by[j])
		require.Equal(t, a.V.At(0, j)*by[j]*by[j], b.V.At(0, j))
	}
}

// rescaled multiplies what each unit says by a factor, and undoes it where it is read.
func (r *RNN) rescaled(by []float64) *RNN {
	u, w, v, b := mat.DenseCopyOf(r.U), mat.DenseCopyOf(r.W), mat.DenseCopyOf(r.V), append([]float64(nil), r.B...)
	u.Apply(func(j, _ int, x float64) float64 { return x * by[j] }, u)
	w.Apply(func(j, i int, x float64) float64 { return x * by[j] / by[i] }, w)
	v.Apply(func(_, i int, x float64) float64 { return x / by[i] }, v)
	for j := range b {
		b[j] *= by[j]
	}
	return &RNN{U: u, W: w, B: b, V: v, C: r.C}
}

// γ² of 2000 steps is far beyond float64, and of a network of tiny weights far below.
func TestPathNormsLeaveTheRangeOfFloat64(t *testing.T) {
	for _, c := range []struct {
		w    float64
		want float64 // log₂ γ²
	}{{2, 2 * 1999}, {0x1p-200, 0}, {0x1p100, 200 * 1999}} {
		one := mat.NewDense(1, 1, []float64{1})
		r, err := New(one, mat.NewDense(1, 1, []float64{c.w}), []float64{0}, nil, one, []float64{0})
		require.NoError(t, err)
		p := r.Path(2000, true)
		require.InDelta(t, c.want, p.Log2(), 1)
		// The longest path takes W 1999 times: κ¹·w² is nearly 1999·γ², and κ² 2·1998 times κ¹.
		if c.w > 1 {
			require.InDelta(t, 1999, p.W.At(0, 0)*c.w*c.w, 1)
			require.InDelta(t, 2*1998, p.Second.At(0, 0)/p.W.At(0, 0), 2)
		}
	}
}

// Where there is no path, there is no norm to divide by.
func TestDeadNetworksHaveNoPaths(t *testing.T) {
	zero, one := mat.NewDense(1, 1, nil), mat.NewDense(1, 1, []float64{1})
	r, err := New(one, zero, []float64{0}, nil, zero, []float64{0})
	require.NoError(t, err)
	p := r.Path(3, true)
	require.Zero(t, p.Gamma2)
	require.Zero(t, p.W.At(0, 0))
	require.Zero(t, p.U.At(0, 0))
	require.Equal(t, 1.0, p.V.At(0, 0), "V would open one")
}

// The second part may be dropped in wide random networks, and not near the identity: the table of
// docs/recurrent.md, at a size for a test.
func TestTheSecondPartMattersNearTheIdentity(t *testing.T) {
	ratio := func(units, steps int, identity bool) float64 {
		rng := rand.New(rand.NewPCG(uint64(units), 1))
		r := drawn(t, units, 1, false)
		r.W.Apply(func(j, i int, _ float64) float64 {
			switch v := rng.NormFloat64(); {
			case !identity:
				return v / math.Sqrt(float64(units))
			case i == j:
				return 1 + v/100
			default:
				return v / 100
			}
		}, r.W)
		p := r.Path(steps, true)
		return mat.Norm(p.Second, 2) / mat.Norm(p.W, 2)
	}
	require.Less(t, ratio(64, 20, false), 0.1)
	require.Greater(t, ratio(64, 20, true), 1.0)
}
