// Remembering proofs: when a neuron was found settled by some multipliers, the
// same ones often settle it on the next cell, whose forms differ little. Trying them
// costs a fraction of a question. They depend on what the worker did before, so they are
// not used where a proof is written, whose bytes must depend on the path alone.

package enumerate

// memorySlots is the number of proofs kept for each neuron, of which
// the first nearSlots are always tried. The others are tried while they pay: in deep networks a
// question has many constraints and one in two is saved, in small ones hardly any.
const (
	memorySlots = 16
	nearSlots   = 2
	// farTrial is how many tries of far slots decide whether they pay, and farWorth the
	// share of hits at which they do: a miss costs about a quarter of a question.
	farTrial = 512
	farWorth = 4
	// farPause is the number of misses of the near slots for which the far ones rest.
	farPause = 1 << 14
)

// farStats says whether the far slots pay.
type farStats struct{ tries, hits, pause int }

// worth says whether to try the far slots now.
func (f *farStats) worth() bool {
	if f.pause > 0 {
		f.pause--
		return false
	}
	if f.tries == farTrial {
		if f.hits*farWorth < f.tries {
			f.pause = farPause
		}
		f.tries, f.hits = 0, 0
	}
	f.tries++
	return true
}

// memory is a proof that settled a neuron.
type memory struct {
	side int8 // the empty side, 0 for none
	ids  []int32
	lam  []float64 // times the side of its constraint
}

// constraints are the constraints of the current path by neuron, laid out so that a
// combination of them is one loop: after s the n gradients, the offset, the error and the
// magnitude, all times s but for the last two.
type constraints struct {
	n    int
	rows []float64 // stride n+4; s = 0 for neurons that are none
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
	for i := 0; i < len(c.rows); i += c.n + 4 {
		c.rows[i] = 0
	}
}

// set makes the form the constraint s·z > 0; s = 0 takes it away.
func (c *constraints) set(id int32, z *form, s float64) {
	r := c.row(id)
	r[0] = s
	if s == 0 {
		return
	}
	for k, g := range z.g {
		r[1+k] = s * g
	}
	r[c.n+1], r[c.n+2], r[c.n+3] = s*z.h, z.err, z.mag
}

// recall tries the remembered multipliers on side s of neuron id. Those of
// ancestors that are not on the path are left out.
func (w *walker) recall(z *form, id int, s float64) bool {
	if !w.cert.policy.allowFloat() {
		return false
	}
	slots := w.memories[id*memorySlots : (id+1)*memorySlots]
	for k := range slots {
		m := &slots[k]
		if k == nearSlots && !w.far.worth() {
			return false
		}
		if float64(m.side) != s || !w.stillProves(z, s, m) {
			continue
		}
		if k >= nearSlots {
			w.far.hits++
		}
		if k > 0 {
			slots[0], slots[k] = slots[k], slots[0]
		}
		return true
	}
	return false
}

// stillProves is certifier.float with the remembered multipliers of the constraints that are
// on the path.
func (w *walker) stillProves(z *form, s float64, m *memory) bool {
	n := len(z.g)
	sum := w.sum[:n+3]
	for k, g := range z.g {
		sum[k] = s * g
	}
	sum[n], sum[n+1], sum[n+2] = s*z.h, z.err, z.mag
	lam := m.lam[:len(m.ids)]
	used := 0
	for i, id := range m.ids {
		r := w.onPath.row(id)
		l := r[0] * lam[i]
		if !(l > 0) {
			continue
		}
		used++
		for k, v := range r[1 : 1+len(sum)] {
			sum[k] += l * v
		}
	}
	bound := slack*(sum[n+1]+float64(used+n+8)*unit*sum[n+2]) + underflow
	return sum[n]+supUnit(w.m.norm, sum[:n])+bound < 0
}

// remember stores what settled side s of neuron id, in the place of the oldest.
func (w *walker) remember(id int, s float64, ids []int32, lam []float64) {
	slots := w.memories[id*memorySlots : (id+1)*memorySlots]
	last := slots[memorySlots-1]
	copy(slots[1:], slots)
	m := &slots[0]
	*m = last
	m.side = int8(s)
	m.ids, m.lam = m.ids[:0], m.lam[:0]
	for i, k := range ids {
		a := &w.cert.anc[k]
		m.ids, m.lam = append(m.ids, a.id), append(m.lam, a.s*lam[i])
	}
}
