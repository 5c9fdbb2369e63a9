package constrained

// The layer: coefficients in, a point of the cone out.

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Options say what becomes of the outputs of a network that are coefficients of rays.
type Options struct {
	// ReLU takes max(β, 0) of them, not |β|, which a unit of slope −1 gives.
	ReLU bool
	// Scale divides each ray and line by the power of two that is next to its length, never by the
	// length: so nothing is rounded, and all lengths are from √½ to √2.
	Scale bool
}

// Layer returns the network with a layer of a cone's vectors behind it. Its outputs, those of an
// affine last layer, are the coefficients: first one of each ray, of which the absolute value is
// taken, then one of each line, which is carried on as it is. Errors say what does not fit, or
// which vector floats do not hold.
func Layer(n *network.Network, d *cone.Description, opts Options) (*network.Network, error) {
	layers := slices.Clone(n.Layers())
	last := &layers[len(layers)-1]
	if last.Act != network.None {
		return nil, fmt.Errorf("the last layer has the activation %v, expected an affine one, whose outputs are coefficients", last.Act)
	}
	count := len(d.Rays) + len(d.Lineality)
	if count == 0 {
		return nil, errors.New("the cone is 0 alone, expected one with a ray or a line")
	}
	if n.Outputs() != count {
		return nil, fmt.Errorf("%d outputs, expected %d, a coefficient for each ray (%d) and line (%d) of the cone", n.Outputs(), count, len(d.Rays), len(d.Lineality))
	}
	last.Act, last.Slopes = network.Mixed, make([]float64, count)
	for j := range last.Slopes {
		switch {
		case j >= len(d.Rays):
			last.Slopes[j] = 1
		case !opts.ReLU:
			last.Slopes[j] = -1
		}
	}
	w, err := Matrix(d, opts.Scale)
	if err != nil {
		return nil, err
	}
	return network.New(append(layers, network.Layer{W: w, B: make([]float64, d.Dim), Act: network.None}))
}

// Matrix returns the rays and then the lines as the columns of a matrix of floats that are exact.
func Matrix(d *cone.Description, scale bool) (*mat.Dense, error) {
	w := mat.NewDense(d.Dim, len(d.Rays)+len(d.Lineality), nil)
	for j, v := range slices.Concat(d.Rays, d.Lineality) {
		e := 0
		if scale {
			e = -nearestPower(v)
		}
		for k, x := range v {
			f, exact := dyadic.FromInt(x, e)
			if !exact {
				return nil, fmt.Errorf("number %d of vector %d of the cone, %s, is no float64, expected one of at most 53 bits: the layer would not be exact", k, j, x)
			}
			w.Set(k, j, f)
		}
	}
	return w, nil
}

// nearestPower returns the exponent of the power of two next to a vector's length, so that the
// length over it is from √½ to √2: of a square of n bits the root is from 2^((n−1)/2) to 2^(n/2).
func nearestPower(v []*big.Int) int {
	var s, t big.Int
	for _, x := range v {
		s.Add(&s, t.Mul(x, x))
	}
	return s.BitLen() / 2
}
