package enumerate

// The slow twin of a described cell: all vertices by solving every choice of constraints in
// rationals.

import (
	"fmt"
	"math/big"
	"sync"

	"github.com/relucell/relucell/lp/exact"
)

// constraint is an exact row that is not negative on the cell.
type constraint struct {
	exact.Row
	bit      int // of the description; −1 where it names another one by now
	vertices int // of the cell, on it
}

// constraintsOf returns the ball's facets and the splits on the path.
func constraintsOf(w *Vertices) []constraint {
	c := w.cells
	var list []constraint
	for i, r := range c.ball {
		g := make([]int64, c.n)
		for k := range g {
			g[k] = int64(r.g[k])
		}
		list = append(list, constraint{exact.NewRow(1, g...), i, 0})
	}
	for i, at := range c.changed {
		r, bit := c.facets[at.bit], at.bit
		for _, later := range c.changed[i+1:] {
			if later.bit == at.bit {
				r, bit = later.row, -1
				break
			}
		}
		if at.bit < len(c.ball) {
			list[at.bit].bit = -1
		}
		l, j := neuronOfRow(w, r)
		list = append(list, constraint{exactly(w).signed(l, j, float64(w.labels[w.m.layers[l].first+j])), bit, 0})
	}
	return list
}

// neuronOfRow finds the neuron by where its row is kept.
func neuronOfRow(w *Vertices, p place) (l, j int) {
	l = layerOfWord(w.m, int(p/wordSize))
	return l, w.m.layers[l].neuronAt(int(p/wordSize), uint(p%wordSize))
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

// certifiers are those of the trees that are audited, for their exact forms.
var certifiers sync.Map

// exactly returns a certifier on the path of a tree.
func exactly(w *Vertices) *certifier {
	c, ok := certifiers.Load(w)
	if !ok {
		c, _ = certifiers.LoadOrStore(w, &certifier{m: w.m, labels: w.labels, path: exactPath{m: w.m}})
	}
	return c.(*certifier)
}

// auditCell compares the tree's cell with its twin.
func auditCell(w *Vertices) error {
	lv := w.here()
	l, word := lv.l, lv.word
	c := w.cells
	constraints := constraintsOf(w)
	true_ := verticesOf(c.n, constraints)
	if len(true_) != len(lv.at) {
		return fmt.Errorf("%d vertices, the cell has %d", len(lv.at), len(true_))
	}
	for i, r := range constraints {
		for _, x := range true_ {
			if r.Eval(x).Sign() == 0 {
				constraints[i].vertices++
			}
		}
	}
	for _, v := range lv.at {
		x, err := trueVertex(&c.vertices[v], c.n, constraints, true_)
		if err != nil {
			return err
		}
		s := c.sign(word, v)
		for b := range c.rows[word] {
			j := w.m.layers[l].neuronAt(word, uint(b))
			got := int(s.plus>>b&1) - int(s.minus>>b&1)
			if known := (s.plus|s.minus|s.zero)>>b&1 != 0; !known {
				continue
			}
			if want := exactly(w).signed(l, j, 1).Eval(x).Sign(); want != got {
				return fmt.Errorf("neuron %d of layer %d at vertex %d: sign %d, not %d", j, l, v, got, want)
			}
		}
	}
	return nil
}

// trueVertex takes the true vertex on exactly the constraints that a vertex names out of the set; those that are no facets
// need not be named.
func trueVertex(v *vertex, n int, constraints []constraint, all map[string][]*big.Rat) ([]*big.Rat, error) {
	for name, x := range all {
		same := true
		for _, r := range constraints {
			on := r.bit >= 0 && v.on>>r.bit&1 != 0
			same = same && (r.bit < 0 || on == (r.Eval(x).Sign() == 0) || !on && r.vertices < n)
		}
		if !same {
			continue
		}
		for k := range n {
			off := new(big.Rat).Sub(x[k], new(big.Rat).SetFloat64(v.x[k]))
			if off.Abs(off).Cmp(new(big.Rat).SetFloat64(v.err)) > 0 {
				return nil, fmt.Errorf("vertex %v is off %v by more than %g", v.x[:n], x, v.err)
			}
		}
		delete(all, name)
		return x, nil
	}
	return nil, fmt.Errorf("no vertex on exactly the constraints %b", v.on)
}
