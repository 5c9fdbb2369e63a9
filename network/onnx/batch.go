// A batch of a fixed size: whether its rows mix, and the network of one of them. A network of all
// of them is another one, of other counts.

package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// oneOfBatch returns the network of as many rows of a fixed batch as are asked for, where the rows
// do not mix: one of them unless want is all. What it does it notes.
func oneOfBatch(rd *reader, n *network.Network, inputs []*onnxpb.ValueInfoProto, want int) *network.Network {
	size, names := rd.fixedBatch(inputs)
	if size == 1 {
		if want > 1 {
			panic(refusalf("a batch of %d is asked for, but the input has none of a fixed size", want))
		}
		return n
	}
	of := rd.rowsOfInputs(inputs, size)
	one := oneRow(n, size, of, len(inputs) == 1, rd.sideBySide)
	apart := one != nil
	switch {
	case want > 1 && want != size:
		panic(refusalf("a batch of %d is asked for, expected 1 or that of %s, %d", want, names, size))
	case !apart && size == rd.ran: // the steps of a recurrent network, no batch
		return n
	case want > 1 || want == AllRows || !apart:
		rd.im.Note(batchNote(apart, names, size))
		return n
	}
	rd.im.Note(fmt.Sprintf("%s a fixed batch of %[2]d, whose rows do not mix: the network is that of one row (--batch %[2]d is for the product of all).", having(names), size))
	return newNetwork(one)
}

// fixedBatch returns the size of the first dimension that all inputs have before others, 1 where
// they have none in common, and the words for them.
func (t *tensors) fixedBatch(inputs []*onnxpb.ValueInfoProto) (int, string) {
	size, names := 1, []string{}
	for i, in := range inputs {
		shape := t.values[in.GetName()].shape
		if len(shape) < 2 || i > 0 && size != shape[0] {
			return 1, ""
		}
		size, names = shape[0], append(names, strconv.Quote(in.GetName()))
	}
	if len(names) == 1 {
		return size, "input " + names[0]
	}
	return size, "inputs " + strings.Join(names, ", ")
}

// rowsOfInputs says for each input of the network which row of the batch it is of.
func (t *tensors) rowsOfInputs(inputs []*onnxpb.ValueInfoProto, size int) []int {
	var of []int
	for _, in := range inputs {
		k := len(t.values[in.GetName()].refs)
		for j := range k {
			of = append(of, j/(k/size))
		}
	}
	return of
}

// ofBatch adds to an error of size that all rows of a fixed batch are read at once.
func (t *tensors) ofBatch(inputs []*onnxpb.ValueInfoProto, err error) error {
	var large tooLarge
	if size, names := t.fixedBatch(inputs); size > 1 && errors.As(err, &large) {
		return fmt.Errorf("%w (%s a fixed batch of %d, whose rows are read together: export it with a batch of 1)", err, having(names), size)
	}
	return err
}

