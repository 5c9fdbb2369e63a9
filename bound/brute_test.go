// An exact count for tiny networks, to hold bounds against: convex polygons
// cut by one line after the other, in rationals. With one input the second coordinate is a dummy.

package bound_test

import (
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

type point [2]*big.Rat

// form is g·x + h over two inputs.
type form struct{ g0, g1, h *big.Rat }

func (f form) at(p point) *big.Rat {
	s := new(big.Rat).Mul(f.g0, p[0])
	s.Add(s, new(big.Rat).Mul(f.g1, p[1]))
	return s.Add(s, f.h)
}

func rat(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }

// polygonOf returns the corners of an linf, l1 or box ball with one or two inputs.
func polygonOf(b ball.Ball) []point {
	at := func(k int) (lo, hi *big.Rat) {
		if b.Norm() == ball.Box {
			return rat(b.Lo()[k]), rat(b.Hi()[k])
		}
		c, r := rat(b.Center()[k]), rat(b.Radius())
		return new(big.Rat).Sub(c, r), new(big.Rat).Add(c, r)
	}
	x0, x1 := at(0)
	if b.Dim() == 1 {
		return []point{{x0, rat(0)}, {x1, rat(0)}, {x1, rat(1)}, {x0, rat(1)}}
	}
	y0, y1 := at(1)
	if b.Norm() == ball.L1 {
		cx, cy := rat(b.Center()[0]), rat(b.Center()[1])
		return []point{{x0, cy}, {cx, y0}, {x1, cy}, {cx, y1}}
	}
	return []point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

// clip returns the part of the polygon where s·f ≥ 0, nil when it has no interior.
func clip(poly []point, f form, s int) []point {
	var out []point
	inside := false
	for i, p := range poly {
		q := poly[(i+1)%len(poly)]
		zp, zq := f.at(p), f.at(q)
		sp, sq := s*zp.Sign(), s*zq.Sign()
		if sp >= 0 {
			out = append(out, p)
		}
		inside = inside || sp > 0
		if sp*sq < 0 {
			t := new(big.Rat).Quo(zp, new(big.Rat).Sub(zp, zq))
			var m point
			for k := range m {
				m[k] = new(big.Rat).Sub(q[k], p[k])
				m[k].Mul(m[k], t).Add(m[k], p[k])
			}
			out = append(out, m)
		}
	}
	if !inside {
		return nil
	}
	return out
}

// bruteCount counts the regions by cutting polygons, for one or two inputs and a polygonal ball.
func bruteCount(n *network.Network, b ball.Ball) int64 {
	in := []form{{rat(1), rat(0), rat(0)}, {rat(0), rat(1), rat(0)}}[:b.Dim()]
	return bruteLayer(n.Layers(), in, polygonOf(b))
}

// bruteLayer counts the cells that the layers make of a polygon on which the input is the given
// forms.
func bruteLayer(layers []network.Layer, in []form, poly []point) int64 {
	if len(layers) == 0 {
		return 1
	}
	l := layers[0]
	z := make([]form, l.Out())
	for j := range z {
		z[j] = form{rat(0), rat(0), rat(l.B[j])}
		for k, w := range l.W.RawRowView(j) {
			m := rat(w)
			z[j].g0.Add(z[j].g0, new(big.Rat).Mul(m, in[k].g0))
			z[j].g1.Add(z[j].g1, new(big.Rat).Mul(m, in[k].g1))
			z[j].h.Add(z[j].h, new(big.Rat).Mul(m, in[k].h))
		}
	}
	return bruteNeuron(layers, z, nil, poly)
}

func bruteNeuron(layers []network.Layer, z, out []form, poly []point) int64 {
	l, j := layers[0], len(out)
	if j == len(z) {
		return bruteLayer(layers[1:], out, poly)
	}
	if !l.IsNeuron(j) {
		return bruteNeuron(layers, z, append(out[:j:j], z[j]), poly)
	}
	s := rat(l.Below(j))
	low := form{new(big.Rat).Mul(s, z[j].g0), new(big.Rat).Mul(s, z[j].g1), new(big.Rat).Mul(s, z[j].h)}
	if z[j].g0.Sign() == 0 && z[j].g1.Sign() == 0 {
		next := low
		if z[j].h.Sign() > 0 {
			next = z[j]
		}
		return bruteNeuron(layers, z, append(out[:j:j], next), poly)
	}
	total := int64(0)
	if p := clip(poly, z[j], 1); p != nil {
		total += bruteNeuron(layers, z, append(out[:j:j], z[j]), p)
	}
	if p := clip(poly, z[j], -1); p != nil {
		total += bruteNeuron(layers, z, append(out[:j:j], low), p)
	}
	return total
}
