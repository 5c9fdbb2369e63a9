package affine

// Arithmetic in words against that of big integers.

import (
	"context"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// anyInteger is an integer of at most so many bits with its sign, often one near a power of two.
func anyInteger(r *rand.Rand, most int) *big.Int {
	z, n := new(big.Int), r.IntN(most+1)
	z.Lsh(big.NewInt(1), uint(n))
	switch r.IntN(4) {
	case 0:
		z.Sub(z, big.NewInt(1))
	case 1, 2:
		z.Mul(z, big.NewInt(r.Int64N(1<<20))).Rsh(z, 20)
	}
	if z.BitLen() > most || r.IntN(9) == 0 {
		z.SetInt64(0)
	}
	if r.IntN(2) == 0 {
		z.Neg(z)
	}
	return z
}

// worded is a number in k words.
func worded(x *big.Int, k int) []uint {
	z := make([]uint, k)
	MulAdd(z, append([]uint{1}, make([]uint, k-1)...), k, x, false)
	return z
}

// Products of words are those of big integers, in whatever number of words.
func TestMultiplyAddIsThatOfIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for range 20_000 {
		k, n := 1+r.IntN(4), 1+r.IntN(3)
		room := k*bits.UintSize - 3
		a := anyInteger(r, room-room/2)
		var z, b []uint
		var want []*big.Int
		negative := r.IntN(2) == 0
		for range n {
			x, y := anyInteger(r, room), anyInteger(r, room/2)
			z, b = append(z, worded(x, k)...), append(b, worded(y, k)...)
			if y.Mul(y, a); negative {
				y.Neg(y)
			}
			want = append(want, x.Add(x, y))
		}
		MulAdd(z, b, k, a, negative)
		for i := range want {
			var got big.Int
			if load(&got, z[i*k:(i+1)*k]); got.Cmp(want[i]) != 0 {
				t.Fatalf("%d words: %v, expected %v", k, &got, want[i])
			}
		}
	}
}

// Signs by leading bits are those of the whole sums, and where they do not tell they say so.
func TestSignsAreThoseOfTheSums(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	sure, told := [2]int{}, [2]int{}
	for range 40_000 {
		n, m := 1+r.IntN(4), 1+r.IntN(3*bits.UintSize)
		k := Words(m)
		e := &Evaluator{Verdict: canonical.NewVerdict(context.Background()), pick: make([]int, n)}
		v, sum, f := NewValues(n), new(big.Int), []uint(nil)
		wide := 1 + r.IntN(bits.UintSize+8)
		for i := range n {
			e.pick[i] = i
			v.All[i].Set(anyInteger(r, wide))
		}
		for i := range n {
			g := anyInteger(r, m)
			if i == n-1 && r.IntN(2) == 0 && v.All[i].Sign() != 0 { // a sum near 0
				if g.Quo(sum, &v.All[i]); g.BitLen() > m {
					g.SetInt64(1)
				}
				g.Neg(g)
			}
			f = append(f, worded(g, k)...)
			sum.Add(sum, g.Mul(g, &v.All[i]))
		}
		v.Measure()
		tier := 0
		if v.Bits >= bits.UintSize/2 {
			tier = 1
		}
		s, certain := e.leading(f, k, m, &v)
		if told[tier]++; certain {
			if sure[tier]++; s != sum.Sign() {
				t.Fatalf("the sign is %d by leading bits, expected that of %v", s, sum)
			}
		}
		if s := e.sign(f, k, m, &v); s != sum.Sign() {
			t.Fatalf("the sign is %d, expected that of %v", s, sum)
		}
	}
	for tier := range sure {
		if sure[tier] < told[tier]/4 || sure[tier] == told[tier] {
			t.Errorf("leading bits tell %d of %d signs, expected many and not all", sure[tier], told[tier])
		}
	}
}

// TestWhatOutgrowsAllIsLargest: of some numbers, many of them alike in size, the one that a walk ends
// with is as large as any.
func TestWhatOutgrowsAllIsLargest(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 3))
	for range 20_000 {
		m := 1 + r.IntN(2*bits.UintSize)
		k, most, best := Words(m), new(big.Int), []uint(nil)
		first := anyInteger(r, m)
		for range 1 + r.IntN(5) {
			g := anyInteger(r, m)
			if r.IntN(2) == 0 { // near the first in size
				if g.Add(first, big.NewInt(int64(r.IntN(3)-1))); g.BitLen() > m {
					g.Set(first)
				}
				if r.IntN(2) == 0 {
					g.Neg(g)
				}
			}
			if f := worded(g, k); best == nil || outgrows(f, best) {
				best = f
			}
			if g.CmpAbs(most) > 0 {
				most.Set(g)
			}
		}
		var got big.Int
		if load(&got, best); got.CmpAbs(most) != 0 {
			t.Fatalf("the walk ends with %v, and %v is larger", &got, most)
		}
	}
}
