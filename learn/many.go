package learn

// More neurons than inputs. Their directions depend on one another, but the w_j⊗w_j do not, as long
// as there are no more than the dimensions of symmetric matrices. T_4 as a matrix of d² rows, T_3
// as one of d² rows and d columns, and T_2 as a vector all have columns in the span of the w_j⊗w_j:
// between them they have all of it, also where c_4 or c_3 is 0. In the span the w_j⊗w_j are the
// matrices of rank one, which the subspace power method finds (Kileel and Pereira 2019): the maxima
// of ‖P(w⊗w)‖, P the projection on the span, over ‖w‖ = 1.

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// climbs bounds the starts of the power method for each neuron that is looked for.
	climbs = 5
	// square is the value from which a maximum is taken for a square of the span; noise leaves
	// those at 0.99 and more, and other maxima are well below.
	square = 0.9
	// powers bounds the steps of a climb, and still is the step below which it has ended.
	powers, still = 2000, 1e-14
	// shift times w is added to the power step, so that it climbs from everywhere.
	shift = 0.5
	// same is the distance of two maxima, or of one and the other's opposite, below which they are
	// one.
	same = 1e-4
	// turned bounds the neurons of which all sides are tried: 2²² sums.
	turned = 22
	// leftover is the size of V, beside the largest of the a_j, that is taken for 0 once the
	// samples are met.
	leftover = 1e-6
)

// MostNeurons is how many neurons of so many inputs the tensors separate: as many as inputs, or
// more if their w_j⊗w_j are in general the only matrices of rank one in their span.
func MostNeurons(inputs int) int { return max(inputs, inputs*(inputs-1)/2) }

// decomposeMany is decompose for more neurons than inputs; its models have a V.
func (b *basis) decomposeMany(ctx context.Context, beta []float64, m int, rng *rand.Rand) ([]candidate, error) {
	span, err := b.squares(beta, m)
	if err != nil {
		return nil, err
	}
	var list []candidate
	for range starts {
		found, all, err := directions(ctx, span, m, rng)
		if err != nil {
			return nil, err
		}
		if c, ok := b.affine(beta, found, all, span); ok {
			list = append(list, c)
		}
		if all { // the next would be the same
			break
		}
	}
	if len(list) == 0 {
		return nil, ErrSpectrum
	}
	slices.SortStableFunc(list, better)
	return list, nil
}

// affine returns the model of these directions, V and C being what T_1 and T_0 have beside it.
func (b *basis) affine(beta []float64, found [][]float64, all bool, span []*mat.SymDense) (candidate, bool) {
	m := len(found)
	model := &Model{A: make([]float64, m), B: make([]float64, m), V: make([]float64, b.inputs)}
	for _, w := range found {
		if all {
			w, _ = climb(span, w, 0) // a shift slows the end, where none is needed
		}
		model.W = append(model.W, w)
	}
	if !b.weigh(beta, model) {
		return candidate{}, false
	}
	rest := b.coefficients(model)
	model.C = beta[0] - rest[0]
	for k := range model.V {
		model.V[k] = beta[b.start[1]+k] - rest[b.start[1]+k]
	}
	c := candidate{Model: model, distance: floats.Distance(beta, b.coefficients(model), 2)}
	return c, !math.IsNaN(c.distance)
}

// directions returns m directions: maxima in the span, and all says that these are m. A climb
// begins where what is left of the span beside the squares that are found has a maximum, since some
// maxima are hardly ever reached from random places. Noise makes one maximum of neurons whose
// directions are near one another; what is left of the span then tells where the others may be.
func directions(ctx context.Context, span []*mat.SymDense, m int, rng *rand.Rand) (found [][]float64, all bool, err error) {
	d, rest, all := span[0].SymmetricDim(), span, true
	for try := 0; len(found) < m; try++ {
		if ctx.Err() != nil {
			return nil, false, context.Cause(ctx)
		}
		left, _ := climb(rest, direction(rng, d), shift)
		w, value := climb(span, left, shift)
		near := func(o []float64) bool { return 1-math.Abs(floats.Dot(o, w)) < same }
		if value < square || slices.ContainsFunc(found, near) {
			if try < climbs*m {
				continue
			}
			w, all = left, false
		}
		found = append(found, w)
		var squares [][]float64
		for _, o := range found {
			squares = append(squares, coordinates(span, o))
		}
		rest = beside(span, squares)
	}
	return found, all, nil
}

// coordinates returns those of P(w⊗w) in the span.
func coordinates(span []*mat.SymDense, w []float64) []float64 {
	v, z, c := mat.NewVecDense(len(w), w), mat.NewVecDense(len(w), nil), make([]float64, len(span))
	for k, s := range span {
		z.MulVec(s, v)
		c[k] = mat.Dot(z, v)
	}
	return c
}

