package certificate

// The two exact questions about a ball: is an affine form nowhere positive on
// it, and does a point lie strictly inside it. The formulas are in the package
// comment.

import (
	"math/big"
	"strings"
)

// ball is a ball or a box in integers, all times 2^−scale.
type ball struct {
	norm   string
	text   string
	c      form // centre: l2, linf, l1
	r      big.Int
	lo, hi form // box
	scale  uint
}

// readBall reads what follows "ball " for n inputs.
func readBall(line string, n int) (*ball, string) {
	b := &ball{text: line}
	tokens := strings.Split(line, " ")
	b.norm, tokens = tokens[0], tokens[1:]
	want := n + 1
	switch b.norm {
	case "l2", "linf", "l1":
	case "box":
		want = 2 * n
	default:
		return nil, "expected a ball of kind l2, linf, l1 or box"
	}
	if len(tokens) != want {
		return nil, "expected a radius and a centre with one number per input, or for a box all lower and then all upper bounds"
	}
	z, scale, ok := integers(tokens)
	if !ok {
		return nil, "expected hexadecimal floats in their one spelling"
	}
	b.scale = scale
	if b.norm == "box" {
		b.lo, b.hi = z[:n], z[n:]
		for k := range b.lo {
			if b.lo[k].Cmp(&b.hi[k]) >= 0 {
				return nil, "expected each lower bound below its upper bound"
			}
		}
		return b, ""
	}
	b.r.Set(&z[0])
	b.c = z[1:]
	if b.r.Sign() <= 0 {
		return nil, "expected a radius greater than 0"
	}
	return b, ""
}

// scratch holds integers whose storage is used again.
type scratch struct{ v, t, u, size big.Int }

// nonpositive reports whether f ≤ 0 on the closed ball.
func (b *ball) nonpositive(f form, s *scratch) bool {
	n := len(f) - 1
	v := s.v.Lsh(&f[n], b.scale)
	if b.norm == "box" {
		for k := range n {
			end := b.hi
			if f[k].Sign() < 0 {
				end = b.lo
			}
			v.Add(v, s.t.Mul(&f[k], &end[k]))
		}
		return v.Sign() <= 0
	}
	size := s.size.SetInt64(0) // Σ|g_k|, max|g_k| or Σg_k²
	for k := range n {
		if b.c[k].Sign() != 0 {
			v.Add(v, s.t.Mul(&f[k], &b.c[k]))
		}
		switch b.norm {
		case "linf":
			size.Add(size, s.t.Abs(&f[k]))
		case "l1":
			if f[k].CmpAbs(size) > 0 {
				size.Abs(&f[k])
			}
		case "l2":
			size.Add(size, s.t.Mul(&f[k], &f[k]))
		}
	}
	s.t.Mul(size, &b.r)
	if b.norm == "l2" {
		s.u.Mul(&s.t, &b.r)
		return v.Sign() <= 0 && s.u.Cmp(s.t.Mul(v, v)) <= 0
	}
	return v.Add(v, &s.t).Sign() <= 0
}

// inside reports whether x·2^−scale is in the open ball; scale is at least b.scale.
func (b *ball) inside(x form, scale uint, s *scratch) bool {
	up := scale - b.scale
	if b.norm == "box" {
		for k := range x {
			if s.t.Lsh(&b.lo[k], up).Cmp(&x[k]) >= 0 || s.t.Lsh(&b.hi[k], up).Cmp(&x[k]) <= 0 {
				return false
			}
		}
		return true
	}
	size := s.size.SetInt64(0) // ‖x−c‖, for l2 its square
	for k := range x {
		d := s.t.Sub(&x[k], s.t.Lsh(&b.c[k], up))
		switch b.norm {
		case "linf":
			if d.CmpAbs(size) > 0 {
				size.Abs(d)
			}
		case "l1":
			size.Add(size, d.Abs(d))
		case "l2":
			size.Add(size, s.u.Mul(d, d))
		}
	}
	r := s.t.Lsh(&b.r, up)
	if b.norm == "l2" {
		r = s.u.Mul(r, r)
	}
	return size.Cmp(r) < 0
}
