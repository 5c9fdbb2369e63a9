package reach

// Polytopes in polymake's own format, JSON since its version 4.0: an object that load reads, or an
// array of them, which load and load_data read. Points and inequalities are homogeneous there, as
// in the format of cddlib: 1 x_1 … x_n is a point, and b a_1 … a_n means b + a·x ≥ 0.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"

	"github.com/relucell/relucell/ball"
)

// Polymake writes polytopes into a file of polymake: an array of them, or, with One, a single one.
// It must be closed.
type Polymake struct {
	One bool
	w   io.Writer
	n   int
}

// NewPolymake returns a writer to w.
func NewPolymake(w io.Writer) *Polymake { return &Polymake{w: w} }

const (
	// polymakeSpace says whose properties follow; polymake adds its version when it saves.
	polymakeSpace = `"_ns":{"polymake":["https://polymake.org"]}`
	polytopeType  = "polytope::Polytope<Rational>"
)

// polytopeJSON is an object; POINTS may have some that are no vertices, INEQUALITIES some that are
// no facets.
type polytopeJSON struct {
	Type string `json:"_type"`
	Info struct {
		Description string `json:"description"`
	} `json:"_info"`
	Inequalities [][]string `json:"INEQUALITIES,omitempty"`
	Points       [][]string `json:"POINTS,omitempty"`
}

// Domain writes a region's domain: its inequalities, the ball's included, and, where they are
// known, its vertices.
func (p *Polymake) Domain(d *Description, b ball.Ball) error {
	rows, err := d.inequalities(b)
	if err != nil {
		return err
	}
	var words [][]string
	for _, row := range rows {
		var line []string
		for _, v := range row {
			line = append(line, v.String())
		}
		words = append(words, line)
	}
	return p.add(d.named("domain"), words, d.Vertices)
}

// Image writes the points that span a region's image.
func (p *Polymake) Image(d *Description) error {
	if len(d.Image) == 0 {
		return errNoVertices
	}
	return p.add(d.named("image"), nil, d.Image)
}

// Piece writes a piece of a region of this number.
func (p *Polymake) Piece(region int, piece *Piece) error {
	return p.add(fmt.Sprintf("a piece of region %d, pattern %s", region, piece.Pattern), nil, piece.Vertices)
}

func (p *Polymake) add(what string, inequalities [][]string, points [][]*big.Rat) error {
	j := polytopeJSON{Type: polytopeType, Inequalities: inequalities}
	j.Info.Description = what
	for _, words := range fractions(points) {
		j.Points = append(j.Points, append([]string{"1"}, words...))
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // types have angle brackets
	if err := e.Encode(j); err != nil {
		return err
	}
	text := bytes.TrimSpace(out.Bytes())
	if p.n++; p.One {
		text = append([]byte("{"+polymakeSpace+","), text[1:]...)
	} else if p.n > 1 {
		text = append([]byte(",\n"), text...)
	} else {
		text = append([]byte(polymakeArray), text...)
	}
	_, err := p.w.Write(text)
	return err
}

const polymakeArray = "{" + polymakeSpace + `,"_type":"common::Array<` + polytopeType + `>","data":[` + "\n"

// Close ends the file.
func (p *Polymake) Close() error {
	end := "\n"
	switch {
	case p.One:
	case p.n == 0:
		end = polymakeArray + "]}\n"
	default:
		end = "\n]}\n"
	}
	_, err := io.WriteString(p.w, end)
	return err
}
