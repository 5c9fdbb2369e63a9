package learn

// Coefficients against integrals, and the basis against tensors written out.

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func pcg(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 9)) }

// gauss integrates f under N(0, 1) by Simpson's rule, in two halves that meet at the kink.
func gauss(kink float64, f func(x float64) float64) float64 {
	const end, steps = 12, 4000
	sum := 0.0
	for _, part := range [][2]float64{{-end, kink}, {kink, end}} {
		h := (part[1] - part[0]) / steps
		for i := range steps + 1 {
			weight := 2.0 + 2*float64(i%2)
			if i == 0 || i == steps {
				weight = 1
			}
			x := part[0] + h*float64(i)
			sum += weight * h / 3 * f(x) * math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
		}
	}
	return sum
}

// he are the polynomials He_0 … He_4.
func he(k int, x float64) float64 {
	return []float64{1, x, x*x - 1, x*x*x - 3*x, x*x*x*x - 6*x*x + 3}[k]
}

// The sign of c_3 and all factors of c_k.
func TestHermiteCoefficientsAreTheIntegrals(t *testing.T) {
	for _, b := range []float64{-2, -1, -0.3, 0, 0.5, 1, 2.5} {
		c := hermite(b)
		for k := range degree + 1 {
			require.InDelta(t, gauss(-b, func(x float64) float64 { return max(x+b, 0) * he(k, x) }), c[k], 1e-11, "c_%d(%v)", k, b)
			const h = 1e-5
			require.InDelta(t, (hermite(b + h)[k]-hermite(b - h)[k])/(2*h), c[k+1], 1e-8, "c_%d'(%v)", k, b)
		}
	}
}

// tensor is Σ a_j·c_k(b_j)·w_j⊗…⊗w_j at some indices.
func tensor(m *Model, index ...int) float64 {
	v := 0.0
	for j, a := range m.A {
		p := a * hermite(m.B[j])[len(index)]
		for _, i := range index {
			p *= m.W[j][i]
		}
		v += p
	}
	return v
}

func TestCoefficientsAreTheTensors(t *testing.T) {
	const d = 4
	m := Random(pcg(1), d, 3)
	b, err := newBasis(d)
	require.NoError(t, err)
	require.Len(t, b.terms, 70) // (d+4 over 4)
	beta := b.coefficients(m)
	require.InDelta(t, tensor(m), beta[0], 1e-15)
	for i, term := range b.terms {
		require.InDelta(t, tensor(m, term.index...), math.Sqrt(term.factorial)*beta[i], 1e-14, term.index)
	}
	// Contractions and norms, with all the entries of the tensors.
	g := direction(pcg(2), d)
	third, fourth := b.matrix(3, beta, g), b.matrix(4, beta, g)
	other := b.coefficients(Random(pcg(3), d, 2))
	norms := b.distances(beta, other)
	var squares [degree]float64
	for i := range d {
		squares[0] += sq(tensor(m, i) - other[b.start[1]+i])
		for j := range d {
			three, four := 0.0, 0.0
			for k := range d {
				three += g[k] * tensor(m, i, j, k)
				for l := range d {
					four += g[k] * g[l] * tensor(m, i, j, k, l)
				}
			}
			require.InDelta(t, three, third.At(i, j), 1e-14)
			require.InDelta(t, four, fourth.At(i, j), 1e-14)
		}
	}
	require.InDelta(t, math.Sqrt(squares[0]), norms[0], 1e-14)
	require.InDelta(t, frobenius(b, 4, beta, other), norms[3], 1e-13)
}

func sq(v float64) float64 { return v * v }

// frobenius is the norm of the difference of two tensors of degree 4, all entries written out.
func frobenius(b *basis, k int, x, y []float64) float64 {
	entry := map[[degree]int]float64{}
	for i := b.start[k]; i < b.start[k+1]; i++ {
		permutations(append([]int(nil), b.terms[i].index...), 0, func(index []int) {
			entry[[degree]int(index)] = math.Sqrt(b.terms[i].factorial) * (x[i] - y[i])
		})
	}
	sum := 0.0
	for _, v := range entry {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// The polynomials are orthonormal, and are products of those of one variable.
func TestPolynomialsAreOrthonormal(t *testing.T) {
	b, err := newBasis(3)
	require.NoError(t, err)
	h := make([]float64, len(b.terms))
	for range 20 {
		x := []float64{pcg(1).NormFloat64(), pcg(2).NormFloat64(), pcg(3).NormFloat64()}
		b.at(x, b.table(), h)
		for i, term := range b.terms {
			var count [3]int
			for _, v := range term.index {
				count[v]++
			}
			want := 1.0
			for v, k := range count {
				want *= he(k, x[v]) / roots[k]
			}
			require.InDelta(t, want, h[i], 1e-12)
		}
	}
	for k := range degree + 1 {
		for l := range k + 1 {
			want := 0.0
			if k == l {
				want = 1
			}
			require.InDelta(t, want, gauss(0, func(x float64) float64 { return he(k, x) * he(l, x) / roots[k] / roots[l] }), 1e-10)
		}
	}
}

func TestTooManyInputs(t *testing.T) {
	for _, d := range []int{0, 40, 1 << 40} {
		_, err := newBasis(d)
		require.ErrorContains(t, err, "expected from 1 to 39")
	}
}
