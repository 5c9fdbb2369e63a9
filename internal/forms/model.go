// Package forms compiles a network and a ball for a walk over its regions, and holds the affine
// forms of the neurons along a path of the tree of patterns: in floats, each with a bound of what
// it is off by, and in integers.
//
// Coordinates are those of the unit ball, y with ‖y‖ ≤ 1 and x = c + diag(s)·y. Layers are those
// with an activation only: affine layers between are multiplied out exactly and rounded once, and
// every rounding is inside an error bound. A value counts as exact only where it is known to have
// been computed without rounding and without underflow.
package forms

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

const (
	// Unit is the unit roundoff of float64.
	Unit = 1.0 / (1 << 53)
	// Slack covers what the error bounds leave out: products of two rounding
	// terms, and the roundings made in evaluating the bounds themselves. With at most
	// maxFan terms a sum's γ is below 2⁻²⁶, so 1.01 is ample.
	Slack = 1.01
	// maxFan is the largest fan-in for which that holds.
	maxFan = 1 << 26
	// MaxTerms is the least number of roundings of a coordinate that is too many.
	MaxTerms = 1 << 20
	// Underflow bounds what gradual underflow adds to any one computed form, value or bound: at
	// most 2⁻¹⁰⁷⁵ for each product, of which there are at most maxFan for each of at most maxFan+1
	// coefficients, and as many once more in the bound itself. Weights are below 1, so no product
	// before makes it grow. It is added to every bound of what is not known to be exact.
	Underflow = 0x1p-1000
	// plainWeight is the size from which on a scaled weight is off by a rounding of itself at most:
	// far from where floats lose digits. What is smaller may have lost all of them, and counts as
	// faint besides, of which a rounding, 2⁻⁵³·faint, is more than the 2⁻¹⁰⁷⁵ that it is off by.
	plainWeight = 0x1p-960
	faint       = 0x1p-1000
	// formMost is the largest magnitude of a form in floats: sums of maxFan such terms do not
	// overflow, weights being below 1. formLeast is the least: below, a form that is not exact may
	// be all rounding and underflow.
	formMost  = 0x1p900
	formLeast = 0x1p-950
)

// Model is a network and a ball, compiled for a walk. It is immutable but for
// the exact layers, which are built when first needed.
type Model struct {
	Norm    ball.Norm
	Ball    ball.Ball
	N       int
	Layers  []*Layer
	Neurons int
	// Wide says that the ball is very large beside what the network is made for (far).
	Wide bool

	units

	Net      *network.Network // as it was given
	Source   *network.Network // with masks for maxima, and arranged: the neurons of a layer before its other units
	mu       sync.Mutex       // of exact, while it is built
	integers atomic.Pointer[Integers]
	cut      atomic.Bool // late's flag
}

// units say how to get from coordinates of the unit ball to those of the input, and back.
type units struct {
	center, scale []float64    // c and s, when the float64 values are exact
	plainPoint    bool         // they are
	mid, half     []*big.Float // c and s
	// UnitTerms times the unit roundoff bounds what a point of the input is off by in coordinates
	// of the unit ball when floats take it there; from MaxTerms on it bounds nothing.
	UnitTerms float64
}

// ErrLate says that a computation was given up because the context had ended.
var ErrLate = errors.New("stopped")

// Late says that nobody waits any longer for what is computed of the model. It never takes that
// back.
func (m *Model) Late() bool { return m.cut.Load() }

// GiveUp makes it say so.
func (m *Model) GiveUp() { m.cut.Store(true) }

// Layer is y ↦ act(W·a + b), with rows scaled by powers of two.
type Layer struct {
	First, Out, In int // First is the global index of neuron 0
	// The first units are the neurons, the others carry their value on. Slopes has the slope of
	// each unit where its pre-activation is negative, 1 for those.
	Neurons int
	Slopes  []float64
	// Ends says, in a layer of maxima, for each neuron where its maximum ends: the neurons there
	// are the pieces, of which the largest passes itself on, and the others nothing. It is nil in
	// other layers.
	Ends []int
	columns
	// B holds the biases, and BMag is of them what WMag is of weights.
	B, BMag []float64
	biased  bool // some true bias is not zero
	// Shift[j] is the power of two that row j was multiplied by.
	Shift []int
	// exactW says that W and B are the true ones; Quantum is then a power of two that
	// divides every coefficient of the layer's forms, 0 when unknown.
	exactW  bool
	Quantum float64
	// Gamma·(magnitudes) bounds the rounding of one form or one forward value.
	Gamma float64
	// Static[j] bounds the error of the forward value of j at any point of the ball.
	Static []float64
}

