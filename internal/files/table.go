package files

// Tables of points, as centres, data and training sets come: one reader, so that what is refused is
// refused everywhere, and in the same words.

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
)

// Table is a form of tables: comma-separated values, one point a line. Lines that begin with # are
// comments. The first line may be a header: it is one if it has names and none of its coordinates
// is a number.
type Table struct {
	// Inputs is the number of coordinates of a point; 0 where a class follows and the first line
	// says how many there are before it.
	Inputs int
	// Class says that one more column may follow, the same in all lines: the name of a class.
	Class bool
	// Last is what errors call that column, of numbers, which a header does not have there;
	// "class", of any text, if it is empty.
	Last string
	// Most is the greatest size of a coordinate; 0 for any finite number.
	Most float64
}

// Points are the points of a table in its order.
type Points struct {
	X [][]float64
	// Class holds what follows each point, without spaces around it; nil where nothing does.
	Class []string
	// Lines are the numbers of the lines, from 1.
	Lines []int
}

// Read reads a table of at least one point. Errors name line and column, from 1, and what was
// expected.
func (t Table) Read(r io.Reader) (*Points, error) {
	p := &Points{}
	width := 0
	first := true
	err := Rows(r, func(line int, row []string) error {
		defer func() { first = false }()
		if first && t.Inputs == 0 {
			if t.Inputs = len(row) - 1; t.Inputs == 0 {
				return fmt.Errorf("line %d: one column, expected at least one number and a %s", line, cmp.Or(t.Last, "class"))
			}
			width = len(row)
		}
		title := first && t.titled(row)
		if title && !t.Class {
			return nil
		}
		if err := t.fits(len(row), width); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if width = len(row); title {
			return nil
		}
		x, err := t.point(row[:t.Inputs])
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		p.X, p.Lines = append(p.X, x), append(p.Lines, line)
		if len(row) > t.Inputs {
			p.Class = append(p.Class, strings.TrimSpace(row[t.Inputs]))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(p.X) == 0 {
		return nil, errors.New("no points, expected at least one line of numbers")
	}
	return p, nil
}

// Rows reads comma-separated values, as people write them, and calls f for each row that is no
// comment, a line that begins with #, with the number of its line, from 1. The row is f's until it
// returns.
func Rows(r io.Reader, f func(line int, row []string) error) error {
	in := csv.NewReader(unmarked(r))
	in.FieldsPerRecord, in.ReuseRecord, in.TrimLeadingSpace, in.Comment = -1, true, true, '#'
	for {
		row, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not CSV: %w, expected comma-separated values", err)
		}
		line, _ := in.FieldPos(0)
		if err := f(line, row); err != nil {
			return err
		}
	}
}

// unmarked leaves out the byte order mark that some programs begin a text with.
func unmarked(r io.Reader) io.Reader {
	const mark = "\ufeff"
	b := bufio.NewReader(r)
	if head, _ := b.Peek(len(mark)); string(head) == mark {
		_, _ = b.Discard(len(mark)) // they are there
	}
	return b
}

// titled says whether a row is a header.
func (t Table) titled(row []string) bool {
	if t.Class && t.Last == "" {
		row = row[:min(t.Inputs, len(row))]
	}
	names := false
	for _, cell := range row {
		cell = strings.TrimSpace(cell)
		if _, err := dyadic.ParseFloat(cell); !errors.Is(err, strconv.ErrSyntax) {
			return false
		}
		names = names || cell != ""
	}
	return names
}

// fits refuses a line of a wrong number of columns; width is that of the line before, 0 for none.
func (t Table) fits(columns, width int) error {
	switch {
	case width != 0 && columns != width:
		return fmt.Errorf("%d columns, expected %d as in the first line", columns, width)
	case columns == t.Inputs, t.Class && columns == t.Inputs+1:
		return nil
	case t.Class:
		return fmt.Errorf("%d columns, expected %d coordinates and perhaps a class", columns, t.Inputs)
	}
	return fmt.Errorf("%d columns, expected %d, one per input", columns, t.Inputs)
}

func (t Table) point(row []string) ([]float64, error) {
	x := make([]float64, len(row))
	for k, cell := range row {
		v, err := dyadic.ParseFloat(strings.TrimSpace(cell))
		switch {
		case errors.Is(err, strconv.ErrRange):
			return nil, fmt.Errorf("column %d: %q, beyond float64, expected a finite number", k+1, Shorten(cell))
		case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
			return nil, fmt.Errorf("column %d: %q, expected a finite number", k+1, Shorten(cell))
		case t.Most > 0 && math.Abs(v) > t.Most:
			return nil, fmt.Errorf("column %d: %q, expected a finite number of at most %.3g", k+1, Shorten(cell), t.Most)
		}
		x[k] = v
	}
	return x, nil
}

// Shorten keeps an error that quotes s on one line.
func Shorten(s string) string {
	const most = 30
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
