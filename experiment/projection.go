package experiment

// Projections on a cone {y : A·y ≤ 0} in floats, as they are made at test time behind a network
// that knows nothing of the cone: by an active set, which ends at the nearest point up to rounding,
// and by the alternating direction method of multipliers with the constants and tolerances of OSQP
// (Stellato, Banjac, Goulart, Bemporad and Boyd 2020), which Frerix, Nießner and Cremers compare
// with.

import (
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/nnls"
)

// sparseRows is a matrix by the numbers of its rows that are not 0.
type sparseRows struct {
	at     [][]int
	values [][]float64
}

// sparseOf returns the rows, which floats must hold.
func sparseOf(rows [][]*big.Int) (s sparseRows) {
	for _, r := range rows {
		var at []int
		var values []float64
		for k, x := range r {
			if v, _ := dyadic.FromInt(x, 0); v != 0 {
				at, values = append(at, k), append(values, v)
			}
		}
		s.at, s.values = append(s.at, at), append(s.values, values)
	}
	return s
}

// times sets out to A·x.
func (s sparseRows) times(out, x []float64) {
	for i, at := range s.at {
		sum := 0.0
		for k, c := range at {
			sum += s.values[i][k] * x[c]
		}
		out[i] = sum
	}
}

// add adds f·Aᵀλ to y.
func (s sparseRows) add(y []float64, f float64, lambda []float64) {
	for i, at := range s.at {
		if v := f * lambda[i]; v != 0 {
			for k, c := range at {
				y[c] += v * s.values[i][k]
			}
		}
	}
}

// gram returns A·Aᵀ.
func (s sparseRows) gram(columns int) []float64 {
	m := len(s.at)
	q, dense := make([]float64, m*m), make([]float64, columns)
	out := make([]float64, m)
	for i, at := range s.at {
		clear(dense)
		for k, c := range at {
			dense[c] = s.values[i][k]
		}
		s.times(out, dense)
		copy(q[i*m:], out)
	}
	return q
}

// activeSet projects by non-negative least squares in the multipliers: the nearest point of the
// cone to x is x − Aᵀλ, where λ ≥ 0 minimises ½·λᵀAAᵀλ − λᵀA·x.
type activeSet struct {
	a         sparseRows
	q, ax     []float64
	lambda, y []float64
	solver    nnls.Solver
}

func newActiveSet(rows [][]*big.Int, columns int) *activeSet {
	p := &activeSet{a: sparseOf(rows), ax: make([]float64, len(rows)), lambda: make([]float64, len(rows)), y: make([]float64, columns)}
	p.q = p.a.gram(columns)
	return p
}

// project returns the nearest point, valid until the next call.
func (p *activeSet) project(x []float64) []float64 {
	copy(p.y, x)
	p.a.times(p.ax, x)
	clear(p.lambda)
	p.solver.Minimise(p.q, p.ax, p.lambda)
	p.a.add(p.y, -1, p.lambda)
	return p.y
}

// The constants are OSQP's defaults, and its tolerances as the authors of the cone layer set them;
// its scaling, its adaptive step and its polishing are left out.
const (
	admmStep       = 0.1  // ρ
	admmProximal   = 1e-6 // σ
	admmRelaxation = 1.6  // α
	admmTolerance  = 1e-6 // absolute and relative
	admmEvery      = 25   // iterations between two looks at the tolerances
	admmMost       = 4000 // iterations
)

// alternating projects by that method: minimise ½·‖y‖² − x·y subject to A·y = z ≤ 0.
type alternating struct {
	a                     sparseRows
	factor                mat.Cholesky // of I/ρ + AAᵀ/(1+σ)
	y, z, mult            []float64
	yt, rhs, ay, at, next []float64
	iterations            int
}

func newAlternating(rows [][]*big.Int, columns int) *alternating {
	m := len(rows)
	p := &alternating{a: sparseOf(rows)}
	for _, v := range []*[]float64{&p.y, &p.yt, &p.at} {
		*v = make([]float64, columns)
	}
	for _, v := range []*[]float64{&p.z, &p.mult, &p.rhs, &p.ay, &p.next} {
		*v = make([]float64, m)
	}
	q := mat.NewSymDense(m, p.a.gram(columns))
	q.ScaleSym(1/(1+admmProximal), q)
	for i := range m {
		q.SetSym(i, i, q.At(i, i)+1/admmStep)
	}
	p.factor.Factorize(q) // positive definite
	return p
}

// project returns a point that is nearest up to the tolerances, valid until the next call. It
// begins at x, as the authors do.
func (p *alternating) project(x []float64) []float64 {
	copy(p.y, x)
	p.a.times(p.z, x)
	clear(p.mult)
	for p.iterations = 1; p.iterations <= admmMost; p.iterations++ {
		p.step(x)
		if p.iterations%admmEvery == 0 && p.done(x) {
			break
		}
	}
	return p.y
}

// step solves [(1+σ)I, Aᵀ; A, −I/ρ]·(ỹ, ν) = (σy + x, z − mult/ρ) by eliminating ỹ, and moves.
func (p *alternating) step(x []float64) {
	for k, v := range p.y {
		p.yt[k] = (admmProximal*v + x[k]) / (1 + admmProximal)
	}
	p.a.times(p.rhs, p.yt)
	for i := range p.rhs {
		p.rhs[i] -= p.z[i] - p.mult[i]/admmStep
	}
	nu := mat.NewVecDense(len(p.next), p.next)
	if err := p.factor.SolveVecTo(nu, mat.NewVecDense(len(p.rhs), p.rhs)); err != nil {
		return // ill conditioned, and solved all the same
	}
	p.a.add(p.yt, -1/(1+admmProximal), p.next)
	for k := range p.y {
		p.y[k] += admmRelaxation * (p.yt[k] - p.y[k])
	}
	for i, v := range p.next {
		zt := p.z[i] + (v-p.mult[i])/admmStep
		mixed := admmRelaxation*zt + (1-admmRelaxation)*p.z[i]
		p.z[i] = min(mixed+p.mult[i]/admmStep, 0)
		p.mult[i] += admmStep * (mixed - p.z[i])
	}
}

// done says whether both residuals are within the tolerances.
func (p *alternating) done(x []float64) bool {
	p.a.times(p.ay, p.y)
	clear(p.at)
	p.a.add(p.at, 1, p.mult)
	primal, dual, far, long := 0.0, 0.0, 0.0, 0.0
	for i, v := range p.ay {
		primal = max(primal, math.Abs(v-p.z[i]))
		far = max(far, math.Abs(v), math.Abs(p.z[i]))
	}
	for k, v := range p.y {
		dual = max(dual, math.Abs(v-x[k]+p.at[k]))
		long = max(long, math.Abs(v), math.Abs(x[k]), math.Abs(p.at[k]))
	}
	return primal <= admmTolerance*(1+far) && dual <= admmTolerance*(1+long)
}