// having begins a sentence: the inputs, and the verb for so many.
func having(inputs string) string {
	if strings.HasPrefix(inputs, "inputs") {
		return upper(inputs) + " have"
	}
	return upper(inputs) + " has"
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// oneRow returns the layers of one row, nil where rows mix or are treated differently. In a chain
// the units of a row lie together; in a graph they are where the branches of it are.
func oneRow(n *network.Network, size int, of []int, oneInput, isGraph bool) []network.Layer {
	if oneInput && copies(n, size) {
		return firstCopy(n, size)
	}
	if oneInput && !isGraph {
		return nil
	}
	r := rowsOf(n, of)
	if r == nil {
		return nil
	}
	first := r.layers(0)
	for k := 1; k < size; k++ {
		if !slices.EqualFunc(first, r.layers(k), sameLayer) {
			return nil
		}
	}
	return first
}

// batchRows says for each unit of each layer, the inputs first, which row of a batch it is of:
// shared where it depends on no input and several rows read it, or none does.
type batchRows struct {
	n  *network.Network
	of [][]int
}

const (
	shared = -1
	mixed  = -2
)

// rowsOf finds the rows of all units, by what they read and, where that is nothing, by what reads
// them. It is nil where a unit reads several rows.
func rowsOf(n *network.Network, inputs []int) *batchRows {
	r := &batchRows{n: n, of: make([][]int, len(n.Layers())+1)}
	r.of[0] = inputs
	for at, l := range n.Layers() {
		r.of[at+1] = slices.Repeat([]int{shared}, l.Out())
		for i, unit := range unitOfRow(l) {
			for j := range l.Entries(i) {
				r.of[at+1][unit] = meet(r.of[at+1][unit], r.of[at][j])
			}
		}
		if slices.Contains(r.of[at+1], mixed) {
			return nil
		}
	}
	for at := len(n.Layers()) - 1; at > 0; at-- {
		read := slices.Repeat([]int{shared}, len(r.of[at]))
		l := n.Layers()[at]
		for i, unit := range unitOfRow(l) {
			reader := r.of[at+1][unit]
			if reader == shared { // what it reads is wanted by all rows, too
				reader = mixed
			}
			for j := range l.Entries(i) {
				read[j] = meet(read[j], reader)
			}
		}
		for j, k := range read {
			if r.of[at][j] == shared && k != mixed {
				r.of[at][j] = k
			}
		}
	}
	return r
}

// unitOfRow says for each row of the weights which unit it is of: that of a maximum has several.
func unitOfRow(l network.Layer) []int {
	if l.Act != network.Max {
		return ordered(l.Out())
	}
	var units []int
	for u, k := range l.Pieces {
		units = append(units, slices.Repeat([]int{u}, k)...)
	}
	return units
}

// meet returns the row of what is of rows a and b.
func meet(a, b int) int {
	switch {
	case a == shared || a == b:
		return b
	case b == shared:
		return a
	}
	return mixed
}

// layers returns those of row k.
func (r *batchRows) layers(k int) []network.Layer {
	isMine := func(row int) bool { return row == k || row == shared }
	var out []network.Layer
	for at, l := range r.n.Layers() {
		place, cols := make([]int32, len(r.of[at])), 0 // where the columns of the row come to be
		for j, row := range r.of[at] {
			if place[j] = int32(cols); isMine(row) {
				cols++
			}
		}
		layer := network.Layer{Act: l.Act, Slope: l.Slope}
		for u, row := range r.of[at+1] {
			switch {
			case !isMine(row):
			case l.Slopes != nil:
				layer.Slopes = append(layer.Slopes, l.Slopes[u])
			case l.Pieces != nil:
				layer.Pieces = append(layer.Pieces, l.Pieces[u])
			}
		}
		if cols == 0 {
			return nil
		}
		w := network.NewSparse(cols)
		for i, unit := range unitOfRow(l) {
			if !isMine(r.of[at+1][unit]) {
				continue
			}
			var from []int32
			var v []float64
			for j, x := range l.Entries(i) {
				if !isMine(r.of[at][j]) {
					return nil
				}
				from, v = append(from, place[j]), append(v, x)
			}
			w.Append(from, v)
			layer.B = append(layer.B, l.B[i])
		}
		if len(layer.B) == 0 {
			return nil
		}
		layer.W = w.Smaller()
		out = append(out, layer)
	}
	return out
}

func sameLayer(a, b network.Layer) bool {
	return a.Out() == b.Out() && a.In() == b.In() && a.Act == b.Act && a.Slope == b.Slope && slices.Equal(a.B, b.B) &&
		slices.Equal(a.Slopes, b.Slopes) && slices.Equal(a.Pieces, b.Pieces) && mat.Equal(a.W, b.W)
}

// firstCopy returns the layers of the first of so many copies that n is a product of.
func firstCopy(n *network.Network, times int) []network.Layer {
	layers := slices.Clone(n.Layers())
	for i, l := range layers {
		rows, cols := l.Out()/times, l.In()/times
		w, all := network.NewSparse(cols), l.Sparse()
		for r := range rows {
			w.Append(all.Row(r))
		}
		layers[i].W, layers[i].B = w.Smaller(), l.B[:rows]
		if l.Slopes != nil {
			layers[i].Slopes = l.Slopes[:rows]
		}
	}
	return layers
}

// batchNote says what becomes of a batch of a fixed size.
func batchNote(apart bool, inputs string, size int) string {
	if apart {
		return fmt.Sprintf("%[1]s a fixed batch of %[2]d: the network is a product of %[2]d copies, one for each row, and a count is that of the product, not of one copy (which an export with a batch of 1 is).", having(inputs), size)
	}
	return fmt.Sprintf("The first dimension of %s is fixed to %d: all its elements are inputs of the network, which treats them differently or together.", inputs, size)
}

// copies reports whether n is a product of so many equal networks, one after the other: each
// layer a block diagonal of equal blocks, with biases and slopes of equal pieces.
func copies(n *network.Network, times int) bool {
	for _, l := range n.Layers() {
		if l.Act == network.Max || l.Out()%times != 0 || l.In()%times != 0 { // rowsOf looks at maxima
			return false
		}
		rows, cols, w := l.Out()/times, l.In()/times, l.Sparse()
		for i := range l.Out() {
			first, at := i%rows, i/rows*cols
			if l.B[i] != l.B[first] || l.Below(i) != l.Below(first) || !sameBlock(w, i, first, at, cols) {
				return false
			}
		}
	}
	return true
}

// sameBlock reports whether row i of w is row first moved by so many columns, and that of a block
// of cols columns.
func sameBlock(w *network.Sparse, i, first, by, cols int) bool {
	at, v := w.Row(i)
	at0, v0 := w.Row(first)
	if len(at) != len(at0) || len(at0) > 0 && int(at0[len(at0)-1]) >= cols {
		return false
	}
	for k, c := range at0 {
		if int(at[k]) != int(c)+by || v[k] != v0[k] {
			return false
		}
	}
	return true
}
