package landscape

// The proof of the least risk of a width, as a text, and its check.
//
//	relucell-width 1
//	neurons 2
//	bias 0
//	least 1/4
//	1 0 2 -1 …
//
// bias 1 stands for an output with a bias. Each line behind the head is a bound of certify.go: the
// numbers h, n_1, n_2, … of u_i = n_i/h. The check takes nothing else from it. It finds the rays of
// all cells, for each line the signed cells on which u is nowhere above 0, and whether each
// multiset of m signed cells is among those of one line. That no cell is missing is shown by the
// proof of a count: that of the data network's regions in the unit ball.

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// widthHead is the first line, and the second to the fourth follow.
const widthHead = "relucell-width 1\nneurons %d\nbias %d\nleast %s\n"

// WriteProof writes the bounds of all programmes.
func (c *Certified) WriteProof(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, widthHead, c.neurons, bit(c.out), c.Least.RatString())
	for _, at := range c.bounds {
		b.WriteString(at.h.String())
		for _, n := range at.n {
			b.WriteByte(' ')
			b.WriteString(n.String())
		}
		b.WriteByte('\n')
	}
	return b.Flush()
}

func bit(v bool) int {
	if v {
		return 1
	}
	return 0
}

// readBounds reads such a text for data of so many points.
func readBounds(text []byte, points, m int, out bool) (least *big.Rat, bounds []*bound, err error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	head := strings.Split(fmt.Sprintf(widthHead, m, bit(out), ""), "\n")
	for i, want := range head[:4] {
		if i >= len(lines) || i < 3 && lines[i] != want || !strings.HasPrefix(lines[i], want) {
			return nil, nil, fmt.Errorf("line %d: expected %q", i+1, want)
		}
	}
	word := strings.TrimPrefix(lines[3], head[3])
	var ok bool
	if strings.Trim(word, "0123456789/") == "" { // no exponents, which take any length
		least, ok = new(big.Rat).SetString(word)
	}
	if !ok {
		return nil, nil, errors.New("line 4: expected the least risk, a fraction")
	}
	for i, line := range lines[4:] {
		words := strings.Fields(line)
		if len(words) != 1+points {
			return nil, nil, fmt.Errorf("line %d: %d numbers, expected %d, one more than points", i+5, len(words), 1+points)
		}
		var numbers []*big.Int
		for _, word := range words {
			n, ok := new(big.Int).SetString(word, 10)
			if !ok {
				return nil, nil, fmt.Errorf("line %d: expected integers", i+5)
			}
			numbers = append(numbers, n)
		}
		if numbers[0].Sign() <= 0 {
			return nil, nil, fmt.Errorf("line %d: expected a denominator above 0 first", i+5)
		}
		bounds = append(bounds, &bound{h: numbers[0], n: numbers[1:]})
	}
	return least, bounds, nil
}

// CheckWidth verifies that no network of m neurons has a risk below the one it returns, as a third
// person does: bounds is the text of WriteProof, text that of the data network, and at path is the
// proof of its count in the unit ball. With out the output has a bias. When ctx ends first its
// cause is the error.
func CheckWidth(ctx context.Context, d *Data, m int, out bool, bounds, text []byte, path string) (*big.Rat, error) {
	least, list, err := readBounds(bounds, d.N(), m, out)
	if err != nil {
		return nil, err
	}
	cells, err := d.proved(ctx, text, path)
	if err != nil {
		return nil, err
	}
	e, err := newEdges(ctx, d, cells)
	if err != nil {
		return nil, err
	}
	if err := e.distinct(cells); err != nil {
		return nil, err
	}
	for i, b := range list {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if e.value(b).Cmp(least) < 0 {
			return nil, fmt.Errorf("line %d: a bound below the least risk", i+5)
		}
		e.hold(b, out)
	}
	left, err := uncovered(ctx, list, nil, m, 2*len(cells))
	if err == nil && left != nil {
		s := product{}
		for _, k := range left {
			at := memberOf(k)
			s.cells, s.signs = append(s.cells, &cells[at.cell]), append(s.signs, int(at.sign))
		}
		err = fmt.Errorf("no line bounds the programme of %v", s)
	}
	return least, err
}

// proved returns the cells, as many as the proof of the data network's count says.
func (d *Data) proved(ctx context.Context, text []byte, path string) ([]Cell, error) {
	n, err := network.ReadCanonical(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if ls := n.Layers(); len(ls) != 1 || n.Inputs() != d.P || ls[0].Out() != d.N() || ls[0].Act != network.ReLU {
		return nil, fmt.Errorf("a network %s, expected %d-%d, the data's rows", n.Widths(), d.P, d.N())
	}
	if err := d.rowsAre(n.Layers()[0]); err != nil {
		return nil, err
	}
	b := UnitBall(d.P)
	r, err := certificate.CheckContext(ctx, text, path, certificate.Options{})
	if err != nil {
		return nil, err
	}
	if want := proof.SpellBall(b); r.Ball != want || r.AtLeast {
		return nil, fmt.Errorf("a proof on the ball %s, expected one of all regions on %s", r.Ball, want)
	}
	cells, err := Patterns(ctx, d)
	if err == nil && int64(len(cells)) != r.Count {
		err = fmt.Errorf("a proof of %d cells, expected %d", r.Count, len(cells))
	}
	return cells, err
}

// distinct verifies that no two cells are the same, and that each has a point inside: the sum of
// its rays. So they are as many as they are said to be.
func (e *edges) distinct(cells []Cell) error {
	known := map[string]bool{}
	for i, c := range cells {
		inside := make([]*big.Int, len(e.whole.rows[0]))
		for k := range inside {
			inside[k] = new(big.Int)
			for _, r := range e.of[i] {
				inside[k].Add(inside[k], e.primitive[r][k])
			}
		}
		var sum, t big.Int
		for j, row := range e.whole.rows {
			sum.SetInt64(0)
			for k, x := range row {
				sum.Add(&sum, t.Mul(x, inside[k]))
			}
			if sum.Sign() != int(c.Signs[j]) {
				return fmt.Errorf("the cell %v has no point inside", c.Signs)
			}
		}
		if key := fmt.Sprint(c.Signs); known[key] {
			return fmt.Errorf("the cell %v is listed twice", c.Signs)
		} else {
			known[key] = true
		}
	}
	return nil
}

// uncovered returns m of so many signed cells, in their order, of which the first are given, such
// that none of the bounds holds for all of them: nil if there are none.
func uncovered(ctx context.Context, bounds []*bound, members []int, m, signed int) ([]int, error) {
	from := 0
	if len(members) > 0 {
		from = members[len(members)-1]
	}
	last, done := len(members)+1 == m, held(bounds)
	for k := from; k < signed; k++ {
		if done.Bit(k) == 0 {
			return append(slices.Clone(members), slices.Repeat([]int{k}, m-len(members))...), nil
		}
		if last {
			continue
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		left, err := uncovered(ctx, with(bounds, k), append(members, k), m, signed)
		if err != nil || left != nil {
			return left, err
		}
	}
	return nil, nil
}
