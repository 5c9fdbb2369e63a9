// docs/observations.md, docs/learning.md and docs/recurrent.md rest on recorded tables: they are
// the ones of the recorded manifests, and the statistics follow from them.

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

// recorded holds the tables of a folder of docs to its manifest, and returns the measurements.
// names are the tables beside them, in the order of the manifest.
func recorded(t *testing.T, dir string, m *Manifest, names ...string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, tableName+".gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	table, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, m.Files[0], fileOf(tableName, table))
	for i, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, m.Files[i+1], fileOf(name, text))
	}
	return table
}

// follow says that statistics may be compared: other processors may fuse multiplications and
// additions, which changes last bits.
const follow = runtime.GOARCH == "amd64"

func TestRecordedDigitsAreTheManifests(t *testing.T) {
	dir := filepath.Join("..", "docs", "observations", "digits")
	m, err := ReadManifest(filepath.Join(dir, manifestName), KindTraining)
	require.NoError(t, err)
	rows, err := readRows(recorded(t, dir, m, statisticsName))
	require.NoError(t, err)
	if !follow {
		t.Skip("statistics of another processor")
	}
	m.Config.Studies[0].data = &Data{Name: "digits"}
	again, err := csvText(statisticsHeader, records(Statistics(&m.Config, rows)))
	require.NoError(t, err)
	require.Equal(t, m.Files[1], fileOf(statisticsName, again))
}

func TestRecordedRecoveriesAreTheManifests(t *testing.T) {
	for _, name := range []string{"small", "ten"} {
		dir := filepath.Join("..", "docs", "learning", name)
		m, err := ReadManifest(filepath.Join(dir, manifestName), KindRecover)
		require.NoError(t, err)
		require.NoError(t, m.Recover.Check())
		recorded(t, dir, m, statisticsName)
	}
}

func TestRecordedRecurrentStudiesAreTheManifests(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "docs", "recurrent", "*", manifestName))
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, path := range folders {
		m, err := ReadManifest(path, KindRecurrent)
		require.NoError(t, err)
		rows, err := readRows(recorded(t, filepath.Dir(path), m, statisticsName, pilotsName))
		require.NoError(t, err)
		if !follow {
			continue
		}
		again, err := csvText(statisticsHeader, records(m.Recurrent.statistics(rows)))
		require.NoError(t, err)
		require.Equal(t, m.Files[1], fileOf(statisticsName, again))
	}
}
