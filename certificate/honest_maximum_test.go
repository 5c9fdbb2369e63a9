package certificate

// Maxima in the honest writer: it looks for a point of each class, rival by rival.

import (
	"fmt"
	"math/big"
	"slices"
	"sort"
)

func (h *honest) maximal(n hnode) bool { return n.z != nil && h.net.Layers[n.layer].Pieces != nil }

// group returns the neurons of the maximum of neuron j.
func (h *honest) group(n hnode, j int) (all []int) {
	first := 0
	for _, k := range h.net.Layers[n.layer].Pieces {
		if k == 1 {
			continue
		}
		if first <= j && j < first+k {
			for i := range k {
				all = append(all, first+i)
			}
		}
		first += k
	}
	return all
}

// largest returns what the units of a layer pass on.
func (h *honest) largest(n hnode) (out []hform) {
	row, j := 0, 0
	for _, k := range h.net.Layers[n.layer].Pieces {
		at := 0
		for i := range k {
			if k > 1 && n.sign[j+i] == 1 {
				at = i
			}
		}
		out = append(out, n.forms[row+at])
		if row += k; k > 1 {
			j += k
		}
	}
	return out
}

func (n hnode) over(j, i int) hform { return n.z[j].plus(sign(-1), n.z[i]) }

// settleMaxima changes the signs in place.
func (h *honest) settleMaxima(n hnode) hnode {
	for j := range n.z {
		for _, i := range h.group(n, j) {
			if d := n.over(j, i); n.sign[j] == 2 && i != j && (d.zero() && i < j || !d.zero() && h.shown(n, d)) {
				n = h.without(n, j, -1)
			}
		}
	}
	return n
}

// left returns the classes of the maximum of neuron j that are left, and whether some went aside.
func (h *honest) left(n hnode, j int) (left []int, split bool) {
	for _, i := range h.group(n, j) {
		if n.sign[i] == 2 {
			left = append(left, i)
		}
		split = split || n.sign[i] == -2
	}
	return left, split
}

func (h *honest) without(n hnode, j, s int) hnode {
	n.sign = append([]int(nil), n.sign...)
	n.sign[j] = s
	if left, split := h.left(n, j); len(left) == 1 {
		return h.win(n, left[0], split)
	}
	return n
}

func (h *honest) win(n hnode, j int, split bool) hnode {
	n.sign = append([]int(nil), n.sign...)
	for _, i := range h.group(n, j) {
		if n.sign[i] == 2 {
			n.sign[i] = -1
		}
		if d := n.over(j, i); split && !d.zero() {
			n.named = append(append([]hname(nil), n.named...), hname{d, true})
		}
	}
	n.sign[j] = 1
	return n
}

func (h *honest) on(n hnode) hnode {
	if len(n.undecided()) == 0 {
		n = h.leave(n)
		n.entering = n.z != nil
	}
	return n
}

// class returns a point of the class of neuron j, or the line that says that there is none.
func (h *honest) class(n hnode, j int) (p []*big.Rat, line string) {
	p = n.p
	all := append([]hname(nil), n.named...)
	var rivals []int
	for _, i := range h.group(n, j) {
		if d := n.over(j, i); !d.zero() {
			rivals = append(rivals, len(all))
			all = append(all, hname{d, false})
		}
	}
	cell, at := append([]hname(nil), n.named...), make([]int, len(n.named))
	for i := range at {
		at[i] = i
	}
	h.r.Shuffle(len(rivals), func(i, k int) { rivals[i], rivals[k] = rivals[k], rivals[i] })
	for _, i := range rivals {
		x, self, lambda := h.ball.side(all[i].form, cell, p)
		if x == nil && h.chance(h.tight) {
			if y, s, l := boxDomain(n.lo, n.hi).side(all[i].form, cell, p); y == nil {
				self, lambda = s, l
			}
		}
		if x == nil {
			return nil, h.classLine(j, len(all), append(at, i), append(lambda, self))
		}
		p, cell, at = x, append(cell, all[i]), append(at, i)
	}
	return p, ""
}

// classLine spells multipliers of names by their index among so many.
func (h *honest) classLine(j, names int, at []int, lambda []*big.Int) string {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, k int) bool { return at[order[i]] < at[order[k]] })
	line := fmt.Sprintf("-%d ", j)
	times := big.NewInt(1)
	if h.chance(h.multiple) {
		times.SetInt64(1 + h.r.Int63n(5))
	}
	for _, i := range order {
		if lambda[i].Sign() > 0 {
			line += letters(names-1-at[i]) + h.number(lambda[i], times)
		}
	}
	return line + "\n"
}

// maximum returns the subtree of a node with so many classes left in its layer.
func (h *honest) maximum(n hnode, left []int) string {
	if h.chance(h.pruneFirst) {
		for _, i := range h.r.Perm(len(left)) {
			if _, line := h.class(n, left[i]); line != "" {
				return h.prunedClass(n, left[i], line)
			}
		}
	}
	j := left[0]
	p, line := h.class(n, j)
	if line != "" {
		return h.prunedClass(n, j, line)
	}
	others, _ := h.left(n, j)
	for _, i := range h.r.Perm(len(others)) {
		if i = others[i]; i == j {
			continue
		}
		q, line := h.class(n, i)
		if line != "" {
			return h.prunedClass(n, i, line)
		}
		one, rest := h.win(n, j, true), h.without(n, j, -2)
		one.p, rest.p = p, q
		return "*\n" + h.tree(h.on(one)) + h.tree(h.on(rest))
	}
	panic("a class that is alone was not decided")
}

func (h *honest) prunedClass(n hnode, j int, line string) string {
	h.prunes++
	return line + h.tree(h.on(h.without(n, j, -1)))
}

// inside says that a point lies where a class was split away.
func (h *honest) inside(n hnode, x []*big.Rat) bool {
	if !h.maximal(n) {
		return false
	}
	for j, s := range n.sign {
		left, _ := h.left(n, j)
		above := func(i int) bool { return n.over(i, j).at(x).Sign() > 0 }
		if s == -2 && len(left) > 0 && !slices.ContainsFunc(left, above) {
			return true
		}
	}
	return false
}
