// Vertices in a ball that is very large beside what lies near its centre. There a hyperplane's
// distance from the centre is tiny beside the ball, and an error that is small beside the ball may
// be larger than a whole cell. So what a vertex is off by is kept relative to its own size, as far
// as that goes: floats have as many digits near 0 as anywhere.

package vertices

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
)

// nearEnough is the error of a new vertex beside its size from which on it is solved for. That
// steers no answer.
const nearEnough = 1.0 / (1 << 24)

// Size is the largest coordinate.
func (p *Point) Size() (t float64) {
	for _, y := range p {
		t = max(t, math.Abs(y))
	}
	return t
}

// blur returns an error of a point, in a wide model with nearUnit of its true size added.
func (t *table) blur(x *Point, err float64) float64 {
	if t.wide {
		err += forms.Slack * nearUnit * (x.Size() + err)
	}
	return err
}

// SetRounded sets the coordinates of a vertex to those that are off by a rounding each.
func (c *Cells) SetRounded(v int32, x *Point) {
	at := &c.Vertices[v]
	at.X, at.Err = *x, c.blur(x, forms.Slack*forms.Unit*x.Size()+forms.Underflow)
}

// wideCells are those of a wide model.
type wideCells struct{ *Cells }

// place is that of cells, without what goes before and after.
func (c wideCells) place(word int, i, u, v int32, b uint) bool {
	p, q, w, r := &c.Vertices[u], &c.Vertices[v], &c.Vertices[i], &c.Rows[word][b]
	above, below := r.At(&p.X), -r.At(&q.X)
	certain := above > 0 && below > 0
	if certain {
		if above > below { // the end to begin at is that which is nearer to the hyperplane
			p, q, above, below = q, p, below, above
		}
		t, far := above/(above+below), 0.0
		for k := range c.N {
			step := q.X[k] - p.X[k]
			far = max(far, math.Abs(step))
			w.X[k] = p.X[k] + t*step
		}
		size := w.X.Size()
		w.Err = c.blur(&w.X, NearEdgeError(above, below, r.P+r.Q*p.Err, r.P+r.Q*q.Err, p.Err, q.Err, far, size))
		if certain = w.Err <= MaxError; certain && w.Err <= nearEnough*size {
			return true
		}
	}
	before := *w
	if c.repair(i) && !(certain && before.Err < w.Err) {
		return true
	}
	if *w = before; certain {
		return true
	}
	return c.SolveAt(i)
}

// NearEdgeError bounds what a vertex u+t(v−u) on an edge is off by, where a ≤ b are the values at
// its ends, off by d and e, the ends are off by du and dv, and far is how long the edge is. With
// the names of onEdge,
//
//	|t−t*| ≤ (d·b + a·e) / ((a+b)(a+b−d−e)) = s,
//
// and the true vertex (1−t*)u* + t*v* is off by at most du + (t+s)dv + s·far, besides what is
// rounded: t by two roundings, the difference and the product by one each, relative to t·far, and
// the sum by one relative to the vertex's own size. Quotients come first, so that what underflows
// in s is at most 2⁻¹⁰⁷⁴ for each of its terms. Outside its domain, that of EdgeError, it is +Inf.
func NearEdgeError(a, b, d, e, du, dv, far, size float64) float64 {
	sum := a + b
	room := sum - d - e
	if !(a >= 0 && b >= a && room > edgeRoom*sum) {
		return math.Inf(1)
	}
	t := a / sum
	s := d/room*(b/sum) + e/room*t
	return forms.Slack*(du+(t+s)*dv+s*far+edgeRounding*forms.Unit*(t*far+size)) + forms.Underflow
}
