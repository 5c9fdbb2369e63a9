// Cells by their vertices in networks with maxima, for counts alone. A neuron is decided by its
// signs at a cell's vertices, as in [Vertices], and a maximum by those of the differences of its
// pieces: the class of a piece is the cell cut off by what its piece is above each other one, a
// polytope with an interior or none. The paths are those of [Solved], which stands in where a sign
// is not certain: a neuron splits a cell into its minus and its plus side, and a maximum of which
// several classes live into the first and the rest, the same cell without it.

package tree

import (
	"sync/atomic"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/vertices"
)

// classInputs is the number of inputs up to which that is faster than the solver: in two to four it
// takes a third to a twentieth of the time, in five as long or longer.
const classInputs = 4

// mostComparisons is the largest number of forms of a network whose signs are kept at each vertex:
// a kilobyte and a half of them.
const mostComparisons = 1 << 12

// Classes is a tree whose cells are kept by their vertices, of a network with maxima.
type Classes struct {
	divider
	fallbacks *Fallbacks
	levels    []*classCell
	path      []int8
	regions   int64   // found, and not yet told to fallbacks
	solved    *Solved // what stands in
	standing  bool    // it does, from depth since on
	since     int
	atRoot    Decisions // what had been counted at the root
}

// classCell is a cell on the path.
type classCell struct {
	acc forms.Sums
	at  []int32 // its vertices
	// Neuron j of layer l, or the maximum that begins there, is the next to be decided, or what
	// splits the cell.
	l, j    int
	arrived bool
	box     vertices.Box // around the cell with which the layer was entered
	sides   []classSide  // where the cell splits: two, or the classes
	split   vertices.Mark
	named   int
	own     []classSide // memory of sides
}

// classSide is a side of a neuron, or a class of a maximum: its vertices, with the names of
// constraints that it has more than the cell.
type classSide struct {
	label int // of a neuron −1 or 1, of a maximum the piece
	at    []int32
	names []vertices.FacetPlace
}

// KeepsClasses says that a plain count of a network with maxima may keep cells by their vertices.
func KeepsClasses(m *Subject, p *Policy) bool {
	if !m.Maximal() || m.N > classInputs || !p.allowsVertices() {
		return false
	}
	n := 0
	for _, ly := range m.Layers {
		n += ly.Comparisons()
	}
	return n <= mostComparisons
}

// NewClasses returns a tree at the root.
func NewClasses(m *Subject, p *Policy, halt *atomic.Bool, f *Fallbacks) *Classes {
	t := &Classes{divider: divider{trunk: newTrunk(m, p, halt), cells: vertices.New(m.Model, true)}, fallbacks: f}
	t.cells.Vanishes, t.cells.Clock, t.cells.Spare = func(int, uint, int32) bool { return false }, &t.tally.Work, t.tune.SpareBits
	for _, ly := range m.Layers {
		var firsts []int
		for first, n := 0, 0; ly.Ends != nil && first < ly.Neurons; first = ly.Ends[first] {
			k := ly.Ends[first] - first
			for range k {
				firsts = append(firsts, n)
			}
			n += k * (k - 1) / 2
		}
		t.firsts = append(t.firsts, firsts)
	}
	return t
}

func (t *Classes) at(depth int) *classCell {
	for len(t.levels) <= depth {
		t.levels = append(t.levels, new(classCell))
	}
	return t.levels[depth]
}

// Reset goes to the ball.
func (t *Classes) Reset() {
	t.path, t.standing, t.atRoot = t.path[:0], false, t.tally.Decisions
	lv := t.at(0)
	lv.at = append(lv.at[:0], t.cells.Reset()...)
	lv.l, lv.j, lv.arrived, lv.sides = 0, 0, false, nil
}

// Next looks at the cell's vertices, or has the solver asked.
func (t *Classes) Next(passing bool) Event {
	if t.standing {
		return t.solved.Next(passing)
	}
	if t.m.Late() {
		return t.Undecided()
	}
	if !t.fallbacks.common.Load() {
		e, certain := t.next(t.levels[len(t.path)], passing)
		if t.m.Late() {
			return t.Undecided()
		}
		if certain {
			return e
		}
	}
	return t.standIn(passing)
}

// Undecided leaves the cell as it is: one that has vertices and an interior is not empty.
func (t *Classes) Undecided() Event {
	if t.standing {
		return t.solved.Undecided()
	}
	return Event{Kind: Open}
}

// next decides the cell by its vertices until there is something to say of it. It reports false
// where a sign is not certain.
func (t *Classes) next(lv *classCell, passing bool) (e Event, certain bool) {
	if !lv.arrived && !t.arrive(lv) {
		return e, false
	}
	for {
		ly := t.m.Layers[lv.l]
		for lv.j < ly.Neurons {
			end := lv.j + 1
			if ly.Ends != nil {
				end = ly.Ends[lv.j]
			}
			if lv.sides == nil {
				if !passing && t.halt.Load() || t.m.Late() {
					return Event{Kind: Open}, true
				}
				if !t.decide(lv) {
					lv.sides = nil
					return e, false
				}
			}
			if len(lv.sides) > 1 {
				lv.split, lv.named = t.cells.Here(), t.cells.Named()
				return Event{Kind: Split, Shared: true}, true
			}
			if len(lv.sides) == 1 {
				t.take(lv, lv.l, lv.j, &lv.sides[0])
				lv.sides = nil
			}
			lv.j = end
		}
		if lv.l+1 == len(t.m.Layers) {
			t.tally.Float++
			if t.regions++; t.regions >= t.tune.Batch {
				t.fallbacks.regions.Add(t.regions)
				t.regions = 0
			}
			return Event{Kind: Final, Regions: 1}, true
		}
		lv.l, lv.j = lv.l+1, 0
		t.enterLayer(lv)
	}
}

