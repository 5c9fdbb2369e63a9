// The float filter for witnesses: a forward pass in float64 whose signs are
// certain, or known not to be.

package judge

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
)

// passer runs forward passes; one per worker.
type passer struct {
	m      *forms.Model
	a, z   []float64
	ea, ez []float64
}

func newPasser(m *forms.Model) *passer {
	w := m.N
	for _, l := range m.Layers {
		w = max(w, l.Out)
	}
	b := make([]float64, 4*w)
	return &passer{m: m, a: b[:w:w], z: b[w : 2*w : 2*w], ea: b[2*w : 3*w : 3*w], ez: b[3*w:]}
}

// agrees says that the signs of a layer are those that the first neurons are to have.
func agrees(l *forms.Layer, out, want []int8) bool {
	first, end := min(l.First, len(want)), min(l.First+l.Neurons, len(want))
	return forms.EqualLabels(out[first:end], want[first:end])
}

// signs writes the certain signs of all neurons at y, 0 where the
// static error bound leaves it open. It stops behind the first layer of which a sign is not as
// wanted of the first neurons, and leaves what follows as it was: in deep networks errors outgrow
// values, and there most points fail long before the end.
func (p *passer) signs(y []float64, out, want []int8) {
	a := p.a[:len(y)]
	copy(a, y)
	for k, l := range p.m.Layers {
		z := p.z[:l.Out]
		copy(z, l.B)
		if k == 0 { // of which hardly any value is 0
			l.AddAll(z, a)
		} else {
			for i, v := range a {
				if v != 0 {
					l.AddColumn(z, v, i)
				}
			}
		}
		s := out[l.First : l.First+l.Neurons]
		if l.Ends != nil {
			p.winners(l, z, l.Static, s)
		}
		e, slopes := l.Static[:len(s)], l.Slopes[:len(s)]
		for j, v := range z[:len(s)*ordinary(l)] {
			switch {
			case v > e[j]:
				s[j] = 1
			case v < -e[j]:
				s[j] = -1
				z[j] = slopes[j] * v
			default:
				s[j] = 0
				if v < 0 {
					z[j] = slopes[j] * v
				}
			}
		}
		if !agrees(l, out, want) {
			return
		}
		p.a, p.z = p.z, p.a
		a = z
	}
}

// TightMost is the largest bound of signsTight that is used: what was summed up is then at most
// that over γ ≥ 2⁻⁵³.
const TightMost = 0x1p900

// signsTight does the same with an error bound that follows the values of this
// point: e_j = slack·(γ(|b_j| + Σ|w|(|ã_i|+e_i)) + Σ|w|e_i), by the derivation of setStatic with
// |a_i| ≤ |ã_i| + e_i in the place of A_i.
//
// Domain: no partial sum overflows, which would leave a value infinite and its bound finite. The
// sums are at most e_j/γ, so no sign is certain beyond TightMost.
func (p *passer) signsTight(y []float64, out, want []int8) {
	a, ea := p.a[:len(y)], p.ea[:len(y)]
	copy(a, y)
	clear(ea)
	for _, l := range p.m.Layers {
		z, ez := p.z[:l.Out], p.ez[:l.Out]
		ValueTight(l, a, ea, z, ez)
		s := out[l.First : l.First+l.Neurons]
		if l.Ends != nil {
			p.winnersTight(l, z, ez, s)
		}
		for j, v := range z[:len(s)*ordinary(l)] {
			leak := l.Slopes[j]
			s[j] = 0
			switch {
			case !(ez[j] <= TightMost):
			case v > ez[j]:
				s[j] = 1
			case v < -ez[j]:
				s[j] = -1
			}
			if v < 0 {
				z[j] = leak * v
			}
			if leak != 0 {
				ez[j] = forms.Slack * (max(1, math.Abs(leak))*ez[j] + l.Gamma*math.Abs(z[j]))
			} else if s[j] < 0 {
				ez[j] = 0 // certainly inactive: exactly 0
			}
		}
		if !agrees(l, out, want) {
			return
		}
		p.a, p.z, p.ea, p.ez = p.z, p.a, p.ez, p.ea
		a, ea = z, ez
	}
}

// ValueTight evaluates the pre-activations where the units before have the values a, off by ea at
// most, and what they are off by.
func ValueTight(l *forms.Layer, a, ea, z, ez []float64) {
	copy(z, l.B)
	for j := range ez {
		ez[j] = l.Gamma * l.BMag[j]
	}
	for i, v := range a {
		if v != 0 || ea[i] != 0 {
			l.AddColumn(z, v, i)
			l.AddMagnitudes(ez, l.Gamma*(math.Abs(v)+ea[i])+ea[i], i)
		}
	}
	for j := range ez {
		ez[j] = forms.Slack*ez[j] + forms.Underflow
	}
}
