package safety

// The text of a proof's tree. Nodes are looked at in any order, by any worker; the text is in
// preorder. A subtree's text is put together when its last node is closed, and is a function of the
// subtree alone.

import (
	"io"
	"os"
	"sync"
)

const (
	// pieceSize is the length of text, in bytes, from which on it is joined no more.
	pieceSize = 64 << 10
	// keptSize is how much text stays in memory; beyond it, pieces of laidSize or more are laid
	// aside in a file.
	keptSize, laidSize = 32 << 20, 4 << 10
)

// piece is some text, in memory or in the file.
type piece struct {
	text []byte
	at   int64
	size int
}

// place is where the text of a node that is not closed belongs.
type place struct {
	up   *place
	side int // of the node above; the box, where there is none
	text []byte
	// done are the texts of the halves that are complete.
	done  [2][]piece
	count int
}

// tree is the text of all trees.
type tree struct {
	mu    sync.Mutex
	roots [][]piece
	kept  int64 // the size of text in memory
	room  int64
	file  *os.File
	end   int64
	err   error
}

// split adds the last text of a node, which has children now.
func (t *tree) split(p *place, text []byte) (below, above *place) {
	p.text = text
	return &place{up: p}, &place{up: p, side: 1}
}

// close adds the text of a node without children.
func (t *tree) close(p *place, text []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept += int64(len(text))
	whole := []piece{{text: text}}
	for p.up != nil {
		up := p.up
		up.done[p.side] = whole
		if up.count++; up.count < 2 {
			return
		}
		t.kept += int64(len(up.text))
		whole = t.join([]piece{{text: up.text}}, up.done[0])
		whole = t.join(whole, up.done[1])
		up.text, up.done = nil, [2][]piece{}
		p = up
	}
	t.roots[p.side] = whole
}

// join appends b to a, and makes of two short pieces one.
func (t *tree) join(a, b []piece) []piece {
	last := &a[len(a)-1]
	if last.text != nil && b[0].text != nil && len(last.text) < pieceSize && len(b[0].text) < pieceSize {
		last.text = append(last.text, b[0].text...)
		b = b[1:]
		t.lay(last)
	}
	return append(a, b...)
}

// lay lays a piece aside if it is long, and there is too much text in memory.
func (t *tree) lay(p *piece) {
	if len(p.text) < laidSize || t.kept <= t.room || t.err != nil {
		return
	}
	if t.file == nil {
		if t.file, t.err = os.CreateTemp("", "relucell-*.tmp"); t.err != nil {
			return
		}
		os.Remove(t.file.Name()) // where the system can, a file without a name
	}
	if _, t.err = t.file.WriteAt(p.text, t.end); t.err == nil {
		*p = piece{at: t.end, size: len(p.text)}
		t.end += int64(p.size)
		t.kept -= int64(p.size)
	}
}

// writeTo writes the text of all trees.
func (t *tree) writeTo(w io.Writer) error {
	if t.err != nil {
		return t.err
	}
	for _, root := range t.roots {
		for _, p := range root {
			if p.text == nil {
				if _, err := io.Copy(w, io.NewSectionReader(t.file, p.at, int64(p.size))); err != nil {
					return err
				}
			} else if _, err := w.Write(p.text); err != nil {
				return err
			}
		}
	}
	return nil
}

// discard removes the file.
func (t *tree) discard() {
	if t.file != nil {
		t.file.Close()
		os.Remove(t.file.Name()) // it has no name any more on most systems
		t.file = nil
	}
}
