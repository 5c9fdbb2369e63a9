// The text of a recurrent network.

package rnn

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/hexjson"
)

// Write writes the text: a line for each field, and every number in one spelling. Equal networks
// give equal bytes. Its only errors are w's.
func (r *RNN) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	b.WriteString(`{"relucell-rnn":1,"inputs":` + strconv.Itoa(r.Inputs()))
	matrix := func(name string, m *mat.Dense) {
		b.WriteString(",\n\"" + name + `":`)
		rows, _ := m.Dims()
		hexjson.WriteRows(b, rows, func(i int) { hexjson.WriteRow(b, m.RawRowView(i)) })
	}
	vector := func(name string, v []float64) {
		b.WriteString(",\n\"" + name + `":`)
		hexjson.WriteRow(b, v)
	}
	matrix("U", r.U)
	matrix("W", r.W)
	vector("b", r.B)
	if r.B2 != nil {
		vector("b2", r.B2)
	}
	matrix("V", r.V)
	vector("c", r.C)
	b.WriteString("}\n")
	return b.Flush() // a bufio.Writer keeps its first error for Flush
}

// Read reads the text, in any order of the fields; numbers are hexadecimal floats in strings, or
// plain JSON numbers, which are read as the nearest float64. Errors name the field and what was
// expected.
func Read(r io.Reader) (*RNN, error) {
	p := &parser{Reader: hexjson.NewReader(r)}
	n, err := p.rnn()
	if err != nil {
		return nil, fmt.Errorf("text of a recurrent network: %w", p.Early(err))
	}
	return n, nil
}

type parser struct{ *hexjson.Reader }

func (p *parser) rnn() (*RNN, error) {
	version, inputs := "", ""
	matrices, vectors := map[string]*mat.Dense{}, map[string][]float64{}
	fields := map[string]func(at string) error{
		"relucell-rnn": func(at string) (err error) { version, err = p.Integer(at); return },
		"inputs":       func(at string) (err error) { inputs, err = p.Integer(at); return },
	}
	for _, name := range []string{"U", "W", "V"} {
		fields[name] = func(at string) (err error) { matrices[name], err = p.matrix(at); return }
	}
	for _, name := range []string{"b", "b2", "c"} {
		fields[name] = func(at string) (err error) { vectors[name], err = p.Vector(at, []float64{}); return }
	}
	if err := p.Object("", fields, []string{"relucell-rnn", "inputs", "U", "W", "b", "V", "c"}); err != nil {
		return nil, err
	}
	if err := p.End("network"); err != nil {
		return nil, err
	}
	if version != "1" {
		return nil, fmt.Errorf("relucell-rnn: version %s, expected 1", version)
	}
	n, err := New(matrices["U"], matrices["W"], vectors["b"], vectors["b2"], matrices["V"], vectors["c"])
	if err != nil {
		return nil, err
	}
	if inputs != strconv.Itoa(n.Inputs()) {
		return nil, fmt.Errorf("inputs: %s, but U has %d columns", inputs, n.Inputs())
	}
	return n, nil
}

// matrix reads rows of one length.
func (p *parser) matrix(at string) (*mat.Dense, error) {
	var data []float64
	rows, cols := 0, 0
	err := p.Array(at, func(i int) (err error) {
		data, err = p.Vector(fmt.Sprintf("%srow %d: ", at, i), data)
		if rows++; i == 0 {
			cols = len(data)
		}
		if err == nil && len(data) != rows*cols {
			err = fmt.Errorf("%srow %d has %d entries, expected %d, as row 0 has", at, i, len(data)-i*cols, cols)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if cols == 0 {
		return nil, fmt.Errorf("%sempty, expected at least one row of at least one entry", at)
	}
	return mat.NewDense(rows, cols, data), nil
}
