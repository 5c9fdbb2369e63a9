// From arrays to a chain of layers: what both formats have in common.

package arrays

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// MaxFileBytes is the largest file that is read.
const MaxFileBytes = 1 << 30

// maxEntries bounds the elements of all arrays together.
const maxEntries = 1 << 26

// elements is a type of numbers: their width in bytes and how they are read, little endian.
type elements struct {
	name  string
	width int
	read  func(b []byte) float64
}

var (
	float64s = elements{"float64", 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }}
	float32s = elements{"float32", 4, func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }}
	float16s = elements{"float16", 2, func(b []byte) float64 { return dyadic.Float16(binary.LittleEndian.Uint16(b)) }}
	bfloats  = elements{"bfloat16", 2, func(b []byte) float64 { return dyadic.BFloat16(binary.LittleEndian.Uint16(b)) }}
)

// decode reads all the elements of a shape from r, which has them and no more: so many bytes, as
// far as that is certain.
func (e elements) decode(shape []int, r io.Reader, certain int64) ([]float64, error) {
	n := 1
	for _, d := range shape {
		if d < 1 || n > maxEntries/d {
			return nil, fmt.Errorf("shape %v, expected sizes of at least 1 and at most %d elements", shape, maxEntries)
		}
		n *= d
	}
	// The shape may claim what is not there, so that no room is made for it.
	out := make([]float64, 0, min(int64(n), certain/int64(e.width)))
	buffer, want := make([]byte, 1<<16), n*e.width
	for got := 0; ; {
		piece := buffer[:max(1, min(len(buffer), want-got))] // one byte more tells that there is one
		k, err := io.ReadFull(r, piece)
		if ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); ended && got == want {
			return out, nil
		} else if got += k; ended || got > want {
			return nil, fmt.Errorf("%d bytes, expected %d, the %d %s of shape %v", got, want, n, e.name, shape)
		} else if err != nil {
			return nil, err
		}
		for at := 0; at < k; at += e.width {
			v := e.read(piece[at:])
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("element %d is %g, expected a finite number", len(out), v)
			}
			out = append(out, v+0) // no negative zero
		}
	}
}

// dense is a layer x ↦ W·x + b under the name that it has in the file.
type dense struct {
	name string
	w    *mat.Dense
	b    []float64
	// active says that a ReLU follows.
	active bool
}

// chain makes a network of layers.
func chain(layers []dense) (*network.Network, error) {
	var out []network.Layer
	for i, l := range layers {
		rows, cols := l.w.Dims()
		if i > 0 {
			if before, _ := layers[i-1].w.Dims(); before != cols {
				return nil, fmt.Errorf("%s: %d inputs, expected %d, the outputs of %s", l.name, cols, before, layers[i-1].name)
			}
		}
		if l.b == nil {
			l.b = make([]float64, rows)
		}
		layer := network.Layer{W: l.w, B: l.b}
		if l.active {
			layer.Act = network.ReLU
		}
		out = append(out, layer)
	}
	return network.New(out)
}

// note says which activations the reader supposed.
func note(im *network.Import, layers []dense) {
	var active, plain []string
	for _, l := range layers {
		if l.active {
			active = append(active, l.name)
		} else {
			plain = append(plain, l.name)
		}
	}
	if len(active) == 0 {
		im.Note("The file does not say what the activations are: none is taken to follow " + strings.Join(plain, ", ") + ".")
		return
	}
	im.Note(fmt.Sprintf("The file does not say what the activations are: a ReLU is taken to follow %s, and none %s.", strings.Join(active, ", "), strings.Join(plain, ", ")))
}

// precision names the types of the arrays, the narrowest first.
func precision(arrays map[string]*Array) string {
	used := map[string]bool{}
	for _, a := range arrays {
		used[a.kind.name] = true
	}
	var words []string
	for _, e := range []elements{float16s, bfloats, float32s, float64s} {
		if used[e.name] {
			words = append(words, e.name)
		}
	}
	return strings.Join(words, " and ")
}

// short quotes at most a few names.
func short(names []string) string {
	slices.Sort(names)
	const most = 8
	if len(names) > most {
		return fmt.Sprintf("%q and %d more", names[:most], len(names)-most)
	}
	return fmt.Sprintf("%q", names)
}
