// NumPy's .npz: a zip archive of arrays in the .npy format.

package arrays

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// ReadNPZ reads arrays W0, b0, W1, b1, …, counted from 0 or from 1. Errors name the array, the
// field and what was expected.
func ReadNPZ(r io.Reader) (*network.Network, *network.Import, error) {
	im := &network.Import{Format: "npz"}
	n, err := readNPZ(r, im)
	if err != nil {
		return nil, nil, fmt.Errorf("npz: %w", err)
	}
	return n, im, nil
}

func readNPZ(r io.Reader, im *network.Import) (*network.Network, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFileBytes {
		return nil, fmt.Errorf("more than %d bytes, expected at most that many", MaxFileBytes)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("not a zip archive, as numpy.savez writes it: %w", err)
	}
	arrays, room, used := map[string]*npy{}, maxEntries, map[string]bool{}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, ".npy")
		if arrays[name] != nil || !layerName.MatchString(name) {
			return nil, fmt.Errorf("array %q: given twice, or not one of W0, b0, W1, b1, … (no other is read)", name)
		}
		a, err := readNPY(f, &room)
		if err != nil {
			return nil, fmt.Errorf("array %q: %w", name, err)
		}
		arrays[name], used[a.kind.name] = a, true
	}
	layers, err := layersOf(arrays)
	if err != nil {
		return nil, err
	}
	im.Precision = precision(used)
	note(im, layers)
	return chain(layers)
}

var layerName = regexp.MustCompile(`^[Wb](0|[1-9][0-9]{0,5})$`)

// layersOf puts the arrays in order. How each matrix is meant, one row or one column a unit, must
// follow from the shapes.
func layersOf(arrays map[string]*npy) ([]dense, error) {
	first := 0
	if arrays["W0"] == nil {
		first = 1
	}
	var pairs [][2]*npy
	read := 0
	for k := first; arrays["W"+strconv.Itoa(k)] != nil; k++ {
		w, b := arrays["W"+strconv.Itoa(k)], arrays["b"+strconv.Itoa(k)]
		if read++; b != nil {
			read++
		}
		pairs = append(pairs, [2]*npy{w, b})
	}
	if len(pairs) == 0 {
		return nil, errors.New("no arrays W0, b0, W1, b1, …, or W1, b1, …")
	}
	if read < len(arrays) {
		return nil, fmt.Errorf("the arrays are not W%d, b%d, W%d, … without a gap", first, first, first+1)
	}
	columns, err := unitsInColumns(pairs, first)
	if err != nil {
		return nil, err
	}
	var layers []dense
	for i, p := range pairs {
		name := "W" + strconv.Itoa(first+i)
		w := mat.NewDense(p[0].shape[0], p[0].shape[1], p[0].data)
		if columns {
			w = mat.DenseCopyOf(w.T())
		}
		l := dense{name: name, w: w, active: i < len(pairs)-1}
		if p[1] != nil {
			l.b = p[1].data
		}
		if rows, _ := w.Dims(); l.b != nil && len(l.b) != rows {
			return nil, fmt.Errorf("array b%d: %d numbers, expected %d, the units of %s", first+i, len(l.b), rows, name)
		}
		layers = append(layers, l)
	}
	return layers, nil
}

// unitsInColumns says whether the matrices are those of x·W + b.
func unitsInColumns(pairs [][2]*npy, first int) (bool, error) {
	can := [2]bool{true, true} // rows, columns
	symmetric := true
	for i, p := range pairs {
		w, b := p[0], p[1]
		if len(w.shape) != 2 {
			return false, fmt.Errorf("array W%d: shape %v, expected a matrix", first+i, w.shape)
		}
		symmetric = symmetric && w.symmetric()
		if b != nil {
			if !b.vector() {
				return false, fmt.Errorf("array b%d: shape %v, expected a vector", first+i, b.shape)
			}
			for side := range can {
				can[side] = can[side] && len(b.data) == w.shape[side]
			}
			if len(b.shape) == 2 && len(b.data) > 1 { // a column is added to W·x, a row to x·W
				can[0], can[1] = can[0] && b.shape[1] == 1, can[1] && b.shape[0] == 1
			}
		}
		if i > 0 {
			before := pairs[i-1][0]
			can[0] = can[0] && w.shape[1] == before.shape[0]
			can[1] = can[1] && w.shape[0] == before.shape[1]
		}
	}
	switch {
	case !can[0] && !can[1]:
		return false, errors.New("the shapes of the arrays do not fit each other, neither as W·x + b nor as x·W + b")
	case can[0] && can[1] && !symmetric:
		return false, errors.New("the shapes of the arrays fit both W·x + b and x·W + b: save the network as ONNX, or as safetensors with the keys of a torch.nn.Sequential")
	}
	return !can[0], nil
}

