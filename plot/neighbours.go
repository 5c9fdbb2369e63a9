// Which regions share a side, and colours such that those differ. Across the
// boundary of one neuron only its sign changes, so the neighbour is found by its
// pattern; where several neurons change sign on one line (copies, negations,
// dead layers), sides are matched by where they are.

package plot

import (
	"hash/fnv"
	"math"
	"slices"

	"github.com/relucell/relucell/network"
)

// Neighbours returns, for each region, the regions it shares a side with, ascending.
func (m *Map) Neighbours() [][]int {
	p := m.signs
	at := make(map[uint64]int, len(m.Regions))
	keys := make([]uint64, len(m.Regions))
	for i := range m.Regions {
		keys[i] = p.key(i)
		at[keys[i]] = i
	}
	next := make([][]int, len(m.Regions))
	var loose []side
	for i, r := range m.Regions {
		next[i] = make([]int, 0, len(r.Vertices))
		for e, v := range r.Vertices {
			if v.Neuron == fromBall {
				continue
			}
			if k, ok := at[p.turned(i, keys[i], v.Neuron)]; ok && k != i && p.opposite(i, k, v.Neuron) {
				next[i] = append(next[i], k)
			} else {
				w := r.Vertices[(e+1)%len(r.Vertices)].Y
				loose = append(loose, side{i, [2]float64{(v.Y[0] + w[0]) / 2, (v.Y[1] + w[1]) / 2}})
			}
		}
	}
	match(loose, next)
	for i := range next {
		slices.Sort(next[i])
		next[i] = slices.Compact(next[i])
	}
	return mutual(next)
}

// mutual leaves out who is not named in return: where several boundaries meet in a point, floats
// may see a side there that has no length.
func mutual(next [][]int) [][]int {
	both := make([][]int, len(next))
	for i, list := range next {
		both[i] = make([]int, 0, len(list))
		for _, k := range list {
			if _, ok := slices.BinarySearch(next[k], i); ok {
				both[i] = append(both[i], k)
			}
		}
	}
	return both
}

// side is a side of a region that no pattern explains.
type side struct {
	region int
	middle [2]float64
}

// sameMiddle is the grid, in normalised coordinates, on which middles of sides
// meet: far above what float cuts differ by, far below what an eye can see.
const sameMiddle = 1.0 / (1 << 26)

// match joins sides with the same middle.
func match(sides []side, next [][]int) {
	type spot [2]int64
	at := make(map[spot][]int)
	of := func(s side) spot {
		return spot{int64(math.Round(s.middle[0] / sameMiddle)), int64(math.Round(s.middle[1] / sameMiddle))}
	}
	for _, s := range sides {
		at[of(s)] = append(at[of(s)], s.region)
	}
	for _, s := range sides {
		c := of(s)
		for d := range int64(9) { // the spot, and those around it
			for _, k := range at[spot{c[0] + d/3 - 1, c[1] + d%3 - 1}] {
				if k != s.region {
					next[s.region] = append(next[s.region], k)
				}
			}
		}
	}
}

// Colours gives each region one of 2·hues colours such that neighbours differ.
// The even ones are light, the odd ones dark: a region is dark if an odd number
// of its neurons is positive, which alone tells neighbours apart unless neurons
// coincide. The hue is that of the cell of the first hidden layer, so that the
// eye can follow its boundaries. parity says that light and dark tell even from odd.
func (m *Map) Colours(hues int) (colours []int, parity bool) {
	next := m.Neighbours()
	wish := make([]int, len(m.Regions))
	width := 0 // of the first layer
	for width < len(m.layerOf) && m.layerOf[width] == 0 {
		width++
	}
	var first network.Pattern
	hue := 0
	for i, r := range m.Regions {
		if i == 0 || !slices.Equal(first, r.Pattern[:width]) {
			first = r.Pattern[:width]
			h := fnv.New32a()
			for _, s := range first {
				_, _ = h.Write([]byte{byte(s)})
			}
			// The low bits of FNV mix worst.
			hue = int((h.Sum32() >> 16) % uint32(hues))
		}
		positive := 0
		for _, s := range r.Pattern {
			positive += int(uint8(-s) >> 7)
		}
		wish[i] = 2*hue + positive%2
	}
	clash, parity := false, true
	for i := range next {
		for _, k := range next[i] {
			clash = clash || wish[i] == wish[k]
			parity = parity && wish[i]%2 != wish[k]%2
		}
	}
	if clash {
		wish = recolour(wish, next, 2*hues)
	}
	return wish, parity
}

// recolour takes the wished colour where no neighbour has it yet. The vertex of
// least degree goes last, again and again: as a planar graph always has one of
// degree at most 5, six colours are enough (Matula and Beck 1983).
func recolour(wish []int, next [][]int, colours int) []int {
	const none = -1
	got := slices.Repeat([]int{none}, len(wish))
	for _, i := range slices.Backward(smallestFirst(next)) {
		taken := make([]bool, colours)
		for _, k := range next[i] {
			if got[k] != none {
				taken[got[k]] = true
			}
		}
		got[i] = wish[i]
		for step := 0; taken[got[i]] && step < colours; step++ {
			got[i] = (got[i] + 1) % colours
		}
	}
	return got
}

// smallestFirst orders the vertices: each has, among those not before it, the least degree.
func smallestFirst(next [][]int) []int {
	degree := make([]int, len(next))
	var buckets [][]int
	put := func(i int) {
		for len(buckets) <= degree[i] {
			buckets = append(buckets, nil)
		}
		buckets[degree[i]] = append(buckets[degree[i]], i)
	}
	for i := range next {
		degree[i] = len(next[i])
		put(i)
	}
	order, gone := make([]int, 0, len(next)), make([]bool, len(next))
	for d := 0; d < len(buckets); {
		n := len(buckets[d])
		if n == 0 {
			d++
			continue
		}
		i := buckets[d][n-1]
		buckets[d] = buckets[d][:n-1]
		if gone[i] || degree[i] != d {
			continue
		}
		gone[i] = true
		order = append(order, i)
		for _, k := range next[i] {
			if !gone[k] {
				degree[k]--
				put(k)
			}
		}
		d = max(0, d-1)
	}
	return order
}
