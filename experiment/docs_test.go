// docs/observations.md rests on recorded tables: they are the ones of the recorded manifest, and
// the statistics follow from them.

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

func TestRecordedDigitsAreTheManifests(t *testing.T) {
	dir := filepath.Join("..", "docs", "observations", "digits")
	m, err := ReadManifest(filepath.Join(dir, manifestName))
	require.NoError(t, err)
	f, err := os.Open(filepath.Join(dir, tableName+".gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	table, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, m.Files[0], fileOf(tableName, table))
	statistics, err := os.ReadFile(filepath.Join(dir, statisticsName))
	require.NoError(t, err)
	require.Equal(t, m.Files[1], fileOf(statisticsName, statistics))

	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may fuse multiplications and additions, which changes last bits")
	}
	rows, err := readRows(table)
	require.NoError(t, err)
	m.Config.Studies[0].data = &Data{Name: "digits"}
	again, err := statisticsText(Statistics(&m.Config, rows))
	require.NoError(t, err)
	require.Equal(t, string(statistics), string(again))
}
