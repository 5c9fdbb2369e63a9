package proof

// Where a proof's text goes: temporary files in the folder of the proof, given their names
// when all is written, so that a proof is there whole or not at all.

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/relucell/relucell/internal/files"
)

// output is what a writer and its forks share.
type output struct {
	path     string
	header   []byte
	partSize int
	// resumable says that parts outlive the process; prefix begins the names of temporary files.
	resumable bool
	prefix    string

	mu     sync.Mutex
	closed bool
	// broken is why a part could not be written, which ends the proof but not the walk.
	broken error
	// parts holds the temporary file of each part by its final name.
	parts map[string]string

	aside aside
	// large is held by the one writer that has the whole text of a part or of a fork in memory.
	large sync.Mutex
}

// newOutput checks the header and the folder.
func newOutput(path string, h Header) (*output, error) {
	o := &output{path: path, partSize: h.PartSize, resumable: h.Resumable, parts: map[string]string{}}
	if o.partSize <= 0 {
		o.partSize = PartSize
	}
	if len(h.Net) != len("sha256:")+2*sha256.Size || !strings.HasPrefix(h.Net, "sha256:") {
		return nil, fmt.Errorf("net: %q, expected sha256: and %d hexadecimal digits", h.Net, 2*sha256.Size)
	}
	o.header = fmt.Appendf(nil, "%s\nnet %s\nball %s\n", versionLine, h.Net, SpellBall(h.Ball))
	o.prefix = ".relucell-proof-"
	if o.resumable {
		o.prefix = o.hiddenPrefix()
	}
	if err := replaceable(path); err != nil {
		return nil, err
	}
	// A folder that cannot be written is found out before a long walk, not after it.
	return o, files.Check(path)
}

// WriteError says that a proof could not be written for a reason that is not the walk's: a full
// disk, or a number longer than the format allows. Whatever was proved is as true as before.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return e.Err.Error() }
func (e *WriteError) Unwrap() error { return e.Err }

// replaceable refuses a name that a rename would take from what is no regular file, a link
// included: whoever means a link's file names that.
func replaceable(path string) error {
	if st, err := os.Lstat(path); err == nil && !st.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file (%v), expected one or a new name", path, st.Mode())
	}
	return nil
}

// place gives a file that is written in full its name.
func place(file, name string) error {
	if file == name { // a part that an earlier run has put there
		return nil
	}
	if err := replaceable(name); err != nil {
		return err
	}
	return files.Finish(file, name)
}

// failure is what a part failed with.
func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.broken
}

// breaks keeps the first failure of a part.
func (o *output) breaks(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken == nil && err != nil {
		o.broken = &WriteError{err}
	}
}

func (o *output) temporary() (*os.File, error) {
	return files.Temporary(filepath.Dir(o.path), o.prefix+"*.tmp")
}

// write puts texts into a temporary file, gzipped if the proof is, and returns its name.
func (o *output) write(texts ...[]byte) (string, error) {
	f, err := o.temporary()
	if err != nil {
		return "", err
	}
	steps := []func() error{func() error { return f.Chmod(0o644) }}
	if strings.HasSuffix(o.path, ".gz") {
		steps = append(steps, func() error { return compress(f, compressors(), texts...) })
	} else {
		for _, t := range texts {
			steps = append(steps, func() error { _, err := f.Write(t); return err })
		}
	}
	if o.resumable {
		steps = append(steps, f.Sync)
	}
	for _, step := range steps {
		if err = step(); err != nil { // what follows would say the same again
			f.Close()
			_ = files.Discard(f.Name())
			return "", err
		}
	}
	if err = f.Close(); err != nil {
		_ = files.Discard(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// part writes a subtree's text to a part named by its hash, and returns the line that
// stands for it, nil if that would be no shorter. A failure breaks the proof; the line is returned
// all the same, since a walk whose proof is lost goes on, and its text should not grow for it.
func (o *output) part(text []byte) []byte {
	sum := sha256.Sum256(text)
	name := fmt.Sprintf("part-%x", sum[:16])
	if strings.HasSuffix(o.path, ".gz") {
		name += ".gz"
	}
	line := fmt.Appendf(nil, "@ %s sha256:%x\n", name, sum)
	if len(line) >= len(text) {
		return nil
	}
	if o.failure() == nil {
		file, err := o.write(text)
		if err == nil {
			err = o.keep(file, name)
		}
		o.breaks(err)
	}
	return line
}

// keep notes a part that was written in full.
func (o *output) keep(file, name string) error {
	if o.resumable {
		return o.settle(file, name)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, twice := o.parts[name]; twice || o.closed {
		return files.Discard(file)
	}
	o.parts[name] = file
	return nil
}

// finish writes the first file and gives all files their names. A resumable proof that is whole
// needs nothing else any more.
func (o *output) finish(text []byte, whole bool) error {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return errors.New("Close of a proof that was closed or aborted")
	}
	o.mu.Unlock()
	defer o.discard()
	file, err := o.write(o.header, text)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for name, part := range o.parts {
		if err = place(part, filepath.Join(filepath.Dir(o.path), name)); err != nil {
			_ = files.Discard(file)
			return err
		}
		delete(o.parts, name)
	}
	if err = place(file, o.path); err != nil {
		_ = files.Discard(file)
		return err
	}
	if o.resumable {
		files.SyncFolder(filepath.Dir(o.path))
		if whole {
			files.Sweep(filepath.Dir(o.path), o.prefix)
		}
	}
	return nil
}

// discard removes the temporary files that are left, but for the parts of a resumable proof.
func (o *output) discard() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for _, part := range o.parts {
		if !o.resumable {
			_ = files.Discard(part)
		}
	}
	clear(o.parts)
	o.aside.close()
}
