// The polygons of the regions: the tree of patterns that the exact walk found is walked again with
// cells in floats. A neuron cuts a cell here exactly where the walk found regions on both sides of
// it. Forms are kept coordinate by coordinate, so that a layer is passed a column at a time, and
// large subtrees are walked side by side.

package plot

import (
	"context"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/network"
)

// forms are affine functions x·y₀ + y·y₁ + h of normalised coordinates: those of a layer.
type forms struct{ x, y, h []float64 }

func newForms(n int) forms {
	v := make([]float64, 3*n)
	return forms{v[:n:n], v[n : 2*n : 2*n], v[2*n:]}
}

func (f forms) at(i int) Form { return Form{[2]float64{f.x[i], f.y[i]}, f.h[i]} }

func (f forms) set(i int, g Form) { f.x[i], f.y[i], f.h[i] = g.G[0], g.G[1], g.H }

// plane is what all walkers of a map share.
type plane struct {
	m      *Map
	ctx    context.Context
	layers []layer
	shift  int // all forms are divided by 2^shift
	// free holds a token for each walker that may set out beside those at work.
	free chan struct{}
}

// layer is a layer of the network, laid out for the walk.
type layer struct {
	network.Layer
	units   []int     // those that are neurons
	ends    []int     // where the maximum of each neuron ends, nil in a layer without
	columns []float64 // the weights column after column; nil where rows are sparse
	bias    []float64 // divided by 2^shift
}

// walker goes down the tree of patterns. What the neurons decided so far pass on is added up on the
// way, so that a neuron whose sign many regions share is passed once for all of them.
type walker struct {
	*plane
	held []forms // a stack: the sums on the path
	used int
	act  forms   // what leaves a layer
	open [][]int // of each layer that the walker has entered: see place
	diff []uint64
	cutter
}

// cutRegions gives each region its polygon and its outputs, with so many walkers at a time. If ctx
// ends first it returns its error.
func (m *Map) cutRegions(ctx context.Context, walkers int) error {
	in, first, shift := m.firstForms()
	p := &plane{m: m, ctx: ctx, shift: shift, free: make(chan struct{}, walkers)}
	for range walkers - 1 {
		p.free <- struct{}{}
	}
	for l, from := range m.Net.Masked().Layers() {
		p.layers = append(p.layers, layOut(from, shift, l > first))
		p.layers[l].ends = endsOf(m.Net, l)
	}
	z := newForms(len(in))
	for i, f := range in {
		z.set(i, f)
	}
	p.walker().enter(place{layer: first, hi: len(m.Regions)}, unitCell(m.Ball.Norm()), z)
	return ctx.Err()
}

// layOut prepares a layer; applied says that its weights are needed.
func layOut(from network.Layer, shift int, applied bool) layer {
	l := layer{Layer: from}
	for i, b := range from.B {
		l.bias = append(l.bias, math.Ldexp(b, -shift))
		if from.IsNeuron(i) {
			l.units = append(l.units, i)
		}
	}
	if at, _ := from.Row(0); at != nil || !applied {
		return l
	}
	out := from.Out()
	l.columns = make([]float64, out*from.In())
	for i := range out {
		_, row := from.Row(i)
		for j, v := range row {
			l.columns[j*out+i] = v
		}
	}
	return l
}

func (p *plane) walker() *walker {
	w := &walker{plane: p, open: make([][]int, len(p.layers)), diff: make([]uint64, p.m.signs.width)}
	w.act = newForms(p.widest())
	return w
}

func (p *plane) widest() int {
	n := 0
	for i := range p.layers {
		n = max(n, p.layers[i].Out())
	}
	return n
}

// take makes room for so many forms, until used is put back.
func (w *walker) take(n int) forms {
	if w.used == len(w.held) {
		w.held = append(w.held, newForms(w.widest()))
	}
	f := w.held[w.used]
	w.used++
	return forms{f.x[:n], f.y[:n], f.h[:n]}
}

// place is a node of the tree of a layer, whose first neuron is id: the regions lo ≤ i < hi share
// the signs of all its neurons but those that are open where the layer is entered, and of the first
// k of these.
type place struct {
	layer, id, lo, hi int
	open              []int
	k                 int
}

