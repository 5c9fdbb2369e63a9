// Forms to be evaluated at vertices, by words of neurons.

package vertices

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
)

// Row is a form g·y + h for use at vertices: a value is off by at most p + q·(the error of the
// vertex).
type Row struct {
	G       Point
	H, P, Q float64
}

// At evaluates the form.
func (r *Row) At(x *Point) float64 {
	return r.H + r.G[0]*x[0] + r.G[1]*x[1] + r.G[2]*x[2] + r.G[3]*x[3] + r.G[4]*x[4] + r.G[5]*x[5] + r.G[6]*x[6]
}

// fewInputs is the number of inputs up to which atFew does what At does: what that adds is 0 there.
const fewInputs = 4

func (r *Row) atFew(x *Point) float64 {
	return r.H + r.G[0]*x[0] + r.G[1]*x[1] + r.G[2]*x[2] + r.G[3]*x[3]
}

// nearUnit is the error of a point, relative to its size, that covers in a wide model what values
// there are off by besides: the rounding of a value, and the error of the form's gradient where
// that is smaller than this share of it.
const nearUnit = 1.0 / (1 << 49)

// maxForm bounds forms whose values cannot overflow.
const maxForm = 0x1p900

// load sets a row to a form, and returns false if that or its error is too large. A value is off by
// the rounding of the form, and by |g|₁ times the error of a coordinate. Domain: the point is in
// the cube or farther outside by MaxError at most, which slack covers; and no value overflows, nor
// is a bound infinite or no number, for lookOnce reads bare sign bits.
//
// In a wide model p is what the offset is off by, and covers the rounding of it. What the rest is
// off by is relative to the size of the point, which a vertex's error covers nearUnit of: q is so
// large that q·nearUnit covers that, too. A gradient's error, summed up, is at most the form's, for
// a form on the cube is off by as much somewhere.
func (r *Row) load(z *forms.Form, wide bool) bool {
	sum := 0.0
	for k, g := range z.G {
		r.G[k] = g
		sum += math.Abs(g)
	}
	r.H, r.P, r.Q = z.H, z.Rounding(), forms.Slack*sum
	if wide {
		r.P = forms.Rounding(z.ErrH, math.Abs(z.H), len(z.G))
		r.Q = forms.Slack * max(r.Q, forms.Rounding(z.Err, sum, len(z.G))/nearUnit)
	}
	return z.Mag <= maxForm && r.P <= maxForm
}

// table holds the forms of the neurons of the layers on the path, WordSize to a word, and where
// words begin.
type table struct {
	Rows        [][]Row
	integerRows [][]integerRow // the same in integers; none where no form is
	first       []int          // the first word of each layer
	wide        bool           // the model is
}

// Load sets the row of neuron b of a word to a form, and returns false if that or its error is too
// large.
func (t *table) Load(word, b int, z *forms.Form) bool {
	if t.integerRows != nil {
		t.integerRows[word][b].load(z)
	}
	return t.Rows[word][b].load(z, t.wide)
}

// Width is the number of neurons of a word.
func (t *table) Width(word int) int { return len(t.Rows[word]) }

// WordOf returns the word of neuron j of layer l, and its bit.
func (t *table) WordOf(l, j int) (word int, bit uint) {
	return t.first[l] + j/WordSize, uint(j % WordSize)
}

// NeuronAt returns the neuron of layer l at a bit of a word.
func (t *table) NeuronAt(l, word int, bit uint) int {
	return (word-t.first[l])*WordSize + int(bit)
}

// LayerOf returns the layer of a word.
func (t *table) LayerOf(word int) int {
	l := len(t.first) - 1
	for t.first[l] > word {
		l--
	}
	return l
}
