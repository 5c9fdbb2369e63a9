package files

// Compressed files are known by their names, as those who publish networks and queries name them.

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// packed ends the names of compressed files, in any case.
const packed = ".gz"

// Unpack returns the bytes of the file of this name whose bytes r has, unpacked where the name says
// so.
func Unpack(r io.Reader, path string) (io.Reader, error) {
	if !strings.EqualFold(filepath.Ext(path), packed) {
		return r, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("not a gzip file: %w", err)
	}
	return z, nil
}

// ReadUnpacked reads a file, unpacked where its name says so, of at most limit bytes then. Its
// errors are *fs.PathError.
func ReadUnpacked(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := Unpacked(f, path, limit)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return data, nil
}

// Unpacked is ReadUnpacked for the bytes of the file, with errors that do not name it.
func Unpacked(f io.Reader, path string, limit int64) ([]byte, error) {
	r, err := Unpack(f, path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return data, err
}
