// Deciding one neuron after the other on a cell, and telling the observer.

package enumerate

// nodes decides the neurons of layer l from j on, on the cell at depth d.
func (w *walker) nodes(l, j, d int) {
	ly, st := w.m.layers[l], w.states[l]
	for ; j < ly.m; j++ {
		id := ly.first + j
		if st.done[j] != open {
			w.report(l, j)
			continue
		}
		if w.m.late() {
			w.leave(l, j, d)
			return
		}
		// On the way to a record or along a script there is little to do.
		if len(w.script) == 0 && w.run.stop.Load() && w.saved == nil {
			w.open(l, j, d)
			return
		}
		if w.decide(l, j, d) {
			follow := w.off == 0 && !w.form(l, j).lost() && w.solver.Split()
			if st.entry == d && follow && !(w.outlines() && w.outlined()) {
				w.settle(l, j+1, d)
			}
			w.split(l, j, d, follow)
			return
		}
		if w.err != nil {
			return
		}
		if w.gaveUp {
			w.leave(l, j, d)
			return
		}
		w.pass(&w.levels[d].acc, l, j, w.labels[id])
	}
	if l+1 < len(w.m.layers) {
		w.enter(l+1, d)
		return
	}
	w.region(d)
}

// report tells the observer of a neuron that was settled on entry.
func (w *walker) report(l, j int) {
	if w.obs == nil {
		return
	}
	st := w.states[l]
	if st.done[j] == zeroDone {
		w.obs.Zero()
		return
	}
	w.tell(w.labels[w.m.layers[l].first+j], &st.proofs[j])
}

// tell hands a proof to the observer.
func (w *walker) tell(live int8, p *multipliers) {
	if p.bigSelf != nil {
		w.obs.PrunedBig(live, p.bigSelf, p.ids, p.bigLam)
		return
	}
	w.obs.Pruned(live, p.self, p.ids, p.lambda)
}

// decide settles neuron j of layer l on the cell at depth d, and reports true
// when both sides live; levels[d].far then holds the witness of the side on which the
// witness of the cell is not.
func (w *walker) decide(l, j, d int) bool {
	z := w.form(l, j)
	id := w.m.layers[l].first + j
	lv := w.levels[d]
	if lv.z[id] == 0 && !lv.full {
		lv.z[id] = z.signAt(lv.y)
	}
	if lv.z[id] == 0 && !w.resolve(z, id, d) {
		return false
	}
	if w.err != nil || w.gaveUp {
		return false
	}
	s := -float64(w.levels[d].z[id])
	if w.off == 0 {
		t, r := w.ask(z, id, s)
		if t != tierNone {
			w.stats.count(t)
			w.pruned(int8(-s), id)
			return false
		}
		if r != nil && w.witness(z, id, s, d, r) {
			return true
		}
	}
	return w.solve(z, id, s, d)
}

// pruned labels neuron id and tells the observer.
func (w *walker) pruned(live int8, id int) {
	w.labels[id] = live
	if w.obs != nil {
		w.tell(live, &w.cert.out)
	}
}
