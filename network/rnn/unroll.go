// Unrolling. Layer t holds h_t, and carries on what later steps read: units of slopes (1, 1), which
// are no neurons and split nothing, so that the regions are the recurrent network's own. On a line
// or plane of sequences what is carried are its few coordinates; the inputs of a step are made of
// them in the layer before it is read, so that every number of the unrolled network is one of
// the recurrent network or of the slice, and nothing is rounded.

package rnn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/relucell/relucell/network"
)

const (
	// maxSteps is far beyond what can be counted.
	maxSteps = 1 << 16
	// maxWeights bounds the weights of an unrolled network, as readers of other formats do.
	maxWeights = 1 << 26
)

// Unroll returns the network of the inputs of so many steps, one step after the other. Unit j of
// step t, counted from 1, is neuron (t−1)·H + j. An error says that it would be too large.
func (r *RNN) Unroll(steps int) (*network.Network, error) {
	all, err := r.Sequences(steps)
	if err != nil {
		return nil, err
	}
	return r.UnrollOn(all, false)
}

// UnrollOn returns the network on the sequences that an affine network maps its inputs to: what
// network.Through, Along or Inputs make of Sequences. It is the function, and has the neurons, of
// that network followed by Unroll's, and fewer weights. It is an error if the network is not
// affine, its outputs are no whole steps, or the result would be too large. With every the outputs
// are those of all steps, V·h_t + c one after the other, in place of the last one's.
func (r *RNN) UnrollOn(sequences *network.Network, every bool) (*network.Network, error) {
	d := r.Inputs()
	if sequences.Outputs()%d != 0 {
		return nil, fmt.Errorf("sequences: %d numbers, expected a multiple of %d, the inputs of a step", sequences.Outputs(), d)
	}
	layers := slices.Clone(sequences.Layers())
	for _, l := range layers {
		if l.Act != network.None {
			return nil, errors.New("sequences: a layer with an activation, expected affine ones")
		}
	}
	for len(layers) > 1 && isIdentity(layers[len(layers)-1]) {
		layers = layers[:len(layers)-1]
	}
	u := &unrolling{RNN: r, steps: sequences.Outputs() / d, made: layers[len(layers)-1], every: every}
	if err := u.look(); err != nil {
		return nil, err
	}
	layers = layers[:len(layers)-1]
	if r.B2 != nil || !isIdentity(u.made) {
		layers = append(layers, network.Layer{})
		layers[len(layers)-1] = u.layer(0)
	} else {
		u.at = u.after(0)
	}
	for t := 1; t <= u.steps; t++ {
		layers = append(layers, u.layer(t))
	}
	return network.New(append(layers, u.last()))
}

func isIdentity(l network.Layer) bool {
	if l.Rows() != l.In() || l.Act != network.None {
		return false
	}
	for i, b := range l.B {
		n := 0
		for c, w := range l.Entries(i) {
			if n++; c != i || w != 1 {
				return false
			}
		}
		if b != 0 || n != 1 {
			return false
		}
	}
	return true
}

// unrolling makes one layer after the other.
type unrolling struct {
	*RNN
	steps int
	// made is the layer that makes the inputs of all steps of coordinates.
	made network.Layer
	// until is for each coordinate the last step that reads it, counted from 1.
	until []int
	// every says that the outputs of all steps are wanted.
	every bool
	// at is where the layer made last has what the next one reads.
	at places
}

// places are units of a layer: the units of a step, the inputs of the next, the coordinates that
// later ones read, the number 1, and the outputs of earlier steps; −1 is none.
type places struct {
	h, x, one int
	outs      int
	coords    []int
	width     int
}

// look finds what is to be carried how far, and the size of it all.
func (u *unrolling) look() error {
	d, h := u.Inputs(), u.Units()
	u.until = make([]int, u.made.In())
	for i := range u.made.B {
		for c := range u.made.Entries(i) {
			u.until[c] = i/d + 1
		}
	}
	weights := u.steps*h*(h+d+1) + u.made.Nonzero()
	for _, t := range u.until {
		weights += max(0, t-1)
	}
	if u.every { // at most maxSteps², and outputs as V has rows in memory
		weights += u.steps * u.Outputs() * (h + (u.steps-1)/2)
	}
	if weights > maxWeights {
		return fmt.Errorf("steps: %d make %d weights, expected at most %d: cut the sequences to a line or plane, or to some of the inputs, first", u.steps, weights, maxWeights)
	}
	return nil
}

