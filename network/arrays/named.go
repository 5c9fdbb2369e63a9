// The arrays of a file, whatever they are for: readers of other parameters than those of a chain of
// layers begin with them.

package arrays

import (
	"fmt"
	"io"
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
	tensors, data, err := tensorsOf(r)
	if err == nil {
		arrays, err = decoded(tensors, data)
	}
	if err != nil {
		return nil, "", fmt.Errorf("safetensors: %w", err)
	}
	return arrays, precision(arrays), nil
}

// readAll reads a file of at most MaxFileBytes.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err == nil && len(data) > MaxFileBytes {
		err = fmt.Errorf("more than %d bytes, expected at most that many", MaxFileBytes)
	}
	return data, err
}
