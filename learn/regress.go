package learn

// The coefficients of the samples. The mean of y·h_α is off by what y is large; least squares of y
// on all polynomials by what of y is no polynomial. The normal matrix is the identity in
// expectation, so conjugate gradients (Hestenes and Stiefel 1952) need a few passes, and each costs
// what the means cost.

import (
	"context"

	"gonum.org/v1/gonum/floats"
)

// The gradients end once the residual is regressed beside the means, whose own error is that of the
// samples, or after so many passes.
const regressed, passes = 1e-3, 20

// sums returns Σ_i of(h(x_i), i)·h(x_i)/n over the samples, h the polynomials.
func (b *basis) sums(ctx context.Context, s *Samples, of func(h []float64, i int) float64) ([]float64, error) {
	total := make([]float64, len(b.terms))
	err := fold(ctx, s.Len(), func(from, to int) []float64 {
		sum, h, u := make([]float64, len(b.terms)), make([]float64, len(b.terms)), b.table()
		for i := from; i < to; i++ {
			if ctx.Err() != nil {
				return sum
			}
			b.at(s.Point(i), u, h)
			floats.AddScaled(sum, of(h, i), h)
		}
		return sum
	}, func(sum []float64) { floats.Add(total, sum) })
	floats.Scale(1/float64(s.Len()), total)
	return total, err
}

// means returns the means of y·h_α: the plain estimate.
func (b *basis) means(ctx context.Context, s *Samples) ([]float64, error) {
	return b.sums(ctx, s, func(_ []float64, i int) float64 { return s.Y[i] })
}

// regress returns the coefficients by least squares, from the means.
func (b *basis) regress(ctx context.Context, s *Samples, means []float64) ([]float64, error) {
	x := make([]float64, len(means))
	r := append([]float64(nil), means...)
	p := append([]float64(nil), means...)
	old := floats.Dot(r, r)
	end := regressed * regressed * old
	for range passes {
		if old <= end {
			break
		}
		q, err := b.sums(ctx, s, func(h []float64, _ int) float64 { return floats.Dot(h, p) })
		if err != nil {
			return nil, err
		}
		curvature := floats.Dot(p, q)
		if !(curvature > 0) { // fewer samples than polynomials: nothing more can be said
			break
		}
		step := old / curvature
		floats.AddScaled(x, step, p)
		floats.AddScaled(r, -step, q)
		next := floats.Dot(r, r)
		floats.Scale(next/old, p)
		floats.Add(p, r)
		old = next
	}
	return x, nil
}
