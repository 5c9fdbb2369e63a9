// What a checkpoint knows: records of completed subtrees, each under the path that leads to its
// root, the sides taken at splits. The tree of splits is a function of the network and the ball
// alone, so such a path names the same cell in every run.

package journal

import (
	"encoding/binary"
	"errors"
)

// Tally is what the walk of a subtree came to.
type Tally struct{ Regions, Float, Integer, Solve, Questions, Refreshes, Pivots int64 }

// parts lists the counters, in the order in which they are written.
func (t *Tally) parts() [7]*int64 {
	return [7]*int64{&t.Regions, &t.Float, &t.Integer, &t.Solve, &t.Questions, &t.Refreshes, &t.Pivots}
}

// Add adds another tally.
func (t *Tally) Add(o *Tally) {
	from := o.parts()
	for i, v := range t.parts() {
		*v += *from[i]
	}
}

// Record is a completed subtree: its path, what it came to, and what the observer keeps of it.
type Record struct {
	Path []int8 // the side, −1 or +1, at each split from the root
	Tally
	Text []byte
}

// appendTo encodes the record: the path's length and its bits, a bit set for each plus
// side, the counters, and the text, which goes on to the end.
func (r *Record) appendTo(b []byte) []byte {
	b = AppendPath(b, r.Path)
	for _, v := range r.parts() {
		b = binary.AppendUvarint(b, uint64(*v))
	}
	return append(b, r.Text...)
}

var errRecord = errors.New("not a record")

// decode is the inverse of appendTo; the text stays a part of b.
func (r *Record) decode(b []byte) error {
	var ok bool
	if r.Path, b, ok = cutPath(b); !ok {
		return errRecord
	}
	for _, v := range r.parts() {
		var u uint64
		if u, b, ok = uvarint(b); !ok || u > 1<<62 {
			return errRecord
		}
		*v = int64(u)
	}
	r.Text = b
	return nil
}

// Node is a node of the tree of paths that have records at or below them.
type Node struct {
	sides  [2]*Node
	record *entry
}

// entry says where in the file a record is, and how long with all that belongs to it.
type entry struct{ offset, size int64 }

// Side returns the node of a side, nil if it has no records.
func (n *Node) Side(s int8) *Node {
	if n == nil {
		return nil
	}
	return n.sides[(s+1)/2]
}

// Below returns the node of a path from here, nil if it has no records.
func (n *Node) Below(path []int8) *Node {
	for _, s := range path {
		n = n.Side(s)
	}
	return n
}

// Leads says that there are records below the node.
func (n *Node) Leads() bool { return n != nil && (n.sides[0] != nil || n.sides[1] != nil) }

// Recorded says that the node itself has a record.
func (n *Node) Recorded() bool { return n != nil && n.record != nil }

// put notes a record, which stands for all at and below its path, and returns the
// bytes of those.
func (n *Node) put(path []int8, e *entry) (freed int64) {
	for _, s := range path {
		k := (s + 1) / 2
		if n.sides[k] == nil {
			n.sides[k] = new(Node)
		}
		n = n.sides[k]
	}
	n.each(func(old *entry) { freed += old.size })
	*n = Node{record: e}
	return freed
}

// each visits the records in preorder, so that writing them in this order loses none.
func (n *Node) each(visit func(*entry)) {
	stack := []*Node{n}
	for len(stack) > 0 {
		n = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n == nil {
			continue
		}
		if n.record != nil {
			visit(n.record)
		}
		stack = append(stack, n.sides[1], n.sides[0])
	}
}

// clone copies the tree; the entries are shared.
func (n *Node) clone() *Node {
	c := &Node{record: n.record}
	for todo := [][2]*Node{{n, c}}; len(todo) > 0; {
		from, to := todo[len(todo)-1][0], todo[len(todo)-1][1]
		todo = todo[:len(todo)-1]
		for k, m := range from.sides {
			if m != nil {
				to.sides[k] = &Node{record: m.record}
				todo = append(todo, [2]*Node{m, to.sides[k]})
			}
		}
	}
	return c
}