// take makes the cell a side of what neuron j of layer l, or the maximum that begins there, splits
// it into.
func (t *divider) take(lv *classCell, l, j int, s *classSide) {
	t.cells.Give(s.names)
	lv.at = append(lv.at[:0], s.at...)
	t.label(l, j, s.label)
	if t.m.Layers[l].Ends != nil {
		t.Pass(&lv.acc, l, s.label, 1)
	} else {
		t.Pass(&lv.acc, l, j, int8(s.label))
	}
}

// label labels a neuron, or the pieces of a maximum where one of them is the largest.
func (t *divider) label(l, j, label int) {
	ly := t.m.Layers[l]
	labels := t.labels[ly.First:]
	if ly.Ends == nil {
		labels[j] = int8(label)
		return
	}
	for i := j; i < ly.Ends[j]; i++ {
		labels[i] = -1
		if i == label {
			labels[i] = 1
		} else if t.Above(l, label, i, &t.diff); t.diff.Zero() {
			labels[i] = 0
		}
	}
}

// arrive enters the cell that Enter, or Reset, has named.
func (t *Classes) arrive(lv *classCell) bool {
	lv.arrived = true
	d := len(t.path)
	if d == 0 {
		t.LoadFirst()
		t.enterLayer(lv)
		return true
	}
	up := t.levels[d-1]
	if up.l+1 < len(t.m.Layers) {
		lv.acc.CopyFrom(&up.acc)
	}
	lv.box = up.box
	if lv.sides != nil { // the rest
		return true
	}
	s := &up.sides[0]
	if t.path[d-1] > 0 {
		s = &up.sides[1]
	}
	t.take(lv, up.l, up.j, s)
	return true
}

// enterLayer loads the forms of the layer, and boxes the cell in.
func (t *Classes) enterLayer(lv *classCell) {
	if lv.l > 0 {
		t.Load(lv.l, &lv.acc, t.labels)
	}
	t.Begin(&lv.acc, lv.l+1)
	clear(t.layers[lv.l].done)
	t.cells.Around(lv.at, &lv.box)
}

// Enter names the side.
func (t *Classes) Enter(s int8) {
	d := len(t.path)
	t.path = append(t.path, s)
	if t.standing {
		t.solved.Enter(s)
		return
	}
	up, lv := t.levels[d], t.at(d+1)
	lv.l, lv.j, lv.arrived, lv.sides = up.l, up.j, false, nil
	if s > 0 && len(up.sides) > 2 {
		lv.sides = up.sides[1:]
		return
	}
	ly := t.m.Layers[up.l]
	if lv.j++; ly.Ends != nil {
		lv.j = ly.Ends[up.j]
	}
}

// Leave goes back.
func (t *Classes) Leave() {
	d := len(t.path) - 1
	t.path = t.path[:d]
	if t.standing && d >= t.since {
		t.solved.Leave()
		return
	}
	t.standing = false
	up := t.levels[d]
	ly := t.m.Layers[up.l]
	end := up.j + 1
	if ly.Ends != nil {
		end = ly.Ends[up.j]
	}
	clear(t.labels[ly.First+up.j : ly.First+end])
	t.cells.Back(up.split)
}

// CopyFrom copies what the plus side of a split of another tree needs.
func (t *Classes) CopyFrom(from Tree, depth int) {
	o := from.(*Classes)
	t.path, t.standing = append(t.path[:0], o.path[:depth]...), o.standing && depth >= o.since
	if t.standing {
		t.since = depth
		t.standby().CopyFrom(o.solved, depth)
		return
	}
	src, dst := o.levels[depth], t.at(depth)
	copy(t.labels, o.labels)
	ly := t.m.Layers[src.l]
	clear(t.labels[ly.First+src.j:])
	dst.l, dst.j, dst.arrived, dst.box = src.l, src.j, true, src.box
	dst.acc.CopyFrom(&src.acc)
	t.copyLayer(&o.trunk, src.l)
	word, _ := t.cells.WordOf(src.l, ly.Comparisons()-1)
	t.cells.Adopt(o.cells, word, src.named)
	dst.sides = dst.own[:0]
	for i := range src.sides {
		s := dst.side(i)
		s.label, s.at, s.names = src.sides[i].label, s.at[:0], append(s.names[:0], src.sides[i].names...)
		if i > 0 {
			s.at = t.cells.Take(o.cells, src.sides[i].at, s.at)
		}
	}
	dst.split, dst.named = t.cells.Here(), t.cells.Named()
}

// side makes room for side i in the cell's own memory.
func (lv *classCell) side(i int) *classSide {
	if i == len(lv.own) {
		lv.own = append(lv.own, classSide{})
	}
	lv.sides = lv.own[:i+1]
	return &lv.sides[i]
}
