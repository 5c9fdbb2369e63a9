// The recursion that turns counts of unsettled neurons into a count of
// regions. It is Serra, Tjandraatmadja and Ramalingam's (2018, Theorem 1),
// with their stably active and inactive units, and with leaky units put right.
//
// Theorem. On a non-empty open convex cell Q let the input of layer l be an affine map of rank ≤ d.
// Suppose that of the layer's units at most K change sign on Q, that these have gradients of
// rank ≤ ρ and M of them are leaky, and that P other units may carry dimension (their output is not
// constant). Then the cells that layers l, l+1, … make of Q number at most
//
//	R(l,d) = Σ_{j ≤ min(K,d,ρ)} C(K,j) · R(l+1, min(d, P+K−max(0,j−M), rank out)),
//
// and R past the last layer is 1. (Leaky means here: of a slope other than 0 where it is inactive.)
//
// Proof. The K pre-activations are affine on Q and factor through a space of dimension min(d,ρ), so
// they cut Q into at most T = Σ_{j≤min(K,d,ρ)} C(K,j) cells (Zaslavsky 1975; a convex set meets no
// more cells than the space has, and special position has no more than general position). A cell is
// known by which of the K are not active, so at most C(K,j) of the cells have j inactive ones; a
// unit that is identically zero on Q is inactive in all its cells. In a cell with j inactive ones
// at least j−M of these carry nothing, so that at most P+K−max(0,j−M) units carry, and the rank
// after the layer is at most that, and at most d. R(l+1,·) does not decrease (induction: a larger d
// has more terms and larger ones), so the sum over cells is largest when the cells have as few
// inactive units as they may: C(K,0) cells with none, C(K,1) with one, and so on, until T is used
// up. ∎
//
// Where all are leaky (M = K), nothing is lost by being inactive, and the sum is T·R(l+1, min(d,
// P+K)). P counts the settled leaky units too: reading one as a ReLU is unsound, as leaky(x−10),
// slope 0.01, then y+0.1 has 2 regions in the unit ball, with no unstable and no active unit in
// layer one.

package bound

import (
	"math/big"
	"math/bits"
)

// LayerCount says what the recursion needs to know of one layer on a cell.
type LayerCount struct {
	// K is the number of neurons not known to keep their sign on the cell.
	K int
	// P is the number of other units that may carry dimension: stably active neurons, units
	// without activation, and stably inactive leaky ones. Stably inactive ReLUs carry none.
	P int
	// Leaky (M) is the number of those among the K that carry dimension where they are inactive
	// too.
	Leaky int
	// RankCut is an upper bound on the rank of the rows of the K neurons, RankOut on that of the
	// rows of all K+P units. 0 says that none is known.
	RankCut, RankOut int
	// Ways takes the place of C(K,j), for j = 0 … min(K, inputs), where the K are maxima, all of
	// which carry dimension (Leaky = K); nil for neurons of two slopes.
	Ways []*big.Int
	// Cells is an upper bound on the cells that the layer alone makes of the cell at hand, nil
	// when none is known. It is meant for the first layer.
	Cells *big.Int
}

// Recursion returns the upper bound R(0,d) on the number of cells that the layers make of a cell
// whose input has dimension d. Layers come first to last; those without neurons count too (K = 0,
// P = their width), as they may lower the dimension.
func Recursion(layers []LayerCount, d int) *big.Int {
	if v, ok := recursionSmall(layers, d); ok {
		return new(big.Int).SetUint64(v)
	}
	return recursionBig(layers, d)
}

// caps returns how many terms the sum of a layer has (j ≤ m), and the dimension after it before
// inactive units are taken off.
func (c LayerCount) caps(d int) (m, out int) {
	m = min(c.K, d)
	if c.RankCut > 0 {
		m = min(m, c.RankCut)
	}
	out = min(d, c.P+c.K)
	if c.RankOut > 0 {
		out = min(out, c.RankOut)
	}
	return m, out
}

// lost returns the dimension after the layer in cells with j inactive neurons.
func (c LayerCount) lost(out, j int) int {
	return min(out, c.P+c.K-max(0, j-c.Leaky))
}

// settledBelow returns how many trailing layers have no unsettled neuron: they multiply by one.
func settledBelow(layers []LayerCount) []LayerCount {
	for len(layers) > 0 && layers[len(layers)-1].K == 0 {
		layers = layers[:len(layers)-1]
	}
	return layers
}

// smallDim is the largest dimension for which recursionSmall keeps its table on the stack.
const smallDim = 32

