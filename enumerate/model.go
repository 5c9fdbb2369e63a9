// The network as the walk sees it: in the normalised coordinates y of the
// ball, x = c + diag(s)·y with ‖y‖ ≤ 1, layers with an activation only. Affine
// layers between are multiplied out exactly and rounded once, and every
// rounding is inside an error bound.

package enumerate

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

const (
	// unit is the unit roundoff of float64.
	unit = 1.0 / (1 << 53)
	// slack covers what the error bounds leave out: products of two rounding
	// terms, and the roundings made in evaluating the bounds themselves. With at most
	// maxFan terms a sum's γ is below 2⁻²⁶, so 1.01 is ample.
	slack = 1.01
	// maxFan is the largest fan-in for which that holds.
	maxFan = 1 << 26
	// underflow bounds what gradual underflow adds to any one computed form, value or bound: at most 2⁻¹⁰⁷⁵
	// for each product, of which there are at most maxFan for each of at most maxFan+1 coefficients, and as
	// many once more in the bound itself. Weights are below 1, so no product before makes it grow. It is
	// added to every bound of what is not known to be exact.
	underflow = 0x1p-1000
	// plainWeight is the size from which on a scaled weight is off by a rounding of itself at most: far from where
	// floats lose digits. What is smaller may have lost all of them, and counts as faint besides, of which a
	// rounding, 2⁻⁵³·faint, is more than the 2⁻¹⁰⁷⁵ that it is off by.
	plainWeight = 0x1p-960
	faint       = 0x1p-1000
	// formMost is the largest magnitude of a form in floats: sums of maxFan such terms do not overflow, weights being
	// below 1. formLeast is the least: below, a form that is not exact may be all rounding and underflow.
	formMost  = 0x1p900
	formLeast = 0x1p-950
)

// model is a network and a ball, compiled for a walk. It is immutable but for
// the exact layers, which are built when first needed.
type model struct {
	norm    ball.Norm
	ball    ball.Ball
	n       int
	layers  []*layer
	neurons int

	center, scale []float64    // c and s, when the float64 values are exact
	plainPoint    bool         // they are
	mid, half     []*big.Float // c and s

	source *network.Network
	mu     sync.Mutex // of exact, while it is built
	exact  atomic.Pointer[exactModel]
	tails  tails

	// What ends the count: until ends what is computed before the walk, deadline is the caller's, zero for none, and
	// cut is late's flag.
	until    context.Context
	deadline time.Time
	cut      atomic.Bool
}

// layer is y ↦ act(W·a + b), with rows scaled by powers of two.
type layer struct {
	first, m, in int // first is the global index of neuron 0
	word         int // that of neuron 0 in a description
	act          network.Activation
	slope        float64
	// wt holds W by columns, rounded: column i at [i·m : (i+1)·m]. wa are upper bounds of the true |W|, such that γ·wa
	// bounds what an entry of wt is off by; they are 0 where the true weight is zero, and nowhere else. b and ba
	// are the same for the biases.
	wt, wa []float64
	b, ba  []float64
	biased bool // some true bias is not zero
	// shift[j] is the power of two that row j was multiplied by.
	shift []int
	// exactW says that W and b are the true ones; quantum is then a power of two that
	// divides every coefficient of the layer's forms, 0 when unknown.
	exactW  bool
	quantum float64
	// gamma·(magnitudes) bounds the rounding of one form or one forward value.
	gamma float64
	// static[j] bounds the error of the forward value of j at any point of the ball.
	static []float64
}

// compile builds the model. An error names what is outside the limits.
func compile(net *network.Network, b ball.Ball) (*model, error) {
	return compileUntil(context.Background(), net, b)
}

