package specimen

// Folders in memory, and how much of it a check takes.

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Folder is a folder in memory.
type Folder map[string][]byte

// Open opens a file of the folder, in place of the file system.
func (m Folder) Open(path string) (io.ReadCloser, error) {
	b, ok := m[filepath.Base(path)]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// ReadFolder reads all files of a folder.
func ReadFolder(tb testing.TB, dir string) Folder {
	m := Folder{}
	entries, err := os.ReadDir(dir)
	require.NoError(tb, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(tb, err)
		m[e.Name()] = b
	}
	return m
}

// Zipped returns bytes compressed.
func Zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

// Allocated returns the bytes allocated so far.
func Allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// RequireLittle requires that less than so many bytes were allocated since Allocated said before.
func RequireLittle(tb testing.TB, before, most uint64) {
	require.Less(tb, Allocated()-before, allowance*most)
}

// RequireRefused requires an error of one line, for one of the reasons in a row of a corpus of
// rejects.
func RequireRefused(tb testing.TB, err error, reasons string) {
	said := func(reason string) bool { return strings.Contains(err.Error(), reason) }
	require.True(tb, slices.ContainsFunc(strings.Split(reasons, " or "), said), "%v, expected %s", err, reasons)
	require.NotContains(tb, err.Error(), "\n")
}
