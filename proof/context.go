package proof

// A script that is checked alone. What its lines claim rests on the path to its cell: the lines on
// that path come before it, and of the subtrees beside the path one point each is enough, since a
// cell that is left open needs no more. So header, context and script are a proof of "count >= N",
// and the checker of whole proofs checks it.

import (
	"bytes"
	"errors"
	"fmt"
)

// Context is what of a proof stands around one cell: its path, with open cells beside it. The zero
// value is the context of the root.
type Context struct{ before, after []byte }

// Around returns the whole proof of a network and a ball, as Header says, that has the script at
// the cell of the context.
func (c Context) Around(h Header, script []byte) []byte {
	p := fmt.Appendf(nil, "%s\nnet %s\nball %s\n", versionLine, h.Net, SpellBall(h.Ball))
	tree := len(p)
	p = append(append(append(p, c.before...), script...), c.after...)
	leaves, word := 0, ""
	for line := range bytes.Lines(p[tree:]) {
		switch line[0] {
		case '?':
			word = ">= "
			leaves++
		case 'W':
			leaves++
		}
	}
	return fmt.Appendf(p, "count %s%d\n", word, leaves)
}

// Opens returns the number of final regions of a script, and the contexts of its open cells, in
// preorder, c being its own. The slices of one context are of their own memory.
func (c Context) Opens(script []byte) (regions int64, open []Context, err error) {
	r := &scriptReader{text: script}
	n := r.tree()
	if r.err == nil && len(r.text) > 0 {
		r.err = errors.New("a script that goes on after its tree")
	}
	for i, o := range n.open {
		n.open[i] = Context{join(c.before, o.before), join(o.after, c.after)}
	}
	return n.regions, n.open, r.err
}

// Count returns the number of final regions and of open cells of a script.
func Count(script []byte) (regions, open int64, err error) {
	wanted := int64(1)
	for line := range bytes.Lines(script) {
		if wanted == 0 {
			return 0, 0, errors.New("a script that goes on after its tree")
		}
		switch line[0] {
		case '*':
			wanted++
		case 'W':
			regions++
			wanted--
		case '?':
			open++
			wanted--
		}
	}
	if wanted > 0 {
		return 0, 0, errors.New("a script that ends before its tree does")
	}
	return regions, open, nil
}

// scriptReader reads trees off the front of a text.
type scriptReader struct {
	text []byte
	err  error
}

// readTree is a tree that was read: the witness of its first leaf, which is one of the whole cell.
type readTree struct {
	witness []byte
	regions int64
	open    []Context
}

func (r *scriptReader) tree() (n readTree) {
	start := r.text
	for r.err == nil {
		end := bytes.IndexByte(r.text, '\n') + 1
		if end == 0 {
			r.err = errors.New("a script that ends before its tree does")
			break
		}
		line, lines := r.text[:end], start[:len(start)-len(r.text)]
		r.text = r.text[end:]
		switch line[0] {
		case 'W':
			return readTree{witness: line[1:], regions: 1}
		case '?':
			return readTree{witness: line[1:], open: []Context{{before: bytes.Clone(lines)}}}
		case '*':
			minus := r.tree()
			plus := r.tree()
			n = readTree{witness: minus.witness, regions: minus.regions + plus.regions}
			for _, o := range minus.open {
				n.open = append(n.open, Context{join(lines, line, o.before), join(o.after, []byte{'?'}, plus.witness)})
			}
			for _, o := range plus.open {
				n.open = append(n.open, Context{join(lines, line, []byte{'?'}, minus.witness, o.before), o.after})
			}
			return n
		}
	}
	return n
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
