package ridge

// From a sum to its network: one for each function.

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Network returns the network of the sum: a ReLU for each ridge, which is as few neurons as the
// function can have, and units that carry on what is affine. Equal functions have networks of equal
// bytes. A row with numbers of more than 53 bits is the sum of several rows, in a layer without
// activation in front; a number beyond the range of float64 is an error.
//
// The ridge c·|z| is 2c·max(z, 0) − c·z. Its row is n and h, scaled by a power of two so that the
// largest entry is in [1, 2).
func (s *Sum) Network() (*network.Network, error) {
	var hidden, last builder
	weights := make([][]*big.Rat, s.Outputs) // of the output layer
	affine := make([][]*big.Rat, s.Outputs)
	for i, row := range s.Linear {
		for _, v := range row {
			affine[i] = append(affine[i], new(big.Rat).Set(v))
		}
	}
	for k, r := range s.Ridges {
		row, scale := r.row()
		if err := hidden.add(row, 0); err != nil {
			return nil, fmt.Errorf("hyperplane %d: %w", k, err)
		}
		for i, c := range r.C {
			w := new(big.Rat).Mul(big.NewRat(2, 1), c)
			weights[i] = append(weights[i], w.Mul(w, scale))
			for k, v := range r.N {
				affine[i][k].Sub(affine[i][k], new(big.Rat).Mul(c, new(big.Rat).SetInt(v)))
			}
		}
	}
	for i, row := range affine {
		if isZero(row[:s.Inputs]) && (len(hidden.slopes) > 0 || i+1 < s.Outputs) {
			continue
		}
		linear := append(slices.Clone(row[:s.Inputs]), new(big.Rat))
		if err := hidden.add(linear, 1); err != nil {
			return nil, fmt.Errorf("output %d: the affine part: %w", i, err)
		}
		for o := range weights {
			w := new(big.Rat)
			if o == i {
				w.SetInt64(1)
			}
			weights[o] = append(weights[o], w)
		}
	}
	for i, row := range weights {
		if err := last.add(append(row, affine[i][s.Inputs]), 1); err != nil {
			return nil, fmt.Errorf("output %d: %w", i, err)
		}
	}
	return network.New(append(hidden.layers(), last.layers()...))
}

// row returns the row of a ridge's neuron, and by what power of two n and h are larger.
func (r Ridge) row() (row []*big.Rat, scale *big.Rat) {
	most := 0
	for _, v := range r.N {
		most = max(most, v.BitLen())
	}
	for _, v := range r.N {
		row = append(row, dyadic.Rat(v, 1-most))
	}
	return row, dyadic.Rat(big.NewInt(1), most-1)
}

// split returns vectors of floats that add up to v: one, unless a number has more than 53 bits.
func split(v []*big.Rat) (list [][]float64, err error) {
	for rest := v; ; {
		part, next := make([]float64, len(v)), make([]*big.Rat, len(v))
		for k, x := range rest {
			f, _ := dyadic.FromRat(x)
			if math.IsInf(f, 0) || f == 0 && x.Sign() != 0 {
				return nil, errors.New("a number is beyond the range of float64")
			}
			part[k] = f
			next[k] = new(big.Rat).Sub(x, new(big.Rat).SetFloat64(f))
		}
		if list = append(list, part); isZero(next) {
			return list, nil
		}
		rest = next
	}
}

// builder gathers the units of a layer.
type builder struct {
	slopes []float64
	parts  [][]float64 // rows, each with its bias at the end
	unit   []int       // of which each is a part
}

// add adds a unit whose row is given with its bias at the end.
func (b *builder) add(row []*big.Rat, slope float64) error {
	list, err := split(row)
	for _, part := range list {
		b.parts, b.unit = append(b.parts, part), append(b.unit, len(b.slopes))
	}
	b.slopes = append(b.slopes, slope)
	return err
}

// layers are one, or two where the parts of a unit are to be added up.
func (b *builder) layers() []network.Layer {
	n, units := len(b.parts[0])-1, len(b.slopes)
	l := network.Layer{W: mat.NewDense(len(b.parts), n, nil)}
	for i, row := range b.parts {
		l.W.(*mat.Dense).SetRow(i, row[:n])
		l.B = append(l.B, row[n])
	}
	if len(b.parts) == units {
		l.Act, l.Slopes = network.Mixed, b.slopes
		return []network.Layer{l}
	}
	w := mat.NewDense(units, len(b.parts), nil)
	for j, i := range b.unit {
		w.Set(i, j, 1)
	}
	return []network.Layer{l, {W: w, B: make([]float64, units), Act: network.Mixed, Slopes: b.slopes}}
}
