package reach

// The formats of cddlib and lrs: H-representations (.ine), whose rows b a_1 … a_n mean b + a·x ≥ 0,
// and V-representations (.ext), whose rows 1 x_1 … x_n are vertices.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/exact"
)

// mostSigns is the most inputs of an l1 ball whose 2ⁿ facets are written out.
const mostSigns = 16

// WriteInequalities writes the domain as an H-representation, the ball's facets included. In an l2
// ball in more than one dimension there is none.
func (d *Description) WriteInequalities(w io.Writer, b ball.Ball) error {
	rows, err := facetsOf(b)
	if err != nil {
		return err
	}
	for _, r := range d.Rows {
		all := dyadic.BigFloats(append(append([]*big.Float(nil), r.H), r.G...))
		row := make([]*big.Int, len(all.N))
		for k := range row {
			row[k] = &all.N[k]
		}
		rows = append(rows, primitive(row))
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "* the domain of region %d, pattern %s: b + a·x >= 0\nH-representation\nbegin\n %d %d rational\n", d.Region, d.Pattern, len(rows), b.Dim()+1)
	for _, row := range rows {
		for _, v := range row {
			fmt.Fprintf(out, " %v", v)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "end")
	return out.Flush()
}

// WriteVertices writes the domain as a V-representation, or, with image, the points that span the
// region's image, of which some may be inside.
func (d *Description) WriteVertices(w io.Writer, image bool) error {
	points, what := d.Vertices, "domain"
	if image {
		points, what = d.Image, "image"
	}
	if len(points) == 0 {
		return errors.New("a region without vertices, expected a polytope in at most 7 inputs, 5 in an l1 ball")
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "* the %s of region %d, pattern %s\nV-representation\nbegin\n %d %d rational\n", what, d.Region, d.Pattern, len(points), len(points[0])+1)
	for _, x := range points {
		fmt.Fprint(out, " 1")
		for _, v := range x {
			fmt.Fprintf(out, " %s", v.RatString())
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "end")
	return out.Flush()
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
		common := big.NewInt(1)
		for _, v := range row {
			g := new(big.Int).GCD(nil, nil, common, v.Denom())
			common.Mul(common, g.Quo(v.Denom(), g))
		}
		whole := make([]*big.Int, n+1)
		for k, v := range row {
			whole[k] = new(big.Int).Mul(v.Num(), new(big.Int).Quo(common, v.Denom()))
		}
		rows = append(rows, primitive(whole))
	}
	return rows, nil
}

// primitive divides by the greatest common divisor.
func primitive(row []*big.Int) []*big.Int {
	g := new(big.Int)
	for _, v := range row {
		g.GCD(nil, nil, g, new(big.Int).Abs(v))
	}
	if g.Sign() == 0 {
		return row
	}
	out := make([]*big.Int, len(row))
	for k, v := range row {
		out[k] = new(big.Int).Quo(v, g)
	}
	return out
}
