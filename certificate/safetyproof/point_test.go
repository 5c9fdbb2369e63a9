package safetyproof

// Bounds held against the network itself, at exact points.

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

// pointwise returns the exact pre-activations of all units at x, by layers, and the outputs.
func pointwise(t specimen.Net, x []rat) (z [][]rat, y []rat) {
	y = x
	for _, l := range t.Layers {
		var zs, next []rat
		for j, w := range l.W {
			v := plus(ofFloat(l.B[j]), sumOf(len(w), func(k int) rat { return times(ofFloat(w[k]), y[k]) }))
			zs = append(zs, v)
			if v.Sign() < 0 {
				v = times(v, ofFloat(l.Below(j)))
			}
			next = append(next, v)
		}
		z, y = append(z, zs), next
	}
	return z, y
}

func TestSafetyBoundsHoldAtPoints(t *testing.T) {
	inside := 0
	rapid.Check(t, atPoints(&inside))
	require.NotZero(t, inside)
}

func FuzzSafetyBoundsAtPoints(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(atPoints(new(int))))
}

// atPoints draws a case, holds all bounds against the network at points of the node, and counts
// those that were.
func atPoints(inside *int) func(t *rapid.T) {
	return func(t *rapid.T) {
		c := drawSafety(t)
		b, n := c.bounds(t)
		for range 5 {
			x, scale := make([]rat, len(c.lo)), power(-c.f)
			for k := range x {
				part := big.NewRat(rapid.SampledFrom([]int64{0, 7, 1, 6, 3}).Draw(t, "part"), 7)
				x[k] = times(scale, plus(n.lo[k], times(part, minus(n.hi[k], n.lo[k]))))
			}
			if c.holdsAt(t, b, x) {
				*inside++
			}
		}
	}
}

// holdsAt holds all bounds against the network at x, if x is on the node.
func (c *safetyCase) holdsAt(t require.TestingT, b *bounds, x []rat) bool {
	z, y := pointwise(c.t, x)
	v, f := append(append([]rat(nil), x...), y...), new(big.Rat)
	var flat []rat
	for i := range z {
		flat = append(flat, z[i]...)
	}
	for _, s := range c.signs {
		if flat[b.unit[s.q]].Sign()*int(s.s) < 0 {
			return false
		}
	}
	require.False(t, b.void)
	if !b.bounded {
		return false
	}
	unit := power(-c.f)
	for q := range flat {
		require.LessOrEqual(t, times(unit, whole(b.units[q].l)).Cmp(flat[q]), 0, "l of unit %d", q)
		require.GreaterOrEqual(t, times(unit, whole(b.units[q].u)).Cmp(flat[q]), 0, "u of unit %d", q)
	}
	for _, m := range c.c.Mu {
		value := valueOf(&c.d.Forms[m.At], v)
		if low := b.zoneLeast(c.d.Forms, claims.Alone(m.At, b.f)); low != none {
			require.LessOrEqual(t, times(unit, whole(low)).Cmp(value), 0, "zonotope")
		}
		f = plus(f, times(whole(m.V.Int64()), value))
	}
	for _, m := range c.c.Beta {
		q := b.unit[m.At]
		f = minus(f, times(whole(m.V.Int64()*int64(b.units[q].side)), flat[q]))
	}
	b.multipliers(&c.c)
	if low := b.mixed(c.d.Forms, c.c.Mu); low != none {
		require.LessOrEqual(t, times(times(unit, power(min(c.f, 20))), whole(low)).Cmp(f), 0, "form")
	}
	return true
}

func valueOf(f *query.Form, v []rat) rat {
	sum := f.Combination[query.Constant]
	for k, c := range f.Combination {
		if k != query.Constant {
			sum = plus(sum, times(c, v[k]))
		}
	}
	return sum
}
