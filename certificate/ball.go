package certificate

// The ball, and the boxes that hold a cell. Two exact questions: is an affine form nowhere positive
// there, and does a point lie strictly inside the ball. The formulas are in the package comment.

import (
	"context"
	"math/big"
	"strings"
)

// box is a closed box: lo_k·2^−scale ≤ x_k ≤ hi_k·2^−scale.
type box struct {
	lo, hi []big.Int
	scale  uint
	values // lo, hi, and 2^scale
	// 2^scale and the larger ends, in absolute value, have a sum less than 2^bits. So a form with
	// coefficients less than 2^m is less than 2^(m+bits) on the box, in units of both scales.
	bits      int
	sum, most big.Int // whose storage is used again
}

// values are integers, and in short the same where they fit.
type values struct {
	all   []big.Int
	short []int
}

func newValues(n int) values { return values{make([]big.Int, n), make([]int, n)} }

// shorten sets short.
func (v *values) shorten() {
	for i := range v.all {
		v.short[i] = int(v.all[i].Int64())
	}
}

// newBox returns a copy of a box.
func newBox(of *box) *box {
	n := len(of.lo)
	q := &box{values: newValues(2*n + 1)}
	q.lo, q.hi = q.all[:n], q.all[n:2*n]
	q.set(of)
	return q
}

// set makes it a copy of another box, whose lo, hi and scale are enough.
func (q *box) set(of *box) {
	n := len(q.lo)
	for k := range n {
		q.lo[k].Set(&of.lo[k])
		q.hi[k].Set(&of.hi[k])
	}
	q.scale = of.scale
	one := &q.all[2*n]
	one.Lsh(one.SetInt64(1), q.scale)
	q.measure()
}

// narrow sets an end to x·2^−e.
func (q *box) narrow(end int, x *big.Int, e uint) {
	if finer := max(e, q.scale) - q.scale; finer > 0 {
		for i := range q.all {
			q.all[i].Lsh(&q.all[i], finer)
		}
		q.scale = e
	}
	q.all[end].Lsh(x, q.scale-e)
	q.measure()
}

// measure sets what follows from the ends.
func (q *box) measure() {
	n := len(q.lo)
	q.sum.Set(&q.all[2*n])
	for k := range n {
		if q.most.Abs(&q.lo[k]); q.most.CmpAbs(&q.hi[k]) < 0 {
			q.most.Abs(&q.hi[k])
		}
		q.sum.Add(&q.sum, &q.most)
	}
	q.bits = q.sum.BitLen()
	q.shorten()
}

// ball is a ball or a box.
type ball struct {
	norm, text string
	box        *box // the smallest box that holds it; for linf and box it is the ball
	// The centre and the radius, of l2 and l1 alone, times 2^−box.scale; and the box that is the
	// centre.
	c      []big.Int
	r      *big.Int
	centre *box
}

// readBall reads what follows "ball " for n inputs.
func readBall(in *lines, text string, n int) *ball {
	words := strings.Split(text, " ")
	b, isBox := &ball{text: text, norm: words[0]}, words[0] == "box"
	in.require(isBox || b.norm == "l2" || b.norm == "linf" || b.norm == "l1", "expected a ball of kind l2, linf, l1 or box")
	in.require(isBox && len(words) == 2*n+1 || !isBox && len(words) == n+2,
		"expected a radius and a centre with one number per input, or for a box all lower and then all upper bounds")
	z, scale, ok := integers(context.Background(), words[1:])
	in.require(ok, "expected hexadecimal floats in their one spelling")
	lo, hi := z[:n], z[n:]
	if !isBox {
		r, c := &z[0], z[1:]
		in.require(r.Sign() > 0, "expected a radius greater than 0")
		lo, hi = make([]big.Int, n), make([]big.Int, n)
		for k := range c {
			lo[k].Sub(&c[k], r)
			hi[k].Add(&c[k], r)
		}
		if b.norm != "linf" {
			b.r, b.c, b.centre = r, c, newBox(&box{lo: c, hi: c, scale: scale})
		}
	}
	for k := range lo {
		in.require(lo[k].Cmp(&hi[k]) < 0, "expected each lower bound below its upper bound")
	}
	b.box = newBox(&box{lo: lo, hi: hi, scale: scale})
	return b
}

// scratch holds integers whose storage is used again.
type scratch struct{ v, t, u, size big.Int }

// nonpositive reports whether a form is nowhere positive on the ball, which is one of l1 or l2.
func (b *ball) nonpositive(f []big.Int, s *scratch) bool {
	v, size := s.v.Lsh(&f[len(b.c)], b.box.scale), s.size.SetInt64(0) // size: max|g_k| or Σg_k²
	for k := range b.c {
		v.Add(v, s.t.Mul(&f[k], &b.c[k]))
		if b.norm == "l2" {
			size.Add(size, s.t.Mul(&f[k], &f[k]))
		} else if f[k].CmpAbs(size) > 0 {
			size.Abs(&f[k])
		}
	}
	size.Mul(size, b.r)
	if b.norm == "l2" {
		return v.Sign() <= 0 && s.u.Mul(size, b.r).Cmp(s.t.Mul(v, v)) <= 0
	}
	return v.Add(v, size).Sign() <= 0
}

// inside reports whether x·2^−e is in the open ball.
func (b *ball) inside(x []big.Int, e uint, s *scratch) bool {
	scale, size := max(b.box.scale, e), s.size.SetInt64(0) // size: ‖x−c‖, for l2 its square
	for k := range x {
		if b.c == nil {
			if s.compare(&b.box.lo[k], b.box.scale, &x[k], e) >= 0 || s.compare(&b.box.hi[k], b.box.scale, &x[k], e) <= 0 {
				return false
			}
			continue
		}
		d := s.t.Lsh(&x[k], scale-e)
		d.Abs(d.Sub(d, s.u.Lsh(&b.c[k], scale-b.box.scale)))
		if b.norm == "l2" {
			d = s.u.Mul(d, d)
		}
		size.Add(size, d)
	}
	if b.c == nil {
		return true
	}
	r := s.t.Lsh(b.r, scale-b.box.scale)
	if b.norm == "l2" {
		r = s.u.Mul(r, r)
	}
	return size.Cmp(r) < 0
}

// compare compares x·2^−d with y·2^−e: by their signs, else by their leading bits, else in full.
func (s *scratch) compare(x *big.Int, d uint, y *big.Int, e uint) int {
	if x.Sign() != y.Sign() || x.Sign() == 0 {
		return x.Sign() - y.Sign()
	}
	if c := x.BitLen() + int(e) - y.BitLen() - int(d); c != 0 {
		return c * x.Sign()
	}
	return s.t.Lsh(x, e).Cmp(s.u.Lsh(y, d))
}
