// Entering a layer: the forms of all its neurons on the cell, and which of
// them are settled before any split.

package enumerate

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/network"
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
	proofs []tree.Multipliers
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

// set copies another.
func (a *accumulator) set(o *accumulator) {
	a.cols = append(a.cols[:0], o.cols...)
	a.exact = o.exact
}

// begin sets the accumulator to the biases of layer l.
func (w *trunk) begin(acc *accumulator, l int) {
	if l == len(w.m.layers) {
		return
	}
	ly := w.m.layers[l]
	n := w.m.n
	acc.cols = resize(acc.cols, (n+2)*ly.m)
	clear(acc.cols[:n*ly.m])
	copy(acc.cols[n*ly.m:], ly.b)
	e := acc.cols[(n+1)*ly.m : (n+2)*ly.m]
	for j, b := range ly.ba {
		e[j] = ly.gamma * b
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
//
// Domain: nothing overflows, which |a|·mag ≤ formMost sees to. Beyond, or where the form itself is lost, so are the forms
// that it is a term of.
func (w *trunk) pass(acc *accumulator, l, j int, s int8) {
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
	e := math.Abs(a) * (z.err + next.gamma*z.mag)
	acc.exact = acc.exact && z.err == 0
	if !(math.Abs(a)*z.mag <= formMost && e <= formMost) {
		for k, g := range next.wa[j*m : (j+1)*m] {
			if g != 0 && a != 0 {
				acc.cols[(n+1)*m+k] = math.Inf(1)
			}
		}
		return
	}
	col := next.wt[j*m : (j+1)*m]
	for k, g := range z.g {
		if g != 0 {
			floats.AddScaled(acc.cols[k*m:(k+1)*m], a*g, col)
		}
	}
	if z.h != 0 {
		floats.AddScaled(acc.cols[n*m:(n+1)*m], a*z.h, col)
	}
	if e != 0 {
		floats.AddScaled(acc.cols[(n+1)*m:(n+2)*m], e, next.wa[j*m:(j+1)*m])
	}
}

// load reads the accumulated forms into the layer's state.
//
// A form is exact when all its coefficients are multiples of the layer's quantum
// and the sum of the magnitudes that made it, at most e/γ, is below 2⁵²·quantum:
// then no operation rounded. None underflowed either: a term is a multiple of the quantum, which is far above
// the least float. Without a quantum nothing is known to be exact but a sum of no terms; that no error was added
// up does not show one, for errors underflow too.
//
// A form whose magnitude is out of range, formLeast to formMost, is lost: it is 0 with an error that covers it.
func (w *trunk) load(l int, acc *accumulator) {
	st, ly := w.states[l], w.m.layers[l]
	n, m := w.m.n, ly.m
	st.reserve(ly, l, n)
	cols := acc.cols
	limit := -1.0
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
		} else if z.mag < formLeast || !(z.mag+z.err <= formMost) {
			w.outOfRange(l, j, errs[j])
		}
	}
}

// outOfRange settles what is to be made of a form whose magnitude is out of range, given what its error was added up to.
func (w *trunk) outOfRange(l, j int, err float64) {
	z := w.form(l, j)
	if err == 0 && w.termless(l, j) {
		z.err = 0
		return
	}
	z.lose()
}

// termless says that the form of neuron j of layer l is a sum of no terms: it has no bias, and no weight from a unit that
// passes something on. So it is zero, and nothing was computed.
func (w *trunk) termless(l, j int) bool {
	ly := w.m.layers[l]
	if ly.ba[j] != 0 {
		return false
	}
	if l == 0 {
		for k := range ly.in {
			if ly.wa[k*ly.m+j] != 0 {
				return false
			}
		}
		return true
	}
	for i := range ly.in {
		if ly.wa[i*ly.m+j] != 0 && w.carries(l-1, i) != 0 {
			return false
		}
	}
	return true
}

// lose makes a form whose floats say nothing 0, with an error that covers it: what it was is at most its magnitude
// off 0, which overflow may have made infinite, or no number.
func (z *form) lose() {
	clear(z.g)
	if z.err += z.mag; z.err != z.err {
		z.err = math.Inf(1)
	}
	z.h, z.mag = 0, 0
}

// lost says that floats say nothing of the form.
func (z *form) lost() bool { return z.mag == 0 && z.err != 0 }

// zero says that the form is known to be zero by its floats.
func (z *form) zero() bool { return z.mag == 0 && z.err == 0 }

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
	st.done, st.proofs = make([]status, ly.m), make([]tree.Multipliers, ly.m)
}

// loadFirst sets the forms of the first layer, which are its weights.
func (w *trunk) loadFirst() {
	acc := &accumulator{exact: w.m.layers[0].quantum > 0}
	ly := w.m.layers[0]
	n, m := w.m.n, ly.m
	acc.cols = make([]float64, (n+2)*m)
	copy(acc.cols, ly.wt)
	copy(acc.cols[n*m:], ly.b)
	for j := 0; j < m; j++ {
		t := ly.ba[j]
		for k := 0; k < n; k++ {
			t += ly.wa[k*m+j]
		}
		acc.cols[(n+1)*m+j] = ly.gamma * t
	}
	w.load(0, acc)
}

// form returns neuron j of layer l on the current cell. It stays valid until the
// layer is entered again.
func (w *trunk) form(l, j int) *form { return &w.states[l].forms[j] }

// copyFrom copies the forms and what is settled; both hold the same layer.
func (st *layerState) copyFrom(o *layerState) {
	copy(st.rows, o.rows)
	for j := range st.forms {
		z, y := &st.forms[j], &o.forms[j]
		z.h, z.err, z.mag, z.quantum = y.h, y.err, y.mag, y.quantum
	}
	copy(st.done, o.done)
	st.entry = -1 // the cell of entry is not on this tree's path
	for j := range o.proofs {
		st.proofs[j].CopyFrom(&o.proofs[j])
	}
}
