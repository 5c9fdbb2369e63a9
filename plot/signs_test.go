package plot

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// Packed patterns say what the patterns say, sign by sign.
func TestPackedPatterns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		neurons := rapid.IntRange(0, 70).Draw(t, "neurons")
		var plain []network.Pattern
		var regions []Region
		for range rapid.IntRange(1, 6).Draw(t, "regions") {
			p := network.Pattern(rapid.SliceOfN(rapid.Int8Range(-1, 1), neurons, neurons).Draw(t, "pattern"))
			if len(plain) > 0 && rapid.Bool().Draw(t, "near") {
				p = slices.Clone(plain[0])
				if neurons > 0 {
					p[rapid.IntRange(0, neurons-1).Draw(t, "turned")] *= -1
				}
			}
			plain, regions = append(plain, p), append(regions, Region{Pattern: p})
		}
		sorted, p := pack(regions, neurons)
		slices.SortFunc(plain, slices.Compare)
		for i, r := range sorted {
			require.Equal(t, plain[i], r.Pattern)
		}
		from := rapid.IntRange(0, neurons).Draw(t, "from")
		to := rapid.IntRange(from, neurons).Draw(t, "to")
		lo := rapid.IntRange(0, len(plain)-1).Draw(t, "lo")
		hi := rapid.IntRange(lo+1, len(plain)).Draw(t, "hi")
		var want []int
		for j := from; j < to; j++ {
			if slices.ContainsFunc(plain[lo:hi], func(q network.Pattern) bool { return q[j] != plain[lo][j] }) {
				want = append(want, j-from)
			}
		}
		require.Equal(t, want, p.differing(from, to, lo, hi, make([]uint64, p.width), nil))
		for i := range plain {
			for j := range neurons {
				q := slices.Clone(plain[i])
				q[j] = -q[j]
				for k := range plain {
					require.Equal(t, slices.Equal(q, plain[k]), p.opposite(i, k, j))
					if p.opposite(i, k, j) {
						require.Equal(t, p.key(k), p.turned(i, p.key(i), j))
					}
				}
			}
		}
	})
}
