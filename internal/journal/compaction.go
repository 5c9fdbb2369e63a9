// Writing a checkpoint anew without the records that others have superseded: into a file beside it
// that is nobody's, which then takes its place.

package journal

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/relucell/relucell/internal/files"
)

// temporary begins the names of the unfinished compactions of this checkpoint, which are nobody's
// else.
func (j *Journal) temporary() string {
	sum := sha256.Sum256([]byte(filepath.Base(j.target)))
	return fmt.Sprintf(".relucell-checkpoint-%x-", sum[:8])
}

// sweep removes what killed compactions have left. The lock on the checkpoint is held, and only
// who holds it compacts.
func (j *Journal) sweep() { files.Sweep(filepath.Dir(j.target), j.temporary()) }

// compact writes the live records to a new file, which nothing had the name of, and puts that in
// the place of the old one.
func (j *Journal) compact() (err error) {
	st, err := j.file.Stat()
	if err != nil {
		return err
	}
	f, err := files.Temporary(filepath.Dir(j.target), j.temporary()+"*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			_ = files.Discard(f.Name())
		}
	}()
	if err = errors.Join(lockFile(f), f.Chmod(st.Mode().Perm())); err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	if _, err = out.Write(j.header); err != nil {
		return err
	}
	size := int64(len(j.header))
	var moved []entry
	var entries []*entry
	j.live.each(func(e *entry) {
		if err == nil {
			_, err = io.Copy(out, io.NewSectionReader(j.file, e.offset, e.size))
		}
		entries, moved = append(entries, e), append(moved, entry{size, e.size})
		size += e.size
	})
	if err == nil {
		err = errors.Join(out.Flush(), f.Sync())
	}
	if err != nil {
		return err
	}
	if err = files.Finish(f.Name(), j.target); err != nil {
		return err
	}
	files.SyncFolder(filepath.Dir(j.target))
	for i, e := range entries {
		*e = moved[i]
	}
	old := j.file
	j.file, j.size, j.dead, j.unsynced = f, size, 0, false
	return old.Close()
}
