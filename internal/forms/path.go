// The forms of all neurons along a path of the tree of patterns, layer by layer: each layer's are
// summed up while the neurons of the layer before are decided.

package forms

import (
	"math"
	"slices"
)

// Path holds the forms of the layers that one walker has entered on its way to a cell.
type Path struct {
	m      *Model
	layers []layerForms
}

// layerForms are the forms of a layer, whose gradients are rows of n numbers.
type layerForms struct {
	rows  []float64
	forms []Form
}

// NewPath returns a path at the root, with no layer entered.
func NewPath(m *Model) *Path { return &Path{m: m, layers: make([]layerForms, len(m.Layers))} }

// Form returns the form of neuron j of layer l on the current cell. It stays valid until the layer
// is entered again.
func (p *Path) Form(l, j int) *Form { return &p.layers[l].forms[j] }

// Forms returns those of a whole layer.
func (p *Path) Forms(l int) []Form { return p.layers[l].forms }

// at makes room for the forms of layer l.
func (p *Path) at(l int) *layerForms {
	at, ly, n := &p.layers[l], p.m.Layers[l], p.m.N
	if len(at.forms) == 0 {
		at.rows, at.forms = make([]float64, ly.Out*n), make([]Form, ly.Out)
		for j := range at.forms {
			at.forms[j] = Form{G: at.rows[j*n : (j+1)*n : (j+1)*n], Layer: l, Unit: j, Shift: ly.Shift[j]}
		}
	}
	return at
}

// CopyLayer copies the forms of layer l from another path.
func (p *Path) CopyLayer(o *Path, l int) {
	at, from := p.at(l), &o.layers[l]
	copy(at.rows, from.rows)
	for j := range at.forms {
		z, y := &at.forms[j], &from.forms[j]
		z.H, z.Err, z.ErrH, z.Mag, z.Quantum = y.H, y.Err, y.ErrH, y.Mag, y.Quantum
	}
}

// Sums collects the forms of the next layer while neurons are decided, by columns: n gradients,
// the offset, and the error term; in a wide model that of the offset alone besides. Adding the
// neurons in the order in which they are decided shares the sum with all descendants.
type Sums struct {
	Cols  []float64
	exact bool // every form added was exact
}

// CopyFrom makes these the sums of another.
func (a *Sums) CopyFrom(o *Sums) {
	a.Cols, a.exact = append(a.Cols[:0], o.Cols...), o.exact
}

// Begin sets the sums to the biases of layer l and what the units of the layer before carry on,
// whose forms are loaded.
func (p *Path) Begin(acc *Sums, l int) {
	if l == len(p.m.Layers) {
		return
	}
	ly := p.m.Layers[l]
	n := p.m.N
	size := p.m.columns() * ly.Out
	acc.Cols = slices.Grow(acc.Cols[:0], size)[:size]
	clear(acc.Cols[:n*ly.Out])
	copy(acc.Cols[n*ly.Out:], ly.B)
	e := acc.Cols[(n+1)*ly.Out : (n+2)*ly.Out]
	for j, b := range ly.BMag {
		e[j] = ly.Gamma * b
	}
	if p.m.Wide {
		copy(acc.Cols[(n+2)*ly.Out:], e)
	}
	acc.exact = ly.Quantum > 0
	if l > 0 {
		for j := p.m.Layers[l-1].Neurons; j < p.m.Layers[l-1].Out; j++ {
			p.Pass(acc, l-1, j, 1)
		}
	}
}

// Pass adds what unit j of layer l, labelled s, passes on to layer l+1.
//
// Error: with a the factor of the side and |z̃−z| ≤ err on the ball, the term
// w·a·z̃ is off by |w||a|·err, and by γ|w||a|·mag for the weight's rounding, the
// products and the sum; both go into the error column, added up with |w|. Of the offset alone the
// same holds with its own error and magnitude.
//
// Domain: nothing overflows, which |a|·mag ≤ formMost sees to. Beyond, or where the form itself is
// lost, so are the forms that it is a term of.
func (p *Path) Pass(acc *Sums, l, j int, s int8) {
	if l+1 == len(p.m.Layers) || !p.m.Layers[l].Carries(j, s) {
		return
	}
	ly, next := p.m.Layers[l], p.m.Layers[l+1]
	a := ly.Slope(j, s)
	z := &p.layers[l].forms[j]
	n, m := p.m.N, next.Out
	e := math.Abs(a) * (z.Err + next.Gamma*z.Mag)
	acc.exact = acc.exact && z.Err == 0
	at, col, mag := next.Column(j)
	if !(math.Abs(a)*z.Mag <= formMost && e <= formMost) {
		for k, w := range mag {
			if a != 0 && w != 0 {
				acc.Cols[(n+1)*m+column(at, k)] = math.Inf(1)
			}
		}
		return
	}
	for k, g := range z.G {
		if g != 0 {
			addScaled(acc.Cols[k*m:(k+1)*m], a*g, at, col)
		}
	}
	if z.H != 0 {
		addScaled(acc.Cols[n*m:(n+1)*m], a*z.H, at, col)
	}
	if e != 0 {
		addScaled(acc.Cols[(n+1)*m:(n+2)*m], e, at, mag)
	}
	if p.m.Wide && e != 0 {
		addScaled(acc.Cols[(n+2)*m:], math.Abs(a)*(z.ErrH+next.Gamma*math.Abs(z.H)), at, mag)
	}
}

