// Package journal keeps what a walk has completed, as records in a log.
//
// The file of a checkpoint: a header that says what it is about, then records, appended one by one.
// It is a log as databases keep it before they write (Mohan and others, ARIES, 1992): a kill can
// spoil nothing but its last record, which the checksum tells and the next run cuts off.
//
//	file    header, record*
//	header  lines of text, the last one empty
//	record  length of the payload (4 bytes, little-endian), payload, checksum
//
// The checksum is the first 16 bytes of the SHA-256 hash of length and payload.
package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/relucell/relucell/internal/files"
)

const (
	// Magic begins every header; its number changes with the format.
	Magic = "relucell-checkpoint 1"
	// checksumSize is the length of a checksum, and prefixSize that of a length.
	checksumSize, prefixSize = 16, 4
	// syncEvery is the longest time for which a record is in the hands of the operating
	// system alone. A killed process loses nothing that it wrote; a power cut may lose so much.
	syncEvery = time.Second
	// clockEvery is the step of the coarse clock, which measures work at the price of a load.
	clockEvery = 10 * time.Millisecond
	// maxRecord is far beyond any record: a longer one is a damaged length.
	maxRecord = 1 << 30
)

// RefusedError says why a file cannot serve as the checkpoint of a count. It is the caller's to
// mend, by another name or by removing the file.
type RefusedError struct {
	Path, Problem string
}

func (e *RefusedError) Error() string { return "checkpoint " + e.Path + ": " + e.Problem }

// WriteError says that a checkpoint could not be written any more, on a full disk for one. The walk
// stops there, so that little is lost that another run must do again, and what it found holds.
type WriteError struct {
	Path string
	Err  error
}

func (e *WriteError) Error() string {
	return "checkpoint " + e.Path + ": cannot be written: " + e.Err.Error()
}
func (e *WriteError) Unwrap() error { return e.Err }

// Journal is an open checkpoint.
type Journal struct {
	// path is the user's name for the file, target the file itself, behind links.
	path, target string

	header   []byte
	mostDead int64 // superseded bytes
	// resumed is what earlier runs left; it does not change.
	resumed *Node
	clock   atomic.Int64 // nanoseconds since the start, in steps
	done    chan struct{}
	gone    chan struct{}

	mu  sync.Mutex
	log // under mu
}

// log is the file as it is now.
type log struct {
	file       *os.File
	live       *Node // the records that no other has superseded
	size, dead int64 // bytes of the file, and of superseded records in it
	unsynced   bool
	buf        []byte
	err        error
}

// Resumed is what earlier runs left, nil-safe nodes by path. It does not change.
func (j *Journal) Resumed() *Node { return j.resumed }

// Clock is the time since the file was opened, in nanoseconds, by a coarse clock that costs a load.
func (j *Journal) Clock() int64 { return j.clock.Load() }

// Open opens or makes a checkpoint with this header, for this process alone. Once so many bytes,
// and half of the file, are superseded, the file is written anew. A file that cannot serve is a
// *RefusedError.
func Open(path string, header []byte, dead int64) (*Journal, error) {
	j := &Journal{path: path, header: header, mostDead: dead, log: log{live: new(Node)}, done: make(chan struct{}), gone: make(chan struct{})}
	var err error
	if j.target, err = files.Resolve(path); err != nil {
		problem := strings.TrimPrefix(strings.TrimPrefix(err.Error(), path), ": ")
		return nil, j.refuse("cannot be opened for writing: %s", strings.TrimSpace(problem))
	}
	if err := j.open(); err != nil {
		return nil, err
	}
	if err := j.load(); err != nil {
		j.file.Close()
		return nil, err
	}
	j.resumed = j.live.clone()
	go j.tend()
	return j, nil
}

func (j *Journal) refuse(format string, args ...any) error {
	return &RefusedError{j.path, fmt.Sprintf(format, args...)}
}

// open opens and locks the file. A compaction of another process may put a new file in the
// place of the one opened, so the name is looked at again under the lock.
func (j *Journal) open() error {
	for {
		f, err := os.OpenFile(j.target, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return j.refuse("cannot be opened for writing: %v", files.Cause(err))
		}
		if err := lockFile(f); err != nil {
			f.Close()
			return j.refuse("cannot be locked, perhaps in use by another process: %v", err)
		}
		mine, err := f.Stat()
		if err == nil && !mine.Mode().IsRegular() {
			f.Close()
			return j.refuse("not a regular file")
		}
		if named, e := os.Stat(j.target); err == nil && e == nil && os.SameFile(mine, named) {
			j.file = f
			return nil
		}
		f.Close()
	}
}

