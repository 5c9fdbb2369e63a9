// The reader: line by line, each line checked against what the header says
// before more is read, so that a header's claim costs nothing.

package nnet

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// MaxFileBytes is the largest file that is read; half a gigabyte of text is
// some 50 million weights.
const MaxFileBytes = 1 << 29

// Read reads a network. normalise asks for the normalisation to be applied, as
// layers without activation: before the network one that subtracts the means and
// one that divides by the ranges (what is not a power of two is rounded once, and
// reported), after it one that multiplies and adds. Errors name the line, the field
// and what was expected.
func Read(r io.Reader, normalise bool) (*network.Network, *network.Import, error) {
	p := &parser{in: bufio.NewReader(io.LimitReader(r, MaxFileBytes+1)), im: &network.Import{Format: "nnet", Precision: "decimal text"}}
	n, err := p.network(normalise)
	if err != nil {
		return nil, nil, err
	}
	return n, p.im, nil
}

type parser struct {
	in   *bufio.Reader
	line int
	read int
	im   *network.Import
	// inexact counts decimal numbers that are not float64 values.
	numbers, inexact int
}

// header is what comes before the weights.
type header struct {
	sizes             []int
	means, ranges     []float64
	meanOut, rangeOut float64
	// odd says that the means or the ranges are not what the format says.
	odd bool
}

func (p *parser) network(normalise bool) (*network.Network, error) {
	h, err := p.header(normalise)
	if err != nil {
		return nil, err
	}
	if !normalise {
		p.numbers, p.inexact = 0, 0 // of the numbers that the network holds
	}
	var layers []network.Layer
	for i := 1; i < len(h.sizes); i++ {
		l, err := p.layer(i, h.sizes[i-1], h.sizes[i])
		if err != nil {
			return nil, err
		}
		if i < len(h.sizes)-1 {
			l.Act = network.ReLU
		}
		layers = append(layers, l)
	}
	if s, err := p.next(); err != io.EOF {
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("line %d: %q after the last bias, expected the end", p.line, short(s))
	}
	if p.inexact > 0 {
		p.im.Remark(fmt.Sprintf("%d of the %d decimal numbers are not float64 values; each was read as the nearest one.", p.inexact, p.numbers))
	}
	if layers, err = p.normalise(h, layers, normalise); err != nil {
		return nil, err
	}
	return network.New(layers)
}

func (p *parser) header(normalise bool) (h header, err error) {
	dims, err := p.sizes()
	if err != nil {
		return h, err
	}
	if dims[0] < 1 {
		return h, fmt.Errorf("line %d: number of layers: %d, expected at least 1", p.line, dims[0])
	}
	if h.sizes, err = p.widths(dims[0]); err != nil {
		return h, err
	}
	for i, s := range h.sizes {
		if s < 1 {
			return h, fmt.Errorf("line %d: width %d is %d, expected at least 1", p.line, i, s)
		}
	}
	inputs, outputs := h.sizes[0], h.sizes[dims[0]]
	if len(dims) > 1 && (inputs != dims[1] || outputs != dims[2]) {
		return h, fmt.Errorf("line %d: widths from %d to %d, expected %d inputs and %d outputs as the first line says", p.line, inputs, outputs, dims[1], dims[2])
	}
	return h, p.unused(&h, inputs, normalise)
}

// sizes returns the numbers of layers, inputs, outputs and the largest layer, or the first of them
// alone, which some writers leave it at.
func (p *parser) sizes() ([]int, error) {
	const what = "the numbers of layers, inputs, outputs and the largest layer, or of layers alone"
	s, err := p.text(what)
	if err != nil {
		return nil, err
	}
	if strings.Contains(strings.TrimSuffix(s, ","), ",") {
		return p.ints(s, what, 4)
	}
	return p.ints(s, what, 1)
}

