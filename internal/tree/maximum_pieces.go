// What trees of several kinds say of the pieces of a maximum: which are identical on a cell, how
// they are labelled, and what one of them has to be above for its class.

package tree

import (
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
)

// rival is another piece than that of a class, and what that is above it.
type rival struct {
	piece int
	name  int32
	d     *forms.Form
}

// rivals are the pieces that are not identical to that of a class; none and false where an earlier
// piece is, by which the class is known. They have the names from the cell's last on.
func (w *trunk) rivals(l, first, class int) (rs []rival, ok bool) {
	name := w.judge.Names()
	for j := first; j < w.m.Layers[l].Ends[first]; j++ {
		d := new(forms.Form)
		switch {
		case j == class:
		case !w.same(l, class, j, d):
			rs = append(rs, rival{j, name, d})
			name++
		case j < class:
			return nil, false
		}
	}
	return rs, true
}

// same says that two pieces are identical on the cell, and leaves their difference in d.
func (w *trunk) same(l, i, j int, d *forms.Form) bool {
	w.Above(l, i, j, d)
	return w.judge.Vanishes(d)
}

// label writes the labels of a class of the maximum that begins at piece first: + at the class, 0
// at what is identical to it on the cell, and − at the rest. It reports false where the walk is
// late: what is identical may not be known to be.
func (w *trunk) label(l, first, class int) (certain bool) {
	ly := w.m.Layers[l]
	labels := w.labels[ly.First:]
	var d forms.Form
	for j := first; j < ly.Ends[first]; j++ {
		switch {
		case j == class:
			labels[j] = 1
		case w.same(l, class, j, &d):
			labels[j] = 0
		default:
			labels[j] = -1
		}
	}
	return !w.m.Late()
}

// labelAs writes the labels of that maximum at a point at which they have been confirmed: a walk
// that is late by now could not find them again.
func (w *trunk) labelAs(l, first int, at *judge.Point) {
	ly := w.m.Layers[l]
	copy(w.labels[ly.First+first:ly.First+ly.Ends[first]], at.Z[ly.First+first:])
}

// unlabel takes the labels of neuron j, or of the maximum that begins there, away.
func (w *trunk) unlabel(l, j int) {
	ly := w.m.Layers[l]
	end := j + 1
	if ly.Ends != nil {
		end = ly.Ends[j]
	}
	clear(w.labels[ly.First+j : ly.First+end])
}
