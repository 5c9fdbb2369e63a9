// Which cells are kept by their vertices: those of few inputs.

package tree

import (
	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/vertices"
)

// KeepsVertices says that cells may be kept by their vertices.
func KeepsVertices(m *Subject, p *Policy) bool {
	if !(len(m.Layers) > 0 && m.N <= vertexInputs(m) && p.allowsVertices()) {
		return false
	}
	n := 0
	for _, ly := range m.Layers {
		n += ly.Comparisons()
	}
	return n <= mostComparisons || !m.Maximal()
}

// vertexInputs is the number of inputs up to which cells are kept by their vertices: as far as
// that is faster than the solver, and a word has bits for the 2ⁿ facets of a cross-polytope and
// others. Cells of a central model are cones, as many in every ball; where they are degenerate the
// solver is slow, as it is in a ball that is very large beside what the network is made for.
func vertexInputs(m *Subject) int {
	switch {
	case m.Maximal():
		return classInputs
	case m.Central():
		return vertices.MaxInputs
	case m.Wide && m.Norm != ball.L1:
		return wideInputs
	case m.Norm == ball.L2:
		return 4
	case m.Norm != ball.L1 && len(m.Layers) == 1:
		return 6
	}
	return 5
}

// wideInputs is vertexInputs in a very large ball: in more, vertices are as slow as the solver.
const wideInputs = 6
