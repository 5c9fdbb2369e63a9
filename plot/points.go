// Points of a data file, drawn on top of a map: CSV, one point a line.

package plot

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// Points are data points of equal dimension, with a class each if the file says.
type Points struct {
	X       [][]float64
	Class   []int    // index of Classes; nil without classes
	Classes []string // in the order of their names
}

// maxClasses is how many classes of points a legend can tell apart.
const maxClasses = 10

// ReadPoints reads points of n coordinates from CSV: n columns of numbers, and
// perhaps one more with the name of a class. The first line may be a header: it
// is one if none of its coordinates is a number. Errors name line and column
// (1-based) and what was expected.
func ReadPoints(r io.Reader, n int) (*Points, error) {
	read, err := files.Table{Inputs: n, Class: true}.Read(r)
	if err != nil {
		return nil, err
	}
	p := &Points{X: read.X}
	return p, p.classify(read.Class)
}

func (p *Points) classify(names []string) error {
	if len(names) == 0 {
		return nil
	}
	p.Classes = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(p.Classes) > maxClasses {
		return fmt.Errorf("the last column has %d different classes, expected at most %d", len(p.Classes), maxClasses)
	}
	for _, s := range names {
		k, _ := slices.BinarySearch(p.Classes, s)
		p.Class = append(p.Class, k)
	}
	return nil
}

// OnSlice returns the points, of as many coordinates as the network behind a
// slice has inputs, as the nearest points of the slice's plane: least squares, in
// float64. front is the number of layers that the slice put in front.
func (p *Points) OnSlice(slice *network.Network, front int) (*Points, error) {
	if slice.Inputs() != 2 || front < 1 || front > len(slice.Layers()) {
		return nil, errors.New("not a slice along a plane")
	}
	at := func(s, t float64) []float64 {
		x := []float64{s, t}
		for _, l := range slice.Layers()[:front] {
			z := mat.NewVecDense(l.Out(), append([]float64(nil), l.B...))
			var w mat.VecDense
			w.MulVec(l.W, mat.NewVecDense(len(x), x))
			z.AddVec(z, &w)
			x = z.RawVector().Data
		}
		return x
	}
	origin := at(0, 0)
	basis := mat.NewDense(len(origin), 2, nil)
	for k, end := range [][]float64{at(1, 0), at(0, 1)} {
		for i := range end {
			basis.Set(i, k, end[i]-origin[i])
		}
	}
	q := &Points{Class: p.Class, Classes: p.Classes}
	for _, x := range p.X {
		if len(x) != len(origin) {
			return nil, fmt.Errorf("points of %d coordinates, expected %d", len(x), len(origin))
		}
		d := mat.NewVecDense(len(x), nil)
		for i := range x {
			d.SetVec(i, x[i]-origin[i])
		}
		var y mat.VecDense
		if err := y.SolveVec(basis, d); err != nil {
			return nil, fmt.Errorf("the points cannot be projected: %w", err)
		}
		q.X = append(q.X, []float64{y.AtVec(0), y.AtVec(1)})
	}
	return q, nil
}
