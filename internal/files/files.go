// Package files is the one way in which the project writes whole files, and reads tables of points
// (Table). It exists because a rename, which makes a file appear whole or not at all, also replaces
// what is not a file: a device, a pipe, a link.
//
// A name may be new, or that of a regular file, which is replaced. A symbolic link is written
// through: the file that it names is replaced, or made where there is none yet, and the link stays.
// Everything else is refused, and so is the file that standard output or standard error goes to.
// Whoever has a long walk before it writes calls Check first, so that a bad name costs no time.
//
// Temporary files lie in the folder of the file, under names that the system picks and that did not
// exist before. No error shows one: it names what the user named, once.
package files

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

const (
	// maxLinks is the length of a chain of links beyond which systems take it for a loop.
	maxLinks = 40
	// temporary is the pattern of names of unfinished files.
	temporary = ".relucell-*.tmp"
	// newMode are the permissions of a new file; a replaced one keeps its own.
	newMode fs.FileMode = 0o644
)

// Resolve returns the absolute name of the file to write for a name: itself, or what the symbolic
// links there lead to in the end. It is an error, which names the name, if something is there that
// is no regular file, or if there is no folder to put it in.
func Resolve(name string) (string, error) {
	if name == "" {
		return "", errors.New("empty, expected the name of a file")
	}
	if st, err := os.Stat(name); err == nil {
		if err := regular(name, st); err != nil {
			return "", err
		}
		path, err := filepath.EvalSymlinks(name)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		return path, plain(name, err)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", plain(name, err)
	}
	return resolveNew(name)
}

// resolveNew follows links to a file that does not exist.
func resolveNew(name string) (string, error) {
	path := name
	for range maxLinks {
		// Not filepath.Dir and Join: they take a/b/../c for a/c, which it is not where b is a link.
		dir, base := filepath.Split(path)
		if dir == "" {
			dir = "."
		}
		if base == "" || base == "." || base == ".." {
			return "", fmt.Errorf("%s is the name of a folder, expected a file", name)
		}
		folder, err := filepath.EvalSymlinks(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("there is no folder %s (%w), expected %s in one that exists", filepath.Clean(dir), Cause(err), name)
		}
		if err == nil {
			folder, err = filepath.Abs(folder)
		}
		if err != nil {
			return "", plain(name, err)
		}
		path = filepath.Join(folder, base)
		to, err := os.Readlink(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, nil
		case err != nil: // it is there now, and no link
			return "", plain(name, err)
		case filepath.IsAbs(to):
			path = to
		default:
			path = folder + string(filepath.Separator) + to
		}
	}
	return "", fmt.Errorf("%s: too many symbolic links", name)
}

// regular says what is there if it is no regular file that may be replaced.
func regular(name string, st fs.FileInfo) error {
	const expected = "expected a regular file or a new name"
	switch mode := st.Mode(); {
	case mode.IsRegular():
	case mode.IsDir():
		return fmt.Errorf("%s is a folder, expected a file", name)
	case mode&fs.ModeDevice != 0:
		return fmt.Errorf("%s is a device, %s", name, expected)
	case mode&fs.ModeNamedPipe != 0:
		return fmt.Errorf("%s is a pipe, %s", name, expected)
	case mode&fs.ModeSocket != 0:
		return fmt.Errorf("%s is a socket, %s", name, expected)
	default:
		return fmt.Errorf("%s is no regular file (%v), %s", name, mode, expected)
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if own, err := f.Stat(); err == nil && os.SameFile(own, st) {
			return fmt.Errorf("%s is where the command's own output goes, expected another file", name)
		}
	}
	return nil
}

// Check says whether Write could begin: what Resolve says, and whether the folder, and the file if
// there is one, may be written to. It changes nothing, so that nothing is left of it in a program
// that is killed meanwhile.
func Check(name string) error {
	path, err := Resolve(name)
	if err != nil {
		return err
	}
	// A file that is protected from writing is not to be replaced either.
	if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
		f.Close()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return unwritable(name, err)
	}
	return unwritable(name, mayWrite(filepath.Dir(path)))
}

