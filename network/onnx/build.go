// Building the network piece by piece. Elements of tensors are places in blocks, so that moving
// them around costs nothing. Import changes no function where it can help it: two affine pieces
// become one block only when every number of the merged one is exact; else each stays its own.

package onnx

import (
	"slices"

	"github.com/relucell/relucell/network"
)

// ref is the place of an element: a row of a block, or, in block isConstant, one of the constants.
type ref struct{ block, row int32 }

const (
	isConstant = -1
	// inputBlock is the block of the network's inputs.
	inputBlock = 0
)

// block is in ↦ w·in + b, with slopes for negative values where it has them. It is never changed
// once it is made: values may share it.
type block struct {
	in []ref // distinct, and no constants
	w  *network.Sparse
	b  []float64
	// slopes is nil for a block without activation, and for one of maxima.
	slopes []float64
	// pieces says how many rows each element of a block of maxima is the largest of; it is nil
	// elsewhere, where each row is an element.
	pieces []int
	// first is the first row of each.
	first []int
	// level is the longest way from the inputs, the place among the layers.
	level int
}

// elements is the number of places of the block.
func (k *block) elements() int {
	if k.pieces != nil {
		return len(k.pieces)
	}
	return len(k.b)
}

// affine says that the block has neither activation nor maxima.
func (k *block) affine() bool { return k.slopes == nil && k.pieces == nil }

// store is all that tensors' elements are places of.
type store struct {
	blocks    []*block
	constants []float64
}

// builder collects blocks, and holds the running value: what the operator at work acts on.
type builder struct {
	store
	budget
	// refs are the elements of the running value, width is their number.
	refs  []ref
	width int
	// sideBySide says that the network has blocks or carried values side by side in a layer.
	sideBySide bool
	im         *network.Import
}

func newBuilder(inputs, limit int, im *network.Import) *builder {
	b := &builder{budget: newBudget(limit), im: im}
	b.blocks = []*block{{b: make([]float64, inputs)}}
	b.put(b.rowsOf(inputBlock))
	return b
}

// put makes refs the running value.
func (b *builder) put(refs []ref) { b.refs, b.width = refs, len(refs) }

// rowsOf returns all places of a block.
func (s *store) rowsOf(at int) []ref {
	refs := make([]ref, s.blocks[at].elements())
	for i := range refs {
		refs[i] = ref{int32(at), int32(i)}
	}
	return refs
}

// constant returns the place of a number.
func (s *store) constant(v float64) ref {
	if n := len(s.constants); n == 0 || s.constants[n-1] != v {
		s.constants = append(s.constants, v)
	}
	return ref{isConstant, int32(len(s.constants) - 1)}
}

// append appends a block and returns its places.
func (s *store) append(k *block) []ref {
	k.level = 1
	for _, r := range k.in {
		k.level = max(k.level, s.blocks[r.block].level+1)
	}
	s.blocks = append(s.blocks, k)
	return s.rowsOf(len(s.blocks) - 1)
}

// affine applies x ↦ W·x.
func (b *builder) affine(e *entries) {
	w := e.matrix()
	rows, _ := w.Dims()
	in, from := b.distinct(b.refs)
	if len(in) < len(b.refs) {
		merged := b.mergeColumns(w, max(1, len(in)), from)
		if merged == nil || len(in) == 0 {
			b.materialise()
			in, merged = b.refs, w
		}
		w = merged
	}
	b.put(b.append(&block{in: in, w: w, b: make([]float64, rows)}))
}

// distinct returns the places of refs that are no constants, each once, and for each of refs its
// index among them: −1 for the constant 0, −2 for any other.
func (s *store) distinct(refs []ref) (in []ref, from []int) {
	if increasing(refs) {
		return refs, ordered(len(refs))
	}
	index := make(map[ref]int, len(refs))
	from = make([]int, len(refs))
	for i, r := range refs {
		if r.block == isConstant {
			if from[i] = -2; s.constants[r.row] == 0 {
				from[i] = -1
			}
			continue
		}
		at, ok := index[r]
		if !ok {
			at = len(in)
			index[r], in = at, append(in, r)
		}
		from[i] = at
	}
	return in, from
}

// increasing says whether refs are places of one block, in order: the usual case, and no map of
// a claimed size is made for it.
func increasing(refs []ref) bool {
	for i, r := range refs {
		if r.block == isConstant || r.block != refs[0].block || i > 0 && r.row <= refs[i-1].row {
			return false
		}
	}
	return true
}

// mergeColumns adds up the columns of w that read the same place. It returns nil where a sum
// would be rounded, or a constant other than 0 is read.
func (b *builder) mergeColumns(w *network.Sparse, cols int, from []int) *network.Sparse {
	rows, _ := w.Dims()
	room := rows + w.Stored()
	if slices.Contains(from, -2) || room > b.moves {
		return nil
	}
	b.move(room)
	out := newEntries(&room, rows, cols)
	for i := range rows {
		at, v := w.Row(i)
		for k, j := range at {
			if from[j] >= 0 {
				out.Set(i, from[j], v[k])
			}
		}
	}
	return out.matrix()
}

// materialise makes a block of the running value, each element a row of its own.
func (b *builder) materialise() { b.put(b.append(b.copied(b.refs))) }

// copied returns a block whose rows are the elements of refs.
func (b *builder) copied(refs []ref) *block {
	in, from := b.distinct(refs)
	if len(in) == 0 {
		in = []ref{{inputBlock, 0}}
	}
	w := b.newWeights(len(refs), len(in))
	k := &block{in: in, b: make([]float64, len(refs))}
	for i, j := range from {
		if j >= 0 {
			w.Set(i, j, 1)
		} else {
			k.b[i] = b.constants[refs[i].row]
		}
	}
	k.w = w.matrix()
	return k
}

// pick returns refs[from[0]], refs[from[1]], …, and the constant fill where from is negative.
func (b *builder) pick(refs []ref, from []int, fill float64) []ref {
	b.move(len(from))
	out := make([]ref, len(from))
	for i, j := range from {
		if j >= 0 {
			out[i] = refs[j]
		} else {
			out[i] = b.constant(fill)
		}
	}
	return out
}

// finish returns the network whose output is the running value.
func (b *builder) finish() *network.Network {
	b.close()
	return b.lower()
}

// close makes the running value all the rows of one block, in order, which the last layer is.
func (b *builder) close() {
	if at := b.refs[0].block; at <= inputBlock || !slices.Equal(b.refs, b.rowsOf(int(at))) {
		b.put(b.append(b.listed(b.refs)))
	}
}

// rows returns a block of those rows of k that refs are.
func (b *builder) rows(k *block, refs []ref) *block {
	out := &block{in: k.in, w: network.NewSparse(len(k.in)), b: make([]float64, len(refs))}
	for i, r := range refs {
		at, v := k.w.Row(int(r.row))
		if b.room -= max(1, len(at)); b.room < 0 {
			panic(refusal{errWeights()})
		}
		out.w.Append(at, v)
		out.b[i] = k.b[r.row]
	}
	return out
}