// aside is the number of regions from which on a subtree may have a walker of its own.
const aside = 2048

// looks is the number of regions from which on a node of the tree looks whether it is to stop.
const looks = 32

// enter walks the subtree at a place where a layer begins, whose pre-activations are z.
func (w *walker) enter(at place, cell []Vertex, z forms) {
	units := w.layers[at.layer].units
	w.open[at.layer] = w.m.signs.differing(at.id, at.id+len(units), at.lo, at.hi, w.diff, w.open[at.layer][:0])
	at.open, at.k = w.open[at.layer], 0
	var sum forms
	before := w.used
	if next := at.layer + 1; next < len(w.layers) && w.layers[next].columns != nil {
		l := &w.layers[next]
		sum = w.take(l.Out())
		clear(sum.x)
		clear(sum.y)
		copy(sum.h, l.bias)
		w.begin(at, z, sum)
	}
	w.neurons(at, cell, z, sum)
	w.used = before
}

// begin adds what all regions of a place pass on alike, where it enters a layer.
func (w *walker) begin(at place, z, sum forms) {
	l, signs, open := &w.layers[at.layer], w.m.Regions[at.lo].Pattern[at.id:], at.open
	k := 0
	for i := range l.Out() {
		f := z.at(i)
		if k < len(l.units) && l.units[k] == i {
			if k++; len(open) > 0 && open[0] == k-1 {
				open = open[1:]
				continue
			}
			f = l.passed(z, i, signs[k-1])
		}
		w.layers[at.layer+1].add(sum, i, f)
	}
}

// neurons walks the subtree at a place, where the cell is the polygon of the signs so far, z are
// the layer's pre-activations, and sum is what those of its units that are decided add up to in the
// next layer; nothing where the weights of that are sparse.
func (w *walker) neurons(at place, cell []Vertex, z, sum forms) {
	l, regions := &w.layers[at.layer], w.m.Regions
	first, last := regions[at.lo].Pattern[at.id:], regions[at.hi-1].Pattern[at.id:]
	before, own := w.used, false
	defer func() { w.used = before }()
	for ; at.k < len(at.open); at.k++ {
		k := at.open[at.k]
		if first[k] == last[k] {
			if f := l.passed(z, l.units[k], first[k]); sum.h != nil && f != (Form{}) {
				if !own {
					sum, own = w.copyOf(sum), true
				}
				w.layers[at.layer+1].add(sum, l.units[k], f)
			}
			continue
		}
		if at.hi-at.lo >= looks && w.ctx.Err() != nil {
			return
		}
		if l.ends != nil {
			w.classes(at, cell, z, sum)
			return
		}
		mid := at.lo + sort.Search(at.hi-at.lo, func(i int) bool { return regions[at.lo+i].Pattern[at.id+k] != first[k] })
		minus, plus := w.cut(cell, z.at(l.units[k]), at.id+k)
		below, above := at, at
		below.hi, above.lo = mid, mid
		join := w.beside(below, minus, z, sum)
		w.neurons(above, plus, z, sum)
		join()
		return
	}
	w.leave(at, cell, z, sum)
}

// copyOf puts a copy of some forms on the stack.
func (w *walker) copyOf(f forms) forms {
	g := w.take(len(f.h))
	copy(g.x, f.x)
	copy(g.y, f.y)
	copy(g.h, f.h)
	return g
}

