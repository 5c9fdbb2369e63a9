package affine

// The ball, and the boxes that hold a cell. Two exact questions: is an affine form nowhere positive
// there, and does a point lie strictly inside the ball.

import (
	"math/big"
	"slices"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// Box is a closed box: Lo_k·2^−Scale ≤ x_k ≤ Hi_k·2^−Scale.
type Box struct {
	Lo, Hi []big.Int
	Values // Lo, Hi, and 2^Scale
	Scale  uint
}

// NewBox returns a box.
func NewBox(lo, hi []big.Int, scale uint) *Box {
	n := len(lo)
	q := &Box{Values: NewValues(2*n + 1), Scale: scale}
	q.Lo, q.Hi = q.All[:n], q.All[n:2*n]
	for k := range n {
		q.Lo[k].Set(&lo[k])
		q.Hi[k].Set(&hi[k])
	}
	q.All[2*n].SetBit(&q.All[2*n], int(scale), 1)
	q.Measure()
	return q
}

// Set makes it a copy of another box, and returns it.
func (q *Box) Set(of *Box) *Box {
	if q != of {
		q.Scale = of.Scale
		for i := range q.All {
			q.All[i].Set(&of.All[i])
		}
		q.Measure()
	}
	return q
}

// Narrow sets an end to x·2^−e.
func (q *Box) Narrow(end int, x *big.Int, e uint) {
	if finer := max(e, q.Scale) - q.Scale; finer > 0 {
		for i := range q.All {
			q.All[i].Lsh(&q.All[i], finer)
		}
		q.Scale = e
	}
	q.All[end].Lsh(x, q.Scale-e)
	q.Measure()
}

// Ball is a ball or a box.
type Ball struct {
	Norm, Text string
	Box        *Box // the smallest box that holds it; for linf and box it is the ball
	// Of l2 and l1 alone: the radius, times 2^−Box.Scale, the centre, as a box, and what vertices
	// of the l1 ball are made of, the numbers of Box and the centre.
	R      *big.Int
	Centre *Box
	tips   Values
}

// ReadBall reads what follows "ball " for n inputs.
func ReadBall(in *canonical.Lines, text string, n int) *Ball {
	words := strings.Split(text, " ")
	b, isBox := &Ball{Text: text, Norm: words[0]}, words[0] == "box"
	in.Require(isBox || b.Norm == "l2" || b.Norm == "linf" || b.Norm == "l1", "expected a ball of kind l2, linf, l1 or box")
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
		if b.Norm != "linf" {
			b.R, b.Centre = r, NewBox(c, c, scale)
		}
	}
	for k := range lo {
		in.Require(lo[k].Cmp(&hi[k]) < 0, "expected each lower bound below its upper bound")
	}
	if b.Box = NewBox(lo, hi, scale); b.Centre != nil {
		b.tips = NewValues(3*n + 1)
		copy(b.tips.All, slices.Concat(b.Box.All, z[1:]))
		b.tips.Measure()
	}
	return b
}

// scratch holds integers whose storage is used again.
type scratch struct{ v, t, u, size big.Int }

// nonpositive reports whether a form is nowhere positive on the l2 ball.
func (b *Ball) nonpositive(f []big.Int, s *scratch) bool {
	c := b.Centre.Lo
	v, size := s.v.Lsh(&f[len(c)], b.Box.Scale), s.size.SetInt64(0) // size: (r·‖g‖)²
	for k := range c {
		v.Add(v, s.t.Mul(&f[k], &c[k]))
		size.Add(size, s.t.Mul(&f[k], &f[k]))
	}
	size.Mul(size, s.t.Mul(b.R, b.R))
	return v.Sign() <= 0 && size.Cmp(s.t.Mul(v, v)) <= 0
}

// inside reports whether x·2^−e is in the open ball.
func (b *Ball) inside(x []big.Int, e uint, s *scratch) bool {
	if b.Centre == nil {
		for k := range x {
			if s.Compare(&b.Box.Lo[k], b.Box.Scale, &x[k], e) >= 0 || s.Compare(&b.Box.Hi[k], b.Box.Scale, &x[k], e) <= 0 {
				return false
			}
		}
		return true
	}
	size, r := s.size.SetInt64(0), s.v.Lsh(b.R, e) // in units of both scales; size: ‖x−c‖, for l2 its square
	for k := range x {
		d := s.t.Lsh(&x[k], b.Box.Scale)
		d.Sub(d, s.u.Lsh(&b.Centre.Lo[k], e))
		if b.Norm == "l2" {
			d = s.u.Mul(d, d)
		}
		size.Add(size, d.Abs(d))
	}
	if b.Norm == "l2" {
		r = s.u.Mul(r, r)
	}
	return size.Cmp(r) < 0
}

// Compare compares x·2^−d with y·2^−e: by their signs, else by their leading bits, else in full.
func (s *scratch) Compare(x *big.Int, d uint, y *big.Int, e uint) int {
	if x.Sign() != y.Sign() || x.Sign() == 0 {
		return x.Sign() - y.Sign()
	}
	if c := x.BitLen() + int(e) - y.BitLen() - int(d); c != 0 {
		return c * x.Sign()
	}
	return s.t.Lsh(x, e).Cmp(s.u.Lsh(y, d))
}
