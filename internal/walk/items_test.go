package walk

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A queue of items, each walked from nothing: the slow and obvious twin of a walk on many machines.
// The texts of the items, put in the places of the cells they were, are the text of one walk.
func TestItemsAreTheWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newForest(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 12).Draw(t, "depth"))
		whole := newTold()
		New(forked(f, Config{Workers: 1, Sink: whole, Ordered: true})).Walk(t.Context())
		budget := rapid.Int64Range(1, 200).Draw(t, "budget")
		regions, items := int64(0), NewItems(forked(f, Config{}), 0)
		var text func(path []int8) string
		text = func(path []int8) string {
			if rapid.Bool().Draw(t, "another machine") {
				items = NewItems(forked(f, Config{}), 0)
			}
			sink := newTold()
			a, err := items.Walk(t.Context(), path, budget, sink)
			require.NoError(t, err)
			require.Equal(t, len(path), len(a.Path))
			regions += a.Regions
			var joined []byte
			open := a.Open
			for i, c := range *sink.text {
				if c != 'o' {
					require.True(t, c != 'r' || len(open) == len(a.Open), "what is left comes last, but %d of %q", i, *sink.text)
					joined = append(joined, c)
					continue
				}
				require.LessOrEqual(t, f.count(open[0].Path), open[0].Upper.Int64())
				joined = append(joined, text(open[0].Path)...)
				open = open[1:]
			}
			require.Empty(t, open)
			return string(joined)
		}
		require.Equal(t, string(*whole.text), text(nil))
		require.Equal(t, f.count(nil), regions)
	})
}

// Work goes on: whatever the budget, an item does something, and a stop is no answer.
func TestItemsEnd(t *testing.T) {
	f := newForest(3, 9)
	items := NewItems(forked(f, Config{}), 0)
	a, err := items.Walk(t.Context(), nil, 1, Deaf{})
	require.NoError(t, err)
	for _, c := range a.Open {
		require.NotEmpty(t, c.Path)
	}
	_, err = items.Walk(t.Context(), make([]int8, 40), 1, Deaf{})
	require.ErrorIs(t, err, ErrNowhere)
}
