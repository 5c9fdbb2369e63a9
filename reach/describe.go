package reach

// A region, described in exact numbers.

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/big"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
)

// Description is an activation region with its map, domain and image.
type Description struct {
	// Region is its number in the order of the walk, from 0.
	Region int
	// Pattern has the signs of the neurons; Witness is a point strictly inside.
	Pattern string
	Witness []*big.Float
	// The network is W·x + B on the region.
	W [][]*big.Float
	B []*big.Float
	// Rows are constraints of the domain, which is where all of them and the ball hold: those of
	// its facets where vertices are known, else those of all neurons of another sign than 0.
	Rows []Row
	// Vertices are those of the domain's closure, Image what the map makes of each; nil in an l2
	// ball, and where there are too many inputs.
	Vertices, Image [][]*big.Rat
}

// Row is the constraint G·x + H ≥ 0: the pre-activation of a neuron times its sign, or what the
// largest piece of a maximum is above piece Neuron.
type Row struct {
	Neuron int
	G      []*big.Float
	H      *big.Float
}

// Describe returns the description of a region. Errors are those of [enumerate.Region.Cell], or
// ctx's cause.
func Describe(ctx context.Context, number int, r enumerate.Region) (*Description, error) {
	stop := func() bool { return ctx.Err() != nil }
	cell, err := r.CellUntil(stop)
	if err != nil {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	d := &Description{Region: number, Pattern: r.Pattern.String(), Witness: r.Point()}
	d.W, d.B = r.AffineExact()
	list, err := r.VerticesExactUntil(stop)
	if stop() {
		return nil, context.Cause(ctx)
	}
	if err != nil && !errors.Is(err, enumerate.ErrNoVertices) {
		return nil, err
	}
	facet := map[int]bool{}
	for _, v := range list {
		d.Vertices = append(d.Vertices, v.X)
		for _, f := range v.Facets {
			facet[f] = true
		}
	}
	for _, j := range cell.Neurons {
		if err == nil && !facet[j] {
			continue
		}
		r.NeuronIntegers(j, func(row []*big.Int, exp int) {
			d.Rows = append(d.Rows, rowOf(j, r.Pattern[j], row, exp))
		})
	}
	for _, v := range d.Vertices {
		d.Image = append(d.Image, d.at(v))
	}
	return d, nil
}

func rowOf(j int, s int8, row []*big.Int, exp int) Row {
	r := Row{Neuron: j}
	for _, v := range row {
		if s < 0 {
			v = new(big.Int).Neg(v)
		}
		r.G = append(r.G, dyadic.Float(v, exp))
	}
	n := len(r.G) - 1
	r.G, r.H = r.G[:n:n], r.G[n]
	return r
}

// at returns W·x + B.
func (d *Description) at(x []*big.Rat) []*big.Rat {
	y := make([]*big.Rat, len(d.B))
	for i, row := range d.W {
		y[i], _ = d.B[i].Rat(nil)
		for k, w := range row {
			if w.Sign() != 0 {
				c, _ := w.Rat(nil)
				y[i].Add(y[i], c.Mul(c, x[k]))
			}
		}
	}
	return y
}

type descriptionJSON struct {
	Region   int        `json:"region"`
	Pattern  string     `json:"pattern"`
	Witness  []string   `json:"witness"`
	Affine   affineJSON `json:"affine"`
	Rows     []rowJSON  `json:"rows"`
	Vertices [][]string `json:"vertices,omitempty"`
	Image    [][]string `json:"image,omitempty"`
}

type affineJSON struct {
	W [][]string `json:"W"`
	B []string   `json:"b"`
}

type rowJSON struct {
	Neuron int      `json:"neuron"`
	G      []string `json:"g"`
	H      string   `json:"h"`
}

// WriteJSON writes one line of JSON. Dyadic numbers are hexadecimal floats of any length, vertices
// and images are fractions.
func (d *Description) WriteJSON(w io.Writer) error {
	j := descriptionJSON{Region: d.Region, Pattern: d.Pattern, Witness: hex(d.Witness), Affine: affineJSON{B: hex(d.B)},
		Rows: []rowJSON{}, Vertices: fractions(d.Vertices), Image: fractions(d.Image)}
	for _, row := range d.W {
		j.Affine.W = append(j.Affine.W, hex(row))
	}
	for _, r := range d.Rows {
		j.Rows = append(j.Rows, rowJSON{r.Neuron, hex(r.G), hex([]*big.Float{r.H})[0]})
	}
	return writeLine(w, j)
}

func writeLine(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

func hex(x []*big.Float) []string {
	words := make([]string, len(x))
	for k, v := range x {
		words[k] = string(dyadic.AppendBigHex(nil, v))
	}
	return words
}

func fractions(points [][]*big.Rat) (list [][]string) {
	for _, x := range points {
		words := make([]string, len(x))
		for k, v := range x {
			words[k] = v.RatString()
		}
		list = append(list, words)
	}
	return list
}