// Load reads the accumulated forms as those of layer l, on the cell with the given labels.
//
// A form is exact when all its coefficients are multiples of the layer's quantum and the sum of the
// magnitudes that made it, at most e/γ, is below 2⁵²·quantum: then no operation rounded. None
// underflowed either: a term is a multiple of the quantum, which is far above the least float.
// Without a quantum nothing is known to be exact but a sum of no terms; that no error was added up
// does not show one, for errors underflow too.
//
// A form whose magnitude is out of range, formLeast to formMost, is lost: it is 0 with an error
// that covers it.
func (p *Path) Load(l int, acc *Sums, labels []int8) {
	st, ly := p.at(l), p.m.Layers[l]
	n, m := p.m.N, ly.Out
	cols := acc.Cols
	limit := -1.0
	if acc.exact {
		limit = ly.Gamma * (1 << 51) * ly.Quantum
	}
	wide := p.m.Wide
	offsets, errs := cols[n*m:(n+1)*m], cols[(n+1)*m:(n+2)*m]
	for j := range st.forms {
		z := &st.forms[j]
		z.H, z.Mag = offsets[j], math.Abs(offsets[j])
		for k := range z.G {
			g := cols[k*m+j]
			z.G[k] = g
			z.Mag += math.Abs(g)
		}
		z.Mag *= Slack
		z.Err, z.Quantum = Slack*errs[j]+Underflow, 0
		if wide {
			z.ErrH = Slack*cols[(n+2)*m+j] + Underflow
		}
		if errs[j] <= limit {
			z.Err, z.ErrH, z.Quantum = 0, 0, ly.Quantum
		} else if z.Mag < formLeast || !(z.Mag+z.Err <= formMost) {
			p.outOfRange(l, j, errs[j], labels)
		}
	}
}

// outOfRange settles what is to be made of a form whose magnitude is out of range, given what its
// error was added up to.
func (p *Path) outOfRange(l, j int, err float64, labels []int8) {
	z := p.Form(l, j)
	if err == 0 && p.termless(l, j, labels) {
		z.Err, z.ErrH = 0, 0
		return
	}
	z.lose()
}

// termless says that the form of neuron j of layer l is a sum of no terms: it has no bias, and no
// weight from a unit that passes something on. So it is zero, and nothing was computed.
func (p *Path) termless(l, j int, labels []int8) bool {
	ly := p.m.Layers[l]
	if ly.BMag[j] != 0 {
		return false
	}
	for i := range ly.Into(j) {
		if l == 0 || p.m.Layers[l-1].Carries(i, p.m.Label(labels, l-1, i)) {
			return false
		}
	}
	return true
}

// LoadFirst sets the forms of the first layer, which are its weights.
func (p *Path) LoadFirst() {
	ly := p.m.Layers[0]
	acc := &Sums{exact: ly.Quantum > 0}
	n, m := p.m.N, ly.Out
	acc.Cols = make([]float64, p.m.columns()*m)
	copy(acc.Cols[n*m:], ly.B)
	errs := acc.Cols[(n+1)*m : (n+2)*m]
	copy(errs, ly.BMag)
	for k := range n {
		ly.AddColumn(acc.Cols[k*m:(k+1)*m], 1, k)
		ly.AddMagnitudes(errs, 1, k)
	}
	for j := range errs {
		errs[j] *= ly.Gamma
		if p.m.Wide {
			acc.Cols[(n+2)*m+j] = ly.Gamma * ly.BMag[j]
		}
	}
	p.Load(0, acc, nil)
}