// widths returns the width of each layer, the inputs first. Some writers repeat the outputs at the
// end: the network is then one of as many layers as the first line says, or the file ends too
// early.
func (p *parser) widths(layers int) ([]int, error) {
	const what = "the width of each layer, the inputs first"
	s, err := p.text(what)
	if err != nil {
		return nil, err
	}
	list, err := p.ints(s, what, layers+1)
	if err == nil {
		return list, nil
	}
	if more, e := p.ints(s, what, layers+2); e == nil && more[layers] == more[layers+1] {
		p.im.Note(fmt.Sprintf("The widths of %d layers are followed by that of the outputs again, %d, which was left out.", layers, more[layers]))
		return more[:layers+1], nil
	}
	return nil, err
}

// unused reads the lines between sizes and weights. Writers disagree on them, and without
// normalisation none is used: there what is not as the format says is noted, and taken as it comes.
func (p *parser) unused(h *header, inputs int, normalise bool) error {
	var odd []string
	for _, l := range []struct {
		what  string
		count int
		to    *[]float64
	}{
		{"the unused flag", 1, nil}, {"the least inputs", inputs, nil}, {"the largest inputs", inputs, nil},
		{"the means of the inputs and of the outputs", inputs + 1, &h.means}, {"the ranges of the inputs and of the outputs", inputs + 1, &h.ranges},
	} {
		s, err := p.text(l.what)
		if err != nil {
			return err
		}
		if l.to == &h.means {
			p.numbers, p.inexact = 0, 0
		}
		v, err := p.numbersOf(s, l.what, l.count)
		switch {
		case err != nil && normalise && l.to != nil:
			return err
		case err != nil:
			odd = append(odd, err.Error())
			h.odd = h.odd || l.to != nil
		case l.to != nil:
			*l.to = v
		}
	}
	if len(odd) > 0 {
		p.im.Note("Lines of the header that are not used are not as the format says, and were taken as they come: " + strings.Join(odd, "; ") + ".")
	}
	if h.odd {
		return nil
	}
	h.meanOut, h.rangeOut = h.means[inputs], h.ranges[inputs]
	h.means, h.ranges = h.means[:inputs], h.ranges[:inputs]
	return nil
}

func (p *parser) layer(i, in, out int) (network.Layer, error) {
	var w, b []float64
	for r := 0; r < out; r++ {
		row, err := p.floats(fmt.Sprintf("layer %d, row %d of the weights", i, r), in)
		if err != nil {
			return network.Layer{}, err
		}
		w = append(w, row...)
	}
	for r := 0; r < out; r++ {
		v, err := p.floats(fmt.Sprintf("layer %d, bias %d", i, r), 1)
		if err != nil {
			return network.Layer{}, err
		}
		b = append(b, v[0])
	}
	return network.Layer{W: mat.NewDense(out, in, w), B: b}, nil
}

// normalise notes, or applies, the normalisation.
func (p *parser) normalise(h header, layers []network.Layer, apply bool) ([]network.Layer, error) {
	if h.odd {
		p.im.Normalisation = "in the file, but not as the format says: ignored"
		return layers, nil
	}
	trivial := h.meanOut == 0 && h.rangeOut == 1 && all(h.means, 0) && all(h.ranges, 1)
	switch {
	case trivial:
		p.im.Normalisation = "none in the file (all means 0, all ranges 1)"
		return layers, nil
	case !apply:
		p.im.Normalisation = "in the file, ignored: inputs are (x − mean)/range, outputs are not scaled back"
		return layers, nil
	}
	p.im.Normalisation = "applied, as layers without activation"
	for i, r := range append(append([]float64{}, h.ranges...), h.rangeOut) {
		if r == 0 {
			return nil, fmt.Errorf("ranges: entry %d is 0, expected another number to divide by", i)
		}
	}
	n := len(h.means)
	var front []network.Layer
	if !all(h.means, 0) {
		l := diagonal(n, func(int) float64 { return 1 })
		for i, m := range h.means {
			l.B[i] = 0 - m
		}
		front = append(front, l)
	}
	if !all(h.ranges, 1) {
		rounded := 0
		front = append(front, diagonal(n, func(i int) float64 {
			if f, _ := math.Frexp(math.Abs(h.ranges[i])); f != 0.5 {
				rounded++
			}
			return 1 / h.ranges[i]
		}))
		p.im.Round("normalisation: 1/range of an input", rounded)
	}
	layers = append(front, layers...)
	if h.rangeOut != 1 || h.meanOut != 0 {
		l := diagonal(layers[len(layers)-1].Out(), func(int) float64 { return h.rangeOut })
		for i := range l.B {
			l.B[i] = h.meanOut
		}
		layers = append(layers, l)
	}
	return layers, nil
}

