package files

// Compressed files are known by their names, as those who publish networks and queries name them.

import (
	"bytes"
	"compress/gzip"
	"errors"
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

// Unpacked is ReadUnpacked for the bytes of the file, with errors that do not name it. They are a
// text: what another program would have to read first is told, as nothing else that is said of it
// would help.
func Unpacked(f io.Reader, path string, limit int64) ([]byte, error) {
	r, err := Unpack(f, path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	if err == nil {
		err = foreign(data)
	}
	return data, err
}

// foreign says that bytes are no text in UTF-8, if they are another program's.
func foreign(data []byte) error {
	const most = 1 << 12
	head := data[:min(len(data), most)]
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return errors.New("compressed by gzip, expected a name that ends in .gz, or a text")
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return errors.New("a text in UTF-16, expected UTF-8: save it with that encoding")
	case bytes.IndexByte(head, 0) >= 0:
		return errors.New("bytes 0, which no text has, expected UTF-8 (of a text in UTF-16 every other byte is 0)")
	}
	return nil
}
