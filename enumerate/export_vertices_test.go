package enumerate

// Vertices and facets of a region, against every choice of its constraints solved in rationals.

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/lp/exact"
)

// closureOf returns the rows of a region's closure that are not constant: those of the ball by
// their names, then those of the neurons.
func (r Region) closureOf() (list []constraint) {
	m, _ := r.of.subject()
	if m.Norm == ball.L1 {
		for i := range 1 << m.N {
			g := make([]int64, m.N)
			for k := range g {
				g[k] = int64(1 - 2*(i>>k&1))
			}
			list = append(list, constraint{exact.NewRow(1, g...), -1 - i, 0})
		}
	} else {
		for k := range m.N {
			for i, s := range []int64{1, -1} {
				g := make([]int64, m.N)
				g[k] = s
				list = append(list, constraint{exact.NewRow(1, g...), -1 - 2*k - i, 0})
			}
		}
	}
	path := forms.NewExactPath(m.Model)
	for l, ly := range m.Layers {
		for j := range ly.Neurons {
			row, id := path.At(l, j, r.Pattern), ly.First+j
			if r.Pattern[id] < 0 {
				row = row.Neg()
			}
			if ly.Ends != nil { // what the largest is above it: 0 for the largest
				for w := j; w < ly.Ends[j]; w++ {
					if r.Pattern[ly.First+w] > 0 {
						row = path.At(l, w, r.Pattern).Minus(path.At(l, j, r.Pattern))
					}
				}
				for w := j; w >= 0 && ly.Ends[w] == ly.Ends[j]; w-- {
					if r.Pattern[ly.First+w] > 0 {
						row = path.At(l, w, r.Pattern).Minus(path.At(l, j, r.Pattern))
					}
				}
			}
			if slices.ContainsFunc(row.G, func(g *big.Int) bool { return g.Sign() != 0 }) {
				list = append(list, constraint{row, id, 0})
			}
		}
	}
	return list
}

// WrongVertices says what is wrong with the vertices of a region, and notes how far they are off.
func WrongVertices(r Region, marks attack.Marks) string {
	got, err := r.Vertices()
	if err != nil {
		return err.Error()
	}
	closure := r.closureOf()
	want := verticesOf(r.of.net.Inputs(), closure)
	if len(got) != len(want) {
		return fmt.Sprintf("%d vertices, expected %d", len(got), len(want))
	}
	mid, half := r.of.ball.Mid(), r.of.ball.Scale()
	names := map[int][]string{} // of the vertices on a facet
	for _, v := range got {
		name := ""
		for at, y := range want { // the one on the same facets
			if !slices.ContainsFunc(closure, func(c constraint) bool { return slices.Contains(v.Facets, c.bit) && c.Eval(y).Sign() != 0 }) {
				if name != "" {
					return fmt.Sprintf("the facets %v do not say which vertex it is", v.Facets)
				}
				name = at
			}
		}
		if name == "" {
			return fmt.Sprintf("no vertex on the facets %v", v.Facets)
		}
		for _, f := range v.Facets {
			names[f] = append(names[f], name)
		}
		for k, y := range want[name] {
			c, _ := mid[k].Rat(nil)
			s, _ := half[k].Rat(nil)
			c.Add(c, s.Mul(s, y))
			if marks.Note(boundOfCorner, c.Sub(c, ratOf(v.X[k])), v.Err); marks.Ratio(boundOfCorner) > 1 {
				return fmt.Sprintf("a vertex is off by more than %g", v.Err)
			}
		}
	}
	return wrongFacets(names, closure, want)
}

