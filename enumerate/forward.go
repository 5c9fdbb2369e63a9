// The float filter for witnesses: a forward pass in float64 whose signs are
// certain, or known not to be.

package enumerate

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// passer runs forward passes; one per worker.
type passer struct {
	m      *model
	a, z   []float64
	ea, ez []float64
}

func newPasser(m *model) *passer {
	w := m.n
	for _, l := range m.layers {
		w = max(w, l.m)
	}
	b := make([]float64, 4*w)
	return &passer{m: m, a: b[:w:w], z: b[w : 2*w : 2*w], ea: b[2*w : 3*w : 3*w], ez: b[3*w:]}
}

// signs writes the certain signs of all pre-activations at y, 0 where the
// static error bound leaves it open.
func (p *passer) signs(y []float64, out []int8) {
	a := p.a[:len(y)]
	copy(a, y)
	for _, l := range p.m.layers {
		z := p.z[:l.m]
		copy(z, l.b)
		for i, v := range a {
			if v != 0 {
				floats.AddScaled(z, v, l.wt[i*l.m:(i+1)*l.m])
			}
		}
		s := out[l.first : l.first+l.m]
		e := l.static[:len(z)]
		s = s[:len(z)]
		leak := 0.0
		if l.act == network.LeakyReLU {
			leak = l.slope
		}
		for j, v := range z {
			switch {
			case v > e[j]:
				s[j] = 1
			case v < -e[j]:
				s[j] = -1
				z[j] = leak * v
			default:
				s[j] = 0
				if v < 0 {
					z[j] = leak * v
				}
			}
		}
		p.a, p.z = p.z, p.a
		a = z
	}
}

// tightMost is the largest bound of signsTight that is used: what was summed up is then at most that over γ ≥ 2⁻⁵³.
const tightMost = 0x1p900

// signsTight does the same with an error bound that follows the values of this
// point: e_j = slack·(γ(|b_j| + Σ|w|(|ã_i|+e_i)) + Σ|w|e_i), by the derivation of setStatic with
// |a_i| ≤ |ã_i| + e_i in the place of A_i.
//
// Domain: no partial sum overflows, which would leave a value infinite and its bound finite. The sums are at most
// e_j/γ, so no sign is certain beyond tightMost.
func (p *passer) signsTight(y []float64, out []int8) {
	a, ea := p.a[:len(y)], p.ea[:len(y)]
	copy(a, y)
	clear(ea)
	for _, l := range p.m.layers {
		z, ez := p.z[:l.m], p.ez[:l.m]
		l.valueTight(a, ea, z, ez)
		s := out[l.first : l.first+l.m]
		leak, grow := 0.0, 1.0
		if l.act == network.LeakyReLU {
			leak = l.slope
			grow = max(1, math.Abs(leak))
		}
		for j, v := range z {
			s[j] = 0
			switch {
			case !(ez[j] <= tightMost):
			case v > ez[j]:
				s[j] = 1
			case v < -ez[j]:
				s[j] = -1
			}
			if v < 0 {
				z[j] = leak * v
			}
			if grow != 1 || leak != 0 {
				ez[j] = slack * (grow*ez[j] + l.gamma*math.Abs(z[j]))
			} else if s[j] < 0 {
				ez[j] = 0 // certainly inactive: exactly 0
			}
		}
		p.a, p.z, p.ea, p.ez = p.z, p.a, p.ez, p.ea
		a, ea = z, ez
	}
}

// valueTight evaluates the pre-activations where the units before have the values a, off by ea at most, and what they are
// off by.
func (l *layer) valueTight(a, ea, z, ez []float64) {
	copy(z, l.b)
	for j := range ez {
		ez[j] = l.gamma * l.ba[j]
	}
	for i, v := range a {
		if v != 0 || ea[i] != 0 {
			floats.AddScaled(z, v, l.wt[i*l.m:(i+1)*l.m])
			floats.AddScaled(ez, l.gamma*(math.Abs(v)+ea[i])+ea[i], l.wa[i*l.m:(i+1)*l.m])
		}
	}
	for j := range ez {
		ez[j] = slack*ez[j] + underflow
	}
}

// insideUnit says that y is certainly strictly inside the unit ball. Sums of
// n non-negative floats have relative error at most nu/(1−nu).
func insideUnit(norm ball.Norm, y []float64) bool {
	t := 0.0
	switch norm {
	case ball.L1:
		for _, v := range y {
			t += math.Abs(v)
		}
	case ball.L2:
		for _, v := range y {
			t += v * v
		}
	default:
		for _, v := range y {
			t = max(t, math.Abs(v))
			if v != v {
				return false
			}
		}
		return t < 1
	}
	return t*(1+slack*float64(len(y)+2)*unit) < 1
}
