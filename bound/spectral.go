// An upper bound on the largest singular value that owes nothing to the convergence of an
// iteration. Rows scaled outward entry by entry only grow the Frobenius norm, not always the
// spectral norm, so the slack of that scaling is part of the derivation.
//
// Power iteration proposes t ≈ λ_max(G), G = WWᵀ or WᵀW, and a Cholesky factorisation of t·I − G
// certifies it (Rump 2006, Verification of positive definiteness): if it runs to its end in floats,
// then the matrix it was given plus some E with |E_ij| ≤ γ_{m+1}/(1−γ_{m+1})·√(a_ii·a_jj) is
// positive semidefinite (Higham 2002, Theorem 10.3), and ‖E‖₂ ≤ γ_{m+1}/(1−γ_{m+1})·Σ a_ii.
//
// That costs the square of the smaller side times the larger. Beyond a few hundred units norms that
// need one pass over the entries bound the value: ‖W‖₂² = λ_max(WᵀW) ≤ ‖WᵀW‖_∞ ≤ ‖W‖₁‖W‖_∞, as no
// eigenvalue is above a norm of the matrix and ‖Wᵀ‖_∞ = ‖W‖₁; and ‖W‖₂ ≤ ‖W‖_F.

package bound

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
)

// spectralSlack is how far, relatively, the proposal is moved above the value of the power
// iteration, at each failed attempt a thousand times farther.
const spectralSlack = 0x1p-30

const (
	// gramSide is the largest smaller side, and gramWork the most multiplications of the Gram
	// matrix, for which the largest eigenvalue is sought: together less than half a second. Random
	// layers lose a factor of up to two in the norm beyond.
	gramSide = 512
	gramWork = 1 << 30
)

// spectralUp returns an upper bound on the spectral norm of the rows, also of rows whose entries
// differ from these by a relative 2⁻⁵¹ or by 2⁻¹⁰⁷³, as a product does that mulUp rounded.
func spectralUp(ctx context.Context, rows [][]float64) (float64, error) {
	rows = liveRows(rows)
	if len(rows) == 0 {
		return 0, nil
	}
	cols := liveColumns(rows)
	scale := 0.0
	for _, r := range rows {
		scale = math.Max(scale, maxAbs(r))
	}
	if math.IsInf(scale, 0) {
		return scale, nil
	}
	_, e := math.Frexp(scale)
	w := make([][]float64, len(rows)) // scaled so that the largest entry lies in [½, 1)
	for i, r := range rows {
		w[i] = make([]float64, len(cols))
		for j, k := range cols {
			w[i][j] = math.Ldexp(r[k], -e)
		}
	}
	f := frobeniusUp(w)
	v := math.Min(f, rowColumnUp(w, nil, len(cols)))
	if side := min(len(w), len(cols)); side > 1 && side <= gramSide && side*len(w)*len(cols) <= gramWork {
		if len(w) > len(cols) {
			w = transpose(w)
		}
		t, ok, err := gramTop(ctx, w, f*f)
		if err != nil {
			return 0, err
		}
		if ok {
			v = math.Min(v, up(math.Sqrt(t)))
		}
	}
	return unscaledUp(v, f, e, float64(len(w))*float64(len(w[0]))), nil
}

func frobeniusUp(w [][]float64) float64 {
	norms := make([]float64, len(w))
	for i, row := range w {
		norms[i] = norm2Up(row)
	}
	return norm2Up(norms)
}

// unscaledUp returns 2^e·v, v the spectral norm of the scaled entries, so many of them, and f their
// Frobenius norm.
func unscaledUp(v, f float64, e int, entries float64) float64 {
	// Entries off by δ ≤ 2⁻⁵¹|w_ij| (scaled rows) or 2⁻¹⁰⁷⁴ (ldexp below the normal range) move the
	// norm by at most 2⁻⁵¹·‖W‖_F + mn·2⁻¹⁰⁷⁴; f ≥ ½, so 2⁻⁵⁰·f covers both while mn < 2⁴⁰. Entries
	// off by 2⁻¹⁰⁷³ before the scaling move it by mn·2⁻¹⁰⁷³, which is all where the entries are as
	// small as that themselves.
	if entries >= mostTerms {
		return math.Inf(1)
	}
	return up(up(math.Ldexp(up(v+0x1p-50*f), e)) + entries*0x1p-1073)
}

