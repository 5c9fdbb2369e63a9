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
	sign []float64
	lam  []float64
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
		if float64(m.side) != s {
			continue
		}
		w.recalled, w.weights = w.recalled[:0], w.weights[:0]
		for i, g := range m.ids {
			if p := w.at[g]; p >= 0 && w.cert.anc[p].s == m.sign[i] {
				w.recalled, w.weights = append(w.recalled, p), append(w.weights, m.lam[i])
			}
		}
		if w.cert.float(z, s, 1, w.recalled, w.weights) {
			if k >= nearSlots {
				w.far.hits++
			}
			if k > 0 {
				slots[0], slots[k] = slots[k], slots[0]
			}
			return true
		}
	}
	return false
}

// remember stores what settled side s of neuron id, in the place of the oldest.
func (w *walker) remember(id int, s float64, ids []int32, lam []float64) {
	slots := w.memories[id*memorySlots : (id+1)*memorySlots]
	last := slots[memorySlots-1]
	copy(slots[1:], slots)
	m := &slots[0]
	*m = last
	m.side = int8(s)
	m.ids, m.sign, m.lam = m.ids[:0], m.sign[:0], append(m.lam[:0], lam...)
	for _, i := range ids {
		a := &w.cert.anc[i]
		m.ids, m.sign = append(m.ids, a.id), append(m.sign, a.s)
	}
}
