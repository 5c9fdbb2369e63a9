package journal

// Records and the tree that holds them.

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func FuzzRecord(f *testing.F) {
	r := Record{Path: []int8{-1, 1, 1, -1, 1, 1, 1, 1, -1, 1}, Text: []byte("W 0x0p+0\n")}
	r.Regions, r.Pivots = 300, 7
	f.Add(r.appendTo(nil))
	f.Add((&Record{}).appendTo(nil))
	f.Add([]byte{200, 200, 200, 200, 200, 200, 200, 200, 200, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r, again Record
		if r.decode(b) != nil {
			return
		}
		require.NoError(t, again.decode(r.appendTo(nil)))
		require.Equal(t, r.Path, again.Path)
		require.Equal(t, r.Tally, again.Tally)
		require.True(t, bytes.Equal(r.Text, again.Text))
	})
}

// A record stands for all at and below its path, whatever the order in which they came.
func TestSavedSupersedes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root, want := new(Node), map[string]*entry{}
		for i := range rapid.IntRange(1, 40).Draw(t, "records") {
			path := rapid.SliceOfN(rapid.SampledFrom([]int8{-1, 1}), 0, 6).Draw(t, "path")
			key := ""
			for _, s := range path {
				key += map[int8]string{-1: "-", 1: "+"}[s]
			}
			freed := int64(0)
			for k, e := range want {
				if len(k) >= len(key) && k[:len(key)] == key {
					freed += e.size
					delete(want, k)
				}
			}
			want[key] = &entry{int64(i), int64(i + 1)}
			require.Equal(t, freed, root.put(path, want[key]))
		}
		for _, tree := range []*Node{root, root.clone()} {
			got := map[*entry]bool{}
			tree.each(func(e *entry) { got[e] = true })
			require.Len(t, got, len(want))
			for k, e := range want {
				require.True(t, got[e])
				n := tree
				for _, c := range k {
					n = n.Side(map[rune]int8{'-': -1, '+': 1}[c])
				}
				require.Same(t, e, n.record)
			}
		}
	})
}
