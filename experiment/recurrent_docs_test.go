// docs/recurrent.md rests on recorded tables: they are the ones of the recorded manifests, and the
// statistics follow from them.

package experiment

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecordedRecurrentStudiesAreTheManifests(t *testing.T) {
	top := filepath.Join("..", "docs", "recurrent")
	folders, err := filepath.Glob(filepath.Join(top, "*", manifestName))
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, path := range folders {
		dir := filepath.Dir(path)
		m, err := ReadRecurrentManifest(path)
		require.NoError(t, err)
		f, err := os.Open(filepath.Join(dir, tableName+".gz"))
		require.NoError(t, err)
		defer f.Close()
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		table, err := io.ReadAll(z)
		require.NoError(t, err)
		require.Equal(t, m.Files[0], fileOf(tableName, table))
		for i, name := range []string{statisticsName, pilotsName} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			require.Equal(t, m.Files[i+1], fileOf(name, text))
		}
		if runtime.GOARCH != "amd64" {
			continue // other processors may fuse multiplications and additions, which changes last bits
		}
		rows, err := readRows(table)
		require.NoError(t, err)
		again, err := statisticsText(m.Recurrent.statistics(rows))
		require.NoError(t, err)
		require.Equal(t, m.Files[1], fileOf(statisticsName, again))
	}
}
