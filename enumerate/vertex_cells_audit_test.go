package enumerate

// The slow twin of cells kept by their vertices: all by solving every choice of constraints in
// rationals.

import (
	"fmt"
	"math/big"

	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/vertices"
	"github.com/relucell/relucell/lp/exact"
)

// constraint is an exact row that is not negative on the cell.
type constraint struct {
	exact.Row
	bit      int // of the constraint's name; −1 where it names another one by now
	vertices int // of the cell, on it
}

// constraintsOf returns the ball's facets and the splits on the path.
func constraintsOf(w *tree.Vertices) []constraint {
	c := tree.CellOf(w)
	var list []constraint
	for i, r := range c.Ball {
		g := make([]int64, c.N)
		for k := range g {
			g[k] = int64(r.G[k])
		}
		list = append(list, constraint{exact.NewRow(1, g...), i, 0})
	}
	for i, at := range c.Changed {
		r, bit := c.Facets[at.Bit], at.Bit
		for _, later := range c.Changed[i+1:] {
			if later.Bit == at.Bit {
				r, bit = later.Row, -1
				break
			}
		}
		if at.Bit < len(c.Ball) {
			list[at.Bit].bit = -1
		}
		l, j := neuronOfRow(w, r)
		list = append(list, constraint{w.Judge().Row(l, j, float64(w.Labels()[w.Subject().Layers[l].First+j])), bit, 0})
	}
	return list
}

// neuronOfRow finds the neuron by where its row is kept.
func neuronOfRow(w *tree.Vertices, p vertices.Place) (l, j int) {
	l = tree.CellOf(w).LayerOf(int(p / vertices.WordSize))
	return l, tree.CellOf(w).NeuronAt(l, int(p/vertices.WordSize), uint(p%vertices.WordSize))
}

// crossingPoint solves n rows, nil if they are not independent.
func crossingPoint(rows []exact.Row) []*big.Rat {
	n := len(rows)
	a := make([][]*big.Rat, n)
	for i, r := range rows {
		for _, g := range r.G {
			a[i] = append(a[i], new(big.Rat).SetInt(g))
		}
		a[i] = append(a[i], new(big.Rat).Neg(new(big.Rat).SetInt(r.H)))
	}
	for k := range n {
		p := k
		for p < n && a[p][k].Sign() == 0 {
			p++
		}
		if p == n {
			return nil
		}
		a[k], a[p] = a[p], a[k]
		for i := range n {
			if i == k || a[i][k].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(a[i][k], a[k][k])
			for j := k; j <= n; j++ {
				a[i][j] = new(big.Rat).Sub(a[i][j], new(big.Rat).Mul(f, a[k][j]))
			}
		}
	}
	x := make([]*big.Rat, n)
	for i := range x {
		x[i] = new(big.Rat).Quo(a[i][n], a[i][i])
	}
	return x
}

// verticesOf returns all vertices of the cell.
func verticesOf(n int, list []constraint) map[string][]*big.Rat {
	found := map[string][]*big.Rat{}
	var choose func(from int, rows []exact.Row)
	choose = func(from int, rows []exact.Row) {
		if len(rows) < n {
			for i := from; i < len(list); i++ {
				choose(i+1, append(rows[:len(rows):len(rows)], list[i].Row))
			}
			return
		}
		x := crossingPoint(rows)
		if x == nil {
			return
		}
		for _, r := range list {
			if r.Eval(x).Sign() < 0 {
				return
			}
		}
		found[fmt.Sprint(x)] = x
	}
	choose(0, nil)
	return found
}

// auditCell compares the cell with its twin.
func auditCell(w *tree.Vertices) error {
	c := tree.CellOf(w)
	l, word := c.Layer, c.Word
	constraints := constraintsOf(w)
	true_ := verticesOf(c.N, constraints)
	if len(true_) != len(c.List) {
		return fmt.Errorf("%d vertices, the cell has %d", len(c.List), len(true_))
	}
	for i, r := range constraints {
		for _, x := range true_ {
			if r.Eval(x).Sign() == 0 {
				constraints[i].vertices++
			}
		}
	}
	for _, v := range c.List {
		x, err := trueVertex(&c.Vertices[v], c.N, constraints, true_)
		if err != nil {
			return err
		}
		s := c.Sign(word, v)
		for b := range c.Rows[word] {
			j := c.NeuronAt(l, word, uint(b))
			got := int(s.Plus>>b&1) - int(s.Minus>>b&1)
			if known := (s.Plus|s.Minus|s.Zero)>>b&1 != 0; !known {
				continue
			}
			if want := w.Judge().Row(l, j, 1).Eval(x).Sign(); want != got {
				return fmt.Errorf("neuron %d of layer %d at vertex %d: sign %d, not %d", j, l, v, got, want)
			}
		}
	}
	return nil
}

// trueVertex takes the true vertex on exactly the constraints that a vertex names out of the set;
// those that are no facets need not be named.
func trueVertex(v *vertices.Vertex, n int, constraints []constraint, all map[string][]*big.Rat) ([]*big.Rat, error) {
	for name, x := range all {
		same := true
		for _, r := range constraints {
			on := r.bit >= 0 && v.On>>r.bit&1 != 0
			same = same && (r.bit < 0 || on == (r.Eval(x).Sign() == 0) || !on && r.vertices < n)
		}
		if !same {
			continue
		}
		for k := range n {
			off := new(big.Rat).Sub(x[k], new(big.Rat).SetFloat64(v.X[k]))
			if off.Abs(off).Cmp(new(big.Rat).SetFloat64(v.Err)) > 0 {
				return nil, fmt.Errorf("vertex %v is off %v by more than %g", v.X[:n], x, v.Err)
			}
		}
		delete(all, name)
		return x, nil
	}
	return nil, fmt.Errorf("no vertex on exactly the constraints %b", v.On)
}
