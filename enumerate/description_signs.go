// The signs of forms at the vertices of a cell, a word of them at a time. At a vertex the pre-activations of
// later layers are the same in all cells that it belongs to, for the network is continuous.

package enumerate

import (
	"math"
	"math/bits"
)

// wordSize is the number of neurons of a layer whose signs make a word.
const wordSize = 64

// signSet holds the signs of a word's neurons at a vertex, a bit each, as far as they are known.
type signSet struct{ plus, minus, zero uint64 }

// with is what holds on an open edge between two vertices by convexity, and the neurons whose sign changes there or
// is not known at both ends.
func (s *signSet) with(o *signSet) (inside signSet, unknown uint64) {
	both := (s.plus | s.minus | s.zero) & (o.plus | o.minus | o.zero)
	plus, minus := (s.plus|o.plus)&both, (s.minus|o.minus)&both
	return signSet{plus &^ minus, minus &^ plus, s.zero & o.zero}, plus&minus | ^both
}

// sign returns the signs of a word at a vertex.
func (c *description) sign(word int, v int32) *signSet { return &c.signs[int(v)*c.words+word] }

// wordOf returns the word of neuron j of the layer, and its bit; neuronAt is the inverse.
func (ly *layer) wordOf(j int) (word int, bit uint) { return ly.word + j/wordSize, uint(j % wordSize) }

func (ly *layer) neuronAt(word int, bit uint) int { return (word-ly.word)*wordSize + int(bit) }

// describedMost bounds forms whose values cannot overflow.
const describedMost = 0x1p900

// load sets a row to a form, and returns false if that or its error is too large. A value is off by the form's own
// error, by the roundings of n products and n additions, γ_{n+1} of mag, and by |g|₁ times the error of a coordinate.
// Domain: the point is in the cube or farther outside by describedFar at most, which slack covers; and
// no value overflows, nor is a bound infinite or no number, for lookOnce reads bare sign bits.
func (r *row) load(z *form) bool {
	sum := 0.0
	for k, g := range z.g {
		r.g[k] = g
		sum += math.Abs(g)
	}
	r.h, r.p, r.q = z.h, slack*(z.err+float64(len(z.g)+8)*unit*z.mag)+underflow, slack*sum
	return z.mag <= describedMost && r.p <= describedMost
}

// look adds the signs of some neurons at a vertex, and says whether all are certain.
func (c *description) look(word int, v int32, neurons uint64) bool {
	rest := c.lookOnce(word, v, neurons)
	if rest != 0 && c.integral {
		rest = c.lookInIntegers(word, v, rest)
	}
	if rest != 0 && c.vertices[v].err > 0 && c.repair(v) {
		rest = c.lookOnce(word, v, rest)
	}
	for ; rest != 0; rest &= rest - 1 {
		b := uint(bits.TrailingZeros64(rest))
		if !c.vanishes(word, b, v) {
			return false
		}
		c.sign(word, v).zero |= 1 << b
	}
	return true
}

// lookOnce returns the neurons whose signs are not certain.
func (c *description) lookOnce(word int, v int32, neurons uint64) uint64 {
	rows := c.rows[word]
	at := &c.vertices[v]
	var plus, minus uint64
	for rest := neurons; rest != 0; rest &= rest - 1 {
		b := uint(bits.TrailingZeros64(rest))
		r := &rows[b]
		t, off := r.at(&at.x), r.p+r.q*at.err
		// The sign bits of off−t and t+off, without branches that no one can predict.
		plus |= math.Float64bits(off-t) >> 63 << (b & 63)
		minus |= math.Float64bits(t+off) >> 63 << (b & 63)
	}
	s := c.sign(word, v)
	s.plus |= plus
	s.minus |= minus
	*c.clock += int64(bits.OnesCount64(neurons))
	return neurons &^ (plus | minus)
}

// lookAll evaluates some neurons at the vertices of a cell, where they are not known yet.
func (c *description) lookAll(word int, list []int32, neurons uint64) bool {
	for _, v := range list {
		s := c.sign(word, v)
		if rest := neurons &^ (s.plus | s.minus | s.zero); rest != 0 && !c.look(word, v, rest) {
			return false
		}
	}
	return true
}

// seen returns the signs that a word's neurons have at some vertex of the list.
func (c *description) seen(word int, list []int32) (s signSet) {
	for _, v := range list {
		o := c.sign(word, v)
		s.plus |= o.plus
		s.minus |= o.minus
	}
	return s
}

// box returns the middle and the half-widths of a box that holds the cell.
func (c *description) box(list []int32, mid, half *point) {
	lo, hi := c.vertices[list[0]].x, c.vertices[list[0]].x
	err := 0.0
	for _, v := range list {
		at := &c.vertices[v]
		err = max(err, at.err)
		for k, y := range at.x[:c.n] {
			lo[k], hi[k] = min(lo[k], y), max(hi[k], y)
		}
	}
	for k := range c.n {
		mid[k] = lo[k] + (hi[k]-lo[k])/2
		half[k] = slack*((hi[k]-lo[k])/2+err) + 2*unit // the middle is rounded
	}
}