// rowColumnUp returns an upper bound on √(‖W‖₁‖W‖_∞), the largest sums of magnitudes along a column
// and along a row. Domain: entries of magnitude at most 1, one of them at least ½, so that both
// sums lie between ½ and the number of entries, far from underflow and overflow. A sum of
// non-negative floats is off as away says, the product and the root by half a unit in the last
// place each, which the steps up cover.
//
// at has the columns of the entries of sparse rows; it is nil for rows of all their entries.
func rowColumnUp(w [][]float64, at [][]int32, cols int) float64 {
	columns := make([]float64, cols)
	row := 0.0
	for i, r := range w {
		s := 0.0
		for k, v := range r {
			if at != nil {
				k = int(at[i][k])
			}
			v = math.Abs(v)
			s += v
			columns[k] += v
		}
		row = math.Max(row, s)
	}
	return up(math.Sqrt(mulUp(away(row, len(columns)), away(maxAbs(columns), len(w)))))
}

func transpose(w [][]float64) [][]float64 {
	t := make([][]float64, len(w[0]))
	for j := range t {
		t[j] = make([]float64, len(w))
		for i := range w {
			t[j][i] = w[i][j]
		}
	}
	return t
}

// gramTop returns a certified upper bound on λ_max(WWᵀ), W of m rows and n columns with entries
// below 1 and f2 ≈ ‖W‖_F².
func gramTop(ctx context.Context, w [][]float64, f2 float64) (float64, bool, error) {
	m, n := len(w), len(w[0])
	g := make([][]float64, m)
	for i := range g {
		if err := ctx.Err(); err != nil {
			return 0, false, err
		}
		g[i] = make([]float64, m)
		for j := 0; j <= i; j++ {
			g[i][j] = floats.Dot(w[i], w[j])
			g[j][i] = g[i][j]
		}
	}
	top := powerIteration(g)
	for slack := spectralSlack; slack < 1; slack *= 1024 {
		if err := ctx.Err(); err != nil {
			return 0, false, err
		}
		t := top * (1 + slack)
		if !choleskyRuns(g, t) {
			continue
		}
		// Three errors, each at most the following in norm: of g against WWᵀ,
		// |·|_ij ≤ γ_n(|W||W|ᵀ)_ij, so γ_n‖W‖_F²; of forming t − g_ii, u(t+g_ii) ≤ 2u(t+‖W‖_F²)
		// each; of the factorisation, γ_{m+1}/(1−γ_{m+1}) times the trace of at most mt. Underflow
		// adds less than mn·2⁻¹⁰⁷⁰. The sum below is more than twice theirs, its own rounding
		// included.
		errs := 0x1p-52 * (float64(n+4)*f2 + float64((m+4)*m)*t)
		return t + 2*errs, true, nil
	}
	return 0, false, nil
}

// powerIteration returns a lower estimate of the largest eigenvalue of the symmetric g.
func powerIteration(g [][]float64) float64 {
	x, y := make([]float64, len(g)), make([]float64, len(g))
	best, last := 0.0, 0.0
	for i := range x {
		best = math.Max(best, g[i][i])
		x[i] = 1 + float64(i%7)/16 // no eigenvector in particular
	}
	for range powerSteps {
		norm := floats.Norm(x, 2)
		if norm == 0 {
			break
		}
		floats.Scale(1/norm, x)
		for i := range y {
			y[i] = floats.Dot(g[i], x)
		}
		rayleigh := floats.Dot(x, y)
		best = math.Max(best, rayleigh)
		if rayleigh <= last*(1+spectralSlack/64) {
			break
		}
		last = rayleigh
		x, y = y, x
	}
	return best
}

// powerSteps caps the power iteration; it only affects how tight the result is.
const powerSteps = 300

// choleskyRuns reports whether the Cholesky factorisation of t·I − g runs to its end in floats.
func choleskyRuns(g [][]float64, t float64) bool {
	m := len(g)
	l := make([][]float64, m)
	for i := range l {
		l[i] = make([]float64, i+1)
		for j := 0; j < i; j++ {
			l[i][j] = (-g[i][j] - floats.Dot(l[i][:j], l[j][:j])) / l[j][j]
		}
		d := (t - g[i][i]) - floats.Dot(l[i][:i], l[i][:i])
		if !(d > 0) {
			return false
		}
		l[i][i] = math.Sqrt(d)
	}
	return true
}
