package learn

// Samples as a table: the coordinates, and then the value.

import (
	"fmt"
	"io"
	"math"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
)

// Read reads samples from comma-separated values: in each line the coordinates of a point, and then
// the value there. Errors name line and column, from 1, and what was expected.
func Read(r io.Reader) (*Samples, error) {
	p, err := files.Table{Class: true}.Read(r)
	if err != nil {
		return nil, err
	}
	s := &Samples{Inputs: len(p.X[0])}
	for i, x := range p.X {
		y, err := dyadic.ParseFloat(p.Class[i])
		if err != nil || math.IsNaN(y) || math.IsInf(y, 0) {
			return nil, fmt.Errorf("line %d: column %d: %q, expected a finite number: the value at the point", p.Lines[i], s.Inputs+1, files.Shorten(p.Class[i]))
		}
		s.X, s.Y = append(s.X, x...), append(s.Y, y)
	}
	return s, nil
}
