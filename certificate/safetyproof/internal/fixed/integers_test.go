package fixed

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSumsAreThoseOfIntegers: sums of products within the domain of the package, and their floors,
// are those of integers, or are thrown where these are not small.
func TestSumsAreThoseOfIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 5))
	drawn := func() int64 { // of any size below 2^61
		return (r.Int64N(1<<SmallBits) >> r.IntN(SmallBits)) * (1 - 2*r.Int64N(2))
	}
	small, large := 0, 0
	for range 20_000 {
		var got Wide
		sum := new(big.Int)
		for range 1 + r.IntN(2) { // two factors of 61 bits sum up to 62
			a, b := drawn(), drawn()
			got.Add(Product(a, b))
			sum.Add(sum, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))
		}
		shift := uint(r.IntN(128))
		want := new(big.Int).Rsh(sum, shift) // rounds down
		var v int64
		if fits := Fits(func() { v = got.Floor(shift) }); want.BitLen() <= SmallBits {
			require.True(t, fits, "%v", sum)
			require.EqualValues(t, want.Int64(), v)
			small++
		} else {
			require.False(t, fits, "%v", sum)
			large++
		}
	}
	require.Greater(t, small, 5000)
	require.Greater(t, large, 500)
}

// TestSparseProductsAreDenseOnes: what is multiplied entry by entry is what rows and columns give,
// and between two uses all sums are 0.
func TestSparseProductsAreDenseOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 6))
	const n = 9
	z := NewSums(n)
	for range 2000 {
		lines, v, want := make([]Entries, 1+r.IntN(6)), Entries{}, make([]int64, n)
		sizes := r.IntN(2) == 0
		for i := range lines {
			x := r.Int64N(7) * int64(r.IntN(2))
			v.Put(int32(i), x)
			for j := range n {
				w := (r.Int64N(9) - 4) * int64(r.IntN(2))
				lines[i].Put(int32(j), w)
				if sizes {
					w = max(w, -w)
				}
				want[j] += w * x
			}
		}
		got := make([]int64, n)
		for _, j := range z.Multiply(lines, v, n, sizes) {
			sum := z.Take(j)
			got[j] += sum.Floor(0)
		}
		require.Equal(t, want, got)
	}
}

func TestOnlySmallNumbersFit(t *testing.T) {
	for v, fits := range map[int64]bool{1<<SmallBits - 1: true, 1 << SmallBits: false, 1 - 1<<SmallBits: true, -1 << SmallBits: false} {
		require.Equal(t, fits, Fits(func() { Small(v) }), "%d", v)
		require.Equal(t, fits, Fits(func() { Size([]int64{v / 2, v - v/2}) }), "%d", v)
		require.Equal(t, fits, Fits(func() { FloorOf(big.NewInt(v), big.NewInt(1), 0) }), "%d", v)
	}
	require.Panics(t, func() { Fits(func() { panic("another") }) })
}
