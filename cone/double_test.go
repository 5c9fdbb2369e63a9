package cone

// The pieces against slow twins: adjacency by ranks over the integers, and arithmetic in tiers.

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/internal/dyadic"
)

// onFace returns the rank of the added constraints that hold at all the rays.
func (m *method) onFace(rays ...int) int {
	e := echelon{width: m.dim}
	for c := range m.rows {
		on := true
		for _, i := range rays {
			on = on && m.rays[i].on.Has(c)
		}
		if on {
			e.push(m.rows[c].integers())
		}
	}
	return len(e.pivots)
}

// At every step adjacency by what is common, hashed or not, is that by ranks: two rays are adjacent
// if the added constraints on both have rank r − 2. Rows that are redundant, and rows that are not
// added yet, must not matter.
func TestAdjacencyIsThatOfTheAddedConstraints(t *testing.T) {
	kinds := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(2, 5).Draw(t, "dimensions")
		most := rapid.SampledFrom([]int64{1, 5}).Draw(t, "size")
		var rows [][]*big.Int
		for range rapid.IntRange(dim, 10).Draw(t, "rows") {
			r := dyadic.ZeroInts(dim)
			for k := range r {
				r[k].SetInt64(rapid.Int64Range(-most, most).Draw(t, "entry"))
			}
			rows = append(rows, r)
		}
		e := echelon{width: dim}
		for _, r := range rows {
			e.push(r)
		}
		if len(e.pivots) < dim {
			return
		}
		m := &method{dim: dim, most: DefaultMaxRays}
		rest, err := m.start(context.Background(), distinct(rows))
		require.NoError(t, err)
		for _, c := range rest {
			var above, below []int
			for i := range m.rays {
				switch s := m.rows[c].times(&m.rays[i].vector).sign(); {
				case s > 0:
					above = append(above, i)
				case s < 0:
					below = append(below, i)
				}
			}
			var want, got []string
			for _, i := range above {
				for _, j := range below {
					if m.onFace(i, j) == dim-2 {
						want = append(want, fmt.Sprint(i, j))
					}
					simple := m.rays[i].on.Len() == dim-1 && m.rays[j].on.Len() == dim-1
					kinds[fmt.Sprint("simple ", simple)]++
				}
			}
			var on []Incidence
			for _, r := range m.rays {
				on = append(on, r.on)
			}
			require.NoError(t, Adjacent(context.Background(), dim, on, above, below, func(i, j int, both Incidence) error {
				got = append(got, fmt.Sprint(i, j))
				return nil
			}))
			slices.Sort(want)
			slices.Sort(got)
			require.Equal(t, want, got)
			require.NoError(t, m.cut(context.Background(), c))
			for i := range m.rays {
				require.Zero(t, m.rays[i].on.Int().Cmp(IncidenceOf(m.rays[i].on.Int(), len(rows)).Int()))
				require.Equal(t, dim-1, m.onFace(i), "an extreme ray")
			}
		}
	})
	require.NotZero(t, kinds["simple true"])
	require.NotZero(t, kinds["simple false"])
}

// Every tier gives the point that big integers give, and the tiers meet where they should. Each size
// and length is drawn a hundred times by itself, since a tier that only a rare draw meets would not
// be met in every run: one component of many bits comes out as ±1 and so by way of 128 bits.
func TestTiersOfNumbersAgree(t *testing.T) {
	tiers := map[string]int{}
	for _, size := range []int{4, 20, 30, 45, 62, 70} {
		for _, length := range []int{1, 2, 40} {
			rapid.Check(t, func(t *rapid.T) { tiers[tierOf(t, size, length)]++ })
		}
	}
	for _, tier := range []string{"64", "128", "big"} {
		require.NotZero(t, tiers[tier], tier)
	}
}

// tierOf draws two vectors of n numbers of up to size bits and two numbers of the same size, holds
// what is between them against big integers and tells the tier that gave it ("" if two rays cancel).
func tierOf(t *rapid.T, size, n int) string {
	draw := func(name string) *big.Int {
		x := new(big.Int).Lsh(big.NewInt(rapid.Int64Range(-1<<30, 1<<30).Draw(t, name)), 40)
		x.Add(x, big.NewInt(rapid.Int64Range(-1<<39, 1<<39).Draw(t, name)))
		return x.Rsh(x, uint(70-min(size, 70)))
	}
	v, w := make([]*big.Int, n), make([]*big.Int, n)
	for k := range v {
		v[k], w[k] = draw("v"), draw("w")
	}
	a, b := new(big.Int).Abs(draw("a")), new(big.Int).Abs(draw("b"))
	a.Add(a, big.NewInt(1))
	b.Sub(new(big.Int).Neg(b), big.NewInt(1))
	want, x := dyadic.ZeroInts(n), new(big.Int)
	for k := range want {
		want[k].Sub(want[k].Mul(a, w[k]), x.Mul(b, v[k]))
	}
	if isZero(want) {
		return "" // no two rays cancel: the cone would hold a line
	}
	p, q := vectorOf(v), vectorOf(w)
	got := between(&p, numberOf(a), &q, numberOf(b))
	require.Zero(t, compare(Primitive(want), got.integers()))
	largest := 0
	for _, x := range got.small {
		largest = max(largest, big.NewInt(x).BitLen())
	}
	require.Equal(t, largest, got.bits)
	require.Zero(t, dot(v, w).Cmp(p.times(&q).integer()))
	switch {
	case got.large != nil:
		return "big"
	case a.BitLen()+q.bits >= smallBits:
		return "128"
	default:
		return "64"
	}
}

func FuzzWideDivisors(f *testing.F) {
	f.Add(uint64(1), uint64(0), uint64(3), uint64(6))
	f.Add(uint64(0), uint64(0), uint64(1)<<62, uint64(0))
	f.Add(^uint64(0)>>1, ^uint64(0), uint64(0), uint64(1)<<63)
	f.Fuzz(func(t *testing.T, a, b, c, d uint64) {
		x, y := wide{hi: a >> 1, lo: b}, wide{hi: c >> 1, lo: d}
		g := x.gcd(y)
		require.Zero(t, g.integer().Cmp(new(big.Int).GCD(nil, nil, x.integer(), y.integer())))
		if g.hi == 0 && g.lo != 0 {
			q, ok := x.over(g.lo)
			whole := new(big.Int).Quo(x.integer(), g.integer())
			require.Equal(t, whole.BitLen() <= smallBits, ok)
			require.True(t, !ok || whole.Cmp(big.NewInt(q)) == 0)
		}
	})
}

func (a wide) integer() *big.Int {
	x := new(big.Int).SetUint64(a.hi)
	return x.Add(x.Lsh(x, 64), new(big.Int).SetUint64(a.lo))
}

// Int returns the number whose bits the set has.
func (s Incidence) Int() *big.Int {
	text := make([]byte, 8*len(s))
	for k, w := range s {
		binary.BigEndian.PutUint64(text[len(text)-8*(k+1):], w)
	}
	return new(big.Int).SetBytes(text)
}

// Has says whether constraint i is in the set.
func (s Incidence) Has(i int) bool { return i>>6 < len(s) && s[i>>6]>>(i&63)&1 == 1 }
