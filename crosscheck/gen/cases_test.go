package gen

// Cases are named by what they are drawn from, and the counts that are theorems are those of the
// walk.

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
)

func TestCasesAreNamedBySeedAndNumber(t *testing.T) {
	var a, b []Case
	for c := range Cases(9, 120, CaseOptions{}) {
		a = append(a, c)
	}
	for c := range Cases(9, 200, CaseOptions{}) {
		b = append(b, c)
	}
	kinds := map[string]bool{}
	for i := range a {
		require.Equal(t, a[i].Name, b[i].Name)
		require.Equal(t, a[i].Net.Fingerprint(), b[i].Net.Fingerprint())
		require.Equal(t, a[i].Ball, b[i].Ball)
		_, kind, _ := strings.Cut(a[i].Name, ": ")
		kinds[kind] = true
	}
	for _, kind := range []string{"random", "ternary", "touching", "on a boundary", "arrangement", "leaky folding"} {
		require.True(t, kinds[kind], kind)
	}
}

func TestLeakyFolding(t *testing.T) {
	for _, d := range [][3]int64{{1, 1, 2}, {1, 4, 16}, {2, 1, 4}, {2, 2, 16}, {3, 2, 64}} {
		n, b := LeakyFolding(int(d[0]), int(d[1]))
		r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
		require.NoError(t, err)
		require.Equal(t, d[2], r.Lower.Int64())
	}
}
