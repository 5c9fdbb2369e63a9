package proof

// Text that a writer cannot need soon lies in a file, so that memory does not grow with the
// regions: each open split of a path may hold almost the text of one part, and so may each
// subtree that another worker has walked and nobody has joined yet.
//
// A writer's text is a stack: what came first is needed last. So the oldest text goes, in blocks,
// and comes back when the split that it belongs to ends and is too large to stay whole. Nothing
// about this can be seen in the bytes of a proof.

import (
	"errors"
	"math"
	"os"
	"slices"
	"sync"
)

const (
	// blocksOfPart is how many blocks of text laid aside make up one part.
	blocksOfPart = 4
	// forkHeld is how much text of a fork that is complete stays in memory, in bytes. There may be as
	// many of them as splits are open. Most are shorter, and cost no file.
	forkHeld = 64 << 10
)

// aside is the file of text laid aside, which all writers of a proof share. It is made when it is
// first needed, and its blocks are used again.
type aside struct {
	mu     sync.Mutex
	closed bool
	file   *os.File
	free   []int64
	end    int64
}

// block is one block of text laid aside: where in the file it begins, negative if it was lost to an
// error or because the proof had ended, and its length.
type block struct {
	at   int64
	size int
}

// held is how much text a writer keeps in memory before it lays some aside: as much as a part of the
// usual size has, and forks, of which there may be many, half of that.
func (w *Writer) held() int {
	if w.forked {
		return min(w.partSize, PartSize) / 2
	}
	return min(w.partSize, PartSize)
}

func (o *output) blockSize() int {
	return max(1, min(o.partSize, PartSize)/blocksOfPart)
}

// put lays a block aside. A failure breaks the proof.
func (o *output) put(text []byte) block {
	a := &o.aside
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return block{-1, len(text)}
	}
	if a.file == nil {
		f, err := o.temporary()
		if err != nil {
			o.breaks(err)
			return block{-1, len(text)}
		}
		os.Remove(f.Name()) // where the system can, a file without a name: a kill leaves none behind
		a.file = f
	}
	at := a.end
	if last := len(a.free) - 1; last >= 0 {
		at, a.free = a.free[last], a.free[:last]
	} else {
		a.end += int64(o.blockSize())
	}
	if _, err := a.file.WriteAt(text, at); err != nil {
		o.breaks(err)
		return block{-1, len(text)}
	}
	return block{at, len(text)}
}

// take brings a block back. A failure breaks the proof, and the text is anything.
func (o *output) take(b block, text []byte) {
	a := &o.aside
	a.mu.Lock()
	defer a.mu.Unlock()
	if b.at < 0 || a.closed {
		o.breaks(errors.New("text was asked for after Close or Abort"))
		return
	}
	if _, err := a.file.ReadAt(text, b.at); err != nil {
		o.breaks(err)
	}
	a.free = append(a.free, b.at)
}

// close removes the file.
func (a *aside) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	if a.file != nil {
		a.file.Close()
		os.Remove(a.file.Name()) // it has no name any more on most systems
		a.file = nil
	}
}

// length is that of the writer's text, with what is laid aside.
func (w *Writer) length() int { return w.base + len(w.text) }

// lighten keeps the text in memory below its bound, but for that of a script.
func (w *Writer) lighten() {
	if w.partSize == math.MaxInt {
		return
	}
	switch {
	case w.forked && len(w.splits) == 0 && len(w.text) > forkHeld:
		w.shed(0)
		w.release()
	case len(w.text) > w.held():
		w.shed(w.held() / 2)
	}
	if held := w.held(); cap(w.text) > 2*held {
		w.text = append(make([]byte, 0, held), w.text...)
	}
}

// shed lays the oldest text aside, until no more than so many bytes are in memory.
func (w *Writer) shed(keep int) {
	n := 0
	for len(w.text)-n > keep {
		size := min(w.blockSize(), len(w.text)-n)
		w.away = append(w.away, w.put(w.text[n:n+size]))
		n += size
	}
	w.base += n
	w.text = w.text[:copy(w.text, w.text[n:])]
}

// recall brings the text from a position on back into memory.
func (w *Writer) recall(from int) {
	if from >= w.base {
		return
	}
	first, n := len(w.away), 0
	for w.base-n > from {
		first--
		n += w.away[first].size
	}
	kept := len(w.text)
	w.text = slices.Grow(w.text, n)[:kept+n]
	copy(w.text[n:], w.text[:kept])
	at := 0
	for _, b := range w.away[first:] {
		w.take(b, w.text[at:at+b.size])
		at += b.size
	}
	w.base -= n
	w.away = w.away[:first]
}
