package safety

// The rows of a node in integers, column by column, and how they pass a layer: by all weights, or
// by the few that are not 0 and the columns that are not 0 where these are.

import "slices"

// fixedRows are the rows of a layer's values. A column is whole, or has one entry alone.
type fixedRows struct {
	c, r   []int64
	whole  [][]int64 // column by column
	single []fixedTerm
	// thin says that full has, of each unit, the whole columns that may not be 0 there.
	thin bool
	full [][]int32
}

func (g *fixedRows) columns() int { return len(g.whole) + len(g.single) }

// column makes room for one more whole column.
func (g *fixedRows) column(n int) []int64 {
	k := len(g.whole)
	if k < cap(g.whole) {
		g.whole = g.whole[:k+1]
	} else {
		g.whole = append(g.whole, nil)
	}
	g.whole[k] = resized(g.whole[k], n)
	clear(g.whole[k])
	return g.whole[k]
}

func (g *fixedRows) reset(n int) {
	g.c, g.r, g.whole, g.single, g.thin = resized(g.c, n), resized(g.r, n), g.whole[:0], g.single[:0], false
}

// empty makes room for so many units, of which no column is known.
func (g *fixedRows) empty(n int) {
	g.full, g.thin = slices.Grow(g.full[:0], n)[:n], true
	for k := range g.full {
		g.full[k] = g.full[k][:0]
	}
}

// lists sees to it that there are lists of columns.
func (g *fixedRows) lists() {
	if g.thin {
		return
	}
	g.empty(len(g.c))
	for i, column := range g.whole {
		for k, v := range column {
			if v != 0 {
				g.full[k] = append(g.full[k], int32(i))
			}
		}
	}
}

// allColumns makes a unit's entries of all columns, and returns the sum of their sizes.
func (z *fixedZone) allColumns(y *fixedLayer, j int) (sum int64, fits bool) {
	from, to := &z.now, &z.next
	near, off := z.floats.near(y, j, z.live.at)
	for g := range from.whole {
		v, ok := int64(0), false
		if near != nil {
			v, ok = floorNear(near[g], off)
		}
		if !ok {
			v, ok = picked(z.live.w, from.whole[g], z.live.at).floor(y.shift)
		}
		if sum += magnitude(v); !ok || sum >= small {
			return 0, false
		}
		to.whole[g][j] = v
	}
	for g, t := range from.single {
		v, ok := scaled(y.row(j)[t.at], t.v, y.shift)
		if sum += magnitude(v); !ok || sum >= small {
			return 0, false
		}
		to.whole[len(from.whole)+g][j] = v
	}
	return sum, true
}

// fewColumns is allColumns where few weights are not 0, by the columns that are not 0 where these
// are.
func (z *fixedZone) fewColumns(y *fixedLayer, j int) (sum int64, fits bool) {
	from, to, row := &z.now, &z.next, &y.few[j]
	z.live.stamp++
	for i, k := range row.at {
		for _, g := range from.full[k] {
			if z.live.seen[g] == z.live.stamp {
				continue
			}
			z.live.seen[g] = z.live.stamp
			v, ok := picked(row.v, from.whole[g], row.at).floor(y.shift)
			if sum += magnitude(v); !ok || sum >= small {
				return 0, false
			}
			to.put(int(g), j, v)
		}
		if s := z.live.alone[k]; s >= 0 {
			v, ok := scaled(row.v[i], from.single[s].v, y.shift)
			if sum += magnitude(v); !ok || sum >= small {
				return 0, false
			}
			to.put(len(from.whole)+s, j, v)
		}
	}
	return sum, true
}

// put makes an entry of a row that has none there.
func (g *fixedRows) put(column, j int, v int64) {
	if v != 0 {
		g.whole[column][j], g.full[j] = v, append(g.full[j], int32(column))
	}
}

// live are rows without those that are 0, of which there are many behind a ReLU. Before a layer of
// few weights nothing is taken: its weights say what to look at.
type live struct {
	at      []int
	c, r    []int64
	w, size []int64 // a row of weights and of their sizes
	few     *fixedRow
	// seen has the stamp of a row in the columns that it came by, and alone the column that has its
	// one entry at a unit, −1 where there is none.
	seen  []int
	stamp int
	alone []int
}

// gather takes what is not 0 of rows.
func (v *live) gather(g *fixedRows, few bool) {
	if few {
		g.lists()
		v.seen, v.alone = resized(v.seen, len(g.whole)), resized(v.alone, len(g.c))
		for k := range v.alone {
			v.alone[k] = -1
		}
		for i, t := range g.single {
			v.alone[t.at] = i
		}
		return
	}
	v.at = v.at[:0]
	for k := range g.c {
		if g.c[k] != 0 || g.r[k] != 0 || slices.ContainsFunc(g.whole, func(c []int64) bool { return c[k] != 0 }) {
			v.at = append(v.at, k)
		}
	}
	v.c, v.r = v.take(v.c, g.c), v.take(v.r, g.r)
}

func (v *live) take(to, from []int64) []int64 {
	to = to[:0]
	for _, k := range v.at {
		to = append(to, from[k])
	}
	return to
}

// pick takes a row of weights.
func (v *live) pick(y *fixedLayer, j int) {
	if v.few = nil; y.few != nil {
		v.few = &y.few[j]
		v.w = append(v.w[:0], v.few.v...)
	} else {
		v.w = v.take(v.w, y.row(j))
	}
	v.size = v.size[:0]
	for _, x := range v.w {
		v.size = append(v.size, magnitude(x))
	}
}

// dot returns the sum of the row's weights, or their sizes, times a column, or what was gathered of
// it.
func (v *live) dot(w, column, gathered []int64) wide {
	if v.few != nil {
		return picked(w, column, v.few.at)
	}
	return dot(w, gathered)
}

func (g *fixedRows) zero(j int) {
	g.c[j], g.r[j] = 0, 0
	if g.thin {
		for _, i := range g.full[j] {
			g.whole[i][j] = 0
		}
		g.full[j] = g.full[j][:0]
		return
	}
	for _, c := range g.whole {
		c[j] = 0
	}
}

// scale multiplies a row by a slope in units.
func (g *fixedRows) scale(j int, slope int64, f uint, extra int64) bool {
	var ok bool
	if g.c[j], ok = scaled(slope, g.c[j], f); !ok {
		return false
	}
	if g.r[j], ok = times(magnitude(slope), g.r[j]).ceil(f); !ok || !isSmall(g.r[j]+extra) {
		return false
	}
	g.r[j] += extra
	if g.thin {
		for _, i := range g.full[j] {
			c := g.whole[i]
			if c[j], ok = scaled(slope, c[j], f); !ok {
				return false
			}
		}
		return true
	}
	for _, c := range g.whole {
		if c[j], ok = scaled(slope, c[j], f); !ok {
			return false
		}
	}
	return true
}
