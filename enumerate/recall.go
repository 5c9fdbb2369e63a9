// Remembering proofs: when a neuron was found settled by some multipliers, the
// same ones often settle it on the next cell, whose forms differ little. Trying them
// costs a fraction of a question. They depend on what the worker did before, so they are
// not used where a proof is written, whose bytes must depend on the path alone.

package enumerate

// memory is the last proof that settled a neuron.
type memory struct {
	side int8 // the empty side
	ids  []int32
	sign []float64
	lam  []float64
}

// recall tries the remembered multipliers on side s of neuron id.
func (w *walker) recall(z *form, id int, s float64) bool {
	m := &w.memories[id]
	if m.side == 0 || float64(m.side) != s || !w.cert.policy.allowFloat() {
		return false
	}
	w.recalled = w.recalled[:0]
	for i, g := range m.ids {
		p := w.at[g]
		if p < 0 || w.cert.anc[p].s != m.sign[i] {
			return false
		}
		w.recalled = append(w.recalled, p)
	}
	return w.cert.float(z, s, 1, w.recalled, m.lam)
}

// remember stores what settled side s of neuron id.
func (w *walker) remember(id int, s float64, ids []int32, lam []float64) {
	m := &w.memories[id]
	m.side = int8(s)
	m.ids, m.sign, m.lam = m.ids[:0], m.sign[:0], append(m.lam[:0], lam...)
	for _, i := range ids {
		a := &w.cert.anc[i]
		m.ids, m.sign = append(m.ids, a.id), append(m.sign, a.s)
	}
}