// Write writes a file: it is there whole, or as it was before. write gets a buffered writer. Errors
// of writing name the file; others are those of write, as they are.
func Write(name string, write func(io.Writer) error) error {
	path, err := Resolve(name)
	if err != nil {
		return err
	}
	mode := newMode
	if st, err := os.Stat(path); err == nil {
		mode = st.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), temporary)
	if err != nil {
		return unwritable(name, err)
	}
	unfinished.Store(f.Name(), nil)
	done := false
	defer func() {
		if !done {
			f.Close()
			os.Remove(f.Name())
		}
		unfinished.Delete(f.Name())
	}()
	kept := &keeping{w: f}
	b := bufio.NewWriter(kept)
	err = write(b)
	if err == nil {
		b.Flush() // its error is kept
	}
	switch {
	case kept.err != nil: // err, if write told, is the same once more
		return unwritable(name, kept.err)
	case err != nil:
		return err
	}
	for _, step := range []func() error{
		func() error { return f.Chmod(mode) },
		f.Close,
		func() error { return os.Rename(f.Name(), path) },
	} {
		if err := step(); err != nil {
			return unwritable(name, err)
		}
	}
	done = true
	return nil
}

// unfinished has the names of the temporary files of Write.
var unfinished sync.Map

// Abandon removes the temporary files of what is still being written, and with them what would have
// become of it. It is for the end of a program that does not wait for that.
func Abandon() {
	unfinished.Range(func(name, _ any) bool {
		os.Remove(name.(string))
		return true
	})
}

// WriteBytes is Write for a text at hand.
func WriteBytes(name string, text []byte) error {
	return Write(name, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// ReadJSON reads one JSON value of known fields, each given once, with nothing after it.
func ReadJSON(r io.Reader, to any) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("text after the end")
	}
	return Once(text)
}

// WriteJSON is Write for a value, as indented JSON.
func WriteJSON(name string, v any) error {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return WriteBytes(name, append(text, '\n'))
}

// Remove removes the file that Write writes under this name. Links to it stay.
func Remove(name string) error {
	path, err := Resolve(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("%s: cannot be removed: %w", name, Cause(err))
	}
	return nil
}

// CheckFolder says whether files may be written in a folder, which need not exist yet: it is an
// error if something else has its name, or if a name in it that matches one of the patterns, of
// fs.Glob, is that of something that Write refuses.
func CheckFolder(dir string, patterns ...string) error {
	st, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return plain(dir, err)
	case !st.IsDir():
		return fmt.Errorf("%s is no folder, expected one or a new name", dir)
	}
	for _, p := range patterns {
		names, err := fs.Glob(os.DirFS(dir), p)
		if err != nil {
			return err // a bad pattern
		}
		for _, name := range names {
			if _, err := Resolve(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// Same reports whether both names are of one file, or of one file to be.
func Same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return os.SameFile(x, y)
	}
	p, errX := Resolve(a)
	q, errY := Resolve(b)
	return errX == nil && errY == nil && p == q
}

// keeping keeps the first error of a writer.
type keeping struct {
	w   io.Writer
	err error
}

func (k *keeping) Write(p []byte) (int, error) {
	if k.err != nil {
		return 0, k.err
	}
	n, err := k.w.Write(p)
	k.err = err
	return n, err
}

// plain is an error about name, with the name once; nil for nil.
func plain(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, Cause(err))
}

func unwritable(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: cannot be written: %w", name, Cause(err))
}

// Cause leaves out the name of a file that an error of package os begins with: of a temporary one,
// or said already.
func Cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

// Plain says "net.onnx: no such file" instead of "open net.onnx: …".
func Plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return plain(p.Path, p.Err)
	}
	return err
}

// ReadLimited reads a file of at most limit bytes. Its errors are *fs.PathError.
func ReadLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("more than %d bytes", limit)}
	}
	return data, err
}

// Sweep removes the regular files of a folder whose names begin so, as unfinished runs leave them.
func Sweep(folder, prefix string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // they are in nobody's way
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && e.Type().IsRegular() {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// SyncFolder makes the names of a folder as durable as what is in its files, where the system can.
func SyncFolder(folder string) {
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
