package learn

// Least squares in the parameters of a model, by the method of Levenberg (1944) and Marquardt
// (1963): of its coefficients, and of samples. The directions move on the sphere.

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// problem is a sum of squares Σ r_i² of residuals of a model.
type problem interface {
	// cost returns the sum.
	cost(ctx context.Context, m *Model) (float64, error)
	// normal returns the sum, JᵀJ and Jᵀr for the residuals r and their derivatives J by the
	// parameters, in the order a_j, w_j, b_j of each neuron, v where there is one, and then c.
	normal(ctx context.Context, m *Model) (float64, *mat.SymDense, []float64, error)
}

const (
	// The damping that a fit begins with, beside the diagonal of JᵀJ, and by what it changes after
	// a good and a bad step; beyond its most there is no better step at any length.
	dampingStart, dampingLess, dampingMore, dampingMost = 1e-3, 0.2, 5, 1e12
	// idle is the part of the mean of the diagonal of JᵀJ that is damped in every parameter, also
	// in those that have no effect.
	idle = 1e-6
	// enough is the relative decrease of the sum of squares that is not worth another step.
	enough = 1e-9
	// nothing is the sum of squares, beside that of the values, that rounding alone explains.
	nothing = 1e-30
)

// size returns the number of parameters.
func (m *Model) size() int { return len(m.A)*(len(m.W[0])+2) + len(m.V) + 1 }

// moved returns the model with a step added.
func (m *Model) moved(step []float64) *Model {
	c := m.clone()
	d := len(m.W[0])
	for j := range c.A {
		part := step[j*(d+2) : (j+1)*(d+2)]
		c.A[j] += part[0]
		floats.Add(c.W[j], part[1:d+1])
		floats.Scale(1/floats.Norm(c.W[j], 2), c.W[j])
		c.B[j] += part[d+1]
	}
	for k := range c.V {
		c.V[k] += step[len(c.A)*(d+2)+k]
	}
	c.C += step[len(step)-1]
	return c
}

// fit descends from m in at most so many steps.
func fit(ctx context.Context, p problem, m *Model, steps int, scale float64) (*Model, float64, error) {
	damping := dampingStart
	sum, gram, gradient, err := p.normal(ctx, m)
	for range steps {
		if err != nil || sum <= nothing*scale {
			break
		}
		next, less := m, math.Inf(1)
		for ; damping <= dampingMost; damping *= dampingMore {
			step, ok := damped(m, gram, gradient, damping)
			if !ok {
				continue
			}
			next = m.moved(step)
			if less, err = p.cost(ctx, next); err != nil {
				return m, sum, err
			}
			if less < sum {
				break
			}
		}
		if !(less < sum) {
			break
		}
		before := sum
		m, damping = next, max(damping*dampingLess, 1/dampingMost)
		if sum, gram, gradient, err = p.normal(ctx, m); before-sum < enough*before {
			break
		}
	}
	return m, sum, err
}

// damped solves (JᵀJ + damping·diag)·step = −Jᵀr. What moves along w itself changes nothing, so
// that direction of JᵀJ, which is 0, is filled up, and the step has no part there.
func damped(m *Model, gram *mat.SymDense, gradient []float64, damping float64) ([]float64, bool) {
	n := m.size()
	g := mat.NewSymDense(n, nil)
	g.CopySym(gram)
	trace := 0.0
	for i := range n {
		trace += gram.At(i, i)
	}
	for i := range n {
		g.SetSym(i, i, g.At(i, i)*(1+damping)+damping*idle*trace/float64(n))
	}
	d := len(m.W[0])
	for j, w := range m.W {
		at := j*(d+2) + 1
		own := 0.0
		for k := range d {
			own += gram.At(at+k, at+k)
		}
		for k := range d {
			for l := range k + 1 {
				g.SetSym(at+k, at+l, g.At(at+k, at+l)+own*w[k]*w[l])
			}
		}
	}
	right := mat.NewVecDense(n, nil)
	for i, v := range gradient {
		right.SetVec(i, -v)
	}
	return solve(g, right)
}