// classes goes on with each class of the maximum of neuron k, by whose piece classes differ first.
// It is cut off from the other classes that the walk has found.
func (w *walker) classes(at place, cell []Vertex, z, sum forms) {
	l, regions := &w.layers[at.layer], w.m.Regions
	end := l.ends[at.open[at.k]]
	begin := slices.Index(l.ends, end)
	var wins, begins []int // the piece that wins in each class, and its first region
	for i := at.lo; i < at.hi; i++ {
		p := regions[i].Pattern[at.id+begin : at.id+end]
		if i > at.lo && slices.Equal(p, regions[i-1].Pattern[at.id+begin:at.id+end]) {
			continue
		}
		wins, begins = append(wins, begin+slices.Index(p, 1)), append(begins, i)
	}
	begins = append(begins, at.hi)
	for c, win := range wins {
		part := cell
		for _, o := range wins {
			if o == win {
				continue
			}
			a, b := z.at(l.units[min(win, o)]), z.at(l.units[max(win, o)])
			minus, plus := w.cut(part, Form{[2]float64{a.G[0] - b.G[0], a.G[1] - b.G[1]}, a.H - b.H}, at.id+max(win, o))
			if part = minus; win < o {
				part = plus
			}
		}
		at.lo, at.hi = begins[c], begins[c+1]
		w.neurons(at, part, z, sum)
	}
}

// endsOf returns, for each neuron of the masked layer i, the one behind its maximum; nil in a layer
// without maxima.
func endsOf(n *network.Network, i int) (ends []int) {
	if i >= len(n.Layers()) {
		return nil
	}
	for _, k := range n.Layers()[i].Pieces {
		if k > 1 {
			ends = append(ends, slices.Repeat([]int{len(ends) + k}, k)...)
		}
	}
	return ends
}

// beside walks a subtree on another walker if it is large and one is free, else here and now. The
// function that it returns waits for the end.
func (w *walker) beside(at place, cell []Vertex, z, sum forms) (join func()) {
	if at.hi-at.lo >= aside {
		select {
		case token := <-w.free:
			done := make(chan struct{})
			go func() {
				defer close(done)
				w.walker().neurons(at, cell, z, sum)
				w.free <- token
			}()
			return func() { <-done }
		default:
		}
	}
	w.neurons(at, cell, z, sum)
	return func() {}
}

// passed returns what a neuron with a sign passes on.
func (l *layer) passed(z forms, unit int, s int8) Form {
	if s > 0 {
		return z.at(unit)
	}
	if below := l.Below(unit); s < 0 && below != 0 {
		return Form{[2]float64{below * z.x[unit], below * z.y[unit]}, below * z.h[unit]}
	}
	return Form{}
}

// leave takes the values of a layer to the next one, or to the output.
func (w *walker) leave(at place, cell []Vertex, z, sum forms) {
	l := &w.layers[at.layer]
	next := place{layer: at.layer + 1, id: at.id + len(l.units), lo: at.lo, hi: at.hi}
	if sum.h != nil {
		w.enter(next, cell, sum)
		return
	}
	a := w.act
	copy(a.x, z.x)
	copy(a.y, z.y)
	copy(a.h, z.h)
	r := &w.m.Regions[at.lo]
	for k, i := range l.units {
		a.set(i, l.passed(z, i, r.Pattern[at.id+k]))
	}
	if next.layer < len(w.layers) {
		to := w.take(w.layers[next.layer].Out())
		w.layers[next.layer].applyRows(a, to)
		w.enter(next, cell, to)
		return
	}
	r.Output = make([]Form, l.Out())
	for i := range r.Output {
		f := a.at(i)
		r.Output[i] = Form{[2]float64{math.Ldexp(f.G[0], w.shift), math.Ldexp(f.G[1], w.shift)}, math.Ldexp(f.H, w.shift)}
	}
	if s := area(cell); s > 0 {
		r.Vertices, r.Area = cell, s
	}
}

// add adds W·a for one unit of the layer before.
func (l *layer) add(sum forms, unit int, f Form) {
	if f == (Form{}) {
		return
	}
	out := l.Out()
	column := l.columns[unit*out : (unit+1)*out]
	floats.AddScaled(sum.x, f.G[0], column)
	floats.AddScaled(sum.y, f.G[1], column)
	floats.AddScaled(sum.h, f.H, column)
}

// applyRows sets z to W·a + B, an entry at a time.
func (l *layer) applyRows(a, z forms) {
	clear(z.x)
	clear(z.y)
	copy(z.h, l.bias)
	for i := range z.h {
		for j, v := range l.Entries(i) {
			z.x[i] += v * a.x[j]
			z.y[i] += v * a.y[j]
			z.h[i] += v * a.h[j]
		}
	}
}
