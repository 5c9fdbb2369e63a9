// A region as the constraints of its closure, in integers: what linear programmes and projections
// over a region are asked about.

package enumerate

import (
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// Cell is the closure of a region by its constraints, in coordinates y of the unit ball, or of
// [−1, 1]ⁿ: x = c + diag(s)·y. None of its numbers is rounded, and none may be written to.
type Cell struct {
	Norm ball.Norm
	// The region is where all rows are > 0, within the open unit ball; there is one for each neuron
	// of another sign than 0, whose number is in Neurons, and of a maximum one for each piece of
	// sign −, which says what the largest is above it. Where a row is constant it is positive.
	Rows    []exact.Row
	Neurons []int
	// Inside is a point strictly inside.
	Inside []*big.Rat
	m      *tree.Subject
}

// Cell returns the region's constraints. An error is an [ErrInput]: numbers out of all range.
func (r Region) Cell() (*Cell, error) { return r.CellUntil(nil) }

// CellUntil is Cell, given up with [exact.ErrStopped] once stop, unless that is nil, says so.
func (r Region) CellUntil(stop func() bool) (*Cell, error) {
	m, err := r.of.subject()
	if err != nil {
		return nil, err
	}
	path, ok := r.of.paths.Get().(*forms.ExactPath)
	if !ok {
		path = forms.NewExactPath(m.Model)
	}
	defer r.of.paths.Put(path)
	c := &Cell{Norm: m.Norm, m: m}
	for l, ly := range m.Layers {
		for j := range ly.Neurons {
			if stop != nil && stop() {
				return nil, exact.ErrStopped
			}
			if row, bounds := path.Bounding(l, j, r.Pattern); bounds {
				c.Rows, c.Neurons = append(c.Rows, row), append(c.Neurons, ly.First+j)
			}
		}
	}
	mid, scale := m.Ball.Mid(), m.Ball.Scale()
	for k, x := range r.Point() {
		v, _ := x.Rat(nil)
		u, _ := mid[k].Rat(nil)
		w, _ := scale[k].Rat(nil)
		v.Sub(v, u)
		c.Inside = append(c.Inside, v.Quo(v, w))
	}
	return c, nil
}

// InputOf returns the point x of the coordinates y.
func (c *Cell) InputOf(y []*big.Rat) []*big.Rat { return c.m.InputOf(y) }

// Scale returns the half-widths s.
func (c *Cell) Scale() []*big.Rat { return ball.RatsOf(c.m.Ball.Scale()) }

// RowOf returns the form f(x) = Σ row_k·x_k + row_n as a row over y, which is times·f with
// times > 0, a power of two.
func (c *Cell) RowOf(row []*big.Int) (f exact.Row, times *big.Rat) {
	n := len(row) - 1
	mid, scale := dyadic.BigFloats(c.m.Ball.Mid()), dyadic.BigFloats(c.m.Ball.Scale())
	e := min(mid.Exp, scale.Exp, 0) // of all products
	f = exact.Row{G: make([]*big.Int, n), H: new(big.Int).Lsh(row[n], uint(-e))}
	var t big.Int
	for k := range n {
		f.G[k] = new(big.Int).Mul(row[k], &scale.N[k])
		f.G[k].Lsh(f.G[k], uint(scale.Exp-e))
		f.H.Add(f.H, t.Lsh(t.Mul(row[k], &mid.N[k]), uint(mid.Exp-e)))
	}
	return f, dyadic.Rat(big.NewInt(1), -e)
}

// NeuronIntegers tells f the pre-activation of neuron j on the region, in integers times 2^exp: the
// coefficients of the inputs, and then the offset. Of a piece of a maximum it tells what that is
// above the largest one. They are valid during the call.
func (r Region) NeuronIntegers(j int, f func(row []*big.Int, exp int)) {
	r.withPass(func(p *network.AffinePass) { f(p.Neuron(r.Pattern, j)) })
}

// Polytope returns the closure of the region in coordinates of the unit ball, and the names of its
// constraints, as in [Vertex.Facets]. An error is that of Vertices and of Cell.
func (r Region) Polytope() (p *exact.Polytope, names []int, err error) { return r.PolytopeUntil(nil) }

// PolytopeUntil is Polytope, given up with [exact.ErrStopped] once stop, unless that is nil, says
// so. What is computed of the polytope is given up then too.
func (r Region) PolytopeUntil(stop func() bool) (p *exact.Polytope, names []int, err error) {
	g, _, err := r.polytope(stop)
	if err != nil {
		return nil, nil, err
	}
	defer r.of.guides.Put(g)
	c := g.Closure()
	q := *c.Polytope // the guide goes on
	return &q, c.Names, gaveUp(stop)
}
