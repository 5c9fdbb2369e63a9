// Reading the canonical text, written by a machine or by hand: any white space
// and any order of the fields, numbers as strings of hexadecimal floats or as
// plain JSON numbers. It is read token by token, so that memory grows with what
// the file holds and never with what it claims.

package network

import (
	"fmt"
	"io"
	"strconv"

	"github.com/relucell/relucell/internal/hexjson"
)

// ReadCanonical reads the canonical text. A string must hold a hexadecimal
// float that a float64 represents exactly; a plain JSON number is read as the
// nearest float64. Errors name the layer (0-based), the field and what was
// expected; unknown, repeated and missing fields, overflow, ragged rows and
// anything after the end are errors.
func ReadCanonical(r io.Reader) (*Network, error) {
	p := &parser{hexjson.NewReader(r)}
	n, err := p.network()
	if err != nil {
		return nil, fmt.Errorf("canonical text: %w", p.Early(err))
	}
	return n, nil
}

// parser reads networks.
type parser struct{ *hexjson.Reader }

func (p *parser) network() (*Network, error) {
	version, inputs := "", ""
	var layers []Layer
	var rows []*sparseText // of the layers that give columns
	err := p.Object("", map[string]func(at string) error{
		"relucell-network": func(at string) (err error) { version, err = p.Integer(at); return },
		"inputs":           func(at string) (err error) { inputs, err = p.Integer(at); return },
		"layers": func(at string) error {
			return p.Array(at, func(int) error {
				l, text, err := p.layer(fmt.Sprintf("layer %d: ", len(layers)))
				layers, rows = append(layers, l), append(rows, text)
				return err
			})
		},
	}, []string{"relucell-network", "inputs", "layers"})
	if err != nil {
		return nil, err
	}
	if err := p.End("network"); err != nil {
		return nil, err
	}
	if version != "1" {
		return nil, fmt.Errorf("relucell-network: version %s, expected 1", version)
	}
	for i, text := range rows {
		width := inputs
		if i > 0 {
			width = strconv.Itoa(layers[i-1].Out())
		}
		if text == nil {
			continue
		}
		if layers[i].W, err = text.weights(width); err != nil {
			return nil, fmt.Errorf("layer %d: columns: %w", i, err)
		}
	}
	n, err := New(layers)
	if err != nil {
		return nil, err
	}
	if inputs != strconv.Itoa(n.Inputs()) {
		return nil, fmt.Errorf("inputs: %s, but the weights of layer 0 have %d columns", inputs, n.Inputs())
	}
	return n, nil
}

// layer reads a layer. Where it gives columns its weights are left to text.
func (p *parser) layer(at string) (l Layer, text *sparseText, err error) {
	w := &sparseText{start: []int{0}}
	slope := false
	err = p.Object(at, map[string]func(at string) error{
		"activation": func(at string) error {
			tok, err := p.Token()
			if err != nil {
				return err
			}
			for a := None; a <= Max; a++ {
				if tok == a.String() {
					l.Act = a
					return nil
				}
			}
			return fmt.Errorf("%s%s, expected \"none\", \"relu\", \"leaky_relu\", \"mixed\", \"abs\" or \"max\"", at, hexjson.Show(tok))
		},
		"slope": func(at string) (err error) {
			slope = true
			l.Slope, err = p.Number(at)
			return err
		},
		"slopes": func(at string) (err error) {
			l.Slopes, err = p.Vector(at, []float64{})
			return err
		},
		"columns": func(at string) error { text = w; return p.columns(at, w) },
		"pieces": func(at string) (err error) {
			l.Pieces, err = p.pieces(at)
			return err
		},
		"weights": func(at string) error {
			return p.Array(at, func(r int) (err error) {
				w.v, err = p.Vector(fmt.Sprintf("%srow %d: ", at, r), w.v)
				w.start = append(w.start, len(w.v))
				return err
			})
		},
		"bias": func(at string) error { l.B, err = p.Vector(at, nil); return err },
	}, []string{"activation", "weights", "bias"})
	switch {
	case err != nil:
	case len(w.start) == 1:
		err = fmt.Errorf("%sweights: empty, expected at least one row of at least one entry", at)
	case slope && l.Act != LeakyReLU:
		err = fmt.Errorf("%sslope: given, but only leaky_relu has one", at)
	case !slope && l.Act == LeakyReLU:
		err = fmt.Errorf("%sslope: missing, leaky_relu needs one", at)
	case l.Pieces == nil && l.Act == Max:
		err = fmt.Errorf("%spieces: missing, max needs one number per unit", at)
	case l.Slopes == nil && l.Act == Mixed:
		err = fmt.Errorf("%sslopes: missing, mixed needs one per unit", at)
	case text == nil:
		l.W, err = w.dense(at)
	}
	return l, text, err
}

// pieces reads how many rows each unit is the largest of.
func (p *parser) pieces(at string) ([]int, error) {
	list := []int{}
	err := p.Array(at, func(i int) error {
		text, err := p.Integer(at)
		if err != nil {
			return fmt.Errorf("%w (entry %d)", err, i)
		}
		k, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%s%.20s, expected a number from 1 to %d (entry %d)", at, text, maxPieces, i)
		}
		list = append(list, k)
		return nil
	})
	return list, err
}
