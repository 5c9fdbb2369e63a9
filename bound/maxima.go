// Maxima. Which pieces may be the largest is found on the tournament of the network, a network of
// ReLUs ([network.Network.Tournament]); how many cells they make is a sum of its own.
//
// Theorem (Montúfar, Ren, Zhang 2022, Sharp bounds for the number of regions of maxout networks and
// vertices of Minkowski sums). The maxima of m groups of affine forms of a space of dimension d, of
// k_1 … k_m forms each, cut it into at most
//
//	Σ_{S ⊆ {1 … m}, |S| ≤ d} Π_{i∈S} (k_i − 1)
//
// cells, on each of which every group has one form that is the largest. A convex set meets no more
// of them. Forms that are identical are one, and one that is nowhere the largest is none: both make
// fewer. So in the recursion the sum over S of j maxima takes the place of C(K,j), with k = 2 the
// same, and all units carry dimension, as leaky ones do.
//
// Of a maximum only the pieces count that may be the largest somewhere in the ball. In the
// tournament a neuron relu(a − b) says of the largest a of some pieces and the largest b of others
// which is larger. Where it is stably active, a ≥ b on the ball: a piece of b that is the largest
// on some cell is then identical there to a piece of a, and the classes of the maximum are those of
// its other pieces. So they are those of a; and where it is inactive, those of b.
//
// Theorem. Each region of the tournament lies in one region of the network, and the regions of the
// network in which one lies are all. Proof. Let T be a region of the tournament that lies in a cell
// of the network's walk before some maximum. On T each comparison has one sign, or is identically
// zero, so that one piece is at least as large as all others. What it is above a piece that is not
// identical to it on the cell is affine, ≥ 0 on T, which is open, and not 0: positive. So T lies in
// the cell of that piece. The regions of the tournament are dense in the ball, so each region of
// the network meets one. ∎ Hence points of which the tournament knows the region are points of
// known regions: the first of the largest pieces, comparison by comparison, says which.

package bound

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// waysWork caps the additions of products in the sums over sets of maxima of unequal numbers of
// pieces: a tenth of a second. Beyond, all count as the largest of them.
const waysWork = 1 << 20

// waysOf returns, for j = 0 … most, the sum over all sets of j numbers of their products.
func waysOf(numbers []int, most int) []*big.Int {
	most = min(most, len(numbers))
	largest, alike := 0, true
	for _, k := range numbers {
		alike = alike && k == numbers[0]
		largest = max(largest, k)
	}
	if alike || len(numbers)*most > waysWork {
		w, power := binomials(len(numbers), most), big.NewInt(1)
		for _, v := range w[1:] {
			v.Mul(v, power.Mul(power, big.NewInt(int64(largest))))
		}
		return w
	}
	w := dyadic.ZeroInts(most + 1)
	w[0].SetInt64(1)
	var t, k big.Int
	for i, number := range numbers {
		k.SetInt64(int64(number))
		for j := min(i+1, most); j > 0; j-- {
			w[j].Add(w[j], t.Mul(&k, w[j-1]))
		}
	}
	return w
}

// ways returns, for j = 0 … m, how many cells count as those of j neurons: C(K,j), or the sum over
// sets of j maxima.
func (c LayerCount) ways(m int) []*big.Int {
	if c.Ways != nil {
		return c.Ways[:m+1]
	}
	return binomials(c.K, m)
}

// cells bounds how many the layer makes of a cell whose input has dimension d.
func (c LayerCount) cells(d int) *big.Int {
	s := new(big.Int)
	for _, w := range c.ways(min(c.K, d)) {
		s.Add(s, w)
	}
	return s
}

// round follows the values of the maxima of a layer through a round of the tournament: of each
// maximum so many are left. winner says of neuron u, which compares a and b, what is left of both.
func round[T any](left [][]T, winner func(u int, a, b T) T) {
	u := 0
	for i, values := range left {
		var next []T
		for ; len(values) > 1; values = values[2:] {
			next = append(next, winner(u, values[0], values[1]))
			u += 2
		}
		if len(values) == 1 {
			next = append(next, values[0])
			u++
		}
		left[i] = next
	}
}

// follow plays the tournament of layer i of the whole network: begin is the value of each piece,
// and winner says what is left of two, by layer and neuron of the tournament.
func follow[T any](a *played, i int, begin func(row int) T, winner func(l, u int, x, y T) T) []T {
	var left [][]T
	row := 0
	for _, k := range a.whole.Layers()[i].Pieces {
		var values []T
		for range k {
			values = append(values, begin(row))
			row++
		}
		left = append(left, values)
	}
	for l, of := range a.of {
		if of == i && a.net.Layers()[l].Act != network.None {
			round(left, func(u int, x, y T) T { return winner(l, u, x, y) })
		}
	}
	var last []T
	for _, values := range left {
		last = append(last, values[0])
	}
	return last
}

