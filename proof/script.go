package proof

// Scripts: the text of one subtree, written on one machine and taken in on another. Its open cells
// are subtrees that others write. Joined in preorder by the writer of a whole proof they are the
// bytes that it would have written alone, for those depend on the tree alone.

import (
	"bytes"
	"fmt"
	"math"
)

// NewScript returns a writer for one subtree, whose text stays in memory, in one piece.
func NewScript() *Writer { return &Writer{pen: pen{output: &output{partSize: math.MaxInt}}} }

// Script returns the text that the writer was told, of one whole subtree.
func (w *Writer) Script() ([]byte, error) {
	if w.err == nil && (w.whole != 1 || len(w.splits) > 0) {
		w.err = fmt.Errorf("the walk ended before its tree was complete")
	}
	return w.text, w.err
}

// Transcribe takes in a script, at the point where it belongs, and calls open for each of its open
// cells, which is to take in the tree of that cell. It does not ask whether what the lines say is
// true: the checker does.
func (w *Writer) Transcribe(script []byte, open func() error) error {
	base := len(w.splits)
	for len(script) > 0 {
		n := bytes.IndexByte(script, '\n') + 1
		if n == 0 {
			return fmt.Errorf("a script that ends within a line")
		}
		line := script[:n]
		script = script[n:]
		switch line[0] {
		case '*':
			w.Split()
			continue
		case 'W', '?':
		case '+', '-', '<', '>', '[', ']':
			w.text = append(w.text, line...)
			continue
		default:
			return fmt.Errorf("a script with the line %.40q, expected one of a tree", line)
		}
		second := w.second(base)
		if line[0] == 'W' {
			w.regions++
			w.text = append(w.text, line...)
			w.complete()
		} else if err := open(); err != nil {
			return err
		}
		for second {
			over := len(w.splits)-1 > base
			second = over && w.splits[len(w.splits)-2].plus != 0
			w.SplitEnd()
		}
		if len(w.splits) == base && len(script) > 0 {
			return fmt.Errorf("a script that goes on after its tree, with %.40q", script)
		}
	}
	if len(w.splits) != base {
		return fmt.Errorf("a script that ends before its tree does")
	}
	return w.err
}

// second says that what is written next is the second side of a split inside the script.
func (w *Writer) second(base int) bool {
	return len(w.splits) > base && w.splits[len(w.splits)-1].plus != 0
}
