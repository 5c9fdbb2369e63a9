// The proof table: when a neuron was found settled by some multipliers, the
// same ones often settle it on the next cell, whose forms differ little. Trying them
// costs a fraction of a question. They depend on what the worker did before, so they are
// not used where a proof is written, whose bytes must depend on the path alone.

package tree

import (
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
)

const (
	// memorySlots is the number of proofs kept for each neuron, a power of two. The newest is
	// always tried, the others while they pay: in deep networks a question has many constraints
	// and one in two is saved, in small ones hardly any.
	memorySlots = 16
	// trial is how many tries decide whether trying pays. It does from a share of hits on: missing
	// the second proof costs an eighth of a question, missing all others a quarter.
	trial       = 512
	secondWorth = 8
	farWorth    = 4
	// pause is the number of questions for which proofs that do not pay rest.
	pause = 1 << 14
)

// payoff says whether trying pays: from one hit in worth on.
type payoff struct{ worth, tries, hits, pause int }

// open says whether to try now.
func (f *payoff) open() bool {
	if f.pause > 0 {
		f.pause--
		return false
	}
	return true
}

// try counts a try.
func (f *payoff) try() {
	if f.tries == trial {
		if f.hits*f.worth < f.tries {
			f.pause = pause
		}
		f.tries, f.hits = 0, 0
	}
	f.tries++
}

// memories are the proofs that settled a neuron, newest first from head on, round.
type memories struct {
	slots [memorySlots]memory
	head  int
}

// at returns the k-th newest.
func (m *memories) at(k int) *memory { return &m.slots[(m.head+k)%memorySlots] }

// memory is a proof that settled a neuron.
type memory struct {
	side int8 // the empty side, 0 for none
	ids  []int32
	lam  []float64 // times the side of its constraint
}

// proofTable is what a worker remembers.
type proofTable struct {
	used        bool // not where a proof is written
	onPath      constraints
	memories    []memories
	second, far payoff
	sum         []float64
}

// newProofTable returns an empty table, to be used or not.
func newProofTable(m *Subject, used bool) proofTable {
	return proofTable{used: used, memories: make([]memories, m.Neurons), second: payoff{worth: secondWorth}, far: payoff{worth: farWorth},
		onPath: newConstraints(m.N, m.Neurons), sum: make([]float64, m.N+3)}
}

// set notes that the form is the constraint s·z > 0 of the cell; s = 0 takes it away.
func (p *proofTable) set(id int32, z *forms.Form, s float64) {
	if p.used && id >= 0 { // differences of pieces are not remembered
		p.onPath.set(id, z, s)
	}
}

func (p *proofTable) clear() {
	if p.used {
		p.onPath.clear()
	}
}

// constraints are the constraints of the current path by neuron, laid out so that a
// combination of them is one loop: after s the n gradients, the offset, the error and the
// magnitude, all times s but for the last two.
type constraints struct {
	n       int
	rows    []float64 // stride n+4; s = 0 for neurons that are none
	touched bool      // some s was set to another value
}

func newConstraints(n, neurons int) constraints {
	return constraints{n: n, rows: make([]float64, neurons*(n+4))}
}

func (c *constraints) row(id int32) []float64 {
	k := c.n + 4
	return c.rows[int(id)*k : int(id)*k+k]
}

// clear takes all away.
func (c *constraints) clear() {
	if !c.touched { // the rows of a wide network are hundreds of megabytes, which nobody has touched
		return
	}
	c.touched = false
	for i := 0; i < len(c.rows); i += c.n + 4 {
		c.rows[i] = 0
	}
}

// set makes the form the constraint s·z > 0; s = 0 takes it away.
func (c *constraints) set(id int32, z *forms.Form, s float64) {
	r := c.row(id)
	r[0] = s
	if s == 0 {
		return
	}
	c.touched = true
	for k, g := range z.G {
		r[1+k] = s * g
	}
	r[c.n+1], r[c.n+2], r[c.n+3] = s*z.H, z.Err, z.Mag
}

// settles tries the remembered multipliers on side s of neuron id. Those of
// ancestors that are not on the path are left out.
func (p *proofTable) settles(norm ball.Norm, z *forms.Form, id int, s float64) bool {
	ms := &p.memories[id]
	far := false
	for k := range memorySlots {
		switch k {
		case 1:
			if far = p.far.open(); !far {
				if !p.second.open() {
					return false
				}
				p.second.try()
			}
		case 2:
			if !far {
				return false
			}
			p.far.try()
		}
		m := ms.at(k)
		if float64(m.side) != s || !p.stillProves(norm, z, s, m) {
			continue
		}
		switch {
		case k > 1:
			p.far.hits++
		case k == 1 && !far:
			p.second.hits++
		}
		if k > 0 {
			newest := ms.at(0)
			*newest, *m = *m, *newest
		}
		return true
	}
	return false
}

// stillProves is the judge's float filter with the remembered multipliers of the constraints that
// are on the path.
func (p *proofTable) stillProves(norm ball.Norm, z *forms.Form, s float64, m *memory) bool {
	n := len(z.G)
	sum := p.sum[:n+3]
	for k, g := range z.G {
		sum[k] = s * g
	}
	sum[n], sum[n+1], sum[n+2] = s*z.H, z.Err, z.Mag
	lam := m.lam[:len(m.ids)]
	used := 0
	for i, id := range m.ids {
		r := p.onPath.row(id)
		l := r[0] * lam[i]
		if !(l > 0) {
			continue
		}
		used++
		for k, v := range r[1 : 1+len(sum)] {
			sum[k] += l * v
		}
	}
	bound := forms.Rounding(sum[n+1], sum[n+2], used+n)
	return sum[n]+forms.Sup(norm, sum[:n])+bound < 0
}

// remember stores what settled side s of neuron id, in the place of the oldest.
func (p *proofTable) remember(id int, s float64, anc []judge.Constraint, ids []int32, lam []float64) {
	if !p.used {
		return
	}
	ms := &p.memories[id]
	ms.head = (ms.head + memorySlots - 1) % memorySlots
	m := ms.at(0)
	m.side = int8(s)
	m.ids, m.lam = slices.Grow(m.ids[:0], len(ids))[:0], slices.Grow(m.lam[:0], len(ids))[:0]
	for i, k := range ids {
		if a := &anc[k]; a.ID >= 0 {
			m.ids, m.lam = append(m.ids, a.ID), append(m.lam, a.S*lam[i])
		}
	}
}
