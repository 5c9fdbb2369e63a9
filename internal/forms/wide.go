// Balls that are very large beside what the network is made for. All hyperplanes pass near one
// point of such a ball, and what tells cells there from each other is smaller than an error that
// holds on the whole ball.

package forms

import (
	"math"

	"github.com/relucell/relucell/network"
)

// farShare is the share of a form's magnitude on the ball up to which a bias is so small that an
// error in the whole ball leaves few digits of values of its size. It steers no answer.
const farShare = 1.0 / (1 << 30)

// far says that all biases of a layer are that small beside the magnitudes of its forms. The first
// layer that has any is asked: what magnitudes are known of later ones is too large by far.
func far(given, mag []float64) bool {
	for j, b := range given {
		if !(b <= farShare*mag[j]) {
			return false
		}
	}
	return true
}

// given returns the sizes of the biases of a layer, those of the first, where no affine layer is
// before it, without what the ball's centre adds.
func (m *Model) given(l *Layer) []float64 {
	first := m.Source.Layers()[0]
	if l != m.Layers[0] || first.Act == network.None {
		return l.BMag
	}
	s := make([]float64, len(first.B))
	for j, b := range first.B {
		s[j] = math.Abs(math.Ldexp(b, l.Shift[j]))
	}
	return s
}

// columns is the number of columns of sums.
func (m *Model) columns() int {
	if m.Wide {
		return m.N + 3
	}
	return m.N + 2
}
