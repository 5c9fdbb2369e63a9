// The path norm of a recurrent network and its curvature, the metric of path-SGD (Neyshabur, Wu,
// Salakhutdinov, Srebro, "Path-normalized optimization of recurrent neural networks with ReLU
// activations", NIPS 2016). The closed form of the second part of κ is our own.
//
// γ² is the sum over all paths from inputs and biases to outputs, in the network unrolled over T
// steps, of the product of the squared weights of their edges: the outputs g(q), summed up, of the
// linear network of weights q = p² on inputs that are all 1. A weight that steps share is an edge
// of a path once for each step at which the path takes it, and
//
//	κ = ½ ∂²γ²/∂p² = κ¹ + κ²,  κ¹ = ∂g/∂q,  κ² = 2q ∂²g/∂q²
//
// as ½ d²(c·p^2k)/dp² = k·c·p^(2k−2) + 2k(k−1)·c·p^(2k−2). Only W is taken more than once. With h_t
// the units of the linear network after step t, ℓ_t the outputs' derivatives by them, and Q = W²,
//
//	κ¹_W = Σ_t ℓ_t h_{t−1}ᵀ,  κ²_W = 4 Q ∘ Σ_k ((Qᵏ)ᵀ ∘ Σ_t ℓ_t h_{t−2−k}ᵀ)
//
// for between two uses of an edge, k steps apart, a path leads from its end back to its beginning.

package rnn

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Path is the path norm over so many steps and its curvature in units of it, which has the size of
// 1/p² however large γ² is.
type Path struct {
	// Gamma2 times 2^Exp is γ²: powers of a network leave the range of float64.
	Gamma2 float64
	Exp    int
	// U, W, B, V and C are κ¹/γ². Where γ² is 0, all is left undivided.
	U, W, V *mat.Dense
	B, C    []float64
	// Second is κ²/γ² of W, nil where it was not asked for; that of all other parameters is 0.
	Second *mat.Dense
}

// Log2 returns the logarithm of γ² to base 2.
func (p *Path) Log2() float64 { return math.Log2(p.Gamma2) + float64(p.Exp) }

// Path returns the path norm over so many steps, κ¹, and, if second is set, κ². It takes some T·H²
// operations, and T·H³ for κ². In float64; rescaling units by powers of two, which changes no
// function, changes no bit of γ² and no mantissa of κ, unless numbers underflow beside others.
func (r *RNN) Path(steps int, second bool) *Path {
	d, units := r.Inputs(), r.Units()
	q, v := squared(r.W), squared(r.V)
	h, l := r.reach(q, steps), r.back(q, v, steps)
	gamma := sum(total(times(v.m, h[steps], v.exp)), total(squared(column(r.C))))
	p := &Path{Gamma2: gamma.m.At(0, 0), Exp: gamma.exp, C: make([]float64, len(r.C)), B: make([]float64, units)}
	units1 := scaled{mat.NewDense(units, 1, nil), 0}
	for _, s := range l[1:] {
		units1 = sum(units1, s)
	}
	b := p.over(units1)
	p.U, p.V = mat.NewDense(units, d, nil), mat.NewDense(len(r.C), units, nil)
	p.U.Apply(func(j, _ int, _ float64) float64 { return b.At(j, 0) }, p.U)
	copy(p.B, b.RawMatrix().Data)
	last := p.over(h[steps])
	p.V.Apply(func(_, j int, _ float64) float64 { return last.At(j, 0) }, p.V)
	one := p.over(scaled{mat.NewDense(1, 1, []float64{1}), 0}).At(0, 0)
	for k := range p.C {
		p.C[k] = one
	}
	p.W = p.over(products(l, h, 1))
	if second {
		p.Second = p.over(curl(q, l, h))
	}
	return p
}

// over returns s/γ².
func (p *Path) over(s scaled) *mat.Dense {
	g, e := p.Gamma2, p.Exp
	if g == 0 {
		g, e = 1, 0
	}
	var out mat.Dense
	out.Apply(func(_, _ int, v float64) float64 { return math.Ldexp(v/g, s.exp-e) }, s.m)
	return &out
}

// reach returns h_0 … h_T.
func (r *RNN) reach(q scaled, steps int) []scaled {
	u := squared(r.U)
	ones := mat.NewDense(r.Inputs(), 1, nil)
	ones.Apply(func(_, _ int, _ float64) float64 { return 1 }, ones)
	b := column(r.B)
	if r.B2 != nil {
		b.Add(b, column(r.B2))
	}
	base := sum(times(u.m, scaled{ones, 0}, u.exp), squared(b))
	h := []scaled{{mat.NewDense(r.Units(), 1, nil), 0}}
	for t := range steps {
		h = append(h, sum(base, times(q.m, h[t], q.exp)))
	}
	return h
}