// recursionSmall is Recursion in 64-bit integers; it gives up on overflow.
func recursionSmall(layers []LayerCount, d int) (uint64, bool) {
	if d > smallDim {
		return 0, false
	}
	layers = settledBelow(layers)
	var next, cur [smallDim + 1]uint64
	for i := range next {
		next[i] = 1
	}
	for l := len(layers) - 1; l >= 0; l-- {
		c := layers[l]
		if c.Cells != nil || c.Ways != nil {
			return 0, false
		}
		for e := 0; e <= d; e++ {
			m, out := c.caps(e)
			sum, binom := uint64(0), uint64(1)
			for j := 0; j <= m; j++ {
				hi, lo := bits.Mul64(binom, next[c.lost(out, j)])
				s, carry := bits.Add64(sum, lo, 0)
				if hi != 0 || carry != 0 {
					return 0, false
				}
				sum = s
				if j < m {
					hi, lo = bits.Mul64(binom, uint64(c.K-j))
					if hi >= uint64(j+1) {
						return 0, false
					}
					binom, _ = bits.Div64(hi, lo, uint64(j+1))
				}
			}
			cur[e] = sum
		}
		next = cur
	}
	return next[d], true
}

// recursionBig is Recursion in big integers: one table row per layer, last to first.
func recursionBig(layers []LayerCount, d int) *big.Int {
	layers = settledBelow(layers)
	next := make([]*big.Int, d+1)
	for i := range next {
		next[i] = big.NewInt(1)
	}
	for l := len(layers) - 1; l > 0; l-- {
		next = recursionRow(layers[l], next)
	}
	if len(layers) > 0 {
		return newRecursionSums(layers[0], next).at(d)
	}
	return next[d]
}

// recursionRow returns R(l,·) given R(l+1,·).
func recursionRow(c LayerCount, next []*big.Int) []*big.Int {
	sums := newRecursionSums(c, next)
	cur := make([]*big.Int, len(next))
	for e := range cur {
		if e > 0 { // beyond some dimension nothing changes any more
			m, out := c.caps(e)
			if pm, pout := c.caps(e - 1); pm == m && pout == out {
				cur[e] = cur[e-1]
				continue
			}
		}
		cur[e] = sums.at(e)
	}
	return cur
}

// recursionSums holds the partial sums of a layer from which R(l,e) follows for any e by one
// product, so that a row costs as many operations as the layer has terms or dimensions, not their
// product. For j ≤ P+K−out+M a cell keeps the dimension out; beyond it has P+K−(j−M), whatever e
// is. So with flat = min(m, P+K−out+M)
//
//	R(l,e) = R(l+1,out)·Σ_{j≤flat} C(K,j) + Σ_{flat<j≤m} C(K,j)·R(l+1,P+K−(j−M)).
type recursionSums struct {
	c     LayerCount
	next  []*big.Int
	binom []*big.Int
	// cells[j] is Σ_{i≤j} C(K,i); later[j] is Σ_{M<i≤j} C(K,i)·R(l+1,P+K−(i−M)) over the i for
	// which that is in the table: those before are at most flat for every e.
	cells, later []*big.Int
}

func newRecursionSums(c LayerCount, next []*big.Int) *recursionSums {
	s := &recursionSums{c: c, next: next, binom: c.ways(min(c.K, len(next)-1))}
	if c.Cells != nil {
		return s
	}
	s.cells, s.later = make([]*big.Int, len(s.binom)), make([]*big.Int, len(s.binom))
	cells, later, term := new(big.Int), new(big.Int), new(big.Int)
	for j, n := range s.binom {
		s.cells[j] = new(big.Int).Set(cells.Add(cells, n))
		if e := c.P + c.K - (j - c.Leaky); j > c.Leaky && e < len(next) {
			later.Add(later, term.Mul(n, next[e]))
		}
		s.later[j] = new(big.Int).Set(later)
	}
	return s
}

// at returns R(l,e).
func (s *recursionSums) at(e int) *big.Int {
	m, out := s.c.caps(e)
	if s.c.Cells != nil {
		return s.filled(m, out)
	}
	flat := min(m, s.c.P+s.c.K-out+s.c.Leaky)
	r := new(big.Int).Mul(s.next[out], s.cells[flat])
	if flat < m {
		r.Add(r, s.later[m])
		r.Sub(r, s.later[flat])
	}
	return r
}

// filled is at where the layer makes so many cells at most: those with the fewest inactive units
// are taken until they run out.
func (s *recursionSums) filled(m, out int) *big.Int {
	sum, term, left := new(big.Int), new(big.Int), new(big.Int).Set(s.c.Cells)
	for j := 0; j <= m; j++ {
		n := s.binom[j]
		last := left.Cmp(n) < 0
		if last {
			n = left
		}
		sum.Add(sum, term.Mul(n, s.next[s.c.lost(out, j)]))
		if last {
			break
		}
		left.Sub(left, n)
	}
	return sum
}

// binomials returns C(k,0) … C(k,m).
func binomials(k, m int) []*big.Int {
	b := make([]*big.Int, m+1)
	b[0] = big.NewInt(1)
	for j := 1; j <= m; j++ {
		b[j] = new(big.Int).Mul(b[j-1], big.NewInt(int64(k-j+1)))
		b[j].Quo(b[j], big.NewInt(int64(j)))
	}
	return b
}
