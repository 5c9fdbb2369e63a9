package reach

// Regions in the format of cddlib and lrs, which package cone writes: H-representations (.ine), and
// V-representations (.ext).

import (
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/exact"
)

// mostSigns is the most inputs of an l1 ball whose 2ⁿ facets are written out.
const mostSigns = 16

// WriteInequalities writes the domain as an H-representation, the ball's facets included. In an l2
// ball in more than one dimension there is none.
func (d *Description) WriteInequalities(w io.Writer, b ball.Ball) error {
	rows, err := d.inequalities(b)
	if err != nil {
		return err
	}
	m := cone.Matrix{Comment: d.named("domain") + ": b + a·x >= 0", Width: b.Dim() + 1}
	for _, row := range rows {
		m.Rows = append(m.Rows, cone.Rats(row...))
	}
	return m.Write(w)
}

// inequalities are b + a·x ≥ 0 of the domain in integers, b first: those of the ball, then the
// rows.
func (d *Description) inequalities(b ball.Ball) ([][]*big.Int, error) {
	rows, err := facetsOf(b)
	if err != nil {
		return nil, err
	}
	for _, r := range d.Rows {
		all := dyadic.BigFloats(append([]*big.Float{r.H}, r.G...))
		rows = append(rows, cone.Primitive(all.Ints()))
	}
	return rows, nil
}

// named says what of the region is written.
func (d *Description) named(what string) string {
	return fmt.Sprintf("the %s of region %d, pattern %s", what, d.Region, d.Pattern)
}

var errNoVertices = errors.New("a region without vertices, expected a polytope in at most 7 inputs, 5 in an l1 ball")

// WriteVertices writes the domain as a V-representation, or, with image, the points that span the
// region's image, of which some may be inside.
func (d *Description) WriteVertices(w io.Writer, image bool) error {
	points, what := d.Vertices, "domain"
	if image {
		points, what = d.Image, "image"
	}
	if len(points) == 0 {
		return errNoVertices
	}
	m := cone.Matrix{Comment: d.named(what), Vertices: true, Width: len(points[0]) + 1}
	for _, x := range points {
		m.Rows = append(m.Rows, append([]*big.Rat{big.NewRat(1, 1)}, x...))
	}
	return m.Write(w)
}

// facetsOf returns the facets of a ball over x, as integers: the offset first.
func facetsOf(b ball.Ball) (rows [][]*big.Int, err error) {
	n, norm := b.Dim(), b.Norm()
	switch {
	case norm == ball.L2 && n > 1:
		return nil, errors.New("an l2 ball is no polyhedron, expected an linf or l1 ball or a box")
	case norm == ball.L1 && n > mostSigns:
		return nil, fmt.Errorf("an l1 ball in %d inputs has 2^%d facets, expected %d inputs at most", n, n, mostSigns)
	case norm == ball.L2:
		norm = ball.LInf
	}
	mid, half := ball.RatsOf(b.Mid()), ball.RatsOf(b.Scale())
	for _, f := range exact.FacetsOf(norm, n) { // f(y) ≥ 0 with y = (x − mid)/half
		row := make([]*big.Rat, n+1)
		row[0] = new(big.Rat).SetInt(f.H)
		for k, g := range f.G {
			row[k+1] = new(big.Rat).Quo(new(big.Rat).SetInt(g), half[k])
			row[0].Sub(row[0], new(big.Rat).Mul(row[k+1], mid[k]))
		}
		rows = append(rows, cone.Whole(row))
	}
	return rows, nil
}
