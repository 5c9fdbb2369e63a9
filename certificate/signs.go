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

// note adds a sign to what a piece of the layer has been seen with: bit s + 1. So that of the last
// piece of a unit with two slopes, its pre-activation, is a set of type Seen. Workers do so side by
// side.
func (y *layer) note(j int, s int8) {
	if bit := uint32(1) << (s + 1); y.seen[j].Load()&bit == 0 {
		y.seen[j].Or(bit)
	}
}

// undecided notes of all neurons that are open at the place that they are.
func (p *place) undecided() {
	for at := max(p.at, 0); at < len(p.levels); at++ {
		y := &p.levels[at]
		for j, s := range y.sign {
			if at > p.at || s == open {
				y.note(j, open)
			}
		}
	}
}

// signs returns the signs that were seen of each neuron of the network. A maximum is one neuron,
// however many pieces it has.
func (n *net) signs() (signs []Seen) {
	for _, y := range n.layers {
		for j := range y.pieces {
			switch last := j+1 == y.pieces[j].to; {
			case last && y.maxima:
				signs = append(signs, SeenOpen)
			case last:
				signs = append(signs, Seen(y.seen[j].Load()))
			}
		}
	}
	return signs
}
