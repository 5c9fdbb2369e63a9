package certificate

// The place in the tree: the signs on the path, the forms of the layers reached, and the box.

import (
	"math/big"
	"slices"
)

// open is the sign of a neuron that is not decided.
const open = int8(2)

// level is a layer on the path.
type level struct {
	*layer
	// z are the pre-activations, with k words a coefficient. They belong to the version seen of the
	// layer before, with the units in plus on their positive side. Sums have wide words, if not
	// more: room for short multipliers and for the values on the ball.
	z             [][]uint
	plus          []bool
	k, wide       int
	seen, version int
	// sign has the sign of each neuron, of which so many are left open; trail are those that lines
	// have decided, in their order.
	sign []int8
	left int
	// likely is the sign that each neuron had when it settled itself last: it is tried first.
	likely []int8
	trail  []int
	// q holds the cell. Once a line has narrowed it in this layer, it is own.
	q, own *box
}

// named is a form that lines can name, for it is positive on the cell: that of a neuron, times its
// sign, or what a piece of a maximum is above another. It is in the words of its level.
type named struct {
	form  []uint
	level int
	split bool // the cell was split by it, so witnesses are held against it
}

// place is a place in the tree.
type place struct {
	evaluator
	// at is the layer that is being decided, or the number of layers if all is decided. entering
	// says that box lines may still come, and that no neuron of the layer has been tried.
	levels   []level
	at       int
	entering bool
	names    []named
	d        []uint // a difference of two forms
}

// newPlace returns the root.
func newPlace(n *net, b *ball) place {
	p := place{evaluator: newEvaluator(b), at: -1}
	for i, y := range n.layers {
		const short = 20 // bits of usual multipliers
		v := level{layer: y, k: length(y.bits), wide: length(y.reach + b.box.bits + short), plus: make([]bool, len(y.edges)),
			sign: make([]int8, len(y.neurons)), likely: slices.Repeat([]int8{-1}, len(y.neurons)), seen: -1, own: newBox(b.box)}
		for range y.bias[:len(y.bias)*min(1, i)] { // not for the inputs
			v.z = append(v.z, make([]uint, len(p.form)*v.k))
		}
		p.levels = append(p.levels, v)
	}
	p.enter(b.box)
	return p
}

// follow goes from the root to the place of another, with forms, signs and boxes of its own.
func (p *place) follow(of *place) {
	p.at, p.entering = of.at, of.entering
	for _, n := range of.names {
		p.names = append(p.names, named{slices.Clone(n.form), n.level, n.split})
	}
	for i := range of.levels {
		from, to := &of.levels[i], &p.levels[i]
		copy(to.sign, from.sign)
		to.left, to.trail = from.left, slices.Clone(from.trail)
		if from.q != nil {
			to.own.set(from.q)
			to.q = to.own
		}
		if i <= of.at {
			p.forms(i)
		}
	}
}

// enter goes on to the next layer that has neurons, with the box q.
func (p *place) enter(q *box) {
	for p.at++; p.at < len(p.levels) && len(p.levels[p.at].neurons) == 0; p.at++ {
	}
	if p.entering = p.at < len(p.levels); p.entering {
		y := &p.levels[p.at]
		y.q, y.left, y.trail = q, len(y.sign), y.trail[:0]
		for j := range y.sign {
			y.sign[j] = open
		}
	}
}

// settle ends the box lines: it tries every neuron of the layer on the box and the ball, and goes
// on as long as that leaves none open.
func (p *place) settle() {
	for p.entering {
		p.entering = false
		p.forms(p.at)
		y := &p.levels[p.at]
		if y.ends != nil {
			p.settleMaxima(y)
			continue
		}
		for j, u := range y.neurons {
			switch z, s := y.z[u], y.likely[j]; {
			case isZero(z):
				p.decide(y, j, 0)
			case p.nonpositive(z, y.k, y.bits, s > 0, y.q):
				p.decide(y, j, s)
			case p.nonpositive(z, y.k, y.bits, s < 0, y.q):
				y.likely[j] = -s
				p.decide(y, j, -s)
			}
		}
		y.trail = y.trail[:0] // what settles itself is not undone on the way back
	}
}

// decide gives neuron j of the layer its sign.
func (p *place) decide(y *level, j int, s int8) {
	y.sign[j] = s
	y.note(j, s)
	y.trail = append(y.trail, j)
	if y.left--; y.left == 0 {
		p.enter(y.q)
	}
}

// name lets lines name the form of a unit of the layer that is being decided, less that of another
// one if there is another, times the sign s.
func (p *place) name(unit, less int, s int8, split bool) {
	last, y := len(p.names), &p.levels[p.at]
	p.names = slices.Grow(p.names, 1)[:last+1] // the form that was there before lends its storage
	n := &p.names[last]
	y.above(&n.form, unit, less, s)
	n.level, n.split = p.at, split
}

// above sets d to the form of a unit, less that of another one if there is another, times s.
func (y *level) above(d *[]uint, unit, less int, s int8) {
	if *d = append((*d)[:0], y.z[unit]...); s < 0 {
		mac(buffer(d, len(*d)), y.z[unit], y.k, 1, true)
	}
	if less >= 0 {
		mac(*d, y.z[less], y.k, 1, s > 0)
	}
}

// back undoes what was decided since so many neurons of the layer at were decided by lines and the
// path had so many names.
func (p *place) back(at, decided, names int) {
	p.at, p.entering, p.names = at, false, p.names[:names]
	y := &p.levels[at]
	for _, j := range y.trail[decided:] {
		y.sign[j] = open
		y.left++
	}
	y.trail = y.trail[:decided]
}

// forms computes the forms of a layer, by what has changed since they were computed last. Those of
// the inputs never change.
func (p *place) forms(at int) {
	if at == 0 {
		return
	}
	y, last := &p.levels[at], &p.levels[at-1]
	if len(last.neurons) == 0 {
		p.forms(at - 1)
	}
	changed := y.seen != last.version
	if changed { // begin with no unit of the layer before on its positive side
		y.seen = last.version
		clear(y.plus)
		one := p.widened([]uint{1}, 1, y.k)
		for v, z := range y.z {
			clear(z)
			mulAdd(z[len(z)-y.k:], one, y.k, &y.bias[v], false)
		}
		for u := range y.edges {
			p.add(y, last, u, &last.slopes[u], false)
		}
	}
	for j, u := range last.neurons {
		if plus := last.sign[j] > 0; plus != y.plus[u] {
			y.plus[u], changed = plus, true
			p.add(y, last, u, &last.gains[u], !plus)
		}
	}
	if changed {
		y.version++
	}
}

// add adds the form of unit u of the layer before, times a slope, to the forms of a layer, or
// subtracts it. The inputs are forms with one coefficient, 1.
func (p *place) add(y, last *level, u int, slope *big.Int, negative bool) {
	if slope.Sign() == 0 {
		return
	}
	b, n, from, to := []uint{1}, 1, u*y.k, (u+1)*y.k
	if last.z != nil {
		b, n, from, to = last.z[u], last.k, 0, len(p.form)*y.k
	}
	passed := p.widened(b, n, y.k)
	if !slope.IsInt64() || slope.Int64() != 1 {
		mulAdd(buffer(&p.d, to-from), passed, y.k, slope, false)
		passed = p.d
	}
	for i := range y.edges[u] {
		e := &y.edges[u][i]
		mulAdd(y.z[e.to][from:to], passed, y.k, &e.weight, negative)
	}
}
