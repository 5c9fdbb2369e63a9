package dyadic

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRootAbove(t *testing.T) {
	for _, v := range []float64{0, 1, 2, 3, 0.1, 1e-170, 1e150, 5e-324, math.MaxFloat64} {
		q := new(big.Rat).SetFloat64(v)
		q.Mul(q, q)
		require.Equal(t, v, RootAbove(q))
		if v > 0 {
			q.Mul(q, big.NewRat(1<<60+1, 1<<60))
			require.Equal(t, math.Nextafter(v, math.Inf(1)), RootAbove(q), "beyond the largest it is +Inf")
		}
	}
}