// after returns what layer t has; layer 0 has no units.
func (u *unrolling) after(t int) places {
	p := places{h: -1, x: -1, one: -1, outs: -1, coords: make([]int, len(u.until))}
	take := func(n int) int { p.width += n; return p.width - n }
	if t > 0 {
		p.h = take(u.Units())
	}
	if t < u.steps {
		p.x = take(u.Inputs())
	}
	for c, last := range u.until {
		if p.coords[c] = -1; last > t+1 {
			p.coords[c] = take(1)
		}
	}
	if t < u.steps && u.B2 != nil {
		p.one = take(1)
	}
	if u.every && t > 1 {
		p.outs = take((t - 1) * u.Outputs())
	}
	return p
}

// layer makes layer t: the units of step t of what the layer before has; the inputs of step t+1
// of the coordinates; and what is carried on.
func (u *unrolling) layer(t int) network.Layer {
	from, to := u.at, u.after(t)
	if t == 0 { // the coordinates are all there is
		from = places{h: -1, x: -1, one: -1, outs: -1, coords: make([]int, len(u.until)), width: len(u.until)}
		for c := range from.coords {
			from.coords[c] = c
		}
	}
	w, l := network.NewSparse(from.width), network.Layer{}
	add := func(at []int32, v []float64, b, slope float64) {
		w.Append(at, v)
		l.B, l.Slopes = append(l.B, b), append(l.Slopes, slope)
	}
	if t > 0 {
		for j := range u.Units() {
			at, v := u.unit(j, from)
			add(at, v, u.B[j], 0)
		}
	}
	if t < u.steps {
		for i := t * u.Inputs(); i < (t+1)*u.Inputs(); i++ {
			var at []int32
			var v []float64
			for c, x := range u.made.Entries(i) {
				at, v = append(at, int32(from.coords[c])), append(v, x)
			}
			add(at, v, u.made.B[i], 1)
		}
	}
	for c, place := range to.coords {
		if place >= 0 {
			add([]int32{int32(from.coords[c])}, []float64{1}, 0, 1)
		}
	}
	switch {
	case to.one < 0:
	case from.one < 0:
		add(nil, nil, 1, 1)
	default:
		add([]int32{int32(from.one)}, []float64{1}, 0, 1)
	}
	if to.outs >= 0 {
		u.outputs(t-1, from, func(at []int32, v []float64, b float64) { add(at, v, b, 1) })
	}
	u.at, l.W, l.Act = to, w.Smaller(), network.Mixed
	return l
}

// outputs makes the outputs of the first steps of what the layer of the last of these has: its own
// of its units, the others carried on.
func (u *unrolling) outputs(steps int, from places, add func(at []int32, v []float64, b float64)) {
	k := u.Outputs()
	for i := range (steps - 1) * k {
		add([]int32{int32(from.outs + i)}, []float64{1}, 0)
	}
	for i := range k {
		var at []int32
		var v []float64
		for j, w := range u.V.RawRowView(i) {
			at, v = append(at, int32(from.h+j)), append(v, w)
		}
		add(at, v, u.C[i])
	}
}

// last makes the last layer, behind that of the last step.
func (u *unrolling) last() network.Layer {
	if !u.every {
		return network.Layer{W: u.V, B: u.C}
	}
	w, l := network.NewSparse(u.at.width), network.Layer{}
	u.outputs(u.steps, u.at, func(at []int32, v []float64, b float64) {
		w.Append(at, v)
		l.B = append(l.B, b)
	})
	l.W = w.Smaller()
	return l
}

// unit returns the weights of unit j, and what they are for.
func (u *unrolling) unit(j int, from places) (at []int32, v []float64) {
	row := func(start int, w []float64) {
		for i, x := range w {
			if start >= 0 {
				at, v = append(at, int32(start+i)), append(v, x)
			}
		}
	}
	row(from.h, u.W.RawRowView(j))
	row(from.x, u.U.RawRowView(j))
	if u.B2 != nil {
		row(from.one, u.B2[j:j+1])
	}
	return at, v
}
