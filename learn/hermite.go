package learn

// Hermite polynomials of several variables, of degree at most four, and the coefficients of models.
// h_α(x) = Π_i he_{α_i}(x_i)/√α_i!, he the polynomials orthogonal under N(0, 1); so E[h_α·h_β] is 1
// for α = β and 0 otherwise, and the entry of T_k at the indices i_1…i_k is √(α!)·β_α, α counting
// how often each index is there.

import (
	"fmt"
	"math"
)

// degree is the largest degree of a polynomial.
const degree = 4

// maxTerms bounds the number of polynomials: 39 inputs have 123,410. Beyond, each pass over the
// samples takes minutes.
const maxTerms = 1 << 17

// basis are the polynomials in so many variables.
type basis struct {
	inputs int
	terms  []term
	// steps are the terms as products: of a term before and an entry of a table.
	steps []step
	// start[k] is the first term of degree k; the last entry is their number.
	start [degree + 2]int
}

// step makes a term from the one without its last variable, and the polynomial in that.
type step struct{ parent, factor int32 }

// term is a multi-index.
type term struct {
	index     []int   // of the variables, ascending, each as often as its degree
	factorial float64 // α!
	// lower are the terms with one degree less in a variable.
	lower []lowered
}

type lowered struct {
	variable, term int
	root           float64 // of the degree in the variable
}

func newBasis(inputs int) (*basis, error) {
	count, k := 1, 1
	for ; k <= degree && count <= maxTerms; k++ {
		count = count * (inputs + k) / k
	}
	if inputs < 1 || count > maxTerms {
		return nil, fmt.Errorf("inputs: %d, expected from 1 to 39: the tensors of more have too many entries; --method sgd has none", inputs)
	}
	b := &basis{inputs: inputs}
	at := map[[degree]int]int{}
	key := func(index []int) (k [degree]int) {
		for i := range k {
			if k[i] = -1; i < len(index) {
				k[i] = index[i]
			}
		}
		return k
	}
	add := func(index []int) {
		t := term{index: index, factorial: 1}
		power := 0
		for i, v := range index {
			if power++; i > 0 && index[i-1] != v {
				power = 1
			}
			t.factorial *= float64(power)
		}
		if len(index) > 0 {
			last := index[len(index)-1]
			b.steps = append(b.steps, step{int32(at[key(index[:len(index)-power])]), int32((power-1)*inputs + last)})
		}
		for i, v := range index {
			if i > 0 && index[i-1] == v {
				continue
			}
			less := append(append([]int(nil), index[:i]...), index[i+1:]...)
			n := 0
			for _, w := range index {
				if w == v {
					n++
				}
			}
			t.lower = append(t.lower, lowered{v, at[key(less)], math.Sqrt(float64(n))})
		}
		at[key(index)] = len(b.terms)
		b.terms = append(b.terms, t)
	}
	add(nil)
	for k := 1; k <= degree; k++ {
		b.start[k] = len(b.terms)
		for _, t := range b.terms[b.start[k-1]:b.start[k]] {
			first := 0
			if k > 1 {
				first = t.index[k-2]
			}
			for v := first; v < inputs; v++ {
				add(append(append([]int(nil), t.index...), v))
			}
		}
	}
	b.start[degree+1] = len(b.terms)
	return b, nil
}

// of returns the degree's part of a vector over the terms.
func (b *basis) of(k int, v []float64) []float64 { return v[b.start[k]:b.start[k+1]] }

// products sets out to the products over the terms of the entries of u: its part k has the factor
// of degree k+1 in each variable.
func (b *basis) products(u, out []float64) {
	out[0] = 1
	for i, s := range b.steps {
		out[i+1] = out[s.parent] * u[s.factor]
	}
}

// table makes room for the factors of products.
func (b *basis) table() []float64 { return make([]float64, degree*b.inputs) }

var (
	root2, root6, root24 = math.Sqrt(2), math.Sqrt(6), math.Sqrt(24)
	roots                = [degree + 1]float64{1, 1, root2, root6, root24} // of the factorials
)

// at sets out to the polynomials at x.
func (b *basis) at(x, u, out []float64) {
	n := b.inputs
	for i, v := range x {
		s := v * v
		u[i], u[n+i], u[2*n+i], u[3*n+i] = v, (s-1)/root2, v*(s-3)/root6, ((s-6)*s+3)/root24
	}
	b.products(u, out)
}

// powers sets out to w^α/√α!.
func (b *basis) powers(w, u, out []float64) {
	for i, v := range w {
		p := 1.0
		for k := range degree {
			p *= v
			u[k*b.inputs+i] = p / roots[k+1]
		}
	}
	b.products(u, out)
}

// hermite returns c_0 … c_5 at a bias: E[max(z+b, 0)·He_k(z)] for z ~ N(0, 1). The derivative of
// c_k is c_{k+1}. (c_k = (−1)^k·He_{k−2}(b)·φ(b) for k ≥ 2, by parts.)
func hermite(b float64) [degree + 2]float64 {
	density := math.Exp(-b*b/2) / math.Sqrt(2*math.Pi)
	below := math.Erfc(-b/math.Sqrt2) / 2
	return [degree + 2]float64{density + b*below, below, density, -b * density, (b*b - 1) * density, (3 - b*b) * b * density}
}

// coefficients returns the coefficients β of a model.
func (b *basis) coefficients(m *Model) []float64 {
	beta, p, u := make([]float64, len(b.terms)), make([]float64, len(b.terms)), b.table()
	beta[0] = m.C
	for i, v := range m.V { // the terms of degree 1 are the variables, in order
		beta[b.start[1]+i] = v
	}
	for j, a := range m.A {
		b.powers(m.W[j], u, p)
		c := hermite(m.B[j])
		for k := range degree + 1 {
			to := b.of(k, beta)
			for i, v := range b.of(k, p) {
				to[i] += a * c[k] * v
			}
		}
	}
	return beta
}

// distances returns the Frobenius norms of the tensors T_1 … T_4 of the difference of coefficients:
// a term of degree k stands for k!/α! entries of √(α!)·β_α each.
func (b *basis) distances(x, y []float64) [degree]float64 {
	var d [degree]float64
	factorial := 1.0
	for k := 1; k <= degree; k++ {
		factorial *= float64(k)
		v := b.of(k, y)
		for i, w := range b.of(k, x) {
			d[k-1] += factorial * (w - v[i]) * (w - v[i])
		}
		d[k-1] = math.Sqrt(d[k-1])
	}
	return d
}
