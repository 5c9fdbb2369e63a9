package exact

// What a question costs the exact tier, on small and on 53-bit coefficients.

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/relucell/relucell/ball"
)

// benchCell returns rows around the origin of the given coefficient size, and forms to ask.
func benchCell(n, m, bits int) ([]Row, []Row) {
	rng := rand.New(rand.NewPCG(1, uint64(n*m*bits)))
	draw := func() int64 {
		if bits <= 2 {
			return rng.Int64N(3) - 1
		}
		return rng.Int64N(1<<bits) - 1<<(bits-1)
	}
	rows, asks := make([]Row, m), make([]Row, 16)
	for i := range rows {
		g := make([]int64, n)
		for k := range g {
			g[k] = draw()
		}
		rows[i] = NewRow(1<<max(bits-2, 0), g...)
	}
	for i := range asks {
		g := make([]int64, n)
		for k := range g {
			g[k] = draw()
		}
		asks[i] = NewRow(-rng.Int64N(2<<max(bits-1, 0)), g...)
	}
	return rows, asks
}

func BenchmarkSide(b *testing.B) {
	for _, norm := range []ball.Norm{ball.LInf, ball.L1, ball.L2} {
		for _, c := range []struct{ n, m, bits int }{{2, 8, 2}, {4, 4, 2}, {4, 16, 2}, {4, 16, 53}, {4, 60, 2}, {8, 8, 2}, {8, 40, 2}, {8, 40, 53}} {
			b.Run(fmt.Sprintf("%v/n=%d/rows=%d/bits=%d", norm, c.n, c.m, c.bits), func(b *testing.B) {
				rows, asks := benchCell(c.n, c.m, c.bits)
				p := make([]*big.Rat, c.n)
				for k := range p {
					p[k] = new(big.Rat)
				}
				i := 0
				for b.Loop() {
					if _, _, _, err := Side(norm, asks[i%len(asks)], rows, p); err != nil {
						b.Fatal(err)
					}
					i++
				}
			})
		}
	}
}
