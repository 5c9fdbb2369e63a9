package vertices

// Error bounds at the edges of their domains: what a derivation needs is tested where it is used,
// and outside of that a bound claims nothing.

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func ratOf(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func TestEdgeErrorClaimsNothingOutsideItsDomain(t *testing.T) {
	const e = 0x1p-30
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name          string
		a, b, p, q, e float64
		inside        bool
	}{
		{"roomy", 1, 1, 0x1p-40, 1, e, true},
		{"a quarter left", 1, 1, 0.75, 0, e, true},
		{"just enough left", 1, 1, 1 - 0x1p-9, 0, e, true},
		{"hardly anything left", 1, 1, 1 - 0x1p-11, 0, e, false},
		{"nothing left", 1, 1, 1, 0, e, false},
		{"less than nothing, a small error left", 0x1p-40, 0x1p-40, 0x1p-30, 0, e, false},
		{"a value of the wrong sign", -0x1p-60, 1, 0, 0, e, false},
		{"the other one", 1, -0x1p-60, 0, 0, e, false},
		{"both zero", 0, 0, 0, 0, e, false},
		{"an infinite value", inf, 1, 0, 0, e, false},
		{"no number", nan, 1, 0, 0, e, false},
		{"an infinite error", 1, 1, inf, 0, e, false},
	} {
		got := EdgeError(c.a, c.b, c.p, c.q, c.e, 1)
		if c.inside {
			require.True(t, got >= e && got < inf, c.name)
		} else {
			require.True(t, got > MaxError, "%s: %g", c.name, got)
		}
	}
}

// Inside its domain the bound covers every true position, also at its edge.
func TestEdgeErrorCoversTheCrossing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0, 1).Draw(t, "a")
		b := rapid.Float64Range(0x1p-30, 1).Draw(t, "b")
		d := (a + b) / 2 * rapid.Float64Range(0, 1.5).Draw(t, "share")
		far := rapid.Float64Range(0, 2).Draw(t, "far")
		claimed := EdgeError(a, b, d, 0, 0, far)
		if math.IsInf(claimed, 1) {
			return
		}
		at := a / (a + b)
		for _, s := range [][2]float64{{1, -1}, {-1, 1}, {1, 1}, {-1, -1}} {
			ta, tb := ratOf(a), ratOf(b)
			ta.Add(ta, ratOf(s[0]*d))
			tb.Add(tb, ratOf(s[1]*d))
			if ta.Sign() < 0 || tb.Sign() < 0 || ta.Sign()+tb.Sign() == 0 {
				continue // the true signs are those of the ends
			}
			off := new(big.Rat).Quo(ta, tb.Add(ta, tb))
			off.Sub(off, ratOf(at)).Abs(off).Mul(off, ratOf(far))
			require.True(t, off.Cmp(ratOf(claimed)) <= 0)
		}
	})
}

// The error in a large ball claims nothing outside its domain, and covers the crossing inside.
func TestNearEdgeErrorAndItsDomain(t *testing.T) {
	const e = 0x1p-30
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name       string
		a, b, d, e float64
		inside     bool
	}{
		{"roomy", 0x1p-900, 1, 0x1p-950, 0x1p-50, true},
		{"on the hyperplane", 0, 1, 0, 0x1p-50, true},
		{"just enough left", 1, 1, 1, 1 - 0x1p-8, true},
		{"hardly anything left", 1, 1, 1, 1 - 0x1p-11, false},
		{"nothing left", 0, 1, 0, 1, false},
		{"a value of the wrong sign", -0x1p-60, 1, 0, 0, false},
		{"the larger value first", 1, 0x1p-60, 0, 0, false},
		{"both zero", 0, 0, 0, 0, false},
		{"an infinite value", 1, inf, 0, 0, false},
		{"no number", nan, 1, 0, 0, false},
		{"an infinite error", 1, 1, 0, inf, false},
		{"an error that is no number", 1, 1, nan, 0, false},
	} {
		got := NearEdgeError(c.a, c.b, c.d, c.e, e, 0, 1, 1)
		if c.inside {
			require.True(t, got >= e && got < inf, c.name)
		} else {
			require.True(t, got > MaxError, "%s: %g", c.name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		power := func(least int, name string) float64 {
			return math.Ldexp(rapid.Float64Range(0.5, 1).Draw(t, name), -rapid.IntRange(0, least).Draw(t, name+"'s exponent"))
		}
		b := power(60, "b")
		a := b * power(900, "a")
		d, e := a*power(60, "d"), b*power(60, "e")
		far := power(100, "far")
		claimed := NearEdgeError(a, b, d, e, 0, 0, far, 0)
		for _, s := range [][2]float64{{1, -1}, {-1, 1}, {1, 1}, {-1, -1}} {
			ta, tb := ratOf(a), ratOf(b)
			ta.Add(ta, ratOf(s[0]*d))
			tb.Add(tb, ratOf(s[1]*e))
			if math.IsInf(claimed, 1) || ta.Sign() < 0 || tb.Sign() <= 0 {
				continue
			}
			off := new(big.Rat).Quo(ta, tb.Add(ta, tb))
			off.Sub(off, ratOf(a/(a+b))).Abs(off).Mul(off, ratOf(far))
			require.True(t, off.Cmp(ratOf(claimed)) <= 0)
		}
	})
}