func diagonal(n int, d func(i int) float64) network.Layer {
	l := network.Layer{W: mat.NewDense(n, n, nil), B: make([]float64, n)}
	for i := 0; i < n; i++ {
		l.Dense().Set(i, i, d(i))
	}
	return l
}

func all(v []float64, want float64) bool {
	return !slices.ContainsFunc(v, func(x float64) bool { return x != want })
}

// next returns the next line that is neither blank nor a comment.
func (p *parser) next() (string, error) {
	for {
		s, err := p.in.ReadString('\n')
		p.read += len(s)
		if p.read > MaxFileBytes {
			return "", fmt.Errorf("more than %d bytes, expected at most that many", MaxFileBytes)
		}
		if err != nil && (err != io.EOF || s == "") {
			return "", err
		}
		p.line++
		if s = strings.TrimSpace(s); s != "" && !strings.HasPrefix(s, "//") {
			return s, nil
		}
	}
}

// text returns the next line, which is there.
func (p *parser) text(what string) (string, error) {
	s, err := p.next()
	if err == io.EOF {
		return "", fmt.Errorf("line %d: the file ends, expected %s", p.line+1, what)
	}
	return s, err
}

// fields returns the values of the line read last, count of them; a comma after the last is usual.
func (p *parser) fields(s, what string, count int) ([]string, error) {
	s = strings.TrimRight(strings.TrimSuffix(s, ","), " \t")
	if got := strings.Count(s, ",") + 1; got != count {
		return nil, fmt.Errorf("line %d: %d values, expected %d: %s", p.line, got, count, what)
	}
	return strings.Split(s, ","), nil
}

func (p *parser) floats(what string, count int) ([]float64, error) {
	s, err := p.text(what)
	if err != nil {
		return nil, err
	}
	return p.numbersOf(s, what, count)
}

// numbersOf returns the numbers of the line read last.
func (p *parser) numbersOf(s, what string, count int) ([]float64, error) {
	f, err := p.fields(s, what, count)
	if err != nil {
		return nil, err
	}
	v := make([]float64, len(f))
	for i, s := range f {
		s = strings.TrimSpace(s)
		x, err := dyadic.ParseFloat(s)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("line %d: value %d is %q, expected a finite number: %s", p.line, i+1, short(s), what)
		}
		v[i] = x + 0 // no negative zero
		p.numbers++
		if !isExact(s, x) {
			p.inexact++
		}
	}
	return v, nil
}

// ints returns the whole numbers of the line read last.
func (p *parser) ints(s, what string, count int) ([]int, error) {
	f, err := p.fields(s, what, count)
	if err != nil {
		return nil, err
	}
	v := make([]int, len(f))
	for i, s := range f {
		s = strings.TrimSpace(s)
		if v[i], err = strconv.Atoi(s); err != nil || v[i] < 0 || v[i] > MaxFileBytes {
			return nil, fmt.Errorf("line %d: value %d is %q, expected a whole number of at most %d: %s", p.line, i+1, short(s), MaxFileBytes, what)
		}
	}
	return v, nil
}

// isExact says whether the text s is exactly x.
func isExact(s string, x float64) bool {
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 && !strings.ContainsAny(s, ".eExX") {
		return true
	}
	if x == 0 {
		return isZero(s)
	}
	if len(s) > 400 {
		return false
	}
	r, ok := new(big.Rat).SetString(s)
	return ok && r.Cmp(new(big.Rat).SetFloat64(x)) == 0
}

// isZero says whether the text of a number is zero itself; ParseFloat makes 0 of 1e-400 too,
// without an error.
func isZero(s string) bool {
	s, digits, exponent := strings.ToLower(s), "123456789", "e"
	if strings.Contains(s, "0x") {
		digits, exponent = "123456789abcdef", "p"
	}
	mantissa, _, _ := strings.Cut(s, exponent)
	return !strings.ContainsAny(mantissa, digits)
}

// short cuts what an error quotes.
func short(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
