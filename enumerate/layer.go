// Entering a layer: the forms of all its neurons on the cell, and which of
// them are settled before any split.

package enumerate

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"relucell/network"
)

// status says what is known of a neuron of the current layer.
type status int8

const (
	open     status = iota // both sides may live
	selfDone               // one side empty by the form alone, on the whole ball
	caseDone               // one side empty by multipliers over ancestors
	zeroDone               // identically zero
)

// layerState is a layer on the current path of one worker.
type layerState struct {
	rows  []float64 // m rows of n gradients
	forms []form    // whose gradients are these rows
	// done and proofs are what was settled on entry; the label is in the walker's labels.
	done   []status
	proofs []multipliers
	// entry is the depth of the cell on which the layer was entered.
	entry int
}

// accumulator collects the forms of the next layer while neurons are decided,
// by columns: n gradients, the offset, and the error term. Adding the neurons in
// the order in which they are decided shares the sum with all descendants.
type accumulator struct {
	cols  []float64
	exact bool // every form added was exact
}

// begin sets the accumulator to the biases of layer l.
func (w *walker) begin(acc *accumulator, l int) {
	if l == len(w.m.layers) {
		return
	}
	ly := w.m.layers[l]
	n := w.m.n
	acc.cols = resize(acc.cols, (n+2)*ly.m)
	clear(acc.cols[:n*ly.m])
	copy(acc.cols[n*ly.m:], ly.b)
	e := acc.cols[(n+1)*ly.m : (n+2)*ly.m]
	for j, b := range ly.b {
		e[j] = ly.gamma * math.Abs(b)
	}
	acc.exact = ly.quantum > 0
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// pass adds what neuron j of layer l, labelled s, passes on to layer l+1.
//
// Error: with a the factor of the side and |z̃−z| ≤ err on the ball, the term
// w·a·z̃ is off by |w||a|·err, and by γ|w||a|·mag for the weight's rounding, the
// products and the sum; both go into the error column, added up with |w|.
func (w *walker) pass(acc *accumulator, l, j int, s int8) {
	if l+1 == len(w.m.layers) || s == 0 {
		return
	}
	ly, next := w.m.layers[l], w.m.layers[l+1]
	a := 1.0
	if s < 0 {
		if ly.act != network.LeakyReLU {
			return
		}
		a = ly.slope
	}
	z := &w.states[l].forms[j]
	n, m := w.m.n, next.m
	col := next.wt[j*m : (j+1)*m]
	for k, g := range z.g {
		if g != 0 {
			floats.AddScaled(acc.cols[k*m:(k+1)*m], a*g, col)
		}
	}
	if z.h != 0 {
		floats.AddScaled(acc.cols[n*m:(n+1)*m], a*z.h, col)
	}
	if e := math.Abs(a) * (z.err + next.gamma*z.mag); e != 0 {
		floats.AddScaled(acc.cols[(n+1)*m:(n+2)*m], e, next.wa[j*m:(j+1)*m])
	}
	acc.exact = acc.exact && z.err == 0
}

// load reads the accumulated forms into the layer's state.
//
// A form is exact when all its coefficients are multiples of the layer's quantum
// and the sum of the magnitudes that made it, at most e/γ, is below 2⁵²·quantum:
// then no operation rounded.
func (w *walker) load(l int, acc *accumulator) {
	st, ly := w.states[l], w.m.layers[l]
	n, m := w.m.n, ly.m
	st.reserve(ly, l, n)
	cols := acc.cols
	limit := 0.0
	if acc.exact {
		limit = ly.gamma * (1 << 51) * ly.quantum
	}
	offsets, errs := cols[n*m:(n+1)*m], cols[(n+1)*m:(n+2)*m]
	for j := range st.forms {
		z := &st.forms[j]
		z.h, z.mag = offsets[j], math.Abs(offsets[j])
		for k := range z.g {
			g := cols[k*m+j]
			z.g[k] = g
			z.mag += math.Abs(g)
		}
		z.mag *= slack
		z.err, z.quantum = slack*errs[j]+underflow, 0
		if errs[j] <= limit {
			z.err, z.quantum = 0, ly.quantum
		}
	}
}

// reserve makes room for the forms of layer l, over n inputs.
func (st *layerState) reserve(ly *layer, l, n int) {
	if len(st.forms) == ly.m {
		return
	}
	st.rows = make([]float64, ly.m*n)
	st.forms = make([]form, ly.m)
	for j := range st.forms {
		st.forms[j] = form{g: st.rows[j*n : (j+1)*n : (j+1)*n], layer: l, unit: j, shift: ly.shift[j]}
	}
	st.done, st.proofs = make([]status, ly.m), make([]multipliers, ly.m)
}

// loadFirst sets the forms of the first layer, which are its weights.
func (w *walker) loadFirst() {
	acc := &accumulator{exact: w.m.layers[0].quantum > 0}
	ly := w.m.layers[0]
	n, m := w.m.n, ly.m
	acc.cols = make([]float64, (n+2)*m)
	copy(acc.cols, ly.wt)
	copy(acc.cols[n*m:], ly.b)
	for j := 0; j < m; j++ {
		t := math.Abs(ly.b[j])
		for k := 0; k < n; k++ {
			t += ly.wa[k*m+j]
		}
		acc.cols[(n+1)*m+j] = ly.gamma * t
	}
	w.load(0, acc)
}

// form returns neuron j of layer l on the current cell. It stays valid until the
// layer is entered again.
func (w *walker) form(l, j int) *form { return &w.states[l].forms[j] }
