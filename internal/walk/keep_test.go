package walk

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/internal/journal"
)

// A cell whose own record cannot be used is decided as in a first walk, at a stroke where that may
// be: it was taken for one on the way to records below, of which there are none.
func TestACellWithARecordIsNotOnTheWayToOthers(t *testing.T) {
	path, header := filepath.Join(t.TempDir(), "records"), []byte(journal.Magic+"\nabout nothing\n\n")
	j, err := journal.Open(path, header, 1<<20)
	require.NoError(t, err)
	require.NoError(t, j.Write(&journal.Record{Path: []int8{-1, 1}, Tally: journal.Tally{Regions: 3}}))
	require.NoError(t, j.Close())
	j, err = journal.Open(path, header, 1<<20)
	require.NoError(t, err)
	k := (&Records{Journal: j}).fork().(*recorder)
	require.True(t, k.passing())
	for _, c := range []struct {
		path    []int8
		passing bool
	}{{[]int8{-1}, true}, {[]int8{1}, false}, {[]int8{-1, 1}, false}, {[]int8{-1, -1}, false}} {
		k.start(c.path)
		require.Equal(t, c.passing, k.passing(), "%v", c.path)
	}
	require.NoError(t, j.Close())
}
