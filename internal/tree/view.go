// What those see who look on: tests and audits.

package tree

import (
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/vertices"
)

// Subject is what is counted.
func (w *trunk) Subject() *Subject { return w.m }

// Judge decides about the cell.
func (w *trunk) Judge() *judge.Judge { return w.judge }

// Cell is one that is kept by its vertices.
type Cell struct {
	*vertices.Cells
	List        []int32 // its vertices
	Layer, Word int     // of the neurons that are being decided
	Cut         uint64  // those of the word that change sign on it
}

// CellOf returns the tree's.
func CellOf(t *Vertices) Cell {
	lv := t.here()
	return Cell{t.cells, lv.at, lv.l, lv.word, lv.open}
}

// Unsettled says that entering the layer of the cell did not settle neuron j.
func Unsettled(t *Vertices, j int) bool { return t.layers[t.here().l].done[j] == open }
