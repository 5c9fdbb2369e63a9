package landscape

// The rays of the cells' closures, and the bounds that are held against them. A neuron in a closed
// cell is a sum of its rays with weights that are not negative, so its values at the data are such
// a sum of the values on the rays: what is not above 0 on each ray is not above 0 on the cell.

import (
	"context"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/internal/dyadic"
)

// edges are the rays of all cells, in integers.
type edges struct {
	whole     *whole
	primitive [][]*big.Int
	ends      [][]*big.Int // σ(X·ray), for each ray
	of        [][]int      // the rays of each cell; of a line in it both
}

func newEdges(ctx context.Context, d *Data, cells []Cell) (*edges, error) {
	e, known := &edges{whole: newWhole(d)}, map[string]int{}
	for _, c := range cells {
		var rows [][]*big.Int
		for i, row := range e.whole.rows {
			if c.Signs[i] == 0 {
				continue
			}
			r := make([]*big.Int, d.P)
			for k, v := range row {
				r[k] = new(big.Int).Mul(v, big.NewInt(-int64(c.Signs[i])))
			}
			rows = append(rows, r)
		}
		hull, err := cone.Describe(ctx, d.P, rows, cone.Options{})
		if err != nil {
			return nil, err
		}
		var of []int
		for _, v := range hull.Lineality {
			minus := make([]*big.Int, len(v))
			for k, x := range v {
				minus[k] = new(big.Int).Neg(x)
			}
			of = append(of, e.ray(known, v), e.ray(known, minus))
		}
		for _, v := range hull.Rays {
			of = append(of, e.ray(known, v))
		}
		e.of = append(e.of, of)
	}
	return e, nil
}

// ray returns the number of a ray.
func (e *edges) ray(known map[string]int, v []*big.Int) int {
	key := fmt.Sprint(v)
	if k, ok := known[key]; ok {
		return k
	}
	known[key] = len(e.primitive)
	var t big.Int
	end := make([]*big.Int, len(e.whole.rows))
	for i, row := range e.whole.rows {
		end[i] = new(big.Int)
		for k, x := range row {
			end[i].Add(end[i], t.Mul(x, v[k]))
		}
		if end[i].Sign() < 0 {
			end[i].SetInt64(0)
		}
	}
	e.primitive, e.ends = append(e.primitive, v), append(e.ends, end)
	return known[key]
}

// bound is a u of the inequality of certify.go: u_i = n_i/h with h > 0.
type bound struct {
	n []*big.Int
	h *big.Int
	// holds are the signed cells, a bit each, on which u is nowhere above 0: the bound is one of
	// all programmes of these.
	holds big.Int
}

// value returns 2·y·u − ‖u‖².
func (e *edges) value(b *bound) *big.Rat {
	along, square := new(big.Int), new(big.Int)
	var t big.Int
	for i, y := range e.whole.y {
		along.Add(along, t.Mul(b.n[i], y))
		square.Add(square, t.Mul(b.n[i], b.n[i]))
	}
	v := dyadic.Rat(along, 1+e.whole.yExp)
	v.Mul(v, new(big.Rat).SetInt(b.h))
	v.Sub(v, new(big.Rat).SetInt(square))
	return v.Quo(v, new(big.Rat).SetInt(t.Mul(b.h, b.h)))
}

// hold finds the signed cells that a bound holds for. With out the output has a bias: a column of
// ones of either sign.
func (e *edges) hold(b *bound, out bool) {
	var sum, t big.Int
	for _, v := range b.n {
		sum.Add(&sum, v)
	}
	if out && sum.Sign() != 0 {
		return
	}
	signs := make([]int, len(e.ends))
	for r, end := range e.ends {
		sum.SetInt64(0)
		for i, v := range end {
			if v.Sign() != 0 {
				sum.Add(&sum, t.Mul(v, b.n[i]))
			}
		}
		signs[r] = sum.Sign()
	}
	for c, of := range e.of {
		var plus, minus uint = 1, 1
		for _, r := range of {
			if signs[r] > 0 {
				plus = 0
			}
			if signs[r] < 0 {
				minus = 0
			}
		}
		b.holds.SetBit(&b.holds, 2*c, plus)
		b.holds.SetBit(&b.holds, 2*c+1, minus)
	}
}

// with returns those of the bounds that hold for a signed cell.
func with(bounds []*bound, k int) (list []*bound) {
	for _, b := range bounds {
		if b.holds.Bit(k) == 1 {
			list = append(list, b)
		}
	}
	return list
}

// held returns the signed cells for which one of the bounds holds.
func held(bounds []*bound) *big.Int {
	all := new(big.Int)
	for _, b := range bounds {
		all.Or(all, &b.holds)
	}
	return all
}
