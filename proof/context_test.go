package proof

// Contexts and open cells of scripts: the slow and obvious twin goes down by recursion, as deep as
// a script says.

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawScript appends lines of a tree.
func drawScript(t *rapid.T, b []byte, depth int) []byte {
	for range rapid.IntRange(0, 2).Draw(t, "lines") {
		b = fmt.Appendf(b, "%s%d %d\n", rapid.SampledFrom([]string{"+", "-", "<", ">", "[", "]"}).Draw(t, "kind"), len(b), len(b))
	}
	switch {
	case depth > 0 && rapid.IntRange(0, 3).Draw(t, "split") > 0:
		return drawScript(t, drawScript(t, append(b, "*\n"...), depth-1), depth-1)
	case rapid.Bool().Draw(t, "open"):
		return fmt.Appendf(b, "? %d\n", len(b))
	}
	return fmt.Appendf(b, "W %d\n", len(b))
}

func TestContextsAreThoseOfTheTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		script := drawScript(t, nil, rapid.IntRange(0, 5).Draw(t, "depth"))
		c := Context{[]byte("before\n"), []byte("after\n")}
		r := &scriptReader{text: script}
		regions := r.tree().regions
		_, want, err := opensByRecursion(c, script)
		require.NoError(t, err)
		got, err := c.Opens(script)
		require.NoError(t, err)
		require.Equal(t, len(want), len(got))
		for i := range want {
			require.Equal(t, string(want[i].before), string(got[i].before))
			require.Equal(t, string(want[i].after), string(got[i].after))
		}
		var paths [][]int8
		n, err := Leaves(script, func(path []int8) error { paths = append(paths, slices.Clone(path)); return nil })
		require.NoError(t, err)
		require.Equal(t, regions, n)
		require.True(t, slices.EqualFunc(r.opens, paths, slices.Equal))
	})
}

// A script of a stranger, as deep as it is long, ended the process: its stack had no room.
func TestADeepScriptIsRead(t *testing.T) {
	const depth = 1 << 20
	script := []byte(strings.Repeat("*\n", depth) + "?9\n" + strings.Repeat("W1\n", depth))
	open, err := Context{}.Opens(script)
	require.NoError(t, err)
	require.Len(t, open, 1)
	require.Len(t, open[0].before, 2*depth)
	require.Len(t, open[0].after, 3*depth)
	n, err := Leaves(script, func(path []int8) error { require.Len(t, path, depth); return nil })
	require.NoError(t, err)
	require.Equal(t, int64(depth), n)
}

func TestWhatIsNoScript(t *testing.T) {
	for script, why := range map[string]string{
		"": "ends before", "*\nW1\n": "ends before", "W1\nW1\n": "goes on", "W1": "within a line", "*\nW1\n?": "within a line",
		"@ x\nW1\n": `the line "@ x\n"`, "\nW1\n": "one of a tree", "W1\ncount 1\n": "goes on", "count 1\nW1\n": "one of a tree",
	} {
		_, err := Leaves([]byte(script), func([]int8) error { return nil })
		require.ErrorContains(t, err, why)
		_, err = Context{}.Opens([]byte(script))
		require.ErrorContains(t, err, why)
	}
}

func opensByRecursion(c Context, script []byte) (regions int64, open []Context, err error) {
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

// scriptReader reads trees off the front of a text.
type scriptReader struct {
	text  []byte
	err   error
	path  []int8
	opens [][]int8 // paths
}

// treeRead is a tree that was read: the witness of its first leaf, which is one of the whole cell.
type treeRead struct {
	witness []byte
	regions int64
	open    []Context
}

func (r *scriptReader) tree() (n treeRead) {
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
			return treeRead{witness: line[1:], regions: 1}
		case '?':
			r.opens = append(r.opens, slices.Clone(r.path))
			return treeRead{witness: line[1:], open: []Context{{before: bytes.Clone(lines)}}}
		case '*':
			r.path = append(r.path, -1)
			minus := r.tree()
			r.path[len(r.path)-1] = 1
			plus := r.tree()
			r.path = r.path[:len(r.path)-1]
			n = treeRead{witness: minus.witness, regions: minus.regions + plus.regions}
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
