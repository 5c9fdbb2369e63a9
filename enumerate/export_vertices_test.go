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