// fold makes of what is known of the tournament what that says of the whole network: of a layer of
// maxima which pieces may be the largest.
func (a *played) fold(s *stability) *stability {
	if a.net == a.whole {
		return s
	}
	f := &stability{}
	for i, l := range a.whole.Layers() {
		first := 0
		for a.of[first] != i {
			first++
		}
		if l.Act != network.Max {
			f.units, f.pieces = append(f.units, s.units[first]), append(f.pieces, nil)
			continue
		}
		pieces := follow(a, i, func(row int) []int { return []int{row} }, func(l, u int, x, y []int) []int {
			switch s.units[l][u] {
			case active:
				return x
			case inactive:
				return y
			}
			return append(x[:len(x):len(x)], y...)
		})
		units := make([]status, len(pieces))
		for u, rows := range pieces {
			if len(rows) == 1 {
				units[u] = active
			}
		}
		f.units, f.pieces = append(f.units, units), append(f.pieces, pieces)
	}
	return f
}

// winners returns, for each layer of maxima, the piece of each unit that is the first of the
// largest where the tournament has the given signs.
func (a *played) winners(sign func(l, u int) int) [][]int {
	all := make([][]int, len(a.whole.Layers()))
	for i, l := range a.whole.Layers() {
		if l.Act != network.Max {
			continue
		}
		all[i] = follow(a, i, func(row int) int { return row }, func(l, u, x, y int) int {
			if sign(l, u) < 0 {
				return y
			}
			return x
		})
	}
	return all
}

// around returns a network whose neurons are those of the whole network on the affine piece around
// the centre: of each maximum what the piece that is the largest at the centre is above each other
// one. So it has the same nearest boundary. neurons are those of the whole network that its own are
// of.
func (a *played) around(at *center) (n *network.Network, neurons []int) {
	wins := a.winners(func(l, u int) int { return at.v[l][u].sign })
	var layers []network.Layer
	var columns []int // of the values that leave a layer of maxima; nil: one after the other
	width, neuron := 0, 0
	for i, l := range a.whole.Layers() {
		w := l.W
		if columns != nil {
			w = spread(l, columns, width)
		}
		columns = nil
		if l.Act != network.Max {
			layers = append(layers, network.Layer{W: w, B: l.B, Act: l.Act, Slope: l.Slope, Slopes: l.Slopes})
			for j := range l.Out() {
				if l.IsNeuron(j) {
					neurons = append(neurons, neuron)
					neuron++
				}
			}
			continue
		}
		differences, rows := network.NewSparse(l.Rows()), network.Layer{Act: network.Mixed}
		row := 0
		for u, k := range l.Pieces {
			columns = append(columns, len(rows.Slopes))
			differences.Append([]int32{int32(wins[i][u])}, []float64{1})
			rows.Slopes = append(rows.Slopes, 1)
			for j := row; j < row+k; j++ {
				if win := wins[i][u]; j != win {
					at, v := []int32{int32(j), int32(win)}, []float64{-1, 1}
					if win < j {
						at, v = []int32{int32(win), int32(j)}, []float64{1, -1}
					}
					differences.Append(at, v)
					rows.Slopes, neurons = append(rows.Slopes, 0), append(neurons, neuron)
				}
			}
			row += k
			neuron += min(1, k-1)
		}
		width = len(rows.Slopes)
		rows.W, rows.B = differences.Smaller(), make([]float64, width)
		layers = append(layers, network.Layer{W: w, B: l.B}, rows)
	}
	n, err := network.New(layers)
	if err != nil {
		panic("bound: the network around a centre: " + err.Error())
	}
	return n, neurons
}

// spread returns the weights of a layer with each column at its place among more.
func spread(l network.Layer, columns []int, width int) network.Weights {
	w := network.NewSparse(width)
	for j := range l.Rows() {
		var at []int32
		var v []float64
		for k, weight := range l.Entries(j) {
			at, v = append(at, int32(columns[k])), append(v, weight)
		}
		w.Append(at, v)
	}
	return w.Smaller()
}

// nearestAround is nearestBoundary of a network with maxima.
func (a *analysis) nearestAround(ctx context.Context) (Distance, error) {
	if err := a.pass(ctx); err != nil {
		return Distance{}, err
	}
	n, neurons := a.around(a.center())
	d, err := newAnalysis(n, a.ball).nearestBoundary(ctx)
	if d.Neuron >= 0 && err == nil {
		d.Neuron = neurons[d.Neuron]
	}
	return d, err
}
