package dyadic

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// scaled returns n·2^e as a fraction.
func scaled(n int64, e int) *big.Rat {
	q := new(big.Rat).SetInt64(n)
	p := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(e, -e))))
	if e < 0 {
		return q.Quo(q, p)
	}
	return q.Mul(q, p)
}

// TestBigRatCallsAnUnderflowExact states what this package is for. When it fails, Go has been
// mended, and FromRat may trust big.Rat.Float64.
func TestBigRatCallsAnUnderflowExact(t *testing.T) {
	f, exact := scaled(1, -2000).Float64()
	require.True(t, f == 0 && exact)
}

func TestConversionsAtTheEdges(t *testing.T) {
	const least, most = 0x1p-1074, math.MaxFloat64
	inf := math.Inf(1)
	for _, c := range []struct {
		name        string
		n           int64
		e           int
		f, down, up float64
		exact       bool
	}{
		{"zero", 0, 0, 0, 0, 0, true},
		{"zero with an exponent", 0, 1 << 20, 0, 0, 0, true},
		{"one", 1, 0, 1, 1, 1, true},
		{"the smallest", 1, -1074, least, least, least, true},
		{"half of the smallest", 1, -1075, 0, 0, least, false},
		{"a little less", 1<<53 - 1, -1128, 0, 0, least, false},
		{"a little more", 1<<53 + 1, -1128, least, 0, least, false},
		{"three quarters of the smallest", 3, -1076, least, 0, least, false},
		{"three halves of the smallest", 3, -1075, 2 * least, least, 2 * least, false},
		{"far below", 1, -2000, 0, 0, least, false},
		{"a subnormal", 3, -1074, 3 * least, 3 * least, 3 * least, true},
		{"the smallest normal", 1, -1022, 0x1p-1022, 0x1p-1022, 0x1p-1022, true},
		{"just below the smallest normal", 1<<54 - 1, -1076, 0x1p-1022, 0x1p-1022 - least, 0x1p-1022, false},
		{"54 bits", 1<<53 + 1, 0, 0x1p53, 0x1p53, 0x1p53 + 2, false},
		{"the largest", 1<<53 - 1, 971, most, most, most, true},
		{"rounded to the largest", 1<<55 - 3, 969, most, most, inf, false},
		{"rounded to infinity", 1<<54 - 1, 970, inf, most, inf, false},
		{"above", 1, 1024, inf, most, inf, false},
		{"far above", 1, 3000, inf, most, inf, false},
	} {
		for _, s := range []int64{1, -1} {
			t.Run(c.name, func(t *testing.T) {
				down, up := c.down, c.up
				if s < 0 {
					down, up = -c.up, -c.down
				}
				f, n := float64(s)*c.f, big.NewInt(s*c.n)
				q, x := scaled(s*c.n, c.e), new(big.Float).SetInt(n)
				x.SetMantExp(x, c.e)

				got, exact := FromRat(q)
				require.Equal(t, []any{f + 0, c.exact}, []any{got + 0, exact})
				got, exact = FromInt(n, c.e)
				require.Equal(t, []any{f + 0, c.exact}, []any{got + 0, exact})
				got, acc := FromFloat(x)
				require.Equal(t, []any{f + 0, c.exact}, []any{got + 0, acc == big.Exact})
				require.Equal(t, []float64{down + 0, down + 0, down + 0},
					[]float64{Down(x) + 0, DownRat(q) + 0, DownInt(n, c.e) + 0})
				require.Equal(t, []float64{up + 0, up + 0},
					[]float64{UpRat(q) + 0, UpInt(n, c.e) + 0})
			})
		}
	}
}

// TestExponentsBeyondBigFloat: a big.Float with such an exponent is 0 or infinite, and "exactly".
func TestExponentsBeyondBigFloat(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(10, func() { FromInt(big.NewInt(-5), -1074) }))
	for _, e := range []int{math.MaxInt, math.MaxInt32, math.MinInt32 - 10, math.MinInt} {
		f, exact := FromInt(big.NewInt(-5), e)
		require.False(t, exact)
		require.Equal(t, e > 0, math.IsInf(f, -1))
		require.True(t, e > 0 || f == 0)
	}
	_, acc := FromFloat(new(big.Float).SetInf(false))
	require.Equal(t, big.Above, acc)
	_, acc = FromFloat(new(big.Float).SetInf(true))
	require.Equal(t, big.Below, acc)
}

// TestExactIsWhatItSays: f is called exact if and only if it is the number, and the number lies
// between Down and Up, which are neighbours.
func TestExactIsWhatItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := big.NewInt(rapid.Int64().Draw(t, "n"))
		n.Mul(n, big.NewInt(rapid.SampledFrom([]int64{1, 3, 1 << 40, 1<<62 + 1}).Draw(t, "factor")))
		n.Add(n.Lsh(n, rapid.UintRange(0, 130).Draw(t, "zeros")), big.NewInt(rapid.Int64Range(-1, 1).Draw(t, "last bit")))
		e := rapid.IntRange(-1250, 1050).Draw(t, "e")
		q := new(big.Rat).Mul(new(big.Rat).SetInt(n), scaled(1, e))
		f, exact := FromRat(q)
		is := func(v float64, want int) bool {
			r := new(big.Rat)
			return !math.IsInf(v, 0) && r.SetFloat64(v).Cmp(q) == want
		}
		require.Equal(t, is(f, 0), exact)
		g, same := FromInt(n, e)
		require.Equal(t, []any{f + 0, exact}, []any{g + 0, same})
		lo, hi := DownRat(q), UpRat(q)
		require.True(t, math.IsInf(lo, -1) || is(lo, -1) || is(lo, 0))
		require.True(t, math.IsInf(hi, 1) || is(hi, 1) || is(hi, 0))
		if exact {
			require.Equal(t, []float64{f, f}, []float64{lo, hi})
		} else {
			require.Equal(t, hi+0, math.Nextafter(lo, math.Inf(1))+0)
		}
		require.Equal(t, []float64{lo + 0, hi + 0}, []float64{DownInt(n, e) + 0, UpInt(n, e) + 0})

		// A fraction that is not dyadic is never exact.
		third := new(big.Rat).Quo(q, big.NewRat(3, 1))
		if new(big.Int).Rem(n, big.NewInt(3)).Sign() != 0 {
			_, exact = FromRat(third)
			require.False(t, exact)
			lo, hi = DownRat(third), UpRat(third)
			require.Equal(t, hi+0, math.Nextafter(lo, math.Inf(1))+0)
		}
	})
}
