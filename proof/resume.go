package proof

// Keeping a proof that is not finished: the text of a complete subtree can be taken out of a
// writer and put into another one, in another process, with the same bytes in the end. Parts
// stay on disk under hidden names of their own, which a later writer of the same proof knows.

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/relucell/relucell/internal/files"
)

var errNotResumable = errors.New("a subtree was asked for from a writer that is not resumable")

// Identity names the proof: a subtree kept from one fits into another of the same identity.
func (w *Writer) Identity() string {
	return fmt.Sprintf("proof %s in parts of %d bytes", filepath.Base(w.path), w.partSize)
}

// Mark returns the place at which the next subtree begins, for Snapshot.
func (w *Writer) Mark() int { return w.length() }

// Snapshot returns the text of the complete subtree that began at the mark and ends here.
// It is valid until the writer is used again.
func (w *Writer) Snapshot(mark int) ([]byte, error) {
	switch {
	case w.err != nil:
		return nil, w.err
	case w.failure() != nil:
		return nil, w.failure()
	case !w.resumable:
		return nil, errNotResumable
	case mark > w.length():
		w.fail(errors.New("Snapshot of what is not a complete subtree"))
		return nil, w.err
	}
	w.recall(mark)
	return w.text[mark-w.base:], w.failure()
}

// Restore takes in the text of a subtree with so many final regions and no open cell, as Snapshot
// gave it, at the point where it belongs. It fails, and changes nothing, if a part that the text
// refers to is not there or not what it was.
func (w *Writer) Restore(regions int64, text []byte) error {
	if !w.resumable {
		return errNotResumable
	}
	if err := w.adopt(text); err != nil {
		return err
	}
	f := w.fork()
	f.text, f.regions, f.whole = append(f.text, text...), regions, 1
	w.Join(f)
	return nil
}

// hidden is the name of a part while the proof is not finished.
func (o *output) hidden(name string) string {
	return filepath.Join(filepath.Dir(o.path), o.prefix+name)
}

// hiddenPrefix begins the names of all temporary files of one resumable proof.
func (o *output) hiddenPrefix() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n%s", filepath.Base(o.path), o.partSize, o.header)
	return fmt.Sprintf(".relucell-proof-%x-", h.Sum(nil)[:8])
}

// settle puts a part that was written in full under its hidden name, to stay.
func (o *output) settle(file, name string) error {
	if err := place(file, o.hidden(name)); err != nil {
		_ = files.Discard(file)
		return err
	}
	files.SyncFolder(filepath.Dir(o.path))
	o.mu.Lock()
	defer o.mu.Unlock()
	o.parts[name] = o.hidden(name)
	return nil
}

// reference is the line that stands for a part.
var reference = regexp.MustCompile(`(?m)^@ (part-[0-9a-f]+(?:\.gz)?) sha256:([0-9a-f]+)$`)

// references returns the references in a text: the line, the name and the hash of each.
func references(text []byte) (all [][3]string) {
	if bytes.IndexByte(text, '@') < 0 {
		return nil
	}
	for _, m := range reference.FindAllSubmatch(text, -1) {
		all = append(all, [3]string{string(m[0]), string(m[1]), string(m[2])})
	}
	return all
}

// adopt looks for the parts that the text refers to, and those that they refer to, and
// makes them the proof's own.
func (o *output) adopt(text []byte) error {
	found := map[string]string{}
	// One part is in memory at a time: of the others, the references that wait.
	for waiting := references(text); len(waiting) > 0; {
		r := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		o.mu.Lock()
		_, known := o.parts[r[1]]
		o.mu.Unlock()
		if _, twice := found[r[1]]; known || twice {
			continue
		}
		file, inner, err := o.find(r[1], r[2])
		if err != nil {
			return err
		}
		found[r[1]] = file
		waiting = append(waiting, references(inner)...)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for name, file := range found {
		o.parts[name] = file
	}
	return nil
}

// find reads a part, under its hidden name or, where an earlier run has ended, its final one.
func (o *output) find(name, sum string) (file string, text []byte, err error) {
	for _, file = range []string{o.hidden(name), filepath.Join(filepath.Dir(o.path), name)} {
		var raw []byte
		if raw, err = os.ReadFile(file); err != nil {
			continue
		}
		in := io.Reader(bytes.NewReader(raw))
		if strings.HasSuffix(name, ".gz") {
			if in, err = gzip.NewReader(in); err != nil {
				continue
			}
		}
		if text, err = io.ReadAll(in); err != nil {
			continue
		}
		if got := sha256.Sum256(text); fmt.Sprintf("%x", got) == sum {
			return file, text, nil
		}
		err = fmt.Errorf("%s is not what it was", file)
	}
	return "", nil, err
}
