// The vertex form: a primal simplex that never needs a phase one. The idea is
// the dictionary of Chvátal's "Linear Programming" (1983), carried down a tree
// of cells: the hyperplane that splits a cell is pivoted in where it crosses
// an edge, and that vertex belongs to both children.

package lp

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
)

// Vertex is the incremental solver for polytopal balls.
//
// Per cell it keeps a dictionary: the d slacks t ≥ 0 of the constraints active
// at one vertex are the free columns, and the n coordinates and all other
// slacks are rows, row = const + Σ_k col_k·t_k. Columns are contiguous, so that
// a pivot is d vector operations. For box and linf d = n. The l1 ball is
// lifted: y = a − b with a, b ≥ 0 and Σ(a+b) ≤ 1, so d = 2n and the 2ⁿ facets
// never appear.
type Vertex struct {
	stopper
	path[vertexLevel, vertexRow]
	norm  ball.Norm
	n, d  int
	reply Reply
	c     []float64 // objective over the columns, then its constant
	f     []float64 // what a pivot adds of its column to the others
	asked vertexRow // the form asked last, normalised
	dir   float64   // the side the last climb maximised
	cross int       // entering column at the crossing, or −1
	y     []float64 // scratch: a vertex
}

// vertexRow is a constraint s·(g·y+h) ≥ 0 scaled by a power of two.
type vertexRow struct {
	g     []float64
	h     float64
	s     float64
	scale float64
}

// vertexDict is a dictionary.
type vertexDict struct {
	rows  int       // n coordinate rows and the basic slacks
	ld    int       // stride of a column
	a     []float64 // (d+1) columns; the last is the constant
	basic []int32   // name of row n+i
	free  []int32   // name of column k
}

type vertexLevel struct {
	vertexDict
	split vertexSplit
	// due says that the dictionary is yet to be made, from that of the cell above; lost that it
	// could not be.
	due, lost bool
}

const (
	// vertexZero is the size below which a normalised value (constraint rows have |h|+Σ|g| in
	// [1,2), so slacks are at most 2) is taken for rounding noise: a few thousand roundings of
	// 2⁻⁵³. It steers proposals only; certificates do not know it.
	vertexZero = 1.0 / (1 << 38)
	// vertexPivot is the least pivot: smaller ones would magnify noise beyond use.
	vertexPivot = 1.0 / (1 << 30)
	// rankOneFrom is the number of columns from which one call for the whole update of a pivot is
	// faster than one a column: 8% slower with 4, the same with 5, 6% faster with 6.
	rankOneFrom = 6
	// vertexBland is the number of pivots after which Bland's rule takes over, and vertexCap
	// the number at which the solver gives up, both per column and row.
	vertexBland = 4
	vertexCap   = 60
)

var errVertexLoop = errors.New("vertex solver: too many pivots")
var errVertexLost = errors.New("vertex solver: no vertex of the cell was found")
var errNotFinite = errors.New("a value is not finite")

// Names of constraints: ≥ 0 the pushed ones in order, < 0 the facets of the ball.

// Reset implements Incremental.
func (v *Vertex) Reset(norm ball.Norm, n int) {
	v.norm, v.n, v.d = norm, n, n
	if norm == ball.L1 {
		v.d = 2 * n
	}
	v.cons = v.cons[:0]
	v.top = 0
	v.c, v.f = make([]float64, v.d+1), make([]float64, v.d+1)
	v.reply.Point, v.y = make([]float64, n), make([]float64, n)
	v.asked.g = make([]float64, n)
	l := v.level(0)
	l.due, l.lost, l.split.state = false, false, whole
	if norm == ball.L1 {
		l.shape(v.n, v.d, 1)
		for k := 0; k < n; k++ {
			l.col(k)[k], l.col(n + k)[k] = 1, -1
		}
		for k := 0; k < v.d; k++ {
			l.free[k] = int32(-1 - k)
			l.col(k)[n] = -1
		}
		l.col(v.d)[n] = 1
		l.basic[0] = int32(-1 - v.d)
		return
	}
	l.shape(v.n, v.d, n)
	for k := 0; k < n; k++ {
		c := l.col(k)
		c[k], c[n+k] = 1, -1
		l.col(n)[k], l.col(n)[n+k] = -1, 2
		l.free[k], l.basic[k] = int32(-1-k), int32(-1-n-k)
	}
}

