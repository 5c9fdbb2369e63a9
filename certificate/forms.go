package certificate

// The place in the tree: the signs on the path, the forms of the layers reached, and the box.

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/certificate/internal/affine"
	"github.com/relucell/relucell/certificate/internal/canonical"
)

// level is a layer on the path.
type level struct {
	layer
	// z are the pre-activations, with k words a coefficient. They belong to the version seen of the
	// layer before, with the units in plus on their positive side.
	z                [][]uint
	plus             []bool
	k, seen, version int
	// sign has the sign of each piece, and so many neurons are left open; saved are the signs of
	// the places to come back to. likely is the piece of each neuron that settled itself last: it
	// is tried first.
	sign, saved []int8
	left        int
	likely      []int
	// q holds the cell. Once a line has narrowed it in this layer, it is own.
	q, own *affine.Box
}

// named is a form that lines can name, for it is positive on the cell: what a piece is above
// another one. It is in the words of its level.
type named struct {
	form  []uint
	level int
	split bool // the cell was split by it, so witnesses are held against it
}

// place is a place in the tree.
type place struct {
	affine.Evaluator
	// at is the layer that is being decided, or the number of layers if all is decided. entering
	// says that box lines may still come, and that no neuron of the layer has been tried.
	levels   []level
	at       int
	entering bool
	names    []named
	d        []uint // a form for a moment
}

// newPlace returns the root.
func newPlace(v *canonical.Verdict, n *net, b *affine.Ball) place {
	p := place{Evaluator: affine.NewEvaluator(v, b), at: -1}
	for i, y := range n.layers {
		v := level{layer: *y, k: affine.Words(y.bits), plus: make([]bool, len(y.edges)),
			sign: make([]int8, len(y.pieces)), likely: make([]int, len(y.pieces)), seen: -1, own: affine.NewBox(b.Box.Lo, b.Box.Hi, b.Box.Scale)}
		for j, piece := range y.pieces {
			v.likely[j] = piece.from
		}
		for range y.bias[:len(y.bias)*min(1, i)] { // not for the inputs
			v.z = append(v.z, make([]uint, p.Coefficients*v.k))
		}
		p.levels = append(p.levels, v)
	}
	p.enter(b.Box)
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
		to.left = from.left
		if from.q != nil {
			to.q = to.own.Set(from.q)
		}
		if i <= of.at {
			p.forms(i)
		}
	}
}

// enter goes on to the next layer that has neurons, with the box q.
func (p *place) enter(q *affine.Box) {
	for p.at++; p.at < len(p.levels) && len(p.levels[p.at].pieces) == 0; p.at++ {
	}
	if p.entering = p.at < len(p.levels); p.entering {
		y := &p.levels[p.at]
		y.q, y.left = q, y.neurons
		for j := range y.sign {
			y.sign[j] = open
		}
	}
}

// forms computes the forms of a layer, by what has changed since they were computed last. Those of
// the inputs never change.
func (p *place) forms(at int) {
	if at == 0 {
		return
	}
	y, last := &p.levels[at], &p.levels[at-1]
	if len(last.pieces) == 0 {
		p.forms(at - 1)
	}
	changed := y.seen != last.version
	if changed { // begin with no unit of the layer before on its positive side
		y.seen = last.version
		clear(y.plus)
		one := p.Widened([]uint{1}, 1, y.k)
		for v, z := range y.z {
			clear(z)
			affine.MulAdd(z[len(z)-y.k:], one, y.k, &y.bias[v], false)
		}
		for u := range y.edges {
			p.add(y, last, u, &last.slopes[u], false)
		}
	}
	for j, piece := range last.pieces {
		if u, plus := piece.unit, last.sign[j] == wins; u >= 0 && plus != y.plus[u] {
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
		b, n, from, to = last.z[u], last.k, 0, p.Coefficients*y.k
	}
	passed := p.Widened(b, n, y.k)
	if !slope.IsInt64() || slope.Int64() != 1 {
		affine.MulAdd(affine.Zeros(&p.d, to-from), passed, y.k, slope, false)
		passed = p.d
	}
	edges := y.edges[u]
	p.Long(len(edges) * (to - from))
	for i := range edges {
		affine.MulAdd(y.z[edges[i].to][from:to], passed, y.k, &edges[i].weight, negative)
	}
}
