package plot

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// Where boundaries meet in a point that floats do not hold, a region was told to have a neighbour
// across a side without length, which did not have it.
func TestNeighboursAroundAPointAreThoseOfTheGraph(t *testing.T) {
	n, err := network.ReadCanonical(strings.NewReader(`{"relucell-network":1,"inputs":2,"layers":[
{"activation":"mixed","slopes":["-0x1p+0","0x0p+0","0x1p+1"],"weights":[["-0x1p+0","0x1p+1"],["0x1p+0","0x0p+0"],["-0x1.8p+1","0x0p+0"]],"bias":["0x0p+0","0x0p+0","0x0p+0"]},
{"activation":"leaky_relu","slope":"-0x1p+0","weights":[["-0x1p+1","-0x1p+1","-0x1p+1"]],"bias":["0x0p+0"]}
]}
`))
	require.NoError(t, err)
	b, err := ball.NewBox([]float64{-1, -0.5}, []float64{2, 2.5})
	require.NoError(t, err)
	var all []enumerate.Region
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		all = append(all, r)
	}
	g, err := enumerate.NewGraph(context.Background(), all)
	require.NoError(t, err)
	m := newMap(t, n, b)
	require.Len(t, m.Regions, len(all))
	number := make([]int, len(all)) // of the graph's regions, on the map
	for i, r := range all {
		number[i] = slices.IndexFunc(m.Regions, func(q Region) bool { return slices.Equal(q.Pattern, r.Pattern) })
	}
	next := m.Neighbours()
	for i, list := range g.Neighbours() {
		want := []int{}
		for _, k := range list {
			want = append(want, number[k])
		}
		slices.Sort(want)
		require.Equal(t, want, next[number[i]], "region %v", all[i].Pattern)
	}
}
