package certificate

// The ball, and the boxes that hold a cell. Two exact questions: is an affine form nowhere positive
// there, and does a point lie strictly inside the ball. The formulas are in the package comment.

import (
	"math/big"
	"slices"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// box is a closed box: lo_k·2^−scale ≤ x_k ≤ hi_k·2^−scale.
type box struct {
	lo, hi []big.Int
	values // lo, hi, and 2^scale
	scale  uint
}

// newBox returns a box.
func newBox(lo, hi []big.Int, scale uint) *box {
	n := len(lo)
	q := &box{values: newValues(2*n + 1), scale: scale}
	q.lo, q.hi = q.all[:n], q.all[n:2*n]
	for k := range n {
		q.lo[k].Set(&lo[k])
		q.hi[k].Set(&hi[k])
	}
	q.all[2*n].SetBit(&q.all[2*n], int(scale), 1)
	q.measure()
	return q
}

// set makes it a copy of another box.
func (q *box) set(of *box) {
	q.scale = of.scale
	for i := range q.all {
		q.all[i].Set(&of.all[i])
	}
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

// ball is a ball or a box.
type ball struct {
	norm, text string
	box        *box // the smallest box that holds it; for linf and box it is the ball
	// Of l2 and l1 alone: the radius, times 2^−box.scale, the centre, as a box, and what vertices
	// of the l1 ball are made of, the numbers of box and the centre.
	r      *big.Int
	centre *box
	tips   values
}

// readBall reads what follows "ball " for n inputs.
func readBall(in *canonical.Lines, text string, n int) *ball {
	words := strings.Split(text, " ")
	b, isBox := &ball{text: text, norm: words[0]}, words[0] == "box"
	in.Require(isBox || b.norm == "l2" || b.norm == "linf" || b.norm == "l1", "expected a ball of kind l2, linf, l1 or box")
	in.Require(isBox && len(words) == 2*n+1 || !isBox && len(words) == n+2,
		"expected a radius and a centre with one number per input, or for a box all lower and then all upper bounds")
	z, scale, ok := canonical.Reals(words[1:], func() {})
	in.Require(ok, "expected hexadecimal floats in their one spelling")
	lo, hi := z[:n], z[n:]
	if !isBox {
		r, c := &z[0], z[1:]
		in.Require(r.Sign() > 0, "expected a radius greater than 0")
		lo, hi = make([]big.Int, n), make([]big.Int, n)
		for k := range c {
			lo[k].Sub(&c[k], r)
			hi[k].Add(&c[k], r)
		}
		if b.norm != "linf" {
			b.r, b.centre = r, newBox(c, c, scale)
		}
	}
	for k := range lo {
		in.Require(lo[k].Cmp(&hi[k]) < 0, "expected each lower bound below its upper bound")
	}
	if b.box = newBox(lo, hi, scale); b.centre != nil {
		b.tips = newValues(3*n + 1)
		copy(b.tips.all, slices.Concat(b.box.all, z[1:]))
		b.tips.measure()
	}
	return b
}

// scratch holds integers whose storage is used again.
type scratch struct{ v, t, u, size big.Int }

// nonpositive reports whether a form is nowhere positive on the l2 ball.
func (b *ball) nonpositive(f []big.Int, s *scratch) bool {
	c := b.centre.lo
	v, size := s.v.Lsh(&f[len(c)], b.box.scale), s.size.SetInt64(0) // size: (r·‖g‖)²
	for k := range c {
		v.Add(v, s.t.Mul(&f[k], &c[k]))
		size.Add(size, s.t.Mul(&f[k], &f[k]))
	}
	size.Mul(size, s.t.Mul(b.r, b.r))
	return v.Sign() <= 0 && size.Cmp(s.t.Mul(v, v)) <= 0
}

// inside reports whether x·2^−e is in the open ball.
func (b *ball) inside(x []big.Int, e uint, s *scratch) bool {
	if b.centre == nil {
		for k := range x {
			if s.compare(&b.box.lo[k], b.box.scale, &x[k], e) >= 0 || s.compare(&b.box.hi[k], b.box.scale, &x[k], e) <= 0 {
				return false
			}
		}
		return true
	}
	size, r := s.size.SetInt64(0), s.v.Lsh(b.r, e) // in units of both scales; size: ‖x−c‖, for l2 its square
	for k := range x {
		d := s.t.Lsh(&x[k], b.box.scale)
		d.Sub(d, s.u.Lsh(&b.centre.lo[k], e))
		if b.norm == "l2" {
			d = s.u.Mul(d, d)
		}
		size.Add(size, d.Abs(d))
	}
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