// back returns ℓ_0 … ℓ_T, of which ℓ_0 is not used.
func (r *RNN) back(q, v scaled, steps int) []scaled {
	l := make([]scaled, steps+1)
	ones := mat.NewDense(r.Outputs(), 1, nil)
	ones.Apply(func(_, _ int, _ float64) float64 { return 1 }, ones)
	l[steps] = times(v.m.T(), scaled{ones, 0}, v.exp)
	for t := steps - 1; t >= 0; t-- {
		l[t] = times(q.m.T(), l[t+1], q.exp)
	}
	return l
}

// products returns Σ_t ℓ_t h_{t−lag}ᵀ.
func products(l, h []scaled, lag int) scaled {
	units, _ := l[1].m.Dims()
	if lag >= len(l) {
		return scaled{mat.NewDense(units, units, nil), 0}
	}
	top := math.MinInt
	for t := lag; t < len(l); t++ {
		top = max(top, l[t].exp+h[t-lag].exp)
	}
	a, b := mat.NewDense(units, len(l)-lag, nil), mat.NewDense(len(l)-lag, units, nil)
	for t := lag; t < len(l); t++ {
		for j := range units {
			a.Set(j, t-lag, math.Ldexp(l[t].m.At(j, 0), l[t].exp+h[t-lag].exp-top))
			b.Set(t-lag, j, h[t-lag].m.At(j, 0))
		}
	}
	var out mat.Dense
	out.Mul(a, b)
	return scaled{&out, top}.settled()
}

// curl returns κ² of W.
func curl(q scaled, l, h []scaled) scaled {
	units, _ := q.m.Dims()
	power := scaled{mat.NewDense(units, units, nil), 0}
	for j := range units {
		power.m.Set(j, j, 1)
	}
	total := scaled{mat.NewDense(units, units, nil), 0}
	for k := 0; k+3 < len(l); k++ { // h_0 is 0
		m := products(l, h, k+2)
		m.m.MulElem(m.m, power.m.T())
		total = sum(total, scaled{m.m, m.exp + power.exp}.settled())
		power = times(q.m, power, q.exp)
	}
	total.m.MulElem(total.m, q.m)
	return scaled{total.m, total.exp + q.exp + 2}.settled() // 4 = 2²
}

// scaled is a matrix times 2^exp.
type scaled struct {
	m   *mat.Dense
	exp int
}

// settled brings the largest entry to [½, 1), by a power of two.
func (s scaled) settled() scaled {
	top := 0.0
	for _, v := range s.m.RawMatrix().Data {
		top = max(top, math.Abs(v))
	}
	if top == 0 {
		return scaled{s.m, 0}
	}
	_, e := math.Frexp(top)
	shift(s.m, -e)
	return scaled{s.m, s.exp + e}
}

func shift(m *mat.Dense, e int) {
	if e == 0 {
		return
	}
	data := m.RawMatrix().Data
	for i, v := range data {
		data[i] = math.Ldexp(v, e)
	}
}

// squared returns the squares of the entries.
func squared(m *mat.Dense) scaled {
	s := scaled{mat.DenseCopyOf(m), 0}.settled()
	s.m.MulElem(s.m, s.m)
	return scaled{s.m, 2 * s.exp}.settled()
}

// times returns m·s times 2^exp.
func times(m mat.Matrix, s scaled, exp int) scaled {
	var out mat.Dense
	out.Mul(m, s.m)
	return scaled{&out, s.exp + exp}.settled()
}

// sum returns a + b.
func sum(a, b scaled) scaled {
	if mat.Norm(a.m, 1) == 0 {
		return b
	}
	if mat.Norm(b.m, 1) == 0 {
		return a
	}
	top := max(a.exp, b.exp)
	x, y := mat.DenseCopyOf(a.m), mat.DenseCopyOf(b.m)
	shift(x, a.exp-top)
	shift(y, b.exp-top)
	x.Add(x, y)
	return scaled{x, top}.settled()
}

// total returns the sum of the entries.
func total(s scaled) scaled {
	return scaled{mat.NewDense(1, 1, []float64{mat.Sum(s.m)}), s.exp}.settled()
}

func column(v []float64) *mat.Dense {
	return mat.NewDense(len(v), 1, append([]float64(nil), v...))
}