// npy is an array in the .npy format.
type npy struct {
	shape []int
	data  []float64 // in row-major order
	kind  elements
}

// vector says whether an array is a vector, or a matrix of one row or column.
func (a *npy) vector() bool {
	return len(a.shape) == 1 || len(a.shape) == 2 && slices.Contains(a.shape, 1)
}

func (a *npy) symmetric() bool {
	n := a.shape[0]
	if a.shape[1] != n {
		return false
	}
	for i := range n {
		for j := range i {
			if a.data[i*n+j] != a.data[j*n+i] {
				return false
			}
		}
	}
	return true
}

// npyHeader is the text that numpy writes: a Python dictionary in one order.
var npyHeader = regexp.MustCompile(`^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \} *\n$`)

const (
	npyMagic = "\x93NUMPY"
	// maxHeader is far more than a header needs.
	maxHeader = 1 << 16
)

// readNPY reads an array whose elements may be at most room in number, which it takes from room.
func readNPY(f *zip.File, room *int) (*npy, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	header, err := npyText(r)
	if err != nil {
		return nil, err
	}
	m := npyHeader.FindStringSubmatch(header)
	if m == nil {
		return nil, fmt.Errorf("header %q, expected one as numpy writes it", header[:min(len(header), 80)])
	}
	kind, ok := map[string]elements{"<f8": float64s, "<f4": float32s, "<f2": float16s}[m[1]]
	if !ok {
		return nil, fmt.Errorf("elements of type %q, supported are <f8, <f4 and <f2", m[1])
	}
	a, n := &npy{kind: kind, shape: []int{}}, 1
	for _, word := range strings.FieldsFunc(m[3], func(c rune) bool { return c == ',' || c == ' ' }) {
		d, err := strconv.Atoi(word)
		if err != nil || d < 1 || d > *room/n {
			return nil, fmt.Errorf("shape (%s), expected sizes of at least 1 and at most %d elements in all arrays", m[3], maxEntries)
		}
		n *= d
		a.shape = append(a.shape, d)
	}
	*room -= n
	data, err := io.ReadAll(io.LimitReader(r, int64(n*kind.width)+1))
	if err != nil {
		return nil, err
	}
	if a.data, err = kind.decode(a.shape, data); err == nil && m[2] == "True" && len(a.shape) == 2 {
		t := mat.DenseCopyOf(mat.NewDense(a.shape[1], a.shape[0], a.data).T())
		a.data = t.RawMatrix().Data
	}
	return a, err
}

// npyText returns the header of an array.
func npyText(r io.Reader) (string, error) {
	fixed := make([]byte, len(npyMagic)+2)
	if _, err := io.ReadFull(r, fixed); err != nil || string(fixed[:len(npyMagic)]) != npyMagic {
		return "", errors.New("not in the .npy format")
	}
	length := make([]byte, 4)
	if fixed[len(npyMagic)] == 1 {
		length = length[:2]
	}
	if _, err := io.ReadFull(r, length); err != nil {
		return "", errors.New("the file ends in its header")
	}
	n := uint64(binary.LittleEndian.Uint32(append(length, 0, 0)))
	if n > maxHeader {
		return "", fmt.Errorf("a header of %d bytes, expected at most %d", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", errors.New("the file ends in its header")
	}
	return string(text), nil
}
