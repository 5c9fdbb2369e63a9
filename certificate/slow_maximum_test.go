package certificate

// Maxima in the slow checker: a unit passes on the form of the piece that wins.

import (
	"math/big"
	"slices"
	"strings"
)

// slowAside is the sign of a piece whose class was split away.
const slowAside = -2

func (y *slowLayer) readPieces(text string) {
	rows := 0
	for _, k := range strings.Split(text, ",") {
		slowRequire(k != "" && k[0] != '0', "%q is no number of pieces", k)
		var unit []int
		for range slowIndex(k, 1<<16+1) {
			unit = append(unit, rows)
			rows++
		}
		if y.maxima = append(y.maxima, unit); len(unit) > 1 {
			y.neurons = append(y.neurons, unit...)
		}
	}
	slowRequire(rows == len(y.bias) && len(y.neurons) > 0, "%d pieces", rows)
}

// largest returns what the units of a decided layer pass on.
func (n slowNode) largest(y *slowLayer) (out []slowForm) {
	for _, unit := range y.maxima {
		at := 0
		for i, row := range unit {
			if j := slices.Index(y.neurons, row); j >= 0 && n.sign[j] > 0 {
				at = i
			}
		}
		out = append(out, n.forms[unit[at]])
	}
	return out
}

// rivals returns the neurons of the maximum of neuron j, itself among them.
func (c *slowChecker) rivals(n slowNode, j int) (all []int) {
	y := c.layers[n.layer]
	for _, unit := range y.maxima {
		if slices.Contains(unit, y.neurons[j]) {
			for _, row := range unit {
				all = append(all, slices.Index(y.neurons, row))
			}
		}
	}
	return all
}

// over returns z_j − z_i.
func (n slowNode) over(j, i int) slowForm { return n.z[j].plus(big.NewRat(-1, 1), n.z[i]) }

// remaining returns the undecided neurons of the maximum of neuron j.
func (c *slowChecker) remaining(n slowNode, j int) []int {
	return slices.DeleteFunc(c.rivals(n, j), func(i int) bool { return n.sign[i] != slowUndecided })
}

func (c *slowChecker) settleMaxima(n slowNode) slowNode {
	for j := range n.z {
		if n.sign[j] != slowUndecided {
			continue
		}
		for _, i := range c.rivals(n, j) {
			d := n.over(j, i)
			if i != j && n.sign[j] == slowUndecided && (d.zero() && i < j || !d.zero() && c.nonpositive(n, d)) {
				n = c.without(n, j, -1)
			}
		}
	}
	return n
}

// win decides the maximum of neuron j for that.
func (c *slowChecker) win(n slowNode, j int, split bool) slowNode {
	n.sign, n.named = slices.Clone(n.sign), slices.Clone(n.named)
	for _, i := range c.rivals(n, j) {
		if n.sign[i] == slowUndecided {
			n.sign[i] = -1
		}
		if d := n.over(j, i); split && !d.zero() {
			n.named = append(n.named, slowName{d, true})
		}
	}
	n.sign[j] = +1
	return n
}

// without takes the class of neuron j away; the last one that is left wins.
func (c *slowChecker) without(n slowNode, j, sign int) slowNode {
	n.sign = slices.Clone(n.sign)
	n.sign[j] = sign
	if left := c.remaining(n, j); len(left) == 1 {
		split := slices.ContainsFunc(c.rivals(n, j), func(i int) bool { return n.sign[i] == slowAside })
		return c.win(n, left[0], split)
	}
	return n
}

// on goes on to the next layer if all of this one is decided.
func (c *slowChecker) on(n slowNode) slowNode {
	if n.undecided() < 0 {
		n = c.leave(n)
		n.entering = !c.decided(n)
	}
	return n
}

// pruneClass reads the multipliers that show the class of neuron j to be empty.
func (c *slowChecker) pruneClass(n slowNode, j int, names string) slowNode {
	more, own := n, int64(0)
	more.named = slices.Clone(n.named)
	for _, i := range c.rivals(n, j) {
		if d := n.over(j, i); !d.zero() {
			more.named = append(more.named, slowName{d, false})
			own++
		}
	}
	nearest := c.judge(more, c.affine(0, 0, slowZero), "", names)
	slowRequire(nearest <= own, "no difference is named")
	return c.on(c.without(n, j, -1))
}

// beside requires that the point of an unexplored cell is not where classes were split away.
func (c *slowChecker) beside(n slowNode, x []*big.Rat) {
	if c.decided(n) || c.layers[n.layer].maxima == nil || n.entering {
		return
	}
	for j := range n.sign {
		left := c.remaining(n, j)
		if n.sign[j] != slowAside || len(left) == 0 {
			continue
		}
		var best *big.Rat
		for _, i := range left {
			if v := n.z[i].at(x); best == nil || v.Cmp(best) > 0 {
				best = v
			}
		}
		slowRequire(n.z[j].at(x).Cmp(best) < 0, "the point is where a class was split away")
	}
}
