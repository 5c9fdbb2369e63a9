package landscape

// The minima in the cells of the loss surface of m neurons, exactly. In a product of open cells,
// and of signs of the a_j, the risk Σ (f(x_i) − y_i)² is a convex quadratic in v_j = a_j·w_j; so
// all local minima in it have one value, the least squares of the cell, and there are some if and
// only if a solution lies in it (He, Wang and Tao 2020, theorem 2). Minima on the walls, where the
// risk has kinks, are no part of the census.

import (
	"context"
	"fmt"
	"math/big"
	"slices"
)

// mostCells is how many products of cells are walked at most: hours, and more than anybody reads.
const mostCells = 100_000_000

// Census is what the cells hold.
type Census struct {
	Neurons, Patterns int
	// Surface is the number of cells of the loss surface in w_1, …, w_m: Patterns^m. Cells is the
	// number of those with the signs of the a_j, neurons that change places counted once:
	// C(2·Patterns + m − 1, m). All else counts the latter.
	Surface, Cells *big.Int
	// Minimal is the number of cells with differentiable local minima, Values their distinct
	// values, ascending.
	Minimal int64
	Values  []Value
	// Linear is the least risk of x ↦ v·x̃.
	Linear *big.Rat
}

// Value is the value of the minima in some cells.
type Value struct {
	Risk  *big.Rat
	Cells int64
	// Cell is the first of them: a sign and a pattern for each neuron.
	Cell string
}

// products returns C(2·patterns + m − 1, m).
func products(patterns, m int) *big.Int {
	return new(big.Int).Binomial(int64(2*patterns+m-1), int64(m))
}

// TakeCensus looks into every product of m cells. When ctx ends first its cause is the error.
func TakeCensus(ctx context.Context, d *Data, cells []Cell, m int) (*Census, error) {
	c := &Census{Neurons: m, Patterns: len(cells), Cells: products(len(cells), m)}
	c.Surface = new(big.Int).Exp(big.NewInt(int64(len(cells))), big.NewInt(int64(m)), nil)
	if c.Cells.Cmp(big.NewInt(mostCells)) > 0 {
		return nil, fmt.Errorf("%v cells of %d neurons, expected at most %d: fewer neurons, or fewer points", c.Cells, m, mostCells)
	}
	w := newWhole(d)
	c.Linear = w.fit([][]bool{w.all()}).risk
	at := map[string]int{}
	err := eachProduct(ctx, w, cells, m, func(p product) {
		if !p.minimal {
			return
		}
		c.Minimal++
		key := p.risk.RatString()
		k, known := at[key]
		if !known {
			k = len(c.Values)
			at[key] = k
			c.Values = append(c.Values, Value{Risk: p.risk, Cell: p.String()})
		}
		c.Values[k].Cells++
	})
	slices.SortFunc(c.Values, func(a, b Value) int { return a.Risk.Cmp(b.Risk) })
	return c, err
}

// product is a cell of the loss surface with the signs of the a_j.
type product struct {
	cells   []*Cell
	signs   []int
	risk    *big.Rat
	minimal bool // it holds a minimum
}

// String spells each neuron's sign and pattern.
func (p product) String() string {
	s := ""
	for j, c := range p.cells {
		if j > 0 {
			s += " "
		}
		s += spellOn(p.signs[j], c)
	}
	return s
}

// spellOn spells a neuron: the sign of a, and where it is on.
func spellOn(sign int, c *Cell) string {
	s := []byte{"-+"[(1+sign)/2]}
	for i := range c.Signs {
		if c.On(i) {
			s = append(s, '1')
		} else {
			s = append(s, '0')
		}
	}
	return string(s)
}

// eachProduct tells of every multiset of m cells with signs. The signs do not change the least
// squares, so one fit serves all of a multiset of cells.
func eachProduct(ctx context.Context, w *whole, cells []Cell, m int, tell func(product)) error {
	chosen := make([]int, m) // ascending
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		eachSign(w, cells, chosen, tell)
		j := m - 1
		for j >= 0 && chosen[j] == len(cells)-1 {
			j--
		}
		if j < 0 {
			return nil
		}
		chosen[j]++
		for k := j + 1; k < m; k++ {
			chosen[k] = chosen[j]
		}
	}
}

// eachSign tells of the products of the chosen cells with all signs, once each. A neuron that is
// off everywhere adds nothing, and all of its cell is right for it.
func eachSign(w *whole, cells []Cell, chosen []int, tell func(product)) {
	p := product{signs: make([]int, len(chosen))}
	var on [][]bool
	var live []*Cell
	var at []int // of the live ones among the chosen
	for j, k := range chosen {
		c := &cells[k]
		p.cells = append(p.cells, c)
		mask := make([]bool, len(c.Signs))
		for i := range mask {
			mask[i] = c.On(i)
		}
		if slices.Contains(mask, true) {
			on, live, at = append(on, mask), append(live, c), append(at, j)
		}
	}
	f := w.nothing()
	if len(live) > 0 {
		f = w.fit(on)
	}
	signs := make([]int, len(live))
	var choose func(j int)
	choose = func(j int) {
		if j < len(chosen) {
			// Of neurons in one cell those with + come first.
			for _, sign := range []int{1, -1} {
				if sign > 0 && j > 0 && chosen[j] == chosen[j-1] && p.signs[j-1] < 0 {
					continue
				}
				p.signs[j] = sign
				choose(j + 1)
			}
			return
		}
		for i, j := range at {
			signs[i] = p.signs[j]
		}
		p.risk, p.minimal = f.risk, len(live) == 0 || w.meets(f, live, signs)
		tell(p)
	}
	choose(0)
}

// nothing is the fit by no neuron.
func (w *whole) nothing() fit {
	sum, t := new(big.Int), new(big.Int)
	for _, v := range w.y {
		sum.Add(sum, t.Mul(v, v))
	}
	risk := new(big.Rat).SetInt(sum)
	return fit{risk: risk.Mul(risk, w.unit())}
}
