// What is to be told of a cell, in lines that wait until all of them are shown: where one is not,
// the cell is shown in another way, and nobody has heard of the first.

package tree

import "github.com/relucell/relucell/internal/judge"

// waiting is what is to be told: lines, and what these have several of, in one place each, as most
// lines are short.
type waiting struct {
	lines  []line
	back   []int32 // of multipliers
	lambda []int64
	points []float64 // of regions
	m      judge.Multipliers
}

// line is something to be told.
type line struct {
	kind  lineKind
	side  int8
	named bool
	terms int32 // of its multipliers, unless they are big
	at    int   // a coordinate, or a neuron of the layer
	self  int64
	x     float64
	big   *judge.Multipliers
}

type lineKind int8

const (
	prunedLine lineKind = iota
	narrowedLine
	splitLine
	splitEndLine
	regionLine
)

// pruned adds that a neuron has one sign on the cell.
func (w *waiting) pruned(j int, live int8, named bool, m *judge.Multipliers) {
	w.add(line{kind: prunedLine, at: j, side: live, named: named}, m)
}

// narrowed adds how far the cell reaches.
func (w *waiting) narrowed(k int, side int8, x float64, m *judge.Multipliers) {
	w.add(line{kind: narrowedLine, at: k, side: side, x: x}, m)
}

// add adds a line with multipliers, which stay the caller's.
func (w *waiting) add(l line, m *judge.Multipliers) {
	if m.BigSelf != nil {
		l.big = new(judge.Multipliers)
		l.big.CopyFrom(m)
	} else {
		l.self, l.terms = m.Self, int32(len(m.Back))
		w.back, w.lambda = append(w.back, m.Back...), append(w.lambda, m.Lambda...)
	}
	w.lines = append(w.lines, l)
}

// note adds a line that says no more than that.
func (w *waiting) note(k lineKind) { w.lines = append(w.lines, line{kind: k}) }

// region adds a region with a point of it.
func (w *waiting) region(x []float64) {
	w.note(regionLine)
	w.points = append(w.points, x...)
}

// moment is how much was waiting.
type moment struct{ lines, terms, points int }

func (w *waiting) now() moment { return moment{len(w.lines), len(w.back), len(w.points)} }

// forget forgets what was added after a moment.
func (w *waiting) forget(m moment) {
	w.lines, w.back, w.lambda, w.points = w.lines[:m.lines], w.back[:m.terms], w.lambda[:m.terms], w.points[:m.points]
}

// tell tells all of it, of the cell at which a tree stands. Before a region, its point is put into
// x.
func (w *waiting) tell(to Teller, t Tree, x []float64) {
	terms, points := 0, 0
	for i := range w.lines {
		switch l := &w.lines[i]; l.kind {
		case prunedLine:
			to.Pruned(l.at, l.side, l.named, w.multipliers(l, &terms))
		case narrowedLine:
			to.Narrowed(l.at, l.side, l.x, w.multipliers(l, &terms))
		case splitLine:
			to.Split()
		case splitEndLine:
			to.SplitEnd()
		case regionLine:
			points += copy(x, w.points[points:])
			to.Region(t)
		}
	}
	w.forget(moment{})
}

// multipliers returns those of a line, before which so many have been told.
func (w *waiting) multipliers(l *line, told *int) *judge.Multipliers {
	if l.big != nil {
		return l.big
	}
	from, to := *told, *told+int(l.terms)
	*told = to
	w.m.Self, w.m.Back, w.m.Lambda = l.self, w.back[from:to], w.lambda[from:to]
	return &w.m
}