// project takes from the derivatives by w what is along w.
func project(dw, w []float64) { floats.AddScaled(dw, -floats.Dot(dw, w), w) }

// moments is the fit of coefficients.
type moments struct {
	*basis
	beta []float64
}

func (p moments) cost(_ context.Context, m *Model) (float64, error) {
	v := floats.Distance(p.coefficients(m), p.beta, 2)
	return v * v, nil
}

// normal needs no derivatives of each term: the scalar product over the terms of degree k of
// w^α/√α! and v^α/√α! is (w·v)^k/k!, so that JᵀJ is derivatives of powers of w·v.
func (p moments) normal(ctx context.Context, m *Model) (float64, *mat.SymDense, []float64, error) {
	n := m.size()
	r := p.coefficients(m)
	floats.Sub(r, p.beta)
	gram, gradient := mat.NewSymDense(n, nil), make([]float64, n)
	coefficients := make([][degree + 2]float64, m.Neurons())
	for j := range coefficients {
		coefficients[j] = hermite(m.B[j])
	}
	power, u := make([]float64, len(p.terms)), p.table()
	for j := range m.A {
		if ctx.Err() != nil {
			return 0, nil, nil, context.Cause(ctx)
		}
		p.powers(m.W[j], u, power)
		p.gradient(m, j, r, power, gradient)
		for i := range j + 1 {
			pair(m, i, j, coefficients, gram)
		}
	}
	// The constant is the term of degree 0.
	for j, a := range m.A {
		at := j * (p.inputs + 2)
		gram.SetSym(at, n-1, coefficients[j][0])
		gram.SetSym(at+p.inputs+1, n-1, a*coefficients[j][1])
	}
	gram.SetSym(n-1, n-1, 1)
	gradient[n-1] = r[0]
	for k := range m.V { // term k of degree 1
		p.along1(m, k, coefficients, gram)
		gradient[n-1-len(m.V)+k] = r[p.start[1]+k]
	}
	return floats.Dot(r, r), gram, gradient, nil
}

// along1 fills in JᵀJ between v_k, which is the term of x_k, and all parameters.
func (p moments) along1(m *Model, k int, coefficients [][degree + 2]float64, gram *mat.SymDense) {
	at := m.size() - 1 - len(m.V) + k
	gram.SetSym(at, at, 1)
	for j, a := range m.A {
		w, c, from := m.W[j], coefficients[j], j*(p.inputs+2)
		gram.SetSym(from, at, c[1]*w[k])
		gram.SetSym(from+p.inputs+1, at, a*c[2]*w[k])
		for l := range w {
			v := -w[k] * w[l]
			if k == l {
				v++
			}
			gram.SetSym(from+1+l, at, a*c[1]*v)
		}
	}
}

// gradient adds the part of neuron j in Jᵀr.
func (p moments) gradient(m *Model, j int, r, power, gradient []float64) {
	a, c := m.A[j], hermite(m.B[j])
	part := gradient[j*(p.inputs+2) : (j+1)*(p.inputs+2)]
	dw := part[1 : p.inputs+1]
	for k := range degree + 1 {
		for i := p.start[k]; i < p.start[k+1]; i++ {
			part[0] += c[k] * r[i] * power[i]
			part[p.inputs+1] += a * c[k+1] * r[i] * power[i]
			for _, l := range p.terms[i].lower {
				dw[l.variable] += a * c[k] * l.root * r[i] * power[l.term]
			}
		}
	}
	project(dw, m.W[j])
}

