// What is to be told of a cell, in lines that wait until all of them are shown: where one is not,
// the cell is shown in another way, and nobody has heard of the first.

package tree

import (
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/vertices"
)

// line is something to be told.
type line struct {
	kind  lineKind
	side  int8
	named bool
	at    int // a coordinate, or a neuron of the layer
	x     float64
	m     judge.Multipliers
}

type lineKind int8

const (
	prunedLine lineKind = iota
	narrowedLine
	splitLine
	splitEndLine
	regionLine
)

// next makes room for a line.
func (s *shown) next() *line {
	if s.n == len(s.lines) {
		s.lines = append(s.lines, line{})
	}
	s.n++
	return &s.lines[s.n-1]
}

// add makes room for a line with the multipliers that the judge found last, and takes them.
func (s *shown) add(m *judge.Multipliers) *line {
	l := s.next()
	l.m, *m = *m, l.m
	return l
}

// note adds a line that says no more than that.
func (s *shown) note(k lineKind) { s.next().kind = k }

// region adds a region, of which shown.y is a point about which there is so much room. It reports
// false where that is not certain.
func (s *shown) region(in *vertices.Region, room float64) bool {
	if !(room > 0 && s.rounded(in, room) && !s.wide) {
		return false
	}
	s.note(regionLine)
	s.points = append(s.points, s.x...)
	return true
}

// waiting is how much there is to be told.
type waiting struct{ lines, points int }

func (s *shown) mark() waiting  { return waiting{s.n, len(s.points)} }
func (s *shown) back(m waiting) { s.n, s.points = m.lines, s.points[:m.points] }

// tell tells what has been waiting, of the cell at which a tree stands.
func (s *shown) tell(to Teller, t Tree) {
	at := 0
	for i := range s.lines[:s.n] {
		switch l := &s.lines[i]; l.kind {
		case prunedLine:
			to.Pruned(l.at, l.side, l.named, &l.m)
		case narrowedLine:
			to.Narrowed(l.at, l.side, l.x, &l.m)
		case splitLine:
			to.Split()
		case splitEndLine:
			to.SplitEnd()
		case regionLine:
			at += copy(s.x, s.points[at:])
			to.Region(t)
		}
	}
	s.back(waiting{})
}
