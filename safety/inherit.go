package safety

// Where the bounds of the node above are known, which has one sign less, they take the place of
// the zonotope: forms that come back tighten those behind the layer of that sign, and the zonotope,
// half of the time of such a node, adds hardly anything.

import "math"

// first makes first bounds of a layer's units: by a zonotope, or those of the node above, whose
// points are more. A unit with a sign has no chord, whose slope makes what depends on it smaller;
// so bounds behind it may be looser here.
func (z *zone) first(i int, n *node) state {
	if !z.isChild {
		return z.affine(i)
	}
	y, most := &z.layers[i], z.mostBefore(i)
	copy(z.l[y.first:], n.l[y.first:y.first+y.out])
	copy(z.u[y.first:], n.u[y.first:y.first+y.out])
	for j, w := range y.w {
		if z.ctx.Err() != nil {
			return stopped
		}
		size := math.Abs(y.b[j])
		for i, v := range w.v {
			size += math.Abs(v) * most[w.column(i)]
		}
		z.size[y.first+j] = slack*size + underflow
	}
	return bounded
}

// mostBefore bounds the sizes of what enters layer i.
func (z *zone) mostBefore(i int) []float64 {
	if i == 0 {
		return z.mostIn
	}
	b := &z.layers[i-1]
	return z.most[b.first : b.first+b.out]
}
