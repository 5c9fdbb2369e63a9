package fixed

// Layers whose numbers are in fixed point.

import (
	"cmp"
	"math/big"

	"github.com/relucell/relucell/certificate/internal/nettext"
)

// Layer is a layer in integers: weights in units of 2^−Shift, with ⌊·⌋ if it is Rounded, and biases
// and slopes in units of 2^−F. First is its first unit, units counted through all layers.
type Layer struct {
	First         int
	Rows, Columns []Entries
	Shift         uint
	Rounded       bool
	Bias          []int64
	Low, High     []int64 // ⌊2^F·a⌋ and ⌈2^F·a⌉, a the slope below 0
	Bend          []int64 // the sign of 1 − a: 0 for a unit that is no neuron
}

// NewLayer returns a layer of so many units, which so many values enter, with no weights yet.
func NewLayer(units, width int) *Layer {
	return &Layer{Rows: make([]Entries, units), Columns: make([]Entries, width)}
}

// Put sets the weight of unit j for value k.
func (y *Layer) Put(j, k int, v int64) {
	y.Rows[j].Put(int32(k), v)
	y.Columns[k].Put(int32(j), v)
}

// Fix returns layers with f fractional bits, unless stop ends it; nil where a number is too large.
func Fix(layers []*nettext.Layer, f uint, stop func()) (all []*Layer) {
	first := 0
	if !Fits(func() {
		for _, r := range layers {
			all = append(all, fix(r, f, first, stop))
			first += len(r.Bias)
		}
	}) {
		return nil
	}
	return all
}

// fix returns a layer with f fractional bits, whose first unit that is.
func fix(r *nettext.Layer, f uint, first int, stop func()) *Layer {
	y, minus := NewLayer(len(r.Bias), r.Width), new(big.Int)
	y.First = first
	y.Shift, y.Rounded = shift(r, stop)
	for j := range r.Bias {
		stop()
		for i := r.Start[j]; i < r.Start[j+1]; i++ {
			y.Put(j, r.From[i], shifted(&r.Z[i], int(y.Shift)-int(r.Scale)))
		}
		low, high := shifted(&r.Slopes[j], int(f)-int(r.Fine)), -shifted(minus.Neg(&r.Slopes[j]), int(f)-int(r.Fine))
		y.Bias, y.Bend = append(y.Bias, shifted(&r.Bias[j], int(f)-int(r.Scale))), append(y.Bend, int64(cmp.Compare(2<<f, low+high)))
		y.Low, y.High = append(y.Low, low), append(y.High, high)
	}
	return y
}

// shifted returns ⌊v·2^e⌋, which has to be small.
func shifted(v *big.Int, e int) int64 { return FloorOf(v, big.NewInt(1), e) }

// shift returns the scale of a layer's weights.
func shift(r *nettext.Layer, stop func()) (s uint, rounded bool) {
	var most, sum, size big.Int
	zeros := r.Scale
	for j := range r.Bias {
		stop()
		sum.SetInt64(0)
		for i := r.Start[j]; i < r.Start[j+1]; i++ {
			zeros = min(zeros, r.Z[i].TrailingZeroBits())
			sum.Add(&sum, size.Abs(&r.Z[i]))
		}
		if sum.Cmp(&most) > 0 {
			most.Set(&sum)
		}
	}
	// most·2^(s−scale) < 2^61 if and only if its length is at most 61 − s + scale.
	exact, largest := r.Scale-zeros, SmallBits+int(r.Scale)-most.BitLen()
	if largest < 0 {
		panic(tooLarge{})
	}
	s = min(exact, uint(largest), 62)
	return s, s < exact
}

// Between returns a slope from that of unit j below 0, on its side from, to 1; part of the way,
// times 2^−shift, leads to 1.
func (y *Layer) Between(j int, one, part int64, shift uint) int64 {
	s, from := y.Bend[j], y.High[j]
	if s < 0 {
		from = y.Low[j]
	}
	return from + s*Product(s*(one-from), part).Floor(shift)
}