// wrongFacets holds the sets of vertices of the facets against the largest of those of all
// constraints.
func wrongFacets(names map[int][]string, closure []constraint, vertices map[string][]*big.Rat) string {
	on := func(c constraint) (list []string) {
		for _, name := range slices.Sorted(maps.Keys(vertices)) {
			if c.Eval(vertices[name]).Sign() == 0 {
				list = append(list, name)
			}
		}
		return list
	}
	want, got := map[string]bool{}, map[string]bool{}
	for _, c := range closure {
		mine := on(c)
		if len(mine) > 0 && !slices.ContainsFunc(closure, func(o constraint) bool {
			other := on(o)
			return len(other) > len(mine) && !slices.ContainsFunc(mine, func(v string) bool { return !slices.Contains(other, v) })
		}) {
			want[strings.Join(mine, " ")] = true
		}
	}
	for _, list := range names {
		slices.Sort(list)
		got[strings.Join(list, " ")] = true
	}
	if !maps.Equal(want, got) || len(names) != len(got) {
		return fmt.Sprintf("%d facets of %d names, expected %d", len(got), len(names), len(want))
	}
	return ""
}

// Beside says whether two regions have a facet in common: whether the vertices of what their
// closures have in common span n−1 dimensions, and in the l2 ball, in the plane, whether that is a
// chord.
func Beside(r, s Region) bool {
	n := r.of.net.Inputs()
	var shared []([]*big.Rat)
	for _, x := range verticesOf(n, append(r.closureOf(), s.closureOf()...)) {
		shared = append(shared, x)
	}
	if len(shared) < n || rank(shared) < n-1 {
		return false
	}
	return r.of.ball.Norm() != ball.L2 || n != 2 || chord(shared[0], shared[1])
}

// rank is the dimension of what some points span.
func rank(points [][]*big.Rat) (dim int) {
	var rows [][]*big.Rat
	for _, x := range points[1:] {
		row := make([]*big.Rat, len(x))
		for k := range x {
			row[k] = new(big.Rat).Sub(x[k], points[0][k])
		}
		rows = append(rows, row)
	}
	for k := range points[0] {
		at := slices.IndexFunc(rows[dim:], func(row []*big.Rat) bool { return row[k].Sign() != 0 })
		if at < 0 {
			continue
		}
		rows[dim], rows[dim+at] = rows[dim+at], rows[dim]
		for _, row := range rows[dim+1:] {
			f := new(big.Rat).Quo(row[k], rows[dim][k])
			for i := range row {
				row[i] = new(big.Rat).Sub(row[i], new(big.Rat).Mul(f, rows[dim][i]))
			}
		}
		dim++
	}
	return dim
}

// chord says whether a line between two points of the plane meets the inside of the unit disc.
func chord(v, w []*big.Rat) bool {
	dot := func(a, b []*big.Rat) *big.Rat {
		t := new(big.Rat).Mul(a[0], b[0])
		return t.Add(t, new(big.Rat).Mul(a[1], b[1]))
	}
	d := []*big.Rat{new(big.Rat).Sub(w[0], v[0]), new(big.Rat).Sub(w[1], v[1])}
	t := new(big.Rat).Quo(dot(v, d), dot(d, d))
	if t.Neg(t); t.Sign() < 0 {
		t.SetInt64(0)
	} else if t.Cmp(big.NewRat(1, 1)) > 0 {
		t.SetInt64(1)
	}
	for k := range d {
		d[k].Add(v[k], d[k].Mul(d[k], t))
	}
	return dot(d, d).Cmp(big.NewRat(1, 1)) < 0
}

// Undescribed is a region as it is without any float: its neighbours, how many vertices it has, and
// its volume in coordinates of the unit ball.
func (r Region) Undescribed() (list []Neighbour, vertices int, volume *big.Rat) {
	return describedBy(r, func(g *tree.Guide) { g.Describe(r.Pattern) })
}

// Described is the same as it usually is.
func (r Region) Described() (list []Neighbour, vertices int, volume *big.Rat) {
	return describedBy(r, func(g *tree.Guide) { g.To(r.Pattern) })
}

func describedBy(r Region, to func(*tree.Guide)) (list []Neighbour, vertices int, volume *big.Rat) {
	m, _ := r.of.subject()
	g := tree.NewGuide(m)
	to(g)
	for _, s := range g.Across() {
		list = append(list, Neighbour{s.Neuron, s.Labels})
	}
	return list, len(g.Closure().Vertices), g.Volume(big.NewRat(1, 1))
}
