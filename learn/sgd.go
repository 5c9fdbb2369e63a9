package learn

// The baseline: stochastic gradient descent from a random start, on the square of the error.

import (
	"context"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

const (
	// sgdSteps are batches of sgdBatch samples; the rate falls linearly from sgdRate to 0. The
	// values are first divided by their standard deviation, so a rate suits all.
	sgdSteps, sgdBatch, sgdRate = 30000, 64, 0.05
)

// descend runs the baseline.
func descend(ctx context.Context, s *Samples, neurons int, rng *rand.Rand) (*Model, error) {
	mean, sd := s.deviation()
	if sd == 0 {
		sd = 1
	}
	m := Random(rng, s.Inputs, neurons)
	m.C = 0
	floats.Scale(1/float64(neurons), m.A)
	v := m.clone() // weights of any norm while it runs
	g := v.clone() // the gradient
	for step := range sgdSteps {
		if step%64 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		g.zero()
		for range sgdBatch {
			i := rng.IntN(s.Len())
			x := s.Point(i)
			r := (v.At(x) - (s.Y[i]-mean)/sd) / sgdBatch
			g.C += r
			for j, a := range v.A {
				if z := floats.Dot(v.W[j], x) + v.B[j]; z > 0 {
					g.A[j] += r * z
					floats.AddScaled(g.W[j], r*a, x)
					g.B[j] += r * a
				}
			}
		}
		rate := sgdRate * (1 - float64(step)/sgdSteps)
		floats.AddScaled(v.A, -rate, g.A)
		floats.AddScaled(v.B, -rate, g.B)
		v.C -= rate * g.C
		for j := range v.W {
			floats.AddScaled(v.W[j], -rate, g.W[j])
		}
	}
	for j := range v.A { // back to directions, and to the values' own scale
		norm := floats.Norm(v.W[j], 2)
		if !(norm > 0) {
			v.W[j][0], norm = 1, 1
		}
		floats.Scale(1/norm, v.W[j])
		v.B[j] /= norm
		v.A[j] *= norm * sd
	}
	v.C = v.C*sd + mean
	return v, nil
}

// zero sets all parameters to 0.
func (m *Model) zero() {
	clear(m.A)
	clear(m.B)
	m.C = 0
	for _, w := range m.W {
		clear(w)
	}
}