// Compile builds the model, given up with ErrLate when the context ends. Another error names what
// is outside the limits.
func Compile(ctx context.Context, net *network.Network, b ball.Ball) (*Model, error) {
	if b.Dim() != net.Inputs() {
		return nil, fmt.Errorf("ball: %d coordinates, expected %d, the inputs of the network", b.Dim(), net.Inputs())
	}
	m := &Model{Norm: b.Norm(), Ball: b, N: net.Inputs(), Neurons: net.Signs(), Net: net, Source: arranged(net.Masked())}
	m.setPoint()
	var pending []network.Layer
	var prev *Layer
	first := 0
	for i, l := range m.Source.Layers() {
		if l.Act == network.None {
			pending = append(pending, l)
			continue
		}
		cl, err := m.compileLayer(ctx, append(pending, l), prev, first, m.ends(i))
		if err != nil {
			return nil, err
		}
		m.Layers = append(m.Layers, cl)
		first += cl.Neurons
		prev, pending = cl, nil
	}
	if m.setStatic(ctx); ctx.Err() != nil {
		return nil, ErrLate
	}
	m.Wide = m.Wide && !m.Maximal()
	return m, nil
}

// setPoint keeps centre and half-widths as float64 where they are.
func (m *Model) setPoint() {
	m.plainPoint = true
	m.mid, m.half = m.Ball.Mid(), m.Ball.Scale()
	for i, c := range m.mid {
		cf, acc := dyadic.FromFloat(c)
		m.plainPoint = m.plainPoint && acc == big.Exact
		m.center = append(m.center, cf)
		sf, acc := dyadic.FromFloat(m.half[i])
		m.plainPoint = m.plainPoint && acc == big.Exact
		m.scale = append(m.scale, sf)
	}
	m.setUnitTerms()
}

// Central says that every form vanishes at the centre of the ball: no layer has a bias there.
func (m *Model) Central() bool {
	return !slices.ContainsFunc(m.Layers, func(l *Layer) bool { return l.biased })
}

// compileLayer turns a run of affine layers that ends in an activation, or in maxima with these
// ends, into one layer.
func (m *Model) compileLayer(ctx context.Context, run []network.Layer, prev *Layer, first int, ends []int) (*Layer, error) {
	last := run[len(run)-1]
	l := &Layer{First: first, Out: last.Out(), In: run[0].In(), Neurons: last.Neurons(), Ends: ends, exactW: true}
	for j := range l.Out {
		l.Slopes = append(l.Slopes, last.Below(j))
	}
	if l.In+1 > maxFan {
		return nil, fmt.Errorf("network: a layer has %d inputs, more than the %d that the error bounds cover", l.In, maxFan)
	}
	colShift := make([]int, l.In)
	if prev != nil {
		for i := range colShift {
			colShift[i] = -prev.Shift[i]
		}
	}
	l.B, l.BMag, l.Shift = make([]float64, l.Out), make([]float64, l.Out), make([]int, l.Out)
	stopped := func() bool { return ctx.Err() != nil }
	if len(run) == 1 && (prev != nil || m.dyadicBall(colShift)) {
		l.fillPlain(last, colShift, stopped)
	} else if f := foldRun(run, prev == nil, m.Ball, stopped); f != nil {
		l.fillExact(f, colShift, stopped)
	}
	if stopped() {
		return nil, ErrLate
	}
	l.close()
	lsb := math.Inf(1)
	for _, w := range l.W {
		lsb = min(lsb, lowBit(w))
	}
	l.setQuantum(prev, lsb)
	// Terms: weight rounded once, leaky factor applied once, product, at most in+1
	// additions, and the sums over n+1 coefficients that turn a form into a number.
	l.Gamma = Slack * float64(l.In+m.N+10) * Unit
	return l, nil
}

// fillPlain takes the weights as they are, scaled by powers of two.
func (l *Layer) fillPlain(src network.Layer, colShift []int, stopped func() bool) {
	l.makeRoom(src.Nonzero())
	for j := 0; j < l.Out && !stopped(); j++ {
		top := math.MinInt
		at, row := src.Row(j)
		for k, w := range row {
			if w != 0 {
				_, e := math.Frexp(w)
				top = max(top, e+colShift[column(at, k)])
			}
		}
		if src.B[j] != 0 {
			_, e := math.Frexp(src.B[j])
			top = max(top, e)
		}
		l.Shift[j] = top
	}
	l.share()
	for j := 0; j < l.Out && !stopped(); j++ {
		top := -l.Shift[j]
		at, row := src.Row(j)
		for k, w := range row {
			if w != 0 {
				i := column(at, k)
				l.setWeight(i, j, math.Ldexp(w, colShift[i]-top), true)
			}
		}
		if src.B[j] != 0 {
			l.setBias(j, math.Ldexp(src.B[j], -top), true)
		}
	}
}

