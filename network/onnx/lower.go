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
	// level is that of each block: the longest way from the inputs, and more where a level cannot
	// have both units with slopes and maxima.
	level []int
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
	needed := make([]bool, len(l.blocks))
	needed[out] = true
	for at := out; at > inputBlock; at-- { // a block reads only those before it
		for _, r := range l.blocks[at].in {
			needed[r.block] = needed[r.block] || needed[at]
		}
	}
	l.rank(needed)
	top := l.level[out]
	l.levels = make([][]int, top+1)
	for _, r := range l.rowsOf(out) {
		l.last[r] = top + 1
	}
	for at := out; at > inputBlock; at-- {
		if !needed[at] {
			continue
		}
		level := l.level[at]
		l.levels[level] = append(l.levels[level], at)
		for _, r := range l.blocks[at].in {
			l.last[r] = max(l.last[r], level)
		}
	}
	for _, level := range l.levels {
		slices.Reverse(level)
	}
}

// rank gives the needed blocks their levels.
func (l *lowering) rank(needed []bool) {
	l.level = make([]int, len(l.blocks))
	var sloped, maximal []bool // by level
	for at := inputBlock + 1; at < len(l.blocks); at++ {
		k := l.blocks[at]
		if !needed[at] {
			continue
		}
		level := 1
		for _, r := range k.in {
			level = max(level, l.level[r.block]+1)
		}
		for {
			for len(sloped) <= level {
				sloped, maximal = append(sloped, false), append(maximal, false)
			}
			if !(k.slopes != nil && maximal[level] || k.pieces != nil && sloped[level]) {
				break
			}
			level++
		}
		sloped[level], maximal[level] = sloped[level] || k.slopes != nil, maximal[level] || k.pieces != nil
		l.level[at] = level
	}
}

// rowsAt returns the places that the units of a level hold: all neurons of its blocks, those of
// its affine rows that are read, and what is carried on from the level before.
func (l *lowering) rowsAt(level int, before []ref) []ref {
	var rows []ref
	for _, at := range l.levels[level] {
		for _, r := range l.rowsOf(at) {
			if !l.blocks[at].affine() || l.last[r] > level {
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
	if slices.ContainsFunc(rows, func(r ref) bool { return l.level[r.block] == level && l.blocks[r.block].pieces != nil }) {
		return l.maxima(level, before, rows)
	}
	layer := network.Layer{B: make([]float64, len(rows)), Act: network.Mixed, Slopes: make([]float64, len(rows))}
	w, err := l.weights(level, before, rows)
	if err != nil {
		return layer, err
	}
	layer.W = w
	for i, r := range rows {
		k := l.blocks[r.block]
		if layer.Slopes[i] = 1; l.level[r.block] < level {
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
	l.sideBySide = l.sideBySide || len(l.levels[level]) > 1 || l.level[rows[len(rows)-1].block] < level
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
		if l.level[r.block] < level {
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

// maxima is layer for a level with maxima: whatever else it holds is carried on as single pieces.
func (l *lowering) maxima(level int, before, rows []ref) (network.Layer, error) {
	layer := network.Layer{Act: network.Max}
	column := make(map[ref]int, len(before))
	for j, r := range before {
		column[r] = j
	}
	l.sideBySide = l.sideBySide || len(l.levels[level]) > 1 || l.level[rows[len(rows)-1].block] < level
	count := 0
	for _, r := range rows {
		_, n := l.piecesOf(r, level)
		count += n
	}
	w, err := newEntries(&l.room, count, len(before))
	if err != nil {
		return layer, err
	}
	for _, r := range rows {
		k := l.blocks[r.block]
		from, n := l.piecesOf(r, level)
		layer.Pieces = append(layer.Pieces, n)
		if l.level[r.block] < level {
			w.Set(len(layer.B), column[r], 1)
			layer.B = append(layer.B, 0)
			continue
		}
		for row := from; row < from+n; row++ {
			at, v := k.w.Row(row)
			for t, j := range at {
				w.Set(len(layer.B), column[k.in[j]], v[t])
			}
			layer.B = append(layer.B, k.b[row])
		}
	}
	m, err := w.matrix()
	if err == nil {
		layer.W = m.Smaller()
	}
	return layer, err
}

// piecesOf returns the rows of its block that the unit of a place has in the layer of a level, from
// the first on: one where the place is carried on.
func (l *lowering) piecesOf(r ref, level int) (first, n int) {
	k := l.blocks[r.block]
	if l.level[r.block] == level && k.pieces != nil {
		return k.first[r.row], k.pieces[r.row]
	}
	return int(r.row), 1
}
