package proof

// The writer: an observer of a walk that turns its steps into text. The idea of
// an observer is that of the proof tracers of SAT solvers: the walk knows nothing of the format.
//
// The bytes depend on the tree alone. A subtree's text is built from those of
// its children; when it outgrows a threshold, the larger child moves to a part,
// a file of its own named by its hash, and leaves one line behind. Both are functions of the
// subtree, so it does not matter who walked it or when. What stays in memory is a
// few thresholds for each writer, however deep the tree: older text is laid aside (aside.go).

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"sync"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
)

// What the format says (docs/certificate.md). The checker has these once more, since it imports
// nothing, and one of its tests holds both equal.
const (
	// versionLine is the first line of a proof.
	versionLine = "relucell-certificate 2"
	// maxDigits bounds the decimal digits of a multiplier, a coordinate and a bound, and
	// maxExponent the exponent that coordinates share.
	maxDigits, maxExponent = 12288, 40000
)

// PartSize is the length of a subtree's text, in bytes, above which its larger
// child moves to a part. It is small enough for memory and large enough that a
// proof of ten thousand regions stays one file.
const PartSize = 4 << 20

// Header says what a proof is about.
type Header struct {
	// Net is the network's fingerprint: "sha256:" and the hash of its canonical text.
	Net  string
	Ball ball.Ball
	// PartSize replaces the constant of that name if it is not 0. A proof's bytes depend on it.
	PartSize int
	// Resumable lets subtrees be taken out of the writer and into a later one: parts, under
	// hidden names, survive the process, Abort, and a Close that leaves cells open.
	Resumable bool
}

// Writer writes a proof. It is an observer of the walk; a
// failure is kept and returned by Close. One goroutine at a time uses a
// Writer; different forks are independent. It must be ended by Close or Abort.
// If it was made resumable, it serves a walk with a checkpoint.
type Writer struct {
	pen
	// splits holds the splits that are open, outermost first.
	splits []span
	// whole counts the subtrees completed at the top: 1 when the tree is complete.
	whole         int
	regions, open int64
}

// pen writes text, and keeps the first failure.
type pen struct {
	*output
	err error
	// text is how the text ends; the base bytes before it are laid aside, in the blocks away.
	text []byte
	base int
	away []block
	// forked says that the writer is a fork, or a fork of one.
	forked bool
}

// span is an open split: where its line begins, and where its plus subtree does, 0
// while the minus subtree is not complete.
type span struct{ start, plus int }

var _ enumerate.Snapshotter = (*Writer)(nil)

// texts recycles the buffers of writers.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// NewWriter returns a writer of a proof to be put at path, gzipped if that ends
// in .gz. No file of that name is touched before Close. The path is that of a regular file, or
// new: a symbolic link is refused like a device, for parts lie beside the file itself.
func NewWriter(path string, h Header) (*Writer, error) {
	o, err := newOutput(path, h)
	if err != nil {
		return nil, err
	}
	return &Writer{pen: pen{output: o, text: (*texts.Get().(*[]byte))[:0]}}, nil
}

// Split says that both sides of the next neuron live. The minus subtree follows,
// then the plus subtree, then SplitEnd.
func (w *Writer) Split() {
	w.splits = append(w.splits, span{start: w.length()})
	w.text = append(w.line('*'), '\n')
}

// SplitEnd ends the split begun last.
func (w *Writer) SplitEnd() {
	if len(w.splits) == 0 || w.splits[len(w.splits)-1].plus == 0 {
		w.fail(errors.New("SplitEnd without a complete split"))
		return
	}
	top := len(w.splits) - 1
	s := w.splits[top]
	w.splits = w.splits[:top]
	if w.length()-s.start > w.partSize {
		w.large.Lock()
		defer w.large.Unlock()
		w.divide(s)
	}
	w.complete()
}

