package dyadic_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/internal/dyadic"
)

// Words add products as math/big does, modulo what they hold.
func TestWordsAddProductsAsBigIntsDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 5).Draw(t, "words")
		numbers := rapid.IntRange(1, 3).Draw(t, "numbers")
		draw := func(name string) []uint64 {
			edge := rapid.SampledFrom([]uint64{0, 1, 1 << 63, 1<<63 - 1, 1<<64 - 1})
			return rapid.SliceOfN(rapid.OneOf(edge, rapid.Uint64()), k*numbers, k*numbers).Draw(t, name)
		}
		z, b := draw("z"), draw("b")
		x, y := rapid.Int64().Draw(t, "x"), rapid.Int64().Draw(t, "y")
		shift := rapid.IntRange(0, 64*k+70).Draw(t, "shift")
		times := new(big.Int).Mul(big.NewInt(x), big.NewInt(y))
		times.Lsh(times, uint(shift))
		var want, number, from, got big.Int
		modulus := new(big.Int).Lsh(big.NewInt(1), uint(64*k))
		before := append([]uint64(nil), z...)
		dyadic.AddMul(z, b, k, x, y, shift)
		for i := 0; i < len(z); i += k {
			dyadic.LoadWords(&number, before[i:i+k])
			dyadic.LoadWords(&from, b[i:i+k])
			dyadic.LoadWords(&got, z[i:i+k])
			want.Add(&number, want.Mul(times, &from))
			require.Zero(t, want.Mod(want.Sub(&want, &got), modulus).Sign(), "number %d", i/k)
			require.LessOrEqual(t, got.CmpAbs(new(big.Int).Rsh(modulus, 1)), 0)
		}
	})
}

// A number keeps its value in more words.
func TestWidenedWordsKeepTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, more := rapid.IntRange(1, 3).Draw(t, "words"), rapid.IntRange(0, 3).Draw(t, "more")
		b := rapid.SliceOfN(rapid.Uint64(), 2*n, 2*n).Draw(t, "b")
		z := make([]uint64, 2*(n+more))
		dyadic.Widen(z, n+more, b, n)
		var want, got big.Int
		for i := range 2 {
			dyadic.LoadWords(&want, b[i*n:(i+1)*n])
			dyadic.LoadWords(&got, z[i*(n+more):(i+1)*(n+more)])
			require.Zero(t, want.Cmp(&got))
		}
	})
}

// The words that WordsFor names hold every number below its bound.
func TestWordsForHoldsWhatItSays(t *testing.T) {
	for _, n := range []int{0, 1, 62, 63, 64, 127, 128, 191} {
		k := dyadic.WordsFor(n)
		most := new(big.Int).Lsh(big.NewInt(1), uint(n))
		most.Sub(most, big.NewInt(1)) // the largest below 2^n, and its negative
		require.LessOrEqual(t, most.BitLen(), 64*k-1, n)
	}
}