// compileUntil is compile, given up with errLate when the context ends.
func compileUntil(ctx context.Context, net *network.Network, b ball.Ball) (*model, error) {
	if b.Dim() != net.Inputs() {
		return nil, fmt.Errorf("ball: %d coordinates, expected %d, the inputs of the network", b.Dim(), net.Inputs())
	}
	m := &model{norm: b.Norm(), ball: b, n: net.Inputs(), neurons: net.Neurons(), source: net, until: ctx}
	m.setPoint()
	var pending []network.Layer
	var prev *layer
	first, word := 0, 0
	for _, l := range net.Layers() {
		if l.Act == network.None {
			pending = append(pending, l)
			continue
		}
		cl, err := m.compileLayer(append(pending, l), prev, first)
		if err != nil {
			return nil, err
		}
		m.layers = append(m.layers, cl)
		cl.word = word
		first += cl.m
		word += (cl.m + wordSize - 1) / wordSize
		prev, pending = cl, nil
	}
	if m.setStatic(); ctx.Err() != nil {
		return nil, errLate
	}
	return m, nil
}

// setPoint keeps centre and half-widths as float64 where they are.
func (m *model) setPoint() {
	m.plainPoint = true
	m.mid, m.half = m.ball.Mid(), m.ball.Scale()
	for i, c := range m.mid {
		cf, acc := dyadic.FromFloat(c)
		m.plainPoint = m.plainPoint && acc == big.Exact
		m.center = append(m.center, cf)
		sf, acc := dyadic.FromFloat(m.half[i])
		m.plainPoint = m.plainPoint && acc == big.Exact
		m.scale = append(m.scale, sf)
	}
}

// central says that every form vanishes at the centre of the ball: no layer has a bias there.
func (m *model) central() bool {
	return !slices.ContainsFunc(m.layers, func(l *layer) bool { return l.biased })
}

// compileLayer turns a run of affine layers that ends in an activation into one layer.
func (m *model) compileLayer(run []network.Layer, prev *layer, first int) (*layer, error) {
	last := run[len(run)-1]
	l := &layer{first: first, m: last.Out(), in: run[0].In(), act: last.Act, slope: last.Slope, exactW: true}
	if l.in+1 > maxFan {
		return nil, fmt.Errorf("network: a layer has %d inputs, more than the %d that the error bounds cover", l.in, maxFan)
	}
	colShift := make([]int, l.in)
	if prev != nil {
		for i := range colShift {
			colShift[i] = -prev.shift[i]
		}
	}
	l.wt, l.wa = make([]float64, l.in*l.m), make([]float64, l.in*l.m)
	l.b, l.ba, l.shift = make([]float64, l.m), make([]float64, l.m), make([]int, l.m)
	stopped := func() bool { return m.until.Err() != nil }
	if len(run) == 1 && (prev != nil || m.dyadicBall(colShift)) {
		l.fillPlain(last, colShift, stopped)
	} else if f := foldRun(run, prev == nil, m.ball, stopped); f != nil {
		l.fillExact(f, colShift, stopped)
	}
	if stopped() {
		return nil, errLate
	}
	lsb := math.Inf(1)
	for _, w := range l.wt {
		lsb = min(lsb, lowBit(w))
	}
	l.setQuantum(prev, lsb)
	// Terms: weight rounded once, leaky factor applied once, product, at most in+1
	// additions, and the sums over n+1 coefficients that turn a form into a number.
	l.gamma = slack * float64(l.in+m.n+10) * unit
	return l, nil
}

// fillPlain takes the weights as they are, scaled by powers of two.
func (l *layer) fillPlain(src network.Layer, colShift []int, stopped func() bool) {
	for j := 0; j < l.m && !stopped(); j++ {
		row := src.W.RawRowView(j)
		top := math.MinInt
		for i, w := range row {
			if w != 0 {
				_, e := math.Frexp(w)
				top = max(top, e+colShift[i])
			}
		}
		if src.B[j] != 0 {
			_, e := math.Frexp(src.B[j])
			top = max(top, e)
		}
		if top == math.MinInt {
			top = 0
		}
		l.shift[j] = -top
		for i, w := range row {
			if w != 0 {
				l.setWeight(i, j, math.Ldexp(w, colShift[i]-top), true)
			}
		}
		if src.B[j] != 0 {
			l.setBias(j, math.Ldexp(src.B[j], -top), true)
		}
	}
}

