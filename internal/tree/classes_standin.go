// What a tree of classes leaves to the solved tree, and what it says of its cells.

package tree

import "math/big"

// standIn has the solved tree decide the cell.
func (t *Classes) standIn(passing bool) Event {
	if len(t.path) == 0 {
		t.tally.Decisions = t.atRoot
	} else {
		t.fallbacks.note(t.tune, t.regions)
	}
	s := t.standby()
	if e, ok := Lead(s, t.path); !ok {
		if e.Kind != Failed {
			e = Event{Kind: Open}
		}
		return e
	}
	t.standing, t.since = true, len(t.path)
	return s.Next(passing)
}

// standby returns the solved tree, which is made when it is first wanted.
func (t *Classes) standby() *Solved {
	if t.solved == nil {
		t.solved = NewSolved(t.m, t.policy, t.halt, false)
		t.solved.tally = t.tally
	}
	return t.solved
}

// Bound bounds the regions of the cell.
func (t *Classes) Bound(close bool) *big.Int {
	if t.standing {
		return t.solved.Bound(close)
	}
	return t.Rough()
}

// Rough is a bound that costs next to nothing.
func (t *Classes) Rough() *big.Int {
	if t.standing {
		return t.solved.Rough()
	}
	lv := t.levels[len(t.path)]
	return t.rough(lv.l, lv.j)
}

// SplitBound bounds the plus side of a split, and the whole.
func (t *Classes) SplitBound(depth int) (plus, cell *big.Int) {
	if t.standing && depth >= t.since {
		return t.solved.SplitBound(depth)
	}
	lv := t.levels[depth]
	b := t.rough(lv.l, lv.j)
	return b, new(big.Int).Set(b)
}

// MinusBound bounds the other side.
func (t *Classes) MinusBound(depth int) *big.Int {
	if t.standing && depth >= t.since {
		return t.solved.MinusBound(depth)
	}
	lv := t.levels[depth]
	return t.rough(lv.l, lv.j)
}

// Labels are those of whichever tree has the cell.
func (t *Classes) Labels() []int8 {
	if t.standing {
		return t.solved.labels
	}
	return t.labels
}

// Tally includes what the solved tree does.
func (t *Classes) Tally() *Tally {
	if t.solved != nil {
		return t.solved.Tally()
	}
	return t.tally
}

// Err is what no tier could decide.
func (t *Classes) Err() error {
	if t.solved != nil {
		return t.solved.err
	}
	return nil
}

// Witness is nil: none is kept.
func (t *Classes) Witness(bool) ([]float64, []*big.Float) { return nil, nil }
