package safety

// What a split promises. Whether units or inputs are split first is estimated on all nodes; what a
// split of one unit does is told where the open units are all in one layer. The pre-activation of
// each is an exact form there, and so is what the network makes of the units' values; so what
// becomes of a form that came back when one unit gets a sign can be told without a visit: its line
// is exact then, and its pre-activation may be taken off any number of times. Where open units of
// several layers depend on one another, what a sign does to the later ones is most of its effect,
// and a solution of the programme is the better guide, or the form with the unit's new line.
//
// A unit is chosen by the product of what its two signs promise, which is how strong branching
// scores (Achterberg, Koch and Martin, "Branching rules revisited", 2005), with estimates in the
// place of programmes.

import (
	"cmp"
	"math"
	"slices"
)

// oneLayer says that there are open units, all in one layer.
func (z *zone) oneLayer() bool {
	open := z.open
	if len(open) == 0 {
		return false
	}
	first, _ := z.unitLayer(open[0])
	last, _ := z.unitLayer(open[len(open)-1])
	return first == last
}

// dearer is by how many splits in a row units must be better: a programme costs some 2³ nodes
// without.
const dearer = 3

// unsure is for where open units of several layers depend on one another.
const unsure = 2

// unitsFirst says that a node of which form r is too loose is refuted by fewer splits in a row of
// units than of inputs. The form's minimum lies between its bound and what its condition is where
// the form is least; so a share of the looseness must go. Inputs are split in the order of what
// they let in, and with each it is halved. Units are split in the order of their looseness, each of
// which is gone then; and as a plane through the box cuts it in two, it takes from the others what
// the half of an average input does.
//
// Where units of several layers are open, whose splits are more than what is counted of them, or
// less, it must be unsure times as many splits of inputs. And where few units would be open before,
// from when on a programme does better, both are tried.
func (w *worker) unitsFirst(n *node, r int) bool {
	several := !w.zone.oneLayer()
	if r < 0 || len(w.zone.open) == 0 || several && w.zone.untilFew() < unsure+dearer {
		return false
	}
	share := make([]float64, w.inputs)
	gaps := w.shares(r, share)
	at := w.above(w.walker, n, r)
	keep := at / (at - w.least[r])
	whole, through := sum(gaps), sum(share)
	if !(keep > 0 && through > 0 && whole < math.Inf(1)) {
		return false // the form has no lower bound above 0, or numbers are beyond floats
	}
	slices.SortFunc(gaps, func(a, b float64) int { return cmp.Compare(b, a) })
	units := 0
	cut := 1 - 1/(2*float64(len(w.zone.inputOf)))
	for left := whole; left > keep*whole && units < len(gaps); units++ {
		left = (left - gaps[units]*math.Pow(cut, float64(units))) * cut
	}
	if several {
		units *= unsure
	}
	left := through
	for halvings := 0; left > keep*through; halvings++ {
		if halvings >= units+dearer {
			return !several || w.zone.untilFew() >= float64(units+dearer) || trial{w}.units(n, units+dearer)
		}
		k := 0
		for i, v := range share {
			if v > share[k] {
				k = i
			}
		}
		share[k] /= 2
		left -= share[k]
	}
	return false
}

// above is what the condition of form r is where the form is least.
func (f *refuter) above(w *walker, n *node, r int) float64 {
	i := 0
	for f.start[i+1] <= r {
		i++
	}
	x := f.lowest(w.x, r)
	return w.conditions[n.disjunct[i]][r-f.start[i]].value(x, w.forward(x))
}

func sum(v []float64) (total float64) {
	for _, x := range v {
		total += x
	}
	return total
}

// little is what a rise of nothing counts, as a share of the bound, so that the other sign's is not
// lost.
const little = 1e-4

// farthest is the open unit whose two signs raise the bound of form r the most, by the product of
// both rises; −1 where that is not to be told.
func (e *refuter) farthest(r int) int32 {
	if r < 0 || e.zone.isChild || !e.zone.oneLayer() {
		return -1
	}
	z := e.zone
	f := outlook{offset: e.form[r][z.inputs], slopes: make([]float64, len(z.inputOf))}
	for k, c := range e.form[r][:z.inputs] {
		f.offset += c * middle(z.lo[k], z.hi[k])
	}
	for i, k := range z.inputOf {
		f.slopes[i] = e.form[r][k] * (z.hi[k] - z.lo[k]) / 2
	}
	now := f.offset
	for _, v := range f.slopes {
		now -= math.Abs(v)
	}
	best, at := 0.0, int32(-1)
	for _, q := range z.open {
		a := z.back.weight[r*z.units+int(q)]
		l, j := z.unitLayer(q)
		z.rows[l].touch(j, 0, len(z.inputOf))
		unit := outlook{middle(z.l[q], z.u[q]), z.rows[l].row(j)[:len(z.inputOf)]}
		slope, offset := z.lines[q][lower].slope, z.lines[q][lower].at
		if a < 0 {
			slope, offset = z.lines[q][upper].slope, z.lines[q][upper].at
		}
		below := f.plus(a*(z.layers[l].below[j]-slope), unit)
		above := f.plus(a*(1-slope), unit)
		below.offset -= a * offset
		above.offset -= a * offset
		rise := max(below.lifted(unit, -1)-now, little*math.Abs(now)) * max(above.lifted(unit, 1)-now, little*math.Abs(now))
		if rise > best {
			best, at = rise, q
		}
	}
	return at
}

// outlook is a form over [−1, 1]ⁿ, the inputs of width above 0 as shares of what they may be.
type outlook struct {
	offset float64
	slopes []float64
}

// plus returns f + by·g.
func (f *outlook) plus(by float64, g outlook) *outlook {
	h := &outlook{f.offset + by*g.offset, make([]float64, len(f.slopes))}
	for i, v := range f.slopes {
		h.slopes[i] = v + by*g.slopes[i]
	}
	return h
}

// lifted returns the largest minimum of f − β·s·g over β ≥ 0: a lower bound of f where s·g ≥ 0. It
// is concave in β, and bends where a coefficient is 0.
func (f *outlook) lifted(g outlook, s float64) float64 {
	type bend struct{ at, by float64 }
	value, slope := f.offset, -s*g.offset
	var bends []bend
	for i, v := range f.slopes {
		value -= math.Abs(v)
		switch y := s * g.slopes[i]; {
		case y == 0:
		case v/y > 0: // |v − β·y| falls until v/y
			slope += math.Abs(y)
			bends = append(bends, bend{v / y, 2 * math.Abs(y)})
		default:
			slope -= math.Abs(y)
		}
	}
	slices.SortFunc(bends, func(a, b bend) int { return cmp.Compare(a.at, b.at) })
	last := 0.0
	for _, b := range bends {
		if slope <= 0 {
			break
		}
		value += slope * (b.at - last)
		slope, last = slope-b.by, b.at
	}
	return value
}
