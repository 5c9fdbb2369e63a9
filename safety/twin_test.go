package safety

// The slow and obvious twin: every sign of every unit in turn, each cell decided by Fourier and
// Motzkin's elimination in fractions.

import (
	"math/big"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/vnnlib"
)

// halfspace is coef·(x, 1) ≤ 0, or < 0.
type halfspace struct {
	coef   []*big.Rat
	strict bool
}

// satisfiable eliminates one variable after the other.
func satisfiable(rows []halfspace, n int) bool {
	for k := range n {
		var zero, above, below []halfspace
		for _, r := range rows {
			switch r.coef[k].Sign() {
			case 0:
				zero = append(zero, r)
			case 1:
				above = append(above, r)
			default:
				below = append(below, r)
			}
		}
		for _, a := range above {
			for _, b := range below {
				r := halfspace{make([]*big.Rat, n+1), a.strict || b.strict}
				fa, fb := new(big.Rat).Neg(b.coef[k]), a.coef[k]
				for i := range r.coef {
					r.coef[i] = new(big.Rat).Mul(a.coef[i], fa)
					r.coef[i].Add(r.coef[i], new(big.Rat).Mul(b.coef[i], fb))
				}
				zero = append(zero, r)
			}
		}
		rows = zero
	}
	for _, r := range rows {
		if s := r.coef[n].Sign(); s > 0 || s == 0 && r.strict {
			return false
		}
	}
	return true
}

// twin says whether some point satisfies the query.
func twin(net *network.Network, q *vnnlib.Query) bool {
	for _, d := range q.Disjuncts {
		n := net.Inputs()
		var rows []halfspace
		b := q.Boxes[d.Box]
		forms := make([][]*big.Rat, n)
		for k := range n {
			lower, upper := zeroForm(n), zeroForm(n)
			lower[k].SetInt64(-1)
			lower[n].Set(b.Lo[k])
			upper[k].SetInt64(1)
			upper[n].Neg(b.Hi[k])
			rows = append(rows, halfspace{lower, false}, halfspace{upper, false})
			forms[k] = zeroForm(n)
			forms[k][k].SetInt64(1)
		}
		if cells(net.Layers(), forms, rows, d, n) {
			return true
		}
	}
	return false
}

func zeroForm(n int) []*big.Rat {
	f := make([]*big.Rat, n+1)
	for k := range f {
		f[k] = new(big.Rat)
	}
	return f
}

func plus(to []*big.Rat, f *big.Rat, g []*big.Rat) {
	for k := range to {
		to[k].Add(to[k], new(big.Rat).Mul(f, g[k]))
	}
}

// cells goes through the cells of the layers that are left.
func cells(layers []network.Layer, in [][]*big.Rat, rows []halfspace, d vnnlib.Disjunct, n int) bool {
	if len(layers) == 0 {
		for _, f := range d.Forms {
			r := zeroForm(n)
			r[n].Set(f.Offset)
			for _, t := range f.X {
				r[t.Index].Add(r[t.Index], t.Coef)
			}
			for _, t := range f.Y {
				plus(r, t.Coef, in[t.Index])
			}
			rows = append(rows, halfspace{r, f.Strict})
		}
		return satisfiable(rows, n)
	}
	return units(layers, 0, in, nil, rows, d, n)
}

func units(layers []network.Layer, j int, in, out [][]*big.Rat, rows []halfspace, d vnnlib.Disjunct, n int) bool {
	l := layers[0]
	if j == l.Out() {
		return cells(layers[1:], out, rows, d, n)
	}
	out = out[:len(out):len(out)]
	if l.Act == network.Max {
		return pieces(layers, j, in, out, rows, d, n)
	}
	z := preactivation(l, j, in, n)
	if !l.IsNeuron(j) {
		return units(layers, j+1, in, append(out, z), rows, d, n)
	}
	for _, s := range []int64{1, -1} {
		side, value := zeroForm(n), zeroForm(n)
		plus(side, big.NewRat(-s, 1), z)
		slope := big.NewRat(1, 1)
		if s < 0 {
			slope.SetFloat64(l.Below(j))
		}
		plus(value, slope, z)
		more := append(rows[:len(rows):len(rows)], halfspace{side, false})
		if satisfiable(more, n) && units(layers, j+1, in, append(out, value), more, d, n) {
			return true
		}
	}
	return false
}

func preactivation(l network.Layer, j int, in [][]*big.Rat, n int) []*big.Rat {
	z := zeroForm(n)
	z[n].SetFloat64(l.B[j])
	for k := range in {
		plus(z, new(big.Rat).SetFloat64(l.W.At(j, k)), in[k])
	}
	return z
}

// pieces goes through the pieces of maximum j, each where it is not below another.
func pieces(layers []network.Layer, j int, in, out [][]*big.Rat, rows []halfspace, d vnnlib.Disjunct, n int) bool {
	l, first := layers[0], 0
	for _, k := range layers[0].Pieces[:j] {
		first += k
	}
	var z [][]*big.Rat
	for i := range l.Pieces[j] {
		z = append(z, preactivation(l, first+i, in, n))
	}
	for i := range z {
		more := rows[:len(rows):len(rows)]
		for k := range z {
			side := zeroForm(n)
			plus(side, big.NewRat(1, 1), z[k])
			plus(side, big.NewRat(-1, 1), z[i])
			more = append(more, halfspace{side, false})
		}
		if satisfiable(more, n) && units(layers, j+1, in, append(out, z[i]), more, d, n) {
			return true
		}
	}
	return false
}
