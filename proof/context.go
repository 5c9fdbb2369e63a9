package proof

// A script that is checked alone. What its lines claim rests on the path to its cell: the lines on
// that path come before it, and of the subtrees beside the path one point each is enough, since a
// cell that is left open needs no more. So header, context and script are a proof of "count >= N",
// and the checker of whole proofs checks it.

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
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

// Opens returns the contexts of the open cells of a script, in preorder, c being its own. The
// slices of one context are of their own memory.
func (c Context) Opens(script []byte) ([]Context, error) {
	var open []Context
	var above []parting
	var lines [][]byte // since the last side was entered
	_, err := readTree(script, func(line []byte, leaf bool) error {
		lines = append(lines, line)
		if line[0] == '*' {
			above = append(above, parting{before: slices.Concat(lines...), first: len(open)})
			lines = nil
			return nil
		}
		if !leaf {
			return nil
		}
		for i := len(above) - 1; i >= 0 && above[i].point == nil; i-- {
			above[i].point = line[1:]
		}
		if line[0] == '?' {
			var b bytes.Buffer
			b.Write(c.before)
			for _, p := range above {
				b.Write(p.before)
			}
			for _, l := range lines[:len(lines)-1] {
				b.Write(l)
			}
			open = append(open, Context{before: b.Bytes()})
		}
		lines = nil
		for len(above) > 0 && above[len(above)-1].plus {
			p := above[len(above)-1]
			for i := range open[p.first:p.second] {
				o := &open[p.first+i]
				o.after = append(append(o.after, '?'), p.point...)
			}
			above = above[:len(above)-1]
		}
		if len(above) > 0 {
			above[len(above)-1].turn(len(open))
		}
		return nil
	})
	for i := range open {
		open[i].after = append(open[i].after, c.after...)
	}
	return open, err
}

// parting is a split above a line: the lines before the side that is being read, and of the other
// side one point.
type parting struct {
	before        []byte
	point         []byte // of the side's first leaf, nil until that is read
	plus          bool   // the side is the second one
	first, second int    // the open cells before each side
}

// turn goes over to the plus side, beside which the point of the minus side stands.
func (p *parting) turn(opens int) {
	p.before = slices.Concat(p.before, []byte{'?'}, p.point)
	p.point, p.plus, p.second = nil, true, opens
}

// Leaves returns the number of final regions of a script, and calls open with the path of each open
// cell from the script's own, in preorder: the sides taken at its splits.
func Leaves(script []byte, open func(path []int8) error) (regions int64, err error) {
	var path []int8
	return readTree(script, func(line []byte, leaf bool) error {
		switch {
		case line[0] == '*':
			path = append(path, -1)
			return nil
		case !leaf:
			return nil
		case line[0] == '?':
			if err := open(path); err != nil {
				return err
			}
		}
		for len(path) > 0 && path[len(path)-1] > 0 {
			path = path[:len(path)-1]
		}
		if len(path) > 0 {
			path[len(path)-1] = 1
		}
		return nil
	})
}

// readTree calls told with each line of a script, which is to be one whole tree, and whether it is
// a leaf. It is as deep as it likes: it may be a stranger's.
func readTree(script []byte, told func(line []byte, leaf bool) error) (regions int64, err error) {
	wanted := int64(1)
	for line := range bytes.Lines(script) {
		if wanted == 0 {
			return 0, errors.New("a script that goes on after its tree")
		}
		if line[len(line)-1] != '\n' {
			return 0, errors.New("a script that ends within a line")
		}
		leaf := false
		switch line[0] {
		case '*':
			wanted++
		case 'W', '?':
			leaf = true
			wanted--
			if line[0] == 'W' {
				regions++
			}
		case '+', '-', '<', '>', '[', ']':
		default:
			return 0, fmt.Errorf("a script with the line %.40q, expected one of a tree", line)
		}
		if err := told(line, leaf); err != nil {
			return 0, err
		}
	}
	if wanted > 0 {
		return 0, errors.New("a script that ends before its tree does")
	}
	return regions, nil
}
