// Functions of one element each: sums with and products by constants, and activations. They are
// applied block by block, and into a block without activation where all its numbers stay exact.

package onnx

import (
	"math"
	"slices"

	"github.com/relucell/relucell/network"
)

// part is the elements of the running value that lie in one block, or the constants.
type part struct {
	at    []int // their places in the running value
	refs  []ref
	param []float64
}

// parts divides the running value by blocks.
func (b *builder) parts(param []float64) []*part {
	if first := b.refs[0].block; !slices.ContainsFunc(b.refs, func(r ref) bool { return r.block != first }) {
		return []*part{{at: ordered(b.width), refs: b.refs, param: param}}
	}
	var order []*part
	of := map[int32]*part{}
	for i, r := range b.refs {
		p := of[r.block]
		if p == nil {
			p = &part{}
			of[r.block], order = p, append(order, p)
		}
		p.at, p.refs, p.param = append(p.at, i), append(p.refs, r), append(p.param, param[i])
	}
	return order
}

// eachPart replaces the elements of each part by what f makes of a block without activation, in
// which element i of the part is row rows[i]. Where the part's own block cannot be that, or f
// returns nil for it, f is given a block of copies.
func (b *builder) eachPart(param []float64, f onBlock) {
	b.move(b.width)
	out := make([]ref, b.width)
	for _, p := range b.parts(param) {
		refs := b.applyTo(p, f)
		for i, j := range p.at {
			out[j] = refs[i]
		}
	}
	b.put(out)
}

// onBlock returns what a function of one element each makes of a block without activation, nil
// where a number of it would be rounded.
type onBlock func(k *block, rows []int, param []float64) *block

func (b *builder) applyTo(p *part, f onBlock) []ref {
	k, rows := b.openBlock(p.refs)
	refs := p.refs
	// Copies have the weight 1 and no offset, which every f takes; those of constants are offsets,
	// and only copies of these.
	for copies := 0; ; copies++ {
		if k != nil {
			if done := f(k, rows, p.param); done != nil {
				return b.placed(done, rows)
			}
			if copies > 0 {
				refs = b.append(k)
			}
		}
		k, rows = b.copied(refs), ordered(len(refs))
	}
}

// placed appends a block and returns the places of the rows.
func (b *builder) placed(k *block, rows []int) []ref {
	all := b.append(k)
	out := make([]ref, len(rows))
	for i, r := range rows {
		out[i] = all[r]
	}
	return out
}

func ordered(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// openBlock returns a block without activation that is made of refs, places of one block, and the
// row of each: the block itself, if they are all its rows, in any order. It is nil where they are
// of an input, a block with an activation, or constants.
func (b *builder) openBlock(refs []ref) (*block, []int) {
	at := refs[0].block
	if at <= inputBlock || !b.blocks[at].affine() {
		return nil, nil
	}
	k := b.blocks[at]
	rows, seen := make([]int, len(refs)), make([]bool, len(k.b))
	whole := len(refs) == len(k.b)
	for i, r := range refs {
		rows[i] = int(r.row)
		whole = whole && !seen[r.row]
		seen[r.row] = true
	}
	if whole {
		return k, rows
	}
	return b.rows(k, refs), ordered(len(refs))
}

// add applies x ↦ x + c.
func (b *builder) add(c []float64) {
	if all(c, 0) {
		return
	}
	b.eachPart(c, func(k *block, rows []int, c []float64) *block {
		sum := make([]float64, len(k.b))
		for i, v := range c {
			s, e := twoSum(k.b[rows[i]], v)
			if e != 0 {
				return nil
			}
			sum[rows[i]] = s
		}
		return &block{in: k.in, w: k.w, b: sum}
	})
}

// scale applies x ↦ d·x, element by element.
func (b *builder) scale(d []float64) {
	if all(d, 1) {
		return
	}
	b.eachPart(d, func(k *block, rows []int, d []float64) *block {
		if !scalesExactly(k, rows, d) {
			return nil
		}
		b.move(len(k.b) + k.w.Stored())
		out := &block{in: k.in, w: network.NewSparse(len(k.in)), b: make([]float64, len(k.b))}
		factor := make([]float64, len(k.b))
		for i, v := range d {
			factor[rows[i]] = v
		}
		for i, v := range factor {
			at, weights := k.w.Row(i)
			row := make([]float64, len(at))
			for j, w := range weights {
				row[j] = v * w
			}
			out.w.Append(at, row)
			out.b[i] = v * k.b[i]
		}
		return out
	})
}

func scalesExactly(k *block, rows []int, d []float64) bool {
	for i, v := range d {
		_, weights := k.w.Row(rows[i])
		for _, w := range weights {
			if !productIsExact(v, w) {
				return false
			}
		}
		if !productIsExact(v, k.b[rows[i]]) {
			return false
		}
	}
	return true
}

// activate makes neurons of the running value's elements, with these slopes below zero.
func (b *builder) activate(slopes []float64) {
	b.eachPart(slopes, func(k *block, rows []int, slopes []float64) *block {
		out := &block{in: k.in, w: k.w, b: k.b, slopes: make([]float64, len(k.b))}
		for i, s := range slopes {
			out.slopes[rows[i]] = s
		}
		return out
	})
}

func all(v []float64, want float64) bool {
	return !slices.ContainsFunc(v, func(x float64) bool { return x != want })
}

// twoSum returns s = fl(a+b) and e = a+b−s (Knuth, TAOCP 2, 4.2.2, theorem B). e is
// exact unless something overflows; then it is not 0.
func twoSum(a, b float64) (s, e float64) {
	s = a + b
	t := s - a
	e = (a - (s - t)) + (b - t)
	if math.IsInf(s, 0) {
		e = math.NaN()
	}
	return s, e
}

// minExactProduct: let p = fl(a·b) with |p| ≥ 2⁻⁹⁶⁰. a and b are integers of 53 bits
// times powers of two, so a·b is a multiple of a power of two that is at least
// 2⁻¹⁰⁵|p| ≥ 2⁻¹⁰⁶⁵. So is a·b − p, which therefore does not underflow, and has at most 53
// bits: math.FMA returns it exactly.
const minExactProduct = 0x1p-960

// twoProduct returns p = fl(a·b) and e = a·b − p, and whether e is exact.
func twoProduct(a, b float64) (p, e float64, ok bool) {
	p = a * b
	if a == 0 || b == 0 {
		return 0, 0, true
	}
	if math.Abs(a) == 1 || math.Abs(b) == 1 {
		return p, 0, true
	}
	if m := math.Abs(p); m < minExactProduct || math.IsInf(m, 0) {
		return p, 0, false
	}
	return p, math.FMA(a, b, -p), true
}

func productIsExact(a, b float64) bool {
	_, e, ok := twoProduct(a, b)
	return ok && e == 0
}
