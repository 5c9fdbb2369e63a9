// The signs of forms at the vertices of a cell, a word of them at a time. At a vertex the
// pre-activations of later layers are the same in all cells that it belongs to, for the network is
// continuous.

package vertices

import (
	"math"
	"math/bits"
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

// look adds the signs of some neurons at a vertex, and says whether all are certain.
func (c *Cells) look(word int, v int32, neurons uint64) bool {
	rest := c.lookOnce(word, v, neurons)
	if rest != 0 && c.integral {
		rest = c.lookInIntegers(word, v, rest)
	}
	if rest != 0 && c.Vertices[v].Err > 0 {
		// What is known of a vertex is to depend on the path to it alone, not on where the walk
		// went before: it belongs to both sides of a split.
		if before := c.Vertices[v]; c.repair(v) {
			rest = c.lookOnce(word, v, rest)
			c.Vertices[v] = before
		}
	}
	return rest == 0 || c.InIntegers(word, v, rest)
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

// SignsAfter appends the signs of the words after one at some vertices to a list, for SetSignsAfter
// to put back.
func (p *points) SignsAfter(word int, list []int32, out []Signs) []Signs {
	if word == p.words-1 {
		return out
	}
	for _, v := range list {
		out = append(out, p.signs[int(v)*p.words+word+1:(int(v)+1)*p.words]...)
	}
	return out
}

// SetSignsAfter puts them back.
func (p *points) SetSignsAfter(word int, list []int32, from []Signs) {
	n := p.words - word - 1
	if n == 0 {
		return
	}
	for i, v := range list {
		copy(p.signs[int(v)*p.words+word+1:(int(v)+1)*p.words], from[i*n:(i+1)*n])
	}
}