// divide moves children of a split that is too large to parts: the larger one, the minus one if
// they are equal, and the other too if it is too large alone.
func (w *Writer) divide(s span) {
	w.recall(s.start)
	minus, plus := s.start+2-w.base, s.plus-w.base
	first, second := w.text[minus:plus], w.text[plus:]
	kept := w.partSize - 2
	var a, b []byte
	if len(first) >= len(second) || len(first) > kept {
		a = w.part(first)
	}
	if len(second) > len(first) || len(second) > kept {
		b = w.part(second)
	}
	if b != nil {
		w.text = append(w.text[:plus], b...)
	}
	if a != nil {
		w.text = slices.Replace(w.text, minus, plus, a...)
	}
}

// complete notes that a subtree ended here.
func (w *Writer) complete() {
	if len(w.splits) == 0 {
		w.whole++
	} else if s := &w.splits[len(w.splits)-1]; s.plus == 0 {
		s.plus = w.length()
	}
	w.lighten(len(w.splits) == 0)
}

// Region says that the cell is final, with a witness.
func (w *Writer) Region(x []float64) {
	w.regions++
	w.leaf('W', x)
	w.complete()
}

// Open says that the cell is left unexplored, with a witness that it is not empty.
func (w *Writer) Open(x []float64) {
	w.open++
	w.leaf('?', x)
	w.complete()
}

// RegionBig is Region for coordinates of any length.
func (w *Writer) RegionBig(x []*big.Float) {
	w.regions++
	w.leafBig('W', x)
	w.complete()
}

// OpenBig is Open for coordinates of any length.
func (w *Writer) OpenBig(x []*big.Float) {
	w.open++
	w.leafBig('?', x)
	w.complete()
}

// Fork returns a writer for a subtree that is walked elsewhere. It may be called from
// any goroutine.
func (w *Writer) Fork() enumerate.Observer { return w.fork() }

func (w *Writer) fork() *Writer {
	text := texts.Get().(*[]byte)
	return &Writer{pen: pen{output: w.output, text: (*text)[:0], forked: true}}
}

// Join takes in what a fork was told, at the point where it belongs: one whole subtree. It panics
// on an observer that is no Writer.
func (w *Writer) Join(o enumerate.Observer) {
	f := o.(*Writer)
	if f.err == nil && (f.whole != 1 || len(f.splits) > 0) {
		f.err = errors.New("Join with a fork that is not one whole subtree")
	}
	w.fail(f.err)
	w.large.Lock()
	defer w.large.Unlock()
	f.recall(0)
	w.text = append(w.text, f.text...)
	w.regions += f.regions
	w.open += f.open
	w.complete()
	f.release()
}

// release gives the buffer back, if it is no larger than usual.
func (p *pen) release() {
	if text := p.text; cap(text) <= 2*PartSize {
		texts.Put(&text)
	}
	p.text = nil
}

// Close writes the proof: header, tree, and the count, which must be lower unless that is nil. The
// files appear under their names only here, the parts first. After an error nothing is left behind
// but parts that were already in place. A [*WriteError] speaks against the disk or the format's
// caps; any other error says that the walk told no proof of that count.
func (w *Writer) Close(lower *big.Int) error {
	if w.err == nil && (w.whole != 1 || len(w.splits) > 0) {
		w.err = errors.New("the walk ended before its tree was complete")
	}
	if n := big.NewInt(w.regions + w.open); w.err == nil && lower != nil && lower.Cmp(n) != 0 {
		w.err = fmt.Errorf("the tree has %d leaves, the walk counted %d", n, lower)
	}
	w.recall(0)
	w.fail(w.failure())
	if w.err != nil {
		w.Abort()
		return w.err
	}
	w.text = append(w.text, "count "...)
	if w.open > 0 {
		w.text = append(w.text, ">= "...)
	}
	w.text = append(strconv.AppendInt(w.text, w.regions+w.open, 10), '\n')
	if err := w.finish(w.text, w.open == 0); err != nil {
		w.err = &WriteError{err}
	}
	w.release()
	return w.err
}

// Abort gives the proof up and leaves nothing behind, but for the parts of a resumable one. It does
// nothing after Close.
func (w *Writer) Abort() { w.discard() }
