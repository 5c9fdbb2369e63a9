package learn

// From tensors to neurons: the simultaneous diagonalisation, the biases and the signs.

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// tries is the number of random combinations that are diagonalised; the best few of them, which
	// differ by what noise makes of them, are starts of the moment fit.
	tries  = 200
	starts = 4
	// complexShare is the size of the imaginary part of an eigenvalue, beside its own, from which a
	// spectrum is taken for a complex one: two directions that noise has mixed. Rounding alone is
	// 10⁶ times smaller. Complex spectra are used where there is no real one, and reported.
	complexShare = 1e-9
	// maxBias bounds the bias that c_3/c_2 may claim: at 4 the neuron bends 1/1000 of what it bends
	// at 0, and the ratio is noise.
	maxBias = 4
)

// ErrSpectrum says that no directions were found.
var ErrSpectrum = errors.New("the tensors give no directions: too few samples for so many neurons, or no network of so many neurons")

// matrix returns the matrix of the tensor of degree k, 2 or more, contracted with v in its other
// indices.
func (b *basis) matrix(k int, beta, v []float64) *mat.SymDense {
	m := mat.NewDense(b.inputs, b.inputs, nil)
	for i := b.start[k]; i < b.start[k+1]; i++ {
		t := &b.terms[i]
		// Each arrangement of the indices comes up α! times among their permutations.
		value := beta[i] / math.Sqrt(t.factorial)
		permutations(slices.Clone(t.index), 0, func(index []int) {
			w := value
			for _, j := range index[2:] {
				w *= v[j]
			}
			m.Set(index[0], index[1], m.At(index[0], index[1])+w)
		})
	}
	s := mat.NewSymDense(b.inputs, nil)
	for i := range b.inputs {
		for j := range i + 1 {
			s.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return s
}

// permutations calls f with all permutations of index[at:], in place.
func permutations(index []int, at int, f func([]int)) {
	if at == len(index) {
		f(index)
		return
	}
	for i := at; i < len(index); i++ {
		index[at], index[i] = index[i], index[at]
		permutations(index, at+1, f)
		index[at], index[i] = index[i], index[at]
	}
}

// subspace returns the m eigenvectors of T_2 with the largest eigenvalues by size, as columns: the
// w_j span them, for c_2 is never 0.
func (b *basis) subspace(beta []float64, m int) (*mat.Dense, error) {
	var e mat.EigenSym
	if !e.Factorize(b.matrix(2, beta, nil), true) {
		return nil, ErrSpectrum
	}
	values := e.Values(nil)
	order := make([]int, b.inputs)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(math.Abs(values[j]), math.Abs(values[i])) })
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	u := mat.NewDense(b.inputs, m, nil)
	for c, i := range order[:m] {
		for r := range b.inputs {
			u.Set(r, c, vectors.At(r, i))
		}
	}
	return u, nil
}

// candidate is a model, and how far its coefficients are from those of the samples.
type candidate struct {
	*Model
	pairs    int // of directions that noise has mixed
	distance float64
}

// better puts real directions first, and then what is near.
func better(x, y candidate) int {
	return cmp.Or(cmp.Compare(min(x.pairs, 1), min(y.pairs, 1)), cmp.Compare(x.distance, y.distance))
}

// decompose returns the best models of m neurons that random combinations of the tensors give, the
// best first.
func (b *basis) decompose(ctx context.Context, beta []float64, m int, rng *rand.Rand) ([]candidate, error) {
	u, err := b.subspace(beta, m)
	if err != nil {
		return nil, err
	}
	inside := func(s mat.Symmetric) *mat.Dense {
		var t, r mat.Dense
		t.Mul(u.T(), s)
		r.Mul(&t, u)
		return &r
	}
	var inverse mat.Dense // of T_2 in the subspace
	if err := inverse.Inverse(inside(b.matrix(2, beta, nil))); err != nil && isSingular(err) {
		return nil, ErrSpectrum
	}
	var best []candidate
	for range tries {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		// T_3 alone would not tell neurons of bias 0 apart, T_4 alone not those of bias ±1.
		q := inside(b.matrix(3, beta, direction(rng, b.inputs)))
		fourth := inside(b.matrix(4, beta, direction(rng, b.inputs)))
		fourth.Scale(rng.NormFloat64(), fourth)
		q.Add(q, fourth)
		q.Mul(q, &inverse)
		model, pairs, ok := b.readOff(beta, u, q)
		if !ok {
			continue
		}
		c := candidate{model, pairs, floats.Distance(beta, b.coefficients(model), 2)}
		if !math.IsNaN(c.distance) {
			best = append(best, c)
		}
	}
	if len(best) == 0 {
		return nil, ErrSpectrum
	}
	slices.SortStableFunc(best, better)
	return best[:min(starts, len(best))], nil
}