// setWeight sets the weight from unit i to unit j, which is not zero, to its rounded value; exact
// says that nothing was rounded but what fell below the normal range.
func (l *Layer) setWeight(i, j int, v float64, exact bool) {
	l.set(i, j, v, l.magnitude(v, exact))
}

// setBias does so with a bias.
func (l *Layer) setBias(j int, v float64, exact bool) {
	l.B[j], l.BMag[j] = v, l.magnitude(v, exact)
	l.biased = true
}

// magnitude bounds a number that is not zero and was rounded to v, and notes when that may not be
// exact.
func (l *Layer) magnitude(v float64, exact bool) float64 {
	a := math.Abs(v)
	if a < plainWeight {
		l.exactW = false
		return a + faint
	}
	l.exactW = l.exactW && exact
	return a
}

// lowBit returns the value of the lowest set bit of w, +Inf for 0.
func lowBit(w float64) float64 {
	if w == 0 {
		return math.Inf(1)
	}
	_, e := dyadic.Split(w)
	return math.Ldexp(1, e)
}

// setQuantum finds the power of two that divides every coefficient of the
// layer's forms: products of a weight and a coefficient before, and biases.
func (l *Layer) setQuantum(prev *Layer, lsb float64) {
	q := 1.0
	if prev != nil {
		q = prev.Quantum
		for _, s := range prev.Slopes {
			if s != 0 {
				q = min(q, prev.Quantum*lowBit(s))
			}
		}
	}
	if !math.IsInf(lsb, 1) {
		q *= lsb
	}
	for _, b := range l.B {
		q = min(q, lowBit(b))
	}
	if prev == nil && !math.IsInf(lsb, 1) { // the coefficients are the weights themselves
		q = lsb
		for _, b := range l.B {
			q = min(q, lowBit(b))
		}
	}
	if !l.exactW || !(q > 0x1p-900) {
		q = 0
	}
	l.Quantum = q
}

// setStatic bounds |z̃ − z| for a float64 forward pass at any point of the ball. With A_i ≥ |a_i|
// on the ball and e_i the bound of the layer before, z̃_j = fl(b_j + Σ w̃_ji ã_i) has
// |z̃_j − z_j| ≤ γ(|b_j| + Σ|w̃_ji|(A_i+e_i)) + Σ|w̃_ji|e_i, where γ covers the one rounding of a
// weight, of a leaky factor and of each product, and the additions in any order (Higham, "Accuracy
// and Stability", §3.1); a ReLU enlarges no error, nor does a unit that carries its value on, nor
// does a maximum, which is off by at most the largest e_i of its pieces, and whose weights stand
// once for each of them. |w̃| is WMag, which covers weights that lost digits below the normal
// range; the underflow constant covers the rest.
//
// Domain: no partial sum overflows. They are at most |b_j| + Σ|w̃_ji|(A_i+e_i), so where one does
// the bound is infinite or no number, and no value is certain.
func (m *Model) setStatic(ctx context.Context) {
	a := make([]float64, m.N) // A
	e := make([]float64, m.N) // error of a
	biased := false           // a layer before
	for i := range a {
		a[i] = 1
	}
	for _, l := range m.Layers {
		na, ne := make([]float64, l.Out), make([]float64, l.Out)
		copy(na, l.BMag)
		for i := range a {
			if ctx.Err() != nil {
				return
			}
			l.AddMagnitudes(na, a[i]+e[i], i)
			l.AddMagnitudes(ne, e[i], i)
		}
		for j := range na {
			na[j] *= Slack
			ne[j] = Slack*(l.Gamma*na[j]+ne[j]) + Underflow
		}
		l.Static = append([]float64(nil), ne...)
		given := m.given(l)
		if !biased && slices.ContainsFunc(given, func(b float64) bool { return b > 0 }) {
			biased, m.Wide = true, far(given, na)
		}
		for j, s := range l.Slopes[:l.Neurons] {
			if s != 0 {
				f := max(1, math.Abs(s))
				na[j] *= f
				ne[j] = Slack * (f*ne[j] + l.Gamma*na[j])
			}
		}
		a, e = na, ne
	}
}