// beside returns a basis of what of the span is orthogonal to the elements of these coordinates.
func beside(span []*mat.SymDense, elements [][]float64) (rest []*mat.SymDense) {
	a := mat.NewDense(len(span), len(elements), nil)
	for k, c := range elements {
		a.SetCol(k, c)
	}
	var f mat.SVD
	if len(elements) >= len(span) || !f.Factorize(a, mat.SVDFull) {
		return span
	}
	var u mat.Dense
	f.UTo(&u)
	for k := len(elements); k < len(span); k++ {
		r := mat.NewSymDense(span[0].SymmetricDim(), nil)
		var t mat.SymDense
		for i, s := range span {
			t.ScaleSym(u.At(i, k), s)
			r.AddSym(r, &t)
		}
		rest = append(rest, r)
	}
	return rest
}

// squares returns the span of the w_j⊗w_j: an orthonormal basis of m symmetric matrices. Tensors
// are weighted by √k!, as their errors are.
func (b *basis) squares(beta []float64, m int) ([]*mat.SymDense, error) {
	d := b.inputs
	var columns [][]float64
	add := func(s *mat.SymDense, weight float64) {
		var c []float64
		for i := range d {
			for j := range i + 1 {
				v := s.At(i, j) * weight
				if i != j {
					v *= math.Sqrt2 // the entry comes twice
				}
				c = append(c, v)
			}
		}
		columns = append(columns, c)
	}
	unit := func(k int) []float64 { e := make([]float64, d); e[k] = 1; return e }
	add(b.matrix(2, beta, nil), 1/root2)
	for i := range d {
		add(b.matrix(3, beta, unit(i)), 1/root6)
		fourth := b.matrix(4, beta, unit(i))
		add(fourth, 1/root24)
		for j := range i {
			// T_4 contracted with e_i⊗e_j, by the products with e_i ± e_j.
			e := unit(i)
			e[j] = 1
			both := b.matrix(4, beta, e)
			e[j] = -1
			other := b.matrix(4, beta, e)
			for k := range d {
				for l := range k + 1 {
					both.SetSym(k, l, (both.At(k, l)-other.At(k, l))/4)
				}
			}
			add(both, math.Sqrt2/root24)
		}
	}
	a := mat.NewDense(len(columns[0]), len(columns), nil)
	for k, c := range columns {
		a.SetCol(k, c)
	}
	var f mat.SVD
	if !f.Factorize(a, mat.SVDThin) {
		return nil, ErrSpectrum
	}
	var u mat.Dense
	f.UTo(&u)
	if s := f.Values(nil); len(s) < m || !(s[m-1] > 0) {
		return nil, ErrSpectrum
	}
	span := make([]*mat.SymDense, m)
	for k := range span {
		span[k] = mat.NewSymDense(d, nil)
		at := 0
		for i := range d {
			for j := range i + 1 {
				v := u.At(at, k)
				if i != j {
					v /= math.Sqrt2
				}
				span[k].SetSym(i, j, v)
				at++
			}
		}
	}
	return span, nil
}

// climb climbs from w to a maximum of ‖P(w⊗w)‖², and returns it with its value.
func climb(span []*mat.SymDense, w []float64, shift float64) ([]float64, float64) {
	value, z := 0.0, mat.NewVecDense(len(w), nil)
	for range powers {
		v, next := mat.NewVecDense(len(w), w), make([]float64, len(w))
		value = 0
		for _, s := range span {
			z.MulVec(s, v)
			c := mat.Dot(z, v)
			value += c * c
			floats.AddScaled(next, c, z.RawVector().Data)
		}
		floats.AddScaled(next, shift, w)
		floats.Scale(1/floats.Norm(next, 2), next)
		moved := floats.Distance(next, w, 2)
		if w = next; moved < still {
			break
		}
	}
	return w, value
}

// level returns the model with its neurons turned such that V is 0 up to rounding; nil where there
// is no V to be rid of, no such turn, or more neurons than can be tried.
func (m *Model) level() *Model {
	if m.V == nil || m.Neurons() > turned {
		return nil
	}
	v := slices.Clone(m.V)
	sign := make([]float64, m.Neurons()) // what turning it would do next
	for j := range sign {
		sign[j] = 1
	}
	best, at := floats.Norm(v, 2), uint(0)
	gray := uint(0)
	for k := uint(1); k < 1<<m.Neurons(); k++ { // one neuron after the other, all sides once
		j := bits.TrailingZeros(k)
		floats.AddScaled(v, sign[j]*m.A[j], m.W[j])
		sign[j], gray = -sign[j], gray^1<<j
		if n := floats.Norm(v, 2); n < best {
			best, at = n, gray
		}
	}
	c := m.clone()
	most := 0.0
	for j, a := range c.A {
		most = max(most, math.Abs(a))
		if at>>j&1 != 0 {
			c.turn(j)
		}
	}
	if floats.Norm(c.V, 2) > leftover*most {
		return nil
	}
	c.V = nil
	return c
}