// mixed says that an eigenvalue is one of a complex pair.
func mixed(v complex128) bool { return !(math.Abs(imag(v)) <= complexShare*cmplx.Abs(v)) }

// readOff reads a model off the eigenvectors of q, which are the w_j in the basis u. Of complex
// pairs, which it counts, it takes the two directions that span the same plane.
func (b *basis) readOff(beta []float64, u, q *mat.Dense) (model *Model, pairs int, ok bool) {
	m, _ := q.Dims()
	var e mat.Eigen
	if !e.Factorize(q, mat.EigenRight) {
		return nil, 0, false
	}
	values := e.Values(nil)
	var vectors mat.CDense
	e.VectorsTo(&vectors)
	model = &Model{A: make([]float64, m), B: make([]float64, m)}
	for j, v := range values {
		part := func(v complex128) float64 { return real(v) }
		if mixed(v) {
			pairs++
			if imag(v) < 0 {
				part = func(v complex128) float64 { return imag(v) }
			}
		}
		w := make([]float64, b.inputs)
		for r := range w {
			for c := range m {
				w[r] += u.At(r, c) * part(vectors.At(c, j))
			}
		}
		norm := floats.Norm(w, 2)
		if !(norm > 0) {
			return nil, 0, false
		}
		floats.Scale(1/norm, w)
		model.W = append(model.W, w)
	}
	return model, pairs / 2, b.weigh(beta, model) && b.orient(beta, model)
}

// isSingular tells an error of gonum's about a matrix that has no inverse from one about a large
// condition number, which is no reason to stop.
func isSingular(err error) bool {
	var c mat.Condition
	return !errors.As(err, &c) || math.IsInf(float64(c), 0)
}

// weigh finds a and b from what T_2 and T_3 are in the directions w: a·c_2 and a·c_3, by least
// squares.
func (b *basis) weigh(beta []float64, model *Model) bool {
	second, ok := b.along(2, beta, model)
	third, ok3 := b.along(3, beta, model)
	if !ok || !ok3 {
		return false
	}
	for j := range model.A {
		bias := -third[j] / second[j]
		if math.IsNaN(bias) {
			return false
		}
		model.B[j] = max(-maxBias, min(maxBias, bias))
		model.A[j] = second[j] / hermite(model.B[j])[2]
	}
	return true
}

// along solves for s in T_k = Σ_j s_j·w_j⊗…⊗w_j: the Gram matrix has the entries (w_i·w_j)^k.
func (b *basis) along(k int, beta []float64, model *Model) ([]float64, bool) {
	m := model.Neurons()
	gram, right := mat.NewSymDense(m, nil), mat.NewVecDense(m, nil)
	power, u := make([]float64, len(b.terms)), b.table()
	factorial := roots[k] * roots[k]
	for i := range m {
		b.powers(model.W[i], u, power)
		right.SetVec(i, factorial*floats.Dot(b.of(k, beta), b.of(k, power)))
		for j := range i + 1 {
			gram.SetSym(i, j, math.Pow(floats.Dot(model.W[i], model.W[j]), float64(k)))
		}
	}
	return solve(gram, right)
}

// solve solves a positive definite system.
func solve(gram *mat.SymDense, right *mat.VecDense) ([]float64, bool) {
	var c mat.Cholesky
	var s mat.VecDense
	if !c.Factorize(gram) {
		return nil, false
	}
	if err := c.SolveVecTo(&s, right); err != nil && isSingular(err) {
		return nil, false
	}
	return s.RawVector().Data, true
}

// orient decides which of (w, b) and (−w, −b) a neuron is. They differ by an affine function, so
// T_1 alone tells: it is Σ a_j·Φ(b_j)·w_j for the right ones. The constant follows from T_0.
func (b *basis) orient(beta []float64, model *Model) bool {
	z, ok := b.along(1, beta, model)
	if !ok {
		return false
	}
	model.C = beta[0]
	for j, a := range model.A {
		here, there := a*hermite(model.B[j])[1], -a*hermite(-model.B[j])[1]
		if math.Abs(z[j]-there) < math.Abs(z[j]-here) {
			floats.Scale(-1, model.W[j])
			model.B[j] = -model.B[j]
		}
		model.C -= a * hermite(model.B[j])[0]
	}
	return true
}
