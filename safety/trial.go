package safety

// Which splits refute a node sooner, units or inputs, by trying both: a dive goes down from it,
// each time to the side that is farther from being refuted. How much a split takes from the
// looseness of a deep network is not to be foreseen: halves of a box are less loose in all layers,
// and so is what a sign leaves. A dive costs a few nodes for each split in a row. So it is made
// where estimates disagree, and where units were worse, not again until the node is twice as deep.

import "math"

// firstAgain is the depth at which a trial is made again at the earliest.
const firstAgain = 8

// untilFew is after how many halvings in a row few units are open, if each settles of them what is
// the share of an input: from there on a programme does better.
func (z *zone) untilFew() float64 {
	return float64(len(z.inputOf)) * math.Log(float64(len(z.open))/float64(z.few))
}

// trial tries splits with a worker's memory.
type trial struct{ *worker }

// units says that fewer splits of units in a row than of inputs refute a node, and fewer than most.
func (w trial) units(n *node, most int) bool {
	if n.depth() < n.again {
		return false
	}
	n.again = max(2*n.depth(), firstAgain)
	units := w.dive(n, true, most)
	inputs := min(units+dearer, most)
	better := units < most && w.dive(n, false, inputs) == inputs
	w.look(n, false)
	return better
}

// dive is how many splits in a row refute a node, at most most.
func (w trial) dive(n *node, units bool, most int) int {
	c := *n
	for splits := range most {
		best := w.look(&c, units)
		if best.row < 0 {
			return splits
		}
		var a, b node
		if units && len(w.zone.open) > 0 {
			a, b = signed(&c, w.strongest(c.from[best.disjunct], best))
		} else if k := w.blame(&c, best.row); !units && k >= 0 {
			a, b = w.halves(&c, k)
		} else {
			return most
		}
		if c = a; !(w.look(&a, false).top <= w.look(&b, false).top) {
			c = b
		}
	}
	return most
}

// look brings what is known of a node up to date and returns the loosest of its disjuncts, of which
// no form is refuted that came back, and where units are split, no mixture of multipliers that went
// uphill.
func (w trial) look(n *node, units bool) (best loose) {
	best = loose{-1, -1, math.Inf(1)}
	if w.zone.bound(n) != bounded {
		return best
	}
	w.evaluate(n)
	var left []loose
	for i, d := range n.disjunct {
		if at, top, _ := w.refuted(i, d); !(top > 0) {
			left = append(left, loose{d, at, top})
			if top < best.top {
				best = left[len(left)-1]
			}
		}
	}
	if units && len(left) > 0 {
		var claims []*claim
		_, best, _ = w.ascents(n, left, &claims)
	}
	return best
}
