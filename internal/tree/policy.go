// What tests may force of a tree.

package tree

import (
	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/lp"
)

// Policy lets tests force tiers, put a solver of their own in, and look on. Nil is the usual tree.
type Policy struct {
	judge.Policy
	// Solver makes the solver of a solved tree.
	Solver func(norm ball.Norm, n int) lp.Incremental
	// OnCell is told of each cell that is kept by its vertices. In proofs none is then shown at a
	// stroke.
	OnCell func(t *Vertices)
	// NoVertices: no cells are. Cellwise: nor are regions counted at a stroke.
	NoVertices, Cellwise bool
	// Tuning takes the place of the usual table.
	Tuning *tuning.Table
}

// tiers says which tiers may decide.
func (p *Policy) tiers() *judge.Policy {
	if p == nil {
		return nil
	}
	return &p.Policy
}

func (p *Policy) tuning() *tuning.Table {
	if p == nil || p.Tuning == nil {
		return &tuning.Usual
	}
	return p.Tuning
}

func (p *Policy) newSolver(m *forms.Model) lp.Incremental {
	switch {
	case p != nil && p.Solver != nil:
		return p.Solver(m.Norm, m.N)
	case m.Norm == ball.L2 && m.Central():
		return lp.NewCone(m.N)
	}
	return lp.NewIncremental(m.Norm, m.N)
}

func (p *Policy) allowsVertices() bool {
	return p == nil || p.Float == nil && p.Integer == nil && p.Solver == nil && !p.NoVertices
}
