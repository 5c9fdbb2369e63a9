// Package rnn holds recurrent ReLU networks as exact numbers, and unrolls them: over T steps one is
// a feed-forward network of its whole input, whose regions can be counted like those of any other.
//
// The network is the plain one of Elman 1990 with ReLU units (Le, Jaitly, Hinton 2015; Neyshabur et
// al. 2016):
//
//	h₀ = 0,  h_t = max(0, U·x_t + W·h_{t−1} + b),  output V·h_T + c
//
// Its text is that of a network in spirit, JSON with hexadecimal floats and one spelling:
//
//	{"relucell-rnn":1,"inputs":1,
//	"U":[["0x1p+0"],["-0x1p+0"]],
//	"W":[["0x1p+0","0x0p+0"],["0x0p+0","0x1p+0"]],
//	"b":["0x0p+0","0x1p-1"],
//	"V":[["0x1p+0","0x1p+0"]],
//	"c":["0x0p+0"]}
//
// Files with the parameters of a torch.nn.RNN are read by FromState. Its two biases are added where
// a float64 holds their sum; else the second stays one of its own, "b2", and is added exactly.
package rnn

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// RNN is a recurrent network of H units, d inputs a step and k outputs. It is immutable.
type RNN struct {
	U *mat.Dense // H × d, what the units read of a step's input
	W *mat.Dense // H × H, and of the units of the step before
	B []float64  // H
	// B2 is added to B, and nil where nothing is left to add: where it is not 0, float64 does not
	// hold the sum.
	B2 []float64
	V  *mat.Dense // k × H
	C  []float64  // k
}

// New checks shapes and numbers, and adds up the biases where that is exact; b2 may be nil. Errors
// name the field and what was expected.
func New(u, w *mat.Dense, b, b2 []float64, v *mat.Dense, c []float64) (*RNN, error) {
	h, _ := u.Dims()
	k, _ := v.Dims()
	for _, m := range []struct {
		name       string
		m          *mat.Dense
		rows, cols int
	}{{"U", u, h, u.RawMatrix().Cols}, {"W", w, h, h}, {"V", v, k, h}} {
		if rows, cols := m.m.Dims(); rows != m.rows || cols != m.cols {
			return nil, fmt.Errorf("%s: %d × %d numbers, expected %d × %d: there are %d units", m.name, rows, cols, m.rows, m.cols, h)
		}
		if err := finite(m.name, m.m.RawMatrix().Data); err != nil {
			return nil, err
		}
	}
	for _, v := range []struct {
		name string
		v    []float64
		n    int
	}{{"b", b, h}, {"b2", b2, h}, {"c", c, k}} {
		if len(v.v) != v.n && !(v.name == "b2" && v.v == nil) {
			return nil, fmt.Errorf("%s: %d numbers, expected %d", v.name, len(v.v), v.n)
		}
		if err := finite(v.name, v.v); err != nil {
			return nil, err
		}
	}
	r := &RNN{U: u, W: w, B: b, V: v, C: c}
	if b2 != nil {
		r.B, r.B2 = summed(b, b2)
	}
	return r, nil
}

func finite(name string, v []float64) error {
	for i, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%s: entry %d is %g, expected a finite number", name, i, x)
		}
	}
	return nil
}

// summed adds up where that is exact, and leaves what is to be added elsewhere, nil if nothing is.
func summed(a, b []float64) (sum, rest []float64) {
	sum, rest = make([]float64, len(a)), make([]float64, len(a))
	left := false
	for i := range a {
		s := a[i] + b[i]
		// Knuth's sum of two floats: the error is a float itself, 0 when nothing was rounded, and
		// not finite when the sum overflowed.
		t := s - a[i]
		if e := (a[i] - (s - t)) + (b[i] - t); e == 0 {
			sum[i] = s + 0 // no negative zero
		} else {
			sum[i], rest[i], left = a[i], b[i], true
		}
	}
	if !left {
		rest = nil
	}
	return sum, rest
}

// Units returns the number of units.
func (r *RNN) Units() int { return len(r.B) }

// Inputs returns the number of inputs of one step.
func (r *RNN) Inputs() int { _, d := r.U.Dims(); return d }

// Outputs returns the number of outputs.
func (r *RNN) Outputs() int { return len(r.C) }

// Forward returns the outputs after the last step, in float64 arithmetic. x has the inputs of all
// steps, one step after the other; it panics when they are no whole steps.
func (r *RNN) Forward(x []float64) []float64 {
	d := r.Inputs()
	if len(x)%d != 0 {
		panic(fmt.Sprintf("rnn: %d numbers, expected a multiple of %d", len(x), d))
	}
	h, next := make([]float64, r.Units()), make([]float64, r.Units())
	for ; len(x) > 0; x = x[d:] {
		for j := range next {
			z := r.B[j] + dot(r.U.RawRowView(j), x[:d]) + dot(r.W.RawRowView(j), h)
			if r.B2 != nil {
				z += r.B2[j]
			}
			next[j] = max(z, 0)
		}
		h, next = next, h
	}
	out := make([]float64, r.Outputs())
	for k := range out {
		out[k] = r.C[k] + dot(r.V.RawRowView(k), h)
	}
	return out
}

func dot(w, x []float64) float64 {
	s := 0.0
	for i, v := range w {
		s += v * x[i]
	}
	return s
}

// Sequences returns the identity on the inputs of so many steps: cut to a line or plane, it says
// to UnrollOn which sequences the network is for.
func (r *RNN) Sequences(steps int) (*network.Network, error) {
	if steps < 1 || steps > maxSteps {
		return nil, fmt.Errorf("steps: %d, expected from 1 to %d", steps, maxSteps)
	}
	n := steps * r.Inputs()
	if n > maxWeights {
		return nil, fmt.Errorf("steps: %d of %d inputs, expected at most %d inputs in all", steps, r.Inputs(), maxWeights)
	}
	one := network.NewSparse(n)
	for i := range n {
		one.Append([]int32{int32(i)}, []float64{1})
	}
	return network.New([]network.Layer{{W: one, B: make([]float64, n)}})
}
