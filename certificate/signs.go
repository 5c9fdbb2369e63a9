package certificate

// The signs that neurons have in a proof. Where none of a neuron is +, its pre-activation is
// nowhere positive on the ball: so the proof of a count also proves bounds of the network, by a
// neuron that stands for "the output exceeds the bound". Any bound of a piecewise linear function
// can be read off its regions; He, Wang and Tao (2020) and others have used such walks without a
// proof.

// Seen is a set of signs, which a neuron has at nodes of a proof.
type Seen uint8

const (
	// SeenMinus, SeenZero and SeenPlus say that the neuron is decided so somewhere. Where a cell
	// with the sign + is not empty the neuron is on, and no cell of a proof is empty.
	SeenMinus Seen = 1 << iota
	SeenZero
	SeenPlus
	// SeenOpen says that an unexplored cell leaves the neuron undecided, or that it is a maximum.
	SeenOpen
)

// NeverOn reports whether the pre-activation of neuron j, counted from 0 in network order, is at
// most 0 on the whole closed ball. Of a maximum that is never said. It panics if there is no such
// neuron.
func (r *Report) NeverOn(j int) bool { return r.Signs[j]&(SeenPlus|SeenOpen) == 0 }

// seenAs returns the set of one sign.
func seenAs(s int8) Seen {
	return [...]Seen{SeenMinus, SeenZero, SeenPlus}[s+1]
}

// undecided says of all neurons that are open at the place that they are.
func (w *walker) undecided() {
	for at := max(w.at, 0); at < len(w.levels); at++ {
		y := &w.levels[at]
		for j := range y.met {
			if at > w.at || y.sign[j] == open {
				y.met[j] |= SeenOpen
			}
		}
	}
}

// tell adds the signs that the walker has met to those of the check. A maximum is one neuron there,
// however many pieces it has, and nothing is claimed of it.
func (w *walker) tell() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	j := 0
	for i := range w.levels {
		y := &w.levels[i]
		for k, s := range y.met {
			if y.ends != nil {
				if s = SeenOpen; k+1 < y.ends[k] {
					continue
				}
			}
			if j == len(w.signs) {
				w.signs = append(w.signs, 0)
			}
			w.signs[j] |= s
			j++
		}
	}
}