// shape clears the dictionary to n coordinate rows and m slack rows.
func (l *vertexDict) shape(n, d, m int) {
	l.rows = n + m
	l.ld = (l.rows + 4) &^ 3
	l.a = resize(l.a, (d+1)*l.ld)
	clear(l.a)
	l.basic = resize(l.basic, m)
	l.free = resize(l.free, d)
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

func (l *vertexDict) col(k int) []float64 { return l.a[k*l.ld : k*l.ld+l.rows] }

// price writes the objective s·z over the columns of l into c. Two sums at a time, for each waits
// for itself.
func (v *Vertex) price(l *vertexLevel, g []float64, h, s float64) {
	for k := 0; k <= v.d; k += 2 {
		j := min(k+1, v.d)
		a, b := l.a[k*l.ld:k*l.ld+v.n], l.a[j*l.ld:j*l.ld+v.n]
		g, b := g[:len(a)], b[:len(a)]
		t, u := 0.0, 0.0
		for i, x := range a {
			t += g[i] * x
			u += g[i] * b[i]
		}
		v.c[k], v.c[j] = s*t, s*u
	}
	v.c[v.d] += s * h
}

func dot(g, y []float64) float64 {
	t := 0.0
	for i, x := range g[:len(y)] {
		t += x * y[i]
	}
	return t
}

// normalise sets the form asked, scaled by a power of two so that |h|+Σ|g| is in [1,2).
func (v *Vertex) normalise(g []float64, h, s float64) error {
	scale, err := unitScale(g, h)
	if err != nil {
		return err
	}
	for i, x := range g {
		v.asked.g[i] = x * scale
	}
	v.asked.h, v.asked.s, v.asked.scale = h*scale, s, scale
	return nil
}

// Ask implements Incremental.
func (v *Vertex) Ask(g []float64, h, s float64) (*Reply, error) {
	if err := v.normalise(g, h, s); err != nil {
		v.asked.s = 0 // nothing to split
		return nil, err
	}
	v.cross, v.reply.Meets, v.reply.Interior = -1, false, false
	y := v.vertex()
	if y == nil {
		v.asked.s = 0
		return nil, errVertexLost
	}
	if v.reply.Meets = s*(dot(v.asked.g, y)+v.asked.h) > vertexZero; v.reply.Meets {
		copy(v.reply.Point, y)
		return &v.reply, nil
	}
	return v.climb(v.here(), &v.asked, s)
}

// climb maximises s times a form until it is positive.
func (v *Vertex) climb(l *vertexLevel, z *vertexRow, s float64) (*Reply, error) {
	v.price(l, z.g, z.h, s)
	v.cross, v.dir = -1, s
	v.reply.Interior = false
	limit := vertexCap * (v.d + l.rows)
	for it := 0; ; it++ {
		k := v.entering(l, it > vertexBland*(v.d+l.rows))
		if k < 0 {
			return v.empty(l, z), nil
		}
		if it >= limit {
			return nil, errVertexLoop
		}
		if it%stopEvery == stopEvery-1 && v.stopped() {
			return nil, ErrStopped
		}
		r, step := v.leaving(l, k)
		if r < 0 {
			return nil, errNotFinite
		}
		if v.c[v.d]+step*v.c[k] > vertexZero {
			v.cross = k
			v.reply.Meets = true
			cst, col := l.col(v.d), l.col(k)
			for i := range v.reply.Point {
				v.reply.Point[i] = cst[i] + step*col[i]
			}
			return &v.reply, nil
		}
		v.pivot(l, k, r)
	}
}

// entering chooses the column that raises the objective: the largest price, or
// the first one when cycling is feared (Bland).
func (v *Vertex) entering(l *vertexLevel, bland bool) int {
	best, at := vertexZero, -1
	for k, c := range v.c[:v.d] {
		if c > best {
			if bland {
				if at < 0 || l.free[k] < l.free[at] {
					at = k
				}
				continue
			}
			best, at = c, k
		}
	}
	return at
}

// leaving finds the row that blocks column k, and the step to it.
//
// One comparison serves all rows: b + a·step < 0 is false for a ≥ 0 and b ≥ 0, and for an
// infinite step it asks for a < 0, so that the loop has one branch, rarely taken; the newest
// constraints, which block most often, come first.
func (v *Vertex) leaving(l *vertexLevel, k int) (int, float64) {
	col, cst := l.col(k), l.col(v.d)
	cst = cst[:len(col)]
	at, step := -1, math.Inf(1)
	for r := len(col) - 1; r >= v.n; r-- {
		if a := col[r]; cst[r]+a*step < 0 && a < -vertexPivot {
			step = max(cst[r], 0) / -a
			at = r
		}
	}
	return at, step
}

// pivot exchanges column k with row r, in all rows and in the objective.
func (v *Vertex) pivot(l *vertexLevel, k, r int) {
	v.pivots++
	col := l.col(k)
	inv := 1 / col[r]
	ck := v.c[k]
	f := v.f[:len(v.c)]
	for j, i := 0, r; j < len(f); j, i = j+1, i+l.ld {
		t := -l.a[i] * inv
		f[j] = t
		v.c[j] += t * ck
	}
	f[k], v.c[k] = 0, ck
	if len(f) >= rankOneFrom {
		blas64.Implementation().Dger(len(f), l.rows, 1, f, 1, col, 1, l.a, l.ld)
	} else {
		for j, t := range f {
			if t != 0 {
				floats.AddScaled(l.col(j), t, col)
			}
		}
	}
	for j, i := 0, r; j < len(f); j, i = j+1, i+l.ld {
		l.a[i] = f[j]
	}
	floats.Scale(inv, col)
	v.c[k] *= inv
	col[r] = inv
	l.free[k], l.basic[r-v.n] = l.basic[r-v.n], l.free[k]
}

// empty reads the multipliers off the optimal objective: at the optimum
// s·z = const + Σ c_k t_k with c_k ≤ 0, so s·z + Σ (−c_k) t_k is constant.
func (v *Vertex) empty(l *vertexLevel, z *vertexRow) *Reply {
	v.reply.Meets = false
	v.reply.ID, v.reply.Lambda = v.reply.ID[:0], v.reply.Lambda[:0]
	for k, id := range l.free {
		if id < 0 || v.c[k] >= -vertexZero*vertexZero {
			continue
		}
		v.reply.ID = append(v.reply.ID, id)
		v.reply.Lambda = append(v.reply.Lambda, -v.c[k]*v.cons[id].scale/z.scale)
	}
	return &v.reply
}

// Seen implements Incremental: the vertex is such a point.
func (v *Vertex) Seen(g []float64, h, s float64) bool {
	y := v.vertex()
	if y == nil {
		return false
	}
	t := h
	y = y[:len(g)]
	for i, x := range g {
		t += x * y[i]
	}
	if s*t <= 0 {
		return false
	}
	mag := math.Abs(h)
	for _, x := range g {
		mag += math.Abs(x)
	}
	return s*t > vertexZero*mag
}
