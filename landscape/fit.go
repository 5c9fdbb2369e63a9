package landscape

// Least squares over a product of cells, in integers: the quadratic that the risk is there, its
// minima, and whether the open cells hold one.

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/exact"
)

// whole are the data in integers: x̃ = X·2^x, y = Y·2^y.
type whole struct {
	rows [][]*big.Int
	y    []*big.Int
	xExp int
	yExp int
}

func newWhole(d *Data) *whole {
	all, y := dyadic.Floats(slices.Concat(d.Rows...)), dyadic.Floats(d.Y)
	return &whole{xExp: all.Exp, yExp: y.Exp, rows: slices.Collect(slices.Chunk(all.Ints(), d.P)), y: y.Ints()}
}

// unit returns what a unit of risk in integers is: 2^(2·yExp).
func (w *whole) unit() *big.Rat { return dyadic.Rat(big.NewInt(1), 2*w.yExp) }

// scaled is 2^(yExp−xExp): a weight in integers, times this, is the weight v.
func (w *whole) scaled() *big.Rat { return dyadic.Rat(big.NewInt(1), w.yExp-w.xExp) }

// fit is the least of ‖y − Σ D_j·X·v_j‖² over free v_j.
type fit struct {
	risk *big.Rat
	// basis spans the solutions, with a number h in front: those are Σ α_i·basis_i with h = 1. The
	// first has h > 0, the others have 0.
	basis [][]*big.Int
}

// fit fits neurons that are on where they say, one at least: the normal equations, homogeneous in
// (h, v), by elimination. They always have a solution.
func (w *whole) fit(on [][]bool) fit {
	p := len(w.rows[0])
	rows := make([][]*big.Int, 0, p*len(on))
	right := make([]*big.Int, 0, p*len(on))
	for i := range on {
		for a := range p {
			row := w.normal(on, i, a)
			rows, right = append(rows, row), append(right, row[0])
		}
	}
	f := fit{basis: cone.Kernel(1+p*len(on), rows)}
	if len(f.basis) == 0 || f.basis[0][0].Sign() <= 0 {
		panic("landscape: normal equations without a solution")
	}
	// y'y − y'ΦV, and the right sides are −Φ'y.
	var t big.Int
	num, h := new(big.Int), f.basis[0][0]
	for _, v := range w.y {
		num.Add(num, t.Mul(v, v))
	}
	num.Mul(num, h)
	for k, v := range right {
		num.Add(num, t.Mul(v, f.basis[0][1+k]))
	}
	f.risk = new(big.Rat).SetFrac(num, h)
	f.risk.Mul(f.risk, w.unit())
	return f
}

// normal is the normal equation of weight a of neuron i.
func (w *whole) normal(on [][]bool, i, a int) []*big.Int {
	var t big.Int
	p := len(w.rows[0])
	row := dyadic.ZeroInts(1 + p*len(on))
	for r, x := range w.rows {
		if !on[i][r] || x[a].Sign() == 0 {
			continue
		}
		row[0].Sub(row[0], t.Mul(x[a], w.y[r]))
		for j := range on {
			if !on[j][r] {
				continue
			}
			for b, v := range row[1+j*p:][:p] {
				v.Add(v, t.Mul(x[a], x[b]))
			}
		}
	}
	return row
}

// meets says whether a solution has strictly the signs of neurons: sign_j·s·(x̃·v_j) > 0 with s
// that of the cell, at each point whose row is not 0.
//
// With one solution its signs tell. Else it is asked whether the least slack ε of these forms and
// of h, all homogeneous in α, can be positive: the programme is a cell of the box with a point
// inside.
func (w *whole) meets(f fit, cells []*Cell, signs []int) bool {
	var rows []exact.Row
	p := len(w.rows[0])
	var t big.Int
	form := func(of func(v []*big.Int) *big.Int) exact.Row {
		r := exact.Row{H: new(big.Int)}
		for _, v := range f.basis {
			r.G = append(r.G, of(v))
		}
		return r
	}
	for j, c := range cells {
		for i, x := range w.rows {
			side := int64(signs[j] * int(c.Signs[i]))
			if side == 0 {
				continue
			}
			r := form(func(v []*big.Int) *big.Int {
				sum := new(big.Int)
				for k := range p {
					sum.Add(sum, t.Mul(x[k], v[1+j*p+k]))
				}
				return sum.Mul(sum, big.NewInt(side))
			})
			if len(f.basis) == 1 && r.G[0].Sign() <= 0 {
				return false
			}
			rows = append(rows, r)
		}
	}
	if len(f.basis) == 1 {
		return true
	}
	rows = append(rows, form(func(v []*big.Int) *big.Int { return new(big.Int).Set(v[0]) }))
	n := len(f.basis)
	slack := exact.Row{G: dyadic.ZeroInts(n + 1), H: new(big.Int)}
	start := dyadic.ZeroRats(n + 1)
	slack.G[n].SetInt64(1)
	start[n].SetFrac64(-1, 2)
	for i := range rows {
		rows[i].G = append(rows[i].G, big.NewInt(-1))
	}
	y, _, _, err := exact.Side(ball.LInf, slack, rows, start)
	if err != nil {
		panic(err) // the start is inside
	}
	return y != nil
}

// all is on everywhere.
func (w *whole) all() []bool {
	return slices.Repeat([]bool{true}, len(w.rows))
}
