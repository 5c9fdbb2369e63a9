package cone

// The format of cddlib (Fukuda) and lrs (Avis): H-representations (.ine), whose rows
// b a_1 … a_n mean b + a·x ≥ 0, and V-representations (.ext), whose rows 1 x_1 … x_n are vertices
// and 0 x_1 … x_n rays. The rows of a line "linearity" hold with equality, or are lines.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
)

// Matrix is a matrix of that format. Linearity are the numbers of rows, from 0.
type Matrix struct {
	Comment   string // one line, may be empty
	Vertices  bool   // a V-representation
	Linearity []int
	Width     int // columns, the first included
	Rows      [][]*big.Rat
}

// Write writes the matrix.
func (m *Matrix) Write(w io.Writer) error {
	out, letter := bufio.NewWriter(w), 'H'
	if m.Vertices {
		letter = 'V'
	}
	if m.Comment != "" {
		fmt.Fprintf(out, "* %s\n", m.Comment)
	}
	fmt.Fprintf(out, "%c-representation\n", letter)
	if len(m.Linearity) > 0 {
		fmt.Fprintf(out, "linearity %d", len(m.Linearity))
		for _, i := range m.Linearity {
			fmt.Fprintf(out, " %d", i+1)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "begin\n %d %d rational\n", len(m.Rows), m.Width)
	for _, row := range m.Rows {
		for _, v := range row {
			fmt.Fprintf(out, " %s", v.RatString())
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "end")
	return out.Flush()
}

// Rats returns integers as fractions.
func Rats(row ...*big.Int) []*big.Rat {
	r := make([]*big.Rat, len(row))
	for k, v := range row {
		r[k] = new(big.Rat).SetInt(v)
	}
	return r
}

// after returns the row of a matrix that begins with a number.
func after(first int64, row []*big.Int) []*big.Rat {
	return append([]*big.Rat{big.NewRat(first, 1)}, Rats(row...)...)
}

// Inequalities returns {x : row·x ≤ 0} in dim dimensions as an H-representation.
func Inequalities(dim int, rows [][]*big.Int, comment string) *Matrix {
	m := &Matrix{Comment: comment, Width: dim + 1}
	for _, r := range rows {
		m.Rows = append(m.Rows, after(0, negated(r)))
	}
	return m
}

// Generators returns the description as a V-representation: the vertex 0, the lines, the rays.
func (d *Description) Generators(comment string) *Matrix {
	m := &Matrix{Comment: comment, Vertices: true, Width: d.Dim + 1, Rows: [][]*big.Rat{after(1, dyadic.ZeroInts(d.Dim))}}
	for _, l := range d.Lineality {
		m.Linearity = append(m.Linearity, len(m.Rows))
		m.Rows = append(m.Rows, after(0, l))
	}
	for _, r := range d.Rays {
		m.Rows = append(m.Rows, after(0, r))
	}
	return m
}

// Homogeneous returns the rows a of an H-representation whose inequalities are all a·x ≤ 0; an
// equation gives two rows.
func (m *Matrix) Homogeneous() (rows [][]*big.Rat, err error) {
	if m.Vertices {
		return nil, errors.New("a V-representation, expected an H-representation")
	}
	for i, r := range m.Rows {
		if r[0].Sign() != 0 {
			return nil, fmt.Errorf("row %d: the constant %s, expected 0: a cone has no other", i+1, r[0].RatString())
		}
		rows = append(rows, opposite(r[1:]))
	}
	for _, i := range m.Linearity {
		rows = append(rows, opposite(rows[i]))
	}
	return rows, nil
}

func opposite(row []*big.Rat) []*big.Rat {
	r := make([]*big.Rat, len(row))
	for k, x := range row {
		r[k] = new(big.Rat).Neg(x)
	}
	return r
}

// WholeRows returns [Whole] of each row.
func WholeRows(rows [][]*big.Rat) [][]*big.Int {
	var whole [][]*big.Int
	for _, r := range rows {
		whole = append(whole, Whole(r))
	}
	return whole
}

// Whole returns the primitive integers in the direction of fractions.
func Whole(row []*big.Rat) []*big.Int {
	common, w := big.NewInt(1), make([]*big.Int, len(row))
	for _, x := range row {
		common = leastCommon(common, x.Denom())
	}
	for k, x := range row {
		w[k] = new(big.Int).Quo(common, x.Denom())
		w[k].Mul(w[k], x.Num())
	}
	return Primitive(w)
}

// Bounds on what is read: a number of longer text, or a matrix of more numbers, is no cone that
// could be described.
const (
	maxDigits  = 1 << 12
	maxNumbers = 1 << 24
)

// ReadMatrix reads a matrix; text before and after it is as cddlib and lrs write it. Errors name
// the line, from 1.
func ReadMatrix(r io.Reader) (*Matrix, error) {
	p := &matrixReader{in: bufio.NewScanner(r), m: &Matrix{}}
	p.in.Buffer(nil, 1<<26)
	err := p.read()
	if err == nil {
		err = p.in.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", p.line, err)
	}
	return p.m, nil
}

type matrixReader struct {
	in   *bufio.Scanner
	line int
	m    *Matrix
}

// next returns the words of the next line that has some and is no comment.
func (p *matrixReader) next() []string {
	for p.in.Scan() {
		p.line++
		words := strings.Fields(p.in.Text())
		if len(words) > 0 && (words[0][0] != '*' || words[0] == unknownRows) {
			return words
		}
	}
	p.line++
	return nil
}

// is compares a word with one of the format, in letters of either case: of a heading that is spelt
// otherwise, "v-representation" or "Linearity", nothing may be missed.
func is(word, of string) bool { return strings.EqualFold(word, of) }

// unknownRows is what lrs writes for the number of rows, which it does not know yet.
const unknownRows = "*****"

func (p *matrixReader) read() error {
	for {
		words := p.next()
		switch {
		case words == nil:
			return errors.New("the end of the text, expected a line \"begin\"")
		case is(words[0], "V-representation"):
			p.m.Vertices = true
		case is(words[0], "begin"):
			if err := p.rows(); err != nil {
				return err
			}
			return p.end()
		}
		if err := p.option(words); err != nil {
			return err
		}
	}
}

// end reads what follows the matrix: cdd+ has its options there, such as the linearity.
func (p *matrixReader) end() error {
	for words := p.next(); words != nil; words = p.next() {
		if err := p.option(words); err != nil {
			return err
		}
	}
	for _, i := range p.m.Linearity {
		if i >= len(p.m.Rows) {
			return fmt.Errorf("linearity: row %d, expected one of %d", i+1, len(p.m.Rows))
		}
	}
	return nil
}

// option reads a line that is about rows, and refuses one that means other sets than A·x ≤ 0; all
// other text means nothing.
func (p *matrixReader) option(words []string) error {
	switch strings.ToLower(words[0]) {
	case "partial_enumeration", "strict_inequality":
		return fmt.Errorf("%s, expected a matrix of which all is meant, with equality allowed", words[0])
	case "linearity", "equality":
		return p.linearity(words)
	}
	return nil
}

func (p *matrixReader) linearity(words []string) error {
	for i, w := range words[1:] {
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 || i == 0 && n != len(words)-2 || i > 0 && n < 1 {
			return fmt.Errorf("linearity: %q, expected how many rows, and then their numbers from 1", w)
		}
		if i > 0 {
			p.m.Linearity = append(p.m.Linearity, n-1)
		}
	}
	return nil
}

func (p *matrixReader) rows() error {
	head := p.next()
	if len(head) != 3 {
		return errors.New("expected numbers of rows and columns and \"integer\" or \"rational\"")
	}
	count, err := strconv.Atoi(head[0])
	if head[0] == unknownRows {
		count, err = -1, nil
	}
	width, errWidth := strconv.Atoi(head[1])
	if err != nil || errWidth != nil || width < 1 || count < -1 || count > maxNumbers/width || !is(head[2], "integer") && !is(head[2], "rational") {
		return fmt.Errorf("%q, expected numbers of rows and columns, %d numbers at most, and \"integer\" or \"rational\"", strings.Join(head, " "), maxNumbers)
	}
	p.m.Width = width
	for {
		words := p.next()
		if len(words) > 0 && is(words[0], "end") {
			break
		}
		if len(words) != width || len(p.m.Rows) >= maxNumbers/width {
			return fmt.Errorf("%d numbers, expected %d, or the line \"end\"", len(words), width)
		}
		row := make([]*big.Rat, width)
		for k, w := range words {
			if row[k], err = fraction(w); err != nil {
				return fmt.Errorf("column %d: %w", k+1, err)
			}
		}
		p.m.Rows = append(p.m.Rows, row)
	}
	if count >= 0 && count != len(p.m.Rows) {
		return fmt.Errorf("%d rows, expected %d", len(p.m.Rows), count)
	}
	return nil
}

// fraction reads an integer or a fraction of integers.
func fraction(s string) (*big.Rat, error) {
	if len(s) <= maxDigits && !strings.ContainsAny(s, ".eEpPxXoObB_") {
		if v := dyadic.ParseRat(s); v != nil {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%q, expected an integer or a fraction such as -2/3", files.Shorten(s))
}
