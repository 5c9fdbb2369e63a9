// From blocks to a chain of layers: the blocks of a level are a layer, and a value that is read
// further on is carried there by units that do nothing to it.

package onnx

import (
	"slices"

	"github.com/relucell/relucell/network"
)

// lowering is the way from the blocks that the output needs to layers.
type lowering struct {
	*builder
	// levels are the needed blocks by level.
	levels [][]int
	// last is the last level at which a place is read.
	last map[ref]int
	room int
}

// lower returns the network whose output is the block of the running value.
func (b *builder) lower() (*network.Network, error) {
	l := &lowering{builder: b, last: map[ref]int{}, room: b.limit}
	l.collect(int(b.refs[0].block))
	before := b.rowsOf(inputBlock)
	var layers []network.Layer
	for level := 1; level < len(l.levels); level++ {
		rows := l.rowsAt(level, before)
		layer, err := l.layer(level, before, rows)
		if err != nil {
			return nil, err
		}
		layers, before = append(layers, layer), rows
	}
	return network.New(layers)
}

// collect finds the blocks that block out needs.
func (l *lowering) collect(out int) {
	top := l.blocks[out].level
	l.levels = make([][]int, top+1)
	needed := make([]bool, len(l.blocks))
	needed[out] = true
	for _, r := range l.rowsOf(out) {
		l.last[r] = top + 1
	}
	for at := out; at > inputBlock; at-- { // a block reads only those before it
		if !needed[at] {
			continue
		}
		k := l.blocks[at]
		l.levels[k.level] = append(l.levels[k.level], at)
		for _, r := range k.in {
			needed[r.block] = true
			l.last[r] = max(l.last[r], k.level)
		}
	}
	for _, level := range l.levels {
		slices.Reverse(level)
	}
}

// rowsAt returns the places that the units of a level hold: all neurons of its blocks, those of
// its affine rows that are read, and what is carried on from the level before.
func (l *lowering) rowsAt(level int, before []ref) []ref {
	var rows []ref
	for _, at := range l.levels[level] {
		for _, r := range l.rowsOf(at) {
			if l.blocks[at].slopes != nil || l.last[r] > level {
				rows = append(rows, r)
			}
		}
	}
	for _, r := range before {
		if l.last[r] > level {
			rows = append(rows, r)
		}
	}
	return rows
}

// layer returns the layer that makes rows of before.
func (l *lowering) layer(level int, before, rows []ref) (network.Layer, error) {
	layer := network.Layer{B: make([]float64, len(rows)), Act: network.Mixed, Slopes: make([]float64, len(rows))}
	w, err := l.weights(level, before, rows)
	if err != nil {
		return layer, err
	}
	layer.W = w
	for i, r := range rows {
		k := l.blocks[r.block]
		if layer.Slopes[i] = 1; k.level < level {
			continue
		}
		layer.B[i] = k.b[r.row]
		if k.slopes != nil {
			layer.Slopes[i] = k.slopes[r.row]
		}
	}
	return layer, nil
}

// weights returns those of the layer that makes rows of before; they are a block's own where the
// layer is that block.
func (l *lowering) weights(level int, before, rows []ref) (network.Weights, error) {
	if at := l.levels[level]; len(at) == 1 && slices.Equal(rows, l.rowsOf(at[0])) && slices.Equal(before, l.blocks[at[0]].in) {
		w := l.blocks[at[0]].w
		l.room -= max(len(rows), w.Stored())
		return w.Smaller(), nil
	}
	l.sideBySide = l.sideBySide || len(l.levels[level]) > 1 || l.blocks[rows[len(rows)-1].block].level < level
	w, err := newEntries(&l.room, len(rows), len(before))
	if err != nil {
		return nil, err
	}
	column := make(map[ref]int, len(before))
	for j, r := range before {
		column[r] = j
	}
	for i, r := range rows {
		k := l.blocks[r.block]
		if k.level < level {
			w.Set(i, column[r], 1)
			continue
		}
		at, v := k.w.Row(int(r.row))
		for t, j := range at {
			w.Set(i, column[k.in[j]], v[t])
		}
	}
	m, err := w.matrix()
	if err != nil {
		return nil, err
	}
	return m.Smaller(), nil
}
