// The signs of forms at the vertices of a cell, a word of them at a time. At a vertex the
// pre-activations of later layers are the same in all cells that it belongs to, for the network is
// continuous.

package vertices

import (
	"math"
	"math/bits"

	"github.com/relucell/relucell/internal/forms"
)

// WordSize is the number of neurons of a layer whose signs make a word.
const WordSize = 64

// Signs holds the signs of a word's neurons at a vertex, a bit each, as far as they are known.
type Signs struct{ Plus, Minus, Zero uint64 }

// With is what holds on an open edge between two vertices by convexity, and the neurons whose sign
// changes there or is not known at both ends.
func (s *Signs) With(o *Signs) (inside Signs, unknown uint64) {
	both := (s.Plus | s.Minus | s.Zero) & (o.Plus | o.Minus | o.Zero)
	plus, minus := (s.Plus|o.Plus)&both, (s.Minus|o.Minus)&both
	return Signs{plus &^ minus, minus &^ plus, s.Zero & o.Zero}, plus&minus | ^both
}

// Sign returns the signs of a word at a vertex.
func (c *Cells) Sign(word int, v int32) *Signs { return &c.signs[int(v)*c.words+word] }

// WordOf returns the word of neuron j of layer l, and its bit.
func (c *Cells) WordOf(l, j int) (word int, bit uint) {
	return c.first[l] + j/WordSize, uint(j % WordSize)
}

// NeuronAt returns the neuron of layer l at a bit of a word.
func (c *Cells) NeuronAt(l, word int, bit uint) int {
	return (word-c.first[l])*WordSize + int(bit)
}

// LayerOf returns the layer of a word.
func (c *Cells) LayerOf(word int) int {
	l := len(c.first) - 1
	for c.first[l] > word {
		l--
	}
	return l
}

// maxForm bounds forms whose values cannot overflow.
const maxForm = 0x1p900

// load sets a row to a form, and returns false if that or its error is too large. A value is off by
// the rounding of the form, and by |g|₁ times the error of a coordinate. Domain: the point is in
// the cube or farther outside by MaxError at most, which slack covers; and no value overflows, nor
// is a bound infinite or no number, for lookOnce reads bare sign bits.
func (r *Row) load(z *forms.Form) bool {
	sum := 0.0
	for k, g := range z.G {
		r.G[k] = g
		sum += math.Abs(g)
	}
	r.H, r.P, r.Q = z.H, z.Rounding(), forms.Slack*sum
	return z.Mag <= maxForm && r.P <= maxForm
}

// Load sets the row of neuron b of a word to a form, and returns false if that or its error is too
// large.
func (c *Cells) Load(word, b int, z *forms.Form) bool {
	if c.integral {
		c.integerRows[word][b].load(z)
	}
	return c.Rows[word][b].load(z)
}

// Width is the number of neurons of a word.
func (c *Cells) Width(word int) int { return len(c.Rows[word]) }

// look adds the signs of some neurons at a vertex, and says whether all are certain.
func (c *Cells) look(word int, v int32, neurons uint64) bool {
	rest := c.lookOnce(word, v, neurons)
	if rest != 0 && c.integral {
		rest = c.lookInIntegers(word, v, rest)
	}
	if rest != 0 && c.Vertices[v].Err > 0 && c.repair(v) {
		rest = c.lookOnce(word, v, rest)
	}
	for ; rest != 0; rest &= rest - 1 {
		b := uint(bits.TrailingZeros64(rest))
		if !c.Vanishes(word, b, v) {
			return false
		}
		c.Sign(word, v).Zero |= 1 << b
	}
	return true
}

// lookOnce returns the neurons whose signs are not certain.
func (c *Cells) lookOnce(word int, v int32, neurons uint64) uint64 {
	rows := c.Rows[word]
	at := &c.Vertices[v]
	var plus, minus uint64
	for rest := neurons; rest != 0; rest &= rest - 1 {
		b := uint(bits.TrailingZeros64(rest))
		r := &rows[b]
		t, off := r.At(&at.X), r.P+r.Q*at.Err
		// The sign bits of off−t and t+off, without branches that no one can predict.
		plus |= math.Float64bits(off-t) >> 63 << (b & 63)
		minus |= math.Float64bits(t+off) >> 63 << (b & 63)
	}
	s := c.Sign(word, v)
	s.Plus |= plus
	s.Minus |= minus
	*c.Clock += int64(bits.OnesCount64(neurons))
	return neurons &^ (plus | minus)
}

// LookAll evaluates some neurons at the vertices of a cell, where they are not known yet.
func (c *Cells) LookAll(word int, list []int32, neurons uint64) bool {
	for _, v := range list {
		s := c.Sign(word, v)
		if rest := neurons &^ (s.Plus | s.Minus | s.Zero); rest != 0 && !c.look(word, v, rest) {
			return false
		}
	}
	return true
}

// Seen returns the signs that a word's neurons have at some vertex of the list.
func (c *Cells) Seen(word int, list []int32) (s Signs) {
	for _, v := range list {
		o := c.Sign(word, v)
		s.Plus |= o.Plus
		s.Minus |= o.Minus
	}
	return s
}

// Box is one that holds a cell, by its middle and half-widths.
type Box struct{ Mid, Half Point }

// Sign returns the sign that a form certainly has on the box, or 0. Rounding: that of n products
// and additions twice over, and of the middle's, relative to the form's magnitude.
func (b *Box) Sign(z *forms.Form) int8 {
	t, reach := z.H, 0.0
	for k, g := range z.G {
		t += g * b.Mid[k]
		reach += math.Abs(g) * b.Half[k]
	}
	reach += forms.Rounding(z.Err, 2*z.Mag, len(z.G))
	switch {
	case t > reach:
		return 1
	case -t > reach:
		return -1
	}
	return 0
}

// Around sets a box to one around the cell.
func (c *Cells) Around(list []int32, b *Box) {
	lo, hi := c.Vertices[list[0]].X, c.Vertices[list[0]].X
	err := 0.0
	for _, v := range list {
		at := &c.Vertices[v]
		err = max(err, at.Err)
		for k, y := range at.X[:c.N] {
			lo[k], hi[k] = min(lo[k], y), max(hi[k], y)
		}
	}
	for k := range c.N {
		b.Mid[k] = lo[k] + (hi[k]-lo[k])/2
		b.Half[k] = forms.Slack*((hi[k]-lo[k])/2+err) + 2*forms.Unit // the middle is rounded
	}
}