// setWeight sets the weight from unit i to unit j, which is not zero, to its rounded value; exact says that nothing was
// rounded but what fell below the normal range.
func (l *layer) setWeight(i, j int, v float64, exact bool) {
	l.wt[i*l.m+j], l.wa[i*l.m+j] = v, l.magnitude(v, exact)
}

// setBias does so with a bias.
func (l *layer) setBias(j int, v float64, exact bool) {
	l.b[j], l.ba[j] = v, l.magnitude(v, exact)
	l.biased = true
}

// magnitude bounds a number that is not zero and was rounded to v, and notes when that may not be exact.
func (l *layer) magnitude(v float64, exact bool) float64 {
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
	f, e := math.Frexp(w)
	k := uint64(math.Abs(f) * (1 << 53))
	return math.Ldexp(float64(k&-k), e-53)
}

// setQuantum finds the power of two that divides every coefficient of the
// layer's forms: products of a weight and a coefficient before, and biases.
func (l *layer) setQuantum(prev *layer, lsb float64) {
	q := 1.0
	if prev != nil {
		q = prev.quantum
		if prev.act == network.LeakyReLU {
			q = min(q, q*lowBit(prev.slope))
		}
	}
	if !math.IsInf(lsb, 1) {
		q *= lsb
	}
	for _, b := range l.b {
		q = min(q, lowBit(b))
	}
	if prev == nil && !math.IsInf(lsb, 1) { // the coefficients are the weights themselves
		q = lsb
		for _, b := range l.b {
			q = min(q, lowBit(b))
		}
	}
	if !l.exactW || !(q > 0x1p-900) {
		q = 0
	}
	l.quantum = q
}

// setStatic bounds |z̃ − z| for a float64 forward pass at any point of the
// ball. With A_i ≥ |a_i| on the ball and e_i the bound of the layer before,
// z̃_j = fl(b_j + Σ w̃_ji ã_i) has |z̃_j − z_j| ≤ γ(|b_j| + Σ|w̃_ji|(A_i+e_i)) + Σ|w̃_ji|e_i,
// where γ covers the one rounding of a weight, of a leaky factor and of each
// product, and the additions in any order (Higham, "Accuracy and Stability",
// §3.1); a ReLU enlarges no error. |w̃| is wa, which covers weights that lost digits below the normal range; the
// underflow constant covers the rest.
//
// Domain: no partial sum overflows. They are at most |b_j| + Σ|w̃_ji|(A_i+e_i), so where one does the bound is
// infinite or no number, and no value is certain.
func (m *model) setStatic() {
	a := make([]float64, m.n) // A
	e := make([]float64, m.n) // error of a
	for i := range a {
		a[i] = 1
	}
	for _, l := range m.layers {
		na, ne := make([]float64, l.m), make([]float64, l.m)
		for j := range na {
			if m.until.Err() != nil {
				return
			}
			mag, err := l.ba[j], 0.0
			for i := range a {
				w := l.wa[i*l.m+j]
				mag += w * (a[i] + e[i])
				err += w * e[i]
			}
			mag *= slack
			ne[j] = slack*(l.gamma*mag+err) + underflow
			na[j] = mag
		}
		l.static = append([]float64(nil), ne...)
		if l.act == network.LeakyReLU {
			f := max(1, math.Abs(l.slope))
			for j := range na {
				na[j] *= f
				ne[j] = slack * (f*ne[j] + l.gamma*na[j])
			}
		}
		a, e = na, ne
	}
}

// leaks says that a negative unit of the layer passes something on.
func (l *layer) leaks() bool { return l.act == network.LeakyReLU }