// load reads the file: it makes a new header where there is none, and cuts off a torn tail.
func (j *Journal) load() error {
	st, err := j.file.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, min(int64(len(j.header)), st.Size()))
	if _, err := io.ReadFull(j.file, head); err != nil {
		return err
	}
	if !bytes.HasPrefix(j.header, head) {
		return j.otherHeader()
	}
	if len(head) < len(j.header) { // empty, or killed before the header was there
		if _, err := j.file.WriteAt(j.header, 0); err != nil {
			return err
		}
		j.size = int64(len(j.header))
		err := j.file.Sync()
		files.SyncFolder(filepath.Dir(j.target))
		return err
	}
	j.sweep()
	j.size = int64(len(head))
	in := bufio.NewReaderSize(j.file, 1<<20)
	for {
		payload, err := readRecord(in, st.Size()-j.size)
		if err != nil {
			break
		}
		var r Record
		if r.decode(payload) != nil {
			break
		}
		e := &entry{j.size, int64(prefixSize + len(payload) + checksumSize)}
		j.dead += j.live.put(r.Path, e)
		j.size += e.size
	}
	if j.size == st.Size() {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	return j.file.Sync()
}

// otherHeader says in what the file's header differs.
func (j *Journal) otherHeader() error {
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReader(io.LimitReader(j.file, maxRecord))
	for i, want := range strings.Split(strings.TrimSpace(string(j.header)), "\n") {
		line, err := in.ReadString('\n')
		line = strings.TrimSuffix(line, "\n")
		key, _, _ := strings.Cut(want, " ")
		switch {
		case line == want:
		case i == 0 && strings.HasPrefix(line, "relucell-checkpoint "):
			return j.refuse("%q, expected %q: a checkpoint of another version", clip(line), want)
		case i == 0:
			return j.refuse("not a checkpoint of relucell")
		case err != nil || !strings.HasPrefix(line, key+" "):
			return j.refuse("the header is damaged, expected a line %q", clip(want))
		default:
			what := map[string]string{"program": "made by another version of the program", "net": "of another network",
				"ball": "of another ball", "observer": "kept with another proof, or none"}[key]
			return j.refuse("%s: %q, expected %q", what, clip(line), clip(want))
		}
	}
	return j.refuse("the header is damaged")
}

// clip keeps an error in one readable line.
func clip(s string) string {
	const most = 120
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// readRecord reads one record, of at most left bytes, and returns its payload.
func readRecord(in io.Reader, left int64) ([]byte, error) {
	var prefix [prefixSize]byte
	if _, err := io.ReadFull(in, prefix[:]); err != nil {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(prefix[:]))
	if n > maxRecord || n+prefixSize+checksumSize > left {
		return nil, errRecord
	}
	b := make([]byte, prefixSize+n+checksumSize)
	copy(b, prefix[:])
	if _, err := io.ReadFull(in, b[prefixSize:]); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b[:prefixSize+n])
	if !bytes.Equal(sum[:checksumSize], b[prefixSize+n:]) {
		return nil, errRecord
	}
	return b[prefixSize : prefixSize+n], nil
}

// Read returns the record of a node that has one.
func (j *Journal) Read(n *Node) (*Record, error) { return j.readEntry(n.record) }

// readEntry returns the record of an entry.
func (j *Journal) readEntry(e *entry) (*Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	payload, err := readRecord(io.NewSectionReader(j.file, e.offset, e.size), e.size)
	if err != nil {
		return nil, err
	}
	r := new(Record)
	return r, r.decode(payload)
}

// Write appends a record, which takes the place of all at and below its path.
func (j *Journal) Write(r *Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return j.err
	}
	b := r.appendTo(append(j.buf[:0], 0, 0, 0, 0))
	j.buf = b
	if len(b)-prefixSize > maxRecord {
		return nil // nothing is lost but time
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-prefixSize))
	sum := sha256.Sum256(b)
	b = append(b, sum[:checksumSize]...)
	j.buf = b
	if _, err := j.file.WriteAt(b, j.size); err != nil {
		j.lose(err)
		return j.err
	}
	e := &entry{j.size, int64(len(b))}
	j.size += e.size
	j.unsynced = true
	j.dead += j.live.put(r.Path, e)
	if j.dead > j.mostDead && 2*j.dead > j.size {
		if err := j.compact(); err != nil {
			j.lose(err)
		}
	}
	return j.err
}

// tend moves the clock on and syncs now and then.
func (j *Journal) tend() {
	defer close(j.gone)
	start, synced := time.Now(), time.Now()
	t := time.NewTicker(clockEvery)
	defer t.Stop()
	for {
		select {
		case <-j.done:
			return
		case now := <-t.C:
			j.clock.Store(int64(now.Sub(start)))
			if now.Sub(synced) >= syncEvery {
				j.sync()
				synced = now
			}
		}
	}
}

// sync puts what was written beyond the reach of a power cut. It does so without the lock, so
// that nobody waits for the disk.
func (j *Journal) sync() {
	j.mu.Lock()
	f, wanted := j.file, j.unsynced
	j.unsynced = false
	j.mu.Unlock()
	if !wanted {
		return
	}
	if err := f.Sync(); err != nil && !errors.Is(err, os.ErrClosed) { // closed: a compaction has synced it all
		j.mu.Lock()
		defer j.mu.Unlock()
		j.lose(err)
	}
}

// lose keeps the first failure of writing. The lock is held.
func (j *Journal) lose(err error) {
	if j.err == nil && err != nil {
		j.err = &WriteError{j.path, files.Cause(err)}
	}
}

// Close ends the use of the file, which stays, and returns what went wrong: a *WriteError.
func (j *Journal) Close() error {
	close(j.done)
	<-j.gone
	j.sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lose(j.file.Close())
	return j.err
}
