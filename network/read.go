// Reading the canonical text, written by a machine or by hand: any white space
// and any order of the fields, numbers as strings of hexadecimal floats or as
// plain JSON numbers. It is read token by token, so that memory grows with what
// the file holds and never with what it claims.

package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
)

// maxNumber is the longest spelling of a number that is read: the exact
// decimal expansion of the smallest float64 has 1077 characters.
const maxNumber = 1100

// ReadCanonical reads the canonical text. A string must hold a hexadecimal
// float that a float64 represents exactly; a plain JSON number is read as the
// nearest float64. Errors name the layer (0-based), the field and what was
// expected; unknown, repeated and missing fields, overflow, ragged rows and
// anything after the end are errors.
func ReadCanonical(r io.Reader) (*Network, error) {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	p := &parser{dec: dec}
	n, err := p.network()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("canonical text: ends too early, at byte %d", dec.InputOffset())
	}
	if err != nil {
		return nil, fmt.Errorf("canonical text: %w", err)
	}
	return n, nil
}

type parser struct{ dec *json.Decoder }

func (p *parser) network() (*Network, error) {
	version, inputs := "", ""
	var layers []Layer
	var rows []*sparseText // of the layers that give columns
	err := p.object("", map[string]func(at string) error{
		"relucell-network": func(at string) (err error) { version, err = p.integer(at); return },
		"inputs":           func(at string) (err error) { inputs, err = p.integer(at); return },
		"layers": func(at string) error {
			return p.array(at, func(int) error {
				l, text, err := p.layer(fmt.Sprintf("layer %d: ", len(layers)))
				layers, rows = append(layers, l), append(rows, text)
				return err
			})
		},
	}, []string{"relucell-network", "inputs", "layers"})
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the network, at byte %d, expected the end", p.dec.InputOffset())
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
	err = p.object(at, map[string]func(at string) error{
		"activation": func(at string) error {
			tok, err := p.dec.Token()
			if err != nil {
				return err
			}
			for a := None; a <= Max; a++ {
				if tok == a.String() {
					l.Act = a
					return nil
				}
			}
			return fmt.Errorf("%s%s, expected \"none\", \"relu\", \"leaky_relu\", \"mixed\", \"abs\" or \"max\"", at, show(tok))
		},
		"slope": func(at string) (err error) {
			slope = true
			l.Slope, err = p.number(at)
			return err
		},
		"slopes": func(at string) (err error) {
			l.Slopes, err = p.vector(at, []float64{})
			return err
		},
		"columns": func(at string) error { text = w; return p.columns(at, w) },
		"pieces": func(at string) (err error) {
			l.Pieces, err = p.pieces(at)
			return err
		},
		"weights": func(at string) error {
			return p.array(at, func(r int) (err error) {
				w.v, err = p.vector(fmt.Sprintf("%srow %d: ", at, r), w.v)
				w.start = append(w.start, len(w.v))
				return err
			})
		},
		"bias": func(at string) error { l.B, err = p.vector(at, nil); return err },
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

// object reads an object of the given fields, the required ones among them.
func (p *parser) object(at string, fields map[string]func(at string) error, required []string) error {
	if err := p.delim(at, '{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.dec.More() {
		tok, err := p.dec.Token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		read, known := fields[key]
		switch {
		case !known:
			return fmt.Errorf("%sunknown field %s", at, show(tok))
		case seen[key]:
			return fmt.Errorf("%sfield %q is given twice", at, key)
		}
		seen[key] = true
		if err := read(at + key + ": "); err != nil {
			return err
		}
	}
	if _, err := p.dec.Token(); err != nil {
		return err
	}
	for _, key := range required {
		if !seen[key] {
			return fmt.Errorf("%sfield %q is missing", at, key)
		}
	}
	return nil
}

// array reads an array, calling item before each of its items.
func (p *parser) array(at string, item func(i int) error) error {
	if err := p.delim(at, '[', "an array"); err != nil {
		return err
	}
	for i := 0; p.dec.More(); i++ {
		if err := item(i); err != nil {
			return err
		}
	}
	_, err := p.dec.Token()
	return err
}

func (p *parser) vector(at string, dst []float64) ([]float64, error) {
	err := p.array(at, func(i int) error {
		v, err := p.number(at)
		if err != nil {
			return fmt.Errorf("%w (entry %d)", err, i)
		}
		dst = append(dst, v)
		return nil
	})
	return dst, err
}

// pieces reads how many rows each unit is the largest of.
func (p *parser) pieces(at string) ([]int, error) {
	list := []int{}
	err := p.array(at, func(i int) error {
		text, err := p.integer(at)
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

func (p *parser) delim(at string, want json.Delim, what string) error {
	tok, err := p.dec.Token()
	if err != nil {
		return err
	}
	if tok != want {
		return fmt.Errorf("%sfound %s, expected %s", at, show(tok), what)
	}
	return nil
}

func (p *parser) integer(at string) (string, error) {
	tok, err := p.dec.Token()
	if err != nil {
		return "", err
	}
	n, ok := tok.(json.Number)
	if !ok || strings.ContainsAny(n.String(), ".eE-") {
		return "", fmt.Errorf("%sfound %s, expected a whole number", at, show(tok))
	}
	return n.String(), nil
}

func (p *parser) number(at string) (float64, error) {
	tok, err := p.dec.Token()
	if err != nil {
		return 0, err
	}
	switch t := tok.(type) {
	case string:
		v, err := parseHex(t)
		if err != nil {
			return 0, fmt.Errorf("%s%s: %w", at, show(tok), err)
		}
		return v, nil
	case json.Number:
		v, err := strconv.ParseFloat(t.String(), 64)
		if err != nil || len(t) > maxNumber {
			return 0, fmt.Errorf("%s%s, expected a number within the range of float64", at, show(tok))
		}
		return v + 0, nil
	}
	return 0, fmt.Errorf("%sfound %s, expected a number", at, show(tok))
}

// parseHex reads a hexadecimal float, and refuses one that a float64 would round.
func parseHex(s string) (float64, error) {
	digits := strings.TrimPrefix(s, "-")
	if len(s) > maxNumber || !strings.HasPrefix(digits, "0x") || strings.Contains(s, "_") {
		return 0, errors.New("expected a hexadecimal float such as \"-0x1.8p-3\"")
	}
	v, err := strconv.ParseFloat(s, 64)
	if errors.Is(err, strconv.ErrRange) || math.IsInf(v, 0) {
		return 0, errors.New("expected a number within the range of float64")
	}
	if err != nil {
		return 0, errors.New("expected a hexadecimal float such as \"-0x1.8p-3\"")
	}
	var buf [32]byte
	if string(dyadic.AppendHex(buf[:0], v)) == s {
		return v, nil
	}
	// Another spelling. 4 bits a digit hold all of it, so big.Float is exact unless the
	// exponent is beyond its range, which strconv would have called out of range or, far
	// below, rounded to zero.
	exact, _, err := big.ParseFloat(s, 0, uint(4*len(s)), big.ToNearestEven)
	if err != nil || exact.Cmp(big.NewFloat(v)) != 0 {
		return 0, errors.New("needs more than the 53 bits of a float64 or is below its range")
	}
	return v + 0, nil
}

// show quotes a token for an error message, shortened.
func show(tok json.Token) string {
	const most = 40
	s := fmt.Sprint(tok)
	if t, ok := tok.(string); ok {
		s = strconv.Quote(t)
	}
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}
