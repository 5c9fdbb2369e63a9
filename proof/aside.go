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

	"github.com/relucell/relucell/internal/files"
)

const (
	// blocksOfPart is how many blocks of text laid aside make up one part.
	blocksOfPart = 4
	// forkHeld is how much text of a fork that is complete stays in memory, in bytes. There may be
	// as many of them as splits are open. Most are shorter, and cost no file.
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

// held is how much text a writer keeps in memory before it lays some aside: as much as a part of
// the usual size has, and forks, of which there may be many, half of that.
func (p *pen) held() int {
	if p.forked {
		return min(p.partSize, PartSize) / 2
	}
	return min(p.partSize, PartSize)
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
		_ = files.Discard(f.Name()) // where the system can, a file without a name: a kill leaves none behind
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
		_ = files.Discard(a.file.Name()) // it has no name any more on most systems
		a.file = nil
	}
}

// length is that of the writer's text, with what is laid aside.
func (p *pen) length() int { return p.base + len(p.text) }

// lighten keeps the text in memory below its bound, but for that of a script. complete says that it
// is that of whole subtrees.
func (p *pen) lighten(complete bool) {
	if p.partSize == math.MaxInt {
		return
	}
	switch {
	case p.forked && complete && len(p.text) > forkHeld:
		p.shed(0)
		p.release()
	case len(p.text) > p.held():
		p.shed(p.held() / 2)
	}
	if held := p.held(); cap(p.text) > 2*held {
		p.text = append(make([]byte, 0, held), p.text...)
	}
}

// shed lays the oldest text aside, until no more than so many bytes are in memory.
func (p *pen) shed(keep int) {
	n := 0
	for len(p.text)-n > keep {
		size := min(p.blockSize(), len(p.text)-n)
		p.away = append(p.away, p.put(p.text[n:n+size]))
		n += size
	}
	p.base += n
	p.text = p.text[:copy(p.text, p.text[n:])]
}

// recall brings the text from a position on back into memory.
func (p *pen) recall(from int) {
	if from >= p.base {
		return
	}
	first, n := len(p.away), 0
	for p.base-n > from {
		first--
		n += p.away[first].size
	}
	kept := len(p.text)
	p.text = slices.Grow(p.text, n)[:kept+n]
	copy(p.text[n:], p.text[:kept])
	at := 0
	for _, b := range p.away[first:] {
		p.take(b, p.text[at:at+b.size])
		at += b.size
	}
	p.base -= n
	p.away = p.away[:first]
}
