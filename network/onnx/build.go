// Building the chain of layers. Import changes no function where it can help
// it: two affine pieces become one layer only when every number of the merged
// layer is exact; else each keeps a layer of its own.

package onnx

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// builder collects layers.
type builder struct {
	layers []network.Layer
	// open says that the last layer has no activation yet and may take more in.
	open bool
	// width is the number of elements of the running value.
	width int
	// room is the number of weights that may still be made.
	room int
	im   *network.Import
}

func newBuilder(width, limit int, im *network.Import) *builder {
	return &builder{width: width, room: limit, im: im}
}

// newWeights returns a zero matrix, counted against the limit before it is allocated.
func (b *builder) newWeights(rows, cols int) (*mat.Dense, error) {
	if rows > b.room/cols {
		return nil, fmt.Errorf("as a dense layer it has %d × %d weights, which makes more than %d in all, the most that is supported", rows, cols, maxEntries)
	}
	b.room -= rows * cols
	return mat.NewDense(rows, cols, nil), nil
}

// affine appends the layer x ↦ W·x.
func (b *builder) affine(w *mat.Dense) {
	rows, _ := w.Dims()
	b.layers = append(b.layers, network.Layer{W: w, B: make([]float64, rows)})
	b.width, b.open = rows, true
}

// diagonal appends the layer x ↦ d·x, element by element.
func (b *builder) diagonal(d func(i int) float64) error {
	w, err := b.newWeights(b.width, b.width)
	if err != nil {
		return err
	}
	for i := 0; i < b.width; i++ {
		w.Set(i, i, d(i))
	}
	b.affine(w)
	return nil
}

// add appends x ↦ x + c: into the open layer when all sums are exact.
func (b *builder) add(c []float64) error {
	if all(c, 0) {
		return nil
	}
	if b.open {
		bias := b.last().B
		sum := make([]float64, len(c))
		exact := true
		for i, v := range c {
			s, e := twoSum(bias[i], v)
			sum[i], exact = s, exact && e == 0
		}
		if exact {
			b.last().B = sum
			return nil
		}
	}
	if err := b.diagonal(func(int) float64 { return 1 }); err != nil {
		return err
	}
	b.last().B = append([]float64(nil), c...)
	return nil
}

// scale appends x ↦ d·x, element by element: into the open layer when all
// products are exact.
func (b *builder) scale(d []float64) error {
	if all(d, 1) {
		return nil
	}
	if b.open && b.scalesExactly(d) {
		l := b.last()
		for i, v := range d {
			row := l.W.RawRowView(i)
			for j := range row {
				row[j] *= v
			}
			l.B[i] *= v
		}
		return nil
	}
	return b.diagonal(func(i int) float64 { return d[i] })
}

func (b *builder) scalesExactly(d []float64) bool {
	l := b.last()
	for i, v := range d {
		for _, w := range l.W.RawRowView(i) {
			if !productIsExact(v, w) {
				return false
			}
		}
		if !productIsExact(v, l.B[i]) {
			return false
		}
	}
	return true
}

// gather appends x ↦ (x[from[0]], x[from[1]], …).
func (b *builder) gather(from []int) error {
	w, err := b.newWeights(len(from), b.width)
	if err != nil {
		return err
	}
	for i, j := range from {
		w.Set(i, j, 1)
	}
	b.affine(w)
	return nil
}

// activate makes neurons of the open layer's units, or of the identity's, with these slopes below
// zero.
func (b *builder) activate(slopes []float64) error {
	if !b.open {
		if err := b.diagonal(func(int) float64 { return 1 }); err != nil {
			return err
		}
	}
	b.last().Act, b.last().Slopes = network.Mixed, slopes
	b.open = false
	return nil
}

func (b *builder) last() *network.Layer { return &b.layers[len(b.layers)-1] }

// finish returns the network; a graph that does nothing is one identity layer.
func (b *builder) finish() (*network.Network, error) {
	if len(b.layers) == 0 {
		if err := b.diagonal(func(int) float64 { return 1 }); err != nil {
			return nil, err
		}
	}
	return network.New(b.layers)
}

func all(v []float64, want float64) bool {
	for _, x := range v {
		if x != want {
			return false
		}
	}
	return true
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