// pair fills in JᵀJ between the parameters of two neurons.
func pair(m *Model, i, j int, coefficients [][degree + 2]float64, gram *mat.SymDense) {
	w, v, d := m.W[i], m.W[j], len(m.W[i])
	e, f := coefficients[i], coefficients[j]
	s := floats.Dot(w, v)
	var aa, ab, ba, bb, aw, bw, wb, cross float64
	now, once, twice := 1.0, 0.0, 0.0 // s^k/k! and its derivatives by s
	for k := range degree + 1 {
		aa += e[k] * f[k] * now
		ab += e[k] * f[k+1] * now
		ba += e[k+1] * f[k] * now
		bb += e[k+1] * f[k+1] * now
		aw += e[k] * f[k] * once
		bw += e[k+1] * f[k] * once
		wb += e[k] * f[k+1] * once
		cross += e[k] * f[k] * twice
		now, once, twice = now*s/float64(k+1), now, once
	}
	a, b := m.A[i], m.A[j]
	// The derivatives by w and v along the spheres.
	vOnW, wOnV := append([]float64(nil), v...), append([]float64(nil), w...)
	project(vOnW, w)
	project(wOnV, v)
	x, y := i*(d+2), j*(d+2)
	gram.SetSym(x, y, aa)
	gram.SetSym(x, y+d+1, b*ab)
	gram.SetSym(x+d+1, y, a*ba)
	gram.SetSym(x+d+1, y+d+1, a*b*bb)
	for l := range d {
		gram.SetSym(x, y+1+l, b*aw*wOnV[l])
		gram.SetSym(x+1+l, y, a*aw*vOnW[l])
		gram.SetSym(x+d+1, y+1+l, a*b*bw*wOnV[l])
		gram.SetSym(x+1+l, y+d+1, a*b*wb*vOnW[l])
		for q := range d {
			// (I − wwᵀ)(I − vvᵀ) in row l and column q
			both := -w[l]*w[q] - v[l]*v[q] + s*w[l]*v[q]
			if l == q {
				both++
			}
			gram.SetSym(x+1+l, y+1+q, a*b*(aw*both+cross*vOnW[l]*wOnV[q]))
		}
	}
}

// values is the fit of samples: the residuals are divided by the root of their number.
type values struct{ *Samples }

func (p values) cost(ctx context.Context, m *Model) (float64, error) {
	v, err := p.rmse(ctx, m)
	return v * v, err
}

// partial is the part of a block in the normal equations.
type partial struct {
	sum      float64
	gram     *mat.SymDense
	gradient []float64
}

func (p values) normal(ctx context.Context, m *Model) (float64, *mat.SymDense, []float64, error) {
	n := m.size()
	total := partial{gram: mat.NewSymDense(n, nil), gradient: make([]float64, n)}
	err := fold(ctx, p.Len(), func(from, to int) partial { return p.block(m, from, to) }, func(b partial) {
		total.sum += b.sum
		total.gram.AddSym(total.gram, b.gram)
		floats.Add(total.gradient, b.gradient)
	})
	f := 1 / float64(p.Len())
	total.gram.ScaleSym(f, total.gram)
	floats.Scale(f, total.gradient)
	return total.sum * f, total.gram, total.gradient, err
}

func (p values) block(m *Model, from, to int) partial {
	n, d, rows := m.size(), p.Inputs, to-from
	jac := mat.NewDense(n, rows, nil) // Jᵀ: gonum multiplies rows faster than columns
	b := partial{gram: mat.NewSymDense(n, nil), gradient: make([]float64, n)}
	residuals := make([]float64, rows)
	one := jac.RawRowView(n - 1)
	for i := range rows {
		residuals[i], one[i] = m.C-p.Y[from+i], 1
		for k, v := range m.V {
			x := p.Point(from + i)[k]
			residuals[i] += v * x
			jac.Set(n-1-len(m.V)+k, i, x)
		}
	}
	for j, a := range m.A {
		w, at := m.W[j], j*(d+2)
		for i := range rows {
			x := p.Point(from + i)
			along := floats.Dot(w, x)
			z := along + m.B[j]
			if z <= 0 {
				continue
			}
			residuals[i] += a * z
			jac.Set(at, i, z)
			jac.Set(at+d+1, i, a)
			for k, v := range x {
				jac.Set(at+1+k, i, a*(v-along*w[k]))
			}
		}
	}
	b.sum = floats.Dot(residuals, residuals)
	for k := range b.gradient {
		b.gradient[k] = floats.Dot(jac.RawRowView(k), residuals)
	}
	blas64.Syrk(blas.NoTrans, 1, jac.RawMatrix(), 0, b.gram.RawSymmetric())
	return b
}
