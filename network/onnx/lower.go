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
func (b *builder) lower() *network.Network {
	l := &lowering{builder: b, last: map[ref]int{}, room: b.limit}
	l.collect(int(b.refs[0].block))
	before := b.rowsOf(inputBlock)
	var layers []network.Layer
	for level := 1; level < len(l.levels); level++ {
		rows := l.rowsAt(level, before)
		layers, before = append(layers, l.layer(level, before, rows)), rows
		for _, at := range l.levels[level] {
			l.blocks[at] = nil // which nobody reads any more: a large network is not to be there twice
		}
	}
	return newNetwork(layers)
}

func newNetwork(layers []network.Layer) *network.Network {
	n, err := network.New(layers)
	must(err)
	return n
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

// layer returns the layer that makes rows of before. One with maxima holds whatever else is in it
// as single pieces.
func (l *lowering) layer(level int, before, rows []ref) network.Layer {
	isMax := func(r ref) bool { return l.level[r.block] == level && l.blocks[r.block].pieces != nil }
	layer := network.Layer{Act: network.Mixed}
	if slices.ContainsFunc(rows, isMax) {
		layer.Act = network.Max
	}
	for _, r := range rows {
		k, carried := l.blocks[r.block], l.level[r.block] < level
		from, n := l.piecesOf(r, level)
		if carried {
			layer.B = append(layer.B, 0)
		} else {
			layer.B = append(layer.B, k.b[from:from+n]...)
		}
		switch {
		case layer.Act == network.Max:
			layer.Pieces = append(layer.Pieces, n)
		case carried || k.slopes == nil:
			layer.Slopes = append(layer.Slopes, 1)
		default:
			layer.Slopes = append(layer.Slopes, k.slopes[r.row])
		}
	}
	layer.W = l.weights(level, before, rows, len(layer.B)).Smaller()
	return layer
}

// weights returns those of the layer that makes rows of before, so many with the pieces of maxima;
// they are a block's own where the layer is that block.
func (l *lowering) weights(level int, before, rows []ref, count int) *network.Sparse {
	at := l.levels[level]
	if k := l.blocks[at[0]]; len(at) == 1 && slices.Equal(rows, l.rowsOf(at[0])) && slices.Equal(before, k.in) {
		l.room -= max(len(rows), k.w.Stored())
		return k.w
	}
	l.sideBySide = l.sideBySide || len(at) > 1 || l.level[rows[len(rows)-1].block] < level
	w, row := newEntries(&l.room, count, len(before)), 0
	column := make(map[ref]int, len(before))
	for j, r := range before {
		column[r] = j
	}
	for _, r := range rows {
		k := l.blocks[r.block]
		if l.level[r.block] < level {
			w.Set(row, column[r], 1)
			row++
			continue
		}
		from, n := l.piecesOf(r, level)
		for piece := range n {
			at, v := k.w.Row(from + piece)
			for t, j := range at {
				w.Set(row, column[k.in[j]], v[t])
			}
			row++
		}
	}
	return w.matrix()
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
