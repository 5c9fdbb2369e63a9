// NumPy's .npz: a zip archive of arrays in the .npy format.

package arrays

import (
	"archive/zip"
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
	arrays, err := npzArrays(r, func(name string) error {
		if !layerName.MatchString(name) {
			return errors.New("not one of W0, b0, W1, b1, … (no other is read)")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	layers, err := layersOf(arrays)
	if err != nil {
		return nil, err
	}
	im.Precision = precision(arrays)
	note(im, layers)
	return chain(layers)
}

// npzArrays reads the arrays of an archive whose names are as fits says.
func npzArrays(r io.Reader, fits func(name string) error) (map[string]*Array, error) {
	whole, err := fileOf(r)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(whole, whole.size)
	if err != nil {
		return nil, fmt.Errorf("not a zip archive, as numpy.savez writes it: %w", err)
	}
	arrays, room := map[string]*Array{}, maxEntries
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, ".npy")
		if err = fits(name); arrays[name] != nil {
			err = errors.New("given twice")
		}
		if err == nil {
			arrays[name], err = readNPY(f, whole.size, &room)
		}
		if err != nil {
			return nil, fmt.Errorf("array %q: %w", name, err)
		}
	}
	return arrays, nil
}

var layerName = regexp.MustCompile(`^[Wb](0|[1-9][0-9]{0,5})$`)

// layersOf puts the arrays in order. How each matrix is meant, one row or one column a unit, must
// follow from the shapes.
func layersOf(arrays map[string]*Array) ([]dense, error) {
	first := 0
	if arrays["W0"] == nil {
		first = 1
	}
	var pairs [][2]*Array
	read := 0
	for k := first; arrays["W"+strconv.Itoa(k)] != nil; k++ {
		w, b := arrays["W"+strconv.Itoa(k)], arrays["b"+strconv.Itoa(k)]
		if read++; b != nil {
			read++
		}
		pairs = append(pairs, [2]*Array{w, b})
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
		w := mat.NewDense(p[0].Shape[0], p[0].Shape[1], p[0].Data)
		if columns {
			w = mat.DenseCopyOf(w.T())
		}
		l := dense{name: name, w: w, active: i < len(pairs)-1}
		if p[1] != nil {
			l.b = p[1].Data
		}
		if rows, _ := w.Dims(); l.b != nil && len(l.b) != rows {
			return nil, fmt.Errorf("array b%d: %d numbers, expected %d, the units of %s", first+i, len(l.b), rows, name)
		}
		layers = append(layers, l)
	}
	return layers, nil
}

// unitsInColumns says whether the matrices are those of x·W + b.
func unitsInColumns(pairs [][2]*Array, first int) (bool, error) {
	can := [2]bool{true, true} // rows, columns
	symmetric := true
	for i, p := range pairs {
		w, b := p[0], p[1]
		if len(w.Shape) != 2 {
			return false, fmt.Errorf("array W%d: shape %v, expected a matrix", first+i, w.Shape)
		}
		symmetric = symmetric && w.symmetric()
		if b != nil {
			if !b.vector() {
				return false, fmt.Errorf("array b%d: shape %v, expected a vector", first+i, b.Shape)
			}
			for side := range can {
				can[side] = can[side] && len(b.Data) == w.Shape[side]
			}
			if len(b.Shape) == 2 && len(b.Data) > 1 { // a column is added to W·x, a row to x·W
				can[0], can[1] = can[0] && b.Shape[1] == 1, can[1] && b.Shape[0] == 1
			}
		}
		if i > 0 {
			before := pairs[i-1][0]
			can[0] = can[0] && w.Shape[1] == before.Shape[0]
			can[1] = can[1] && w.Shape[0] == before.Shape[1]
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

// vector says whether an array is a vector, or a matrix of one row or column.
func (a *Array) vector() bool {
	return len(a.Shape) == 1 || len(a.Shape) == 2 && slices.Contains(a.Shape, 1)
}

func (a *Array) symmetric() bool {
	n := a.Shape[0]
	if a.Shape[1] != n {
		return false
	}
	for i := range n {
		for j := range i {
			if a.Data[i*n+j] != a.Data[j*n+i] {
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

// readNPY reads an array of an archive of so many bytes. Its elements may be at most room in
// number, which it takes from room.
func readNPY(f *zip.File, size int64, room *int) (*Array, error) {
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
	a, n := &Array{kind: kind, Shape: []int{}}, 1
	for _, word := range strings.FieldsFunc(m[3], func(c rune) bool { return c == ',' || c == ' ' }) {
		d, err := strconv.Atoi(word)
		if err != nil || d < 1 || d > *room/n {
			return nil, fmt.Errorf("shape (%s), expected sizes of at least 1 and at most %d elements in all arrays", m[3], maxEntries)
		}
		n *= d
		a.Shape = append(a.Shape, d)
	}
	*room -= n
	// What is stored or compressed is there; what comes of it is not known before.
	certain := int64(min(f.CompressedSize64, f.UncompressedSize64, uint64(size)))
	if a.Data, err = kind.decode(a.Shape, r, certain); err == nil && m[2] == "True" && len(a.Shape) == 2 {
		t := mat.DenseCopyOf(mat.NewDense(a.Shape[1], a.Shape[0], a.Data).T())
		a.Data = t.RawMatrix().Data
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
