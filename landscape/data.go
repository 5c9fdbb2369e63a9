package landscape

// The data of a training problem, and the network whose inputs are weights.

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// mostValue bounds the numbers of a table: floats, which only propose, square them and sum the
// squares. No data is of this size.
const mostValue = 1e100

// Data are points with values. Row i is x̃_i: the point, and behind it a 1 for the bias weight
// unless there is none. All numbers are floats taken as reals.
type Data struct {
	Rows [][]float64 // of P numbers each
	Y    []float64
	P    int
	Bias bool

	integers []dyadic.Vector // of Rows
}

// Read reads a table whose last column is the value y. Errors name line and column.
func Read(r io.Reader, bias bool) (*Data, error) {
	p, err := files.Table{Class: true, Last: "value", Most: mostValue}.Read(r)
	if err != nil {
		return nil, err
	}
	y := make([]float64, len(p.X))
	for i, cell := range p.Class {
		v, err := dyadic.ParseFloat(cell)
		if err != nil || !(math.Abs(v) <= mostValue) {
			return nil, fmt.Errorf("line %d: column %d: %q, expected a finite number of at most %g, the value y", p.Lines[i], len(p.X[i])+1, files.Shorten(cell), mostValue)
		}
		y[i] = v
	}
	return New(p.X, y, bias)
}

// New returns the data of points x and values y.
func New(x [][]float64, y []float64, bias bool) (*Data, error) {
	if len(x) == 0 || len(x) != len(y) || len(x[0]) == 0 {
		return nil, errors.New("no points, expected at least one of at least one coordinate, and a value for each")
	}
	d := &Data{Y: y, Bias: bias}
	for i, row := range x {
		if len(row) != len(x[0]) {
			return nil, fmt.Errorf("point %d has %d coordinates, expected %d", i, len(row), len(x[0]))
		}
		row = append([]float64(nil), row...)
		if bias {
			row = append(row, 1)
		}
		for _, v := range append([]float64{y[i]}, row...) {
			if !(math.Abs(v) <= mostValue) {
				return nil, fmt.Errorf("point %d: %g, expected a finite number of at most %g", i, v, mostValue)
			}
		}
		d.Rows, d.integers = append(d.Rows, row), append(d.integers, dyadic.Floats(row))
	}
	d.P = len(d.Rows[0])
	return d, nil
}

// N returns the number of points.
func (d *Data) N() int { return len(d.Rows) }

// weights returns the rows as a matrix.
func (d *Data) weights() *mat.Dense {
	w := mat.NewDense(d.N(), d.P, nil)
	for i, row := range d.Rows {
		w.SetRow(i, row)
	}
	return w
}

// Network returns the data network: a ReLU layer whose input is a neuron's weights w and whose
// unit i is σ(x̃_i·w), and with outputs an affine layer behind it, one row for each.
func (d *Data) Network(outputs ...[]float64) (*network.Network, error) {
	layers := []network.Layer{{W: d.weights(), B: make([]float64, d.N()), Act: network.ReLU}}
	if len(outputs) > 0 {
		w := mat.NewDense(len(outputs), d.N(), nil)
		for i, row := range outputs {
			w.SetRow(i, row)
		}
		layers = append(layers, network.Layer{W: w, B: make([]float64, len(outputs))})
	}
	return network.New(layers)
}

// dot returns a·b as an integer and a power of two.
func dot(a, b dyadic.Vector) (n *big.Int, exp int) {
	n = new(big.Int)
	var t big.Int
	for k := range a.N {
		n.Add(n, t.Mul(&a.N[k], &b.N[k]))
	}
	return n, a.Exp + b.Exp
}
