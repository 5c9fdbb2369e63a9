// A vertex anew from its constraints: the error of a vertex is that of the edge it was found on and
// more, so that it grows from split to split by a factor of about the form's size over its slope.
// Where it has become too large, the vertex is solved for.

package vertices

import (
	"math"
	"math/bits"
	"slices"

	"github.com/relucell/relucell/internal/forms"
)

// repaired is the largest ‖I−BA‖ with which an inverse is trusted.
const repaired = 0.5

// repairer is the scratch of repair: the constraints of a vertex, n chosen ones and their inverse.
type repairer struct {
	rows, chosen []*Row
	work         []float64 // n rows of 2n
}

// repair makes one Newton step to the vertex, and bounds what it is off by then; false: it cannot.
//
// Let A and h be the computed rows of n constraints, each off by at most p on the ball, the
// rounding of a residual included, and B any matrix. With the residuals r = Ax+h, the vertex x* has
// |A(x−x*)| ≤ |r| + p, so
//
//	x − x* = (BA)⁻¹B·A(x−x*),  ‖x−x*‖∞ ≤ max Σ|B|(|r|+p) / (1−‖I−BA‖∞).
//
// Each entry of I−BA is off by γ_{n+1} of what was summed up.
//
// In a wide model a row is off by p + q·nearUnit·‖x‖ at x, and at x* by no more than that with
// ‖x−x*‖ added to ‖x‖: what that adds goes to the other side, to ‖I−BA‖. There the steps begin at
// the centre, where all digits of h are left, and are two.
//
// Domain: ‖I−BA‖∞ < 1, tested as at most repaired; and the rounding of a residual is within p only
// for an x that is in the ball or nearly, so x must not be farther outside than MaxError, which
// slack covers. A true vertex is in the ball, so an x that is farther outside is of no use anyway.
func (c *Cells) repair(v int32) bool {
	n, r, at := c.N, &c.repairs, &c.Vertices[v]
	r.rows = r.rows[:0]
	for on := at.On; on != 0; on &= on - 1 {
		r.rows = append(r.rows, c.Row(c.Facets[bits.TrailingZeros64(on)]))
	}
	if !r.choose(n) || !r.invert(n) {
		return false
	}
	x, beta := at.X, 0.0
	if c.wide {
		x = r.step(n, &Point{})
	}
	x = r.step(n, &x)
	near := 0.0
	if c.wide {
		near = nearUnit
	}
	for i := range n {
		beta = max(beta, r.defect(n, i, near))
	}
	if !(beta <= repaired) || !nearBall(x[:n]) {
		return false
	}
	e, size := 0.0, near*x.Size()
	for i := range n {
		sum := 0.0
		for k, row := range r.chosen {
			sum += math.Abs(r.inverse(n, i)[k]) * (math.Abs(row.At(&x)) + row.P + row.Q*size)
		}
		e = max(e, sum)
	}
	if e = forms.Slack*e/(1-beta) + forms.Underflow; !(e <= MaxError) {
		return false
	}
	at.X, at.Err = x, c.blur(&x, e)
	return true
}

// step makes a Newton step from a point.
func (r *repairer) step(n int, from *Point) (x Point) {
	x = *from
	for i := range n {
		for k, row := range r.chosen {
			x[i] -= r.inverse(n, i)[k] * row.At(from)
		}
	}
	return x
}

// Sharp returns a vertex, repaired where more than a rounding is off by and that makes it better.
// What is known of the vertex stays: that depends on the path to it alone.
func (c *Cells) Sharp(v int32) Vertex {
	before := c.Vertices[v]
	if before.Err > forms.Unit {
		c.repair(v)
	}
	after := c.Vertices[v]
	if c.Vertices[v] = before; after.Err > before.Err {
		return before
	}
	return after
}

// nearBall says that a point is where the rounding of a row's value was bounded.
func nearBall(x []float64) bool {
	for _, v := range x {
		if !(math.Abs(v) <= 1+MaxError) {
			return false
		}
	}
	return true
}

// choose picks n independent rows, by elimination with the largest pivots.
func (r *repairer) choose(n int) bool {
	r.chosen = r.chosen[:0]
	if len(r.rows) == n {
		r.chosen = append(r.chosen, r.rows...)
		return true
	}
	m := len(r.rows)
	a := make([]float64, m*n) // at degenerate vertices only
	used := make([]bool, m)
	for i, row := range r.rows {
		copy(a[i*n:(i+1)*n], row.G[:n])
	}
	for range n {
		at, col := 0, 0
		top := 0.0
		for i := range m {
			for k := 0; k < n && !used[i]; k++ {
				if t := math.Abs(a[i*n+k]); t > top {
					at, col, top = i, k, t
				}
			}
		}
		if top == 0 {
			return false
		}
		used[at] = true
		r.chosen = append(r.chosen, r.rows[at])
		for i := range m {
			if f := a[i*n+col] / a[at*n+col]; !used[i] && f != 0 {
				for k := range n {
					a[i*n+k] -= f * a[at*n+k]
				}
			}
		}
	}
	return true
}

// inverse returns row i of the computed inverse.
func (r *repairer) inverse(n, i int) []float64 { return r.work[i*2*n+n : (i+1)*2*n] }

// invert computes an inverse of the chosen rows, by Gauss and Jordan with row pivots.
func (r *repairer) invert(n int) bool {
	r.work = slices.Grow(r.work[:0], 2*n*n)[:2*n*n]
	clear(r.work)
	for i, row := range r.chosen {
		copy(r.work[i*2*n:], row.G[:n])
		r.work[i*2*n+n+i] = 1
	}
	for k := range n {
		p := k
		for i := k + 1; i < n; i++ {
			if math.Abs(r.work[i*2*n+k]) > math.Abs(r.work[p*2*n+k]) {
				p = i
			}
		}
		a, b := r.work[k*2*n:(k+1)*2*n], r.work[p*2*n:(p+1)*2*n]
		if b[k] == 0 {
			return false
		}
		if p != k {
			for t := range a {
				a[t], b[t] = b[t], a[t]
			}
		}
		f := 1 / a[k]
		for t := range a {
			a[t] *= f
		}
		for i := range n {
			if row := r.work[i*2*n : (i+1)*2*n]; i != k && row[k] != 0 {
				f := row[k]
				for t := range row {
					row[t] -= f * a[t]
				}
			}
		}
	}
	return true
}

// defect bounds row i of |I−BA|, summed up, and near·|B| times the rows' sizes.
func (r *repairer) defect(n, i int, near float64) float64 {
	sum := 0.0
	b := r.inverse(n, i)
	for j := range n {
		t, mag := 0.0, 1.0
		if i == j {
			t = 1
		}
		for k, row := range r.chosen {
			t -= b[k] * row.G[j]
			mag += math.Abs(b[k] * row.G[j])
		}
		sum += math.Abs(t) + forms.Slack*float64(n+4)*forms.Unit*mag
	}
	for k, row := range r.chosen {
		if near > 0 {
			sum += forms.Slack * near * math.Abs(b[k]) * row.Q
		}
	}
	return sum
}
