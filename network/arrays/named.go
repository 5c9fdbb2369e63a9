// The arrays of a file, whatever they are for: readers of other parameters than those of a chain of
// layers begin with them.

package arrays

import (
	"bytes"
	"fmt"
	"io"

	"github.com/relucell/relucell/network"
)

// Array is an array of numbers in row-major order.
type Array struct {
	Shape []int
	Data  []float64
	kind  elements
}

// NPZ reads all arrays of an .npz file under their names, and says what floats they are. Errors
// name the array, the field and what was expected.
func NPZ(r io.Reader) (arrays map[string]*Array, floats string, err error) {
	arrays, err = npzArrays(r, func(string) error { return nil })
	if err != nil {
		return nil, "", fmt.Errorf("npz: %w", err)
	}
	return arrays, precision(arrays), nil
}

// Safetensors reads all tensors of a .safetensors file under their names, and says what floats they
// are. Errors name the tensor, the field and what was expected.
func Safetensors(r io.Reader) (arrays map[string]*Array, floats string, err error) {
	f, err := fileOf(r)
	if err == nil {
		arrays, err = f.tensors()
	}
	if err != nil {
		return nil, "", fmt.Errorf("safetensors: %w", err)
	}
	return arrays, precision(arrays), nil
}

// file is the bytes of a file, wherever they are.
type file struct {
	io.ReaderAt
	size int64
}

// fileOf returns the bytes that r reads: r's own where it can be read from any place, so that a
// large file is never in memory, else they are read.
func fileOf(r io.Reader) (file, error) {
	at, ok := r.(interface {
		io.ReaderAt
		io.Seeker
		Size() int64
	})
	if ok {
		if begin, err := at.Seek(0, io.SeekCurrent); err == nil && begin == 0 && at.Size() <= MaxFileBytes {
			return file{at, at.Size()}, nil
		}
	}
	data, err := network.ReadAll(r, MaxFileBytes)
	return file{bytes.NewReader(data), int64(len(data))}, err
}
